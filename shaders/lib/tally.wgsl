// What a measurement adds up; wide sums in two or three words, low first. Twin: measure::Tally.

struct Tally {
    minimum: i32,
    maximum: i32,
    sum: vec2<u32>,
    squares: vec3<u32>,
    acted: vec2<u32>,
    messages: vec2<u32>,
    fingerprint: vec2<u32>,
}

fn nothing() -> Tally {
    return Tally(2147483647, -2147483647 - 1, vec2<u32>(), vec3<u32>(), vec2<u32>(), vec2<u32>(), vec2<u32>());
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

fn together(a: Tally, b: Tally) -> Tally {
    return Tally(
        min(a.minimum, b.minimum),
        max(a.maximum, b.maximum),
        add64(a.sum, b.sum),
        add96(a.squares, b.squares),
        add64(a.acted, b.acted),
        add64(a.messages, b.messages),
        a.fingerprint + b.fingerprint,
    );
}

var<workgroup> parts: array<Tally, 128>;

// The tally of a whole workgroup of 128; every invocation must call it.
fn of_workgroup(lane: u32, own: Tally) -> Tally {
    parts[lane] = own;
    workgroupBarrier();
    for (var half = 64u; half > 0u; half /= 2u) {
        if (lane < half) {
            parts[lane] = together(parts[lane], parts[lane + half]);
        }
        workgroupBarrier();
    }
    return parts[0];
}
