//! A network whose nodes come and go in families of four: a node may have four children, each of which is linked to it and to the other
//! three, and may have children of its own.
//!
//! The first nodes, the *founders*, are there from the start and have the links of another network. Behind them are places: who is
//! there, and whose child, stands in two columns of the swarm, see [`Lineage`], which a step may change from tick to tick. A place where
//! nobody is has no link. Twin: `shaders/topology/grown.wgsl`.

use super::overlay::{replaced, under_number};
use super::stored::check_room;
use super::{LARGEST_DEGREE, Neighbours, Rows, ShaderBuffer, Topology, TopologyShader, import};
use crate::column::Lineage;
use crate::error::Error;
use crate::shader::{Module, module};
use glam::DVec3;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// How many children a node has, if it has any.
pub const FAMILY: u32 = 4;

/// How many levels of families there are at most.
pub const DEEPEST: u32 = 8;

/// The slots of the links of families, behind those of the founders' network: three to siblings, one to the parent, four to children.
pub const FAMILY_SLOTS: u32 = 8;

/// Among these, the one to the parent, and the first to a child.
const TO_PARENT: u32 = 3;
const TO_CHILDREN: u32 = 4;

/// The founders' network with places behind it. By itself it knows of no family; [`Topology::living`] does.
#[derive(Debug)]
pub struct Grown {
    founders: Arc<dyn Topology>,
    nodes: u32,
    /// How many founders there are, how many slots their network has, and their degree, if they all have the same: asked for link by link.
    first: u32,
    of_network: u32,
    regular: Option<u32>,
    /// Of stored links: the founders' offsets and degrees, and those of places, which have none.
    offsets: Vec<u32>,
    degrees: Vec<u8>,
}

impl Grown {
    /// The network of the founders with so many nodes in all, at least as many as there are founders, and a multiple of four more.
    ///
    /// # Errors
    /// [`Error::Invalid`] if that is not so or there are too many neighbours, [`Error::TooLarge`] if its links do not fit.
    pub fn new(founders: Arc<dyn Topology>, nodes: u32) -> Result<Self, Error> {
        let first = founders.nodes();
        if nodes < first || !(nodes - first).is_multiple_of(FAMILY) {
            let message = format!(
                "has {first} founders and {nodes} places in all; places come in families of {FAMILY} behind the founders"
            );
            return Err(Error::invalid("topology", message));
        }
        if founders.largest_degree() > LARGEST_DEGREE - FAMILY_SLOTS {
            let message = format!(
                "gives a node up to {} neighbours; at most {} are possible where nodes come and go",
                founders.largest_degree(),
                LARGEST_DEGREE - FAMILY_SLOTS
            );
            return Err(Error::invalid("topology", message));
        }
        let (mut offsets, mut degrees) = (Vec::new(), Vec::new());
        if let Some(rows) = founders.rows() {
            check_room(nodes, 5 * u64::from(nodes))?;
            offsets.extend_from_slice(rows.offsets);
            offsets.resize(nodes as usize + 1, rows.ends.len() as u32);
            degrees.extend_from_slice(rows.degrees);
            degrees.resize(nodes as usize, 0);
        }
        Ok(Self {
            first,
            of_network: founders.slots(),
            regular: founders.regular_degree(),
            founders,
            nodes,
            offsets,
            degrees,
        })
    }

    /// As nobody is at any place.
    fn at_first(&self) -> Living<'_> {
        Living {
            grown: self,
            parents: &[],
            families: &[],
            end: self.nodes,
        }
    }
}

/// The network while nodes are whose children two columns say.
#[derive(Clone, Copy, Debug)]
pub struct Living<'a> {
    grown: &'a Grown,
    parents: &'a [u32],
    families: &'a [u32],
    /// From which node on nobody is, as far as that is known.
    end: u32,
}

