//! Nodes that hold opinions: how many hold which, and who has decided. Twin: `shaders/part/consensus/gauge/opinion.wgsl`.
//!
//! The lower 16 bits of a word are the opinion, numbered from 1, 0 for none; the uppermost bit says that the node has decided
//! and will not change its opinion any more. What a rule keeps in the bits between is its own.

use super::lines;
use crate::column::{ColumnId, Reach};
use crate::gauge::{
    Accumulator, Figure, Figures, Form, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Term, Told,
};
use crate::shader::{Module, module};
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
}

impl Figures for Opinions {
    /// With 16 opinions or fewer, a figure for each; with more, one for the leader.
    fn figures(&self) -> Vec<Figure> {
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

    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        lines::of_opinions(self, told)
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
    /// The opinion that most nodes had at tick 0: [`crate::part::consensus::OpinionStart::favourite`].
    pub right: u32,
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

/// The accumulators' numbers.
mod at {
    pub const COUNTED: usize = 0;
    pub const OPINIONS: usize = 1;
}

impl Gauge for OpinionGauge {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.column)]
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        let bins = (self.opinions + 1) * if self.decides { 2 } else { 1 };
        vec![
            Accumulator::new("counted", Op::Count),
            Accumulator::new("opinions", Op::Bins(bins)),
        ]
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/consensus/gauge/opinion").with("OPINIONS", self.opinions)]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let Some(words) = seen.columns.first() else { return };
        let words = &words[nodes.start as usize..nodes.end as usize];
        let bins = tally.list(at::OPINIONS).len();
        let mut tables = vec![0; TABLES * (bins + 1)];
        if seen.traffic.has_faults() {
            let counting = nodes.zip(words).filter(|(i, _)| seen.traffic.takes_part(*i));
            let counting: Vec<u32> = counting.map(|(_, &word)| word).collect();
            add_all(&counting, self.opinions + 1, &mut tables);
        } else {
            add_all(words, self.opinions + 1, &mut tables);
        }
        let mut counted = 0;
        for table in tables.chunks(bins + 1) {
            counted += table.iter().copied().map(u64::from).sum::<u64>();
            for (bin, &nodes) in tally.list_mut(at::OPINIONS).iter_mut().zip(table) {
                *bin += nodes;
            }
        }
        tally.add(at::COUNTED, counted);
    }

    fn indicators(&self) -> Vec<Indicator> {
        let classes = self.opinions + 1;
        let rest = Form::Rest {
            counted: at::COUNTED,
            bins: at::OPINIONS,
            classes,
        };
        let undecided = (0..if self.decides { 2 } else { 1 })
            .map(|k| Term::Bins(at::OPINIONS, k * classes..k * classes + 1))
            .collect();
        let mut all = vec![
            Indicator::new("spread", rest).of(at::COUNTED).about(
                "nodes",
                "How far the swarm is from agreement: how many do not hold the leading opinion; null where no honest node is up",
            ),
            Indicator::new("undecided", Form::Sum(undecided)).of_nodes(),
            Indicator::value("counted", at::COUNTED),
        ];
        if self.decides {
            let decided = vec![Term::Bins(at::OPINIONS, classes..2 * classes)];
            all.push(Indicator::new("decided", Form::Sum(decided)).of_nodes());
        }
        all
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let bins = tally.list(at::OPINIONS);
        let held = self.held(bins);
        let (leader, leading) = leader(&held);
        let deciders = bins.get(self.classes()..).unwrap_or_default();
        let decided: u64 = deciders.iter().copied().map(u64::from).sum();
        let right = deciders.get(self.right as usize).map_or(0, |&nodes| nodes.into());
        let counted = Some(tally.count(at::COUNTED)).filter(|&nodes| nodes > 0);
        let opinions = Opinions {
            leader: (leader > 0).then_some(leader),
            agreement: counted.map(|counted| leading as f64 / counted as f64),
            undecided: held[0],
            decided,
            decided_wrong: decided.saturating_sub(right),
            opinions: held[1..].to_vec(),
        };
        Reading::new(self.name(), opinions)
    }
}

impl Measurement {
    /// The opinions' figures, where nodes hold opinions.
    #[must_use]
    pub fn opinions(&self) -> Option<&Opinions> {
        self.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hear::Traffic;
    use crate::timing::Schedule;

    fn gauge(decides: bool) -> OpinionGauge {
        OpinionGauge {
            column: ColumnId(0),
            opinions: 3,
            decides,
            right: 2,
        }
    }

    fn read(gauge: OpinionGauge, words: &[u32]) -> (Option<i64>, Opinions) {
        let mut tally = Tally::nothing(&gauge.accumulators());
        let seen = Seen {
            columns: &[words],
            topology: &crate::topology::Circulant::new("ring", 8, [1]).unwrap(),
            traffic: &Traffic::new(Schedule::Always, 0, None),
            ticks: 0,
        };
        gauge.add(&seen, 0..words.len() as u32, &mut tally);
        let opinions = gauge.reading(&tally, 0).get::<Opinions>().unwrap().clone();
        (gauge.indicators()[0].read(&tally), opinions)
    }

    #[test]
    fn opinions_are_counted() {
        let (spread, read) = read(gauge(false), &[1, 2, 2, 0, 3 | 7 << 16, 3, 0, 1]);
        assert_eq!(spread, Some(6));
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
            (Some(3), Some(1), 3, 2)
        );
        assert_eq!(
            (read.opinions.as_slice(), read.undecided, read.leading()),
            (&[2, 1, 1][..], 1, 2)
        );
    }

    #[test]
    fn nobody_agrees_with_nobody() {
        let (spread, nothing) = read(gauge(true), &[]);
        assert_eq!(spread, None);
        assert_eq!((nothing.leader, nothing.agreement), (None, None));
        let (spread, none) = read(gauge(true), &[0, 0]);
        assert_eq!(
            (spread, none.leader, none.agreement, none.undecided),
            (Some(2), None, Some(0.0), 2)
        );
    }
}
