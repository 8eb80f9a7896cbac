//! A node considers any strategy or another node's, and adopts what succeeds more readily than what fails. Twin of
//! `shaders/part/learning/social.wgsl`; Celis, Krafft, Vishnoi, PODC 2017.
//!
//! One word says whether a node explores and whether it adopts: its 31 upper bits fall into one of four intervals, which are as long as
//! the probabilities of both are. Which node or strategy is considered, another word says.

use super::lanes::{CHUNK, draw, gather, scale};
use crate::column::{Binding, Folded};
use crate::hear::ask::{Ask, From, NOBODY};
use crate::number::{multiply_high, threefry2x32};
use crate::part::learning::rewards::{Bits, Signal};
use crate::part::learning::rules::{Idle, Social};
use crate::part::learning::site::{Base, is_switch};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// How many nodes one looks at at most, until one holds something, where nodes may hold nothing.
const LOOKS: u32 = 16;

/// Below what a draw of 31 bits means what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::part::learning) struct Limits {
    /// The node explores.
    pub explores: u32,
    /// Having explored, it adopts what fails, and what succeeds.
    pub explored: [u32; 2],
    /// Having looked at another, it adopts what fails, and what succeeds.
    pub copied: [u32; 2],
}

impl Limits {
    pub fn new(explore: f64, adopt: f64) -> Self {
        const ALL: f64 = 2_147_483_648.0;
        let explores = (explore * ALL).round();
        let below = |share: f64| (share * explores).round() as u32;
        let above = |share: f64| (explores + share * (ALL - explores)).round() as u32;
        Self {
            explores: explores as u32,
            explored: [below(1.0 - adopt), below(adopt)],
            copied: [above(1.0 - adopt), above(adopt)],
        }
    }
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SocialStep {
    base: Base,
    ask: Ask,
    bits: Bits,
    limits: Limits,
    idle: Idle,
    shown: [f64; 2],
}

impl SocialStep {
    /// The step of a rule whose probabilities are in range.
    #[must_use]
    pub fn new(base: Base, ask: Ask, bits: Bits, rule: &Social) -> Self {
        Self {
            base,
            ask,
            bits,
            limits: Limits::new(rule.explore, rule.adopt),
            idle: rule.idle,
            shown: [rule.explore, rule.adopt],
        }
    }

    /// How many nodes one looks at.
    fn looks(&self) -> u32 {
        match self.idle {
            Idle::Keep => 1,
            Idle::SitOut => LOOKS,
        }
    }

    /// What i, which holds `own`, holds next; and how many nodes it looked at.
    #[inline(always)]
    fn next(&self, view: &View<'_>, i: u32, own: u32) -> (u32, u32) {
        let [a, b] = self.ask.pair(i, view.tick);
        let draw = b >> 1;
        let explores = draw < self.limits.explores;
        let (mut option, mut whose, mut asked) = (0, i, 0);
        if explores {
            option = 1 + multiply_high(a, self.base.strategies);
        } else {
            while asked < self.looks() && option == 0 {
                // The second draw is taken.
                let word = if asked == 0 {
                    a
                } else {
                    self.ask.word(i, asked + 1, view.tick)
                };
                asked += 1;
                let j = self.ask.pick(view, i, word);
                if j != NOBODY {
                    (option, whose) = (view.reads[0][j as usize], j);
                }
            }
        }
        let kept = match self.idle {
            Idle::Keep => own,
            Idle::SitOut => 0,
        };
        if option == 0 {
            return (kept, asked);
        }
        let succeeds = self.bits.told(&view.traffic, (whose, i), option);
        let limits = if explores {
            self.limits.explored
        } else {
            self.limits.copied
        };
        let next = if draw < limits[usize::from(succeeds)] {
            option
        } else {
            kept
        };
        (next, asked)
    }

