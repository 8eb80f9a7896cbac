//! What a run came to: one JSON object for programs, and the same for a person.

use super::identity::Identity;
use super::later::Later;
use super::liars::Liars;
use super::reading::{self, Setting};
use super::replay::Replay;
use super::stopped::{self, Held};
use super::text::{bytes, grouped, import, known, list, parts, seconds};
use super::units::{Clock, duration};
use super::unused;
use super::work;
use serde::Serialize;
use tetraswarm::device::{DeviceInfo, DeviceKind, Memory, Outcome};
use tetraswarm::fault::MEMBERS;
use tetraswarm::gauge::Aftermath;
use tetraswarm::gauge::{Measurement, Rounds};
use tetraswarm::part::growth::Grown;
use tetraswarm::part::work::LogPlan;
use tetraswarm::scenario::Scenario;
use tetraswarm::topology::Topology;
use tetraswarm::trace::JobResult;
use tetraswarm::{Error, Report, Simulation};

/// The object that `--json` prints and `summary.json` holds.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The run that it is of.
    pub identity: Identity,
    /// The scenario's name.
    pub scenario: String,
    pub seed: u32,
    pub agents: u32,
    /// What the links link: agents, or cells of four.
    pub nodes: u32,
    /// Where agents form cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<u32>,
    /// Where cells come and go: how many agents there can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_agents: Option<u32>,
    pub links: u64,
    /// Ticks that were run, with those before a checkpoint that it went on from.
    pub ticks: u32,
    /// Where the run went on, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<Past>,
    /// What was written to go on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints: Option<Cost>,
    pub device: DeviceSummary,
    /// Of the last state, in 16 hexadecimal digits.
    pub fingerprint: String,
    pub seconds: Seconds,
    pub node_ticks_per_second: f64,
    /// Where agents form cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_ticks_per_second: Option<f64>,
    pub memory: Memory,
    pub stopped_by: Outcome,
    /// The conditions that ended it, all of which held at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Held>,
    /// The last row.
    pub measurement: Measurement,
    /// In which rounds nodes decided, or heard: pairs of a round and how many nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<Rounds>,
    /// What became of the jobs, where the work comes from a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<Replay>,
    /// How many lied, and whether they have led the honest astray.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
    /// What happened, and what was seen then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Aftermath>,
    /// What the scenario asks for beyond the end, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<Later>,
    /// What was given and has no effect, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
    /// The files that the state was saved to along the way, and that the last one is saved to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// Seconds of a job log that a tick stands for, where the work comes from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tick_seconds: Option<f64>,
    /// What the facts of the last row depend on.
    #[serde(skip)]
    setting: Setting,
    /// Whether any step goes along the links.
    #[serde(skip)]
    uses_links: bool,
    /// Bytes of all columns and stored links.
    #[serde(skip)]
    swarm_bytes: u64,
    /// What nodes did in those rounds.
    #[serde(skip)]
    verb: &'static str,
}

/// A checkpoint that a run went on from.
#[derive(Clone, Debug, Serialize)]
pub struct Past {
    /// After how many ticks.
    pub tick: u32,
    /// Of a branch, the checkpoint's folder: what was before is another run's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branched_from: Option<String>,
}

impl Past {
    fn text(&self) -> String {
        let tick = grouped(self.tick);
        match &self.branched_from {
            Some(folder) => format!("until tick {tick} that of {folder}"),
            None => format!("until tick {tick} from a checkpoint; time and speed are of what was run since"),
        }
    }
}

/// What checkpoints took of a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// How many were written.
    pub written: u32,
    /// The tick of the last one.
    pub last_tick: u32,
    /// Bytes of the last one.
    pub bytes: u64,
    /// Seconds of all, in which the run waited.
    pub seconds: f64,
}

impl Cost {
    fn text(&self) -> String {
        format!(
            "{} written in {}, the last of tick {} with {}",
            grouped(self.written),
            seconds(self.seconds),
            grouped(self.last_tick),
            bytes(self.bytes)
        )
    }
}

/// What it ran on.
#[derive(Debug, Serialize)]
pub struct DeviceSummary {
    kind: DeviceKind,
    name: String,
    backend: &'static str,
    driver: String,
}

