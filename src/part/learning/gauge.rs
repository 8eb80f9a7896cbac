//! How nodes that learn are read. Twins: `shaders/part/learning/gauge*.wgsl`.

use super::fared;
use super::figures::Learnt;
use super::ledger;
use super::reward::Given;
use super::rewards::{Bits, Payoffs};
use super::site::Site;
use crate::column::{ColumnId, Reach};
use crate::counters::read64;
use crate::error::Error;
use crate::gauge::{Accumulator, Form, Gauge, Indicator, Measurement, Op, Reading, Seen, Tally, Term};
use crate::shader::{Module, module};
use crate::topology::Topology;
use std::ops::Range;

/// The accumulators' numbers.
mod at {
    pub const COUNTED: usize = 0;
    pub const LIARS: usize = 1;
    pub const HELD: usize = 2;
    pub const ENDS: usize = 3;
    pub const AGREE: usize = 4;
    pub const PAYOFF: usize = 5;
    pub const LEDGER: usize = 6;
    pub const ACCOUNT: usize = 7;
    pub const TALLY: usize = 7;
    pub const FOUND: usize = 8;
}

/// More links than this a node must not have for the links to be walked: software GPUs break longer loops off.
const MOST_LINKS: u32 = u16::MAX as u32;

/// Reads the strategies.
#[derive(Clone, Debug)]
pub struct LearningGauge {
    strategy: ColumnId,
    payoff: Option<ColumnId>,
    bits: Option<Bits>,
    ledger: ColumnId,
    account: Option<ColumnId>,
    /// Of work, where strategies are accounted for: the counters, and when nine tenths held each.
    of_work: Option<[ColumnId; 2]>,
    every: u32,
    names: Vec<String>,
    /// Whether the links are walked; of the complete graph they are known.
    is_walked: bool,
    is_complete: bool,
}

impl LearningGauge {
    /// The gauge of a site.
    pub(super) fn new(site: &Site<'_, '_>, names: Vec<String>, given: &Given) -> Self {
        let topology = site.draft.shared_topology();
        let is_complete = topology.regular_degree() == Some(topology.nodes().saturating_sub(1));
        let is_walked = !is_complete && topology.largest_degree() <= MOST_LINKS;
        let (bits, payoff) = match given {
            Given::Bits(bits) => (Some(bits.clone()), None),
            Given::Payoff(Payoffs::Bits(bits)) => (Some(bits.clone()), None),
            Given::Payoff(Payoffs::Column(column)) => (None, Some(*column)),
            Given::Stimuli(_) | Given::Scores(_) | Given::Told(_) => (None, None),
        };
        Self {
            strategy: site.strategy,
            payoff,
            bits,
            ledger: site.ledger,
            account: site.account,
            of_work: site.account_of_work,
            every: site.every.0,
            names,
            is_walked,
            is_complete,
        }
    }

    /// Adds up the link ends of some nodes whose both ends hold something, and how many hold the same.
    fn walk(topology: &dyn Topology, seen: &Seen<'_>, nodes: Range<u32>) -> (u64, u64) {
        let strategies = seen.columns[0];
        let is_held = |i: u32| strategies[i as usize] != 0 && seen.traffic.takes_part(i);
        let (mut ends, mut agree) = (0u64, 0u64);
        let mut count = |i: u32, j: u32| {
            if i != j && is_held(i) && is_held(j) {
                ends += 1;
                agree += u64::from(strategies[i as usize] == strategies[j as usize]);
            }
        };
        let mut list = vec![0; nodes.len()];
        for slot in 0..topology.slots_among(nodes.clone()) {
            let mut start = nodes.start;
            while start < nodes.end {
                let (neighbours, len) = topology.neighbours(slot, start..nodes.end, &mut list);
                let ids = neighbours.ids(start, &list);
                (0..len).for_each(|l| count(start + l, ids.at(l as usize)));
                start += len;
            }
        }
        if let Some(rows) = topology.rows() {
            for i in nodes {
                let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
                rows.ends[row].iter().for_each(|&j| count(i, j));
            }
        }
        (ends, agree)
    }
}

