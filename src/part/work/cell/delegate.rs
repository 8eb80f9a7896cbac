//! What a cell does of tasks that are delegated: it gives orders, does its part, and takes in what has come of them. Twin:
//! `shaders/part/work/delegate.wgsl`.

use super::desk::Desk;
use crate::number::threefry2x32;
use crate::part::work::delegation::{order, part, result};
use crate::part::work::ledger::{of_all, of_tier};
use crate::part::work::{state, word};

/// The order and the part of one cell.
pub(super) struct Slots<'a, 'b> {
    /// The lanes of either column.
    pub order: &'a mut [&'b mut [u32]],
    pub part: &'a mut [&'b mut [u32]],
    /// The cell's place in them.
    pub at: usize,
    /// Tasks that need so many ticks or more are delegated.
    pub need: u32,
    /// Whether a part that is forgotten is still to be accounted for.
    pub accounts: bool,
}

impl Slots<'_, '_> {
    #[inline(always)]
    pub fn order(&self, word: usize) -> u32 {
        self.order[word][self.at]
    }

    #[inline(always)]
    fn part(&self, word: usize) -> u32 {
        self.part[word][self.at]
    }

    fn set_order(&mut self, word: usize, value: u32) {
        self.order[word][self.at] = value;
    }

    fn set_part(&mut self, word: usize, value: u32) {
        self.part[word][self.at] = value;
    }

    /// Whether the order is a whole task.
    #[inline(always)]
    pub fn has_task(&self) -> bool {
        self.order(order::PATH) == 1
    }

    /// There is an order.
    pub fn give(&mut self, [origin, record]: [u32; 2], path: u32, size: u32, tick: u32) {
        let attempt = self.order(order::ATTEMPT);
        for (word, value) in [origin, record, path, size, attempt, 0, tick, order::WAITS]
            .into_iter()
            .enumerate()
        {
            self.set_order(word, value);
        }
    }

    /// There is no order any more, and what children do of it counts no more.
    pub fn end_order(&mut self) {
        let attempt = self.order(order::ATTEMPT);
        (0..order::ALL).for_each(|word| self.set_order(word, 0));
        self.set_order(order::ATTEMPT, attempt.wrapping_add(1));
    }

    /// The bits that neighbours read.
    #[inline(always)]
    fn bits(&self) -> u32 {
        let path = self.order(order::PATH);
        let waits = path != 0 && self.order(order::STATE) & order::STANDS == order::WAITS;
        (if path == 1 { state::DELEGATED } else { 0 })
            | if waits { state::WANTS } else { 0 }
            | if self.part(part::PATH) != 0 { state::PARTED } else { 0 }
    }
}

