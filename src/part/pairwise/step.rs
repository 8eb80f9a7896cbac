//! Pairs of nodes average what they hold, with an exact sum: the last step of the pairwise rule. Twin of
//! `shaders/part/pairwise/step.wgsl`.
//!
//! Boyd, Ghosh, Prabhakar, Shah, *Randomized gossip algorithms*, 2006; Jelasity, Montresor, Babaoglu, *Gossip-based aggregation in
//! large dynamic networks*, 2005. Two nodes are a pair iff each is the other's partner; of an odd sum the one or the other has one
//! more by a hash of the two and the tick. Every pair of independent beliefs takes their mean variance from the swarm's, so that a
//! tick in which p pairs of n nodes meet leaves 1 − p/n of it.
//!
//! A liar proposes to nobody, and accepts everybody who proposes to it: whoever does so meets its lie, and it keeps what it has.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::words;
use crate::number::add_wide;
use crate::number::{Stream, scramble, stream_key, threefry2x32};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct PairwiseStep {
    belief: ColumnId,
    partner: ColumnId,
    ledger: Option<ColumnId>,
    key: u32,
}

impl PairwiseStep {
    /// The step on a column of beliefs; `partner` says whom each node meets.
    #[must_use]
    pub fn new(seed: u32, belief: ColumnId, partner: ColumnId) -> Self {
        Self {
            belief,
            partner,
            ledger: None,
            key: stream_key(seed, Stream::Choice),
        }
    }

    /// The step where there are liars: the wide column adds up, node by node, what it takes from them.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Option<ColumnId>) -> Self {
        self.ledger = ledger;
        self
    }
}

/// Nodes that meet together.
const CHUNK: usize = 1024;

impl PairwiseStep {
    /// All meet whom they have as partners, where nothing goes wrong.
    fn meet_all(&self, view: &View<'_>, turn: u32, block: Range<u32>, next: &mut [u32], scratch: &mut Scratch) {
        let (beliefs, partners) = (view.reads[0], view.reads[1]);
        let mut lanes = [(); 3].map(|()| scratch.take(CHUNK));
        let mut first = block.start;
        for next in next.chunks_mut(CHUNK) {
            let range = first as usize..first as usize + next.len();
            let [others, back, theirs] = lanes.each_mut().map(|lane| &mut lane[..range.len()]);
            let own = &partners[range.clone()];
            partners_or_self(first, own, others);
            words::gather(partners, others, back);
            words::gather(beliefs, others, theirs);
            meet(first, turn, (others, back), (&beliefs[range], theirs), next);
            first += next.len() as u32;
        }
        lanes.into_iter().for_each(|lane| scratch.give(lane));
    }
}

/// Writes the partners of the nodes from `first` on; who has none is its own.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn partners_or_self(first: u32, partners: &[u32], others: &mut [u32]) {
    for (l, (other, &partner)) in others.iter_mut().zip(partners).enumerate() {
        let node = first.wrapping_add(l as u32);
        *other = if partner == 0 { node } else { partner - 1 };
    }
}

/// Writes what the nodes from `first` on hold after they have met the others, if these have them as partners too.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn meet(first: u32, turn: u32, (others, back): (&[u32], &[u32]), (own, theirs): (&[u32], &[u32]), next: &mut [u32]) {
    let links = others.iter().zip(back).zip(own).zip(theirs);
    for (l, (next, (((&other, &back), &own), &their))) in next.iter_mut().zip(links).enumerate() {
        let node = first.wrapping_add(l as u32);
        let mean = half(node, other, (own as i32).wrapping_add(their as i32), turn) as u32;
        *next = if back == node + 1 && other != node { mean } else { own };
    }
}

/// What node `i` has of a sum that it shares with `j`.
#[inline(always)]
fn half(i: u32, j: u32, sum: i32, turn: u32) -> i32 {
    let (low, high) = (i.min(j), i.max(j));
    let upper_has_more = scramble(low ^ high.rotate_left(16), turn) >> 31;
    let has_more = upper_has_more == u32::from(i > j);
    (sum >> 1) + (sum & i32::from(has_more))
}

impl Step for PairwiseStep {
    fn name(&self) -> &'static str {
        "pairwise"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.belief, Access::Read).within(Reach::Links),
            Binding::new(1, self.belief, Access::Next),
            Binding::new(2, self.partner, Access::Read).within(Reach::Links),
        ];
        bindings.extend(self.ledger.map(|ledger| Binding::new(3, ledger, Access::Update)));
        bindings
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let ledger = match self.ledger {
            Some(_) => module!("lib/ledger"),
            None => module!("lib/ledger-none"),
        };
        vec![ledger, module!("part/pairwise/step").with("CHOICE_KEY", self.key)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let (beliefs, partners, traffic) = (view.reads[0], view.reads[1], &view.traffic);
        let turn = threefry2x32([self.key, 0], [view.tick, 0])[1];
        let (next, rest) = outputs.split_at_mut(1);
        let next = &mut *next[0][0];
        let mut ledger = rest.first_mut();
        let range = block.start as usize..block.end as usize;
        if !traffic.has_faults() {
            self.meet_all(view, turn, block, next, scratch);
            return;
        }
        next.copy_from_slice(&beliefs[range.clone()]);
        for ((at, i), &partner) in block.enumerate().zip(&partners[range]) {
            let Some(j) = partner.checked_sub(1) else { continue };
            let lies = traffic.is_liar(j);
            if !traffic.takes_part(i) || !lies && partners[j as usize] != i + 1 {
                continue;
            }
            let own = beliefs[i as usize];
            let other = traffic.told(j, i, beliefs[j as usize], own);
            let mean = half(i, j, (own as i32).wrapping_add(other as i32), turn);
            next[at] = mean as u32;
            if let (Some([low, high]), true) = (ledger.as_deref_mut().map(Vec::as_mut_slice), lies) {
                add_wide(&mut low[at], &mut high[at], mean.wrapping_sub(own as i32));
            }
        }
    }

    fn describe(&self) -> String {
        "two that are each other's partner average".to_owned()
    }
}
