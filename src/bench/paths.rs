//! Which paths through the steps of a swarm that works its cells take, and how many take each at the same time.
//!
//! GPUs walk in waves: if one of 64 neighbouring cells takes a path, all 64 wait for it. So what a path costs a GPU is what a compiler
//! counts of it times the share of waves in which any cell takes it; `gpu_statistics` can be told by `--shares`. Where a workgroup of
//! 256 first gathers those that take a path, fewer of its four waves walk it.

use super::work::{WARM_UP, scenario};
use super::{Beside, work_agents};
use crate::column::{ColumnId, Lanes};
use crate::device::cpu::CpuDevice;
use crate::device::{Device, Halt};
use crate::error::Error;
use crate::part::work::{outbox, state, word};
use crate::swarm::Swarm;
use crate::topology::Topology;
use serde::Serialize;
use std::path::Path;

/// Ticks that are looked at, after those that fill the queues.
const TICKS: u32 = 32;
/// Cells of a wave, and of a workgroup.
const WAVE: usize = 64;
const GROUP: usize = 256;
/// A difference of loads by which a transfer gains something, as the step `offer` has it.
const GAIN: u32 = 2;

/// A path through a step, on average over some ticks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathShare {
    /// The step.
    pub step: &'static str,
    /// What its cells do.
    pub path: &'static str,
    /// How many of 64 cells take it.
    pub cells_of_64: f64,
    /// In which share of the waves of 64 cells any takes it, from 0 to 1.
    pub waves: f64,
    /// The same if those of 256 that take it stand together, from 0 to 1.
    pub gathered: f64,
    /// How often it turns: the greatest number of a wave's cells, on average over the waves that take it.
    pub turns: f64,
}

/// What was seen of a path.
#[derive(Debug, Default)]
struct Seen {
    cells: u64,
    waves: u64,
    gathered: u64,
    all: u64,
    turns: u64,
}

impl Seen {
    /// Looks at one tick: how often each cell turns, 0 if it does not take the path.
    fn note(&mut self, turns: &[u32]) {
        for group in turns.chunks(GROUP) {
            let taking = |cells: &[u32]| cells.iter().filter(|&&turns| turns > 0).count();
            for wave in group.chunks(WAVE) {
                self.all += 1;
                self.waves += u64::from(taking(wave) > 0);
                self.turns += u64::from(wave.iter().copied().max().unwrap_or(0));
            }
            self.cells += taking(group) as u64;
            self.gathered += taking(group).div_ceil(WAVE) as u64;
        }
    }

    fn share(&self, step: &'static str, path: &'static str, cells: u64) -> PathShare {
        let of = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        PathShare {
            step,
            path,
            cells_of_64: 64.0 * of(self.cells, cells),
            waves: of(self.waves, self.all),
            gathered: of(self.gathered, self.all),
            turns: of(self.turns, self.waves),
        }
    }
}

/// What is known of the cells before and after a step.
struct Sight {
    states: Vec<u32>,
    own: Vec<u32>,
}

/// The paths of the embedded scenario `orchestra`, its events left out, with so many agents (see [`work_agents`]), over 32 ticks after
/// 50, worked out on the CPU: every device takes the same. Nothing if `halt` ended it before.
///
/// # Errors
/// [`Error::Invalid`] for a number of agents that forms no such cells, [`Error::TooLarge`], [`Error::DeviceFailed`].
pub fn work_paths(agents: u32, halt: &Halt) -> Result<Option<Vec<PathShare>>, Error> {
    let scenario = scenario(work_agents(agents), Beside::Nothing)?;
    let swarm = Swarm::build(&scenario, Path::new(""))?;
    let column = |name: &str| {
        let found = swarm.plan.columns.iter().position(|column| column.name == name);
        found.map(ColumnId).ok_or_else(|| missing(name))
    };
    let [states, own, offers] = ["work.state", "work.cell", "work.outbox"].map(column);
    let (states, own, offers) = (states?, own?, offers?);
    let topology = swarm.plan.topology.clone();
    let names: Vec<&'static str> = swarm.plan.steps.iter().map(|step| step.name()).collect();
    let cells = topology.nodes() as usize;
    let mut run = CpuDevice::new(0)?.load(swarm)?;
    run.heed(halt.clone());
    let mut seen: [Seen; PATHS.len()] = Default::default();
    for tick in 0..WARM_UP + TICKS {
        if halt.is_asked() {
            return Ok(None);
        }
        for (step, &named) in names.iter().enumerate() {
            if tick < WARM_UP || !["cell", "offer"].contains(&named) {
                run.step(step)?;
                continue;
            }
            let before = Sight {
                states: run.read(states)?,
                own: run.read(own)?,
            };
            run.step(step)?;
            if named == "cell" {
                let after = Sight {
                    states: run.read(states)?,
                    own: run.read(own)?,
                };
                of_cells(&before, &after, cells, &mut seen);
            } else {
                let made = run.read(offers)?;
                of_offers(&before.states, Lanes::new(&made, cells), &*topology, &mut seen);
            }
        }
    }
    let all = u64::from(TICKS) * cells as u64;
    let shares = PATHS.iter().zip(&seen);
    Ok(Some(
        shares
            .map(|(&(step, path), seen)| seen.share(step, path, all))
            .collect(),
    ))
}

