// Up or down by a draw for each link and tick. Four consecutive lower ends at the same distance share one draw of 64 bits.
override ROUNDING_KEY: u32;

fn gain(i: u32, j: u32, end: u32, own: i32, other: i32, d: u32) -> i32 {
    let low = min(i, j);
    let distance = max(i, j) - low;
    let draw = threefry2x32(vec2<u32>(ROUNDING_KEY, distance), vec2<u32>(low >> 2u, clock.tick));
    let word = select(draw.y, draw.x, (low & 2u) == 0u);
    let quarter = select((word << 16u) | (word >> 16u), word, (low & 1u) == 0u);
    let q = value_of(d);
    return floor_divide(other - own + seen_from(i, j, bounded(quarter, q), q), d);
}
