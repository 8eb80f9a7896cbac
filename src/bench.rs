//! How fast a device runs the consensus tick, next to how fast it copies memory.

use crate::device::Device;
use crate::error::Error;
use crate::number::threefry2x32;
use crate::scenario::{Rounding, Scenario};
use crate::swarm::Swarm;
use crate::topology::import::{Format, Graph, Ids, Imported};
use crate::topology::{GraphTopology, Topology};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Timed repetitions of each figure.
const REPETITIONS: usize = 7;
/// How long one repetition takes at least, so that clocks and start-up do not show.
const LEAST: Duration = Duration::from_millis(60);

/// What is measured: a network and a rounding.
#[derive(Clone, Debug)]
pub struct Case {
    /// How the table calls the network.
    pub label: String,
    /// The network.
    pub topology: Arc<dyn Topology>,
    /// The rounding.
    pub rounding: Rounding,
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
    fn of(mut seconds: Vec<f64>) -> Self {
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
}

/// The standard networks near `agents` nodes, or only those whose label contains `only`, with each of `roundings`.
///
/// # Errors
/// If a network cannot be built.
pub fn cases(agents: u32, only: Option<&str>, roundings: &[Rounding]) -> Result<Vec<Case>, Error> {
    let fitting = |kind: &str| match kind {
        "torus" | "torus, twisted" => agents.isqrt().max(3).pow(2),
        "tetrahedral" => 1 << (2 * (agents.max(4).ilog2() / 2)),
        "mobius-ladder" => agents.max(4) & !1,
        "fibonacci-lattice" => crate::geometry::fibonacci(u64::from(agents.max(8)))
            .last()
            .map_or(8, |f| f as u32),
        _ => agents.max(70),
    };
    let side = agents.isqrt().max(3);
    let twisted = format!("kind = \"torus\"\nwidth = {side}\ntwist = {}", side / 2);
    let networks = [
        ("ring", "kind = \"ring\""),
        ("mobius-ladder", "kind = \"mobius-ladder\""),
        ("torus", "kind = \"torus\""),
        ("torus, twisted", &twisted),
        ("fibonacci-lattice", "kind = \"fibonacci-lattice\""),
        ("tetrahedral", "kind = \"tetrahedral\""),
        (
            "circulant 1 2 3 5 8 13 21 34",
            "kind = \"circulant\"\noffsets = [1, 2, 3, 5, 8, 13, 21, 34]",
        ),
        ("fibonacci-chords", "kind = \"fibonacci-chords\""),
        ("chord", "kind = \"chord\""),
    ];
    let wanted = |label: &str| only.is_none_or(|part| label.contains(part));
    let mut all = Vec::new();
    for (label, text) in networks.into_iter().filter(|(label, _)| wanted(label)) {
        let scenario = scenario(&format!("agents = {}", fitting(label)), text, Rounding::Trunc)?;
        let topology = scenario.topology.build(crate::topology::Site {
            nodes: scenario.agents,
            seed: scenario.seed,
            folder: Path::new(""),
        })?;
        all.extend(roundings.iter().map(|&rounding| Case {
            label: label.into(),
            topology: Arc::clone(&topology),
            rounding,
        }));
    }
    let label = "graph, random, mean degree 10";
    if wanted(label) {
        let topology: Arc<dyn Topology> = Arc::new(random_graph(agents.clamp(20, 1_000_000)));
        all.extend(roundings.iter().map(|&rounding| Case {
            label: label.into(),
            topology: Arc::clone(&topology),
            rounding,
        }));
    }
    Ok(all)
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
    })
}

fn scenario(agents: &str, topology: &str, rounding: Rounding) -> Result<Scenario, Error> {
    let text = format!(
        "name = \"bench\"\n{agents}\nticks = 4294967295\n[topology]\n{topology}\n[consensus]\nrule = \"average\"\n\
         rounding = \"{}\"\nstart = {{ kind = \"uniform\", low = 0, high = 16777216 }}\n[measure]\nevery = 4294967295\n",
        rounding.name()
    );
    Scenario::from_toml("bench", &text)
}

/// Seconds of a copy of `words` words from one buffer to another on a device.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn copy(device: &dyn Device, words: u32) -> Result<Times, Error> {
    device.copy_seconds(words as usize, REPETITIONS).map(Times::of)
}

/// Measures a case on a device; `copied` is the copy's bandwidth in bytes a second.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn measure(case: &Case, device: &dyn Device, copied: f64) -> Result<Figures, Error> {
    let scenario = scenario(
        &format!("agents = {}", case.topology.nodes()),
        "kind = \"ring\"",
        case.rounding,
    )?;
    let plan = Swarm::plan_on(&scenario, Arc::clone(&case.topology))?;
    let (nodes, bytes) = (f64::from(plan.nodes()), plan.bytes_per_tick() as f64);
    device.check(&plan)?;
    let mut run = device.load(Swarm::fill(plan, &scenario, Path::new(""))?)?;
    let mut timed = |ticks: u32| -> Result<f64, Error> {
        let start = Instant::now();
        let until = run.tick() + ticks;
        run.advance(until, &mut |_| ControlFlow::Continue(()))?;
        run.finish()?;
        Ok(start.elapsed().as_secs_f64())
    };
    // Warm up until the ticks of one repetition take long enough.
    let mut ticks = 1;
    timed(1)?;
    loop {
        let seconds = timed(ticks)?;
        if seconds >= LEAST.as_secs_f64() || ticks >= 1 << 16 {
            break;
        }
        ticks = (f64::from(ticks) * 1.2 * LEAST.as_secs_f64() / seconds.max(1e-6))
            .clamp(f64::from(ticks) + 1.0, 65_536.0) as u32;
    }
    let seconds = (0..REPETITIONS)
        .map(|_| Ok(timed(ticks)? / f64::from(ticks)))
        .collect::<Result<_, Error>>()?;
    let tick = Times::of(seconds);
    let bandwidth = bytes / tick.median;
    Ok(Figures {
        tick,
        node_ticks_per_second: nodes / tick.median,
        bytes_per_node_tick: bytes / nodes,
        bandwidth,
        share_of_copy: bandwidth / copied,
    })
}
