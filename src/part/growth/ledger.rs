//! What is counted of growth, once for the swarm: 64-bit counters in the column `growth.ledger`.

/// Cells that came into being.
pub const BORN: usize = 0;
/// Cells that merged back into their parents.
pub const RETIRED: usize = 1;
/// Cells of families all of whose agents were killed, and whose places were given up.
pub const LOST: usize = 2;
/// Requests that got a family.
pub const GRANTED: usize = 3;
/// Requests that found no place.
pub const REFUSED: usize = 4;
/// Σ of ticks from the first request to the family.
pub const WAITED: usize = 5;
/// Σ over ticks of the cells that were there.
pub const CELL_TICKS: usize = crate::part::work::CELL_TICKS;
/// How many there are.
pub const ALL: usize = crate::part::work::COUNTERS;
