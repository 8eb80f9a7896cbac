// How far the sines that a node hears turn it. Twin: Coupling and mean_sine in src/part/phase/step.rs.
override COUPLING: u32;

// The mean of `count` sines whose sum this is, low word first: floor(2^16 sum / count) + 2^31.
fn mean_sine(sum: vec2<u32>, count: u32) -> u32 {
    // Of a large count and its sum the bits beyond 16 are left out.
    let excess = max(32u - countLeadingZeros(count - 1u), 16u) - 16u;
    let divisor = ((count - 1u) >> excess) + 1u;
    let kept = select((sum.x >> excess) | (sum.y << ((32u - excess) & 31u)), sum.x, excess == 0u);
    let biased = kept + (divisor << 15u);
    let whole = biased / divisor;
    return (whole << 16u) + ((biased - whole * divisor) << 16u) / divisor;
}

fn pull(sum: vec2<u32>, count: u32) -> u32 {
    return multiply_high(mean_sine(sum, max(count, 1u)), COUPLING) - (COUPLING >> 1u);
}
