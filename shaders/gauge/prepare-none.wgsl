// A workgroup needs nothing before it looks at its nodes.
fn prepare(lane: u32) {
}
