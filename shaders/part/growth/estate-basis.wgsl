// What has been added to beliefs from outside. Twin: src/part/growth/steps/estate.rs.

@group(2) @binding(3) var<storage, read> bases: array<u32>;
@group(2) @binding(4) var<storage, read_write> next_bases: array<u32>;

fn added_to(i: u32) -> u32 {
    return bases[i];
}

fn hold_added(i: u32, word: u32) {
    next_bases[i] = word;
}