impl From<&DeviceInfo> for DeviceSummary {
    fn from(info: &DeviceInfo) -> Self {
        Self {
            kind: info.kind,
            name: info.name.clone(),
            backend: info.backend,
            driver: info.driver.clone(),
        }
    }
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Seconds {
    /// From the start to the first tick.
    pub build: f64,
    /// From the first tick to the last.
    pub run: f64,
}

impl Summary {
    /// The summary of a run that has ended; `jobs` is what became of the jobs, where the work comes from a log.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] if what the nodes noted cannot be read.
    pub fn new(
        scenario: &Scenario,
        identity: Identity,
        simulation: &mut Simulation,
        report: &Report,
        seconds: Seconds,
        jobs: Option<&[JobResult]>,
    ) -> Result<Self, Error> {
        let rounds = simulation.rounds()?;
        let events = simulation.aftermath()?;
        let plan = simulation.plan();
        let nodes = plan.founders();
        let cells = plan.has_cells().then_some(nodes);
        let agents = cells.map_or(nodes, |cells| MEMBERS * cells);
        let rate = |count: u32| {
            if seconds.run > 0.0 {
                f64::from(count) * f64::from(report.ticks) / seconds.run
            } else {
                0.0
            }
        };
        let clock = Clock::of(scenario);
        let log = plan.work().and_then(|work| work.log.as_ref());
        let replay = |(log, jobs): (&LogPlan, &[JobResult])| Replay::of(&log.account, jobs, simulation.tick());
        Ok(Self {
            identity,
            scenario: scenario.name.clone(),
            seed: scenario.seed,
            agents,
            nodes,
            cells,
            most_agents: plan.kinship.map(|_| MEMBERS * plan.nodes()),
            links: plan.topology.links(),
            ticks: report.measurement.tick,
            past: None,
            checkpoints: None,
            device: simulation.device().into(),
            fingerprint: format!("{:016x}", report.measurement.fingerprint),
            seconds,
            node_ticks_per_second: rate(nodes),
            agent_ticks_per_second: cells.map(|_| match report.measurement.get::<Grown>() {
                Some(grown) if seconds.run > 0.0 => grown.agent_ticks as f64 / seconds.run,
                _ => rate(agents),
            }),
            memory: simulation.memory(),
            stopped_by: report.outcome,
            conditions: Held::of(plan, report),
            measurement: report.measurement.clone(),
            rounds,
            jobs: log.zip(jobs).map(replay),
            events,
            liars: Liars::of(scenario, plan, simulation.measurements()),
            later: Later::of(scenario, simulation.tick()),
            unused: Vec::new(),
            states: Vec::new(),
            tick_seconds: clock.tick_seconds,
            setting: Setting {
                first: simulation.measurements()[0].clone(),
                are_conserved: plan.gauges.iter().map(|gauge| gauge.is_conserved()).collect(),
                has_faults: plan.faults.is_some(),
                clock,
            },
            swarm_bytes: plan.bytes(),
            uses_links: plan.steps.iter().any(|step| step.reads_links()),
            verb: plan.noted.map_or("", |noted| noted.verb),
        })
    }

    /// What went wrong, event by event.
    fn faults(&self) -> Vec<(&'static str, String)> {
        let row = &self.measurement;
        let mut facts = Vec::new();
        if self.setting.has_faults {
            let (mut up, what) = match row.work() {
                Some(work) => (work::up(work), " cells"),
                None => (format!("{} of {} nodes", grouped(row.up), grouped(self.nodes)), ""),
            };
            if let Some(nodes) = row.component {
                up += &format!(", {}{what} of them connected", grouped(nodes));
            }
            facts.push(("up", up));
        }
        facts.extend(self.liars.as_ref().map(|liars| ("liars", liars.text())));
        for (k, event) in self.events.iter().enumerate() {
            let name = if k == 0 { "events" } else { "" };
            // What the spread is of: the first part's.
            let of_tasks = self
                .measurement
                .readings
                .first()
                .is_some_and(|first| first.part() == "work");
            // Where two parts have one, it says whose it is.
            let spread = match row.whose_spread() {
                _ if of_tasks => "outstanding tasks".to_owned(),
                Some(part) => format!("{part}.spread"),
                None => "spread".to_owned(),
            };
            facts.push((name, aftermath(event, &spread, self.setting.clock)));
        }
        facts
    }

