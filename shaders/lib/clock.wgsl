// What every step knows of time and place. Twin: Clock in src/device/gpu/program.rs.

struct Clock {
    // The tick that is being executed; in a measurement, the number of ticks done.
    tick: u32,
    // The measurement's row.
    row: u32,
    // The range of nodes, or of what else the step runs over, see Space in src/plan.rs; in the fingerprint of one column, of its words.
    first: u32,
    end: u32,
    // Whether a measurement may stop the run.
    may_stop: u32,
    // What goes wrong in this tick; twin: Now in src/fault/mod.rs. Bits in which two nodes must agree to reach each other.
    walls: u32,
    // Slots whose links carry nothing, a bit each.
    cuts: u32,
    // The first of the events that kill or revive at the beginning of this tick, and how many there are.
    strike: u32,
    strikes: u32,
    // In a fingerprint: the column's number, see Column::number in src/plan.rs, and how many words it has. In a record: where in
    // the rows its words go, and how many there are.
    column: u32,
    words: u32,
    unused: u32,
}

struct Control {
    // 1 once the stop condition held: every later step of the submission leaves the state alone.
    stopped: u32,
    // The number of ticks done when it held.
    tick: u32,
}

@group(0) @binding(0) var<uniform> clock: Clock;

override NODES: u32;
// Invocations per row of a two-dimensional dispatch.
override ROW: u32;

// Where a word of node i is in a column with several words a node, which has the first words of all nodes first. Twin: column::Lanes.
fn word_at(lane: u32, i: u32) -> u32 {
    return lane * NODES + i;
}

// Where the same node's word in the next lane is.
fn next_lane(at: u32) -> u32 {
    return at + NODES;
}
