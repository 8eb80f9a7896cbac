//! Connected components, and whether the network is bipartite: one search over everything.

use super::network::Network;

/// The pieces of a network. Takes 4 bytes a node, and 8 more while it is found.
pub(super) struct Components {
    /// The size of each, in the order of their least nodes.
    pub sizes: Vec<u32>,
    /// Node by node, its component.
    pub of: Vec<u32>,
    /// Whether two colours are enough for no link to join two nodes of the same.
    pub bipartite: bool,
}

impl Components {
    /// Breadth-first searches from every node that none before has reached.
    pub fn find(network: &Network) -> Self {
        const NONE: u32 = u32::MAX;
        let n = network.nodes();
        let mut of = vec![NONE; n as usize];
        let mut colour = vec![false; n as usize];
        let (mut queue, mut sizes, mut bipartite) = (Vec::new(), Vec::new(), true);
        for start in 0..n {
            if of[start as usize] != NONE {
                continue;
            }
            let component = sizes.len() as u32;
            of[start as usize] = component;
            queue.clear();
            queue.push(start);
            let mut next = 0;
            while next < queue.len() {
                let i = queue[next];
                next += 1;
                for &j in network.neighbours(i) {
                    if of[j as usize] == NONE {
                        of[j as usize] = component;
                        colour[j as usize] = !colour[i as usize];
                        queue.push(j);
                    } else {
                        bipartite &= colour[j as usize] != colour[i as usize];
                    }
                }
            }
            sizes.push(queue.len() as u32);
        }
        Self { sizes, of, bipartite }
    }

    /// The largest component, the first of that size, and its size; size 0 if there are no nodes.
    pub fn largest(&self) -> (u32, u32) {
        let mut best = (0, 0);
        for (component, &size) in self.sizes.iter().enumerate() {
            if size > best.1 {
                best = (component as u32, size);
            }
        }
        best
    }

    /// Ordered pairs of different nodes that reach each other.
    pub fn reached_pairs(&self) -> u64 {
        self.sizes.iter().map(|&s| u64::from(s) * u64::from(s - 1)).sum()
    }
}