fn missing(name: &str) -> Error {
    Error::invalid(
        "the scenario",
        format!("has no column {name}, so that it has no such paths"),
    )
}

/// The step and the path of each that is looked at.
const PATHS: [(&str, &str); 10] = [
    ("cell", "its source does something"),
    ("cell", "a task begins; turns: tasks that waited"),
    ("cell", "a task is under execution"),
    ("cell", "a task ends"),
    ("offer", "it has something to give"),
    ("offer", "some neighbour holds less; turns: how many"),
    ("offer", "it offers; turns: tasks"),
    ("receive", "it is offered something; turns: tasks"),
    ("receive", "by several cells; turns: cells"),
    ("measurement", "tasks wait; turns: tasks"),
];

fn of_cells(before: &Sight, after: &Sight, cells: usize, seen: &mut [Seen]) {
    let (old, new) = (Lanes::new(&before.own, cells), Lanes::new(&after.own, cells));
    let differs =
        |lanes: std::ops::Range<usize>, cell: usize| lanes.clone().any(|k| old.at(k, cell) != new.at(k, cell));
    let path = |turns: &dyn Fn(usize) -> u32| (0..cells).map(turns).collect::<Vec<u32>>();
    let is_busy = |states: &[u32], cell: usize| states[cell] & state::BUSY != 0;
    seen[0].note(&path(&|cell| u32::from(differs(word::CURSOR..word::SCORE, cell))));
    seen[1].note(&path(&|cell| {
        let begins = differs(word::RUNNING..word::REMAINING, cell);
        u32::from(begins) * (before.states[cell] & state::QUEUED).max(1)
    }));
    seen[2].note(&path(&|cell| {
        u32::from(is_busy(&before.states, cell) || differs(word::RUNNING..word::REMAINING, cell))
    }));
    seen[9].note(&path(&|cell| after.states[cell] & state::QUEUED));
    seen[3].note(&path(&|cell| {
        let is_given_up = is_busy(&before.states, cell) && !is_busy(&after.states, cell);
        u32::from(is_given_up || differs(word::SCORE..word::SCORE + 1, cell))
    }));
}

fn of_offers(states: &[u32], made: Lanes<'_>, topology: &dyn Topology, seen: &mut [Seen]) {
    let cells = states.len();
    let gives = |cell: usize| states[cell] & state::QUEUED != 0 && state::load(states[cell]) >= GAIN;
    seen[4].note(&(0..cells).map(|cell| u32::from(gives(cell))).collect::<Vec<_>>());
    let less = |cell: usize| {
        let places = if gives(cell) { topology.slots_of(cell as u32) } else { 0 };
        let others = (0..places).map(|place| states[topology.neighbour(cell as u32, place) as usize]);
        let mine = state::load(states[cell]);
        others
            .filter(|&other| !state::is_closed(other) && mine >= state::load(other) + GAIN)
            .count() as u32
    };
    seen[5].note(&(0..cells).map(less).collect::<Vec<_>>());
    let count = |cell: usize| outbox::count(made.at(outbox::HEADER, cell)) as u32;
    seen[6].note(&(0..cells).map(count).collect::<Vec<_>>());
    let (mut tasks, mut givers) = (vec![0u32; cells], vec![0u32; cells]);
    for cell in 0..cells {
        let targets: Vec<u32> = (0..count(cell) as usize)
            .map(|k| made.at(outbox::TARGETS + k, cell))
            .collect();
        for (k, &target) in targets.iter().enumerate() {
            tasks[target as usize] += 1;
            givers[target as usize] += u32::from(!targets[..k].contains(&target));
        }
    }
    seen[7].note(&tasks);
    for givers in &mut givers {
        *givers *= u32::from(*givers > 1);
    }
    seen[8].note(&givers);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_counted_together_and_gathered() {
        let mut turns = vec![0u32; 512];
        (turns[3], turns[70], turns[71], turns[300]) = (1, 2, 5, 3);
        let mut seen = Seen::default();
        seen.note(&turns);
        let share = seen.share("cell", "a", 512);
        assert_eq!(share.cells_of_64, 0.5);
        assert_eq!([share.waves, share.gathered], [3.0 / 8.0, 2.0 / 8.0]);
        assert_eq!(share.turns, 3.0);
    }

    #[test]
    fn shares_of_a_small_swarm_hang_together() {
        let halt = Halt::default();
        let all = work_paths(4096, &halt).unwrap().unwrap();
        for share in &all {
            assert!((0.0..=64.0).contains(&share.cells_of_64), "{share:?}");
            assert!(share.waves >= share.gathered && share.waves <= 1.0, "{share:?}");
            assert!(share.cells_of_64 > 0.0 && share.turns >= 1.0, "{share:?}");
            assert!(
                (1.0..=16.0).contains(&share.turns) || share.step == "offer",
                "{share:?}"
            );
        }
        // What begins ends, and 0.7 of the cells are busy on average.
        let cells = |k: usize| all[k].cells_of_64;
        assert!((cells(1) - cells(3)).abs() < 0.3 * cells(1), "{all:?}");
        assert!((0.4 * 64.0..0.95 * 64.0).contains(&cells(2)), "{all:?}");
        assert!(
            cells(6) <= cells(5) && cells(5) <= cells(4) && cells(8) < cells(7),
            "{all:?}"
        );
        halt.ask();
        assert!(work_paths(4096, &halt).unwrap().is_none());
    }
}
