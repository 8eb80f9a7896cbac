//! Tiles of small worlds: eight nodes that follow each other, with a line for each link.
//!
//! Of links of length o the eight nodes of a tile need the partners of themselves and of the nodes o before: of o + 8 nodes, not of 16.
//! All go through the permutation; back through it go only those few that exchange their links, one after the other, so that a wave takes as
//! many turns as the node of its 64 tiles that has most of them, not as there are nodes.

use crate::shader::{Module, module};
use crate::topology::Tiles;
use std::borrow::Cow;
use std::fmt::Write;

/// Nodes of a tile.
const NODES: u32 = 8;
/// The most lengths that are written out: longer code does not fit where GPUs hold it, and nodes far apart share little.
const MOST_LENGTHS: u32 = 4;

/// The tiles of a small world of so many nodes with links of the lengths 1 to `lengths`; none if they do not pay.
pub(super) fn tiles(nodes: u32, lengths: u32) -> Option<Tiles> {
    if nodes < 2 * NODES || lengths > MOST_LENGTHS {
        return None;
    }
    let written = Module {
        name: "topology/tiles/small-world-written",
        source: Cow::Owned(written(lengths)),
        constants: Vec::new(),
    };
    Some(Tiles {
        nodes: NODES,
        grain: NODES,
        modules: vec![module!("topology/tiles/small-world"), written],
    })
}

/// The function `tile` with a block for each length.
fn written(lengths: u32) -> String {
    let mut text = String::from(
        "// Tiles of a small world, length after length; written by src/topology/small_world/tiles.rs.\n\n\
         fn tile(t: u32, front: u32) {\n    \
             let i = 8u * t;\n    \
             let a = held4(i);\n    \
             let b = held4(i + 4u);\n    \
             let nodes_a = vec4<u32>(i, i + 1u, i + 2u, i + 3u);\n    \
             let nodes_b = nodes_a + 4u;\n    \
             let inner_a = gained4(a, vec4<i32>(a.yzw, b.x), i, 1u, false, vec4<u32>(0u));\n    \
             let inner_b = gained4(b, vec4<i32>(b.yzw, b.w), i + 4u, 1u, false, vec4<u32>(0u));\n    \
             var gain_a = inner_a - vec4<i32>(0, inner_a.xyz);\n    \
             var gain_b = vec4<i32>(inner_b.xyz, 0) - vec4<i32>(inner_a.w, inner_b.xyz);\n    \
             gain_a.x += gained_before(a.x, i);\n    \
             gain_b.w += gained_after(b.w, i + 7u);\n",
    );
    for offset in 2..=lengths {
        text += &block(offset);
    }
    text + "    hold4(i, a + gain_a);\n    hold4(i + 4u, b + gain_b);\n}\n"
}

/// What is gained over the links of a length.
fn block(offset: u32) -> String {
    let (all, first_slot) = (NODES + offset, 2 * offset - 2);
    let mut text = format!(
        "    {{\n        \
             let keys = pair_keys.words[{}u];\n        \
             let more = pair_keys.words[{}u];\n        \
             let first = wrapped(i, NODES - {offset}u);\n        \
             var open = 0u;\n",
        2 * offset - 4,
        2 * offset - 3,
    );
    // Cannot fail, here and below: it writes to a string.
    for n in 0..all {
        let _ = writeln!(
            text,
            "        var to_{n} = wrapped(first, {n}u);\n        \
                     let place_{n} = permuted(to_{n}, NODES, keys, more);\n        \
                     open |= exchanges(place_{n}, {offset}u, {n}u);"
        );
    }
    text += "        let count = countOneBits(open);\n        \
             for (var turn = 0u; turn < count; turn++) {\n            \
                 let n = countTrailingZeros(open);\n            \
                 open &= open - 1u;\n            \
                 var place = place_0;\n";
    for n in 1..all {
        let _ = writeln!(text, "            place = select(place, place_{n}, n == {n}u);");
    }
    let _ = writeln!(
        text,
        "            let to = paired(wrapped(first, n), place, {offset}u, keys, more);"
    );
    for n in 0..all {
        let _ = writeln!(text, "            to_{n} = select(to_{n}, to, n == {n}u);");
    }
    text += "        }\n";
    for (of, at) in [("a", 0), ("b", 4)] {
        let ahead: Vec<String> = (at..at + 4)
            .map(|n| format!("wrapped(to_{}, {offset}u)", n + offset))
            .collect();
        let behind: Vec<String> = (at..at + 4).map(|n| format!("to_{n}")).collect();
        for (others, slot) in [(ahead, first_slot), (behind, first_slot + 1)] {
            let _ = writeln!(
                text,
                "        gain_{of} += gained_from({of}, nodes_{of}, vec4<u32>({}), {slot}u);",
                others.join(", ")
            );
        }
    }
    text + "    }\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_two_links_ask_for_are_asked_once() {
        let text = written(3);
        // Ten of length 2 and eleven of length 3.
        assert_eq!(text.matches(" = permuted(").count(), 21, "{text}");
        assert_eq!(text.matches("paired(").count(), 2, "{text}");
        for line in [
            "gain_a += gained_from(a, nodes_a, vec4<u32>(wrapped(to_2, 2u), wrapped(to_3, 2u), wrapped(to_4, 2u), wrapped(to_5, 2u)), 2u);",
            "gain_b += gained_from(b, nodes_b, vec4<u32>(to_4, to_5, to_6, to_7), 5u);",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(tiles(1000, 5).is_none());
        assert!(tiles(15, 2).is_none());
        assert_eq!(tiles(16, 2).unwrap().grain, 8);
    }
}
