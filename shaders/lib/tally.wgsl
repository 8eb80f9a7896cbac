// What a measurement adds up; wide sums in two or three words, low first. Twin: measure::Tally.

struct Tally {
    minimum: i32,
    maximum: i32,
    squares: vec2<u32>,
    squares_high: u32,
    unused: u32,
    // The places are those of measure::sum and measure::count.
    sums: array<vec2<u32>, 6>,
    counts: array<vec2<u32>, 5>,
    fingerprint: vec2<u32>,
}

// What one node contributes: its value, another one, what the sum of values must grow by, and what it took and forgot; the
// class that it is in.
struct Reading {
    value: i32,
    other: i32,
    basis: i32,
    injected: vec2<u32>,
    destroyed: vec2<u32>,
    bin: u32,
}

fn nothing() -> Tally {
    return Tally(
        2147483647,
        -2147483647 - 1,
        vec2<u32>(),
        0u,
        0u,
        array<vec2<u32>, 6>(),
        array<vec2<u32>, 5>(),
        vec2<u32>(),
    );
}

fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn add96(a: vec3<u32>, b: vec3<u32>) -> vec3<u32> {
    let lower = add64(a.xy, b.xy);
    let carries = lower.y < a.y || (lower.y == a.y && lower.x < a.x);
    return vec3<u32>(lower, a.z + b.z + select(0u, 1u, carries));
}

// A signed word as a wide one.
fn widened(x: i32) -> vec2<u32> {
    return vec2<u32>(u32(x), select(0u, 0xFFFFFFFFu, x < 0));
}

fn together(a: Tally, b: Tally) -> Tally {
    var both = a;
    let squares = add96(vec3<u32>(a.squares, a.squares_high), vec3<u32>(b.squares, b.squares_high));
    both.squares = squares.xy;
    both.squares_high = squares.z;
    both.minimum = min(a.minimum, b.minimum);
    both.maximum = max(a.maximum, b.maximum);
    // Written out: loops over places in memory are slow on drivers that do not unroll them.
    both.sums[0] = add64(a.sums[0], b.sums[0]);
    both.sums[1] = add64(a.sums[1], b.sums[1]);
    both.sums[2] = add64(a.sums[2], b.sums[2]);
    both.sums[3] = add64(a.sums[3], b.sums[3]);
    both.sums[4] = add64(a.sums[4], b.sums[4]);
    both.sums[5] = add64(a.sums[5], b.sums[5]);
    both.counts[0] = add64(a.counts[0], b.counts[0]);
    both.counts[1] = add64(a.counts[1], b.counts[1]);
    both.counts[2] = add64(a.counts[2], b.counts[2]);
    both.counts[3] = add64(a.counts[3], b.counts[3]);
    both.counts[4] = add64(a.counts[4], b.counts[4]);
    both.fingerprint = a.fingerprint + b.fingerprint;
    return both;
}

var<workgroup> parts: array<Tally, 64>;

// The tally of a whole workgroup of 64; every invocation must call it.
fn of_workgroup(lane: u32, own: Tally) -> Tally {
    parts[lane] = own;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            parts[lane] = together(parts[lane], parts[lane + half]);
        }
        workgroupBarrier();
    }
    return parts[0];
}
