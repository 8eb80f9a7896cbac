//! Whom a node asks when it asks several at a time. Twins: `shaders/lib/sample-*.wgsl`.
//!
//! From the whole swarm they are distinct: Floyd's algorithm (Bentley and Floyd, *Programming Pearls: A Sample of Brilliance*,
//! 1987) draws every set of k out of n with the same probability by k draws. The d-th is of one of the first n − k + d + 1 nodes;
//! whoever was there before gives way to the last of these. A node may draw itself. From the neighbours the draws are with
//! replacement, as [`Ask`] says: some nodes have fewer than k.

use super::View;
use super::ask::{Ask, From, NOBODY};
use crate::number::{multiply_high, threefry2x32};
use crate::shader::{Module, module};
use multiversion::multiversion;
use std::borrow::Cow;
use std::fmt::Write;

/// Nodes that draw together. Fewer than 64, and the compiler unrolls the loops over them and vectorises those over the draws instead,
/// which takes eight times as long.
pub const LANES: usize = 64;

/// A word for each of them.
pub type Lane = [u32; LANES];

/// Samples of nodes to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    ask: Ask,
    size: u32,
}

impl Sample {
    /// The most nodes in a sample.
    pub const MOST: u32 = 64;

    /// Samples of `size` nodes, at most [`Self::MOST`]; from the swarm at most as many as it has.
    #[must_use]
    pub fn new(from: From, size: u32, seed: u32) -> Self {
        Self {
            ask: Ask::new(from, seed),
            size: size.min(Self::MOST),
        }
    }

    /// How many nodes are in a sample.
    #[must_use]
    pub fn size(self) -> u32 {
        self.size
    }

    /// Among whom.
    #[must_use]
    pub fn from(self) -> From {
        self.ask.from()
    }

    /// A word that no draw of the sample has used.
    #[must_use]
    pub fn spare_word(self, node: u32, tick: u32) -> u32 {
        self.ask.word(node, self.size, tick)
    }

    /// Writes the samples of `nodes`: draw by draw whom each asks, or [`NOBODY`] where the answer does not arrive. `draws` is as
    /// long as a sample.
    pub fn draw(self, view: &View<'_>, nodes: &Lane, draws: &mut [Lane]) {
        words(self.ask.key(), view.tick, nodes, draws);
        match self.from() {
            From::Swarm => {
                subsets(view.topology.nodes(), draws);
                if view.traffic.has_faults() {
                    for (&node, other) in draws.iter_mut().flat_map(|draw| nodes.iter().zip(draw)) {
                        if *other != node && !view.traffic.reaches(node, *other) {
                            *other = NOBODY;
                        }
                    }
                }
            }
            From::Neighbours => {
                for (&node, word) in draws.iter_mut().flat_map(|draw| nodes.iter().zip(draw)) {
                    *word = self.ask.pick(view, node, *word);
                }
            }
        }
    }

    /// The shader's side: `sample(i, size, tick)`, which fills `sampled`; 0xFFFFFFFF is nobody.
    #[must_use]
    pub fn modules(self) -> Vec<Module> {
        let sample = match self.from() {
            From::Neighbours => module!("lib/sample-neighbours"),
            From::Swarm => Module {
                name: "lib/sample-written",
                source: Cow::Owned(written(self.size)),
                constants: Vec::new(),
            },
        };
        // Not a place more than there are draws: compilers keep what is small in registers.
        let size = Module {
            name: "lib/sample-size",
            source: Cow::Owned(format!(
                "// How many nodes are in a sample; written by src/hear/sample.rs.\nconst SAMPLED: u32 = {}u;\n",
                self.size.max(1)
            )),
            constants: Vec::new(),
        };
        vec![self.ask.module(), size, sample]
    }
}

