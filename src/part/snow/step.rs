//! The Snow family: repeated samples, and what a node learns from an α-majority in one. Twin of `shaders/part/snow/step.wgsl` and of
//! `shaders/part/snow/*.wgsl`.
//!
//! Team Rocket, *Snowflake to Avalanche*, 2018; Team Rocket, Yin, Sekniqi, van Renesse, Sirer, *Scalable and Probabilistic
//! Leaderless BFT Consensus through Metastability*, 2019, whose counting this is: the first success of an opinion counts 1,
//! another one after it one more, a sample without an α-majority takes all back, and at β the node decides.

use crate::column::{Access, Binding, ColumnId};
use crate::hear::ask::{From, NOBODY};
use crate::hear::packed::{Packing, answers};
use crate::hear::sample::{LANES, Lane, Sample};
use crate::number::multiply_high;
use crate::part::consensus::{DECIDED, OPINION};
use crate::part::snow::SnowKind;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// The bit of a node that had decided before the last tick, and so did not ask in it.
pub(crate) const SETTLED: u32 = 1 << 30;

/// The greatest opinion.
const MOST_OPINIONS: u32 = 16;

/// The columns of what a node keeps besides its opinion.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// How many samples in a row agreed; above the lower 16 bits, for snowball, on what.
    pub streak: ColumnId,
    /// 1 + the tick in which the node decided, 0 if it has not.
    pub decided: ColumnId,
    /// For snowball, a word for each opinion: how many samples agreed on it so far.
    pub confidence: Option<ColumnId>,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SnowStep {
    kind: SnowKind,
    sample: Sample,
    alpha: u32,
    beta: u32,
    opinion: ColumnId,
    memory: Option<Memory>,
    /// How many bits an opinion takes.
    packing: Packing,
}

impl SnowStep {
    /// The step on a doubled column of opinions. `alpha` is more than half of a sample. What a node keeps besides, slush does
    /// without.
    #[must_use]
    pub fn new(
        kind: SnowKind,
        sample: Sample,
        [alpha, beta]: [u32; 2],
        opinion: ColumnId,
        memory: Option<Memory>,
    ) -> Self {
        Self {
            packing: Packing::of(MOST_OPINIONS),
            kind,
            sample,
            alpha,
            beta,
            opinion,
            memory,
        }
    }

    /// The step where no opinion is above this one, at most 16: what a node of the CPU's looks up is so much smaller.
    #[must_use]
    pub fn with_opinions(mut self, opinions: u32) -> Self {
        self.packing = Packing::of(opinions.min(MOST_OPINIONS));
        self
    }

    /// What node `i` holds after a sample: `majority` is what at least α of the `answers` agree on, 0 for nothing. `l` is its
    /// place in the outputs, `lane` its place among those that draw together.
    #[inline(always)]
    fn slush(&self, view: &View<'_>, i: u32, own: u32, majority: u32, answers: &[Lane], lane: usize) -> u32 {
        if own != 0 {
            return if majority == 0 { own } else { majority };
        }
        let known = || answers.iter().map(|answer| answer[lane]).filter(|&answer| answer != 0);
        let taken = multiply_high(self.sample.spare_word(i, view.tick), known().count() as u32);
        known().nth(taken as usize).unwrap_or(0)
    }

    #[inline(always)]
    fn snowflake(&self, tick: u32, own: u32, majority: u32, streak: &mut u32, decided: &mut u32) -> u32 {
        if majority == 0 {
            *streak = 0;
            return own;
        }
        *streak = if majority == own { *streak + 1 } else { 1 };
        if *streak < self.beta {
            return majority;
        }
        *decided = tick.wrapping_add(1);
        majority | DECIDED
    }

    #[inline(always)]
    fn snowball(&self, tick: u32, own: u32, majority: u32, l: usize, memory: &mut [Vec<&mut [u32]>]) -> u32 {
        let [streak, decided, confidence] = memory else {
            return own;
        };
        let (streak, decided) = (&mut streak[0][l], &mut decided[0][l]);
        if majority == 0 {
            *streak = 0;
            return own;
        }
        let sure = &mut confidence[majority as usize - 1][l];
        *sure = sure.wrapping_add(1);
        let sure = *sure;
        let next = if own == 0 || sure > confidence[own as usize - 1][l] {
            majority
        } else {
            own
        };
        let agreed = if *streak >> 16 == majority {
            (*streak & 0xFFFF) + 1
        } else {
            1
        };
        *streak = majority << 16 | agreed;
        if agreed < self.beta {
            return next;
        }
        *decided = tick.wrapping_add(1);
        next | DECIDED
    }
}

/// What the nodes drawn hold, as those that asked are told, in the place of the draws; 0 where nothing arrived.
fn ask(view: &View<'_>, nodes: &Lane, own: &Lane, draws: &mut [Lane]) {
    let words = view.reads[0];
    let lies = view.traffic.lie().is_some();
    for draw in draws {
        for l in 0..LANES {
            let other = draw[l];
            draw[l] = match other {
                NOBODY => 0,
                _ if lies => view
                    .traffic
                    .told(other, nodes[l], words[other as usize] & OPINION, own[l]),
                _ => words[other as usize] & OPINION,
            };
        }
    }
}

