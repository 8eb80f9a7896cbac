//! Nodes that hold opinions: how many hold which, and who has decided. Twin: `shaders/measure/opinion.wgsl`.
//!
//! The lower 16 bits of a word are the opinion, numbered from 1, 0 for none; the uppermost bit says that the node has decided
//! and will not change its opinion any more. What a rule keeps in the bits between is its own.

use super::{Figure, Gauge, Reading, Talk, Tally, count};
use crate::plan::ColumnId;
use crate::shader::{Module, module};
use crate::traffic::Traffic;
use serde::Serialize;
use std::ops::Range;

/// The bits of a word that hold the opinion.
pub const OPINION: u32 = 0xFFFF;

/// The bit of a node that has decided.
pub const DECIDED: u32 = 1 << 31;

/// How many opinions get a figure each.
const MOST_FIGURES: usize = 16;

/// What the nodes think; all of it is of honest nodes that are up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opinions {
    /// The opinion that most nodes hold, of equals the lowest; nothing if nobody has any.
    pub leader: Option<u32>,
    /// The share of the nodes that hold it; nothing if there are no nodes.
    pub agreement: Option<f64>,
    /// Nodes without an opinion.
    pub undecided: u64,
    /// Nodes that have decided, and stay with their opinion.
    pub decided: u64,
    /// Those of them whose opinion is not the one that most nodes had at tick 0, of equals the lowest.
    pub decided_wrong: u64,
    /// Nodes that hold each opinion, decided or not, in the opinions' order.
    pub opinions: Vec<u64>,
}

impl Opinions {
    /// Nodes that hold the leading opinion.
    #[must_use]
    pub fn leading(&self) -> u64 {
        self.leader.map_or(0, |leader| self.opinions[leader as usize - 1])
    }

    /// With 16 opinions or fewer, a figure for each; with more, one for the leader.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let unit = "nodes";
        let about_leader = "The opinion that most honest nodes that are up hold, of equals the lowest; null for none";
        let about_wrong = "Honest nodes that are up and have decided for another opinion than most nodes had at tick 0";
        let mut all = vec![
            Figure::new("leader", "opinion", about_leader, self.leader),
            Figure::new(
                "agreement",
                "share",
                "Share of the honest nodes that are up that hold the leading opinion; null where there are none",
                self.agreement,
            ),
            Figure::new(
                "undecided",
                unit,
                "Honest nodes that are up and have no opinion",
                self.undecided,
            ),
            Figure::new(
                "decided",
                unit,
                "Honest nodes that are up and have decided for good",
                self.decided,
            ),
            Figure::new("decided_wrong", unit, about_wrong, self.decided_wrong),
        ];
        if self.opinions.len() <= MOST_FIGURES {
            all.extend((1..).zip(&self.opinions).map(|(opinion, &nodes)| {
                let about = "Honest nodes that are up and hold the opinion of this number";
                Figure::new(format!("opinion_{opinion}"), unit, about, nodes)
            }));
        } else {
            let about = "Honest nodes that are up and hold the leading opinion";
            all.push(Figure::new("leading", unit, about, self.leading()));
        }
        all
    }
}

/// Whom the nodes of a rule ask: one that takes part and acts asks `samples` nodes iff the bits `mask` of its word, as it is
/// after the tick, are `value`. With 0 for both, every one asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How many nodes it asks, one drawn twice counted twice.
    pub samples: u32,
    /// The bits of the word to look at.
    pub mask: u32,
    /// What they are in a word of a node that has asked.
    pub value: u32,
}

impl Asked {
    /// Every node asks so many.
    #[must_use]
    pub fn all(samples: u32) -> Self {
        Self {
            samples,
            mask: 0,
            value: 0,
        }
    }
}

/// Reads a column of opinions.
///
/// How far the swarm is from agreement is the number of counted nodes, honest and up, that do not hold the leading opinion.
#[derive(Clone, Copy, Debug)]
pub struct OpinionGauge {
    /// The opinions.
    pub column: ColumnId,
    /// How many there are.
    pub opinions: u32,
    /// Whether nodes decide, which costs as many classes again.
    pub decides: bool,
    /// The opinion that most nodes had at tick 0: [`crate::rule::OpinionStart::favourite`].
    pub right: u32,
    /// How many nodes a node asks.
    pub asked: Asked,
}

impl OpinionGauge {
    /// Classes: nodes without an opinion, nodes with each opinion; then those that have decided alike.
    fn classes(&self) -> usize {
        self.opinions as usize + 1
    }

    /// Nodes that hold each opinion from 0 on, decided or not.
    fn held(&self, bins: &[u32]) -> Vec<u64> {
        let mut held = vec![0; self.classes()];
        for class in bins.chunks(self.classes()) {
            for (held, &nodes) in held.iter_mut().zip(class) {
                *held += u64::from(nodes);
            }
        }
        held
    }
}

/// So many tables count at once: words are often like the one before, and a count has to wait for the last of the same.
const TABLES: usize = 4;

/// Counts the words' classes in [`TABLES`] tables of the same length, the last place of which is for what is in no class.
fn add_all(words: &[u32], classes: u32, tables: &mut [u32]) {
    let none = (tables.len() / TABLES).saturating_sub(1);
    let class = |word: u32| {
        let opinion = word & OPINION;
        let class = (opinion + if word & DECIDED == 0 { 0 } else { classes }) as usize;
        if opinion < classes { class.min(none) } else { none }
    };
    let (first, rest) = tables.split_at_mut(none + 1);
    let (second, rest) = rest.split_at_mut(none + 1);
    let (third, fourth) = rest.split_at_mut(none + 1);
    let (groups, last) = words.as_chunks::<TABLES>();
    for &[a, b, c, d] in groups {
        first[class(a)] += 1;
        second[class(b)] += 1;
        third[class(c)] += 1;
        fourth[class(d)] += 1;
    }
    for &word in last {
        first[class(word)] += 1;
    }
}

