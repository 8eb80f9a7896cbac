// Reads the best point that a node has seen. Twin: src/part/learning/search_gauge.rs.

@group(2) @binding(2) var<storage, read> point: array<u32>;
@group(2) @binding(3) var<storage, read> search: array<u32>;

fn gauge(i: u32) {
    let own = point[i];
    if (!takes_part(i) || own == 0u) {
        return;
    }
    add_begun();
    if (((search[i] >> 20u) & 31u) == 3u) {
        add_done();
    }
    add_points(vec2<u32>(own, 0u));
    add_least(i32(own));
    add_greatest(i32(own));
}
