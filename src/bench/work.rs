//! The tick of a swarm that works.

use super::{Times, timed};
use crate::device::{Device, Halt};
use crate::error::Error;
use crate::fault::MEMBERS;
use crate::scenario::{Document, Embedded, Scenario};
use crate::swarm::Swarm;
use serde::Serialize;
use std::path::Path;

/// The scenario that is measured.
const SCENARIO: &str = "orchestra";
/// Ticks that fill the queues before the clock runs.
pub(super) const WARM_UP: u32 = 50;
/// Ticks that the swarm can count. The longest measurement is eight times [`super::MOST_TICKS`] ticks, and one to warm up.
const TICKS: u32 = 16 * super::MOST_TICKS;

/// A swarm that works, on one device.
#[derive(Clone, Debug, Serialize)]
pub struct WorkFigures {
    /// Seconds a tick.
    pub tick: Times,
    /// Agents times ticks a second.
    pub agent_ticks_per_second: f64,
    /// Nanoseconds for each agent and tick.
    pub nanoseconds_per_agent_tick: f64,
    /// Bytes for each agent and tick, every column of a step counted once in full. Cells read of their queues, and write, only what
    /// is there, so what moves is typically less.
    pub bytes_per_agent_tick: f64,
    /// Those bytes over the time, in bytes a second.
    pub bandwidth: f64,
    /// The bandwidth as a share of the copy's.
    pub share_of_copy: f64,
}

/// What a swarm that works has besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    #[default]
    Nothing,
    /// Places for so many times as many agents, of which none is ever taken, where cells may come and go.
    Places(u32),
    /// Cells that learn, with so many strategies, 1 to 16, that differ in what they verify; with `balances` every other has another policy
    /// than the scenario's of what is offered to neighbours.
    Strategies {
        /// How many.
        count: u32,
        /// Whether there are two policies.
        balances: bool,
    },
}

impl Beside {
    /// What it is, as in "4 strategies"; nothing of nothing.
    #[must_use]
    pub fn about(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Places(times) => Some(format!("places × {times}")),
            Self::Strategies { count, balances } => {
                let strategies = if count == 1 { "strategy" } else { "strategies" };
                let balances = if balances { ", 2 balances" } else { "" };
                Some(format!("{count} {strategies}{balances}"))
            }
        }
    }

    /// What it sets.
    fn set(self, agents: u32) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Places(times) => {
                let places = agents.saturating_mul(times);
                Some((
                    "growth",
                    format!("{{ max_agents = {places}, spawn = {{ load = 16, for = 32767 }} }}"),
                ))
            }
            Self::Strategies { count, balances } => {
                let strategy = |k: u32| {
                    let verify = f64::from(k + 1) / 16.0;
                    let balance = if balances && k % 2 == 1 {
                        ", balance = { kind = \"threshold\", bound = 2 }"
                    } else {
                        ""
                    };
                    format!("{{ name = \"s{k}\", verify = {verify}{balance} }}")
                };
                let strategies: Vec<String> = (0..count.clamp(1, 16)).map(strategy).collect();
                // As in the scenario `learning`.
                Some((
                    "learning",
                    format!(
                        "{{ rule = {{ kind = \"social\", explore = 0.01, adopt = 0.95 }}, decide_every = 89, mean = {{ every = 16 }}, \
                         reward = {{ kind = \"work\", message = 5 }}, strategy = [{}] }}",
                        strategies.join(", ")
                    ),
                ))
            }
        }
    }
}

/// How many agents the scenario has that is measured near `agents`: cells by powers of four.
#[must_use]
pub fn work_agents(agents: u32) -> u32 {
    let power = f64::from(agents.max(16)).log(4.0).round() as u32;
    4u32.pow(power.clamp(2, 15))
}