    /// All nodes of a block, where nothing goes wrong, all act, and each looks at one other.
    fn run_lanes(&self, view: &View<'_>, block: Range<u32>, next: &mut [u32], scratch: &mut Scratch) -> (u64, u64) {
        let buffers = [(); 3].map(|()| scratch.take(CHUNK));
        let [mut words, mut draws, mut others] = buffers;
        let rates = Chances::new(&self.bits, self.base.strategies, self.limits, view.tick);
        let (mut asked, mut switched) = (0, 0);
        let mut first = block.start;
        let strategies = view.reads[0];
        for next in next.chunks_mut(CHUNK) {
            let len = next.len();
            let (words, draws, others) = (&mut words[..len], &mut draws[..len], &mut others[..len]);
            draw(self.ask.key(), first, view.tick, words, draws);
            match self.ask.from() {
                From::Swarm => scale(view.topology.nodes(), words, others),
                From::Neighbours => {
                    for ((i, other), &word) in (first..).zip(others.iter_mut()).zip(&*words) {
                        *other = self.ask.pick(view, i, word);
                    }
                }
            }
            gather(strategies, others, next);
            let own = &strategies[first as usize..first as usize + len];
            let counts = match self.bits.signal {
                Signal::Common => adopt_common(&rates, own, words, draws, next),
                Signal::Own => adopt_own(&rates, (first, own), (words, draws), others, next),
            };
            asked += u64::from(counts[0]);
            switched += u64::from(counts[1]);
            first += len as u32;
        }
        for words in [words, draws, others] {
            scratch.give(words);
        }
        (asked, switched)
    }
}

/// What a whole tick has in common.
struct Chances {
    limits: Limits,
    strategies: u32,
    tick: u32,
    /// A bit for each option that succeeds for everybody.
    common: u32,
    /// The key of the draws of success, and each option's rate; 0 of those that there are not.
    key: [u32; 2],
    rates: [u32; 32],
}

impl Chances {
    fn new(bits: &Bits, strategies: u32, limits: Limits, tick: u32) -> Self {
        let mut rates = [0; 32];
        for (place, &rate) in rates.iter_mut().zip(bits.rates.at(tick)) {
            *place = rate;
        }
        let common = if bits.signal == Signal::Common {
            bits.common(tick)
        } else {
            0
        };
        Self {
            limits,
            strategies,
            tick,
            common,
            key: bits.key(),
            rates,
        }
    }
}

/// Puts what each holds next in the place of what it looks at; returned is how many looked at another, and how many switched.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn adopt_common(chances: &Chances, own: &[u32], words: &[u32], draws: &[u32], next: &mut [u32]) -> [u32; 2] {
    let (limits, strategies, common) = (chances.limits, chances.strategies, chances.common);
    let (mut asked, mut switched) = (0, 0);
    for (((next, &own), &word), &draw) in next.iter_mut().zip(own).zip(words).zip(draws) {
        let draw = draw >> 1;
        let explores = draw < limits.explores;
        let option = if explores {
            1 + multiply_high(word, strategies)
        } else {
            *next
        };
        let succeeds = common >> (option & 31) & 1 != 0;
        let explored = if succeeds {
            limits.explored[1]
        } else {
            limits.explored[0]
        };
        let copied = if succeeds { limits.copied[1] } else { limits.copied[0] };
        let adopts = (draw < if explores { explored } else { copied }) & (option != 0);
        *next = if adopts { option } else { own };
        asked += u32::from(!explores);
        switched += u32::from(is_switch(own, *next));
    }
    [asked, switched]
}

/// The same where each node succeeds for itself.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn adopt_own(
    chances: &Chances,
    (first, own): (u32, &[u32]),
    (words, draws): (&[u32], &[u32]),
    others: &[u32],
    next: &mut [u32],
) -> [u32; 2] {
    let (limits, strategies) = (chances.limits, chances.strategies);
    let (mut asked, mut switched) = (0, 0);
    let own = own.iter().enumerate();
    for ((((next, (l, &own)), &word), &draw), &other) in next.iter_mut().zip(own).zip(words).zip(draws).zip(others) {
        let draw = draw >> 1;
        let explores = draw < limits.explores;
        let option = if explores {
            1 + multiply_high(word, strategies)
        } else {
            *next
        };
        let whose = if explores { first.wrapping_add(l as u32) } else { other };
        let success = threefry2x32(chances.key, [whose, chances.tick])[0] >> 1;
        let succeeds = success < chances.rates[(option & 31) as usize];
        let explored = if succeeds {
            limits.explored[1]
        } else {
            limits.explored[0]
        };
        let copied = if succeeds { limits.copied[1] } else { limits.copied[0] };
        let adopts = (draw < if explores { explored } else { copied }) & (option != 0);
        *next = if adopts { option } else { own };
        asked += u32::from(!explores);
        switched += u32::from(is_switch(own, *next));
    }
    [asked, switched]
}

impl Step for SocialStep {
    fn name(&self) -> &'static str {
        "social"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        bindings.extend(self.bits.bindings());
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        self.ask.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        modules.push(self.ask.module());
        modules.extend(self.bits.modules());
        modules.push(
            module!("part/learning/social")
                .with("STRATEGIES", self.base.strategies)
                .with("LOOKS", self.looks())
                .with("SITS_OUT", u32::from(self.idle == Idle::SitOut))
                .with("EXPLORES", self.limits.explores)
                .with("EXPLORED_BAD", self.limits.explored[0])
                .with("EXPLORED_GOOD", self.limits.explored[1])
                .with("COPIED_BAD", self.limits.copied[0])
                .with("COPIED_GOOD", self.limits.copied[1]),
        );
        modules
    }

    fn turns(&self, _: Bounds) -> u64 {
        LOOKS.into()
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let next = &mut *outputs[0][0];
        if view.traffic.is_open() && self.idle == Idle::Keep {
            let (asked, switched) = self.run_lanes(view, block, next, scratch);
            self.base.note(view, asked, switched);
            return;
        }
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let mut asked = 0;
        for ((i, next), &own) in block.zip(next.iter_mut()).zip(own) {
            *next = own;
            if self.base.decides(view, i) {
                let looks;
                (*next, looks) = self.next(view, i, own);
                asked += u64::from(looks);
            }
        }
        self.base.note_all(view, asked, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!(
            "explores with {}, looks at another otherwise, adopts with {}",
            self.shown[0], self.shown[1]
        )
    }
}
