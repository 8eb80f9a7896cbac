//! Several networks of the same nodes laid over each other: a node's links are those that it has in each.

mod compose;
mod spec;

pub(super) use compose::{replaced, under_number};
pub use spec::NetworkSpec;

use super::stored::check_room;
use super::{LARGEST_DEGREE, Neighbours, Rows, ShaderBuffer, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use compose::compose;
use glam::DVec3;
use std::ops::Range;
use std::sync::Arc;

/// The most networks that can be laid over each other: what every GPU has bindings for.
pub const MOST_PARTS: usize = 8;

#[derive(Debug)]
enum StoredLinks {
    /// Those of the only part that has any.
    Part(usize),
    /// Those of several parts.
    Merged(Stored),
}

/// The stored links of all parts in one.
#[derive(Debug)]
struct Stored {
    offsets: Vec<u32>,
    ends: Vec<u32>,
    degrees: Vec<u8>,
}

impl Stored {
    fn new(offsets: Vec<u32>, ends: Vec<u32>) -> Self {
        let degrees = offsets.windows(2).map(|pair| (pair[1] - pair[0]).min(255) as u8);
        Self {
            degrees: degrees.collect(),
            offsets,
            ends,
        }
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            offsets: &self.offsets,
            ends: &self.ends,
            degrees: &self.degrees,
            greater: &[],
        }
    }

    fn shader(&self) -> TopologyShader<'_> {
        TopologyShader {
            module: module!("topology/graph"),
            buffers: vec![ShaderBuffer::Storage(&self.offsets), ShaderBuffer::Storage(&self.ends)],
        }
    }
}

/// How many nodes are asked for their degree at a time.
const STRETCH: u32 = 4096;

/// Two to eight networks on the same nodes. First come the slots of one part after the other, then all stored links.
#[derive(Debug)]
pub struct Overlay {
    kind: String,
    parts: Vec<Arc<dyn Topology>>,
    /// The first slot of each part, and last how many slots there are.
    starts: Vec<u32>,
    /// The stored links of all parts, if there are any.
    stored: Option<StoredLinks>,
    /// The least and the greatest degree.
    degrees: (u32, u32),
}

impl Overlay {
    /// Lays networks over each other.
    ///
    /// # Errors
    /// [`Error::Invalid`] if their numbers of nodes differ, if there are not two to eight, if one of them is an overlay that
    /// stores links itself, or if there are more stored links than 32 bits count.
    pub fn new(parts: Vec<Arc<dyn Topology>>) -> Result<Self, Error> {
        if !(2..=MOST_PARTS).contains(&parts.len()) {
            return Err(Error::invalid(
                "topology",
                format!("has {} networks; an overlay has 2 to {MOST_PARTS}", parts.len()),
            ));
        }
        let nodes = parts[0].nodes();
        if let Some((k, part)) = parts.iter().enumerate().find(|(_, part)| part.nodes() != nodes) {
            return Err(Error::invalid(
                format!("topology[{k}]"),
                format!(
                    "is a {} of {} nodes, but topology[0], a {}, has {nodes}; all networks of an overlay have the same nodes",
                    part.kind(),
                    part.nodes(),
                    parts[0].kind()
                ),
            ));
        }
        if let Some(k) = parts.iter().position(|part| part.rows().is_some() && part.slots() > 0) {
            return Err(Error::invalid(
                format!("topology[{k}]"),
                "is an overlay with stored links; give its networks one by one",
            ));
        }
        let mut named = parts.iter().enumerate().filter_map(|(k, part)| Some((k, part.ids()?)));
        if let Some((first, ids)) = named.next()
            && let Some((k, _)) = named.find(|(_, other)| *other != ids)
        {
            return Err(Error::invalid(
                format!("topology[{k}]"),
                format!(
                    "calls its nodes something else than topology[{first}], or in another order; put the links of both files into \
                     one, or number the nodes of both from 0"
                ),
            ));
        }
        let kinds: Vec<&str> = parts.iter().map(|part| part.kind()).collect();
        let mut overlay = Self {
            kind: kinds.join(" + "),
            starts: vec![0],
            stored: merged(&parts)?,
            degrees: (0, 0),
            parts,
        };
        let degrees = overlay.parts.iter().map(|part| u64::from(part.largest_degree()));
        let largest: u64 = degrees.sum();
        if largest > u64::from(LARGEST_DEGREE) {
            return Err(Error::invalid(
                "topology",
                format!("gives a node up to {largest} neighbours; at most {LARGEST_DEGREE} are possible"),
            ));
        }
        for part in &overlay.parts {
            let first = overlay.slots();
            overlay.starts.push(first + part.slots());
        }
        overlay.degrees = overlay.extremes();
        Ok(overlay)
    }

    /// The part that has a slot, and the part's first slot.
    fn part_of(&self, slot: u32) -> (&dyn Topology, u32) {
        let part = self.starts[1..].partition_point(|&end| end <= slot);
        (&*self.parts[part], self.starts[part])
    }

