//! What every node of a block hears in a tick, for rules that fold what they hear in any order: slot by slot over implicit
//! links, then row by row over stored ones. Who hears whom, and what liars tell, is settled here.

use super::NO_SLOT;
use super::View;
use super::words;
use crate::topology::{Ids, Neighbours, Rows};
use crate::words::Scratch;
use crate::words::Words;
use multiversion::multiversion;
use std::ops::Range;

/// The most nodes or stored link ends that are worked on at a time: a few such buffers fit the first-level cache.
pub(crate) const CHUNK: usize = 1024;

/// The words of every buffer, a listener's as well: what one hands back fits the next.
pub(crate) const ROOM: usize = 2 * CHUNK;

/// What nodes make of what they hear. Nodes are counted from the first of a chunk.
///
/// Wherever there are `masks`, only words whose mask is not zero were heard.
pub(crate) trait Listener {
    /// A chunk begins. Nobody has heard anything; each node will be told of once a slot, and of every stored link.
    fn begin(&mut self, own: &[u32], slots: u32);

    /// Each of `nodes`, which hold `own`, hears one word.
    fn hear(&mut self, nodes: Range<usize>, own: &[u32], heard: &[u32], masks: Option<&[u32]>);

    /// One node, which holds `own`, hears all these words.
    fn hear_all(&mut self, node: usize, own: u32, heard: &[u32], masks: Option<&[u32]>);

    /// The chunk ends: writes what its nodes hold next.
    fn end(&mut self, own: &[u32], next: &mut [u32]);
}

/// The scratch of a chunk.
struct Buffers {
    /// The neighbours' indices.
    list: Words,
    /// What is heard from them.
    heard: Words,
    masks: Words,
    spare: Words,
    /// Own indices and words, one a link end.
    ids: Words,
    own: Words,
    /// Room for which of the links over a slot are from honest nodes to liars.
    liars: Vec<u32>,
}

/// Lets the nodes of `block` hear each other's words of the first column that the step reads, chunk by chunk, `chunk` nodes at a
/// time (at most [`CHUNK`]), and fills `next`.
pub(crate) fn run(
    view: &View<'_>,
    block: Range<u32>,
    next: &mut [u32],
    chunk: usize,
    listener: &mut impl Listener,
    scratch: &mut Scratch,
) {
    let mut buffers = Buffers {
        list: scratch.take(ROOM),
        heard: scratch.take(ROOM),
        masks: scratch.take(ROOM),
        spare: scratch.take(ROOM),
        ids: scratch.take(ROOM),
        own: scratch.take(ROOM),
        liars: Vec::new(),
    };
    let mut first = block.start;
    for next in next.chunks_mut(chunk.clamp(1, CHUNK)) {
        let nodes = first..first + next.len() as u32;
        let own = &view.reads[0][nodes.start as usize..nodes.end as usize];
        // Of the slots that are left out nothing is heard; whoever counts what it misses must not count these.
        let slots = view.topology.slots_among(nodes.clone());
        listener.begin(own, slots);
        for slot in 0..slots {
            hear_slot(view, slot, nodes.clone(), listener, &mut buffers);
        }
        if let Some(stored) = view.topology.rows() {
            hear_rows(view, stored, nodes.clone(), listener, &mut buffers);
        }
        listener.end(own, next);
        first = nodes.end;
    }
    let Buffers {
        list,
        heard,
        masks,
        spare,
        ids,
        own,
        ..
    } = buffers;
    for words in [list, heard, masks, spare, ids, own] {
        scratch.give(words);
    }
}

