// The column of the whole swarm that comes back with every measurement.
@group(2) @binding(3) var<storage, read> record: array<u32>;

override RECORD: u32;

fn recorded(k: u32) -> u32 {
    return record[k];
}
