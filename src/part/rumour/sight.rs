//! What a look at all nodes tells those who wait for the rumour, on the CPU: who would tell it if asked, and who is told it. Without,
//! each that waits would go back through every permutation to whoever might aim at it.

use super::aim::{Aims, PERMUTATIONS};
use crate::hear::packed::Packing;
use crate::number::{Permutation, Permutations, multiply_high, threefry2x32};
use crate::step::{Scratch, View};
use multiversion::multiversion;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bit a node.
const FLAGS: Packing = Packing::bits();

/// Nodes that go through the permutations together.
const CHUNK: usize = 1024;

/// The halves of the table: who is told, who knows.
fn halves(words: usize) -> usize {
    words / 2
}

/// Words of the table.
pub(super) fn words(nodes: u32) -> usize {
    2 * FLAGS.words(nodes)
}

/// Whether the table pays, by a look at one node in sixteen: it costs as much as there are that tell, and saves as much as there are
/// that wait.
pub(super) fn pays(rumour: &[u32], aim: Option<&[u32]>) -> bool {
    const GROUP: usize = 64;
    let count = |words: &[u32], is_meant: fn(u32) -> bool| {
        let groups = words.chunks(GROUP).step_by(16);
        groups.flatten().filter(|&&word| is_meant(word)).count()
    };
    let waiting = count(rumour, |word| word == 0);
    match aim {
        Some(aim) => 32 * waiting > count(aim, |aim| aim != 0),
        None => 8 * waiting > rumour.len() / 16,
    }
}

/// Puts in who of the nodes of a block knows the rumour, and whom they tell it.
pub(super) fn look(
    aims: Aims,
    view: &View<'_>,
    block: Range<u32>,
    table: &[AtomicU32],
    (asks, tells): (bool, bool),
    scratch: &mut Scratch,
) {
    let (told, known) = table.split_at(halves(table.len()));
    let range = block.start as usize..block.end as usize;
    if asks {
        FLAGS.pack(&view.reads[0][range.clone()], block.clone(), 1, known);
    }
    if tells {
        let permutations: Vec<Permutation> = aims.permutations(view.topology.nodes(), view.tick).collect();
        let permutations = Permutations::new(&permutations);
        let mut lanes = [(); 2].map(|()| scratch.take(CHUNK));
        let [by, list] = &mut lanes;
        let mut first = block.start;
        for aims in view.reads[1][range].chunks(CHUNK) {
            let mut count = 0;
            for (node, &aim) in (first..).zip(aims) {
                (by[count], list[count]) = (aim.wrapping_sub(1), node);
                count += usize::from(aim != 0);
            }
            permutations.permute(&by[..count], &mut list[..count]);
            for &to in &list[..count] {
                told[to as usize / 32].fetch_or(1 << (to % 32), Ordering::Relaxed);
            }
            first += aims.len() as u32;
        }
        lanes.into_iter().for_each(|lane| scratch.give(lane));
    }
}

/// Sets `hears[k]` to 1 if the k-th of those that wait is told the rumour, or asks somebody who knows it; else to 0.
pub(super) fn hear(
    aims: Aims,
    view: &View<'_>,
    table: &[u32],
    waiting: &[u32],
    (asks, tells): (bool, bool),
    hears: &mut [u32],
) {
    let (told, known) = table.split_at(halves(table.len()));
    if asks {
        ask(
            aims.ask().key(),
            view.tick,
            view.topology.nodes(),
            known,
            waiting,
            hears,
        );
        if !view.traffic.is_open() {
            for (hears, &node) in hears.iter_mut().zip(waiting) {
                *hears &= u32::from(view.traffic.acts(node));
            }
        }
    } else {
        hears.fill(0);
    }
    if tells {
        listen(told, waiting, hears);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn ask(key: u32, tick: u32, nodes: u32, known: &[u32], waiting: &[u32], hears: &mut [u32]) {
    if known.is_empty() {
        return;
    }
    for (hears, &node) in hears.iter_mut().zip(waiting) {
        let other = multiply_high(threefry2x32([key, 0], [node, tick])[0], nodes);
        *hears = FLAGS.answer(known, other);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn listen(told: &[u32], waiting: &[u32], hears: &mut [u32]) {
    if told.is_empty() {
        return;
    }
    for (hears, &node) in hears.iter_mut().zip(waiting) {
        *hears |= FLAGS.answer(told, node);
    }
}

/// Writes the aims of the nodes from `first` on: where `aims` is not 0, 1 and the permutation.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn aim(key: u32, tick: u32, first: u32, aims: &mut [u32]) {
    for (l, aim) in aims.iter_mut().enumerate() {
        let word = threefry2x32([key, 0], [first.wrapping_add(l as u32), tick])[0];
        *aim = if *aim == 0 {
            0
        } else {
            multiply_high(word, PERMUTATIONS) + 1
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_pays_as_long_as_many_wait() {
        let (all, none) = (vec![0; 4096], vec![1; 4096]);
        assert!(pays(&all, None) && pays(&all, Some(&all)));
        assert!(!pays(&none, None) && !pays(&none, Some(&none)));
    }
}
