// Snowflake: a node decides after so many samples in a row that agree with it. Twin: src/part/snow/step.rs.
//
// Reads and writes: its own streak, and the round in which it decided.

@group(2) @binding(2) var<storage, read_write> streak: array<u32>;
@group(2) @binding(3) var<storage, read_write> decided: array<u32>;

// How many.
override BETA: u32;

fn learn(i: u32, own: u32, majority: u32) -> u32 {
    let agreed = select(1u, streak[i] + 1u, majority == own);
    streak[i] = select(agreed, 0u, majority == 0u);
    if (majority == 0u) {
        return own;
    }
    if (agreed < BETA) {
        return majority;
    }
    decided[i] = clock.tick + 1u;
    return majority | 0x80000000u;
}
