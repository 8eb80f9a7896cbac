// Up or down by a Weyl sequence over the ticks, from a phase hashed for each link.

fn gain(i: u32, j: u32, end: u32, own: i32, other: i32, d: u32) -> i32 {
    let low = min(i, j);
    let word = link_phase(low, max(i, j) - low) + clock.tick * 0x9E3778C1u;
    let q = value_of(d);
    return floor_divide(other - own + seen_from(i, j, bounded(word, q), q), d);
}
