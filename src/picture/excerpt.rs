//! The part of a network that a picture shows, if it is too large to be shown whole.

use crate::digits::grouped;
use std::collections::HashSet;

/// Some nodes of a network and all links among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The nodes, ascending.
    pub nodes: Vec<u32>,
    /// The links among them, as pairs of indices of `nodes`, lower first, ascending.
    pub links: Vec<(u32, u32)>,
    /// Exactly which part of the network it is, as in "18,432 of 1,048,576 nodes: those within 31 links of node 0".
    pub caption: String,
}

impl Excerpt {
    /// The surroundings of a node: all nodes within as many links as fit into `most` nodes (at least 1), and if the next
    /// step alone is more than half of it, also the first of those one link farther. Shows grids and crystals best.
    ///
    /// `neighbours` gives the neighbours of a node, in a fixed order.
    pub fn ball<I: IntoIterator<Item = u32>>(
        network_nodes: u32,
        centre: u32,
        most: usize,
        neighbours: impl Fn(u32) -> I,
    ) -> Self {
        let most = most.max(1);
        let mut found = HashSet::from([centre]);
        let mut order = vec![centre];
        // Where each distance starts in `order`.
        let mut starts = vec![0];
        while *starts.last().unwrap_or(&0) < order.len() && order.len() <= most {
            let last = starts.last().copied().unwrap_or(0)..order.len();
            starts.push(order.len());
            for at in last {
                for other in neighbours(order[at]) {
                    if order.len() <= most && found.insert(other) {
                        order.push(other);
                    }
                }
            }
        }
        let of = grouped(u64::from(network_nodes));
        // `order` has one node more than fit, if not all do.
        let caption = if order.len() <= most {
            let reached = order.len();
            if reached as u64 == u64::from(network_nodes) {
                format!("All {of} nodes.")
            } else {
                format!(
                    "{} of {of} nodes: all that can be reached from node {centre}.",
                    grouped(reached as u64)
                )
            }
        } else {
            let whole = starts.last().copied().unwrap_or(1);
            let distance = starts.len() - 2;
            if whole >= most / 2 {
                order.truncate(whole);
                format!(
                    "{} of {of} nodes: those within {} of node {centre}.",
                    grouped(whole as u64),
                    links(distance)
                )
            } else {
                order.truncate(most);
                format!(
                    "{} of {of} nodes: the {} within {} of node {centre}, and {} of those that are {} away.",
                    grouped(most as u64),
                    grouped(whole as u64),
                    links(distance),
                    grouped((most - whole) as u64),
                    links(distance + 1)
                )
            }
        };
        Self::of(order, caption, neighbours)
    }

    /// The first `count` nodes. Shows networks whose numbering is a hierarchy best: the first 4^k nodes of nested tetrahedra
    /// are one tetrahedron.
    pub fn first<I: IntoIterator<Item = u32>>(network_nodes: u32, count: u32, neighbours: impl Fn(u32) -> I) -> Self {
        let count = count.min(network_nodes);
        let of = grouped(u64::from(network_nodes));
        let caption = if count == network_nodes {
            format!("All {of} nodes.")
        } else {
            format!("{} of {of} nodes: the first ones.", grouped(u64::from(count)))
        };
        Self::of((0..count).collect(), caption, neighbours)
    }

    fn of<I: IntoIterator<Item = u32>>(mut nodes: Vec<u32>, caption: String, neighbours: impl Fn(u32) -> I) -> Self {
        nodes.sort_unstable();
        let mut links = Vec::new();
        for (at, &node) in nodes.iter().enumerate() {
            let after = neighbours(node).into_iter().filter(|&other| other > node);
            links.extend(after.filter_map(|other| Some((at as u32, nodes.binary_search(&other).ok()? as u32))));
        }
        links.sort_unstable();
        Self { nodes, links, caption }
    }
}

fn links(count: usize) -> String {
    format!("{} link{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}
