//! Opinions by small samples: every node that acts asks one to three nodes for theirs, and may change its own. Twin of
//! `shaders/part/majority/step.wgsl`.
//!
//! An answer is an opinion from 1 on, or 0: it did not arrive, or who was asked has no opinion. What a node makes of the
//! answers a, b, c is a function [`Vote`] of them and of its own opinion; that of three-majority is short, because whichever
//! answers agree, unless it is the last two, the first that counts is one of them.

use crate::column::{Access, Binding, ColumnId};
use crate::hear::ask::{Ask, From, NOBODY};
use crate::part::majority::Vote;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::Ids;
use multiversion::multiversion;
use std::ops::Range;

/// How many nodes are worked on at a time: their draws and answers fit the first-level cache.
const CHUNK: usize = 2048;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct MajorityStep {
    kind: Vote,
    ask: Ask,
    opinion: ColumnId,
}

impl MajorityStep {
    /// The step on a column of opinions.
    #[must_use]
    pub fn new(kind: Vote, ask: Ask, opinion: ColumnId) -> Self {
        Self { kind, ask, opinion }
    }

    /// Writes what each of `nodes` hears by each of its draws.
    fn listen(&self, view: &View<'_>, nodes: Range<u32>, answers: &mut [&mut [u32]], scratch: &mut Scratch) {
        match answers {
            [a] => self.ask.partners(view, nodes.clone(), 0, a, scratch),
            [a, b] => self.ask.two_partners(view, nodes.clone(), 0, a, b),
            [a, b, c] => {
                self.ask.two_partners(view, nodes.clone(), 0, a, b);
                self.ask.partners(view, nodes.clone(), 2, c, scratch);
            }
            _ => {}
        }
        let opinions = view.reads[0];
        let all_arrive = self.ask.from() == From::Swarm && !view.traffic.has_faults();
        for answer in answers {
            if all_arrive {
                gather(opinions, answer);
            } else {
                hear(view, nodes.clone(), answer, scratch);
            }
        }
    }
}

/// Puts what is heard from listed nodes, or 0 where there is nobody, in the place of their indices.
fn hear(view: &View<'_>, nodes: Range<u32>, list: &mut [u32], scratch: &mut Scratch) {
    let len = list.len();
    let opinions = view.reads[0];
    let (mut asked, mut lies) = (scratch.take(len), scratch.take(len));
    // Nobody is asked in the place of the node itself, and is taken out again.
    with_self(nodes.start, list, &mut asked[..len]);
    let own = &opinions[nodes.start as usize..nodes.end as usize];
    let mut words = scratch.take(len);
    words[..len].copy_from_slice(&asked[..len]);
    gather(opinions, &mut words[..len]);
    let (from, to) = (Ids::List(&asked[..len]), Ids::Run(nodes.start));
    view.traffic.tell(to, from, own, &mut words[..len], &mut lies[..len]);
    without_nobody(&words, list);
    for words in [asked, lies, words] {
        scratch.give(words);
    }
}

impl Step for MajorityStep {
    fn name(&self) -> &'static str {
        "majority"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.opinion, Access::Read).within(self.ask.from().reach()),
            Binding::new(1, self.opinion, Access::Next),
        ]
    }

    fn reads_links(&self) -> bool {
        self.ask.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let vote = match self.kind {
            Vote::Voter => module!("part/majority/voter"),
            Vote::TwoChoices => module!("part/majority/two-choices"),
            Vote::ThreeMajority => module!("part/majority/three-majority"),
            Vote::UndecidedState => module!("part/majority/undecided-state"),
        };
        vec![
            self.ask.module(),
            vote,
            module!("part/majority/step").with("SAMPLES", self.kind.samples()),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let Some(next) = outputs.first_mut().and_then(|lanes| lanes.first_mut()) else {
            return;
        };
        let mut buffers = [scratch.take(CHUNK), scratch.take(CHUNK), scratch.take(CHUNK)];
        let mut first = block.start;
        for next in next.chunks_mut(CHUNK) {
            let nodes = first..first + next.len() as u32;
            let own = &view.reads[0][nodes.start as usize..nodes.end as usize];
            let [a, b, c] = &mut buffers;
            let (a, b, c) = (&mut a[..next.len()], &mut b[..next.len()], &mut c[..next.len()]);
            let mut answers = [&mut *a, &mut *b, &mut *c];
            self.listen(
                view,
                nodes.clone(),
                &mut answers[..self.kind.samples() as usize],
                scratch,
            );
            match self.kind {
                Vote::Voter => voter(own, a, next),
                Vote::TwoChoices => two_choices(own, a, b, next),
                Vote::ThreeMajority => three_majority(own, a, b, c, next),
                Vote::UndecidedState => undecided_state(own, a, next),
            }
            if !view.traffic.is_open() {
                for ((i, next), &own) in nodes.clone().zip(next).zip(own) {
                    if !(view.traffic.takes_part(i) && view.traffic.acts(i)) {
                        *next = own;
                    }
                }
            }
            first = nodes.end;
        }
        for words in buffers {
            scratch.give(words);
        }
    }

    fn describe(&self) -> String {
        let from = match self.ask.from() {
            From::Neighbours => "neighbours",
            From::Swarm => "the whole swarm",
        };
        format!(
            "{}, asks {} of {from} with replacement",
            self.kind.name(),
            self.kind.samples()
        )
    }
}

/// Puts the words at listed indices, each of which there must be, in their place: one beyond the last is taken for the last,
/// so that the loop has no branch. It does nothing else, so that as many cache misses as possible are on their way at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn gather(words: &[u32], list: &mut [u32]) {
    let Some(last) = words.len().checked_sub(1) else { return };
    for word in list {
        *word = words[(*word as usize).min(last)];
    }
}

/// Writes the list with the node's own index in the place of nobody.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn with_self(first: u32, list: &[u32], out: &mut [u32]) {
    for (l, (out, &index)) in out.iter_mut().zip(list).enumerate() {
        *out = if index == NOBODY {
            first.wrapping_add(l as u32)
        } else {
            index
        };
    }
}

/// Puts the words in the place of the indices, and 0 in that of nobody.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn without_nobody(words: &[u32], list: &mut [u32]) {
    for (index, &word) in list.iter_mut().zip(words) {
        *index = if *index == NOBODY { 0 } else { word };
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn voter(own: &[u32], a: &[u32], next: &mut [u32]) {
    for ((next, &own), &a) in next.iter_mut().zip(own).zip(a) {
        *next = if a != 0 { a } else { own };
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn two_choices(own: &[u32], a: &[u32], b: &[u32], next: &mut [u32]) {
    for (((next, &own), &a), &b) in next.iter_mut().zip(own).zip(a).zip(b) {
        let first = if a != 0 { a } else { b };
        let adopts = (first != 0) & ((own == 0) | (a == b));
        *next = if adopts { first } else { own };
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn three_majority(own: &[u32], a: &[u32], b: &[u32], c: &[u32], next: &mut [u32]) {
    for ((((next, &own), &a), &b), &c) in next.iter_mut().zip(own).zip(a).zip(b).zip(c) {
        let last = if c != 0 { c } else { own };
        let later = if b != 0 { b } else { last };
        let first = if a != 0 { a } else { later };
        *next = if (b != 0) & (b == c) { b } else { first };
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn undecided_state(own: &[u32], a: &[u32], next: &mut [u32]) {
    for ((next, &own), &a) in next.iter_mut().zip(own).zip(a) {
        let met = if own == 0 { a } else { 0 };
        *next = if (a == 0) | (a == own) { own } else { met };
    }
}
