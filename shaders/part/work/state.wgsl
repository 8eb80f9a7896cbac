// What stands in a cell's state, in what it offers, and in its answer to givers. Twin: src/part/work/task.rs.

// The bits of a cell's state, which neighbours read.
const QUEUED: u32 = 0x1FFu;
const BUSY: u32 = 0x200u;
const ABANDONED: u32 = 0x400u;
// It hands all that it holds to its parent, since its family goes; it does not work yet; either.
const RETIRING: u32 = 0x800u;
const YOUNG: u32 = 0x1000u;
const APART: u32 = 0x1800u;
// It does a part of its parent's task; a task of its own is done by its children; it has something for children, and none for it.
const PARTED: u32 = 0x2000u;
const DELEGATED: u32 = 0x4000u;
const WANTS: u32 = 0x8000u;
// The bits of a cell that is open to neighbours.
const OPEN: u32 = 0xC7FFu;
const CLOSED_SHIFT: u32 = 16u;

// The words of a cell's offers, and how many there are at most.
const OFFERS: u32 = 4u;
const OUTBOX_HEADER: u32 = 0u;
const OUTBOX_TARGETS: u32 = 1u;
const OUTBOX_TASKS: u32 = 5u;
const OUTBOX_QUEUED_SHIFT: u32 = 4u;
const OUTBOX_MARKS_SHIFT: u32 = 16u;

// An answer to givers: the last of them, and above it how many of its tasks were taken.
const ALL_TAKEN: u32 = 0x3FFFFFFFu;
const TAKEN_SHIFT: u32 = 30u;

// The golden ratio's part of 2^32, for Weyl sequences.
const GOLDEN: u32 = 0x9E3778C1u;

// Whether a cell takes nothing from neighbours.
fn is_closed(state: u32) -> bool {
    return (state & ~OPEN) != 0u;
}

// What a cell holds: waiting and under execution.
fn load_of(state: u32) -> u32 {
    return (state & QUEUED) + ((state / BUSY) & 1u) + ((state / DELEGATED) & 1u);
}

// Which of 16 bits stands for a cell: where a header has it not, nothing is offered to the cell.
fn mark_of(i: u32) -> u32 {
    return OUTBOX_MARKS_SHIFT + ((i * GOLDEN) >> 28u);
}

// How many tasks a header says, and how many were waiting.
fn offers_in(header: u32) -> u32 {
    return header & ((1u << OUTBOX_QUEUED_SHIFT) - 1u);
}

fn queued_in(header: u32) -> u32 {
    return (header >> OUTBOX_QUEUED_SHIFT) & ((1u << (OUTBOX_MARKS_SHIFT - OUTBOX_QUEUED_SHIFT)) - 1u);
}
