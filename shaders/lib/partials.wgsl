// The parts, the bins and the rows, as the last pass of a measurement sees them.
@group(2) @binding(0) var<storage, read_write> partials: array<u32>;
@group(2) @binding(1) var<storage, read_write> bins: array<u32>;
@group(2) @binding(2) var<storage, read_write> rows: array<u32>;
@group(2) @binding(3) var<storage, read_write> prints: array<vec2<u32>>;
