// Reads an opinion: its class is its number, and with those that have decided apart. Twin: src/part/consensus/gauge/opinion.rs.

@group(2) @binding(2) var<storage, read> opinion: array<u32>;

override OPINIONS: u32;

fn gauge(i: u32) {
    if (!takes_part(i)) {
        return;
    }
    let held = opinion[i] & 0xFFFFu;
    add_counted();
    // What is no opinion is in no class.
    if (held <= OPINIONS) {
        add_opinions(held + (OPINIONS + 1u) * (opinion[i] >> 31u), 1u);
    }
}
