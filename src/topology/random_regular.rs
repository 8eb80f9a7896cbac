//! Random regular graphs: the union of k random Hamiltonian cycles.
//!
//! The model H(n, 2k) is contiguous to the uniform model of random 2k-regular graphs: what almost all graphs of one have, almost
//! all of the other have, expansion above all (Kim and Wormald, *Random matchings which induce Hamilton cycles*, 2001; Friedman,
//! *A proof of Alon's second eigenvalue conjecture*, 2008). It is connected for sure and has no links from a node to itself; two
//! cycles share a link now and then, about 2 of all in a pair of cycles.
//!
//! Cycle c visits the nodes in the order of a keyed permutation P, so the next node after i is P⁻¹(P(i) + 1): no memory at all.

use super::{Build, Fit, Neighbours, Rows, ShaderBuffer, Site, Tiles, Topology, TopologyShader};
use crate::error::Error;
use crate::number::{HALF_ROUNDS, Permutation, Permutations};
use crate::shader::{Module, module};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// The most neighbours that a node of a sampled network can have: what the shader's uniform block holds.
pub(super) const MOST_DEGREE: u32 = 1024;

/// The keys of permutations as the shader's uniform block holds them.
pub(super) fn key_block(permutations: &[Permutation]) -> ShaderBuffer<'static> {
    let mut words: Vec<u32> = permutations.iter().flat_map(|p| *p.keys()).collect();
    words.resize(MOST_DEGREE as usize / 2 * HALF_ROUNDS, 0);
    ShaderBuffer::Uniform(words)
}

/// Says that a degree is odd, or out of `least..=1024`.
pub(super) fn check_degree(kind: &str, degree: u32, least: u32) -> Result<(), Error> {
    if degree.is_multiple_of(2) && (least..=MOST_DEGREE).contains(&degree) {
        return Ok(());
    }
    let below = (degree & !1).clamp(least, MOST_DEGREE);
    let above = (degree.saturating_add(1) & !1).clamp(least, MOST_DEGREE);
    let nearest = if below == above {
        below.to_string()
    } else {
        format!("{below} and {above}")
    };
    Err(Error::invalid(
        "topology.degree",
        format!(
            "is {degree}, but the topology '{kind}' has an even degree, {least} to {MOST_DEGREE}; the nearest: {nearest}"
        ),
    ))
}

/// k Hamiltonian cycles; slots 2c and 2c + 1 are the next and the last node on cycle c.
#[derive(Clone, Debug)]
pub struct RandomRegular {
    nodes: u32,
    cycles: Vec<Permutation>,
    /// The same, for nodes that are each on a cycle of their own.
    each: Permutations,
}

impl RandomRegular {
    /// `cycles` random Hamiltonian cycles, at least one, through `nodes` nodes, at least 3; a pure function of the seed.
    #[must_use]
    pub fn new(nodes: u32, cycles: u32, seed: u32) -> Self {
        let cycles: Vec<Permutation> = (0..cycles.max(1))
            .map(|c| Permutation::random(nodes, seed, c))
            .collect();
        Self {
            nodes,
            each: Permutations::new(&cycles),
            cycles,
        }
    }
}

impl Topology for RandomRegular {
    fn kind(&self) -> &'static str {
        "random-regular"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes) * self.cycles.len() as u64
    }

    fn degree(&self, _node: u32) -> u32 {
        self.slots()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.slots())
    }

    fn slots(&self) -> u32 {
        2 * self.cycles.len() as u32
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (cycle, last) = (&self.cycles[slot as usize / 2], self.nodes - 1);
        let len = nodes.end - nodes.start;
        let list = &mut list[..len as usize];
        for (at, node) in list.iter_mut().zip(nodes) {
            *at = node;
        }
        cycle.permute(list);
        if slot.is_multiple_of(2) {
            for at in &mut *list {
                *at = if *at == last { 0 } else { *at + 1 };
            }
        } else {
            for at in &mut *list {
                *at = if *at == 0 { last } else { *at - 1 };
            }
        }
        cycle.unpermute(list);
        (Neighbours::List, len)
    }

    fn neighbours_there(&self, nodes: &[u32], places: &mut [u32]) {
        /// Nodes that go through the permutations together.
        const PART: usize = 256;
        let last = self.nodes - 1;
        for (nodes, places) in nodes.chunks(PART).zip(places.chunks_mut(PART)) {
            let (mut cycles, mut list) = ([0; PART], [0; PART]);
            let (cycles, list) = (&mut cycles[..nodes.len()], &mut list[..nodes.len()]);
            for (cycle, &place) in cycles.iter_mut().zip(&*places) {
                *cycle = place / 2;
            }
            list.copy_from_slice(nodes);
            self.each.permute(cycles, list);
            for (at, &place) in list.iter_mut().zip(&*places) {
                *at = match place.is_multiple_of(2) {
                    true if *at == last => 0,
                    true => *at + 1,
                    false if *at == 0 => last,
                    false => *at - 1,
                };
            }
            self.each.unpermute(cycles, list);
            places.copy_from_slice(list);
        }
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot ^ 1)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn has_parallel_links(&self) -> bool {
        self.cycles.len() > 1
    }

    fn two_neighbours(&self) -> Module {
        module!("topology/pairs/on-a-cycle")
    }

    fn tiles(&self) -> Option<Tiles> {
        Some(Tiles {
            nodes: 1,
            // What is held next is written four words wide.
            grain: 4,
            modules: vec![module!("topology/tiles/random-regular")],
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        TopologyShader {
            module: module!("topology/random-regular").with("SLOTS", self.slots()),
            buffers: vec![key_block(&self.cycles)],
        }
    }
}

/// Parameters of `random-regular`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RandomRegularSpec {
    /// Neighbours a node: an even number, below the number of nodes. Two nodes that are linked twice count twice.
    #[serde(default = "four")]
    #[schemars(range(min = 2, max = 1024))]
    pub degree: u32,
}

fn four() -> u32 {
    4
}

impl Build for RandomRegularSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(self.degree.clamp(2, MOST_DEGREE) + 1, nodes)
    }

    fn build(&self, nodes: u32, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        check_degree("random-regular", self.degree, 2)?;
        Ok(Arc::new(RandomRegular::new(nodes, self.degree / 2, site.seed)))
    }
}
