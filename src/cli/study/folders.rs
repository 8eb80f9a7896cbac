//! `study rerun` and `study merge`: what is done with folders of studies.

use super::show;
use crate::cli::interrupt::Interrupt;
use crate::cli::selection::Selection;
use crate::cli::{Answer, answer};
use crate::output::identity::quoted;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tetraswarm::scenario::Registry;
use tetraswarm::study::{self, About, Design, Folder, Journal, RESULTS, STUDY, Study};
use tetraswarm::{Error, grouped, shown};

pub fn rerun(folder: &Path, row: u64, selection: &Selection, registry: &Registry) -> Answer {
    let study = Study::read(&folder.join(STUDY))?;
    let design = Design::new(study, registry)?;
    let journal = Journal::read(folder)?;
    let Some(task) = design.task_at(row) else {
        let most = (design.tune_seeds.len() + design.seeds.len()) * design.variants.len();
        return Err(Error::invalid(
            format!("row {row}"),
            format!("is none of this study, whose rows are 0 to {}", most - 1),
        )
        .into());
    };
    let (device, _) = selection.open()?;
    let interrupt = Interrupt::watch(false);
    let outcome = study::run(
        &design.scenario_of(task),
        &*device,
        &design.figures,
        design.study.twin,
        interrupt.halt(),
    )?;
    let Some(outcome) = outcome else {
        return Ok(interrupt.exit_code());
    };
    let kept = journal.get(&design, task).and_then(|record| record.fingerprint.clone());
    let mut facts = vec![
        ("row", grouped(row)),
        ("variant", design.variants[task.variant].name.clone()),
        ("seed", task.seed.to_string()),
    ];
    for (figure, number) in design.figures.iter().zip(&outcome.figures) {
        facts.push((
            "figure",
            format!("{}: {}", figure.title(), crate::output::study::figure(*number)),
        ));
    }
    facts.push(("fingerprint", outcome.fingerprint.clone()));
    let is_same = kept.as_ref().is_none_or(|kept| *kept == outcome.fingerprint);
    facts.push((
        "kept",
        match (&kept, is_same) {
            (None, _) => "none: the study has not run it, or it failed".to_owned(),
            (Some(_), true) => "the same".to_owned(),
            (Some(kept), false) => format!(
                "{kept}, which is another: the study was run by another version, or one of the machines is at fault"
            ),
        },
    ));
    answer(&crate::output::text::list(&facts))?;
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn merge(folders: &[PathBuf], out: Option<&Path>, json: bool, registry: &Registry) -> Answer {
    let first = Study::read(&folders[0].join(STUDY))?;
    for folder in &folders[1..] {
        let other = Study::read(&folder.join(STUDY))?;
        let same = Study {
            folder: first.folder.clone(),
            ..other.clone()
        };
        if same != first {
            let message = format!(
                "holds another study than {}: '{}' and '{}', or the same with other axes, seeds or figures; merge shards of one",
                shown(&folders[0]),
                other.name,
                first.name
            );
            return Err(Error::invalid(shown(folder), message).into());
        }
    }
    let design = Design::new(first, registry)?;
    let device = folders
        .iter()
        .find_map(|folder| study::load(&folder.join(RESULTS)).ok())
        .map_or_else(String::new, |results| results.device);
    let out = out.map_or_else(
        || PathBuf::from("runs").join(format!("study-{}", design.study.name)),
        Path::to_owned,
    );
    let mut folder = Folder::open(&out, &design, false)?;
    let about = About {
        command: format!("tetraswarm study {}", quoted(&out.join(STUDY).to_string_lossy())),
        device,
    };
    let paths: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let results = study::merge(&paths, &design, &mut folder, &about)?;
    folder.finish(&design, &results)?;
    crate::cli::report::leave(folder.path())?;
    show(&results, &out, json, false)?;
    Ok(ExitCode::SUCCESS)
}
