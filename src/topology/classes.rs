//! Stored links that know their divisors: the Metropolis divisor of a link, 1 + the larger degree of its two ends, is one of few values, and
//! which one it is, its class, fits into the bits of a link end that an index leaves free. Whoever reads the link end need not look up
//! the degree of the other end, which is a second cache miss a link. Twin: `shaders/topology/graph-classed.wgsl`.

use super::import::Graph;
use super::stored::check_room;
use crate::number::Divisor;
use rayon::prelude::*;

/// The most classes: what the shader's uniform block holds.
const MOST: usize = 1024;

/// The links of a stored network, with the classes of their divisors.
#[derive(Clone, Debug)]
pub struct Classes {
    /// The neighbours, row by row as in [`Rows::ends`](super::Rows::ends): the index in the lower [`Classes::index_bits`] bits, and above
    /// it the class.
    pub ends: Vec<u32>,
    /// The bits of an index, at least 1 and below 32.
    pub index_bits: u32,
    /// The divisors by class, ascending.
    pub divisors: Vec<u32>,
}

impl Classes {
    /// Of a graph; nothing if there are more classes than bits for them, or less memory than it takes.
    pub(super) fn of(graph: &Graph) -> Option<Self> {
        let nodes = graph.nodes();
        let largest = (0..nodes).into_par_iter().map(|i| graph.degree(i)).max()?;
        let mut is_there = vec![false; largest as usize + 2];
        for i in 0..nodes {
            is_there[graph.degree(i) as usize + 1] = true;
        }
        // The divisor of a link is at least 2.
        let divisors: Vec<u32> = (2..=largest + 1).filter(|&q| is_there[q as usize]).collect();
        let index_bits = (32 - (nodes - 1).leading_zeros()).max(1);
        if divisors.is_empty() || divisors.len() > MOST.min(1 << (32 - index_bits).min(16)) || index_bits > 31 {
            return None;
        }
        check_room(nodes, 4 * graph.ends().len() as u64).ok()?;
        let mut class = vec![0; largest as usize + 2];
        for (k, &q) in (0..).zip(&divisors) {
            class[q as usize] = k << index_bits;
        }
        let degree = |i: u32| graph.degree(i);
        let row = |i: u32| {
            let class = &class;
            let own = degree(i);
            graph
                .row(i)
                .iter()
                .map(move |&j| j | class[1 + own.max(degree(j)) as usize])
        };
        let ends = (0..nodes).into_par_iter().flat_map_iter(row).collect();
        Some(Self {
            ends,
            index_bits,
            divisors,
        })
    }

    /// The shader's table: of each class the divisor, and its reciprocal for numbers below 2^31 without an increment.
    pub(super) fn table(&self) -> Vec<u32> {
        let entry = |&q: &u32| {
            let bits = 32 - (q - 1).leading_zeros();
            let multiplier = (1u64 << (31 + bits)).div_ceil(u64::from(q)) as u32;
            debug_assert!(Divisor::new(q).increment == 1 || Divisor::new(q).multiplier == multiplier);
            [q, multiplier, bits - 1, 0]
        };
        let mut table: Vec<u32> = self.divisors.iter().flat_map(entry).collect();
        table.resize(4 * MOST, 0);
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::multiply_high;

    #[test]
    fn every_end_has_the_class_of_its_link() {
        // A star with a tail and a node alone.
        let links = [(0, 1), (0, 2), (0, 3), (3, 4), (4, 5)];
        let graph = Graph::from_links(7, &links).unwrap().graph;
        let classes = Classes::of(&graph).unwrap();
        assert_eq!((classes.index_bits, &*classes.divisors), (3, &[2, 3, 4][..]));
        let mut at = 0;
        for i in 0..7 {
            for &j in graph.row(i) {
                let end = classes.ends[at];
                let q = classes.divisors[(end >> 3) as usize];
                assert_eq!(
                    (end & 7, q),
                    (j, 1 + graph.degree(i).max(graph.degree(j))),
                    "{i} to {j}"
                );
                at += 1;
            }
        }
        assert_eq!(at, classes.ends.len());
    }

    #[test]
    fn the_table_divides_exactly() {
        let classes = Classes {
            ends: Vec::new(),
            index_bits: 1,
            divisors: (2..300).chain([1 << 20, (1 << 28) - 1]).collect(),
        };
        assert_eq!(classes.table().len(), 4 * MOST);
        for entry in classes.table().chunks(4).take(classes.divisors.len()) {
            let q = entry[0];
            for n in [
                0,
                1,
                q - 1,
                q,
                q + 1,
                805_306_368,
                (1 << 31) - 1,
                (1 << 31) - q,
                5 * q - 1,
            ] {
                assert_eq!(multiply_high(n, entry[1]) >> entry[2], n / q, "{n} / {q}");
            }
        }
    }
}
