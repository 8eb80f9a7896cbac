// Copies a column word by word: what the memory can do, measured by the same means as a step.

@group(2) @binding(0) var<storage, read> source: array<u32>;
@group(2) @binding(1) var<storage, read_write> target_words: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end) {
        target_words[i] = source[i];
    }
}
