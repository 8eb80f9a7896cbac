// Reads how deep a cell is, and what it holds. Twin: src/part/growth/gauge.rs.

@group(2) @binding(2) var<storage, read> depths: array<u32>;
@group(2) @binding(3) var<storage, read> states: array<u32>;

override DEPTHS: u32;

fn gauge(i: u32) {
    if (i >= FOUNDERS && parents[i] == 0u) {
        return;
    }
    let depth = min(depths[i], DEPTHS - 1u);
    add_cells(depth, 1u);
    add_loads(depth, load_of(states[i]));
}
