//! What a cell's strategy sets, and what the cell earns. Twin: `shaders/part/work/learnt.wgsl`.

use super::order::Next;
use super::own::{Dispatches, Orders, dispatch_modules, is_changing};
use super::source::Stretch;
use crate::column::ColumnId;
use crate::number::threefry2x32;
use crate::part::work::choices::{PAUSES, counted, earned};
use crate::part::work::{Pay, Switch};
use crate::shader::{Module, module};
use crate::timing::Schedule;

/// The strategies as tables in the column `workload`.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The strategies' column.
    pub strategy: ColumnId,
    /// The column of what each cell has earned.
    pub earned: ColumnId,
    /// The share of the results that are verified, in 2^-32, of a cell that holds nothing, and of each strategy.
    pub verify: Stretch,
    /// The pauses after each number of refusals, [`PAUSES`] for each of the same.
    pub pauses: Stretch,
    /// What counts how much.
    pub pay: Pay,
    /// What a committed result of each tier counts, if not all count the same.
    pub tiers: Option<Stretch>,
    /// The probability, in 2^-32, that a committed result is looked at once more; `u32::MAX` is certain.
    pub audit: u32,
    /// What the draws of these depend on.
    pub audit_key: u32,
    /// After so many ticks what is wrong is found out.
    pub audit_delay: u32,
    /// Who is served first, if a strategy sets it.
    pub orders: Option<Orders>,
    /// In which ticks a cell dispatches, if a strategy sets it.
    pub dispatches: Option<Dispatches>,
    /// What it takes to change.
    pub change: Switch,
    /// Which word of what a cell has earned is the first of the account's, if strategies are accounted for.
    pub account: Option<u32>,
}

/// What a cell's strategy sets in a tick, and what it earns there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice<'a> {
    pub of: &'a Learnt,
    /// The share of the results that are verified.
    pub verify: u32,
    /// The pauses after each number of refusals.
    pub pauses: &'a [u32],
    /// What it has earned.
    pub earned: i32,
    /// How many wrong results are found out.
    pub found: u32,
    /// Who is served first, if that is of its choice.
    pub next: Option<&'a Next>,
    strategy: u32,
    /// What a committed result of each tier counts, if not all count the same.
    points: Option<&'a [u32]>,
    /// What came of the cell's work in this tick: see [`counted`].
    counts: [u32; counted::ALL],
}

impl Learnt {
    /// What a strategy sets.
    #[inline]
    pub(super) fn choice<'a>(&'a self, tables: &'a [u32], strategy: u32) -> Choice<'a> {
        let held = strategy;
        let strategy = strategy as usize;
        Choice {
            of: self,
            next: self.orders.as_ref().map(|orders| &orders.list[strategy]),
            strategy: held,
            points: self.tiers.as_ref().map(|tiers| &tables[tiers.clone()]),
            verify: tables[self.verify.start + strategy],
            pauses: &tables[self.pauses.start + PAUSES * strategy..][..PAUSES],
            earned: 0,
            found: 0,
            counts: [0; counted::ALL],
        }
    }

    /// Whether cells dispatch in ticks of their own choice, and not just in those in which they act.
    pub(super) fn dispatches_by_choice(&self) -> bool {
        self.dispatches.is_some() || self.change.ticks > 0
    }

    /// What of it is each cell's own, for `--explain`.
    pub(super) fn describe(&self) -> String {
        let own = [
            ("order", self.orders.is_some()),
            ("dispatch", self.dispatches.is_some()),
        ];
        let own: Vec<&str> = own
            .iter()
            .filter(|(_, is_own)| *is_own)
            .map(|(name, _)| *name)
            .collect();
        let mut text = match own.is_empty() {
            true => String::new(),
            false => format!("; {} by strategy", own.join(" and ")),
        };
        if self.change.ticks > 0 {
            text += &format!("; {} ticks to change it", self.change.ticks);
        }
        text
    }

    /// The shader's side of whether a cell may dispatch, if that is of its choice.
    pub(super) fn dispatching(&self) -> Vec<Module> {
        dispatch_modules(self.dispatches.as_ref(), self.change)
    }