impl Gauge for LearningGauge {
    fn name(&self) -> &'static str {
        "learning"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let strategy = std::iter::once((2, self.strategy));
        strategy.chain(self.payoff.map(|payoff| (3, payoff))).collect()
    }

    fn reach(&self) -> Reach {
        if self.is_walked { Reach::Links } else { Reach::Own }
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        let mut all = vec![
            Accumulator::new("counted", Op::Count),
            Accumulator::new("liars", Op::Count),
            Accumulator::new("held", Op::Bins(self.names.len() as u32 + 1)),
            Accumulator::new("ends", Op::Sum),
            Accumulator::new("agree", Op::Sum),
            Accumulator::new("payoff", Op::Sum),
            Accumulator::new("ledger", Op::Column(self.ledger)),
        ];
        all.extend(
            self.account
                .map(|account| Accumulator::new("account", Op::Column(account))),
        );
        if let Some([tally, found]) = self.of_work {
            all.push(Accumulator::new("tally", Op::Column(tally)));
            all.push(Accumulator::new("found", Op::Column(found)));
        }
        all
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            match self.payoff {
                Some(_) => module!("part/learning/gauge-payoff"),
                None => module!("part/learning/gauge-payoff-none"),
            },
            match self.is_walked {
                true => module!("part/learning/gauge-links"),
                false => module!("part/learning/gauge-links-none"),
            },
            module!("part/learning/gauge").with("GAUGE_STRATEGIES", self.names.len() as u32),
        ]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let strategies = seen.columns[0];
        let (mut counted, mut liars, mut payoff) = (0u64, 0u64, 0i64);
        for i in nodes.clone() {
            if !seen.traffic.takes_part(i) {
                liars += u64::from(seen.traffic.is_up(i));
                continue;
            }
            counted += 1;
            let own = strategies[i as usize];
            if let Some(bin) = tally.list_mut(at::HELD).get_mut(own as usize) {
                *bin += 1;
            }
            if let Some(payoffs) = seen.columns.get(1).filter(|_| own != 0) {
                payoff += i64::from(payoffs[i as usize] as i32);
            }
        }
        tally.add(at::COUNTED, counted);
        tally.add(at::LIARS, liars);
        tally.add(at::PAYOFF, payoff);
        if self.is_walked {
            let (ends, agree) = Self::walk(seen.topology, seen, nodes);
            tally.add(at::ENDS, ends as i64);
            tally.add(at::AGREE, agree as i64);
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        let rest = Form::Rest {
            counted: at::COUNTED,
            bins: at::HELD,
            classes: self.names.len() as u32 + 1,
        };
        vec![
            Indicator::new("spread", rest).of(at::COUNTED).about(
                "nodes",
                "How many do not hold the strategy that most hold; null where no honest node is up",
            ),
            Indicator::new("idle", Form::Sum(vec![Term::Bins(at::HELD, 0..1)])),
            Indicator::value("counted", at::COUNTED),
        ]
    }

    fn reading(&self, tally: &Tally, ticks: u32) -> Reading {
        let held = tally.list(at::HELD);
        let count = |k: usize| held.get(k).copied().map_or(0, u64::from);
        let strategies: Vec<(String, u64)> = self.names.iter().cloned().zip((1..).map(count)).collect();
        let holders: u64 = strategies.iter().map(|(_, nodes)| nodes).sum();
        let some = |nodes: u64| (nodes > 0).then_some(nodes as f64);
        let pairs = |nodes: u64| nodes as f64 * (nodes as f64 - 1.0);
        let alike: f64 = strategies.iter().map(|(_, nodes)| pairs(*nodes)).sum();
        let chance = (holders > 1).then(|| alike / pairs(holders));
        let agreeing = match self.is_walked {
            true => some(tally.count(at::ENDS)).map(|ends| tally.count(at::AGREE) as f64 / ends),
            false if self.is_complete => chance,
            false => None,
        };
        let success = match &self.bits {
            None if self.payoff.is_none() => None,
            None => some(holders).map(|holders| tally.sum(at::PAYOFF) as f64 / holders),
            Some(bits) => {
                let rates = bits.rates.at(ticks.saturating_sub(1));
                let sum: f64 = (1..)
                    .zip(&strategies)
                    .map(|(k, (_, nodes)): (usize, _)| f64::from(rates[k]) * *nodes as f64)
                    .sum();
                some(holders).map(|holders| sum / 2_147_483_648.0 / holders)
            }
        };
        let counter = |at: u32| read64(tally.list(at::LEDGER), ledger::COUNTERS as usize, at as usize);
        let account = self.account.map_or(&[][..], |_| tally.list(at::ACCOUNT));
        let accounted = |at: u32| read64(account, ledger::ACCOUNTS as usize, at as usize);
        let fared = match self.of_work {
            Some(_) => fared::of(
                tally.list(at::TALLY),
                tally.list(at::FOUND),
                self.names.len() as u32,
                self.every,
            ),
            None => Vec::new(),
        };
        let learnt = Learnt {
            counted: tally.count(at::COUNTED),
            liars: tally.count(at::LIARS),
            idle: count(0),
            success,
            switches: counter(ledger::SWITCHED),
            looks: counter(ledger::ASKED),
            agreeing,
            chance,
            regret: some(accounted(ledger::DECISIONS))
                .map(|decisions| accounted(ledger::REGRET) as f64 / 2_147_483_648.0 / decisions),
            best_after: self.bits.iter().flat_map(|bits| best_after(bits, account)).collect(),
            strategies,
            every: self.every,
            fared,
        };
        Reading::new(self.name(), learnt)
    }

    /// Holders and those that hold nothing, and the liars, are all that are up; so that every strategy is one of the list.
    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let Some(learnt) = row.get::<Learnt>() else {
            return Ok(());
        };
        let found = learnt.holders() + learnt.idle + learnt.liars;
        if found == row.up && learnt.counted + learnt.liars == row.up {
            return Ok(());
        }
        Err(Error::Audit {
            tick: row.tick,
            quantity: "the number of nodes that hold a strategy of the list, hold none, or lie",
            expected: row.up.into(),
            found: found.into(),
        })
    }
}

/// For each period after how many of its ticks most held the best.
fn best_after(bits: &Bits, account: &[u32]) -> Vec<Option<u32>> {
    let of = |period: usize| {
        let word = account
            .get(ledger::found(period as u32) as usize)
            .copied()
            .filter(|&word| word != 0)?;
        Some((u32::MAX - word).saturating_sub(bits.rates.start(period)))
    };
    (0..bits.rates.periods()).map(of).collect()
}
