//! Tiles of circulant networks: four nodes that follow each other. Where all links are short and few, the shader has a line for each.

use crate::shader::{Module, module};
use std::borrow::Cow;
use std::fmt::Write;

/// The nodes that a workgroup does.
const FRONT: u32 = 1024;
/// With fewer nodes the links of many workgroups go round the end of the indices, which is slow.
const FEWEST: u32 = 4 * FRONT;
/// The most links of a node that are written out: longer code does not fit where GPUs hold it.
const MOST_WRITTEN: usize = 32;

/// The WGSL for the tiles of a network of so many nodes with these forward distances; nothing if tiles do not pay.
pub(super) fn modules(nodes: u32, distances: &[u32]) -> Option<Vec<Module>> {
    if nodes < FEWEST {
        return None;
    }
    let one = module!("topology/tiles/circulant-one");
    let reach = distances.iter().map(|&d| d.min(nodes - d)).max().unwrap_or(0);
    let all = match distances.len() <= MOST_WRITTEN && reach <= nodes / 16 {
        true => Module {
            name: "topology/tiles/circulant-written",
            source: Cow::Owned(written(nodes, reach, distances)),
            constants: Vec::new(),
        },
        false => module!("topology/tiles/circulant"),
    };
    Some(vec![one, all])
}

/// The function `tile` with a line for each link.
fn written(nodes: u32, reach: u32, distances: &[u32]) -> String {
    let mut text = format!(
        "// Tiles of a circulant network of short links, one after the other; written by src/topology/circulant/tiles.rs.\n\n\
         fn tile(t: u32, front: u32) {{\n    \
             let i = 4u * t;\n    \
             let own = held4(i);\n    \
             var gain = vec4<i32>(0);\n    \
             if (4u * front < {reach}u || 4u * front > {}u) {{\n        \
                 // Some link of the workgroup may go round the end of the indices.\n        \
                 for (var k = 0u; k < SLOTS; k++) {{\n            \
                     gain += gained_round(own, i, k);\n        \
                 }}\n        \
                 hold4(i, own + gain);\n        \
                 return;\n    \
             }}\n",
        nodes - FRONT - reach,
    );
    for (k, &distance) in distances.iter().enumerate() {
        let (back, slots) = (nodes - distance, format!("vec4<u32>({k}u)"));
        // Cannot fail: it writes to a string.
        let _ = match distance <= reach {
            true => writeln!(
                text,
                "    gain += gained4(own, near4(i + {distance}u), i, {distance}u, false, {slots});"
            ),
            false => writeln!(
                text,
                "    gain += near_gained4(own, near4(i - {back}u), i - {back}u, {back}u, true, {slots}, {}u);",
                back.wrapping_neg() % 4
            ),
        };
    }
    text + "    hold4(i, own + gain);\n}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_links_are_written_out_and_long_ones_are_not() {
        let last = |nodes, distances: &[u32]| modules(nodes, distances).map(|all| all[1].clone());
        assert!(last(1000, &[1, 999]).is_none());
        assert_eq!(last(10_000, &[1, 5000, 9999]).unwrap().name, "topology/tiles/circulant");
        let written = last(10_000, &[3, 9997]).unwrap().source;
        assert!(
            written.contains("gained4(own, near4(i + 3u), i, 3u, false, vec4<u32>(0u))"),
            "{written}"
        );
        assert!(written.contains("near_gained4(own, near4(i - 3u), i - 3u, 3u, true, vec4<u32>(1u), 1u)"));
        assert!(written.contains("if (4u * front < 3u || 4u * front > 8973u) {"));
    }
}
