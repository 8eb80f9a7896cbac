//! A scripted signal: how the inputs that beliefs follow change, as a function of node and tick, or of what a cell
//! holds. Twin of
//! `shaders/part/consensus/signal.wgsl`.
//!
//! Several signals add up: the first starts from the inputs at the beginning, each of the others from what the one before left.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::number::{Stream, hash_name, multiply_high, stream_key, threefry2x32};
use crate::part::work::state;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// By how much inputs differ from those at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// From a tick on, by this.
    Step {
        /// The first tick.
        tick: u32,
        /// As a two's complement word.
        by: u32,
    },
    /// In every tick more, by a slope that is drawn for each node.
    Drift {
        /// The least slope.
        low: u32,
        /// How many slopes there are.
        width: u32,
        /// What the draws depend on.
        key: [u32; 2],
    },
    /// By something else in every tick, from −amplitude to amplitude.
    Noise {
        /// The most.
        amplitude: u32,
        /// What the draws depend on.
        key: [u32; 2],
    },
    /// By what each cell holds, as this column says of it.
    Load {
        /// The column `work.state`.
        state: ColumnId,
        /// By how much for each task.
        scale: u32,
    },
}

impl Change {
    /// The key of the draws of the signal that is at this place, as in "consensus.signal@noise,0".
    #[must_use]
    pub fn key(seed: u32, place: &str) -> [u32; 2] {
        [stream_key(seed, Stream::Signal), hash_name(place)]
    }

    /// What is added to the input of `node` in `tick`; of a load, whose word it takes, the cell's.
    #[inline(always)]
    #[must_use]
    pub fn of(self, node: u32, tick: u32, state: u32) -> u32 {
        match self {
            Self::Step { tick: first, by } => {
                if tick >= first {
                    by
                } else {
                    0
                }
            }
            Self::Drift { low, width, key } => {
                let slope = low.wrapping_add(multiply_high(threefry2x32(key, [node, 0])[0], width));
                slope.wrapping_mul(tick)
            }
            Self::Noise { amplitude, key } => {
                multiply_high(threefry2x32(key, [node, tick])[0], 2 * amplitude + 1).wrapping_sub(amplitude)
            }
            Self::Load { scale, .. } => state::load(state).wrapping_mul(scale),
        }
    }

    fn module(self) -> Module {
        match self {
            Self::Step { tick, by } => module!("part/consensus/signal-step")
                .with("SIGNAL_TICK", tick)
                .with("SIGNAL_BY", by),
            Self::Drift { low, width, key } => module!("part/consensus/signal-drift")
                .with("SIGNAL_LOW", low)
                .with("SIGNAL_WIDTH", width)
                .with("SIGNAL_KEY", key[0])
                .with("SIGNAL_NUMBER", key[1]),
            Self::Noise { amplitude, key } => module!("part/consensus/signal-noise")
                .with("SIGNAL_AMPLITUDE", amplitude)
                .with("SIGNAL_KEY", key[0])
                .with("SIGNAL_NUMBER", key[1]),
            Self::Load { scale, .. } => module!("part/consensus/signal-load")
                .with("LOAD_SCALE", scale)
                .with("LOAD_QUEUED", state::QUEUED)
                .with("LOAD_BUSY", state::BUSY),
        }
    }

    /// The column that it reads, if it is no function of node and tick alone.
    fn reads(self) -> Option<ColumnId> {
        match self {
            Self::Load { state, .. } => Some(state),
            _ => None,
        }
    }
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SignalStep {
    change: Change,
    input: ColumnId,
    /// The inputs at the beginning, for the first signal.
    base: Option<ColumnId>,
    /// The column that says whom the signal reaches, and the bit in it; everybody without.
    chosen: Option<(ColumnId, u32)>,
}

impl SignalStep {
    /// The step that changes the column `input`: in place, or, the first, starting from the column `base`.
    #[must_use]
    pub fn new(change: Change, input: ColumnId, base: Option<ColumnId>) -> Self {
        Self {
            change,
            input,
            base,
            chosen: None,
        }
    }

    /// The step for those nodes only in whose word of a column this bit is set.
    #[must_use]
    pub fn for_chosen(mut self, chosen: Option<(ColumnId, u32)>) -> Self {
        self.chosen = chosen;
        self
    }
}

impl Step for SignalStep {
    fn name(&self) -> &'static str {
        "signal"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![Binding::new(0, self.input, Access::Update)];
        bindings.extend(
            self.base
                .map(|base| Binding::new(1, base, Access::Read).within(Reach::Own)),
        );
        bindings.extend(
            self.chosen
                .map(|(chosen, _)| Binding::new(2, chosen, Access::Read).within(Reach::Own)),
        );
        bindings.extend(
            self.change
                .reads()
                .map(|state| Binding::new(3, state, Access::Read).within(Reach::Own)),
        );
        bindings
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let base = match self.base {
            Some(_) => module!("part/consensus/signal-from-base"),
            None => module!("part/consensus/signal-from-input"),
        };
        let chosen = match self.chosen {
            Some((_, bit)) => module!("part/consensus/signal-chosen").with("SIGNAL_BIT", bit),
            None => module!("part/consensus/signal-everybody"),
        };
        vec![self.change.module(), base, chosen, module!("part/consensus/signal")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let input: &mut [u32] = outputs[0][0];
        let mut reads = view.reads.iter();
        let range = block.start as usize..block.end as usize;
        if let Some(base) = self.base.and_then(|_| reads.next()) {
            input.copy_from_slice(&base[range.clone()]);
        }
        let chosen = self
            .chosen
            .and_then(|(_, bit)| Some((&reads.next()?[range.clone()], bit)));
        let state = self.change.reads().and_then(|_| Some(&reads.next()?[range]));
        if let (None, None) = (chosen, state) {
            add(self.change, block.start, view.tick, input);
            return;
        }
        for (l, (input, node)) in input.iter_mut().zip(block).enumerate() {
            if chosen.is_none_or(|(words, bit)| words[l] & bit != 0) {
                let state = state.map_or(0, |state| state[l]);
                *input = input.wrapping_add(self.change.of(node, view.tick, state));
            }
        }
    }

    fn describe(&self) -> String {
        let change = match self.change {
            Change::Step { tick, by } => format!("inputs change by {} in tick {tick}", by as i32),
            Change::Drift { low, width, .. } => {
                let low = i64::from(low as i32);
                format!("inputs drift by {low} to {} a tick", low + i64::from(width) - 1)
            }
            Change::Noise { amplitude, .. } => format!("inputs waver by up to {amplitude}"),
            Change::Load { scale, .. } => {
                format!("inputs change by {scale} for each task that the cell held before the tick")
            }
        };
        match self.chosen {
            Some(_) => change + ", some of them",
            None => change,
        }
    }
}

/// Adds the changes of the nodes from `first` on.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn add(change: Change, first: u32, tick: u32, input: &mut [u32]) {
    // The match stands outside the loops.
    macro_rules! add {
        ($change:expr) => {{
            let change = $change;
            for (l, input) in input.iter_mut().enumerate() {
                *input = input.wrapping_add(change.of(first.wrapping_add(l as u32), tick, 0));
            }
        }};
    }
    match change {
        Change::Step { tick, by } => add!(Change::Step { tick, by }),
        Change::Drift { low, width, key } => add!(Change::Drift { low, width, key }),
        Change::Noise { amplitude, key } => add!(Change::Noise { amplitude, key }),
        // It reads each node's own word.
        Change::Load { .. } => {}
    }
}
