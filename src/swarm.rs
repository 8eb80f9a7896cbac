//! From a scenario to a swarm: the columns, their values at tick 0, and the plan of a tick. No device is touched.

use crate::column::{ColumnId, Extent};
use crate::draft::{Draft, Ground};
use crate::error::Error;
use crate::fault::{Domain, FaultSpec, Faults, FirstWords, MEMBERS, Setting, bits};
use crate::gauge::{Condition, Gauge, Relation, conditions};
use crate::memory;
use crate::part::faults::put_faults;
use crate::part::work::WorkPlan;
use crate::part::{Part, Parts};
use crate::plan::{Plan, Since, Wanted};
use crate::scenario::Scenario;
use crate::topology::{Fit, Grown, Kind, Site, Topology, TopologySpec};
use crate::words::Words;
use std::mem;
use std::ops::Range;
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
        let mut initial = vec![Words::default(); plan.columns.len()];
        // What the parts know of are the nodes that are there from the start.
        let founders = plan.topology.of_founders();
        let all = founders.map(|founders| mem::replace(&mut plan.topology, founders));
        for part in scenario.parts.iter() {
            let made = part.start(&plan, scenario.seed, folder)?;
            put(&plan, &mut initial, made, part.place().section)?;
        }
        let first = std::mem::take(&mut plan.first);
        put(&plan, &mut initial, first, "faults")?;
        if let Some(all) = all {
            let founders = plan.nodes();
            plan.topology = all;
            for (words, column) in initial.iter_mut().zip(&plan.columns) {
                make_places(words, column.extent, (founders, plan.nodes()))?;
            }
            empty_places(&plan, &mut initial, founders)?;
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
        check_agents(&scenario.parts)?;
        let site = Site {
            nodes: if members(scenario) == 1 {
                scenario.agents
            } else {
                cells(scenario)?
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
        if scenario.parts.is_empty() {
            return Err(Error::invalid(
                "consensus",
                "is missing, and so is work; say how nodes agree, as in consensus.rule = \"average\", or what cells work at",
            ));
        }
        check_agents(&scenario.parts)?;
        let ground = Ground {
            topology: &topology,
            seed: scenario.seed,
            ticks: scenario.ticks,
            folder,
            agents: members(scenario),
            grows: scenario.parts.iter().any(Part::grows),
        };
        let mut draft = Draft::new(ground, faults(scenario, &*topology)?);
        let parts = in_order(&scenario.parts)?;
        for part in &parts {
            draft.begin(part.place().section, part.stage());
            part.plan(&mut draft)?;
        }
        for part in &parts {
            draft.resume(part.place().section, part.stage());
            part.complete(&mut draft)?;
        }
        let faults = put_faults(&mut draft);
        let done = draft.finish(faults)?;
        let stop = conditions(
            &done.gauges,
            topology.nodes(),
            scenario.stop.spread,
            &scenario.stop.when,
        )?;
        let is_endless = done
            .facts
            .get::<WorkPlan>()
            .is_some_and(|work| work.last_arrival.is_none());
        if is_endless
            && let Some(what) = stop
                .iter()
                .find_map(|condition| waits_for_work(&done.gauges, condition))
        {
            let message = format!(
                "waits for few tasks to be {what}, but tasks arrive for ever, so that it would hold at the start or by chance; end the arrivals, \
                 as in work.arrivals.until = {}, or leave it out",
                (scenario.ticks / 2).max(1)
            );
            return Err(Error::invalid("stop", message));
        }
        let agents = ground.agents;
        let (topology, kinship) = match done.growth {
            Some((places, kinship)) => (
                Arc::new(Grown::new(topology, places)?) as Arc<dyn Topology>,
                Some(kinship),
            ),
            None => (topology, None),
        };
        Ok(Plan {
            kinship,
            schedule: scenario.timing.schedule(topology.founders(), scenario.seed),
            topology: Arc::clone(&topology),
            columns: done.columns,
            steps: done.steps,
            faults: done.faults,
            first: done.first,
            gauges: done.gauges,
            talk: done.talk,
            noted: done.noted,
            shown: done.shown,
            ticks: scenario.ticks,
            every: scenario.measure.every,
            component: scenario.measure.component,
            since: since(scenario)?,
            stop,
            last_change: done.last_change,
            agents,
            facts: done.facts,
            wanted: Wanted::default(),
        })
    }
}

/// Puts zeros for places behind the words of those that are there from the start.
fn make_places(words: &mut Words, extent: Extent, (founders, nodes): (u32, u32)) -> Result<(), Error> {
    let Some(lanes) = extent.lanes().filter(|_| !words.is_empty()) else {
        return Ok(());
    };
    let (founders, nodes) = (founders as usize, nodes as usize);
    let mut all = room(u64::from(lanes) * nodes as u64)?;
    for (to, from) in all.chunks_exact_mut(nodes).zip(words.chunks_exact(founders)) {
        to[..founders].copy_from_slice(from);
    }
    *words = all;
    Ok(())
}

/// Says of each place that nobody is there.
fn empty_places(plan: &Plan, initial: &mut [Words], founders: u32) -> Result<(), Error> {
    let Some(faults) = &plan.faults else { return Ok(()) };
    let nodes = plan.nodes() as usize;
    let nobody = [
        (Some(faults.status), bits::CRASHED),
        (faults.members, bits::KILLED | bits::GONE),
    ];
    for (column, word) in nobody.into_iter().filter_map(|(column, word)| Some((column?, word))) {
        let words = &mut initial[column.0];
        if words.is_empty() {
            *words = room(plan.words(column))?;
        }
        for lane in words.chunks_exact_mut(nodes) {
            lane[founders as usize..].fill(word);
        }
    }
    Ok(())
}

/// So many zeros.
fn room(words: u64) -> Result<Words, Error> {
    memory::zeros(words).map_err(|limit| Error::TooLarge {
        device: "this machine".into(),
        what: "the words of a column at tick 0".into(),
        needed: 4 * words,
        limit,
        agents_fit: 0,
        instead: "fewer growth.max_agents",
    })
}

/// From which tick on times are told.
fn since(scenario: &Scenario) -> Result<Option<Since>, Error> {
    match scenario.measure.from {
        Some(tick) if tick >= scenario.ticks => {
            let message = format!(
                "is {tick}, but the run ends after {} ticks, so that there would be nothing to tell; let it be less, or run longer",
                scenario.ticks
            );
            Err(Error::invalid("measure.from", message))
        }
        from => Ok(from.map(|tick| Since {
            tick,
            counted: Arc::default(),
        })),
    }
}

/// What of tasks a condition waits to become few, if it does.
fn waits_for_work(gauges: &[Arc<dyn Gauge>], condition: &Condition) -> Option<&'static str> {
    let gauge = gauges.get(condition.gauge).filter(|gauge| gauge.name() == "work")?;
    let falls = matches!(condition.relation, Relation::AtMost | Relation::Below | Relation::Equal);
    let name = gauge.indicators().get(condition.indicator)?.name;
    let comes_and_goes = ["outstanding", "waiting", "queued", "running", "held", "with_children"];
    (falls && comes_and_goes.contains(&name)).then_some(name)
}

