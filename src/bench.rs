//! How fast a device runs the tick of each rule, next to how fast it copies memory.

mod paths;
mod work;

pub use paths::{PathShare, work_paths};
pub use work::{Beside, WorkFigures, measure_work, work_agents, work_swarm};

use crate::device::cpu::CpuDevice;
use crate::device::{Device, Execution, Halt};
use crate::error::Error;
use crate::number::threefry2x32;
use crate::part::StandardForm;
use crate::part::average::Rounding;
use crate::plan::Plan;
use crate::scenario::{Registry, Scenario};
use crate::swarm::Swarm;
use crate::topology::import::{Format, Graph, Ids, Imported};
use crate::topology::{GraphTopology, KINDS, Kind, NetworkSpec, Site, Topology};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Timed repetitions of each figure.
const REPETITIONS: usize = 7;
/// How long one repetition takes at least, so that clocks and start-up do not show.
const LEAST: Duration = Duration::from_millis(60);

/// Ticks whose steps are timed.
const TIMED_TICKS: usize = 15;

/// The most ticks of one repetition.
const MOST_TICKS: u32 = 1 << 16;

/// A network to measure on.
#[derive(Clone, Debug)]
pub struct Network {
    /// How the table calls it.
    pub label: String,
    agents: u32,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Spec(NetworkSpec),
    /// Stored links between random pairs.
    Random,
}

/// The times of one thing: median, least and greatest, in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Times {
    /// The median of the repetitions.
    pub median: f64,
    /// The fastest.
    pub least: f64,
    /// The slowest.
    pub greatest: f64,
}

impl Times {
    /// Those of some repetitions.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self {
            median: seconds[seconds.len() / 2],
            least: seconds[0],
            greatest: seconds[seconds.len() - 1],
        }
    }
}

/// One case on one device.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Seconds a tick.
    pub tick: Times,
    /// Nodes times ticks a second.
    pub node_ticks_per_second: f64,
    /// Bytes that must move for each node and tick.
    pub bytes_per_node_tick: f64,
    /// Those bytes over the time, in bytes a second.
    pub bandwidth: f64,
    /// The bandwidth as a share of the copy's.
    pub share_of_copy: f64,
    /// Where the time of a tick goes, step by step, by the device's own clock; null where it has none. On a GPU each step is a pass of
    /// its own then, so that together they take longer than the tick.
    pub steps: Option<Vec<StepTime>>,
}

/// How long a step takes.
#[derive(Clone, Debug, Serialize)]
pub struct StepTime {
    /// The step's name.
    pub step: String,
    /// Seconds: the median over some ticks.
    pub seconds: f64,
}

/// The most links for each agent asked for: a network with more is measured on fewer nodes.
const MOST_LINKS: u64 = 64;

/// The flagship: nested tetrahedra for locality, Fibonacci chords for distance.
const OVERLAY: [&str; 2] = ["tetrahedral", "fibonacci-chords"];

/// The random graph's label.
const RANDOM: &str = "graph, random, mean degree 10";

/// Every kind of topology in its standard form, an overlay, and a random graph as an import would give it, near `agents` nodes.
#[must_use]
pub fn networks(agents: u32) -> Vec<Network> {
    let network = |label: String, source| Network { label, agents, source };
    let of = |kind: &str| Kind::of(kind).and_then(Kind::standard);
    let kinds = KINDS
        .iter()
        .filter_map(|kind| Some(network(kind.name.to_owned(), Source::Spec(kind.standard()?.into()))));
    let overlay = NetworkSpec::Overlay(OVERLAY.into_iter().filter_map(of).collect());
    kinds
        .chain([
            network(OVERLAY.join(" + "), Source::Spec(overlay)),
            network(RANDOM.to_owned(), Source::Random),
        ])
        .collect()
}

impl Network {
    /// Builds it, with the nearest number of nodes that it allows; fewer if it would have more than 64 links for each agent
    /// asked for.
    ///
    /// # Errors
    /// If it cannot be built.
    pub fn build(&self) -> Result<Arc<dyn Topology>, Error> {
        let Source::Spec(spec) = &self.source else {
            return Ok(Arc::new(random_graph(self.agents.clamp(20, 1_000_000))));
        };
        let mut agents = self.agents;
        loop {
            // Whatever fits the first fits the others: the shapes of an overlay go together.
            let nodes = spec.parts()[0].fit(agents).nearest(agents);
            let topology = spec.build(Site {
                nodes,
                seed: 1,
                folder: Path::new(""),
            })?;
            if topology.links() <= MOST_LINKS * u64::from(self.agents) || agents < 4 {
                return Ok(topology);
            }
            agents /= 2;
        }
    }
}

/// As an import would give it: links between random pairs, five a node, of at least twenty nodes.
#[must_use]
pub fn stored_random(nodes: u32) -> Arc<dyn Topology> {
    Arc::new(random_graph(nodes.max(20)))
}

