//! The nodes of a stored network in another order: breadth first, so that neighbours stand near each other.
//!
//! A tick reads what every node's neighbours hold. Where those stand all over memory each read waits for it; breadth-first numbering from a
//! node with few links (Cuthill and McKee, *Reducing the bandwidth of sparse symmetric matrices*, 1969) brings them together in networks
//! that have any locality: meshes, roads. In an expander, such as a random graph, there is none, and no order helps.

use super::import::{Graph, Ids, WordList};
use super::stored::GraphTopology;
use super::{Rows, Topology};
use crate::error::Error;

/// Fewer nodes than this are near each other in any order: their words fit the second-level cache.
const LARGE: u32 = 1 << 19;

/// Neighbours whose numbers differ by more are not in the same stretch of a cache.
const FAR: u32 = 1 << 16;

/// The rows of a network all of whose links are stored.
fn rows_of(topology: &dyn Topology) -> Option<Rows<'_>> {
    topology.rows().filter(|_| topology.slots() == 0)
}

/// The nodes breadth first: from the unvisited node with the fewest links, the lowest of those, on, and so on for each piece; the neighbours of a node
/// in ascending order.
fn visited(rows: Rows<'_>) -> Vec<u32> {
    let nodes = rows.offsets.len() - 1;
    let degree = |node: u32| rows.offsets[node as usize + 1] - rows.offsets[node as usize];
    let mut starts: Vec<u32> = (0..nodes as u32).collect();
    starts.sort_by_key(|&node| degree(node));
    let mut is_seen = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    for start in starts {
        if std::mem::replace(&mut is_seen[start as usize], true) {
            continue;
        }
        let mut at = order.len();
        order.push(start);
        while let Some(&node) = order.get(at) {
            let row = rows.offsets[node as usize] as usize..rows.offsets[node as usize + 1] as usize;
            for &other in &rows.ends[row] {
                if !std::mem::replace(&mut is_seen[other as usize], true) {
                    order.push(other);
                }
            }
            at += 1;
        }
    }
    order
}

/// The places of nodes in an order.
fn places(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, &node) in (0..).zip(order) {
        places[node as usize] = place;
    }
    places
}

/// The same network with its nodes breadth first. Each keeps its name, or gets its number as one.
///
/// # Errors
/// [`Error::Invalid`] if its links are not stored, or not all of them.
pub fn breadth_first(topology: &dyn Topology) -> Result<GraphTopology, Error> {
    let Some(rows) = rows_of(topology) else {
        let message = format!(
            "breadth-first is for networks whose links are stored, as imported ones are; those of '{}' are computed, and have an order already",
            topology.kind()
        );
        return Err(Error::invalid("--order", message));
    };
    let order = visited(rows);
    let places = places(&order);
    let mut names = WordList::default();
    let (mut offsets, mut ends) = (vec![0], Vec::with_capacity(rows.ends.len()));
    for &node in &order {
        match topology.ids() {
            Some(ids) => names.push(&ids.get(node)),
            None => names.push(&node.to_string()),
        }
        let row = rows.offsets[node as usize] as usize..rows.offsets[node as usize + 1] as usize;
        let start = ends.len();
        ends.extend(rows.ends[row].iter().map(|&end| places[end as usize]));
        ends[start..].sort_unstable();
        offsets.push(ends.len() as u32);
    }
    Ok(GraphTopology::named(
        Graph::of_sorted_rows(offsets, ends),
        Ids::Words(names),
        topology.import().cloned(),
    ))
}

/// Whether a tick on an imported network would be faster with the nodes breadth first: most link ends lead far away, and then less than half as
/// many would.
#[must_use]
pub fn would_gain(topology: &dyn Topology) -> bool {
    let Some(rows) = rows_of(topology).filter(|_| topology.nodes() >= LARGE && topology.ids().is_some()) else {
        return false;
    };
    let far = |places: Option<&[u32]>| {
        let place = |node: u32| places.map_or(node, |places| places[node as usize]);
        let mut count = 0u64;
        for (node, row) in (0..).zip(rows.offsets.windows(2)) {
            let of = &rows.ends[row[0] as usize..row[1] as usize];
            count += of.iter().filter(|&&end| place(node).abs_diff(place(end)) > FAR).count() as u64;
        }
        count
    };
    let now = far(None);
    2 * now > rows.ends.len() as u64 && 2 * far(Some(&places(&visited(rows)))) < now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Permutation;
    use crate::topology::import::{Format, Imported};
    use std::collections::BTreeSet;

    /// A ring whose nodes have been shuffled.
    fn shuffled_ring(nodes: u32) -> GraphTopology {
        let at = Permutation::random(nodes, 1, 0);
        let links: Vec<(u32, u32)> = (0..nodes)
            .map(|i| (at.permuted(i), at.permuted((i + 1) % nodes)))
            .collect();
        GraphTopology::new(Imported {
            graph: Graph::from_links(nodes, &links).unwrap().graph,
            ids: Ids::OneBased { nodes },
            format: Format::EdgeList,
            links_read: links.len() as u64,
            self_loops: 0,
            duplicates: 0,
            header: None,
            notes: Vec::new(),
        })
    }

    fn links_by_name(topology: &GraphTopology) -> BTreeSet<(String, String)> {
        let ids = topology.ids().unwrap();
        let of = |node: u32| topology.neighbours_of(node).into_iter().map(move |other| (node, other));
        let all = (0..topology.nodes()).flat_map(of);
        all.map(|(i, j)| (ids.get(i).into_owned(), ids.get(j).into_owned()))
            .collect()
    }

    #[test]
    fn neighbours_come_together_and_links_stay() {
        let ring = shuffled_ring(1000);
        let ordered = breadth_first(&ring).unwrap();
        assert_eq!(links_by_name(&ordered), links_by_name(&ring));
        let span = |node: u32| {
            ordered
                .neighbours_of(node)
                .into_iter()
                .map(|other| node.abs_diff(other))
                .max()
        };
        assert!((0..1000).all(|node| span(node) <= Some(2)));
        assert!(ring.neighbours_of(0).iter().any(|&other| other > 2), "it was shuffled");
    }

    #[test]
    fn who_would_gain_is_told_and_who_has_gained_is_not() {
        let ring = shuffled_ring(LARGE);
        assert!(would_gain(&ring));
        assert!(!would_gain(&breadth_first(&ring).unwrap()));
        assert!(!would_gain(&shuffled_ring(1000)));
    }
}
