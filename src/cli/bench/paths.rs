//! `tetraswarm bench --paths`: how many cells that work take each path, and how many waves of a GPU do.

use super::{Answer, answer, answer_json, tell};
use crate::cli::interrupt::Interrupt;
use crate::output::text::{grouped, table};
use serde::Serialize;
use tetraswarm::bench::{PathShare, work_agents, work_paths};

/// Agents where no number is asked for.
const AGENTS: u32 = 1 << 20;

#[derive(Serialize)]
struct Report {
    agents: u32,
    cells: u32,
    /// Empty if the end was asked for before.
    paths: Vec<PathShare>,
}

/// Looks at the paths of so many agents.
pub fn run(agents: Option<u32>, json: bool, interrupt: &Interrupt) -> Answer {
    let agents = work_agents(agents.unwrap_or(AGENTS));
    let paths = work_paths(agents, interrupt.halt())?;
    if paths.is_none() {
        tell("interrupted: nothing was measured");
    }
    let report = Report {
        agents,
        cells: agents / 4,
        paths: paths.unwrap_or_default(),
    };
    if json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

fn text(report: &Report) -> String {
    let titles = ["step", "path", "cells of 64", "waves", "gathered", "turns"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    for path in &report.paths {
        rows.push(vec![
            path.step.to_owned(),
            path.path.to_owned(),
            format!("{:.3}", path.cells_of_64),
            format!("{:.3}", path.waves),
            format!("{:.3}", path.gathered),
            format!("{:.2}", path.turns),
        ]);
    }
    format!(
        "orchestra with {} agents, {} cells: on average over 32 ticks\n\n{}\
         waves: the share of the groups of 64 neighbouring cells in which any takes the path; gathered: the same if of each 256 those that take \
         it stand together\n\
         turns: the most of one cell, on average over the waves in which any takes the path\n",
        grouped(report.agents),
        grouped(report.cells),
        table(&rows)
    )
}
