// What a measurement adds up; wide sums in two or three words, low first. Twin: measure::Tally.

struct Tally {
    squares: vec3<u32>,
    minimum: i32,
    maximum: i32,
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
        vec3<u32>(),
        2147483647,
        -2147483647 - 1,
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
    // Only variables may be indexed by what is no constant.
    var more = b;
    both.squares = add96(a.squares, b.squares);
    both.minimum = min(a.minimum, b.minimum);
    both.maximum = max(a.maximum, b.maximum);
    for (var k = 0u; k < 6u; k++) {
        both.sums[k] = add64(both.sums[k], more.sums[k]);
    }
    for (var k = 0u; k < 5u; k++) {
        both.counts[k] = add64(both.counts[k], more.counts[k]);
    }
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
