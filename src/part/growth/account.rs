//! The account of tasks that children do: what their parts needed and what has come of that, in ticks of execution, and how long they took. It
//! is kept where `growth.delegate.account` asks for it.
//!
//! Every part is taken once, with so many ticks that it needs. What has been executed of it, begun again after a rejection, given up or passed on
//! to children of its own follows from its words when it is laid down, so that at any time
//!
//! taken + again = executed + left + given up + passed on,
//!
//! where *left*, and what of the rest parts have to their account that are still there, is read off the cells.

use crate::part::work::delegation::{part, result};
use crate::part::work::ledger::BUCKETS;

/// Ticks that parts need which were taken.
pub const TAKEN: usize = 0;
/// Ticks that were to be done once more after a rejection.
pub const AGAIN: usize = 1;
/// Ticks executed.
pub const EXECUTED: usize = 2;
/// Ticks that parts still needed which were laid down without a result.
pub const GIVEN_UP: usize = 3;
/// Ticks of parts that the cell's own children did.
pub const PASSED: usize = 4;
/// Parts that a cell did itself, and that have ended.
pub const LEAVES: usize = 5;
/// Tasks that were given to children, and Σ of ticks from submission to then.
pub const GIVEN: usize = 6;
/// See [`GIVEN`].
pub const WAITED: usize = 7;
/// Tasks whose results were put together, and Σ of ticks from submission to then, from when they were given, and that they needed.
pub const JOINED: usize = 8;
/// See [`JOINED`].
pub const RESPONDED: usize = 9;
/// See [`JOINED`].
pub const SPANS: usize = 10;
/// See [`JOINED`].
pub const NEEDED: usize = 11;
/// Wrong results of parts that a cell did itself, by level: 1 for the parts of tasks.
pub const WRONG: usize = 12;
/// The histogram of what [`WAITED`] adds up.
pub const WAITS: usize = WRONG + super::delegated::LEVELS;
/// The histogram of what [`RESPONDED`] adds up.
pub const RESPONSES: usize = WAITS + BUCKETS;
/// How many counters there are.
pub const ALL: usize = RESPONSES + BUCKETS;

/// What a part has to its account, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// See [`AGAIN`].
    pub again: u64,
    /// See [`EXECUTED`].
    pub executed: u64,
    /// What it still needs.
    pub left: u64,
    /// See [`PASSED`].
    pub passed: u64,
}

impl Standing {
    /// By the part's words: how many ticks it needs, how many it still needs, and its state.
    #[must_use]
    pub fn of([size, remaining, state]: [u32; 3]) -> Self {
        let wide = u64::from;
        let tries = wide(state >> part::TRIES_SHIFT);
        let has_result = state & part::RESULT != result::NONE;
        // What children did has a result, though nothing of it was executed here.
        if state & part::OUT != 0 || has_result && remaining > 0 {
            return Self {
                passed: wide(size),
                ..Self::default()
            };
        }
        let left = if has_result { 0 } else { wide(remaining) };
        Self {
            again: wide(size) * tries,
            executed: wide(size) * (tries + 1) - left,
            left,
            passed: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However a part stands, what it needed and had to begin again is what it was executed, has left, and has passed on.
    #[test]
    fn every_tick_is_somewhere() {
        for size in [0, 1, 7, u32::MAX] {
            for remaining in [0, size / 2, size] {
                for tries in [0, 3, 15] {
                    for found in [result::NONE, result::RIGHT, result::FAILED] {
                        let all = Standing::of([size, remaining, found | tries << part::TRIES_SHIFT]);
                        let is_passed = found != result::NONE && remaining > 0;
                        let again = if is_passed {
                            0
                        } else {
                            u64::from(size) * u64::from(tries)
                        };
                        assert_eq!(all.again, again);
                        assert_eq!(u64::from(size) + again, all.executed + all.left + all.passed);
                    }
                    let out = Standing::of([size, size, part::OUT]);
                    assert_eq!((out.passed, out.executed, out.left), (size.into(), 0, 0));
                }
            }
        }
    }
}
