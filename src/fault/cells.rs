//! Faults of agents where a node is a cell of four.

/// How many agents a cell has.
pub const MEMBERS: u32 = 4;

/// A cell with fewer agents up than this is down.
pub const FEWEST_UP: u32 = 2;

/// What a cell tells is a lie if at least so many of its agents that are up lie about it.
pub const FEWEST_LIARS: u32 = 2;
