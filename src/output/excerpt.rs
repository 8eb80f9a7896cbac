//! The part of a network that is shown of it: which nodes, where they are, and what levels their links have.

use tetraswarm::picture::{Excerpt, Layout, MOST_NODES};
use tetraswarm::topology::Topology;

/// The most links that a picture shows.
const MOST_LINKS: u64 = 300_000;

/// All of a network, or the part that shows it best: of a nested one the first nodes, which are one of its parts; of any
/// other the surroundings of a node.
pub fn excerpt(topology: &dyn Topology) -> Excerpt {
    let nodes = topology.nodes();
    let neighbours = |node: u32| topology.neighbours_of(node);
    // Fewer of those that have many links: more would be a blot.
    let links_a_node = topology.links().div_ceil(u64::from(nodes.max(1))).max(1);
    let most = (MOST_LINKS / links_a_node).clamp(64, MOST_NODES as u64) as u32;
    if nodes <= most || topology.links() <= MOST_LINKS && nodes as usize <= MOST_NODES {
        return Excerpt::first(nodes, nodes, neighbours);
    }
    if topology.level(0, 1).is_some() {
        // A power of four is a whole part of nested tetrahedra and of cubes.
        return Excerpt::first(nodes, 1 << (2 * (most.ilog2() / 2)), neighbours);
    }
    Excerpt::ball(nodes, 0, most as usize, neighbours)
}

/// Where the nodes are, and what is to be said of that.
pub fn positions(topology: &dyn Topology, shown: &Excerpt) -> (Vec<glam::DVec3>, Option<String>) {
    // A network from a file has no shape of its own.
    if topology.ids().is_none() {
        return (shown.nodes.iter().map(|&node| topology.position(node)).collect(), None);
    }
    let mut rows = vec![Vec::new(); shown.nodes.len()];
    for &(a, b) in &shown.links {
        rows[a as usize].push(b);
        rows[b as usize].push(a);
    }
    let layout = Layout::by_distances(shown.nodes.len() as u32, |node| rows[node as usize].iter().copied());
    (layout.positions, Some(layout.caption))
}

/// The level of each link with what the levels are called, if there are levels: those of a nested network, or the networks
/// that are laid over each other.
pub fn levels(topology: &dyn Topology, shown: &Excerpt) -> Option<(Vec<u32>, Vec<String>)> {
    let ends = |&(a, b): &(u32, u32)| (shown.nodes[a as usize], shown.nodes[b as usize]);
    let parts = topology.parts();
    if parts.is_empty() {
        let level = |(a, b): (u32, u32)| topology.level(a, b);
        let of: Vec<u32> = shown.links.iter().map(ends).map(level).collect::<Option<_>>()?;
        return Some((of, Vec::new()));
    }
    // Parallel links of two parts are shown as the first part's.
    let part_of = |(a, b): (u32, u32)| {
        let has = |part: &&dyn Topology| part.neighbours_of(a).binary_search(&b).is_ok();
        parts.iter().position(has).unwrap_or(0) as u32
    };
    let of = shown.links.iter().map(ends).map(part_of).collect();
    Some((of, parts.iter().map(|part| part.kind().to_owned()).collect()))
}
