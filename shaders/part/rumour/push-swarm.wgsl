// Whether one of those whom the tick's permutations take to a node has aimed through that permutation. Twin: src/part/rumour/step.rs.
//
// The workgroup's 256 invocations draw a pair of keys each: four pairs for each of 64 permutations.

@group(2) @binding(3) var<storage, read> aim: array<u32>;

// How many permutations there are, and what they depend on.
override AIMS: u32;
override AIM_KEY: u32;

var<workgroup> pairs: array<vec2<u32>, 256>;

fn prepare(lane: u32, tick: u32) {
    pairs[lane] = threefry2x32(vec2<u32>(AIM_KEY, lane), vec2<u32>(tick, 0u));
    workgroupBarrier();
}

fn is_told(i: u32, tick: u32) -> bool {
    // Permutations are of at least three indices; of two nodes, whoever gets beyond them goes on once.
    let all = max(NODES, 3u);
    for (var s = 0u; s < AIMS; s++) {
        let keys = vec4<u32>(pairs[4u * s], pairs[4u * s + 1u]);
        let more = vec4<u32>(pairs[4u * s + 2u], pairs[4u * s + 3u]);
        var j = unpermuted(i, all, keys, more);
        if (NODES < 3u && j >= NODES) {
            j = unpermuted(j, all, keys, more);
        }
        if (aim[j] == s + 1u && reaches(i, j, tick)) {
            return true;
        }
    }
    return false;
}
