//! Max- and min-consensus: every node takes over the most extreme word that it hears. Twin of `shaders/part/extremum/step.wgsl`.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::listen::{self, Listener};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::words::Words;
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ExtremumStep {
    is_greatest: bool,
    belief: ColumnId,
}

impl ExtremumStep {
    /// The step on a column of signed words: the greatest counts, or the least.
    #[must_use]
    pub fn new(is_greatest: bool, belief: ColumnId) -> Self {
        Self { is_greatest, belief }
    }
}

impl Step for ExtremumStep {
    fn name(&self) -> &'static str {
        "extremum"
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
        vec![module!("part/extremum/step").with("GREATEST", u32::from(self.is_greatest))]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let mut extremes = Extremes {
            flip: if self.is_greatest { 0 } else { u32::MAX },
            words: scratch.take(listen::ROOM),
        };
        listen::run(view, block, outputs[0][0], listen::CHUNK, &mut extremes, scratch);
        scratch.give(extremes.words);
    }

    fn describe(&self) -> String {
        let which = if self.is_greatest { "greatest" } else { "least" };
        format!("the {which} belief heard is taken over")
    }
}

/// The extremes of a chunk.
struct Extremes {
    /// What every bit is exchanged with, which turns signed integers round: 0 for the greatest, all ones for the least.
    flip: u32,
    /// The greatest so far, flipped.
    words: Words,
}

impl Listener for Extremes {
    fn begin(&mut self, own: &[u32], _slots: u32) {
        copy(own, self.flip, &mut self.words[..own.len()]);
    }

    fn hear(&mut self, nodes: Range<usize>, _own: &[u32], heard: &[u32], masks: Option<&[u32]>) {
        let words = &mut self.words[nodes];
        match masks {
            None => raise(heard, self.flip, words),
            Some(masks) => raise_masked(heard, masks, self.flip, words),
        }
    }

    fn hear_all(&mut self, node: usize, _own: u32, heard: &[u32], masks: Option<&[u32]>) {
        let flip = self.flip;
        let heard = heard
            .iter()
            .enumerate()
            .filter(|&(l, _)| masks.is_none_or(|masks| masks[l] != 0));
        let word = &mut self.words[node];
        *word = heard.fold(*word as i32, |most, (_, &word)| most.max((word ^ flip) as i32)) as u32;
    }

    fn end(&mut self, own: &[u32], next: &mut [u32]) {
        copy(&self.words[..own.len()], self.flip, next);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn copy(from: &[u32], flip: u32, to: &mut [u32]) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from ^ flip;
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn raise(heard: &[u32], flip: u32, words: &mut [u32]) {
    for (word, &heard) in words.iter_mut().zip(heard) {
        *word = (*word as i32).max((heard ^ flip) as i32) as u32;
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn raise_masked(heard: &[u32], masks: &[u32], flip: u32, words: &mut [u32]) {
    for ((word, &heard), &mask) in words.iter_mut().zip(heard).zip(masks) {
        let heard = (heard ^ flip) & mask | *word & !mask;
        *word = (*word as i32).max(heard as i32) as u32;
    }
}
