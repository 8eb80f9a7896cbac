// Whether one of those whom the tick's permutations take to a node has aimed through that permutation. Twin: src/part/rumour/step.rs.
//
// The workgroup's 256 invocations draw a pair of keys each: four pairs for each of 64 permutations. The nodes of a workgroup follow each other,
// so that they are in one row of the permutations' grid, or seldom in two: what its row is turned by first is worked out once for all.

@group(2) @binding(3) var<storage, read> aim: array<u32>;

// How many permutations there are, and what they depend on.
override AIMS: u32;
override AIM_KEY: u32;

// Of each pair the first key, the same for a product, which must be odd, and the second key likewise.
var<workgroup> pairs: array<vec4<u32>, 256>;
var<workgroup> turned: array<u32, 64>;
// The row of the workgroup's first node.
var<private> common_row: u32;

// Permutations are of at least three indices; of two nodes, whoever gets beyond them goes on once.
fn indices() -> u32 {
    return max(NODES, 3u);
}

fn column_bits() -> u32 {
    return (32u - countLeadingZeros(indices() - 1u)) >> 1u;
}

// As `scramble`, by the two forms of a key.
fn scrambled(word: u32, key: vec2<u32>) -> u32 {
    let h = (word ^ key.x) * 0x7FEB352Du;
    return (h ^ (h >> 15u)) * key.y;
}

fn turn_of(row: u32, pair: vec4<u32>) -> u32 {
    return scrambled(row, pair.zw) >> (32u - column_bits());
}

// As `feistel_round_back`; `by` is what the row is turned by.
fn turned_back(cell: vec2<u32>, by: u32, pair: vec4<u32>) -> vec2<u32> {
    let bits = column_bits();
    let rows = ((indices() - 1u) >> bits) + 1u;
    let column = (cell.y - by) & ((1u << bits) - 1u);
    let row = cell.x - (((scrambled(column, pair.xy) >> 16u) * rows) >> 16u);
    return vec2<u32>(min(row, row + rows), column);
}

fn round_back(cell: vec2<u32>, pair: vec4<u32>) -> vec2<u32> {
    return turned_back(cell, turn_of(cell.x, pair), pair);
}

// As `unpermuted_once` by the s-th permutation, which turns the cell's row by so much at first.
fn taken_from(cell: vec2<u32>, by: u32, s: u32) -> u32 {
    var back = turned_back(cell, by, pairs[4u * s + 3u]);
    back = round_back(back, pairs[4u * s + 2u]);
    back = round_back(back, pairs[4u * s + 1u]);
    back = round_back(back, pairs[4u * s]);
    return (back.x << column_bits()) | back.y;
}

fn prepare(lane: u32, first: u32, tick: u32) {
    let keys = threefry2x32(vec2<u32>(AIM_KEY, lane), vec2<u32>(tick, 0u));
    pairs[lane] = vec4<u32>(keys.x, keys.x | 1u, keys.y, keys.y | 1u);
    common_row = first >> column_bits();
    workgroupBarrier();
    if (lane < AIMS) {
        turned[lane] = turn_of(common_row, pairs[4u * lane + 3u]);
    }
    workgroupBarrier();
}

fn is_told(i: u32, tick: u32) -> bool {
    let bits = column_bits();
    let outside = ((((indices() - 1u) >> bits) + 1u) << bits) - indices();
    for (var s = 0u; s < AIMS; s++) {
        var cell = vec2<u32>(i >> bits, i & ((1u << bits) - 1u));
        var by = turned[s];
        if (cell.x != common_row) {
            by = turn_of(cell.x, pairs[4u * s + 3u]);
        }
        var j = taken_from(cell, by, s);
        // Whoever leaves the range walks on; see `unpermuted`.
        for (var walk = 0u; walk < outside + indices() - NODES; walk++) {
            if (j < NODES) {
                break;
            }
            cell = vec2<u32>(j >> bits, j & ((1u << bits) - 1u));
            j = taken_from(cell, turn_of(cell.x, pairs[4u * s + 3u]), s);
        }
        if (aim[j] == s + 1u && reaches(i, j, tick)) {
            return true;
        }
    }
    return false;
}
