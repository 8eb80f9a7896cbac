//! Several networks of the same nodes laid over each other: a node's links are those that it has in each.

use super::{Neighbours, Rows, ShaderBuffer, Site, Topology, TopologyShader, TopologySpec};
use crate::error::Error;
use crate::shader::{Module, module};
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use std::path::PathBuf;
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
    /// For each slot its part and the part's first slot.
    slots: Vec<(usize, u32)>,
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
        let kinds: Vec<&str> = parts.iter().map(|part| part.kind()).collect();
        let mut overlay = Self {
            kind: kinds.join(" + "),
            slots: Vec::new(),
            stored: merged(&parts)?,
            degrees: (0, 0),
            parts,
        };
        for (k, part) in overlay.parts.iter().enumerate() {
            let first = overlay.slots.len() as u32;
            overlay.slots.extend((0..part.slots()).map(|_| (k, first)));
        }
        overlay.degrees = overlay.extremes();
        Ok(overlay)
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

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        self.regular_degree()
            .or_else(|| self.sum(|part| part.degree_of_all(nodes.clone())))
    }

    fn has_parallel_links(&self) -> bool {
        true
    }

    fn slots(&self) -> u32 {
        self.slots.len() as u32
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (part, first) = self.slots[slot as usize];
        self.parts[part].neighbours(slot - first, nodes, list)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        let (part, first) = self.slots[slot as usize];
        self.parts[part].mirror(slot - first).map(|mirror| first + mirror)
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

/// One shader from those of the parts: every name that a part declares gets the part's number, and functions of the plain
/// names ask one part after the other.
fn compose<'a>(shaders: Vec<TopologyShader<'a>>, starts: &[u32]) -> TopologyShader<'a> {
    let mut source = String::new();
    let mut constants = Vec::new();
    let mut buffers: Vec<ShaderBuffer<'a>> = Vec::new();
    let parts = shaders.len();
    for (k, shader) in shaders.into_iter().enumerate() {
        source += &numbered(&shader.module.source, k, buffers.len());
        let renamed = |(name, value): (Cow<'static, str>, u32)| (Cow::Owned(format!("{name}_{k}")), value);
        constants.extend(shader.module.constants.into_iter().map(renamed));
        buffers.extend(shader.buffers);
    }
    let mut sums = [String::new(), String::new()];
    let (mut neighbour, mut link_end) = (String::new(), String::new());
    for (k, start) in starts.iter().enumerate() {
        let plus = if k == 0 { "" } else { " + " };
        let _ = write!(sums[0], "{plus}slots_{k}(i)");
        let _ = write!(sums[1], "{plus}degree_{k}(i)");
        let (found, at) = (
            format!("neighbour_{k}(i, rest)"),
            format!("{start}u * NODES + link_end_{k}(i, rest)"),
        );
        if k + 1 < parts {
            let ask = |answer: &str| {
                format!(
                    "    if (rest < slots_{k}(i)) {{\n        return {answer};\n    }}\n    rest -= slots_{k}(i);\n"
                )
            };
            neighbour += &ask(&found);
            link_end += &ask(&at);
        } else {
            let _ = writeln!(neighbour, "    return {found};");
            let _ = writeln!(link_end, "    return {at};");
        }
    }
    let _ = write!(
        source,
        "\nfn slots(i: u32) -> u32 {{\n    return {};\n}}\n\nfn degree(i: u32) -> u32 {{\n    return {};\n}}\n\n\
         fn neighbour(i: u32, k: u32) -> u32 {{\n    var rest = k;\n{neighbour}}}\n\n\
         fn link_end(i: u32, k: u32) -> u32 {{\n    var rest = k;\n{link_end}}}\n",
        sums[0], sums[1]
    );
    TopologyShader {
        module: Module {
            name: "topology/overlay",
            source: Cow::Owned(source),
            constants,
        },
        buffers,
    }
}

/// The words of a text: names and numbers apart from everything between them. Comments are left out.
fn words(source: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut all = Vec::new();
    for line in source.split_inclusive('\n') {
        let (mut code, ending) = match line.split_once("//") {
            Some((code, _)) => (code, "\n"),
            None => (line, ""),
        };
        while let Some(first) = code.chars().next() {
            let end = if is_part(first) {
                code.find(|c| !is_part(c)).unwrap_or(code.len())
            } else {
                first.len_utf8()
            };
            all.push(&code[..end]);
            code = &code[end..];
        }
        all.push(ending);
    }
    all
}