    /// The links, and whether the rule goes along them.
    fn network(&self, topology: &dyn Topology) -> String {
        let note = if self.uses_links {
            ""
        } else {
            ", which the rule does not use: nodes ask any of the swarm"
        };
        format!("{}, {}{note}", grouped(self.links), topology.kind())
    }

    /// The memory that was held, and what of it a GPU's engine takes besides what `--explain` says.
    fn memory_text(&self) -> String {
        let all = self.memory.device_bytes + self.memory.host_bytes;
        match all.checked_sub(self.swarm_bytes).filter(|&besides| besides > 0) {
            Some(besides) if self.device.kind != DeviceKind::Cpu => format!(
                "{}: {} of columns and links, {} for measurements and the engine",
                bytes(all),
                bytes(self.swarm_bytes),
                bytes(besides)
            ),
            _ => bytes(all),
        }
    }

    /// The ticks that were run, and what they are in a log's time.
    fn ticks_run(&self) -> String {
        let seconds = self.setting.clock.seconds(f64::from(self.ticks));
        let log = seconds.map_or_else(String::new, |seconds| format!(" ({} of the log)", duration(seconds)));
        format!("{}{log}", grouped(self.ticks))
    }

    /// The summary for a person.
    pub fn text(&self, topology: &dyn Topology) -> String {
        let device = &self.device;
        let row = &self.measurement;
        let mut facts = vec![
            ("scenario", format!("{}, seed {}", self.scenario, self.seed)),
            (
                "device",
                format!("{} ({}, {})", device.name, device.backend, device.driver),
            ),
            (
                "agents",
                match self.cells {
                    Some(cells) => {
                        let at_first = format!("{} in {} cells", grouped(self.agents), grouped(cells));
                        match self.most_agents {
                            Some(most) => format!("{at_first} at first, places for {}", grouped(most)),
                            None => at_first,
                        }
                    }
                    None => grouped(self.agents),
                },
            ),
            ("links", self.network(topology)),
        ];
        if let Some(account) = topology.import() {
            facts.push(("file", import(account)));
            facts.extend(parts(topology).map(|parts| ("", parts)));
        }
        facts.extend([
            ("memory", self.memory_text()),
            (
                "ticks",
                format!(
                    "{}, {}",
                    self.ticks_run(),
                    stopped::text(self.stopped_by, &self.conditions)
                ),
            ),
            (
                "time",
                format!(
                    "{} to build, {} to run",
                    seconds(self.seconds.build),
                    seconds(self.seconds.run)
                ),
            ),
            (
                "speed",
                match self.agent_ticks_per_second {
                    Some(rate) => format!("{} agent-ticks/s", grouped(rate.round() as i128)),
                    None => format!("{} node-ticks/s", grouped(self.node_ticks_per_second.round() as i128)),
                },
            ),
        ]);
        facts.extend(self.past.as_ref().map(|past| ("past", past.text())));
        facts.extend(self.checkpoints.as_ref().map(|cost| ("checkpoints", cost.text())));
        facts.extend(self.jobs.iter().flat_map(Replay::facts));
        facts.extend(reading::facts(row, &self.setting));
        facts.extend(
            self.rounds
                .as_ref()
                .and_then(|rounds| reading::rounds(rounds, self.verb)),
        );
        facts.extend(self.faults());
        facts.extend(self.later.map(Later::fact));
        facts.extend(unused::facts(&self.unused));
        facts.push(("fingerprint", self.fingerprint.clone()));
        list(&facts)
    }
}

/// One event in words: what happened, and what was measured from then on.
fn aftermath(event: &Aftermath, spread: &str, clock: Clock) -> String {
    let bound = known(event.threshold, grouped);
    let seen = match event.peak {
        Some(peak) => format!("then {spread} at most {} as measured", grouped(peak)),
        None => format!("then {spread} of nobody"),
    };
    let mut seen = match event.recovery {
        _ if event.measurements == 0 && event.watched == 0 => {
            "not measured before the next event in the same tick".to_owned()
        }
        _ if event.measurements == 0 => "not measured before the next event".to_owned(),
        Some(0) => format!("{seen}, within {bound}"),
        Some(after) => format!("{seen}, back within {bound} after {}", clock.ticks(after)),
        None => format!("{seen}, not back within {bound} in {}", clock.ticks(event.watched)),
    };
    if event.measurements == 1 {
        seen += " (measured once, just after it)";
    }
    format!("tick {}: {}; {seen}", grouped(event.tick), event.event)
}
