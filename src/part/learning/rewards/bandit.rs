//! The reward `bandit`: options, each of which succeeds with a rate of its own. Twin: `shaders/part/learning/bandit.wgsl`.

use crate::error::Error;
use crate::fault::Domain;
use crate::number::threefry2x32;
use crate::part::learning::account::{AccountStep, CensusStep};
use crate::part::learning::ledger;
use crate::part::learning::reward::{Given, Rewards};
use crate::part::learning::site::Site;
use crate::plan::{Access, Binding, ColumnId, Extent};
use crate::shader::{Module, module};
use crate::step::counters;
use crate::traffic::Traffic;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Options that succeed with rates of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bandit {
    /// The probability of success of each option, in their order.
    #[schemars(length(min = 1, max = 16), inner(range(min = 0, max = 1)))]
    pub rates: Vec<f64>,
    /// Whose success is seen.
    #[serde(default)]
    pub signal: Signal,
    /// Other rates from some ticks on, in the order of the ticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 15))]
    pub changes: Vec<Change>,
}

/// Whose success is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Each option succeeds or fails in a tick, for everybody alike, and everybody sees it.
    #[default]
    Common,
    /// Each node succeeds or fails in a tick by the rate of its own option, and tells it.
    Own,
}

/// Rates from a tick on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The first tick in which they hold.
    #[schemars(range(min = 1))]
    pub tick: u32,
    /// As many as before.
    #[schemars(length(min = 1, max = 16), inner(range(min = 0, max = 1)))]
    pub rates: Vec<f64>,
}

/// A probability in 2^-31, so that 1 is certain.
pub(in crate::part::learning) fn share(probability: f64) -> u32 {
    // Exact: scaling by a power of two loses nothing.
    (probability * 2_147_483_648.0).round() as u32
}

/// The rates of all options, period by period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// The first tick of each period, ascending from 0.
    starts: Vec<u32>,
    /// Of each period: 0, which is the rate of none, and the rate of each option, in 2^-31.
    rates: Vec<Vec<u32>>,
}

impl Rates {
    fn new(bandit: &Bandit) -> Self {
        let row = |rates: &[f64]| {
            std::iter::once(0)
                .chain(rates.iter().map(|&rate| share(rate)))
                .collect()
        };
        let changes = || bandit.changes.iter();
        Self {
            starts: std::iter::once(0).chain(changes().map(|change| change.tick)).collect(),
            rates: std::iter::once(row(&bandit.rates))
                .chain(changes().map(|change| row(&change.rates)))
                .collect(),
        }
    }

    /// How many periods there are.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.starts.len()
    }

    /// The first tick of a period.
    #[must_use]
    pub fn start(&self, period: usize) -> u32 {
        self.starts[period]
    }

    /// The period of a tick.
    #[must_use]
    pub fn period(&self, tick: u32) -> usize {
        self.starts.partition_point(|&start| start <= tick).saturating_sub(1)
    }

    /// The rates in a tick, in 2^-31: of none, which is 0, then of each option.
    #[must_use]
    pub fn at(&self, tick: u32) -> &[u32] {
        &self.rates[self.period(tick)]
    }

    /// How far each rate in a tick is below the best, in 2^-31; none has no place here, and is 0.
    #[must_use]
    pub fn gaps(&self, tick: u32) -> Vec<u32> {
        let rates = self.at(tick);
        let best = rates.iter().copied().max().unwrap_or(0);
        let gap = |(option, &rate): (usize, &u32)| if option == 0 { 0 } else { best - rate };
        rates.iter().enumerate().map(gap).collect()
    }

    /// Row by row, a period each: its first tick, and the rate of each option.
    fn words(&self) -> Vec<u32> {
        let row = |(start, rates): (&u32, &Vec<u32>)| {
            std::iter::once(*start)
                .chain(rates[1..].iter().copied())
                .collect::<Vec<_>>()
        };
        self.starts.iter().zip(&self.rates).flat_map(row).collect()
    }
}

/// The bits that a bandit gives.
#[derive(Clone, Debug)]
pub struct Bits {
    /// Whose success is seen.
    pub signal: Signal,
    key: [u32; 2],
    /// The rates.
    pub rates: Arc<Rates>,
    options: u32,
    table: ColumnId,
}

/// The binding slot of the table of rates.
const RATES: u32 = 5;

impl Bits {
    /// What is drawn for an option, or a node, in a tick: 31 bits.
    #[inline(always)]
    #[must_use]
    pub fn draw(&self, index: u32, tick: u32) -> u32 {
        threefry2x32(self.key, [index, tick])[0] >> 1
    }

    /// The key of the draws.
    pub(in crate::part::learning) fn key(&self) -> [u32; 2] {
        self.key
    }

