//! From a scenario to a swarm: the columns, their values at tick 0, and the plan of a tick. No device is touched.

use crate::error::Error;
use crate::fault::{FaultSpec, Setting};
use crate::measure::{BeliefGauge, Gauge};
use crate::plan::{ColumnId, Plan};
use crate::rule::Draft;
use crate::scenario::Scenario;
use crate::topology::{Site, Topology};
use crate::words::Words;
use std::path::Path;
use std::sync::Arc;

/// A swarm that is ready to be put on a device.
#[derive(Debug)]
pub struct Swarm {
    /// What a tick does.
    pub plan: Plan,
    /// The words of each column at tick 0; empty for a column of zeros.
    pub initial: Vec<Words>,
}

impl Swarm {
    /// Builds the swarm that a scenario describes; relative file names in it start at `folder`, or else at the current
    /// folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key if values do not fit together, [`Error::Import`] or [`Error::File`] if a file cannot
    /// be used.
    pub fn build(scenario: &Scenario, folder: &Path) -> Result<Self, Error> {
        Self::fill(Self::plan(scenario, folder)?, scenario, folder)
    }

    /// Adds the values at tick 0 to the plan of the same scenario.
    ///
    /// # Errors
    /// As [`Swarm::build`].
    pub fn fill(mut plan: Plan, scenario: &Scenario, folder: &Path) -> Result<Self, Error> {
        let mut initial = scenario.consensus.rule().start(&plan, scenario.seed, folder)?;
        initial.resize(plan.columns.len(), Words::default());
        for (column, words) in plan.first.drain(..) {
            initial[column.0] = words;
        }
        Ok(Self { plan, initial })
    }

    /// The plan alone, without the values at tick 0: enough to say what a run would do and need.
    ///
    /// # Errors
    /// As [`Swarm::build`].
    pub fn plan(scenario: &Scenario, folder: &Path) -> Result<Plan, Error> {
        if scenario.agents.is_some_and(|n| n < 2) {
            return Err(Error::invalid(
                "agents",
                format!("is {}; a swarm needs at least 2", scenario.agents.unwrap_or(0)),
            ));
        }
        let topology = scenario.topology.build(Site {
            nodes: scenario.agents,
            seed: scenario.seed,
            folder,
        })?;
        Self::plan_on(scenario, topology)
    }

    /// The plan on a network of one's own, in place of the scenario's.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the rule or the faults do not fit the network.
    pub fn plan_on(scenario: &Scenario, topology: Arc<dyn Topology>) -> Result<Plan, Error> {
        let rule = scenario.consensus.rule();
        let setting = Setting {
            topology: &*topology,
            members: 1,
            seed: scenario.seed,
            ticks: scenario.ticks,
            domain: rule.domain(),
            stop: scenario.stop.spread,
        };
        let built = match scenario
            .faults
            .as_ref()
            .filter(|faults| **faults != FaultSpec::default())
        {
            Some(faults) => Some(faults.build(&setting)?),
            None => None,
        };
        let (faults, first) = built.unzip();
        let mut draft = Draft::new(&topology, scenario.seed, faults.as_ref());
        rule.plan(&mut draft)?;
        let faults = draft.finish(faults);
        let first = faults
            .iter()
            .zip(first)
            .map(|(faults, first)| (faults.status, first.status))
            .collect();
        let Draft {
            columns,
            steps,
            gauge,
            noted,
            ..
        } = draft;
        // A rule without a gauge has nothing to be measured by; none is.
        let gauge: Arc<dyn Gauge> = gauge.unwrap_or_else(|| Arc::new(BeliefGauge::of(ColumnId(0))));
        Ok(Plan {
            schedule: scenario.timing.schedule(topology.nodes(), scenario.seed),
            topology: Arc::clone(&topology),
            columns,
            steps,
            faults,
            first,
            gauge,
            noted,
            ticks: scenario.ticks,
            every: scenario.measure.every,
            component: scenario.measure.component,
            stop_spread: scenario.stop.spread,
        })
    }
}
