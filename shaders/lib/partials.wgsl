// The partial tallies and the classes' counts, as a later pass sees them.
@group(2) @binding(0) var<storage, read_write> partial_tallies: array<Tally>;
@group(2) @binding(1) var<storage, read_write> bins: array<u32>;
