//! `tetraswarm devices`: what there is to run on.

use super::selection::BackendArgument;
use super::{Answer, answer, answer_json};
use crate::output::text::{bytes, grouped, table};
use serde::Serialize;
use std::process::ExitCode;
use tetraswarm::device::{self, Listed};

/// List the CPU and every GPU on every interface, and say which one --device auto takes
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    backend: BackendArgument,
}

#[derive(Serialize)]
struct Devices {
    devices: Vec<Listed>,
}

pub fn run(arguments: &Arguments) -> Answer {
    let devices = device::list(&arguments.backend.choice())?;
    if arguments.json {
        answer_json(&Devices { devices })?;
    } else {
        answer(&text(&devices))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(devices: &[Listed]) -> String {
    let titles = [
        "index",
        "kind",
        "name",
        "interface",
        "driver",
        "largest column",
        "most agents",
        "subgroup",
    ];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(devices.iter().map(|listed| {
        let info = &listed.info;
        vec![
            listed.index.to_string(),
            info.kind.to_string(),
            info.name.clone(),
            info.backend.to_owned(),
            info.driver.clone(),
            bytes(info.largest_column_bytes),
            grouped(info.most_agents),
            match info.subgroup {
                Some([least, most]) if least == most => least.to_string(),
                Some([least, most]) => format!("{least} to {most}"),
                None => "-".to_owned(),
            },
        ]
    }));
    let reasons: Vec<Vec<String>> = devices
        .iter()
        .map(|listed| vec![listed.index.to_string(), listed.reason.to_owned()])
        .collect();
    format!("{}\n{}", table(&rows), table(&reasons))
}
