//! From a scenario to a swarm: the columns, their values at tick 0, and the plan of a tick. No device is touched.

use crate::error::Error;
use crate::fault::{FaultSpec, Faults, MEMBERS, Setting};
use crate::measure::{BeliefGauge, Gauge};
use crate::plan::{ColumnId, Plan};
use crate::rule::{Draft, Rule};
use crate::scenario::Scenario;
use crate::topology::{Fit, Kind, Site, Topology, TopologySpec};
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
        // A rule need not say the words of those that begin with zeros.
        initial.resize(initial.len().max(plan.columns.len()), Words::default());
        for (column, words) in plan.first.drain(..) {
            initial[column.0] = words;
        }
        Ok(Self { plan, initial })
    }

    /// Whether the plan can be executed, and every column has as many words at tick 0 as it takes: what devices ask before they take a
    /// swarm in.
    ///
    /// # Errors
    /// As [`Plan::check`], and [`Error::Invalid`] naming the column.
    pub fn check(&self) -> Result<(), Error> {
        self.plan.check()?;
        if self.initial.len() != self.plan.columns.len() {
            let message = format!(
                "has the words of {} columns at tick 0, but the plan has {}; give each its words, or none for zeros",
                self.initial.len(),
                self.plan.columns.len()
            );
            return Err(Error::invalid("the swarm", message));
        }
        for (c, words) in self.initial.iter().enumerate() {
            let (given, needed) = (words.len() as u64, self.plan.words(ColumnId(c)));
            if given != needed && given != 0 {
                let message =
                    format!("has {needed} words, but is given {given} at tick 0; give all, or none for zeros");
                return Err(Error::invalid(
                    format!("column '{}'", self.plan.columns[c].name),
                    message,
                ));
            }
        }
        Ok(())
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
                Some(_) => cells(scenario)?,
                None => scenario.agents,
            },
            seed: scenario.seed,
            folder,
        };
        if let Some(nodes) = site.nodes {
            check_number(scenario, nodes)?;
        }
        let topology = scenario.topology.build(site)?;
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

/// How many cells the scenario's agents form.
fn cells(scenario: &Scenario) -> Result<Option<u32>, Error> {
    match scenario.agents {
        Some(agents) if !agents.is_multiple_of(MEMBERS) || agents < 2 * MEMBERS => {
            let cells = (agents / MEMBERS).max(2);
            let nearest = nearest(
                scenario,
                scenario.topology.fit(cells).below,
                scenario.topology.fit(cells + 1).above,
            );
            let message = format!("is {agents}; a cell has {MEMBERS} agents, and a swarm at least two cells{nearest}");
            Err(Error::invalid("agents", message))
        }
        agents => Ok(agents.map(|agents| agents / MEMBERS)),
    }
}

/// The numbers of agents that make so many nodes, in words that follow a message.
fn nearest(scenario: &Scenario, below: Option<u32>, above: Option<u32>) -> String {
    let members = members(scenario);
    let counts = [below, above].into_iter().flatten().filter(|&nodes| nodes >= 2);
    let mut agents: Vec<u32> = counts.filter_map(|nodes| nodes.checked_mul(members)).collect();
    agents.dedup();
    match &*agents {
        [] => String::new(),
        [one] => format!("; the nearest that fits: {one}"),
        [below, above, ..] => format!("; the nearest that fit: {below} and {above}"),
    }
}

/// How many agents a node is.
fn members(scenario: &Scenario) -> u32 {
    if scenario.work.is_some() { MEMBERS } else { 1 }
}

/// Whether a network can have so many nodes, where the network alone could not say what would do: a cell counts as several agents,
/// and the parts of an overlay must agree.
fn check_number(scenario: &Scenario, nodes: u32) -> Result<(), Error> {
    let (parts, members) = (scenario.topology.parts(), members(scenario));
    if (parts.len(), members) == (1, 1) {
        return Ok(());
    }
    let agents = u64::from(nodes) * u64::from(members);
    let (what, of) = if members == 1 {
        ("nodes", String::new())
    } else {
        ("cells", format!(", {nodes} cells of {members}"))
    };
    // Networks of files, which have as many nodes as they have; what lies over them must be told how many that is.
    let is_of_file = |part: &&TopologySpec| part.fit(nodes) == Fit::default();
    if parts.iter().all(|part| is_of_file(&part)) {
        let message = format!("is {agents}, but the file says how many {what} there are; leave agents out");
        return Err(Error::invalid("agents", message));
    }
    let others = || parts.iter().filter(|part| !is_of_file(part));
    let Some(part) = others().find(|part| part.fit(nodes).below != Some(nodes)) else {
        return Ok(());
    };
    let kind = part.kind();
    let shape = Kind::of(kind).map_or("other numbers of nodes", |kind| kind.nodes);
    let fit = scenario.topology.fit(nodes);
    let nearest = match nearest(scenario, fit.below, fit.above) {
        none if none.is_empty() => "; no number fits all of the overlay's networks: take one of them out".to_owned(),
        some => some,
    };
    let message = format!("is {agents}{of}, but the topology '{kind}' has {shape}{nearest}");
    Err(Error::invalid("agents", message))
}

impl Scenario {
    /// An error of a device that has no room for the swarm, with a number of agents that does fit and that the scenario's network can
    /// have, or with none. A device counts nodes.
    #[must_use]
    pub fn advise(&self, error: Error) -> Error {
        let Error::TooLarge {
            device,
            what,
            needed,
            limit,
            agents_fit,
            instead,
        } = error
        else {
            return error;
        };
        let nodes = u32::try_from(agents_fit).unwrap_or(u32::MAX);
        let fit = self.topology.fit(nodes).below.filter(|&nodes| nodes >= 2);
        let agents = fit.map_or(0, |nodes| u64::from(nodes) * u64::from(members(self)));
        // What was refused is not offered again.
        let is_less = self.agents.is_some_and(|asked| agents < u64::from(asked));
        Error::TooLarge {
            device,
            what,
            needed,
            limit,
            agents_fit: if is_less { agents } else { 0 },
            instead,
        }
    }
}
