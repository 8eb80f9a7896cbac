//! `tetraswarm devices`: what there is to run on.

use super::selection::{ADAPTER_VARIABLE, BACKEND_VARIABLE, BackendArgument, variable};
use super::{Answer, answer, answer_json};
use crate::output::text::{bytes, grouped};
use crate::output::wrap::fitted;
use serde::Serialize;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::device::{self, Listed};

/// List the CPU and every GPU on every interface, and say which one --device auto takes
///
/// --device of the other commands takes the index, the device's place, as in vulkan:0, or a part of its name.
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
    /// The variables that choose among them.
    environment: Vec<Variable>,
}

/// A variable that is set, and what that does.
#[derive(Serialize)]
struct Variable {
    name: &'static str,
    value: String,
    effect: String,
}

/// The variables that `run` heeds.
fn environment(arguments: &Arguments, devices: &[Listed]) -> Result<Vec<Variable>, Error> {
    let mut all = Vec::new();
    if let Some(value) = variable(BACKEND_VARIABLE)? {
        let effect = if arguments.backend.is_given() {
            "not heeded: --backend says otherwise"
        } else {
            "only GPUs of these interfaces are listed and taken, unless --backend or --device says otherwise"
        };
        all.push(Variable {
            name: BACKEND_VARIABLE,
            value,
            effect: effect.to_owned(),
        });
    }
    if let Some(value) = variable(ADAPTER_VARIABLE)? {
        let part = value.to_lowercase();
        let named = devices
            .iter()
            .skip(1)
            .find(|listed| listed.info.name.to_lowercase().contains(&part));
        let effect = match named {
            Some(listed) => format!(
                "takes {} ({}) instead of auto, unless --backend or --device says otherwise",
                listed.info.name, listed.place
            ),
            None => "names no GPU that is there, so that run fails: unset it, or say --device or --backend".to_owned(),
        };
        all.push(Variable {
            name: ADAPTER_VARIABLE,
            value,
            effect,
        });
    }
    Ok(all)
}

pub fn run(arguments: &Arguments) -> Answer {
    let devices = device::list(&arguments.backend.choice()?)?;
    let environment = environment(arguments, &devices)?;
    if arguments.json {
        answer_json(&Devices { devices, environment })?;
    } else {
        let variables: Vec<Vec<String>> = environment
            .iter()
            .map(|variable| vec![format!("{}={}", variable.name, variable.value), variable.effect.clone()])
            .collect();
        let gap = if variables.is_empty() { "" } else { "\n" };
        answer(&format!("{}{gap}{}", text(&devices), fitted(&variables, &[40, 58])))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(devices: &[Listed]) -> String {
    let titles = [
        "index",
        "device",
        "kind",
        "name",
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
            listed.place.clone(),
            info.kind.to_string(),
            info.name.clone(),
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
    // Names of devices and drivers may be of any length.
    format!(
        "{}\n{}",
        fitted(&rows, &[5, 8, 8, 17, 17, 9, 13, 8]),
        fitted(&reasons, &[5, 93])
    )
}