/// The text of a part: every name declared at module scope with `_k` behind it, bindings counted from `first` on.
fn numbered(source: &str, k: usize, first: usize) -> String {
    let words = words(source);
    let mut declared: Vec<&str> = Vec::new();
    let (mut depth, mut angle, mut awaits) = (0, 0, false);
    for &word in &words {
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            "<" if awaits => angle += 1,
            ">" if awaits => angle -= 1,
            "fn" | "struct" | "override" | "const" | "alias" | "var" if depth == 0 => awaits = true,
            // The address space of a variable stands between `var` and its name.
            name if awaits && angle == 0 && name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                declared.push(name);
                awaits = false;
            }
            _ => {}
        }
    }
    let mut text = String::with_capacity(source.len() * 2);
    for (at, &word) in words.iter().enumerate() {
        text.push_str(word);
        if declared.contains(&word) {
            let _ = write!(text, "_{k}");
        } else if at >= 2 && words[at - 2] == "binding" && words[at - 1] == "(" {
            text.truncate(text.len() - word.len());
            let binding = word
                .parse::<usize>()
                .map_or(word.to_owned(), |binding| (binding + first).to_string());
            text.push_str(&binding);
        }
    }
    text
}

/// The scenario's `topology`: one network, or a list of networks laid over each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NetworkSpec {
    /// One network.
    One(TopologySpec),
    /// Networks of the same nodes: a node's links are those that it has in each.
    Overlay(#[schemars(length(min = 1, max = 8))] Vec<TopologySpec>),
}

impl From<TopologySpec> for NetworkSpec {
    fn from(spec: TopologySpec) -> Self {
        Self::One(spec)
    }
}

impl NetworkSpec {
    /// The networks; one if it is no overlay.
    #[must_use]
    pub fn parts(&self) -> &[TopologySpec] {
        match self {
            Self::One(spec) => std::slice::from_ref(spec),
            Self::Overlay(specs) => specs,
        }
    }

    /// Builds the network. A part that comes from a file brings the number of nodes for the others.
    ///
    /// # Errors
    /// As [`TopologySpec::build`] and [`Overlay::new`]; keys name the part that is at fault.
    pub fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let specs = match self {
            Self::One(spec) => return spec.build(site),
            Self::Overlay(specs) => specs,
        };
        let mut site = site;
        let mut built: Vec<Option<Arc<dyn Topology>>> = vec![None; specs.len()];
        // Those that say how many nodes there are come first.
        for takes_nodes in [false, true] {
            for (k, spec) in specs.iter().enumerate() {
                let free = spec.fit(1) != super::Fit::default();
                if free == takes_nodes {
                    let part_site = if free { site } else { Site { nodes: None, ..site } };
                    let part = spec.build(part_site).map_err(|error| of_part(error, k))?;
                    if let Some(nodes) = site.nodes.filter(|&nodes| nodes != part.nodes()) {
                        return Err(Error::invalid(
                            format!("topology[{k}]"),
                            format!(
                                "is a {} of {} nodes, but there are {nodes}; all networks of an overlay have the same nodes",
                                part.kind(),
                                part.nodes()
                            ),
                        ));
                    }
                    site.nodes = Some(part.nodes());
                    built[k] = Some(part);
                }
            }
        }
        let mut parts: Vec<Arc<dyn Topology>> = built.into_iter().flatten().collect();
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(Arc::new(Overlay::new(parts)?))
            }
        }
    }

    /// The files that the networks name, by key.
    pub(crate) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        match self {
            Self::One(spec) => spec
                .files()
                .into_iter()
                .map(|(key, file)| (key.to_owned(), file))
                .collect(),
            Self::Overlay(specs) => {
                let parts = specs.iter_mut().enumerate();
                parts
                    .flat_map(|(k, spec)| {
                        spec.files()
                            .into_iter()
                            .map(move |(key, file)| (key_of_part(key, k), file))
                    })
                    .collect()
            }
        }
    }
}

fn key_of_part(key: &str, part: usize) -> String {
    match key.strip_prefix("topology") {
        Some(rest) => format!("topology[{part}]{rest}"),
        None => key.to_owned(),
    }
}

fn of_part(error: Error, part: usize) -> Error {
    match error {
        Error::Invalid { place, key, message } => Error::Invalid {
            place,
            key: key_of_part(&key, part),
            message,
        },
        other => other,
    }
}
