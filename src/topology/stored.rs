//! Networks whose links are stored: those that no formula gives fast enough, and those from files.

use super::import::{Graph, Ids, Import, Imported};
use super::{Classes, Neighbours, Rows, ShaderBuffer, Topology, TopologyShader};
use crate::error::Error;
use crate::geometry;
use crate::memory;
use crate::shader::module;
use glam::DVec3;
use rayon::prelude::*;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::OnceLock;

/// What a stored network looks like, and what a formula says of it.
pub(super) trait Shape: Debug + Send + Sync {
    /// See [`Topology::position`].
    fn position(&self, node: u32) -> DVec3;

    /// See [`Topology::level`].
    fn level(&self, node: u32, other: u32) -> Option<u32> {
        let _ = (node, other);
        None
    }

    /// See [`Topology::laplacian_spectrum`].
    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        None
    }
}

/// The nodes on a circle, in order.
#[derive(Debug)]
struct Circle {
    nodes: u32,
}

impl Shape for Circle {
    fn position(&self, node: u32) -> DVec3 {
        geometry::on_circle(f64::from(node) / f64::from(self.nodes.max(1)))
    }
}

/// A network with stored links: 4 bytes a link end, 5 where degrees differ, and 5 a node.
#[derive(Debug)]
pub struct GraphTopology {
    kind: &'static str,
    graph: Graph,
    degrees: Vec<u8>,
    /// See [`Rows::greater`].
    greater: Vec<u8>,
    largest: u32,
    regular: Option<u32>,
    divisor: Option<u32>,
    classes: OnceLock<Option<Classes>>,
    shape: Box<dyn Shape>,
    /// Where it came from, if from a file.
    source: Option<(Ids, Import)>,
}

impl GraphTopology {
    /// The network of an imported file.
    #[must_use]
    pub fn new(imported: Imported) -> Self {
        let import = Import::of(&imported);
        let Imported { graph, ids, .. } = imported;
        let circle = Circle { nodes: graph.nodes() };
        Self {
            source: Some((ids, import)),
            ..Self::of("graph", graph, Box::new(circle))
        }
    }

    /// A graph whose nodes have these names, as an imported network.
    pub(super) fn named(graph: Graph, ids: Ids, import: Option<Import>) -> Self {
        let circle = Circle { nodes: graph.nodes() };
        let import = import.unwrap_or(Import {
            format: super::import::Format::EdgeList,
            links_read: u64::from(graph.links()),
            self_loops: 0,
            duplicates: 0,
            header: None,
            notes: Vec::new(),
        });
        Self {
            source: Some((ids, import)),
            ..Self::of("graph", graph, Box::new(circle))
        }
    }

    /// A graph as a network of this kind and shape.
    pub(super) fn of(kind: &'static str, graph: Graph, shape: Box<dyn Shape>) -> Self {
        let degrees = || (0..graph.nodes()).into_par_iter().map(|i| graph.degree(i));
        let (least, most) = (degrees().min().unwrap_or(0), degrees().max().unwrap_or(0));
        let regular = (least == most).then_some(least);
        let degrees: Vec<u8> = degrees().map(|d| d.min(255) as u8).collect();
        let divisor = regular.map(|d| d + 1).or_else(|| uniform_divisor(&graph));
        Self {
            kind,
            greater: if divisor.is_some() {
                Vec::new()
            } else {
                greater(&graph, &degrees)
            },
            degrees,
            largest: most,
            regular,
            divisor,
            classes: OnceLock::new(),
            graph,
            shape,
            source: None,
        }
    }
}

/// End by end the greater degree of the link's two ends, of degrees up to 255.
fn greater(graph: &Graph, degrees: &[u8]) -> Vec<u8> {
    /// Rows that one thread fills at a time.
    const BLOCK: usize = 1 << 12;
    let (offsets, ends) = (graph.offsets(), graph.ends());
    let mut all = vec![0; ends.len()];
    let (mut blocks, mut rest) = (Vec::new(), all.as_mut_slice());
    for first in (0..degrees.len()).step_by(BLOCK) {
        let last = (first + BLOCK).min(degrees.len());
        let (block, later) = rest.split_at_mut((offsets[last] - offsets[first]) as usize);
        blocks.push((first..last, block));
        rest = later;
    }
    blocks.into_par_iter().for_each(|(rows, block)| {
        let start = offsets[rows.start] as usize;
        for row in rows {
            let (first, last) = (offsets[row] as usize, offsets[row + 1] as usize);
            for (greater, &end) in block[first - start..last - start].iter_mut().zip(&ends[first..last]) {
                *greater = degrees[row].max(degrees[end as usize]);
            }
        }
    });
    all
}

/// 1 + the larger degree of both ends, if that is the same for every link. Most networks show soon that it is not.
fn uniform_divisor(graph: &Graph) -> Option<u32> {
    let divisor = |i: u32, j: u32| 1 + graph.degree(i).max(graph.degree(j));
    let first = (0..graph.nodes()).find(|&i| graph.degree(i) > 0)?;
    let q = divisor(first, graph.row(first)[0]);
    let is_uniform = |i: u32| graph.row(i).iter().all(|&j| divisor(i, j) == q);
    (0..graph.nodes()).into_par_iter().all(is_uniform).then_some(q)
}