/// The opinion that most hold, of equals the lowest, and how many do; 0 if nobody holds any.
fn leader(held: &[u64]) -> (u32, u64) {
    let mut best = (0, 0);
    for (opinion, &nodes) in (0..).zip(held).skip(1) {
        if nodes > best.1 {
            best = (opinion, nodes);
        }
    }
    best
}

impl Gauge for OpinionGauge {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.column)]
    }

    fn bins(&self) -> u32 {
        (self.opinions + 1) * if self.decides { 2 } else { 1 }
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("measure/opinion")
                .with("OPINIONS", self.opinions)
                .with("ASK_SAMPLES", self.asked.samples)
                .with("ASK_MASK", self.asked.mask)
                .with("ASK_VALUE", self.asked.value),
        ]
    }

    fn spread_module(&self) -> Module {
        module!("measure/spread-opinion").with("OPINIONS", self.opinions)
    }

    fn talk(&self) -> Talk {
        Talk::Asks
    }

    fn asked(&self, columns: &[&[u32]], node: u32, _tick: u32) -> u32 {
        let word = columns.first().map_or(0, |words| words[node as usize]);
        if word & self.asked.mask == self.asked.value {
            self.asked.samples
        } else {
            0
        }
    }

    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let Some(words) = columns.first() else { return };
        let words = &words[nodes.start as usize..nodes.end as usize];
        let bins = tally.bins.len();
        let mut tables = vec![0; TABLES * (bins + 1)];
        if traffic.has_faults() {
            let counting = nodes.zip(words).filter(|(i, _)| traffic.takes_part(*i));
            let counting: Vec<u32> = counting.map(|(_, &word)| word).collect();
            add_all(&counting, self.opinions + 1, &mut tables);
        } else {
            add_all(words, self.opinions + 1, &mut tables);
        }
        let mut counted = 0;
        for table in tables.chunks(bins + 1) {
            counted += table.iter().copied().map(u64::from).sum::<u64>();
            for (bin, &nodes) in tally.bins.iter_mut().zip(table) {
                *bin += nodes;
            }
        }
        if counted > 0 {
            // The value that the shader reads is 0.
            tally.minimum = tally.minimum.min(0);
            tally.maximum = tally.maximum.max(0);
            tally.counts[count::COUNTED] += counted;
        }
    }

    fn spread(&self, tally: &Tally) -> u32 {
        let (_, leading) = leader(&self.held(&tally.bins));
        tally.counts[count::COUNTED].saturating_sub(leading) as u32
    }

    fn reading(&self, tally: &Tally) -> Reading {
        let held = self.held(&tally.bins);
        let (leader, leading) = leader(&held);
        let deciders = tally.bins.get(self.classes()..).unwrap_or_default();
        let decided: u64 = deciders.iter().copied().map(u64::from).sum();
        let right = deciders.get(self.right as usize).map_or(0, |&nodes| nodes.into());
        Reading::Opinion(Opinions {
            leader: (leader > 0).then_some(leader),
            agreement: tally.counted().map(|counted| leading as f64 / counted as f64),
            undecided: held[0],
            decided,
            decided_wrong: decided - right,
            opinions: held[1..].to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Schedule;

    fn gauge(decides: bool) -> OpinionGauge {
        OpinionGauge {
            column: ColumnId(0),
            opinions: 3,
            decides,
            right: 2,
            asked: Asked {
                samples: 5,
                mask: 1 << 30,
                value: 0,
            },
        }
    }

    fn read(gauge: OpinionGauge, words: &[u32]) -> (u32, Opinions) {
        let mut tally = Tally::nothing(gauge.bins());
        let traffic = Traffic::new(Schedule::Always, 0, None);
        gauge.add(&[words], &traffic, 0..words.len() as u32, &mut tally);
        let Reading::Opinion(opinions) = gauge.reading(&tally) else {
            panic!()
        };
        (gauge.spread(&tally), opinions)
    }

    #[test]
    fn opinions_are_counted() {
        let (spread, read) = read(gauge(false), &[1, 2, 2, 0, 3 | 7 << 16, 3, 0, 1]);
        assert_eq!(spread, 6);
        assert_eq!(
            read,
            Opinions {
                leader: Some(1),
                agreement: Some(0.25),
                undecided: 2,
                decided: 0,
                decided_wrong: 0,
                opinions: vec![2, 2, 2],
            }
        );
    }

    #[test]
    fn those_that_have_decided_count_for_their_opinion_too() {
        let (spread, read) = read(gauge(true), &[1 | DECIDED, 1, 2 | DECIDED | 1 << 30, 3 | DECIDED, 0]);
        assert_eq!(
            (spread, read.leader, read.decided, read.decided_wrong),
            (3, Some(1), 3, 2)
        );
        assert_eq!(
            (read.opinions.as_slice(), read.undecided, read.leading()),
            (&[2, 1, 1][..], 1, 2)
        );
    }

    #[test]
    fn nobody_agrees_with_nobody() {
        let (_, nothing) = read(gauge(true), &[]);
        assert_eq!((nothing.leader, nothing.agreement), (None, None));
        let (spread, none) = read(gauge(true), &[0, 0]);
        assert_eq!(
            (spread, none.leader, none.agreement, none.undecided),
            (2, None, Some(0.0), 2)
        );
    }

    #[test]
    fn only_words_with_the_bits_have_asked() {
        let asked = |node| gauge(true).asked(&[&[3, 3 | 1 << 30]], node, 0);
        assert_eq!((asked(0), asked(1)), (5, 0));
    }
}
