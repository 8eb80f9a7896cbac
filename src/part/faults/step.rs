//! Who is up: the tick's first step where anything can go wrong. Twin of `shaders/part/faults/step.wgsl`.
//!
//! Killed and revived are those whom the tick's events name, one event after the other; a node that is up crashes, and one that has
//! crashed comes back, by one draw for each node and tick.

use super::strikes::{self, Strikes};
use crate::column::{Access, Binding, Fold, Folded};
use crate::fault::{Faults, Struck, bits};
use crate::number::{PART, bytes, finely, places_of, room};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::words::fetch;
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct FaultStep {
    faults: Faults,
    nodes: u32,
}

impl FaultStep {
    /// The step that keeps `faults.status` of so many nodes.
    #[must_use]
    pub fn new(faults: Faults, nodes: u32) -> Self {
        Self { faults, nodes }
    }
}

impl Step for FaultStep {
    fn name(&self) -> &'static str {
        "faults"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![Binding::new(0, self.faults.status, Access::Update)];
        bindings.extend(strike_bindings(&self.faults));
        bindings
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = strikes::modules(&self.faults, self.nodes);
        modules.extend([outage(&self.faults), module!("part/faults/step")]);
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let mut strikes = Strikes::of(&self.faults, view.tick);
        let thresholds = [self.faults.crash, self.faults.recovery];
        let key = [self.faults.crash_key, 0];
        let mut drawn = [0; room(PART)];
        let (mut undecided, mut refined) = ([0; PART + 2], Vec::new());
        for (chunk, status) in outputs[0][0].chunks_mut(PART).enumerate() {
            // While others are drawn, these are on their way.
            (0..status.len()).step_by(LINE).for_each(|at| fetch(status, at));
            let first = block.start + (chunk * PART) as u32;
            if !strikes.is_empty() {
                strikes.fall(first, 1, status);
            } else if thresholds == [0, 0] {
                strikes::settle(status);
            }
            if thresholds == [0, 0] {
                continue;
            }
            let start = bytes(key, first, view.tick, status.len(), &mut drawn);
            let drawn = &drawn[start..start + status.len()];
            let upper = thresholds.map(|t| (t >> 24) as u8);
            let fresh = if strikes.is_empty() { bits::FRESH } else { 0 };
            // A byte on its threshold is refined, which is rare; whose it is, the status before says.
            refined.clear();
            let count = places_of(upper, drawn, &mut undecided);
            for l in undecided[..count].iter().map(|&l| usize::from(l)) {
                let crashed = (status[l] & bits::CRASHED) as usize;
                if drawn[l] == upper[crashed] && finely(key, first + l as u32, view.tick, thresholds[crashed]) {
                    refined.push(l);
                }
            }
            if upper == [0, 0] && fresh != 0 {
                // No byte is below: what is written is left alone but for those who were fresh.
                strikes::settle(status);
            } else {
                turn(upper, fresh, drawn, status);
            }
            refined.iter().for_each(|&l| set(&mut status[l]));
        }
        strikes.count(view.folds);
    }

    fn folds(&self) -> Vec<Folded> {
        strike_folds(&self.faults)
    }

    fn rests(&self, tick: u32) -> bool {
        self.faults.rest(tick)
    }

    fn describe(&self) -> String {
        describe(&self.faults, "nodes")
    }
}

/// The columns of kills and revivals, where there are any; those of who is up come before.
pub(super) fn strike_bindings(faults: &Faults) -> impl Iterator<Item = Binding> {
    let of = |struck: Struck| {
        [
            Binding::new(2, struck.events, Access::Read),
            Binding::new(3, struck.changed, Access::Fold),
        ]
    };
    faults.struck.into_iter().flat_map(of)
}

/// What is done with the counts of kills and revivals.
pub(super) fn strike_folds(faults: &Faults) -> Vec<Folded> {
    let strikes = faults.strikes.len() as u32;
    let folded = |struck: Struck| Folded::new(struck.changed, 0..strikes, Fold::Add);
    faults.struck.into_iter().map(folded).collect()
}

/// The shader's side of what happens to one node or agent.
pub(super) fn outage(faults: &Faults) -> Module {
    module!("part/faults/outage")
        .with("CRASH", faults.crash)
        .with("RECOVERY", faults.recovery)
        .with("CRASH_KEY", faults.crash_key)
}

/// What goes wrong, for `--explain`; `who` are nodes or agents.
pub(super) fn describe(faults: &Faults, who: &str) -> String {
    let percent = |t: u32| 100.0 * f64::from(t) / 4_294_967_296.0;
    let events = match faults.events.len() {
        1 => "one event".to_owned(),
        count => format!("{count} events"),
    };
    if faults.crash == 0 {
        return events;
    }
    format!(
        "{events}; of the {who} that are up {:.4} % crash in a tick, of those that have crashed {:.4} % come back",
        percent(faults.crash),
        percent(faults.recovery)
    )
}

/// Crashes and recoveries of those whose bytes are below the thresholds'; the bits of `old` are cleared first.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn(upper: [u8; 2], old: u32, bytes: &[u8], status: &mut [u32]) {
    // A line of memory in which nothing changes, as in most, is not written.
    let (bytes, last_bytes) = bytes.as_chunks::<LINE>();
    let (status, last) = status.as_chunks_mut::<LINE>();
    for (bytes, status) in bytes.iter().zip(status) {
        let (mut now, mut changed) = (*status, 0);
        for (&byte, word) in bytes.iter().zip(&mut now) {
            let before = *word;
            *word = turned(upper, old, byte, before);
            changed |= *word ^ before;
        }
        if changed != 0 {
            *status = now;
        }
    }
    for (&byte, status) in last_bytes.iter().zip(last) {
        *status = turned(upper, old, byte, *status);
    }
}

/// Words that are a line of memory.
const LINE: usize = 16;

/// The word of one whose byte is drawn; the bits of `old` are cleared first.
#[inline(always)]
pub(super) fn turned(upper: [u8; 2], old: u32, byte: u8, word: u32) -> u32 {
    let before = word & !old;
    let crashed = before & bits::CRASHED;
    let upper = if crashed == 0 { upper[0] } else { upper[1] };
    let turns = u32::from(byte < upper);
    let after = before ^ turns;
    // Back, unless it is killed as well.
    let back = u32::from(crashed & turns != 0 && after & bits::DOWN == 0).wrapping_neg();
    // Nor is anybody fresh who was revived only to crash.
    let down = u32::from(after & bits::DOWN != 0).wrapping_neg();
    (after | back & bits::FRESH) & !(down & bits::FRESH)
}

/// Lets one crash or come back.
#[inline(always)]
pub(super) fn set(status: &mut u32) {
    let was_crashed = *status & bits::CRASHED != 0;
    *status ^= bits::CRASHED;
    if *status & bits::DOWN != 0 {
        *status &= !bits::FRESH;
    } else if was_crashed {
        *status |= bits::FRESH;
    }
}
