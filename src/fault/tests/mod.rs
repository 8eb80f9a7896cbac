//! Faults of agents in cells: who is marked, what the step makes of it, the same on every device, and what is refused.

mod marks;
mod step;

use super::{Domain, FaultSpec, Faults, FirstWords, MEMBERS, Setting};
use crate::column::{Column, ColumnId, Extent};
use crate::error::Error;
use crate::part::consensus::BeliefGauge;
use crate::part::faults::MembersStep;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::step::Step;
use crate::swarm::Swarm;
use crate::topology::Topology;
use crate::words::Words;
use std::path::Path;
use std::sync::Arc;

const SEED: u32 = 5;
const TICKS: u32 = 60;

/// Cells that average beliefs, so that links are used.
fn scenario(cells: u32, topology: &str, faults: &str) -> Scenario {
    let text = format!(
        "name = \"cells\"\nagents = {cells}\nticks = {TICKS}\nseed = {SEED}\ntopology = {topology}\n[consensus]\nrule = \"average\"\n\
         rounding = \"golden\"\nstart = {{ kind = \"uniform\", low = -1000, high = 3000 }}\n[measure]\nevery = 20\n[faults]\n{faults}\n"
    );
    Scenario::from_toml("cells", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn build(faults: &FaultSpec, topology: &dyn Topology) -> Result<(Faults, FirstWords), Error> {
    faults.build(&Setting {
        topology,
        members: MEMBERS,
        seed: SEED,
        grows: false,
        domain: Domain::Work,
        stop: Some(7),
        about_beliefs: None,
    })
}

/// The plan of a scenario whose nodes are cells.
fn plan(scenario: &Scenario) -> Result<Plan, Error> {
    let mut scenario = scenario.clone();
    let spec = scenario.faults.take().unwrap_or_default();
    let mut plan = Swarm::plan(&scenario, Path::new(""))?;
    let (faults, first) = build(&spec, &*plan.topology)?;
    let cells = plan.nodes();
    let (faults, first) = install(faults, first, cells, &mut plan.columns, &mut plan.steps);
    plan.faults = Some(faults);
    plan.first = first;
    // The rule did not know of faults.
    let belief = plan.column("consensus.belief")?;
    plan.gauges = vec![Arc::new(BeliefGauge::of(belief, true))];
    Ok(plan)
}

fn swarm(scenario: &Scenario) -> Swarm {
    let plan = plan(scenario).unwrap_or_else(|e| panic!("{e}"));
    Swarm::fill(plan, scenario, Path::new("")).unwrap()
}

/// Adds the columns of the faults of a swarm of so many cells, and the step that keeps them as the first of the tick. Returned are the faults,
/// which know their columns now, and the words of these at tick 0.
fn install(
    mut faults: Faults,
    first: FirstWords,
    cells: u32,
    columns: &mut Vec<Column>,
    steps: &mut Vec<Box<dyn Step>>,
) -> (Faults, Vec<(ColumnId, Words)>) {
    let mut column = |name, extent| {
        columns.push(Column {
            name,
            extent,
            doubled: false,
            fixed: true,
        });
        ColumnId(columns.len() - 1)
    };
    let (status, members) = (
        column("faults.status", Extent::Node),
        column("faults.members", Extent::Words(MEMBERS)),
    );
    faults.status = status;
    faults.members = Some(members);
    let table = faults.add_columns(first.strikes, columns);
    steps.insert(0, Box::new(MembersStep::new(faults.clone(), members, cells)));
    let mut words = vec![(status, first.status), (members, first.members.unwrap_or_default())];
    words.extend(table);
    (faults, words)
}
