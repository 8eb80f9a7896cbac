//! Resilient consensus: W-MSR with equal weights (LeBlanc, Zhang, Koutsoukos, Sundaram, *Resilient asymptotic consensus in robust
//! networks*, 2013). Twin of `shaders/part/trimmed/step.wgsl`.
//!
//! Of the beliefs that node i hears it drops the F greatest of those above its own and the F least of those below, and keeps
//! the set K: x_i ← ⌊(x_i + Σ_K x_j) / (1 + |K|)⌋ = x_i + ⌊Σ_K (x_j − x_i) / (1 + |K|)⌋. Nothing is sorted. Two short lists hold
//! the differences that are greatest and least so far, 0 where there is none, and what stands in them at the end is taken off
//! the sum of all differences. That sum has 64 bits: a difference has up to 30, and a node may have 2^28 neighbours.

mod lanes;

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::listen::{self, Listener, ROOM};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::words::Words;
use std::ops::Range;

/// The most beliefs that can be dropped on either side: what the shader's lists hold.
pub const MOST_FAULTS: u32 = 32;

/// Up to this degree sums of differences are divided through 64-bit floating point; see [`lanes::means`].
const FLOAT_DEGREE: u32 = 1 << 22;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct TrimmedStep {
    faults: u32,
    belief: ColumnId,
}

impl TrimmedStep {
    /// The step on a column of beliefs; `faults`, at most [`MOST_FAULTS`], are dropped on either side.
    #[must_use]
    pub fn new(faults: u32, belief: ColumnId) -> Self {
        Self {
            faults: faults.min(MOST_FAULTS),
            belief,
        }
    }
}

impl Step for TrimmedStep {
    fn name(&self) -> &'static str {
        "trimmed"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.belief, Access::Read).within(Reach::Links),
            Binding::new(1, self.belief, Access::Next),
        ]
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("lib/mean"),
            module!("part/trimmed/step").with("FAULTS", self.faults),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let faults = self.faults as usize;
        // As many nodes as a list has room for: a power of two, so that vectors stay whole.
        let chunk = 1 << (ROOM / faults.max(2)).ilog2();
        let mut trim = Trim {
            faults,
            chunk,
            is_small: view.topology.largest_degree() <= FLOAT_DEGREE,
            sums: scratch.take(ROOM),
            heard: scratch.take(ROOM),
            above: scratch.take(ROOM),
            below: scratch.take(ROOM),
            rising: scratch.take(ROOM),
            falling: scratch.take(ROOM),
        };
        listen::run(view, block, outputs[0][0], chunk, &mut trim, scratch);
        let Trim {
            sums,
            heard,
            above,
            below,
            rising,
            falling,
            ..
        } = trim;
        for words in [sums, heard, above, below, rising, falling] {
            scratch.give(words);
        }
    }

    fn describe(&self) -> String {
        format!("up to {} beliefs dropped on either side of the own", self.faults)
    }
}

/// What the nodes of a chunk have heard so far.
struct Trim {
    faults: usize,
    /// How far apart the ranks of a list are.
    chunk: usize,
    /// Whether all degrees are at most [`FLOAT_DEGREE`].
    is_small: bool,
    /// The sums of all differences from the own belief, as 64-bit integers.
    sums: Words,
    /// How many neighbours each has heard, if it hears one over every slot to come.
    heard: Words,
    /// The greatest differences above 0, rank by rank; 0 is nothing.
    above: Words,
    /// The least differences below 0.
    below: Words,
    /// What is on its way into the lists.
    rising: Words,
    falling: Words,
}

impl Trim {
    /// The lanes of a rank of either list.
    fn lanes(&self, rank: usize, nodes: Range<usize>) -> Range<usize> {
        let from = rank * self.chunk;
        from + nodes.start..from + nodes.end
    }
}