/// As an import would give it: links between random pairs, five a node.
fn random_graph(nodes: u32) -> GraphTopology {
    let links: Vec<(u32, u32)> = (0..nodes as usize * 5)
        .map(|k| {
            let [a, b] = threefry2x32([1, 2], [k as u32, 3]);
            (a % nodes, b % nodes)
        })
        .collect();
    let built = Graph::from_links(nodes, &links).expect("every end is below the number of nodes");
    GraphTopology::new(Imported {
        graph: built.graph,
        ids: Ids::Same { nodes },
        format: Format::EdgeList,
        links_read: links.len() as u64,
        self_loops: built.self_loops,
        duplicates: built.duplicates,
        header: None,
        notes: Vec::new(),
    })
}

/// A rule to measure, with what goes wrong besides.
#[derive(Clone, Debug)]
pub struct Tick {
    /// How the table calls it.
    pub label: String,
    /// The section of the part, as TOML.
    section: String,
    /// The scenario's `[faults]`, as TOML.
    faults: &'static str,
    /// The parts that there are.
    registry: Arc<Registry>,
}

/// Everything that can go wrong but liars.
macro_rules! faults {
    () => {
        "loss = 0.01\ncrash = 0.0001\nrecovery = 0.001\n\
    events = [{ kind = \"partition\", tick = 0, along = { kind = \"plane\", normal = [1, 0.2, 0] } }]\n"
    };
}

/// One agent in a hundred lies.
macro_rules! liars {
    () => {
        "liars = { who = { kind = \"share\", share = 0.01 }, tell = { kind = \"constant\", value = 0 } }\n"
    };
}

impl Tick {
    /// The average rule with a rounding.
    #[must_use]
    pub fn average(rounding: Rounding) -> Self {
        Self {
            label: format!("average, {}", rounding.name()),
            section: format!(
                "[consensus]\nrule = \"average\"\nrounding = \"{}\"\nstart = {{ kind = \"uniform\", low = 0, high = 16777216 }}\n",
                rounding.name()
            ),
            faults: "",
            registry: Arc::new(Registry::standard()),
        }
    }

    /// A part of the registry in its standard form; the average rule with everything going wrong besides.
    #[must_use]
    pub fn of(form: &StandardForm, registry: &Arc<Registry>) -> Vec<Self> {
        let name = form.place.name();
        let tick = |label: String, faults| Self {
            label,
            section: form.section(),
            faults,
            registry: Arc::clone(registry),
        };
        let mut all = vec![tick(name.to_owned(), "")];
        if name == "average" {
            all.push(tick(format!("{name}, faults"), faults!()));
            all.push(tick(format!("{name}, faults and liars"), concat!(faults!(), liars!())));
        }
        all
    }

    /// Learning: every rule with a reward that it can take, ten options or a game of two.
    #[must_use]
    pub fn learning() -> Vec<Self> {
        const RATES: &str = "rates = [0.8, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]";
        let registry = Arc::new(Registry::standard());
        let tick = |label: &str, rule: &str, reward: &str| Self {
            label: label.to_owned(),
            section: format!("[learning]\nrule = {{ {rule} }}\nreward = {{ {reward} }}\n"),
            faults: "",
            registry: Arc::clone(&registry),
        };
        let own = format!("kind = \"bandit\", signal = \"own\", {RATES}");
        let common = format!("kind = \"bandit\", {RATES}");
        let game = "kind = \"game\", payoffs = [[10, 0], [14, 0]]";
        vec![
            tick("social, swarm, own", "kind = \"social\", from = \"swarm\"", &own),
            tick("social, swarm, common", "kind = \"social\", from = \"swarm\"", &common),
            tick("social, neighbours, own", "kind = \"social\"", &own),
            tick(
                "imitation, fermi, swarm",
                "kind = \"imitation\", from = \"swarm\"",
                game,
            ),
            tick("imitation, best", "kind = \"imitation\", how = \"best\"", game),
            tick("hedge, common", "kind = \"hedge\", horizon = 1000", &common),
            tick("hedge, own", "kind = \"hedge\", horizon = 1000", &own),
            tick(
                "thresholds",
                "kind = \"thresholds\", learn = 0.1",
                "kind = \"stimulus\", tasks = 2",
            ),
            tick("random", "kind = \"random\"", &own),
        ]
    }

    /// The plan of it on a network.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the rule does not fit the network.
    pub fn plan(&self, topology: &Arc<dyn Topology>) -> Result<Plan, Error> {
        Swarm::plan_on(&self.scenario(topology.nodes())?, Arc::clone(topology))
    }

    /// The swarm of it on a network, with its start values.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the rule does not fit the network, [`Error::TooLarge`] if there is no memory for it.
    pub fn swarm(&self, topology: &Arc<dyn Topology>) -> Result<Swarm, Error> {
        Swarm::fill(self.plan(topology)?, &self.scenario(topology.nodes())?, Path::new(""))
    }

