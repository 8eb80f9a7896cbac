//! Who is up: the tick's first step where anything can go wrong. Twin of `shaders/step/faults.wgsl`.
//!
//! Killed and revived are the groups that the tick's events name; a node that is up crashes, and one that has crashed comes back,
//! by one draw for each node and tick.

use super::{Outputs, Scratch, Step, View};
use crate::fault::{Faults, bits};
use crate::number::{bytes, finely};
use crate::plan::{Access, Binding};
use crate::shader::{Module, module};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct FaultStep {
    faults: Faults,
}

impl FaultStep {
    /// The step that keeps `faults.status`.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults }
    }
}

impl Step for FaultStep {
    fn name(&self) -> &'static str {
        "faults"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.faults.status, Access::Update)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("step/faults")
                .with("CRASH", self.faults.crash)
                .with("RECOVERY", self.faults.recovery)
                .with("CRASH_KEY", self.faults.crash_key),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        const CHUNK: usize = 512;
        let now = self.faults.now(view.tick);
        let thresholds = [self.faults.crash, self.faults.recovery];
        let key = [self.faults.crash_key, 0];
        let mut drawn = [0; CHUNK];
        for (chunk, status) in outputs[0][0].chunks_mut(CHUNK).enumerate() {
            let first = block.start + (chunk * CHUNK) as u32;
            events(now.kills, now.revives, status);
            if thresholds == [0, 0] {
                continue;
            }
            let drawn = &mut drawn[..status.len()];
            bytes(key, first, view.tick, drawn);
            let upper = thresholds.map(|t| t >> 24);
            if turn(upper, drawn, status) {
                // A byte on the threshold is refined, which is rare.
                for (l, (status, &byte)) in status.iter_mut().zip(&*drawn).enumerate() {
                    let crashed = (*status & bits::CRASHED) as usize;
                    if byte == CLOSE {
                        let node = first + l as u32;
                        set(finely(key, node, view.tick, thresholds[crashed]), status);
                    }
                }
            }
        }
    }

    fn describe(&self) -> String {
        let percent = |t: u32| 100.0 * f64::from(t) / 4_294_967_296.0;
        format!(
            "{} events; of the nodes that are up {:.4} % crash in a tick, of those that have crashed {:.4} % come back",
            self.faults.events.len(),
            percent(self.faults.crash),
            percent(self.faults.recovery)
        )
    }
}

/// Stands for a byte that has been found to be on its threshold.
const CLOSE: u32 = 0x100;

/// Kills and revives.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn events(kills: u32, revives: u32, status: &mut [u32]) {
    for status in status {
        let mut word = *status & !bits::FRESH;
        let revived = word & revives != 0 && word & bits::DOWN != 0;
        word = if revived { word & !bits::DOWN | bits::FRESH } else { word };
        let killed = word & kills != 0;
        *status = if killed { word & !bits::FRESH | bits::KILLED } else { word };
    }
}

/// Crashes and recoveries; says whether a byte is on its threshold, and marks it.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn(upper: [u32; 2], bytes: &mut [u32], status: &mut [u32]) -> bool {
    let mut any = 0;
    for (byte, status) in bytes.iter_mut().zip(status) {
        let crashed = *status & bits::CRASHED;
        let upper = if crashed == 0 { upper[0] } else { upper[1] };
        let turns = u32::from(*byte < upper);
        let close = u32::from(*byte == upper);
        any |= close;
        *byte = if close != 0 { CLOSE } else { *byte };
        let after = *status ^ turns;
        // Back, unless it is killed as well.
        let back = u32::from(crashed & turns != 0 && after & bits::DOWN == 0).wrapping_neg();
        *status = after | back & bits::FRESH;
    }
    any != 0
}

/// Lets one node crash or come back.
fn set(turns: bool, status: &mut u32) {
    if !turns {
        return;
    }
    let was_crashed = *status & bits::CRASHED != 0;
    *status ^= bits::CRASHED;
    if was_crashed && *status & bits::DOWN == 0 {
        *status |= bits::FRESH;
    }
}