/// What at least `alpha` of the answers agree on, more than half of them, or 0. Only one opinion can be: the one that is left
/// when unequal ones go out in pairs (Boyer and Moore, *MJRTY*, 1981).
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn majorities(answers: &[Lane], alpha: u32) -> Lane {
    let (mut candidate, mut balance, mut agree) = ([0; LANES], [0u32; LANES], [0; LANES]);
    for answer in answers {
        for l in 0..LANES {
            // Each lane's words are read once and written once, without a branch: so the loop over the lanes is vectorised.
            let (answer, old) = (answer[l], candidate[l]);
            let stands = if balance[l] == 0 { answer } else { old };
            candidate[l] = stands;
            let step = if answer == stands { 1 } else { u32::MAX };
            balance[l] = balance[l].wrapping_add(if answer == 0 { 0 } else { step });
        }
    }
    for answer in answers {
        for l in 0..LANES {
            agree[l] += if answer[l] == candidate[l] { 1 } else { 0 };
        }
    }
    for l in 0..LANES {
        candidate[l] = if agree[l] >= alpha { candidate[l] } else { 0 };
    }
    candidate
}

impl Step for SnowStep {
    fn name(&self) -> &'static str {
        "snow"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.opinion, Access::Read).within(self.sample.from().reach()),
            Binding::new(1, self.opinion, Access::Next),
        ];
        if let Some(memory) = self.memory {
            bindings.push(Binding::new(2, memory.streak, Access::Update));
            bindings.push(Binding::new(3, memory.decided, Access::Update));
            bindings.extend(
                memory
                    .confidence
                    .map(|confidence| Binding::new(4, confidence, Access::Update)),
            );
        }
        bindings
    }

    fn reads_links(&self) -> bool {
        self.sample.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.sample.modules();
        modules.push(match self.kind {
            SnowKind::Slush => module!("part/snow/slush").with("SNOW_SAMPLE", self.sample.size()),
            SnowKind::Snowflake => module!("part/snow/snowflake").with("BETA", self.beta),
            SnowKind::Snowball => module!("part/snow/snowball").with("BETA", self.beta),
        });
        modules.push(
            module!("part/snow/step")
                .with("SAMPLE", self.sample.size())
                .with("ALPHA", self.alpha),
        );
        modules
    }

    fn table(&self, view: &View<'_>) -> usize {
        // With faults some answers do not arrive, or are lies.
        if self.sample.from() == From::Swarm && !view.traffic.has_faults() {
            self.packing.words(view.topology.nodes())
        } else {
            0
        }
    }

    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], _scratch: &mut Scratch) {
        self.packing.pack(view.own(0, &block), block, OPINION, table);
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let words = &view.reads[0][block.start as usize..block.end as usize];
        let [next, memory @ ..] = outputs.as_mut_slice() else {
            return;
        };
        let next = &mut *next[0];
        let mut asking = scratch.take(words.len());
        let mut count = 0;
        for ((l, &word), next) in (0..).zip(words).zip(next.iter_mut()) {
            let i = block.start + l;
            let part = view.traffic.takes_part(i);
            *next = if part && word & DECIDED != 0 {
                word | SETTLED
            } else {
                word
            };
            asking[count] = i;
            count += usize::from(part && word & DECIDED == 0 && view.traffic.acts(i));
        }
        let mut draws = [[0; LANES]; Sample::MOST as usize];
        let draws = &mut draws[..self.sample.size() as usize];
        for tile in asking[..count].chunks(LANES) {
            // Those that are missing in the last tile draw as its first.
            let nodes: Lane = std::array::from_fn(|l| *tile.get(l).unwrap_or(&tile[0]));
            let own = nodes.map(|i| words[(i - block.start) as usize] & OPINION);
            self.sample.draw(view, &nodes, draws);
            match view.table {
                Some(table) => answers(self.packing, table, draws.as_flattened_mut()),
                None => ask(view, &nodes, &own, draws),
            }
            let majorities = majorities(draws, self.alpha);
            for lane in 0..tile.len() {
                let (i, own, majority) = (nodes[lane], own[lane], majorities[lane]);
                let l = (i - block.start) as usize;
                next[l] = match self.kind {
                    SnowKind::Slush => self.slush(view, i, own, majority, draws, lane),
                    SnowKind::Snowflake => match memory {
                        [streak, decided] => {
                            self.snowflake(view.tick, own, majority, &mut streak[0][l], &mut decided[0][l])
                        }
                        _ => own,
                    },
                    SnowKind::Snowball => self.snowball(view.tick, own, majority, l, memory),
                };
            }
        }
        scratch.give(asking);
    }

    fn describe(&self) -> String {
        let (alpha, sample) = (self.alpha, self.sample.size());
        let among = match self.sample.from() {
            From::Neighbours => "neighbours",
            From::Swarm => "nodes of the whole swarm",
        };
        let decides = match self.kind {
            SnowKind::Slush => String::new(),
            _ => format!(", decides after {} such samples in a row", self.beta),
        };
        format!(
            "{}: asks {sample} {among}, heeds {alpha} that agree{decides}",
            self.kind.name()
        )
    }
}