impl Desk<'_, '_, '_> {
    /// How much of its room an order takes.
    #[inline(always)]
    pub(super) fn reserved(&self) -> u32 {
        self.slots.as_ref().map_or(0, |slots| u32::from(slots.has_task()))
    }

    /// What neighbours read of order and part.
    #[inline(always)]
    pub(super) fn delegation_bits(&self) -> u32 {
        self.slots.as_ref().map_or(0, Slots::bits)
    }

    /// The task that is delegated, whose order ends.
    pub(super) fn recalled(&mut self) -> Option<[u32; 2]> {
        let slots = self.slots.as_mut().filter(|slots| slots.has_task())?;
        let task = [slots.order(order::ORIGIN), slots.order(order::RECORD)];
        slots.end_order();
        Some(task)
    }

    /// What is known of parts is gone.
    pub(super) fn forget_part(&mut self) {
        if let Some(slots) = &mut self.slots {
            if slots.order(order::PATH) != 0 {
                slots.end_order();
            }
            if slots.accounts {
                slots.set_part(part::PATH, 0);
            } else {
                (0..part::ALL).for_each(|word| slots.set_part(word, 0));
            }
        }
    }

    /// Whether a task is delegated that is next, and needs so many ticks.
    pub(super) fn delegates(&mut self, task: [u32; 2], need: u32) -> bool {
        let tick = self.at.tick;
        match &mut self.slots {
            Some(slots) if need >= slots.need && slots.order(order::PATH) == 0 => {
                slots.give(task, 1, need, tick);
                true
            }
            Some(slots) if need >= slots.need => {
                let stands = slots.order(order::STATE);
                slots.set_order(order::STATE, stands | order::ALONE);
                false
            }
            _ => false,
        }
    }

    /// What was to be counted in this tick has been.
    #[inline(always)]
    pub(super) fn begin_delegation(&mut self) {
        if let Some(slots) = &mut self.slots {
            let stands = slots.order(order::STATE);
            if stands & order::ALONE != 0 {
                slots.set_order(order::STATE, stands & !order::ALONE);
            }
        }
    }

    /// Takes in what has come of the order, and goes on with the part; whether that needs the executor.
    #[inline(always)]
    pub(super) fn delegated(&mut self) -> bool {
        if self.slots.is_none() {
            return false;
        }
        self.take_in_order();
        self.do_part()
    }

    fn take_in_order(&mut self) {
        let Some(slots) = &mut self.slots else { return };
        let (path, stands) = (slots.order(order::PATH), slots.order(order::STATE));
        let is_task = path == 1;
        match stands & order::STANDS {
            _ if path == 0 => {}
            order::UNDIVIDED if is_task && self.busy => {}
            order::UNDIVIDED if is_task => {
                let words = [order::ORIGIN, order::RECORD, order::SIZE].map(|word| slots.order(word));
                slots.end_order();
                for (k, value) in words.into_iter().enumerate() {
                    self.words.set(word::RUNNING + k, value);
                }
                self.busy = true;
            }
            order::UNDIVIDED => {
                let kept = slots.part(part::STATE) & !part::OUT;
                slots.set_part(part::STATE, kept);
                slots.end_order();
            }
            order::DONE => {
                let found = stands >> order::RESULT_SHIFT & part::RESULT;
                if is_task {
                    let task = [slots.order(order::ORIGIN), slots.order(order::RECORD)];
                    slots.end_order();
                    match found {
                        result::FAILED => self.end(of_tier::FAILED, task),
                        _ => self.commit(task, found == result::WRONG),
                    }
                } else {
                    let kept = slots.part(part::STATE) & !part::OUT;
                    slots.set_part(part::STATE, kept | found);
                    slots.end_order();
                }
            }
            _ => {}
        }
    }

    /// Does a tick of its part; whether the executor is its own for that.
    fn do_part(&mut self) -> bool {
        let (tick, is_free) = (self.at.tick, !self.busy);
        let Some(slots) = &mut self.slots else { return false };
        let (path, mut stands) = (slots.part(part::PATH), slots.part(part::STATE));
        if path == 0 || stands & (part::RESULT | part::OUT) != 0 {
            return false;
        }
        if stands & part::NEW != 0 {
            stands &= !part::NEW;
            if slots.order(order::PATH) == 0 {
                stands |= part::OUT;
                let task = [slots.part(part::ORIGIN), slots.part(part::RECORD)];
                slots.give(task, path, slots.part(part::SIZE), tick);
            }
            slots.set_part(part::STATE, stands);
            if stands & part::OUT != 0 {
                return false;
            }
        }
        if is_free {
            self.execute_part(path, stands);
        }
        true
    }

    fn execute_part(&mut self, path: u32, stands: u32) {
        let Some(slots) = &mut self.slots else { return };
        let mut remaining = slots.part(part::REMAINING);
        if remaining > 0 {
            remaining -= 1;
            slots.set_part(part::REMAINING, remaining);
            self.count.add(of_all::BUSY, 1);
        }
        if remaining > 0 || self.team.up.count_ones() < 3 {
            return;
        }
        let task = [slots.part(part::ORIGIN), slots.part(part::RECORD)];
        let size = slots.part(part::SIZE);
        let tries = stands >> part::TRIES_SHIFT;
        let verdict = self.judged(task[0], [self.parameters.format.tick(task[1]), tries], path);
        let found = match (verdict.committed, verdict.wrong) {
            (true, false) => result::RIGHT,
            (true, true) => result::WRONG,
            (false, _) if tries == self.parameters.max_tries => result::FAILED,
            (false, _) => result::NONE,
        };
        if !verdict.committed {
            self.count.add(of_all::REJECTED, 1);
        }
        let Some(slots) = &mut self.slots else { return };
        if found == result::NONE {
            slots.set_part(part::REMAINING, size);
            slots.set_part(part::STATE, stands + (1 << part::TRIES_SHIFT));
        } else {
            slots.set_part(part::STATE, stands | found);
        }
    }
}

/// The key of draws on a part: of a whole task today's.
#[inline(always)]
pub(super) fn key_of(key: u32, path: u32) -> u32 {
    if path == 1 {
        key
    } else {
        threefry2x32([key, path], [0, 0])[0]
    }
}
