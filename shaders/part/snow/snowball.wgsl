// Snowball: a node holds the opinion that most of its samples agreed on so far, and decides after so many in a row that agree with
// each other. Twin: src/part/snow/step.rs.
//
// Reads and writes: its own streak (above it, the opinion), the round in which it decided, its confidence in each opinion.

@group(2) @binding(2) var<storage, read_write> streak: array<u32>;
@group(2) @binding(3) var<storage, read_write> decided: array<u32>;
@group(2) @binding(4) var<storage, read_write> confidence: array<u32>;

// How many.
override BETA: u32;

fn learn(i: u32, own: u32, majority: u32) -> u32 {
    if (majority == 0u) {
        streak[i] = 0u;
        return own;
    }
    let sure = confidence[word_at(majority - 1u, i)] + 1u;
    confidence[word_at(majority - 1u, i)] = sure;
    var next = own;
    if (own == 0u) {
        next = majority;
    } else if (sure > confidence[word_at(own - 1u, i)]) {
        next = majority;
    }
    let last = streak[i];
    let agreed = select(1u, (last & 0xFFFFu) + 1u, (last >> 16u) == majority);
    streak[i] = majority << 16u | agreed;
    if (agreed < BETA) {
        return next;
    }
    decided[i] = clock.tick + 1u;
    return next | 0x80000000u;
}
