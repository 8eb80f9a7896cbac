// Counts looks and switches of a workgroup, and adds them to the swarm's ledger. Twin: Base::note in src/part/learning/site.rs.

var<workgroup> noted: array<atomic<u32>, 2>;

// Whether a node went from one strategy to another.
fn is_switch(own: u32, next: u32) -> bool {
    return own != next && own != 0u && next != 0u;
}

// Every invocation of a workgroup calls it, once and last; `place` is its own in the workgroup.
fn note(place: u32, asked: u32, switched: bool) {
    // Memory of a workgroup holds anything at first.
    if (place < 2u) {
        atomicStore(&noted[place], 0u);
    }
    workgroupBarrier();
    if (asked != 0u) {
        atomicAdd(&noted[0], asked);
    }
    if (switched) {
        atomicAdd(&noted[1], 1u);
    }
    workgroupBarrier();
    if (place < 2u) {
        let count = atomicLoad(&noted[place]);
        if (count != 0u) {
            add64(place, count, 0u);
        }
    }
}
