//! Proposals brought to those that they are made to, on the CPU, where all nodes are at hand: each looks up one neighbour, whereas
//! those that listen would look at all of theirs.
//!
//! Of the proposals to one node the one with the least hash stays, in whatever order they come.

use super::AcceptStep;
use crate::number::scramble;
use crate::step::{Scratch, View};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// Proposals that are under way together.
const CHUNK: usize = 1024;

/// Makes `from` and 1 the word if its hash is below that of who is there.
#[inline(always)]
fn offer(word: &AtomicU32, from: u32, turn: u32) {
    let hash = scramble(from, turn);
    let mut now = word.load(Ordering::Relaxed);
    while now == 0 || hash < scramble(now - 1, turn) {
        match word.compare_exchange_weak(now, from + 1, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return,
            Err(other) => now = other,
        }
    }
}

/// Who proposes in a stretch of nodes, and over which place: returns how many.
#[inline(always)]
fn proposers(first: u32, places: &[u32], nodes: &mut [u32], chosen: &mut [u32]) -> usize {
    let mut count = 0;
    for (node, &place) in (first..).zip(places) {
        (nodes[count], chosen[count]) = (node, place.wrapping_sub(1));
        count += usize::from(place != 0);
    }
    count
}

impl AcceptStep {
    /// Words of the table: for each node who proposes to it, then for each whom it has as its partner if it proposed itself.
    pub(super) fn words(nodes: u32) -> usize {
        2 * nodes as usize
    }

    /// Puts into the table what the nodes of the block propose.
    pub(super) fn deliver(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], scratch: &mut Scratch) {
        let (turn, is_open) = (self.turn(view.tick), view.traffic.is_open());
        let places = view.own(0, &block);
        let (heard, asked) = table.split_at(view.topology.nodes() as usize);
        let mut lanes = [(); 2].map(|()| scratch.take(CHUNK));
        let [nodes, others] = &mut lanes;
        let mut first = block.start;
        for places in places.chunks(CHUNK) {
            let count = proposers(first, places, nodes, others);
            view.topology.neighbours_there(&nodes[..count], &mut others[..count]);
            // Words of which nothing comes, read first: as many cache misses as possible are on their way at once.
            let near = others[..count]
                .iter()
                .map(|&other| heard[other as usize].load(Ordering::Relaxed));
            std::hint::black_box(near.fold(0, u32::max));
            for (&from, &to) in nodes[..count].iter().zip(&others[..count]) {
                let place = places[(from - first) as usize] - 1;
                if from != to && (is_open || Self::arrives(view, from, place, to)) {
                    asked[from as usize].store(to + 1, Ordering::Relaxed);
                    offer(&heard[to as usize], from, turn);
                }
            }
            first += places.len() as u32;
        }
        lanes.into_iter().for_each(|lane| scratch.give(lane));
    }

    /// Writes the partners of the nodes of the block: of those that listen whom they heard, of those that propose whom they asked.
    pub(super) fn collect(view: &View<'_>, block: Range<u32>, table: &[u32], partners: &mut [u32]) {
        let (heard, asked) = table.split_at(view.topology.nodes() as usize);
        let range = block.start as usize..block.end as usize;
        let (places, heard, asked) = (view.own(0, &block), &heard[range.clone()], &asked[range]);
        let all = places.iter().zip(heard).zip(asked).zip(partners).zip(block);
        for ((((&place, &heard), &asked), partner), node) in all {
            if view.traffic.takes_part(node) {
                *partner = if place == 0 { heard } else { asked };
            }
        }
    }
}
