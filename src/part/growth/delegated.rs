//! What is counted of tasks that are delegated, once for the swarm: 64-bit counters in the column `growth.delegated`.

/// Tasks that children were given.
pub const TASKS: usize = 0;
/// Tasks and parts that were to be divided and were not: no place was free in time, or no child was left.
pub const UNDIVIDED: usize = 1;
/// Parts that another child began again.
pub const AGAIN: usize = 2;
/// Parts that were dropped before they were done, since they counted no more.
pub const DROPPED: usize = 3;
/// Ticks of execution that these still needed.
pub const GIVEN_UP: usize = 4;
/// Parts that were taken, by level: those of a task first.
pub const PARTS: usize = 5;
/// How many levels there are.
pub const LEVELS: usize = super::DEEPEST as usize;
/// Tasks that were big enough, and that a cell did alone since its children had another.
pub const ALONE: usize = PARTS + LEVELS;
/// How many counters there are.
pub const ALL: usize = ALONE + 1;
