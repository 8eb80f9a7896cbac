// What cells have forgotten is not counted. Twin: src/part/growth/steps/estate.rs.

fn forgotten_by(i: u32) -> vec2<u32> {
    return vec2<u32>();
}

fn hold_forgotten(i: u32, number: vec2<u32>) {}
