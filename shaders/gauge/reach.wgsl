// Up to where anybody is, in a swarm whose nodes come and go: for how many workgroups of 256 a step is dispatched that has nothing to do
// behind. Twin: src/device/gpu/reach.rs, which says more.
//
// Reads: who is there. Writes: slots of three words, the workgroups in x, y and z; to some it only adds.
// Hazards: barriers, so all of a workgroup stay to the end. No invocation adds to a slot that another empties.

@group(2) @binding(0) var<storage, read_write> reach: array<atomic<u32>>;
@group(2) @binding(1) var<storage, read> parents: array<u32>;

// How many nodes are there from the start, and the workgroups in a row of this dispatch.
override FOUNDERS: u32;
override REACH_ROW: u32;

var<workgroup> end: atomic<u32>;

fn workgroups(nodes: u32) -> vec2<u32> {
    let all = max((nodes + 255u) / 256u, 1u);
    let row = ROW / 256u;
    return vec2<u32>(min(all, row), (all + row - 1u) / row);
}

fn widen(slot: u32, nodes: u32) {
    let needed = workgroups(nodes);
    atomicMax(&reach[3u * slot], needed.x);
    atomicMax(&reach[3u * slot + 1u], needed.y);
}

// As if nobody had come.
fn narrow(slot: u32) {
    let needed = workgroups(FOUNDERS);
    atomicStore(&reach[3u * slot], needed.x);
    atomicStore(&reach[3u * slot + 1u], needed.y);
    atomicStore(&reach[3u * slot + 2u], 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane == 0u) {
        atomicStore(&end, 0u);
    }
    workgroupBarrier();
    let number = group.y * REACH_ROW + group.x;
    let first = FOUNDERS + 2048u * number + lane;
    var own = 0u;
    for (var turn = 0u; turn < 32u; turn++) {
        let i = first + 64u * turn;
        if (i < NODES) {
            own = select(own, i + 1u, parents[i] != 0u);
        }
    }
    if (own != 0u) {
        atomicMax(&end, own);
    }
    workgroupBarrier();
    if (lane == 0u) {
        let nodes = atomicLoad(&end);
        // The number of this look, modulo 4.
        let phase = clock.column;
        if (nodes != 0u) {
            widen(phase, nodes);
            widen(4u + phase, nodes);
            widen(4u + ((phase + 1u) & 3u), nodes);
            widen(4u + ((phase + 2u) & 3u), nodes);
        }
        if (number == 0u) {
            narrow((phase + 1u) & 3u);
            narrow(4u + ((phase + 3u) & 3u));
        }
    }
}
