// Which of the four links from the nodes low, low + 1, low + 2 and low + 3 to those `distance` above, over slot k of the ends asked for,
// carry anything: what `link_carries` says of each, worked out together.

fn four_statuses(i: u32) -> vec4<u32> {
    return vec4<u32>(status[i], status[i + 1u], status[i + 2u], status[i + 3u]);
}

fn four_lost(low: u32, distance: u32) -> vec4<bool> {
    let key = vec2<u32>(LOSS_KEY, distance);
    let first = vec2<u32>(deciding_bits(key, low, clock.tick), deciding_bits(key, low + 1u, clock.tick));
    let last = vec2<u32>(deciding_bits(key, low + 2u, clock.tick), deciding_bits(key, low + 3u, clock.tick));
    let coarse = vec4<u32>(first, last);
    let bound = vec4<u32>(LOSS >> 24u);
    let bits = vec4<u32>(1u, 2u, 4u, 8u);
    let open = select(vec4<u32>(0u), bits, coarse == bound);
    // Rare: of these 24 bits more decide.
    var left = open.x | open.y | open.z | open.w;
    var finely = 0u;
    let count = countOneBits(left);
    for (var turn = 0u; turn < count; turn++) {
        let n = countTrailingZeros(left);
        finely |= select(0u, 1u << n, happens_after_all(key, low + n, clock.tick, LOSS));
        left &= left - 1u;
    }
    return (coarse < bound) | ((vec4<u32>(finely) & bits) != vec4<u32>(0u));
}

fn four_carry(low: u32, distance: u32, k: vec4<u32>) -> vec4<bool> {
    let a = four_statuses(low);
    let b = four_statuses(low + distance);
    let cut = select(vec4<u32>(0u), (vec4<u32>(clock.cuts) >> (k & vec4<u32>(31u))) & vec4<u32>(1u), k < vec4<u32>(32u));
    let stands = (((a | b) & vec4<u32>(3u)) | ((a ^ b) & vec4<u32>(clock.walls)) | cut) == vec4<u32>(0u);
    if (LOSS == 0u) {
        return stands;
    }
    return stands & !four_lost(low, distance);
}

// The same of any four links.
fn four_apart_carry(low: vec4<u32>, distance: vec4<u32>, k: vec4<u32>) -> vec4<bool> {
    let a = vec2<bool>(one_carries(low.x, distance.x, k.x), one_carries(low.y, distance.y, k.y));
    let b = vec2<bool>(one_carries(low.z, distance.z, k.z), one_carries(low.w, distance.w, k.w));
    return vec4<bool>(a, b);
}

fn one_carries(low: u32, distance: u32, k: u32) -> bool {
    return link_carries(low, low + distance, k, clock.tick);
}