impl Living<'_> {
    /// The same where it is known from which node on nobody is. If that is the first place, all is as in the founders' network.
    #[must_use]
    pub fn up_to(self, end: u32) -> Self {
        let end = end.clamp(self.grown.first, self.grown.nodes);
        Self { end, ..self }
    }

    /// Whether it is known that nobody has come.
    #[inline(always)]
    fn is_alone(&self) -> bool {
        self.end == self.grown.first
    }

    /// How many siblings, parents and children a node has.
    #[inline(always)]
    fn relatives(&self, node: u32) -> u32 {
        let siblings_and_parent = if self.parent(node).is_some() { FAMILY } else { 0 };
        let children = if self.family(node).is_some() { FAMILY } else { 0 };
        siblings_and_parent + children
    }

    /// [`Self::relative`] for each of `nodes`, without a branch for each.
    fn relatives_of(&self, nodes: Range<u32>, slot: u32, list: &mut [u32]) {
        let range = nodes.start as usize..nodes.end as usize;
        let (Some(parents), Some(families)) = (self.parents.get(range.clone()), self.families.get(range)) else {
            // Nobody has come yet.
            for (other, node) in list.iter_mut().zip(nodes) {
                *other = node;
            }
            return;
        };
        let first = self.grown.first;
        let one = |there: bool, other: u32, node: u32| if there { other } else { node };
        match slot {
            ..TO_PARENT => {
                for ((other, node), &parent) in list.iter_mut().zip(nodes).zip(parents) {
                    let place = node.wrapping_sub(first) % FAMILY;
                    let sibling = node.wrapping_sub(place).wrapping_add((place + 1 + slot) % FAMILY);
                    *other = one(parent != 0, sibling, node);
                }
            }
            TO_PARENT => {
                for ((other, node), &parent) in list.iter_mut().zip(nodes).zip(parents) {
                    *other = one(parent != 0, parent.wrapping_sub(1), node);
                }
            }
            _ => {
                for ((other, node), &family) in list.iter_mut().zip(nodes).zip(families) {
                    *other = one(family != 0, family.wrapping_add(slot - TO_CHILDREN), node);
                }
            }
        }
    }

    /// The node over one of the slots of families; the node itself where there is none.
    #[inline(always)]
    fn relative(&self, node: u32, slot: u32) -> u32 {
        match slot {
            ..TO_PARENT => {
                let first = self.grown.first;
                match self.parent(node) {
                    Some(_) => {
                        let place = (node - first) % FAMILY;
                        node - place + (place + 1 + slot) % FAMILY
                    }
                    None => node,
                }
            }
            TO_PARENT => self.parent(node).unwrap_or(node),
            _ => self.family(node).map_or(node, |family| family + (slot - TO_CHILDREN)),
        }
    }
}

/// What does not depend on who is there is said by the founders' network.
macro_rules! of_founders {
    () => {
        fn kind(&self) -> &str {
            self.network().kind()
        }

        fn links(&self) -> u64 {
            self.network().links()
        }

        fn regular_degree(&self) -> Option<u32> {
            None
        }

        fn mirror(&self, slot: u32) -> Option<u32> {
            let network = self.network();
            (slot < network.slots()).then(|| network.mirror(slot)).flatten()
        }

        fn dimension(&self, slot: u32) -> Option<u32> {
            let network = self.network();
            (slot < network.slots())
                .then(|| network.dimension(slot))
                .flatten()
        }

        fn has_parallel_links(&self) -> bool {
            self.network().has_parallel_links()
        }

        fn position(&self, node: u32) -> DVec3 {
            let network = self.network();
            network.position(node.min(network.nodes().saturating_sub(1)))
        }

        fn parts(&self) -> Vec<&dyn Topology> {
            self.network().parts()
        }

        fn ids(&self) -> Option<&import::Ids> {
            self.network().ids()
        }

        fn import(&self) -> Option<&import::Import> {
            self.network().import()
        }
    };
}

impl Living<'_> {
    fn network(&self) -> &dyn Topology {
        &*self.grown.founders
    }
}

