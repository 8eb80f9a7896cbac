//! The table of formats: how each is told, and how it is read; and of those that are told only to be refused.
//!
//! A format is one file beside this one and one line in `READ`; see [`super::detect`] for the order.

use super::{ImportError, Text};
use super::{Imported, Limits, detect, refused};
use super::{adjacency, dimacs, edge_list, gml, graphml, matrix_market, metis, multiline, node_link, pajek};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A format of graph files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A link per line: two ids, which may be integers or words, in a text or a table.
    EdgeList,
    /// A node per line and then its neighbours, as NetworkX and Gephi write them.
    AdjacencyList,
    /// A node and its degree in a line, then a line for each neighbour, as NetworkX writes it.
    MultilineAdjacencyList,
    /// A row of neighbours per node, under a line that says how many nodes and links there are.
    Metis,
    /// The entries of a square matrix in coordinate form.
    MatrixMarket,
    /// XML of nodes and edges.
    Graphml,
    /// Nested keys and values: `graph [ node [ id 0 ] … ]`.
    Gml,
    /// Pajek's .net: `*Vertices`, `*Edges`, `*Arcs`.
    Pajek,
    /// The files of the DIMACS challenges: a `p` line, then `e` lines of edges or `a` lines of arcs.
    Dimacs,
    /// JSON with `nodes` and `links` (or `edges`), as NetworkX and D3 use it.
    NodeLink,
}

/// A format that is read.
pub(super) struct Known {
    pub(super) format: Format,
    /// What it is called in a sentence.
    pub(super) title: &'static str,
    pub(super) told: fn(&[u8]) -> bool,
    pub(super) read: fn(Text<'_>, &Limits) -> Result<Imported, ImportError>,
}

macro_rules! known {
    ($format:ident, $title:literal, $told:path, $read:path) => {
        Known {
            format: Format::$format,
            title: $title,
            told: $told,
            read: $read,
        }
    };
}

/// What is read, in the order in which it is told; the last is what remains.
pub(super) const READ: [Known; 10] = [
    known!(MatrixMarket, "Matrix Market", matrix_market::told, matrix_market::read),
    known!(Graphml, "GraphML", graphml::told, graphml::read),
    known!(NodeLink, "node-link JSON", node_link::told, node_link::read),
    known!(Pajek, "Pajek", pajek::told, pajek::read),
    known!(Gml, "GML", gml::told, gml::read),
    known!(Dimacs, "DIMACS", dimacs::told, dimacs::read),
    known!(Metis, "METIS", detect::metis, metis::read),
    known!(
        MultilineAdjacencyList,
        "a multiline adjacency list",
        multiline::told,
        multiline::read
    ),
    known!(AdjacencyList, "an adjacency list", adjacency::told, adjacency::read),
    known!(EdgeList, "an edge list", detect::anything, edge_list::read),
];

/// A format that is told, and refused by its name.
pub(super) struct Foreign {
    pub(super) name: &'static str,
    pub(super) told: fn(&[u8]) -> bool,
    pub(super) remedy: &'static str,
}

const CONVERT: &str = "convert it to GraphML or an edge list, as Gephi, igraph and NetworkX do";

/// What is refused, in the order in which it is told, before what is read.
pub(super) const REFUSED: [Foreign; 10] = [
    Foreign {
        name: "GEXF",
        told: refused::gexf,
        remedy: "export it as GraphML (Gephi: File > Export; networkx.write_graphml)",
    },
    Foreign {
        name: "XML that is no GraphML",
        told: refused::other_xml,
        remedy: CONVERT,
    },
    Foreign {
        name: "DOT (Graphviz)",
        told: refused::dot,
        remedy: "convert it to GML, as `gv2gml` does, or to GraphML with NetworkX",
    },
    Foreign {
        name: "graph6 or sparse6",
        told: refused::graph6,
        remedy: "convert it to an edge list (networkx.read_graph6, networkx.write_edgelist)",
    },
    Foreign {
        name: "a Rutherford-Boeing or Harwell-Boeing matrix",
        told: refused::rutherford_boeing,
        remedy: "convert it to Matrix Market (scipy.io.hb_read, scipy.io.mmwrite), which the same collections offer",
    },
    Foreign {
        name: "PACE",
        told: refused::pace,
        remedy: "write `p edge` in place of its descriptor, and `e` before each edge, which makes it DIMACS",
    },
    Foreign {
        name: "LGL",
        told: refused::lgl,
        remedy: "convert it to an edge list (igraph: read_graph, write_graph with format=\"ncol\")",
    },
    Foreign {
        name: "TGF (trivial graph format)",
        told: refused::tgf,
        remedy: "keep the lines after the line `#`, which are an edge list",
    },
    Foreign {
        name: "a job log",
        told: refused::job_log,
        remedy: "name it as the work of cells, work.trace, not as a network",
    },
    Foreign {
        name: "hMETIS (a hypergraph)",
        told: detect::hmetis,
        remedy: "links join two nodes: write each hyperedge as links between its nodes, in an edge list",
    },
];

impl Format {
    /// What it is called in a sentence, as in "read as an edge list".
    #[must_use]
    pub fn title(self) -> &'static str {
        self.known().title
    }

    pub(super) fn known(self) -> &'static Known {
        let found = READ.iter().find(|known| known.format == self);
        found.unwrap_or(&READ[READ.len() - 1])
    }
}