    /// The least and the greatest degree.
    fn extremes(&self) -> (u32, u32) {
        let mut extremes = (u32::MAX, 0);
        let mut first = 0;
        while first < self.nodes() {
            let range = first..first.saturating_add(STRETCH).min(self.nodes());
            let mut note = |degree: u32| extremes = (extremes.0.min(degree), extremes.1.max(degree));
            match self.sum(|part| part.degree_of_all(range.clone())) {
                Some(degree) => note(degree),
                None => range.clone().for_each(|node| note(self.degree(node))),
            }
            first = range.end;
        }
        extremes
    }

    fn sum(&self, of: impl Fn(&dyn Topology) -> Option<u32>) -> Option<u32> {
        self.parts.iter().map(|part| of(&**part)).sum()
    }
}

/// The stored links of all parts together.
fn merged(parts: &[Arc<dyn Topology>]) -> Result<Option<StoredLinks>, Error> {
    let rows: Vec<Rows<'_>> = parts.iter().filter_map(|part| part.rows()).collect();
    if rows.len() < 2 {
        return Ok(parts
            .iter()
            .position(|part| part.rows().is_some())
            .map(StoredLinks::Part));
    }
    let nodes = rows[0].offsets.len() - 1;
    let all: u64 = rows.iter().map(|rows| rows.ends.len() as u64).sum();
    if all > u64::from(u32::MAX) {
        return Err(Error::invalid(
            "topology",
            format!("has {all} stored link ends together; at most {} are possible", u32::MAX),
        ));
    }
    check_room(nodes as u32, 4 * all + 5 * nodes as u64)?;
    let mut offsets = vec![0];
    let mut ends = Vec::with_capacity(all as usize);
    for node in 0..nodes {
        let first = ends.len();
        for rows in &rows {
            ends.extend(&rows.ends[rows.offsets[node] as usize..rows.offsets[node + 1] as usize]);
        }
        ends[first..].sort_unstable();
        offsets.push(ends.len() as u32);
    }
    Ok(Some(StoredLinks::Merged(Stored::new(offsets, ends))))
}

impl Topology for Overlay {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn nodes(&self) -> u32 {
        self.parts[0].nodes()
    }

    fn links(&self) -> u64 {
        self.parts.iter().map(|part| part.links()).sum()
    }

    fn degree(&self, node: u32) -> u32 {
        self.parts.iter().map(|part| part.degree(node)).sum()
    }

    fn regular_degree(&self) -> Option<u32> {
        (self.degrees.0 == self.degrees.1).then_some(self.degrees.1)
    }

    fn largest_degree(&self) -> u32 {
        self.degrees.1
    }

    fn smallest_degree(&self) -> u32 {
        self.degrees.0
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        self.regular_degree()
            .or_else(|| self.sum(|part| part.degree_of_all(nodes.clone())))
    }

    fn has_parallel_links(&self) -> bool {
        true
    }

    fn slots(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (part, first) = self.part_of(slot);
        part.neighbours(slot - first, nodes, list)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        let (part, first) = self.part_of(slot);
        part.mirror(slot - first).map(|mirror| first + mirror)
    }

    /// Those of the first part, then those of the next.
    fn dimension(&self, slot: u32) -> Option<u32> {
        let mut first = 0;
        let mut before = 0;
        for part in &self.parts {
            let slots = part.slots();
            let dimensions = (0..slots.min(4096)).filter_map(|k| part.dimension(k)).max();
            if slot < first + slots {
                return part.dimension(slot - first).map(|dimension| before + dimension);
            }
            first += slots;
            before += dimensions.map_or(0, |last| last + 1);
        }
        None
    }

    fn rows(&self) -> Option<Rows<'_>> {
        match self.stored.as_ref()? {
            StoredLinks::Part(part) => self.parts[*part].rows(),
            StoredLinks::Merged(stored) => Some(stored.rows()),
        }
    }

    fn stored_bytes(&self) -> u64 {
        let merged = match &self.stored {
            Some(StoredLinks::Merged(stored)) => stored.rows().bytes(),
            _ => 0,
        };
        merged + self.parts.iter().map(|part| part.stored_bytes()).sum::<u64>()
    }

    fn position(&self, node: u32) -> DVec3 {
        self.parts[0].position(node)
    }

    fn parts(&self) -> Vec<&dyn Topology> {
        self.parts.iter().map(|part| &**part).collect()
    }

    fn shader(&self) -> TopologyShader<'_> {
        let mut shaders: Vec<TopologyShader<'_>> = self
            .parts
            .iter()
            .filter(|part| part.rows().is_none())
            .map(|part| part.shader())
            .collect();
        // Where the link ends of each part begin, in slots.
        let implicit = self.parts.iter().filter(|part| part.rows().is_none());
        let mut starts: Vec<u32> = implicit
            .scan(0, |next, part| {
                *next += part.slots();
                Some(*next - part.slots())
            })
            .collect();
        if let Some(stored) = &self.stored {
            shaders.push(match stored {
                StoredLinks::Part(part) => self.parts[*part].shader(),
                StoredLinks::Merged(stored) => stored.shader(),
            });
            starts.push(self.slots());
        }
        compose(shaders, &starts)
    }

    fn ids(&self) -> Option<&super::import::Ids> {
        self.parts.iter().find_map(|part| part.ids())
    }

    fn import(&self) -> Option<&super::import::Import> {
        self.parts.iter().find_map(|part| part.import())
    }
}
