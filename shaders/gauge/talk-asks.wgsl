// What a node sends that asks others, whatever its links. Twin: src/gauge/ground.rs.

fn talk(i: u32, tick: u32) -> vec2<u32> {
    if (takes_part(i) && acts(i, tick)) {
        return vec2<u32>(2u * asked(i, tick));
    }
    return vec2<u32>();
}