/// The shader's side of samples of so many nodes out of all, with a line for each draw: compilers keep what is drawn in registers, and
/// each draw is compared with those before only.
fn written(size: u32) -> String {
    let mut text = String::from(
        "// Several nodes at a time, distinct ones out of all, itself perhaps included: Floyd's algorithm (Bentley and Floyd 1987), draw after\n\
         // draw; written by src/hear/sample.rs.\n\n\
         // Whom the node asks, draw by draw; 0xFFFFFFFF where the answer does not arrive.\n\
         var<private> sampled: array<u32, SAMPLED>;\n\n\
         fn heard_by(i: u32, j: u32, tick: u32) -> u32 {\n    \
             return select(0xFFFFFFFFu, j, j == i || reaches(i, j, tick));\n\
         }\n\n\
         fn sample(i: u32, size: u32, tick: u32) {\n",
    );
    // Cannot fail, here and below: it writes to a string.
    for d in 0..size {
        // As `ask_word`, of which two share their words.
        if d.is_multiple_of(2) {
            let pair = d / 2;
            let _ = writeln!(
                text,
                "    let words_{pair} = threefry2x32(vec2<u32>(ASK_KEY, {pair}u), vec2<u32>(i, tick));"
            );
        }
        let (pair, lane, left) = (d / 2, ["x", "y"][d as usize % 2], size - d);
        let _ = writeln!(
            text,
            "    var drawn_{d} = multiply_high(words_{pair}.{lane}, NODES - {}u);",
            left - 1
        );
        let before: Vec<String> = (0..d).map(|e| format!("drawn_{e} == drawn_{d}")).collect();
        if !before.is_empty() {
            let _ = writeln!(
                text,
                "    drawn_{d} = select(drawn_{d}, NODES - {left}u, {});",
                before.join(" || ")
            );
        }
    }
    for d in 0..size {
        let _ = writeln!(text, "    sampled[{d}u] = heard_by(i, drawn_{d}, tick);");
    }
    text + "}\n"
}

/// The words of all draws.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn words(key: u32, tick: u32, nodes: &Lane, draws: &mut [Lane]) {
    for (pair, draws) in draws.chunks_mut(2).enumerate() {
        let (mut even, mut odd) = ([0; LANES], [0; LANES]);
        for l in 0..LANES {
            [even[l], odd[l]] = threefry2x32([key, pair as u32], [nodes[l], tick]);
        }
        for (draw, words) in draws.iter_mut().zip([even, odd]) {
            *draw = words;
        }
    }
}

/// Turns words into sets of distinct nodes out of `all`, of which there are at least as many as draws.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn subsets(all: u32, draws: &mut [Lane]) {
    let first = all - draws.len() as u32;
    for d in 0..draws.len() {
        let last = first + d as u32;
        let (earlier, rest) = draws.split_at_mut(d);
        let mut drawn = rest[0];
        for node in &mut drawn {
            *node = multiply_high(*node, last + 1);
        }
        // In which bits the most similar of those before differs.
        let mut nearest = [u32::MAX; LANES];
        for earlier in &*earlier {
            for l in 0..LANES {
                nearest[l] = nearest[l].min(earlier[l] ^ drawn[l]);
            }
        }
        for l in 0..LANES {
            drawn[l] = if nearest[l] == 0 { last } else { drawn[l] };
        }
        rest[0] = drawn;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Stream, stream_key};

    fn sets(all: u32, size: usize, tick: u32, first: u32) -> Vec<Vec<u32>> {
        let nodes: Lane = std::array::from_fn(|l| first + l as u32);
        let mut draws = vec![[0; LANES]; size];
        words(stream_key(3, Stream::Partner), tick, &nodes, &mut draws);
        subsets(all, &mut draws);
        (0..LANES).map(|l| draws.iter().map(|draw| draw[l]).collect()).collect()
    }

    #[test]
    fn members_are_distinct_and_in_range() {
        for (all, size) in [
            (2, 1),
            (2, 2),
            (20, 20),
            (64, 64),
            (65, 64),
            (1000, 33),
            (u32::MAX - 1, 64),
        ] {
            for mut set in sets(all, size, 5, 0) {
                set.sort_unstable();
                set.dedup();
                assert_eq!(set.len(), size, "{size} of {all}");
                assert!(set.iter().all(|&node| node < all));
            }
        }
    }

    /// All C(7, 3) = 35 sets are equally likely: chi-square with 34 degrees of freedom, standard deviation 8.2.
    #[test]
    fn every_set_is_as_likely_as_any_other() {
        let (all, size, runs) = (7, 3, 4000u32);
        let mut counts = std::collections::BTreeMap::<Vec<u32>, f64>::new();
        for run in 0..runs {
            for mut set in sets(all, size, run, 16 * run) {
                set.sort_unstable();
                *counts.entry(set).or_default() += 1.0;
            }
        }
        assert_eq!(counts.len(), 35);
        let expected = f64::from(runs) * LANES as f64 / 35.0;
        let chi_square: f64 = counts.values().map(|count| (count - expected).powi(2) / expected).sum();
        assert!(
            (34.0 - 4.0 * 8.25..34.0 + 4.0 * 8.25).contains(&chi_square),
            "{chi_square}"
        );
    }
}
