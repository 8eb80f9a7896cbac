//! A swarm that counts: steps that fold into columns of the whole swarm, one with a timing of its own, one that reads them
//! back; a gauge that records them; and a plain account of what comes out.

use super::scenario;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tetraswarm::Words;
use tetraswarm::column::{Access, Binding, Column, ColumnId, Extent, Fold, Folded};
use tetraswarm::counters;
use tetraswarm::gauge::{Accumulator, Form, Gauge, Indicator, Op, Reading, Seen, Tally, Term};
use tetraswarm::part::consensus::Opinions;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Schedule;

/// The modules that are no files of the program's.
pub const MODULES: [&str; 5] = [
    "step/counting",
    "step/mixing",
    "step/tallying",
    "gauge/counting",
    "gauge/spread-counting",
];

const WORD: ColumnId = ColumnId(0);
const PREVIOUS: ColumnId = ColumnId(1);
pub const COUNTS: ColumnId = ColumnId(2);
pub const EXTREMES: ColumnId = ColumnId(3);

/// The timing of the step that counts.
pub const OWN: Schedule = Schedule::Bernoulli {
    rate: 1 << 30,
    seed: 99,
};
/// Greatest, least, or, and at tick 0.
const FIRST_EXTREMES: [u32; 4] = [0, u32::MAX, 0, u32::MAX];
const BINS: u32 = 129;

fn next(word: u32) -> u32 {
    word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
}

/// What a node adds to its counter.
fn share(word: u32) -> u64 {
    u64::from(word.wrapping_mul(2_654_435_761)) | u64::from(word >> 16) << 32
}

/// Nodes that act draw a new word and count it. The columns that it folds into stand between the others.
#[derive(Debug)]
pub struct Counting {
    pub counters: u32,
}

impl Step for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(counters::SLOT, COUNTS, Access::Fold),
            Binding::new(0, WORD, Access::Update),
            Binding::new(1, EXTREMES, Access::Fold),
            Binding::new(2, PREVIOUS, Access::Next),
        ]
    }
    fn folds(&self) -> Vec<Folded> {
        let extremes = [Fold::Max, Fold::Min, Fold::Or, Fold::And];
        let extremes = (0..)
            .zip(extremes)
            .map(|(k, fold)| Folded::new(EXTREMES, k..k + 1, fold));
        extremes
            .chain([Folded::new(COUNTS, 0..2 * self.counters, Fold::Add64)])
            .collect()
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn schedule(&self) -> Option<Schedule> {
        Some(OWN)
    }
    fn modules(&self) -> Vec<Module> {
        let source = "
            @group(2) @binding(0) var<storage, read_write> word: array<u32>;
            @group(2) @binding(1) var<storage, read_write> extremes: array<atomic<u32>>;
            @group(2) @binding(2) var<storage, read_write> previous: array<u32>;

            @compute @workgroup_size(256)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {
                let i = clock.first + id.y * ROW + id.x;
                if (i >= clock.end || control.stopped != 0u) {
                    return;
                }
                let old = word[i];
                previous[i] = old;
                if (!acts(i, clock.tick)) {
                    return;
                }
                let new_word = old * 1664525u + 1013904223u;
                word[i] = new_word;
                add64(0u, 1u, 0u);
                add64(1u, 0xFFFFFFFFu, 0u);
                add64(2u + i % (COUNTERS - 2u), new_word * 2654435761u, new_word >> 16u);
                atomicMax(&extremes[0], new_word);
                atomicMin(&extremes[1], new_word);
                atomicOr(&extremes[2], new_word & 0x10101010u);
                atomicAnd(&extremes[3], new_word | 0xFFFF0000u);
            }";
        vec![counters::module(self.counters), Module::new("step/counting", source)]
    }
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        let [counts, extremes] = view.folds else { panic!() };
        assert_eq!((outputs.len(), view.reads.len()), (2, 0));
        let n = self.counters as usize;
        for (l, i) in block.enumerate() {
            let old = outputs[0][0][l];
            outputs[1][0][l] = old;
            if !view.traffic.acts(i) {
                continue;
            }
            let word = next(old);
            outputs[0][0][l] = word;
            counters::add64(counts, n, 0, 1);
            counters::add64(counts, n, 1, 0xFFFF_FFFF);
            counters::add64(counts, n, 2 + i as usize % (n - 2), share(word));
            extremes[0].fetch_max(word, Relaxed);
            extremes[1].fetch_min(word, Relaxed);
            extremes[2].fetch_or(word & 0x1010_1010, Relaxed);
            extremes[3].fetch_and(word | 0xFFFF_0000, Relaxed);
        }
    }
    fn describe(&self) -> String {
        "counts".into()
    }
}

