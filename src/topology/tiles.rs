//! How the nodes of a network fall into tiles, of which one invocation of a GPU does all nodes at once: what several nodes need is then
//! worked out once.
//!
//! A rule that can do whole tiles says what happens over four links at a time, a network which links its tiles have; so the two meet
//! without a product of both, as everywhere ([`super::Topology`]). The network's piece of WGSL has the function `tile(t, front)` for
//! tile t, where `front` is the first tile of the workgroup. It may use, besides the names of a step's own shader:
//!
//! | function | what it is |
//! | --- | --- |
//! | `held(i)`, `held4(i)` | the word of node i; those of i to i + 3, where i is a multiple of 4 |
//! | `near4(i)` | those of i to i + 3 for any i |
//! | `hold(i, word)`, `hold4(i, words)` | what node i holds next; what the nodes i to i + 3 do, where i is a multiple of 4 |
//! | `gained(own, other, low, distance, up, k)` | what an end gains over its link in slot k, from the lower end to that `distance` above; `up` if it is the upper end |
//! | `gained4(own, other, low, distance, up, k)` | the same of four links from low, low + 1, low + 2 and low + 3, which is a multiple of 4 |
//! | `near_gained4(own, other, low, distance, up, k, odd)` | the same for any low, which is `odd` above a multiple of 4, for the whole workgroup |
//! | `apart_gained4(own, other, i, j, k)` | the same of any four links, of i's four nodes to j's; nothing where both are one and `own` is `other` |
//! | `gained_by(own, other, i, j, k, q)` | what i gains over its link to j in slot k, of which q is the divisor; nothing where both are one |
//!
//! In the three before the last `k` is a slot for each link. All but the last have the divisor that is the network's
//! [`super::Topology::tiled_divisor`].
//!
//! What one end of a link gains the other one loses, so that a tile asks for each of its inner links once.

use crate::shader::Module;
use std::ops::Range;

/// The tiles of a network.
#[derive(Clone, Debug)]
pub struct Tiles {
    /// Nodes of a tile, which follow each other or not: tiles t of `first..first + grain / nodes` have the nodes
    /// `first * nodes..first * nodes + grain`.
    pub nodes: u32,
    /// What the first node of a range must be a multiple of, and the length, for the range to be whole tiles.
    pub grain: u32,
    /// The WGSL, which may call what [`super::TopologyShader`] has, and the constants.
    pub modules: Vec<Module>,
}

impl Tiles {
    /// The part of a range that is whole tiles; what is before and after it is to be done node by node.
    #[must_use]
    pub fn inside(&self, range: &Range<u32>) -> Range<u32> {
        let grain = self.grain.max(1);
        let first = range.start.div_ceil(grain).saturating_mul(grain);
        let end = range.end / grain * grain;
        if first < end { first..end } else { range.end..range.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_at_whole_tiles() {
        let tiles = Tiles {
            nodes: 4,
            grain: 8,
            modules: Vec::new(),
        };
        assert_eq!(tiles.inside(&(0..64)), 0..64);
        assert_eq!(tiles.inside(&(3..61)), 8..56);
        assert_eq!(tiles.inside(&(8..15)), 15..15);
        assert_eq!(tiles.inside(&(9..15)), 15..15);
        assert_eq!(tiles.inside(&(u32::MAX - 3..u32::MAX)), u32::MAX..u32::MAX);
    }
}