    /// Which options succeed for everybody in a tick: a bit each, from the second lowest on.
    #[must_use]
    pub fn common(&self, tick: u32) -> u32 {
        let rates = self.rates.at(tick);
        let succeeds = |&option: &u32| self.draw(option, tick) < rates[option as usize];
        (1..=self.options)
            .filter(succeeds)
            .fold(0, |mask, option| mask | 1 << option)
    }

    /// Whether node j succeeds with an option.
    #[inline]
    #[must_use]
    pub fn succeeds(&self, j: u32, option: u32, tick: u32) -> bool {
        let index = if self.signal == Signal::Common { option } else { j };
        self.rates
            .at(tick)
            .get(option as usize)
            .is_some_and(|&rate| self.draw(index, tick) < rate)
    }

    /// What i hears of it: a liar says what it likes, 1 for failure and 2 for success. What is common, everybody sees.
    #[inline]
    #[must_use]
    pub fn told(&self, traffic: &Traffic<'_>, (j, i): (u32, u32), option: u32) -> bool {
        let bit = self.succeeds(j, option, traffic.tick());
        if self.signal == Signal::Common || i == j {
            return bit;
        }
        let word = 1 + u32::from(bit);
        traffic.told(j, i, word, word) == 2
    }

    /// The table, for the shader.
    pub fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(RATES, self.table, Access::Read)]
    }

    /// The shader's side: `succeeds`, `told_success`, `rate`.
    pub fn modules(&self) -> Vec<Module> {
        let bandit = module!("part/learning/bandit")
            .with("SUCCESS_KEY", self.key[0])
            .with("SUCCESS_SALT", self.key[1])
            .with("IS_COMMON", u32::from(self.signal == Signal::Common));
        vec![self.rates_module(), bandit]
    }

    /// The shader's side of the table alone.
    pub fn rates_module(&self) -> Module {
        module!("part/learning/rates")
            .with("PERIODS", self.rates.periods() as u32)
            .with("OPTIONS", self.options)
    }
}

impl Bandit {
    fn check(&self) -> Result<(), Error> {
        let mut before = 0;
        for (at, change) in self.changes.iter().enumerate() {
            let key = |part: &str| format!("learning.reward.changes[{at}].{part}");
            if change.tick <= before {
                let message = format!(
                    "is {}, not above {before}; put changes in the order of their ticks, from 1 on",
                    change.tick
                );
                return Err(Error::invalid(key("tick"), message));
            }
            before = change.tick;
            if change.rates.len() != self.rates.len() {
                let message = format!(
                    "has {} rates, but there are {} options; give one for each",
                    change.rates.len(),
                    self.rates.len()
                );
                return Err(Error::invalid(key("rates"), message));
            }
        }
        let rates = std::iter::once(&self.rates).chain(self.changes.iter().map(|change| &change.rates));
        if let Some(rate) = rates.flatten().find(|rate| !(0.0..=1.0).contains(*rate)) {
            return Err(Error::invalid(
                "learning.reward.rates",
                format!("has {rate}; a rate is from 0 to 1"),
            ));
        }
        Ok(())
    }
}

impl Rewards for Bandit {
    fn strategies(&self, _named: usize) -> Result<usize, Error> {
        Ok(self.rates.len())
    }

    fn domain(&self) -> Option<Domain> {
        // 1 for failure, 2 for success.
        Some(Domain::Opinion(2))
    }

    fn later(&self, ticks: u32) -> usize {
        self.changes.iter().filter(|change| change.tick >= ticks).count()
    }

    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error> {
        self.check()?;
        let rates = Arc::new(Rates::new(self));
        let words = rates.words();
        let table = site
            .draft
            .column("learning.rates", Extent::Table(words.len() as u32), false);
        site.draft.first(table, Words::from(&*words));
        if let Some(last) = self.changes.last() {
            site.draft.changes_in(last.tick);
        }
        let bits = Bits {
            signal: self.signal,
            key: site.draft.key("learning.success"),
            options: site.strategies,
            rates,
            table,
        };
        let extent = Extent::Swarm(counters::words(ledger::ACCOUNTS) + bits.rates.periods() as u32);
        let account = site.draft.column("learning.account", extent, false);
        site.account = Some(account);
        site.draft.step(CensusStep::new(site.base(), bits.clone()));
        let step = AccountStep::new(site, bits.clone(), account);
        site.draft.step(step);
        Ok(Given::Bits(bits))
    }

    fn about(&self) -> String {
        let signal = match self.signal {
            Signal::Common => "an option succeeds for everybody alike",
            Signal::Own => "each node succeeds or fails for itself",
        };
        let changes = match self.changes.len() {
            0 => String::new(),
            1 => format!(", the rates change in tick {}", self.changes[0].tick),
            many => format!(", the rates change {many} times"),
        };
        format!("bandit, {} options, {signal}{changes}", self.rates.len())
    }
}