/// What goes wrong, once for the whole swarm.
fn faults(scenario: &Scenario, topology: &dyn Topology) -> Result<Option<(Faults, FirstWords)>, Error> {
    let spec = scenario
        .faults
        .as_ref()
        .filter(|faults| **faults != FaultSpec::default());
    let members = members(scenario);
    let about_beliefs = scenario.parts.iter().find_map(|part| {
        let (liars, domain) = (part.liars()?, part.domain()?);
        Some((liars, domain, part.place().section))
    });
    if let Some((_, _, section)) = about_beliefs.filter(|_| members == 1) {
        let message = "are for cells that work, whose members lie about work or about what their cells tell; here nodes are agents: use \
                       faults.liars";
        return Err(Error::invalid(format!("{section}.liars"), message));
    }
    let nothing = FaultSpec::default();
    let spec = match spec {
        Some(spec) => spec,
        None if about_beliefs.is_some() || scenario.parts.iter().any(|part| part.brings_down()) => &nothing,
        None => return Ok(None),
    };
    // Where nodes are cells, what their agents do is lied about.
    let by_whom = |agents: u32| {
        let asked = scenario.parts.iter().filter(move |part| part.agents() == agents);
        asked.into_iter().find_map(Part::domain)
    };
    let domain = match by_whom(members).or_else(|| by_whom(1)) {
        Some(domain) => domain,
        None if spec.liars.is_none() => Domain::Work,
        None => {
            let message = "are there, but no part of this swarm says what nodes tell each other; leave them out, or add consensus or work";
            return Err(Error::invalid("faults.liars", message));
        }
    };
    let setting = Setting {
        topology,
        members,
        seed: scenario.seed,
        grows: scenario.parts.iter().any(Part::grows),
        domain,
        stop: scenario.stop.spread,
        about_beliefs,
    };
    spec.build(&setting).map(Some)
}

