// Integer arithmetic that means the same on every device. Twins: src/number/*.rs, where each is explained.

// Threefry2x32-20 (Salmon et al., SC 2011).
fn rotate_left(x: u32, by: u32) -> u32 {
    return (x << by) | (x >> (32u - by));
}

fn threefry_rounds_even(x: vec2<u32>) -> vec2<u32> {
    var a = x.x;
    var b = x.y;
    a += b; b = rotate_left(b, 13u) ^ a;
    a += b; b = rotate_left(b, 15u) ^ a;
    a += b; b = rotate_left(b, 26u) ^ a;
    a += b; b = rotate_left(b, 6u) ^ a;
    return vec2<u32>(a, b);
}

fn threefry_rounds_odd(x: vec2<u32>) -> vec2<u32> {
    var a = x.x;
    var b = x.y;
    a += b; b = rotate_left(b, 17u) ^ a;
    a += b; b = rotate_left(b, 29u) ^ a;
    a += b; b = rotate_left(b, 16u) ^ a;
    a += b; b = rotate_left(b, 24u) ^ a;
    return vec2<u32>(a, b);
}

fn threefry2x32(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
    let parity = 0x1BD11BDAu ^ key.x ^ key.y;
    var x = counter + key;
    x = threefry_rounds_even(x) + vec2<u32>(key.y, parity + 1u);
    x = threefry_rounds_odd(x) + vec2<u32>(parity, key.x + 2u);
    x = threefry_rounds_even(x) + vec2<u32>(key.x, key.y + 3u);
    x = threefry_rounds_odd(x) + vec2<u32>(key.y, parity + 4u);
    x = threefry_rounds_even(x) + vec2<u32>(parity, key.x + 5u);
    return x;
}

// With 13 rounds: where there are as many draws as links.
fn threefry2x32_13(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
    let parity = 0x1BD11BDAu ^ key.x ^ key.y;
    var x = counter + key;
    x = threefry_rounds_even(x) + vec2<u32>(key.y, parity + 1u);
    x = threefry_rounds_odd(x) + vec2<u32>(parity, key.x + 2u);
    x = threefry_rounds_even(x) + vec2<u32>(key.x, key.y + 3u);
    let last = x.x + x.y;
    return vec2<u32>(last, rotate_left(x.y, 17u) ^ last);
}

// The high word of the 64-bit product, from 16-bit halves.
fn multiply_high(a: u32, b: u32) -> u32 {
    let al = a & 0xFFFFu;
    let ah = a >> 16u;
    let bl = b & 0xFFFFu;
    let bh = b >> 16u;
    let low = al * bl;
    let middle = ah * bl + (low >> 16u);
    let cross = al * bh + (middle & 0xFFFFu);
    return ah * bh + (middle >> 16u) + (cross >> 16u);
}

// Scales a uniform word to 0..bound.
fn bounded(word: u32, bound: u32) -> u32 {
    if (bound <= 65536u) {
        return ((word >> 16u) * bound) >> 16u;
    }
    return multiply_high(word, bound);
}

// The fingerprint's summand.
fn mix(column: u32, index: u32, value: u32) -> vec2<u32> {
    var a = (value ^ (column * 0x9E3779B1u)) * 0x85EBCA6Bu;
    var b = (index + 0x6C078965u) * 0xC2B2AE35u;
    a ^= a >> 16u;
    b ^= b >> 15u;
    a = (a + b) * 0x7FEB352Du;
    a ^= a >> 15u;
    b = (b ^ a) * 0x846CA68Bu;
    b ^= b >> 16u;
    a = (a + b) * 0x9E3779B1u;
    a ^= a >> 16u;
    return vec2<u32>(a, b);
}

// Where a link's Weyl sequence starts.
fn link_phase(low: u32, distance: u32) -> u32 {
    var h = (low * 0x9E3779B1u) ^ (distance * 0xC2B2AE35u);
    h ^= h >> 16u;
    return h * 0x85EBCA6Bu;
}

// A keyed hash, best in its upper bits.
fn scramble(word: u32, key: u32) -> u32 {
    var h = (word ^ key) * 0x7FEB352Du;
    h ^= h >> 15u;
    return h * (key | 1u);
}