/// Nodes that act by the plan's timing mix what the swarm has counted into their words.
#[derive(Debug)]
pub struct Mixing;

impl Step for Mixing {
    fn name(&self) -> &'static str {
        "mixing"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, COUNTS, Access::Read),
            Binding::new(1, WORD, Access::Update),
            Binding::new(2, EXTREMES, Access::Read),
        ]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        let source = "
            @group(2) @binding(0) var<storage, read> counts: array<u32>;
            @group(2) @binding(1) var<storage, read_write> word: array<u32>;
            @group(2) @binding(2) var<storage, read> extremes: array<u32>;

            @compute @workgroup_size(256)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {
                let i = clock.first + id.y * ROW + id.x;
                if (i >= clock.end || control.stopped != 0u) {
                    return;
                }
                if (acts(i, clock.tick)) {
                    word[i] ^= counts[2] + extremes[0];
                }
            }";
        vec![Module::new("step/mixing", source)]
    }
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        let [counts, extremes] = view.reads else { panic!() };
        assert!(view.folds.is_empty());
        for (l, i) in block.enumerate() {
            if view.traffic.acts(i) {
                outputs[0][0][l] ^= counts[2].wrapping_add(extremes[0]);
            }
        }
    }
    fn describe(&self) -> String {
        "mixes".into()
    }
}

/// Writes nothing of its own: the nodes that act are counted.
#[derive(Debug)]
pub struct Tallying {
    pub counters: u32,
}

impl Step for Tallying {
    fn name(&self) -> &'static str {
        "tallying"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(counters::SLOT, COUNTS, Access::Fold)]
    }
    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(COUNTS, 0..2 * self.counters, Fold::Add64)]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        let source = "
            @compute @workgroup_size(256)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {
                let i = clock.first + id.y * ROW + id.x;
                if (i >= clock.end || control.stopped != 0u || !acts(i, clock.tick)) {
                    return;
                }
                add64(i % COUNTERS, 1u, 0u);
            }";
        vec![counters::module(self.counters), Module::new("step/tallying", source)]
    }
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        assert!(outputs.is_empty());
        let n = self.counters as usize;
        for i in block.filter(|&i| view.traffic.acts(i)) {
            counters::add64(view.folds[0], n, i as usize % n, 1);
        }
    }
    fn describe(&self) -> String {
        "tallies".into()
    }
}

/// Counts nodes and sums of words in bins, reads the counters with every node, and records them or not. The spread falls by one
/// with every count of 64.
#[derive(Debug)]
pub struct CountingGauge {
    pub recorded: Vec<ColumnId>,
}

/// From where the spread falls.
pub const SPREAD: u32 = 1_000_000;

/// The accumulators: how many, the sum of the first counter's lower half, classes and sums of words, what is left of the
/// spread, and the columns.
const COUNTED: usize = 0;
const FIRST: usize = 1;
const BINNED: usize = 2;
const LEFT: usize = 3;
const RECORDS: usize = 4;

