//! Writing networks for other programs: edge lists, Matrix Market, GraphML.
//!
//! Links are written as they are computed, a stretch of nodes at a time, each once, ordered by its lower node; so a network
//! of any size is exported in little memory. Parallel links are written as often as they are there.

use super::Topology;
use crate::error::{Error, nearest};
use crate::whole_file;
use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::{ControlFlow, Range};
use std::path::Path;

/// The most nodes whose links are found and formatted in one go.
const STRETCH: u32 = 4096;

/// The most links, about, that are formatted in one go.
const STRETCH_LINKS: u64 = 1 << 18;

/// Stretches that are held at a time, for each thread.
const STRETCHES: u32 = 4;

/// A format to export to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A link a line, the two nodes with a tab between, after a comment line that begins with #. Nodes without links do not
    /// occur in it.
    EdgeList,
    /// The lower triangle of the symmetric matrix, `coordinate pattern symmetric`; nodes count from 1 (Boisvert, Pozo and
    /// Remington 1996).
    MatrixMarket,
    /// XML with the nodes' positions (Brandes et al. 2002), as Gephi and NetworkX read it.
    GraphMl,
}

/// The endings of file names and what they stand for; each may be followed by `.gz`.
pub const ENDINGS: [(&str, ExportFormat); 5] = [
    ("txt", ExportFormat::EdgeList),
    ("edges", ExportFormat::EdgeList),
    ("tsv", ExportFormat::EdgeList),
    ("mtx", ExportFormat::MatrixMarket),
    ("graphml", ExportFormat::GraphMl),
];

impl ExportFormat {
    /// The format that a file's name asks for, and whether it is to be gzipped.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the endings that there are.
    pub fn of(path: &Path) -> Result<(Self, bool), Error> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let (plain, gzip) = match name.strip_suffix(".gz") {
            Some(plain) => (plain, true),
            None => (&*name, false),
        };
        let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
        let found = ENDINGS.iter().find(|(known, _)| *known == ending);
        found.map(|(_, format)| (*format, gzip)).ok_or_else(|| {
            let known: Vec<String> = ENDINGS.iter().map(|(known, _)| format!(".{known}")).collect();
            let meant = nearest(ending, ENDINGS.iter().map(|(known, _)| *known));
            let meant = meant.map_or_else(String::new, |meant| format!("did you mean .{meant}? "));
            Error::invalid(
                crate::error::shown(path),
                format!(
                    "has an ending that says no format; {meant}the endings are {} (edge list), {} and {}, each also with .gz",
                    known[..3].join(", "),
                    known[3],
                    known[4]
                ),
            )
        })
    }
}

