//! From a scenario to a swarm: the columns, their values at tick 0, and the plan of a tick. No device is touched.

use crate::error::Error;
use crate::fault::{FaultSpec, Faults, MEMBERS, Setting};
use crate::measure::{BeliefGauge, Gauge};
use crate::plan::{ColumnId, Plan};
use crate::rule::{Draft, Rule};
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
        let mut initial = match &scenario.consensus {
            Some(consensus) => consensus.rule().start(&plan, scenario.seed, folder)?,
            None => Vec::new(),
        };
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
        let site = Site {
            nodes: match scenario.work {
                Some(_) => cells(scenario.agents)?,
                None => scenario.agents,
            },
            seed: scenario.seed,
            folder,
        };
        let topology = scenario.topology.build(site).map_err(|error| match error {
            // The topology counts nodes.
            Error::Invalid { place, key, message } if key == "agents" && scenario.work.is_some() => {
                let message = format!("counts {MEMBERS} a cell, and the number of cells {message}, times {MEMBERS}");
                Error::Invalid { place, key, message }
            }
            other => other,
        })?;
        Self::plan_in(scenario, topology, folder)
    }

    /// The plan on a network of one's own, in place of the scenario's. A job log's relative name starts at the current folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the rule, the work or the faults do not fit the network.
    pub fn plan_on(scenario: &Scenario, topology: Arc<dyn Topology>) -> Result<Plan, Error> {
        Self::plan_in(scenario, topology, Path::new(""))
    }

    fn plan_in(scenario: &Scenario, topology: Arc<dyn Topology>, folder: &Path) -> Result<Plan, Error> {
        match (&scenario.consensus, &scenario.work) {
            (Some(consensus), None) => Self::agreeing(scenario, consensus.rule(), topology),
            (None, Some(work)) => work.plan(scenario, &topology, folder),
            (Some(_), Some(_)) => Err(Error::invalid(
                "work",
                "stands beside consensus; a swarm agrees or works: leave one of the two out",
            )),
            (None, None) => Err(Error::invalid(
                "consensus",
                "is missing, and so is work; say how nodes agree, as in consensus.rule = \"average\", or what cells work at",
            )),
        }
    }

    /// The plan of a swarm that comes to agree by a rule.
    fn agreeing(scenario: &Scenario, rule: &dyn Rule, topology: Arc<dyn Topology>) -> Result<Plan, Error> {
        let setting = Setting {
            topology: &*topology,
            members: 1,
            seed: scenario.seed,
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
        let mut draft = Draft::new(&topology, scenario.seed, built.as_ref().map(|(faults, _)| faults));
        rule.plan(&mut draft)?;
        let finished = built.map(|(faults, words)| draft.finish(faults, words));
        let (faults, first) = finished.unzip();
        let first = first.unwrap_or_default();
        let Draft {
            columns,
            steps,
            gauge,
            noted,
            mut shown,
            ..
        } = draft;
        shown.extend(faults.iter().flat_map(Faults::shown));
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
            shown,
            ticks: scenario.ticks,
            every: scenario.measure.every,
            component: scenario.measure.component,
            stop_spread: scenario.stop.spread,
            work: None,
        })
    }
}

/// How many cells so many agents form.
fn cells(agents: Option<u32>) -> Result<Option<u32>, Error> {
    match agents {
        Some(agents) if !agents.is_multiple_of(MEMBERS) || agents < 2 * MEMBERS => {
            let below = (agents / MEMBERS * MEMBERS).max(2 * MEMBERS);
            let nearest = match below.checked_add(MEMBERS) {
                Some(above) => format!("the nearest are {below} and {above}"),
                None => format!("the nearest is {below}"),
            };
            let message =
                format!("is {agents}; a cell has {MEMBERS} agents, and a swarm at least two cells: {nearest}");
            Err(Error::invalid("agents", message))
        }
        agents => Ok(agents.map(|agents| agents / MEMBERS)),
    }
}