impl Gauge for CountingGauge {
    fn name(&self) -> &'static str {
        "test"
    }
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, WORD), (4, COUNTS)]
    }
    fn accumulators(&self) -> Vec<Accumulator> {
        let mut all = vec![
            Accumulator::new("counted", Op::Count),
            Accumulator::new("first", Op::Sum),
            Accumulator::new("binned", Op::Bins(BINS)),
            // The least of what is not counted yet: SPREAD less a 64th of the counter.
            Accumulator::new("left", Op::Minimum),
        ];
        let names = ["counts", "extremes"];
        all.extend(
            names
                .into_iter()
                .zip(&self.recorded)
                .map(|(name, &column)| Accumulator::new(name, Op::Column(column))),
        );
        all
    }
    fn modules(&self) -> Vec<Module> {
        let source = "
            @group(2) @binding(2) var<storage, read> word: array<u32>;
            @group(2) @binding(4) var<storage, read> counts: array<u32>;

            fn gauge(i: u32) {
                add_counted();
                add_binned(100u + i % 29u, word[i]);
                add_binned(i % 100u, 1u);
                add_left(1000000 - i32(min(counts[0] / 64u, 1000000u)));
                add_first(vec2<u32>(counts[0] & 0xFFFFu, 0u));
            }";
        vec![Module::new("gauge/counting", source)]
    }
    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let [words, counts] = seen.columns else { panic!() };
        for i in nodes {
            tally.add(COUNTED, 1);
            tally.add(FIRST, counts[0] & 0xFFFF);
            let bins = tally.list_mut(BINNED);
            bins[(i % 100) as usize] += 1;
            let sum = &mut bins[(100 + i % 29) as usize];
            *sum = sum.wrapping_add(words[i as usize]);
            tally.add(LEFT, SPREAD - (counts[0] / 64).min(SPREAD));
        }
    }
    fn indicators(&self) -> Vec<Indicator> {
        // Read off the record where there is one; of three counters the first one's upper half is the fourth word.
        let mut all = vec![Indicator::value("left", LEFT).of(COUNTED)];
        if !self.recorded.is_empty() {
            all.push(Indicator::new(
                "counted",
                Form::Sum(vec![Term::Counter(RECORDS, [0, 3])]),
            ));
        }
        all
    }
    fn reading(&self, tally: &Tally, _: u32) -> Reading {
        let records = (0..self.recorded.len()).flat_map(|k| tally.list(RECORDS + k));
        let words = tally.list(BINNED).iter().chain(records.clone());
        let opinions = Opinions {
            leader: None,
            agreement: Some(tally.sum(FIRST) as f64),
            undecided: tally.count(COUNTED),
            decided: records.count() as u64,
            decided_wrong: 0,
            opinions: words.map(|&word| word.into()).collect(),
        };
        Reading::new(self.name(), opinions)
    }
}

/// A swarm of so many nodes on a ring that counts with so many counters, 3 at least.
pub fn swarm(nodes: u32, counters: u32, ticks: u32, every: u32, records: bool) -> Swarm {
    let mut scenario = scenario(
        nodes,
        "kind = \"ring\"",
        "kind = \"golden\"\nrate = 0.4",
        "trunc",
        ticks,
    );
    scenario.measure.every = every;
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let column = |name, extent, doubled| Column {
        name,
        extent,
        doubled,
        fixed: false,
    };
    swarm.plan.columns = vec![
        column("test.word", Extent::Node, false),
        column("test.previous", Extent::Node, true),
        column("test.counts", Extent::Swarm(counters::words(counters)), false),
        column("test.extremes", Extent::Swarm(4), false),
    ];
    swarm.plan.steps = vec![Box::new(Counting { counters }), Box::new(Mixing)];
    swarm.plan.gauges = vec![Arc::new(CountingGauge {
        recorded: if records { vec![COUNTS, EXTREMES] } else { Vec::new() },
    })];
    let words: Vec<u32> = (0..nodes).map(|i| i.wrapping_mul(0x9E37_79B9)).collect();
    swarm.initial = vec![
        Words::from(&*words),
        Words::default(),
        Words::default(),
        Words::from(&FIRST_EXTREMES[..]),
    ];
    swarm
}

/// The columns of the swarm after so many ticks, worked out node by node.
pub fn plain(swarm: &Swarm, counters: usize, ticks: u32) -> Vec<Vec<u32>> {
    let mut words = swarm.initial[0].to_vec();
    let mut previous = vec![0; words.len()];
    let mut counts = vec![0u64; counters];
    let mut extremes = FIRST_EXTREMES;
    for tick in 0..ticks {
        previous.copy_from_slice(&words);
        for (i, word) in words.iter_mut().enumerate() {
            if OWN.is_active(i as u32, tick) {
                *word = next(*word);
                counts[0] += 1;
                counts[1] += 0xFFFF_FFFF;
                let own = &mut counts[2 + i % (counters - 2)];
                *own = own.wrapping_add(share(*word));
                extremes[0] = extremes[0].max(*word);
                extremes[1] = extremes[1].min(*word);
                extremes[2] |= *word & 0x1010_1010;
                extremes[3] &= *word | 0xFFFF_0000;
            }
        }
        let mixed = (counts[2] as u32).wrapping_add(extremes[0]);
        for (i, word) in words.iter_mut().enumerate() {
            if swarm.plan.schedule.is_active(i as u32, tick) {
                *word ^= mixed;
            }
        }
    }
    let halves = |shift: u32| counts.iter().map(move |count| (count >> shift) as u32);
    vec![
        words,
        previous,
        halves(0).chain(halves(32)).collect(),
        extremes.to_vec(),
    ]
}
