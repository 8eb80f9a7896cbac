// The fingerprints of some columns: each workgroup adds its part of each. Twin: gauge::Fingerprint.
//
// Reads: the columns, which the piece before binds; its function `prints_of` adds up what an invocation sees of all of them. Writes: its
// own part.

@group(2) @binding(0) var<storage, read_write> prints: array<vec2<u32>>;

override PARTS: u32;

var<workgroup> sums: array<vec2<u32>, 64>;

// Whether the column of this number is meant: all are, unless the clock names one.
fn is_asked(column: u32) -> bool {
    return clock.words == 0u || clock.column == column;
}

// Which words of the column that is named are meant; of all columns all are.
fn print_first() -> u32 {
    return select(0u, clock.first, clock.words != 0u);
}

fn print_end() -> u32 {
    return select(0xffffffffu, clock.end, clock.words != 0u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    sums[lane] = prints_of(group.x, lane);
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            sums[lane] += sums[lane + half];
        }
        workgroupBarrier();
    }
    if (lane == 0u) {
        prints[group.x] += sums[0];
    }
}