    fn scenario(&self, nodes: u32) -> Result<Scenario, Error> {
        let text = format!(
            "name = \"bench\"\nagents = {nodes}\nticks = 4294967295\n[topology]\nkind = \"ring\"\n{}\n\
             [measure]\nevery = 4294967295\n{}{}",
            self.section,
            if self.faults.is_empty() { "" } else { "[faults]\n" },
            self.faults
        );
        Scenario::from_toml_with(&self.registry, "bench", &text)
    }
}

/// The network of a part's standard form.
///
/// # Errors
/// If it cannot be read.
pub fn standard_network(form: &StandardForm, agents: u32) -> Result<Network, Error> {
    let text = format!(
        "agents = 2\nticks = 0\n[topology]\n{}\n[consensus]\nrule = \"average\"\nstart = {{ kind = \"point\", value = 1 }}\n",
        form.topology
    );
    let spec = Scenario::from_toml("the standard form's topology", &text)?.topology;
    Ok(Network {
        label: spec
            .parts()
            .iter()
            .map(|part| part.kind())
            .collect::<Vec<_>>()
            .join(" + "),
        agents,
        source: Source::Spec(spec),
    })
}

/// Seconds of a copy of `words` words from one buffer to another on a device.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn copy(device: &dyn Device, words: u32) -> Result<Times, Error> {
    device.copy_seconds(words as usize, REPETITIONS).map(Times::of)
}

/// Measures the tick on a network and a device; `copied` is the copy's bandwidth in bytes a second. Nothing if `halt` ended it before.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn measure(
    topology: &Arc<dyn Topology>,
    tick: &Tick,
    device: &dyn Device,
    copied: f64,
    halt: &Halt,
) -> Result<Option<Figures>, Error> {
    let scenario = tick.scenario(topology.nodes())?;
    let plan = tick.plan(topology)?;
    let (nodes, bytes) = (f64::from(plan.nodes()), plan.bytes_per_tick() as f64);
    device.check(&plan)?;
    let mut run = device.load(Swarm::fill(plan, &scenario, Path::new(""))?)?;
    let Some(tick) = timed(&mut *run, 1, halt)? else {
        return Ok(None);
    };
    let bandwidth = bytes / tick.median;
    let steps = timed_steps(&mut *run)?;
    Ok(Some(Figures {
        tick,
        node_ticks_per_second: nodes / tick.median,
        bytes_per_node_tick: bytes / nodes,
        bandwidth,
        share_of_copy: bandwidth / copied,
        steps,
    }))
}

/// Seconds a tick takes on one thread of the CPU. Nothing if `halt` ended it before.
///
/// # Errors
/// As [`measure`].
pub fn measure_on_one_thread(topology: &Arc<dyn Topology>, tick: &Tick, halt: &Halt) -> Result<Option<Times>, Error> {
    let device = CpuDevice::new(1)?;
    let plan = tick.plan(topology)?;
    device.check(&plan)?;
    let mut run = device.load(Swarm::fill(plan, &tick.scenario(topology.nodes())?, Path::new(""))?)?;
    timed(&mut *run, 1, halt)
}

/// How long each step takes, if the device can say.
fn timed_steps(run: &mut dyn Execution) -> Result<Option<Vec<StepTime>>, Error> {
    let mut ticks = Vec::new();
    for _ in 0..TIMED_TICKS {
        match run.timed_tick()? {
            Some(seconds) => ticks.push(seconds),
            None => return Ok(None),
        }
    }
    let steps = run.plan().steps.iter().map(|step| step.name()).enumerate();
    let time = |(k, name): (usize, &str)| StepTime {
        step: name.to_owned(),
        seconds: Times::of(ticks.iter().map(|tick| tick[k]).collect()).median,
    };
    Ok(Some(steps.map(time).collect()))
}

/// Times the ticks of a run, after so many that are not timed; nothing if `halt` ended it before.
fn timed(run: &mut dyn Execution, warm_up: u32, halt: &Halt) -> Result<Option<Times>, Error> {
    run.heed(halt.clone());
    let mut timed = |ticks: u32| -> Result<f64, Error> {
        let start = Instant::now();
        let until = run.tick() + ticks;
        run.advance(until, &mut |_| ControlFlow::Continue(()))?;
        run.finish()?;
        Ok(start.elapsed().as_secs_f64())
    };
    // Warm up until the ticks of one repetition take long enough.
    let mut ticks = 1;
    timed(warm_up)?;
    loop {
        let seconds = timed(ticks)?;
        if halt.is_asked() {
            return Ok(None);
        }
        if seconds >= LEAST.as_secs_f64() || ticks >= MOST_TICKS {
            break;
        }
        ticks = (f64::from(ticks) * 1.2 * LEAST.as_secs_f64() / seconds.max(1e-6))
            .clamp(f64::from(ticks) + 1.0, f64::from(MOST_TICKS)) as u32;
    }
    let seconds = (0..REPETITIONS)
        .map(|_| Ok(timed(ticks)? / f64::from(ticks)))
        .collect::<Result<_, Error>>()?;
    Ok((!halt.is_asked()).then(|| Times::of(seconds)))
}
