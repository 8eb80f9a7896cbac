//! What the events of a tick do to those whom they name, for the steps that keep who is up and who lies. Twin of `shaders/part/faults/strikes.wgsl`.

use crate::fault::{Effect, Faults, Kin, MEMBERS, RECORD, Relations, Strike, bits};
use crate::shader::{Module, module};
use multiversion::multiversion;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many agents are looked at together.
const CHUNK: usize = 512;

/// The strikes of a tick, and how many each has changed so far.
pub(super) struct Strikes<'a> {
    first: usize,
    strikes: &'a [Strike],
    changed: Vec<u32>,
    /// How many agents are there from the start, and the bit of places where nobody is, if some come and go.
    founders: u32,
    gone: u32,
    /// Who is whose child, if they do, and how many agents a cell has.
    relations: Relations<'a>,
    agents: u32,
}

impl<'a> Strikes<'a> {
    /// Those of a tick.
    pub fn of(faults: &'a Faults, tick: u32) -> Self {
        let range = faults.strikes_in(tick);
        Self {
            first: range.start,
            changed: vec![0; range.len()],
            strikes: &faults.strikes[range],
            founders: u32::MAX,
            gone: 0,
            relations: Relations::default(),
            agents: 1,
        }
    }

    /// The same where so many are there from the start and others come and go: nothing falls on those whose words have the bit `gone`.
    pub fn among(mut self, founders: u32, gone: u32) -> Self {
        if gone != 0 {
            (self.founders, self.gone) = (founders, gone);
        }
        self
    }

    /// The same where this is who is whose child, of cells of so many agents.
    pub fn related(mut self, relations: Relations<'a>, agents: u32) -> Self {
        (self.relations, self.agents) = (relations, agents);
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.strikes.is_empty()
    }

    /// Lets them fall on the agents `first`, `first` + `stride` and so on; who came back in the tick before is no longer fresh.
    pub fn fall(&mut self, first: u32, stride: u32, words: &mut [u32]) {
        settle(words);
        let mut masks = [0; CHUNK];
        for (strike, changed) in self.strikes.iter().zip(&mut self.changed) {
            let mut agent = first;
            for words in words.chunks_mut(CHUNK) {
                let masks = &mut masks[..words.len()];
                for mask in masks.iter_mut() {
                    *mask = agent;
                    agent = agent.wrapping_add(stride);
                }
                match self.gone {
                    0 => strike.whom.mask(masks),
                    gone => {
                        match strike.whom.kin() {
                            Some(kin) => masks.iter_mut().for_each(|mask| {
                                *mask = u32::from(kin.names(*mask / self.agents, &self.relations)).wrapping_neg();
                            }),
                            None => strike.whom.mask_of_some(self.founders, masks),
                        }
                        for (mask, word) in masks.iter_mut().zip(&*words) {
                            *mask &= u32::from(word & gone == 0).wrapping_neg();
                        }
                    }
                }
                *changed += match strike.effect {
                    Effect::Kill => kill(masks, words),
                    Effect::Revive => revive(masks, words),
                    Effect::Lie => lie(masks, [strike.bits; 2], words),
                    Effect::Honest => lie(masks, [strike.bits, 0], words),
                };
            }
        }
    }

    /// Adds what they have changed to the swarm's counts.
    pub fn count(&self, folds: &[&[AtomicU32]]) {
        let Some(counts) = folds.first().and_then(|counts| counts.get(self.first..)) else {
            return;
        };
        for (count, &changed) in counts.iter().zip(&self.changed) {
            if changed > 0 {
                count.fetch_add(changed, Ordering::Relaxed);
            }
        }
    }
}

/// The shader's side, for so many agents.
pub(super) fn modules(faults: &Faults, agents: u32) -> Vec<Module> {
    match faults.struck {
        Some(_) => {
            let has_kin = faults.strikes.iter().any(|strike| strike.whom.kin().is_some());
            let mut all = vec![
                module!("part/faults/strikes").with("STRIKE_WORDS", RECORD as u32),
                named(agents),
            ];
            all.extend(match has_kin {
                false => vec![module!("part/faults/kin-none")],
                true => vec![
                    module!("part/faults/kin").with("KIN_AGENTS", MEMBERS),
                    match asks_depth(faults) {
                        true => module!("part/faults/depth"),
                        false => module!("part/faults/depth-none"),
                    },
                ],
            });
            all
        }
        None => vec![module!("part/faults/strikes-none")],
    }
}

/// Whether an event names cells by their depth.
pub(super) fn asks_depth(faults: &Faults) -> bool {
    let mut kin = faults.strikes.iter().filter_map(|strike| strike.whom.kin());
    kin.any(|kin| matches!(kin, Kin::Depth(_)))
}

/// The shader's side of selections among so many; a piece says besides whom their family names.
pub(in crate::part) fn named(agents: u32) -> Module {
    // As many as the permutation of a share has.
    module!("lib/named").with("AGENTS", agents.max(3))
}

/// Those who came back in the tick before are no longer fresh.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn settle(words: &mut [u32]) {
    // Mostly nobody is, and what is not written need not go back to memory.
    if words.iter().fold(0, |all, word| all | word) & bits::FRESH != 0 {
        words.iter_mut().for_each(|word| *word &= !bits::FRESH);
    }
}

/// Kills those whose masks are all ones, and counts how many of them were up.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn kill(masks: &[u32], words: &mut [u32]) -> u32 {
    let mut changed = 0;
    for (mask, word) in masks.iter().zip(words) {
        changed += u32::from(*word & bits::DOWN == 0) & mask;
        *word = *word & !(bits::FRESH & mask) | bits::KILLED & mask;
    }
    changed
}

/// Revives those whose masks are all ones, and counts how many of them were down.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn revive(masks: &[u32], words: &mut [u32]) -> u32 {
    let mut changed = 0;
    for (mask, word) in masks.iter().zip(words) {
        let back = u32::from(*word & bits::DOWN != 0) & mask;
        changed += back;
        let back = back.wrapping_neg();
        *word = *word & !(bits::DOWN & back) | bits::FRESH & back;
    }
    changed
}

/// Puts for these bits of the words whose masks are all ones others: those themselves to let them lie, or none to let them be honest; and
/// counts how many of them were not so.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn lie(masks: &[u32], [from, to]: [u32; 2], words: &mut [u32]) -> u32 {
    let mut changed = 0;
    for (mask, word) in masks.iter().zip(words) {
        let after = *word & !(from & mask) | to & mask;
        changed += u32::from(after != *word);
        *word = after;
    }
    changed
}
