//! `tetraswarm checkpoint`: what checkpoints a run has, what is in one, and whether it is as it was written.

use super::{Answer, answer, answer_json};
use crate::output::text::{bytes, grouped, list};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tetraswarm::checkpoint::{Checkpoint, Checkpoints};
use tetraswarm::{Error, shown};

/// List, look into and verify checkpoints
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List the checkpoints of a run
    List(Folder),
    /// Say what is in a checkpoint: its tick, its scenario's name, its columns
    Inspect(Folder),
    /// Read all of a checkpoint, or of every one of a run, and say whether it is as it was written
    Verify(Folder),
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// The folder of a run's results, or that of one of its checkpoints
    folder: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A checkpoint in a list.
#[derive(Debug, Serialize)]
struct Row {
    folder: String,
    tick: Option<u32>,
    bytes: Option<u64>,
    fingerprint: Option<String>,
    /// What is wrong with it, as far as was looked.
    problem: Option<String>,
}

impl Row {
    fn of(folder: &Path, verify: bool) -> Self {
        let opened = Checkpoint::open(folder);
        let problem = match &opened {
            Ok(checkpoint) if verify => checkpoint.verify().err(),
            Ok(_) => None,
            Err(_) => None,
        };
        let (checkpoint, problem) = match (opened, problem) {
            (Ok(checkpoint), problem) => (Some(checkpoint), problem),
            (Err(error), _) => (None, Some(error)),
        };
        let manifest = checkpoint.as_ref().map(Checkpoint::manifest);
        Self {
            folder: shown(folder),
            tick: manifest.map(|manifest| manifest.tick),
            bytes: checkpoint.as_ref().map(Checkpoint::bytes),
            fingerprint: manifest.map(|manifest| manifest.fingerprint.clone()),
            problem: problem.map(|error| error.to_string()),
        }
    }

    fn text(&self, verify: bool) -> String {
        let facts = match (self.tick, self.bytes, &self.fingerprint) {
            (Some(tick), Some(size), Some(print)) => {
                format!("tick {}, {}, fingerprint {print}", grouped(tick), bytes(size))
            }
            _ => "unreadable".to_owned(),
        };
        let verdict = match &self.problem {
            Some(problem) => format!("; {problem}"),
            None if verify => "; as it was written".to_owned(),
            None => String::new(),
        };
        format!("{}: {facts}{verdict}\n", self.folder)
    }
}

#[derive(Serialize)]
struct Rows {
    checkpoints: Vec<Row>,
}

/// The checkpoints that a folder means: itself, or those of a run, the newest first.
fn meant(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if folder.join("manifest.json").is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let all = Checkpoints::of(folder).list();
    if all.is_empty() {
        // Why there is none is told by whoever would go on from it.
        super::resume::newest(folder, |_| Ok(()))?;
    }
    Ok(all)
}

fn rows(of: &Folder, verify: bool) -> Answer {
    let folders = meant(&of.folder)?;
    let checkpoints: Vec<Row> = folders.iter().map(|folder| Row::of(folder, verify)).collect();
    let is_well = checkpoints.iter().all(|row| row.problem.is_none());
    if of.json {
        answer_json(&Rows { checkpoints })?;
    } else {
        let texts: Vec<String> = checkpoints.iter().map(|row| row.text(verify)).collect();
        answer(&texts.concat())?;
    }
    // A list says what it sees; whoever asks for a verdict gets it.
    Ok(if is_well || !verify {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn inspect(of: &Folder) -> Answer {
    let folders = meant(&of.folder)?;
    let checkpoint = Checkpoint::open(&folders[0])?;
    let manifest = checkpoint.manifest();
    if of.json {
        answer_json(manifest)?;
        return Ok(ExitCode::SUCCESS);
    }
    let ended = match manifest.ended.as_deref() {
        Some("condition") => ", where its stop condition held",
        Some(_) => ", which was its end",
        None => "",
    };
    let mut facts = vec![
        ("checkpoint", shown(checkpoint.folder())),
        (
            "tick",
            format!("{} of {}{ended}", grouped(manifest.tick), grouped(manifest.ticks)),
        ),
        ("nodes", grouped(manifest.nodes)),
        ("parts", manifest.parts.clone()),
        ("version", manifest.version.clone()),
        (
            "rows",
            match manifest.last_row {
                Some(tick) => format!("written up to tick {}", grouped(tick)),
                None => "none".to_owned(),
            },
        ),
        ("fingerprint", manifest.fingerprint.clone()),
    ];
    for (k, input) in manifest.inputs.iter().enumerate() {
        let name = if k == 0 { "files" } else { "" };
        facts.push((
            name,
            format!("{}: {}, {}", input.key, shown(&input.file), bytes(input.bytes)),
        ));
    }
    for (k, column) in manifest.columns.iter().enumerate() {
        let name = if k == 0 { "columns" } else { "" };
        let shape: Vec<String> = column.shape.iter().map(|&words| grouped(words)).collect();
        facts.push((
            name,
            format!(
                "{}, {} words, {}, {}",
                column.name,
                shape.join(" × "),
                bytes(column.bytes),
                match column.parts.len() {
                    0 => column.file.clone(),
                    parts => format!("{parts} files"),
                }
            ),
        ));
    }
    answer(&list(&facts))?;
    Ok(ExitCode::SUCCESS)
}

pub fn run(arguments: &Arguments) -> Answer {
    match &arguments.what {
        What::List(folder) => rows(folder, false),
        What::Inspect(folder) => inspect(folder),
        What::Verify(folder) => rows(folder, true),
    }
}
