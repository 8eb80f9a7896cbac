//! What can be wrong with a graph file, and what to do about it.
//!
//! Every message names the file, the line where there is one, the offending text, what is allowed and the remedy.
//! Offending text is shortened and escaped by [`excerpt`](super::excerpt), so a message is one printable line whatever the file holds.

use super::InputError;

/// As in "1 node", "2 nodes".
fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// Why a graph file was refused. `file` is the name as given by the caller; `line` is 1-based; `text` is an excerpt of
/// at most 40 printable characters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file cannot be read, or not as text.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Nothing but white space.
    #[error(
        "{file}: empty; a graph file is an edge list, a METIS graph, GraphML or another format of links, gzipped or not"
    )]
    Empty { file: String },
    /// Nothing but comments.
    #[error("{file}: {} of comments and no link; each line that is no comment names the two ends of a link", counted(*.lines, "line"))]
    OnlyComments { file: String, lines: u64 },
    /// A byte that no text file holds: NUL, another control character, or invalid UTF-8 inside an id.
    #[error("{file}:{line}: looks binary at \"{text}\"; a graph file is UTF-8 text, gzipped or not")]
    Binary { file: String, line: u64, text: String },
    /// A carriage return that does not end its line.
    #[error("{file}:{line}: a carriage return inside the line \"{text}\"; end lines with LF or CR LF")]
    StrayReturn { file: String, line: u64, text: String },
    /// An edge-list line without two ids.
    #[error(
        "{file}:{line}: \"{text}\" names one end where a link has two; write two ids, as in `0 1` or `alice,bob` \
         (read as an edge list between {separator}; topology.format names another format)"
    )]
    OneId {
        file: String,
        line: u64,
        text: String,
        separator: &'static str,
    },
    /// A file of a format that is told, but not read.
    #[error("{file}: {name}, which is not read; {remedy}")]
    Foreign {
        file: String,
        name: &'static str,
        remedy: &'static str,
    },
    /// Rows that are no edge list, or may be several things.
    #[error("{file}:{line}: {message}")]
    Shape { file: String, line: u64, message: String },
    /// Columns that are asked for and are not there.
    #[error("{file}:{line}: {message}")]
    Columns { file: String, line: u64, message: String },
    /// A file that is not as its format asks.
    #[error("{file}:{line}: {message} (read as {format}; topology.format names another format)")]
    Malformed {
        file: String,
        line: u64,
        format: &'static str,
        message: String,
    },
    /// Weights, where they are to be errors.
    #[error(
        "{file}: links have weights, in {place}, but links of a swarm have none; read it without them by \
         topology.weights=ignore"
    )]
    Weighted { file: String, place: String },
    /// Something that is not the whole number it should be.
    #[error("{file}:{line}: \"{text}\" is not {allowed}; {remedy}")]
    Number {
        file: String,
        line: u64,
        text: String,
        allowed: &'static str,
        remedy: &'static str,
    },
    /// An integer id that 32 bits cannot hold.
    #[error(
        "{file}:{line}: the id {text} is outside 0 to {limit}, what integer ids may be; \
         renumber the ids, or make them words (as in n{text})"
    )]
    IdOutOfRange {
        file: String,
        line: u64,
        text: String,
        limit: u32,
    },
    /// A METIS neighbour or a Matrix Market index outside the 1-based range of the header.
    #[error(
        "{file}:{line}: \"{text}\" is outside 1 to {nodes}, the nodes that the header gives; correct it or the header"
    )]
    NodeOutOfRange {
        file: String,
        line: u64,
        text: String,
        nodes: u64,
    },
    /// A METIS header that cannot be used.
    #[error(
        "{file}:{line}: the METIS header \"{text}\" {reason}; it is `nodes links [fmt [ncon]]`, as in `4941 6594 000`"
    )]
    MetisHeader {
        file: String,
        line: u64,
        text: String,
        reason: &'static str,
    },
    /// A METIS row that ends inside its weights.
    #[error("{file}:{line}: the row \"{text}\" lacks {lacking} that the header's fmt asks for; add it or correct fmt")]
    MetisWeights {
        file: String,
        line: u64,
        text: String,
        lacking: &'static str,
    },
    /// Fewer or more METIS rows than nodes. `line` is the last line, or the first one too many.
    #[error(
        "{file}:{line}: {found} rows for the {expected} nodes of the METIS header; there is one line per node, \
         empty for a node without links (is the file cut, or an edge list? then set the format to edge-list)"
    )]
    MetisRows {
        file: String,
        line: u64,
        expected: u64,
        found: u64,
    },
    /// The METIS header's links disagree with the rows. `line` is the header's.
    #[error(
        "{file}:{line}: the METIS header gives {links} links, so {expected} link ends, but the rows hold {found}; \
         each link is listed in the rows of both its ends: correct the header to {right} links, or the rows"
    )]
    MetisEnds {
        file: String,
        line: u64,
        links: u64,
        expected: u64,
        found: u64,
        right: u64,
    },
    /// METIS whose nodes count from 0. `line` is that of the first 0.
    #[error(
        "{file}:{line}: METIS with a node 0, but its nodes count from 1 to {nodes}; add 1 to each neighbour (read as METIS; if the file is an \
         edge list, set topology.format=edge-list)"
    )]
    MetisFromZero { file: String, line: u64, nodes: u64 },
    /// A link listed at one of its ends only. `node` and `neighbour` are 1-based; `line` is the row of `node`.
    #[error(
        "{file}:{line}: the row of node {node} lists {neighbour}, but the row of {neighbour} does not list {node}; list the link at both ends"
    )]
    MetisOneSided {
        file: String,
        line: u64,
        node: u64,
        neighbour: u64,
    },
    /// A Matrix Market banner or size line that cannot be used.
    #[error("{file}:{line}: \"{text}\" {reason}; {remedy}")]
    MatrixHeader {
        file: String,
        line: u64,
        text: String,
        reason: &'static str,
        remedy: &'static str,
    },
    /// A dense Matrix Market matrix.
    #[error("{file}:{line}: a dense `array` matrix lists values, not links; write it in the `coordinate` format")]
    MatrixDense { file: String, line: u64 },
    /// A Matrix Market matrix that is not square.
    #[error(
        "{file}:{line}: the matrix is rectangular, {rows} by {columns}; the links of a graph are a square matrix, nodes by nodes"
    )]
    MatrixRectangular {
        file: String,
        line: u64,
        rows: u64,
        columns: u64,
    },
    /// A Matrix Market entry with too few columns.
    #[error(
        "{file}:{line}: the entry \"{text}\" has {found} columns where `{field}` entries have {expected}; is the file cut?"
    )]
    MatrixColumns {
        file: String,
        line: u64,
        text: String,
        field: &'static str,
        expected: usize,
        found: usize,
    },
    /// The number of Matrix Market entries is not the header's. `line` is the size line.
    #[error(
        "{file}:{line}: the size line gives {expected} entries, the file holds {found}; is the file cut? else correct the size line"
    )]
    MatrixEntries {
        file: String,
        line: u64,
        expected: u64,
        found: u64,
    },
    /// A Matrix Market size that is out of all proportion to the entries.
    #[error(
        "{file}:{line}: {nodes} nodes for {entries} entries, more than the {limit} taken on trust; nearly all would \
         have no link: correct the size line, or set mostly_isolated if that is meant"
    )]
    MostlyIsolated {
        file: String,
        line: u64,
        nodes: u64,
        entries: u64,
        limit: u64,
    },
    /// More nodes than [`Limits::max_nodes`](crate::topology::import::Limits::max_nodes).
    #[error(
        "{file}: {nodes} nodes or more, above the limit of {limit}; raise max_nodes (at most 4294967294) or cut the graph"
    )]
    TooManyNodes { file: String, nodes: u64, limit: u32 },
    /// No node has another one to talk to.
    #[error("{file}: {} and {}; a swarm needs at least two nodes and a link between them", counted(*.nodes, "node"), counted(*.links, "link"))]
    EmptyGraph { file: String, nodes: u64, links: u64 },
    /// The links make no graph.
    #[error("{file}: {source}")]
    Graph { file: String, source: GraphError },
}

/// Why links make no graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// An end that is no node.
    #[error("the link {link:?} leaves the nodes 0..{nodes}; number the nodes from 0")]
    EndOutOfRange { link: (u32, u32), nodes: u32 },
    /// More link ends than 32-bit offsets can count, before duplicates are dropped.
    #[error("{ends} link ends, more than the 4294967295 that 32-bit offsets count; drop duplicates or cut the graph")]
    TooManyEnds { ends: u64 },
    /// `neighbour` is in the row of `node`, but not the reverse.
    #[error("node {node} lists {neighbour}, but {neighbour} does not list {node}; list each link at both ends")]
    OneSided { node: u32, neighbour: u32 },
}