/// What the nodes hear over one slot.
fn hear_slot(view: &View<'_>, slot: u32, nodes: Range<u32>, listener: &mut impl Listener, buffers: &mut Buffers) {
    let words = view.reads[0];
    // Where every node has a link in every slot, nobody is its own neighbour.
    let is_full = view.topology.rows().is_none() && view.topology.regular_degree() == Some(view.topology.slots());
    let has_liars = view.traffic.lie().is_some();
    let mut start = nodes.start;
    while start < nodes.end {
        let (neighbours, count) = view.topology.neighbours(slot, start..nodes.end, &mut buffers.list);
        let len = count as usize;
        let (own_ids, other_ids) = (Ids::Run(start), neighbours.ids(start, &buffers.list[..len]));
        let own = &words[start as usize..start as usize + len];
        let masks = &mut buffers.masks[..len];
        let mut is_masked = view
            .traffic
            .masks(own_ids, other_ids, slot, &mut buffers.spare[..len], masks);
        if !is_full && neighbours == Neighbours::List {
            if !is_masked {
                masks.fill(u32::MAX);
            }
            is_masked = true;
            without_self(start, &buffers.list[..len], masks);
        }
        let liars: &[u32] = match has_liars {
            true => view.traffic.links_to_liars(start, other_ids, len, &mut buffers.liars),
            false => &[],
        };
        let heard: &[u32] = match other_ids {
            Ids::Run(other) if liars.is_empty() => &words[other as usize..other as usize + len],
            _ => {
                let heard = &mut buffers.heard[..len];
                match other_ids {
                    Ids::Run(other) => heard.copy_from_slice(&words[other as usize..other as usize + len]),
                    Ids::Xor { first, mask } => words::swap(words, first, mask, heard),
                    Ids::List(list) => words::gather(words, list, heard),
                }
                // Few: one by one.
                for at in liars.iter().map(|&l| l as usize) {
                    heard[at] = view
                        .traffic
                        .told(other_ids.at(at), start + at as u32, heard[at], own[at]);
                }
                heard
            }
        };
        let at = (start - nodes.start) as usize;
        listener.hear(at..at + len, own, heard, is_masked.then_some(masks));
        start += count;
    }
}

/// What the nodes hear over their stored links. Rows are cut where a batch ends.
fn hear_rows(
    view: &View<'_>,
    stored: Rows<'_>,
    nodes: Range<u32>,
    listener: &mut impl Listener,
    buffers: &mut Buffers,
) {
    let words = view.reads[0];
    let offsets = &stored.offsets[nodes.start as usize..=nodes.end as usize];
    let last = offsets[nodes.len()] as usize;
    let is_open = view.traffic.is_open();
    let (mut row, mut at) = (0, offsets[0] as usize);
    while at < last {
        let batch = at..last.min(at + CHUNK);
        let others = &stored.ends[batch.clone()];
        let len = others.len();
        let heard = &mut buffers.heard[..len];
        words::gather(words, others, heard);
        let mut masks = None;
        if !is_open {
            let (ids, own) = (&mut buffers.ids[..len], &mut buffers.own[..len]);
            for_each_row(offsets, row, batch.clone(), |row, part| {
                let node = nodes.start + row as u32;
                ids[part.clone()].fill(node);
                own[part].fill(words[node as usize]);
            });
            let (ids, others, spare) = (Ids::List(ids), Ids::List(others), &mut buffers.spare[..len]);
            view.traffic.tell(ids, others, own, heard, spare);
            let lanes = &mut buffers.masks[..len];
            if view.traffic.masks(ids, others, NO_SLOT, spare, lanes) {
                masks = Some(&*lanes);
            }
        }
        row = for_each_row(offsets, row, batch.clone(), |row, part| {
            let own = words[nodes.start as usize + row];
            listener.hear_all(row, own, &heard[part.clone()], masks.map(|masks| &masks[part]));
        });
        at = batch.end;
    }
}

/// Calls `f(row, part)` for each row's part of a batch of link ends, counted from the batch's start, and returns the row in which
/// it ends. The batch begins in `row` or later.
fn for_each_row(offsets: &[u32], mut row: usize, batch: Range<usize>, mut f: impl FnMut(usize, Range<usize>)) -> usize {
    let mut at = batch.start;
    while at < batch.end {
        while offsets[row + 1] as usize <= at {
            row += 1;
        }
        let end = batch.end.min(offsets[row + 1] as usize);
        f(row, at - batch.start..end - batch.start);
        at = end;
    }
    row
}

/// Clears the masks of nodes that are listed as their own neighbours: they have no link there.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn without_self(first: u32, others: &[u32], masks: &mut [u32]) {
    for (l, (mask, &other)) in masks.iter_mut().zip(others).enumerate() {
        *mask &= u32::from(other != first.wrapping_add(l as u32)).wrapping_neg();
    }
}
