//! What a cell's strategy sets, and what the cell earns. Twin: `shaders/part/work/learnt.wgsl`.

use super::source::Stretch;
use crate::column::ColumnId;
use crate::number::threefry2x32;
use crate::part::work::Pay;
use crate::part::work::choices::{PAUSES, earned};
use crate::shader::{Module, module};

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
    /// The probability, in 2^-32, that a committed result is looked at once more; `u32::MAX` is certain.
    pub audit: u32,
    /// What the draws of these depend on.
    pub audit_key: u32,
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
}

impl Learnt {
    /// What a strategy sets.
    #[inline]
    pub(super) fn choice<'a>(&'a self, tables: &'a [u32], strategy: u32) -> Choice<'a> {
        let strategy = strategy as usize;
        Choice {
            of: self,
            verify: tables[self.verify.start + strategy],
            pauses: &tables[self.pauses.start + PAUSES * strategy..][..PAUSES],
            earned: 0,
            found: 0,
        }
    }

    /// The shader's side.
    pub(super) fn modules(&self) -> [Module; 2] {
        let learnt = module!("part/work/learnt")
            .with("VERIFY_AT", self.verify.start as u32)
            .with("PAY_COMMIT", self.pay.commit as u32)
            .with("PAY_REJECT", self.pay.reject as u32)
            .with("PAY_WAIT", self.pay.wait as u32)
            .with("PAY_MESSAGE", self.pay.message as u32)
            .with("AUDIT", self.audit)
            .with("AUDIT_KEY", self.audit_key);
        let retry = module!("part/work/retry-learnt")
            .with("PAUSES_AT", self.pauses.start as u32)
            .with("PAUSES", PAUSES as u32);
        [retry, learnt]
    }
}

impl Choice<'_> {
    /// So many messages were sent.
    #[inline]
    pub fn messages(&mut self, count: u32) {
        self.earned = self.earned.wrapping_sub(self.of.pay.message.wrapping_mul(count as i32));
    }

    /// A result was committed, of a task with this origin, tick and number of rejections.
    #[inline]
    pub fn commit(&mut self, origin: u32, [tick, tries]: [u32; 2], is_wrong: bool) {
        self.earned = self.earned.wrapping_add(self.of.pay.commit);
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
        self.earned = self.earned.wrapping_sub(self.of.pay.reject);
    }

    /// A tick ends in which so many tasks wait.
    #[inline]
    pub fn wait(&mut self, tasks: u32) {
        self.earned = self.earned.wrapping_sub(self.of.pay.wait.wrapping_mul(tasks as i32));
    }

    /// Adds what was earned to the cell's words.
    #[inline]
    pub fn put(&self, lanes: &mut [&mut [u32]], cell: usize) {
        let now = &mut lanes[earned::NOW][cell];
        *now = now.wrapping_add(self.earned as u32);
        lanes[earned::FOUND][cell] += self.found;
    }
}