/// The graph in which node i has `degree(i)` neighbours, which `fill` writes, ascending; at most 2^32 − 1 ends in all. If j is
/// in the row of i, i must be in that of j.
///
/// # Errors
/// If it does not fit the memory that is free.
pub(super) fn graph(
    nodes: u32,
    degree: impl Fn(u32) -> u32 + Sync,
    fill: impl Fn(u32, &mut [u32]) + Sync,
) -> Result<Graph, Error> {
    /// Rows that one thread fills at a time.
    const BLOCK: usize = 1 << 12;
    check_room(nodes, 4 * u64::from(nodes))?;
    let mut offsets = vec![0; nodes as usize + 1];
    let stops = offsets[1..].par_iter_mut().zip(0..nodes).with_min_len(BLOCK);
    stops.for_each(|(stop, i)| *stop = degree(i));
    let mut total = 0;
    for stop in &mut offsets {
        total += *stop;
        *stop = total;
    }
    // A byte a node for its degree comes later, and one a link end for the greater of two.
    check_room(nodes, 5 * u64::from(total) + u64::from(nodes))?;
    let mut ends = vec![0; total as usize];
    let (mut blocks, mut rest) = (Vec::new(), ends.as_mut_slice());
    for first in (0..nodes as usize).step_by(BLOCK) {
        let last = (first + BLOCK).min(nodes as usize);
        let (block, later) = rest.split_at_mut((offsets[last] - offsets[first]) as usize);
        blocks.push((first..last, block));
        rest = later;
    }
    blocks.into_par_iter().for_each(|(rows, mut block)| {
        for i in rows {
            let (row, later) = block.split_at_mut((offsets[i + 1] - offsets[i]) as usize);
            fill(i as u32, row);
            block = later;
        }
    });
    Ok(Graph::of_sorted_rows(offsets, ends))
}

/// Refuses what takes more bytes than are free.
///
/// # Errors
/// The number of nodes, with about how many would fit.
pub(super) fn check_room(nodes: u32, bytes: u64) -> Result<(), Error> {
    match memory::available() {
        Some(free) if free < bytes => {
            let fit = u128::from(nodes) * u128::from(free) / u128::from(bytes);
            Err(Error::invalid(
                "agents",
                format!(
                    "is {nodes}: the links, which are stored, take about {:.1} GiB, but {:.1} GiB of memory are free; about {fit} \
                     nodes would fit",
                    bytes as f64 / (1u64 << 30) as f64,
                    free as f64 / (1u64 << 30) as f64
                ),
            ))
        }
        _ => Ok(()),
    }
}

impl Topology for GraphTopology {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn nodes(&self) -> u32 {
        self.graph.nodes()
    }

    fn links(&self) -> u64 {
        u64::from(self.graph.links())
    }

    fn degree(&self, node: u32) -> u32 {
        self.graph.degree(node)
    }

    fn regular_degree(&self) -> Option<u32> {
        self.regular
    }

    fn uniform_divisor(&self) -> Option<u32> {
        self.divisor
    }

    fn largest_degree(&self) -> u32 {
        self.largest
    }

    fn slots(&self) -> u32 {
        0
    }

    fn neighbours(&self, _slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        for (i, other) in nodes.zip(list) {
            *other = i;
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, _slot: u32) -> Option<u32> {
        None
    }

    fn rows(&self) -> Option<Rows<'_>> {
        Some(Rows {
            offsets: self.graph.offsets(),
            ends: self.graph.ends(),
            degrees: &self.degrees,
            greater: &self.greater,
        })
    }

    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        self.shape.laplacian_spectrum()
    }

    fn position(&self, node: u32) -> DVec3 {
        self.shape.position(node)
    }

    fn level(&self, node: u32, other: u32) -> Option<u32> {
        self.shape.level(node, other)
    }

    fn shader(&self) -> TopologyShader<'_> {
        TopologyShader {
            module: module!("topology/graph"),
            buffers: vec![
                ShaderBuffer::Storage(self.graph.offsets()),
                ShaderBuffer::Storage(self.graph.ends()),
            ],
        }
    }

    fn classes(&self) -> Option<&Classes> {
        if self.divisor.is_some() {
            return None;
        }
        self.classes.get_or_init(|| Classes::of(&self.graph)).as_ref()
    }

    fn classed_shader(&self) -> Option<TopologyShader<'_>> {
        let classes = self.classes()?;
        Some(TopologyShader {
            module: module!("topology/graph-classed").with("INDEX_BITS", classes.index_bits),
            buffers: vec![
                ShaderBuffer::Storage(self.graph.offsets()),
                ShaderBuffer::Storage(&classes.ends),
                ShaderBuffer::Uniform(classes.table()),
            ],
        })
    }

    fn ids(&self) -> Option<&Ids> {
        self.source.as_ref().map(|source| &source.0)
    }

    fn import(&self) -> Option<&Import> {
        self.source.as_ref().map(|source| &source.1)
    }
}