/// Exports a network to a file, whole or not at all, in the format that its ending asks for. `observe` hears after each
/// stretch how many nodes are done, and says whether to go on.
///
/// # Errors
/// [`Error::Invalid`] for an ending that says no format, [`Error::File`] if it cannot be written or the observer said stop (then
/// of the kind `Interrupted`).
pub fn save(
    topology: &dyn Topology,
    path: &Path,
    observe: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Result<(), Error> {
    let (format, gzip) = ExportFormat::of(path)?;
    whole_file::write(path, "export the network", |mut to| {
        if gzip {
            let mut encoder = GzEncoder::new(&mut to, Compression::fast());
            write(topology, format, &mut encoder, observe)?;
            encoder.finish().map(|_| ())
        } else {
            write(topology, format, &mut to, observe)
        }
    })
}

/// Writes a network; see [`save`].
///
/// # Errors
/// Those of the writer, and `Interrupted` if the observer says stop.
pub fn write(
    topology: &dyn Topology,
    format: ExportFormat,
    to: &mut dyn Write,
    observe: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> io::Result<()> {
    let (nodes, links) = (topology.nodes(), topology.links());
    let what = format!("{} network of {nodes} nodes and {links} links", topology.kind());
    match format {
        ExportFormat::EdgeList => writeln!(to, "# {what}")?,
        ExportFormat::MatrixMarket => {
            writeln!(
                to,
                "%%MatrixMarket matrix coordinate pattern symmetric\n% {what}\n{nodes} {nodes} {links}"
            )?;
        }
        ExportFormat::GraphMl => {
            write!(
                to,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n\
                 <!-- {what} -->\n"
            )?;
            for axis in ["x", "y", "z"] {
                writeln!(
                    to,
                    "<key id=\"{axis}\" for=\"node\" attr.name=\"{axis}\" attr.type=\"double\"/>"
                )?;
            }
            writeln!(to, "<graph edgedefault=\"undirected\">")?;
            // Nodes come before links: half of the way.
            stretches(
                topology,
                to,
                &|range, text| nodes_of(topology, range, text),
                &mut |done| observe(done / 2),
            )?;
        }
    }
    let from = if format == ExportFormat::GraphMl { nodes / 2 } else { 0 };
    let links = |range: Range<u32>, text: &mut Vec<u8>| links_of(topology, format, range, text);
    stretches(topology, to, &links, &mut |done| {
        observe(from + if from > 0 { done / 2 } else { done })
    })?;
    if format == ExportFormat::GraphMl {
        writeln!(to, "</graph>\n</graphml>")?;
    }
    Ok(())
}

/// Formats stretch after stretch, several at a time, and writes them in order.
fn stretches(
    topology: &dyn Topology,
    to: &mut dyn Write,
    format: &(dyn Fn(Range<u32>, &mut Vec<u8>) + Sync),
    observe: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> io::Result<()> {
    let nodes = topology.nodes();
    let at_a_time = STRETCHES * rayon::current_num_threads() as u32;
    let ends_a_node = (2 * topology.links()).div_ceil(u64::from(nodes.max(1))).max(1);
    let stretch = (STRETCH_LINKS / ends_a_node).clamp(1, u64::from(STRETCH));
    let mut texts = vec![Vec::new(); at_a_time as usize];
    let mut first = 0u64;
    while first < u64::from(nodes) {
        texts.par_iter_mut().enumerate().for_each(|(k, text)| {
            let start = (first + k as u64 * stretch).min(u64::from(nodes));
            let end = (start + stretch).min(u64::from(nodes));
            text.clear();
            format(start as u32..end as u32, text);
        });
        texts.iter().try_for_each(|text| to.write_all(text))?;
        first += u64::from(at_a_time) * stretch;
        if observe(first.min(u64::from(nodes)) as u32).is_break() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    Ok(())
}

/// The name of a node: what the file that it came from calls it, or its number.
fn name(topology: &dyn Topology, node: u32) -> Cow<'_, str> {
    match topology.ids() {
        Some(ids) => ids.get(node),
        None => Cow::Owned(node.to_string()),
    }
}

/// What XML cannot hold as it is.
fn escaped(name: &str) -> Cow<'_, str> {
    if !name.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(name);
    }
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Cow::Owned(name.replace('"', "&quot;").replace('\'', "&apos;"))
}

fn nodes_of(topology: &dyn Topology, range: Range<u32>, text: &mut Vec<u8>) {
    for node in range {
        let at = topology.position(node);
        let name = name(topology, node);
        // Writing to a vector does not fail.
        let _ = writeln!(
            text,
            "<node id=\"{}\"><data key=\"x\">{}</data><data key=\"y\">{}</data><data key=\"z\">{}</data></node>",
            escaped(&name),
            at.x as f32,
            at.y as f32,
            at.z as f32
        );
    }
}

/// Every link whose lower node is in `range`, ordered by that and the upper one.
fn links_from(topology: &dyn Topology, range: Range<u32>) -> Vec<(u32, u32)> {
    let mut links = Vec::new();
    let mut list = vec![0; range.len()];
    for slot in 0..topology.slots() {
        let mut start = range.start;
        while start < range.end {
            let (neighbours, count) = topology.neighbours(slot, start..range.end, &mut list);
            let others = neighbours.ids(start, &list);
            for l in 0..count {
                let other = others.at(l as usize);
                if other > start + l {
                    links.push((start + l, other));
                }
            }
            start += count;
        }
    }
    if let Some(rows) = topology.rows() {
        for node in range {
            let row = rows.offsets[node as usize] as usize..rows.offsets[node as usize + 1] as usize;
            links.extend(rows.ends[row].iter().filter(|&&end| end > node).map(|&end| (node, end)));
        }
    }
    links.sort_unstable();
    links
}

fn links_of(topology: &dyn Topology, format: ExportFormat, range: Range<u32>, text: &mut Vec<u8>) {
    let mut digits = [itoa::Buffer::new(), itoa::Buffer::new()];
    let named = topology.ids().is_some();
    for (low, high) in links_from(topology, range) {
        let pair = match format {
            ExportFormat::MatrixMarket => [u64::from(high) + 1, u64::from(low) + 1],
            ExportFormat::EdgeList | ExportFormat::GraphMl => [u64::from(low), u64::from(high)],
        };
        let [one, other] = &mut digits;
        let numbers = [one.format(pair[0]), other.format(pair[1])];
        let names =
            (named && format != ExportFormat::MatrixMarket).then(|| [name(topology, low), name(topology, high)]);
        let [one, other] = match &names {
            Some([one, other]) => [&**one, &**other],
            None => numbers,
        };
        let pieces: [&str; 5] = match format {
            ExportFormat::EdgeList => ["", one, "\t", other, "\n"],
            ExportFormat::MatrixMarket => ["", one, " ", other, "\n"],
            ExportFormat::GraphMl => [
                "<edge source=\"",
                &escaped(one),
                "\" target=\"",
                &escaped(other),
                "\"/>\n",
            ],
        };
        pieces.iter().for_each(|piece| text.extend_from_slice(piece.as_bytes()));
    }
}
