//! From a scenario to a swarm: the columns, their values at tick 0, and the plan of a tick. No device is touched.

mod start;

use crate::error::Error;
use crate::plan::{Column, ColumnId, Extent, Plan};
use crate::scenario::{Consensus, Rounding, Scenario};
use crate::step::{AverageStep, Step};
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
    pub fn fill(plan: Plan, scenario: &Scenario, folder: &Path) -> Result<Self, Error> {
        let Consensus::Average(average) = &scenario.consensus;
        let beliefs = start::beliefs(&average.start, plan.nodes(), scenario.seed, folder)?;
        let mut initial = vec![beliefs];
        initial.resize(plan.columns.len(), Words::default());
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
    /// [`Error::Invalid`] if the rule does not fit the network.
    pub fn plan_on(scenario: &Scenario, topology: Arc<dyn Topology>) -> Result<Plan, Error> {
        let Consensus::Average(average) = &scenario.consensus;
        let belief = ColumnId(0);
        let mut columns = vec![Column {
            name: "belief",
            extent: Extent::Node,
            doubled: true,
        }];
        let mut carry = None;
        if average.rounding == Rounding::Quasi {
            if topology.link_ends() > u64::from(u32::MAX) {
                return Err(Error::invalid(
                    "consensus.rounding",
                    format!(
                        "is quasi, which keeps a word for each of {} link ends; at most {} are possible: use golden, which keeps none",
                        topology.link_ends(),
                        u32::MAX
                    ),
                ));
            }
            carry = Some(ColumnId(columns.len()));
            columns.push(Column {
                name: "carry",
                extent: Extent::LinkEnd,
                doubled: false,
            });
        }
        let step: Box<dyn Step> = Box::new(AverageStep::new(
            average.rounding,
            &*topology,
            scenario.seed,
            belief,
            carry,
        ));
        Ok(Plan {
            schedule: scenario.timing.schedule(topology.nodes(), scenario.seed),
            topology: Arc::clone(&topology),
            columns,
            steps: vec![step],
            belief,
            ticks: scenario.ticks,
            every: scenario.measure.every,
            stop_spread: scenario.stop.spread,
        })
    }
}
