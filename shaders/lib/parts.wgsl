// The parts and the bins, as the first pass of a measurement sees them.
@group(2) @binding(0) var<storage, read_write> partials: array<u32>;
@group(2) @binding(1) var<storage, read_write> bins: array<atomic<u32>>;
