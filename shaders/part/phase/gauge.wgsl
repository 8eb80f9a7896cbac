// Reads a phase: its cosine and sine by a table, and the sector of the circle, of 64. Twin: src/part/phase/gauge.rs.

@group(2) @binding(2) var<storage, read> phase: array<u32>;

fn prepare(lane: u32) {
    make_sine_table(lane);
}

fn gauge(i: u32) {
    if (!takes_part(i)) {
        return;
    }
    let own = phase[i];
    add_counted();
    add_cosines(widened(sine(own + 0x40000000u)));
    add_sines(widened(sine(own)));
    add_sectors(own >> 26u, 1u);
}
