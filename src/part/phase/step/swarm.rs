//! What the nodes of a chunk hear from nodes that they draw.

use super::block::{Buffers, Sums};
use super::lanes;
use crate::hear::ask::{Ask, NOBODY};
use crate::step::{Scratch, View};
use crate::topology::Ids;
use std::ops::Range;

/// Adds to `sums` the sines that `nodes` hear by so many draws.
pub(super) fn add(
    ask: Ask,
    samples: u32,
    view: &View<'_>,
    nodes: Range<u32>,
    sums: &mut Sums<'_>,
    buffers: &mut Buffers,
    scratch: &mut Scratch,
) {
    let len = sums.words.len();
    let (mut even, mut odd) = (scratch.take(len), scratch.take(len));
    for pair in 0..samples.div_ceil(2) {
        if 2 * pair + 1 < samples {
            ask.two_partners(view, nodes.clone(), pair, &mut even[..len], &mut odd[..len]);
            hear(view, nodes.start, &mut even[..len], sums.words, buffers);
            hear(view, nodes.start, &mut odd[..len], sums.words, buffers);
        } else {
            ask.partners(view, nodes.clone(), 2 * pair, &mut even[..len], scratch);
            hear(view, nodes.start, &mut even[..len], sums.words, buffers);
        }
    }
    scratch.give(even);
    scratch.give(odd);
    if !view.traffic.is_open() {
        for (sum, i) in sums.words.iter_mut().zip(nodes) {
            if !view.traffic.acts(i) {
                *sum = 0;
            }
        }
    }
}

/// The sines that the nodes from `first` on hear from those listed. Who hears nobody hears itself, and sin 0 = 0.
fn hear(view: &View<'_>, first: u32, others: &mut [u32], sums: &mut [u32], buffers: &mut Buffers) {
    let (phases, len) = (view.reads[0], sums.len());
    let own = &phases[first as usize..first as usize + len];
    if view.traffic.has_faults() {
        for (other, i) in others.iter_mut().zip(first..) {
            if *other == NOBODY {
                *other = i;
            }
        }
    }
    let others = Ids::List(others);
    let heard = &mut buffers.gathered[..len];
    lanes::gather(phases, others, heard);
    view.traffic
        .tell(Ids::Run(first), others, own, heard, &mut buffers.lies[..len]);
    lanes::add(own, heard, sums);
}