impl Topology for Living<'_> {
    of_founders!();

    fn nodes(&self) -> u32 {
        self.grown.nodes
    }

    fn founders(&self) -> u32 {
        self.grown.first
    }

    fn slots(&self) -> u32 {
        self.grown.of_network + FAMILY_SLOTS
    }

    fn largest_degree(&self) -> u32 {
        let of_families = if self.is_alone() { 0 } else { FAMILY_SLOTS };
        self.network().largest_degree() + of_families
    }

    fn uniform_divisor(&self) -> Option<u32> {
        self.network().uniform_divisor().filter(|_| self.is_alone())
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        (self.is_alone() && nodes.end <= self.grown.first)
            .then(|| self.network().degree_of_all(nodes))
            .flatten()
    }

    fn slots_among(&self, nodes: Range<u32>) -> u32 {
        let of = |words: &[u32]| {
            let words = words.get(nodes.start as usize..nodes.end as usize).unwrap_or_default();
            words.iter().fold(0, |all, word| all | word) != 0
        };
        if !self.is_alone() && (of(self.parents) || of(self.families)) {
            self.slots()
        } else if nodes.start < self.grown.first {
            self.grown.of_network
        } else {
            0
        }
    }

    fn degree(&self, node: u32) -> u32 {
        let of_network = if node >= self.grown.first {
            0
        } else {
            self.grown.regular.unwrap_or_else(|| self.network().degree(node))
        };
        if self.is_alone() {
            return of_network;
        }
        of_network + self.relatives(node)
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (network, first) = (self.network(), self.grown.first);
        let of_network = self.grown.of_network;
        if slot < of_network {
            if nodes.start < first {
                return network.neighbours(slot, nodes.start..nodes.end.min(first), list);
            }
            for (other, node) in list.iter_mut().zip(nodes.clone()) {
                *other = node;
            }
        } else {
            self.relatives_of(nodes.clone(), slot - of_network, list);
        }
        (Neighbours::List, nodes.end - nodes.start)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        let rows = self.grown.founders.rows()?;
        Some(Rows {
            offsets: &self.grown.offsets,
            ends: rows.ends,
            degrees: &self.grown.degrees,
            greater: &[],
        })
    }

    fn stored_bytes(&self) -> u64 {
        self.network().stored_bytes() + (4 * self.grown.offsets.len() + self.grown.degrees.len()) as u64
    }

    /// Only what there is, so that where nobody has come all is as without.
    fn slots_of(&self, node: u32) -> u32 {
        let of_network = if node < self.grown.first {
            self.network().slots_of(node)
        } else {
            0
        };
        of_network + self.relatives(node)
    }

    fn neighbour(&self, node: u32, place: u32) -> u32 {
        let network = self.network();
        let first = self.grown.first;
        let slots = if node < first { self.grown.of_network } else { 0 };
        let relatives = self.relatives(node);
        match place.checked_sub(slots) {
            Some(rest) if rest < relatives => {
                let from = if self.parent(node).is_some() { 0 } else { TO_CHILDREN };
                self.relative(node, from + rest)
            }
            Some(_) if node >= first => node,
            Some(_) => network.neighbour(node, place - relatives),
            None => network.neighbour(node, place),
        }
    }

    fn end(&self) -> u32 {
        self.end
    }

    fn alone(&self) -> Option<&dyn Topology> {
        self.is_alone().then(|| self.network())
    }

    fn kin(&self) -> Option<[&[u32]; 2]> {
        Some([self.parents, self.families])
    }

    fn parent(&self, node: u32) -> Option<u32> {
        self.parents.get(node as usize)?.checked_sub(1)
    }

    fn family(&self, node: u32) -> Option<u32> {
        self.families.get(node as usize).copied().filter(|&family| family != 0)
    }

    fn shader(&self) -> TopologyShader<'_> {
        self.grown.shader()
    }
}

impl Grown {
    fn network(&self) -> &dyn Topology {
        &*self.founders
    }
}

impl Topology for Grown {
    of_founders!();

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn of_founders(&self) -> Option<Arc<dyn Topology>> {
        Some(Arc::clone(&self.founders))
    }

    fn living<'a>(&'a self, parents: &'a [u32], families: &'a [u32]) -> Option<Living<'a>> {
        Some(Living {
            grown: self,
            parents,
            families,
            end: self.nodes,
        })
    }

    fn founders(&self) -> u32 {
        self.first
    }

    fn largest_degree(&self) -> u32 {
        self.network().largest_degree() + FAMILY_SLOTS
    }

    fn slots(&self) -> u32 {
        self.of_network + FAMILY_SLOTS
    }

    fn slots_among(&self, nodes: Range<u32>) -> u32 {
        self.at_first().slots_among(nodes)
    }

    fn degree(&self, node: u32) -> u32 {
        self.at_first().degree(node)
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        self.at_first().neighbours(slot, nodes, list)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        let rows = self.founders.rows()?;
        Some(Rows {
            offsets: &self.offsets,
            ends: rows.ends,
            degrees: &self.degrees,
            greater: &[],
        })
    }

    fn slots_of(&self, node: u32) -> u32 {
        self.at_first().slots_of(node)
    }

    fn neighbour(&self, node: u32, place: u32) -> u32 {
        self.at_first().neighbour(node, place)
    }

    fn stored_bytes(&self) -> u64 {
        self.at_first().stored_bytes()
    }

    fn shader(&self) -> TopologyShader<'_> {
        let TopologyShader { module, mut buffers } = self.founders.shader();
        let first = buffers.len();
        // What the founders' network calls all nodes are the founders.
        let source = replaced(&under_number(&module.source, 0, 0), "NODES", "FOUNDERS");
        let grown = module!("topology/grown");
        let bound = replaced(
            &replaced(&grown.source, "PARENTS", &first.to_string()),
            "FAMILIES",
            &(first + 1).to_string(),
        );
        buffers.extend([Lineage::Parents, Lineage::Families].map(ShaderBuffer::Lineage));
        let mut constants: Vec<(Cow<'static, str>, u32)> = module
            .constants
            .into_iter()
            .map(|(name, value)| (Cow::Owned(format!("{name}_0")), value))
            .collect();
        constants.push((Cow::Borrowed("FOUNDERS"), self.founders.nodes()));
        constants.push((Cow::Borrowed("NETWORK_SLOTS"), self.founders.slots()));
        TopologyShader {
            module: Module {
                name: "topology/grown",
                source: Cow::Owned(format!("{source}\n{bound}")),
                constants,
            },
            buffers,
        }
    }
}