/// Whether nodes are agents or cells to each part.
fn check_agents(parts: &Parts) -> Result<(), Error> {
    match parts.iter().find(|part| ![1, MEMBERS].contains(&part.agents())) {
        Some(part) => {
            let message = format!(
                "asks for nodes of {} agents; a node is one agent, or a cell of {MEMBERS}",
                part.agents()
            );
            Err(Error::invalid(part.place().section, message))
        }
        None => Ok(()),
    }
}

/// The parts in the order in which they are planned: those first whose columns others read.
fn in_order(parts: &Parts) -> Result<Vec<&dyn Part>, Error> {
    let mut left: Vec<&dyn Part> = parts.iter().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let waits = |part: &dyn Part| {
            let reads = part.reads();
            let mut others = left.iter().map(|other| other.place().section);
            others.find(|other| *other != part.place().section && reads.contains(other))
        };
        match left.iter().position(|part| waits(*part).is_none()) {
            Some(at) => order.push(left.remove(at)),
            None => {
                let all: Vec<String> = left
                    .iter()
                    .map(|part| format!("{} reads {}", part.place().section, waits(*part).unwrap_or_default()))
                    .collect();
                let message = format!(
                    "cannot be planned: {}, so that none comes first; take one of these readings out",
                    all.join(", and ")
                );
                return Err(Error::invalid(left[0].place().section, message));
            }
        }
    }
    Ok(order)
}

/// Puts words at tick 0 in their places; they are as many as the column has.
fn put(plan: &Plan, initial: &mut [Words], made: Vec<(ColumnId, Words)>, section: &str) -> Result<(), Error> {
    for (column, words) in made {
        let Some(place) = initial.get_mut(column.0) else {
            let message = format!(
                "gives words to a column that is not there, number {}; name one of its own",
                column.0
            );
            return Err(Error::invalid(section, message));
        };
        let wanted = plan.words(column);
        if !words.is_empty() && words.len() as u64 != wanted {
            let message = format!(
                "is given {} words at tick 0 by [{section}], but has {wanted}; give one for each, or none for zeros",
                words.len()
            );
            return Err(Error::invalid(
                format!("column '{}'", plan.columns[column.0].name),
                message,
            ));
        }
        *place = some(plan, column, words);
    }
    Ok(())
}

/// The words of the nodes that are wanted, where a part has made more: what is not touched takes no memory.
fn some(plan: &Plan, column: ColumnId, words: Words) -> Words {
    let Some(nodes) = plan.wanted.of(column).filter(|_| !words.is_empty()) else {
        return words;
    };
    let mut pieces: Vec<Range<u64>> = nodes.iter().flat_map(|nodes| plan.pieces(column, nodes)).collect();
    pieces.sort_by_key(|piece| piece.start);
    let bounds = || pieces.iter().map(|piece| piece.start as usize..piece.end as usize);
    let ends = std::iter::once(0).chain(bounds().map(|piece| piece.end));
    let starts = bounds().map(|piece| piece.start).chain([words.len()]);
    let mut between = ends.zip(starts).map(|(from, to)| &words[from..to]);
    if between.all(|words| words.iter().all(|&word| word == 0)) {
        return words;
    }
    let Some(mut some) = Words::try_zeros(words.len()) else {
        return words;
    };
    bounds().for_each(|piece| some[piece.clone()].copy_from_slice(&words[piece]));
    some
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
    scenario.parts.iter().map(Part::agents).max().unwrap_or(1)
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