    /// The shader's side.
    pub(super) fn modules(&self) -> [Module; 3] {
        let points = match &self.tiers {
            Some(tiers) => module!("part/work/points-tiers").with("POINTS_AT", tiers.start as u32),
            None => module!("part/work/points").with("PAY_COMMIT", self.pay.commit as u32),
        };
        let learnt = module!("part/work/learnt")
            .with("VERIFY_AT", self.verify.start as u32)
            .with("PAY_REJECT", self.pay.reject as u32)
            .with("PAY_WAIT", self.pay.wait as u32)
            .with("PAY_MESSAGE", self.pay.message as u32)
            .with("AUDIT", self.audit)
            .with("AUDIT_KEY", self.audit_key)
            .with("AUDIT_DELAY", self.audit_delay)
            .with("AUDIT_EPOCH", self.change.every)
            .with("ACCOUNT_AT", self.account.unwrap_or_default());
        let retry = module!("part/work/retry-learnt")
            .with("PAUSES_AT", self.pauses.start as u32)
            .with("PAUSES", PAUSES as u32);
        [retry, points, learnt]
    }
}

impl Choice<'_> {
    /// Whether the cell may dispatch in a tick in which it acts, or does not, by the scenario's timing. `before` is what it held when all
    /// last decided.
    #[inline]
    pub fn may_dispatch(&self, acts: bool, (cell, tick): (u32, u32), before: u32) -> bool {
        let change = self.of.change;
        if change.ticks > 0 && is_changing(change, tick, before, self.strategy) {
            return false;
        }
        let schedule = self.of.dispatches.as_ref();
        let schedule: Option<Schedule> = schedule.and_then(|dispatches| dispatches.list[self.strategy as usize]);
        schedule.map_or(acts, |schedule| schedule.is_active(cell, tick))
    }

    /// So many messages were sent.
    #[inline]
    pub fn messages(&mut self, count: u32) {
        self.counts[counted::MESSAGES] += count;
        self.earned = self.earned.wrapping_sub(self.of.pay.message.wrapping_mul(count as i32));
    }

    /// A result was committed, of a task with this tier, origin, tick and number of rejections.
    #[inline]
    pub fn commit(&mut self, [tier, origin]: [u32; 2], [tick, tries]: [u32; 2], is_wrong: bool) {
        let points = self
            .points
            .map_or(self.of.pay.commit, |points| points[tier as usize] as i32);
        self.earned = self.earned.wrapping_add(points);
        self.counts[counted::COMMITTED] += 1;
        self.counts[counted::WRONG] += u32::from(is_wrong);
        if self.of.audit == 0 {
            return;
        }
        let draw = threefry2x32([self.of.audit_key, origin], [tick, tries])[0];
        if draw < self.of.audit || self.of.audit == u32::MAX {
            self.messages(1);
            self.found += u32::from(is_wrong);
        }
    }

    /// A result was rejected.
    #[inline]
    pub fn reject(&mut self) {
        self.counts[counted::REJECTED] += 1;
        self.earned = self.earned.wrapping_sub(self.of.pay.reject);
    }

    /// A tick ends in which so many tasks wait.
    #[inline]
    pub fn wait(&mut self, tasks: u32) {
        self.counts[counted::WAITED] = tasks;
        self.earned = self.earned.wrapping_sub(self.of.pay.wait.wrapping_mul(tasks as i32));
    }

    /// Adds what was earned to the cell's words.
    #[inline]
    pub fn put(&self, lanes: &mut [&mut [u32]], cell: usize, tick: u32) {
        let now = &mut lanes[earned::NOW][cell];
        *now = now.wrapping_add(self.earned as u32);
        if self.found != 0 {
            let is_soon = tick % self.of.change.every + self.of.audit_delay < self.of.change.every;
            let lane = if is_soon { earned::FOUND_BEFORE } else { earned::FOUND };
            lanes[lane][cell] += self.found;
        }
        if let Some(first) = self.of.account {
            let lanes = lanes.get_mut(first as usize..).unwrap_or_default();
            for (lane, count) in lanes.iter_mut().zip(self.counts) {
                lane[cell] = lane[cell].wrapping_add(count);
            }
        }
    }
}