impl Listener for Trim {
    fn begin(&mut self, own: &[u32], slots: u32) {
        let len = own.len();
        self.sums[..2 * len].fill(0);
        self.heard[..len].fill(slots);
        for rank in 0..self.faults {
            let lanes = self.lanes(rank, 0..len);
            self.above[lanes.clone()].fill(0);
            self.below[lanes].fill(0);
        }
    }

    fn hear(&mut self, nodes: Range<usize>, own: &[u32], heard: &[u32], masks: Option<&[u32]>) {
        if let Some(masks) = masks {
            lanes::miss(masks, &mut self.heard[nodes.clone()]);
        }
        let (own, heard): (&[i32], &[i32]) = (bytemuck::cast_slice(own), bytemuck::cast_slice(heard));
        let sums = &mut bytemuck::cast_slice_mut(&mut self.sums)[nodes.clone()];
        if self.faults == 1 {
            let above = bytemuck::cast_slice_mut(&mut self.above[nodes.clone()]);
            let below = bytemuck::cast_slice_mut(&mut self.below[nodes]);
            return match masks {
                None => lanes::trim_one(own, heard, sums, above, below),
                Some(masks) => lanes::trim_one_masked(own, heard, masks, sums, above, below),
            };
        }
        let rising = bytemuck::cast_slice_mut(&mut self.rising[..own.len()]);
        let falling = bytemuck::cast_slice_mut(&mut self.falling[..own.len()]);
        match masks {
            None => lanes::differences(own, heard, sums, rising, falling),
            Some(masks) => lanes::differences_masked(own, heard, masks, sums, rising, falling),
        }
        for rank in 0..self.faults {
            let from = rank * self.chunk;
            let lanes = from + nodes.start..from + nodes.end;
            lanes::insert(rising, bytemuck::cast_slice_mut(&mut self.above[lanes.clone()]));
            lanes::insert_least(falling, bytemuck::cast_slice_mut(&mut self.below[lanes]));
        }
    }

    fn hear_all(&mut self, node: usize, own: u32, heard: &[u32], masks: Option<&[u32]>) {
        let mut above = [0; MOST_FAULTS as usize];
        let mut below = [0; MOST_FAULTS as usize];
        let (above, below) = (&mut above[..self.faults], &mut below[..self.faults]);
        for rank in 0..above.len() {
            above[rank] = self.above[rank * self.chunk + node] as i32;
            below[rank] = self.below[rank * self.chunk + node] as i32;
        }
        let mut sum = 0;
        for (l, &word) in heard.iter().enumerate() {
            if masks.is_some_and(|masks| masks[l] == 0) {
                continue;
            }
            let difference = (word as i32).wrapping_sub(own as i32);
            sum += i64::from(difference);
            let (mut rising, mut falling) = (difference.max(0), difference.min(0));
            for (most, least) in above.iter_mut().zip(below.iter_mut()) {
                (*most, rising) = ((*most).max(rising), (*most).min(rising));
                (*least, falling) = ((*least).min(falling), (*least).max(falling));
            }
            self.heard[node] += 1;
        }
        for rank in 0..above.len() {
            self.above[rank * self.chunk + node] = above[rank] as u32;
            self.below[rank * self.chunk + node] = below[rank] as u32;
        }
        let sums: &mut [i64] = bytemuck::cast_slice_mut(&mut self.sums);
        sums[node] += sum;
    }

    fn end(&mut self, own: &[u32], next: &mut [u32]) {
        let len = own.len();
        let sums: &mut [i64] = &mut bytemuck::cast_slice_mut(&mut self.sums)[..len];
        for rank in 0..self.faults {
            let lanes = rank * self.chunk..rank * self.chunk + len;
            let above = bytemuck::cast_slice(&self.above[lanes.clone()]);
            let below = bytemuck::cast_slice(&self.below[lanes]);
            lanes::drop_both(above, below, sums, &mut self.heard[..len]);
        }
        let means = if self.is_small {
            lanes::means
        } else {
            lanes::means_of_many
        };
        means(own, sums, &self.heard[..len], next);
    }
}
