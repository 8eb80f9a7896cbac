// A column of the whole swarm comes back with a measurement: its words are copied into the row.
//
// Reads: the column. Writes: so many words of the row.

@group(2) @binding(0) var<storage, read> column: array<u32>;
@group(2) @binding(1) var<storage, read_write> rows: array<u32>;

override PARTS: u32;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let stretches = clock.words / 64u + select(0u, 1u, clock.words % 64u != 0u);
    for (var stretch = group.x; stretch < stretches; stretch += PARTS) {
        let index = stretch * 64u + lane;
        if (index < clock.words) {
            // In a record: where in the rows the column's words begin.
            rows[clock.column + index] = column[index];
        }
    }
}