/// The scenario without what happens to it on the way, so that every tick is like another.
pub(super) fn scenario(agents: u32, beside: Beside) -> Result<Scenario, Error> {
    let embedded = Embedded::named(SCENARIO)?;
    let mut document = Document::parse(SCENARIO, embedded.text)?;
    for (key, value) in [
        ("agents", agents.to_string()),
        ("ticks", TICKS.to_string()),
        ("measure.every", TICKS.to_string()),
        ("faults.events", "[]".to_owned()),
        ("stop", "{}".to_owned()),
    ] {
        document.set("bench", key, &value)?;
    }
    if let Some((key, value)) = beside.set(agents) {
        document.set("bench", key, &value)?;
    }
    document.scenario()
}

/// The swarm of the embedded scenario `orchestra`, its events left out, with so many agents (see [`work_agents`]), and what it has
/// besides.
///
/// # Errors
/// [`Error::Invalid`] for a number of agents that forms no such cells, [`Error::TooLarge`].
pub fn work_swarm(agents: u32, beside: Beside) -> Result<Swarm, Error> {
    Swarm::build(&scenario(agents, beside)?, Path::new(""))
}

/// Measures the tick of the embedded scenario `orchestra`, its events left out, with so many agents (see [`work_agents`]) and what it has
/// besides, after 50 ticks; `copied` is the copy's bandwidth in bytes a second. Nothing if `halt` ended it before.
///
/// # Errors
/// [`Error::Invalid`] for a number of agents that forms no such cells, [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn measure_work(
    agents: u32,
    beside: Beside,
    device: &dyn Device,
    copied: f64,
    halt: &Halt,
) -> Result<Option<WorkFigures>, Error> {
    let scenario = scenario(agents, beside)?;
    let folder = Path::new("");
    let plan = Swarm::plan(&scenario, folder)?;
    device.check(&plan)?;
    let bytes = plan.bytes_per_tick() as f64;
    let agents = f64::from(plan.founders()) * f64::from(MEMBERS);
    let mut run = device.load(Swarm::fill(plan, &scenario, folder)?)?;
    let Some(tick) = timed(&mut *run, WARM_UP, halt)? else {
        return Ok(None);
    };
    let bandwidth = bytes / tick.median;
    Ok(Some(WorkFigures {
        tick,
        agent_ticks_per_second: agents / tick.median,
        nanoseconds_per_agent_tick: 1e9 * tick.median / agents,
        bytes_per_agent_tick: bytes / agents,
        bandwidth,
        share_of_copy: bandwidth / copied,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu::CpuDevice;

    #[test]
    fn cells_come_in_powers_of_four() {
        for (asked, given) in [
            (0, 16),
            (16, 16),
            (65_536, 65_536),
            (100_000, 65_536),
            (200_000, 262_144),
            (u32::MAX, 1 << 30),
        ] {
            assert_eq!(work_agents(asked), given, "{asked}");
            assert!(Swarm::plan(&scenario(given.min(1 << 12), Beside::Nothing).unwrap(), Path::new("")).is_ok());
        }
    }

    #[test]
    fn a_small_swarm_is_measured() {
        let device = CpuDevice::new(1).unwrap();
        let halt = Halt::default();
        let figures = measure_work(256, Beside::Nothing, &device, 1e9, &halt)
            .unwrap()
            .unwrap();
        assert!(figures.tick.least > 0.0 && figures.tick.least <= figures.tick.median);
        let product = figures.nanoseconds_per_agent_tick * figures.agent_ticks_per_second;
        assert!((product / 1e9 - 1.0).abs() < 1e-9);
        assert!(figures.bytes_per_agent_tick > 10.0);
        let bytes = |beside| {
            measure_work(256, beside, &device, 1e9, &halt)
                .unwrap()
                .unwrap()
                .bytes_per_agent_tick
        };
        assert!(bytes(Beside::Places(4)) > figures.bytes_per_agent_tick);
        for (count, balances) in [(1, false), (16, true)] {
            let learning = Beside::Strategies { count, balances };
            assert!(bytes(learning) > figures.bytes_per_agent_tick, "{learning:?}");
        }
        halt.ask();
        assert!(
            measure_work(256, Beside::Nothing, &device, 1e9, &halt)
                .unwrap()
                .is_none()
        );
    }
}
