// Average consensus with an exact sum, a tile of nodes at a time: what flows over a link is worked out once for both ends where both are
// in the tile. The same to the bit as shaders/part/average/step.wgsl, which says more.
//
// Reads: the beliefs of the tile's nodes and of their neighbours. Writes: the next beliefs of the tile's nodes.
// Hazards: none; what it reads of others it does not write.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<vec4<i32>>;

// Nodes of a tile.
override TILE: u32;

fn held(i: u32) -> i32 {
    return belief[i];
}

fn near4(i: u32) -> vec4<i32> {
    return vec4<i32>(belief[i], belief[i + 1u], belief[i + 2u], belief[i + 3u]);
}

fn held4(i: u32) -> vec4<i32> {
    return near4(i);
}

fn hold(i: u32, word: i32) {
    belief_next[i >> 2u][i & 3u] = word;
}

fn hold4(i: u32, words: vec4<i32>) {
    belief_next[i >> 2u] = words;
}

fn gained(own: i32, other: i32, low: u32, distance: u32, up: bool, k: u32) -> i32 {
    return select(0, share(other - own, low, distance, up), one_carries(low, distance, k));
}

fn gained4(own: vec4<i32>, other: vec4<i32>, low: u32, distance: u32, up: bool, k: vec4<u32>) -> vec4<i32> {
    return select(vec4<i32>(0), share4(other - own, low, distance, up), four_carry(low, distance, k));
}

fn near_gained4(own: vec4<i32>, other: vec4<i32>, low: u32, distance: u32, up: bool, k: vec4<u32>, odd: u32) -> vec4<i32> {
    return select(vec4<i32>(0), near_share4(other - own, low, distance, up, odd), four_carry(low, distance, k));
}

fn apart_gained4(own: vec4<i32>, other: vec4<i32>, i: vec4<u32>, j: vec4<u32>, k: vec4<u32>) -> vec4<i32> {
    let low = min(i, j);
    let distance = max(i, j) - low;
    return select(vec4<i32>(0), apart_share4(other - own, low, distance, i > j), four_apart_carry(low, distance, k));
}

fn gained_by(own: i32, other: i32, i: u32, j: u32, k: u32, q: u32) -> i32 {
    let low = min(i, j);
    let distance = max(i, j) - low;
    return select(0, share_by(other - own, low, distance, i > j, q), i != j && one_carries(low, distance, k));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let front = clock.first / TILE + group.y * ROW + group.x * 256u;
    let t = front + lane;
    if (t >= clock.end / TILE || control.stopped != 0u) {
        return;
    }
    tile(t, front);
}
