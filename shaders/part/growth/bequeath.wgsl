// What is conserved goes to the parent when a family goes. Twin: src/part/growth/steps/bequeath.rs.
//
// Reads: its own words, its parent's wish, and, if its family goes, its children's words. Writes: its own words.
// Hazards: none.

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (is_leaving(i)) {
        hold(i, vec2<u32>());
        return;
    }
    var sum = held_by(i);
    if (is_heir(i)) {
        let family = families[i];
        for (var k = 0u; k < FAMILY_SIZE; k++) {
            sum = plus(sum, held_by(family + k));
        }
    }
    hold(i, sum);
}