// A permutation of 0..nodes, at least 3 of them, by an alternating Feistel network on a grid of `rows` rows and 2^`bits` columns
// (Black and Rogaway 2002). A cell is (row, column); a round has two keys.
fn feistel_round(cell: vec2<u32>, rows: u32, bits: u32, keys: vec2<u32>) -> vec2<u32> {
    var row = cell.x + (((scramble(cell.y, keys.x) >> 16u) * rows) >> 16u);
    row = min(row, row - rows);
    let column = cell.y + (scramble(row, keys.y) >> (32u - bits));
    return vec2<u32>(row, column & ((1u << bits) - 1u));
}

fn feistel_round_back(cell: vec2<u32>, rows: u32, bits: u32, keys: vec2<u32>) -> vec2<u32> {
    let column = (cell.y - (scramble(cell.x, keys.y) >> (32u - bits))) & ((1u << bits) - 1u);
    let row = cell.x - (((scramble(column, keys.x) >> 16u) * rows) >> 16u);
    return vec2<u32>(min(row, row + rows), column);
}

fn permuted_once(i: u32, rows: u32, bits: u32, keys: vec4<u32>, more: vec4<u32>) -> u32 {
    var cell = vec2<u32>(i >> bits, i & ((1u << bits) - 1u));
    cell = feistel_round(cell, rows, bits, keys.xy);
    cell = feistel_round(cell, rows, bits, keys.zw);
    cell = feistel_round(cell, rows, bits, more.xy);
    cell = feistel_round(cell, rows, bits, more.zw);
    return (cell.x << bits) | cell.y;
}

// Where index i goes. Whoever leaves the range walks on; the cells outside are as many as it can meet there.
fn permuted(i: u32, nodes: u32, keys: vec4<u32>, more: vec4<u32>) -> u32 {
    let bits = (32u - countLeadingZeros(nodes - 1u)) >> 1u;
    let rows = ((nodes - 1u) >> bits) + 1u;
    let outside = (rows << bits) - nodes;
    var index = permuted_once(i, rows, bits, keys, more);
    for (var walk = 0u; walk < outside; walk += 1u) {
        if (index < nodes) {
            break;
        }
        index = permuted_once(index, rows, bits, keys, more);
    }
    return index;
}

fn unpermuted_once(i: u32, rows: u32, bits: u32, keys: vec4<u32>, more: vec4<u32>) -> u32 {
    var cell = vec2<u32>(i >> bits, i & ((1u << bits) - 1u));
    cell = feistel_round_back(cell, rows, bits, more.zw);
    cell = feistel_round_back(cell, rows, bits, more.xy);
    cell = feistel_round_back(cell, rows, bits, keys.zw);
    cell = feistel_round_back(cell, rows, bits, keys.xy);
    return (cell.x << bits) | cell.y;
}

// The index that goes to i.
fn unpermuted(i: u32, nodes: u32, keys: vec4<u32>, more: vec4<u32>) -> u32 {
    let bits = (32u - countLeadingZeros(nodes - 1u)) >> 1u;
    let rows = ((nodes - 1u) >> bits) + 1u;
    let outside = (rows << bits) - nodes;
    var index = unpermuted_once(i, rows, bits, keys, more);
    for (var walk = 0u; walk < outside; walk += 1u) {
        if (index < nodes) {
            break;
        }
        index = unpermuted_once(index, rows, bits, keys, more);
    }
    return index;
}

// The eight bits that decide first whether an event happens.
fn deciding_bits(key: vec2<u32>, index: u32, tick: u32) -> u32 {
    let words = threefry2x32_13(key, vec2<u32>(((index >> 7u) << 4u) | (index & 15u), tick));
    let word = select(words.x, words.y, (index & 64u) != 0u);
    return (word >> ((index >> 1u) & 24u)) & 0xFFu;
}

// Whether it happens where those are on the threshold: 24 bits more decide.
fn happens_after_all(key: vec2<u32>, index: u32, tick: u32, threshold: u32) -> bool {
    let fine = threefry2x32_13(vec2<u32>(key.x ^ 0x80000000u, key.y), vec2<u32>(index, tick)).x;
    return (fine >> 8u) < (threshold & 0xFFFFFFu);
}

// Whether an event of probability `threshold` in 2^32 happens.
fn happens(key: vec2<u32>, index: u32, tick: u32, threshold: u32) -> bool {
    let bits = deciding_bits(key, index, tick);
    if (bits != (threshold >> 24u)) {
        return bits < (threshold >> 24u);
    }
    return happens_after_all(key, index, tick, threshold);
}
