//! The beliefs at tick 0: what a scenario says of them, and their words.

use crate::error::Error;
use crate::memory;
use crate::number::{Stream, multiply_high, threefry2x32};
use crate::scenario::locate;
use crate::words::Words;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The largest magnitude of a belief in a start state: 2^28.
pub const BELIEF_LIMIT: i32 = 1 << 28;

/// The beliefs at tick 0, each within ±2^28.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Start {
    /// Drawn evenly from low..=high.
    Uniform(Interval),
    /// One node has `value`, all others 0.
    Point(Point),
    /// Rising evenly from low at node 0 to high at the last.
    Ramp(Interval),
    /// The first half of the nodes has low, the second high.
    TwoBlocks(Interval),
    /// From a file: one number a line (`#` comments allowed), or a one-dimensional .npy array of integers.
    File(StartFile),
}

/// Two beliefs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lower belief.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub low: i32,
    /// The upper belief, at least the lower.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub high: i32,
}

/// One node apart from the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Which node.
    #[serde(default)]
    pub node: u32,
    /// What it believes.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub value: i32,
}

/// Beliefs from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartFile {
    /// The file, with exactly one number for each node. A relative name starts at the scenario's folder, or else at the
    /// current one.
    pub file: PathBuf,
}

impl Start {
    /// The files that it names, with their keys.
    pub(super) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        match self {
            Self::File(start) => vec![(format!("{KEY}.file"), &mut start.file)],
            _ => Vec::new(),
        }
    }
}

const KEY: &str = "consensus.start";

/// The words of the belief column.
pub(super) fn beliefs(start: &Start, nodes: u32, seed: u32, folder: &Path) -> Result<Words, Error> {
    if let Start::File(file) = start {
        if file.file.as_os_str().is_empty() {
            return Err(Error::invalid(
                format!("{KEY}.file"),
                "is empty; name the file that holds a number for each node",
            ));
        }
        return from_file(&locate(folder, &file.file), nodes as usize).map(|words| Words::from(&*words));
    }
    let mut words = memory::column(nodes, 2)?;
    match start {
        Start::Uniform(interval) => {
            let width = width(interval)? + 1;
            fill(&mut words, |i| {
                interval.low + multiply_high(threefry2x32([seed, Stream::Start as u32], [i, 0])[0], width) as i32
            });
        }
        Start::Ramp(interval) => {
            let (width, steps) = (u64::from(width(interval)?), u64::from(nodes - 1).max(1));
            fill(&mut words, |i| interval.low + (u64::from(i) * width / steps) as i32);
        }
        Start::TwoBlocks(interval) => {
            width(interval)?;
            fill(&mut words, |i| if i < nodes / 2 { interval.low } else { interval.high });
        }
        Start::Point(point) => {
            if point.node >= nodes {
                return Err(Error::invalid(
                    format!("{KEY}.node"),
                    format!("is {}, but the swarm has {nodes} nodes, numbered from 0", point.node),
                ));
            }
            within(point.value, "value")?;
            words[point.node as usize] = point.value as u32;
        }
        Start::File(_) => {}
    }
    Ok(words)
}

fn fill(words: &mut [u32], belief: impl Fn(u32) -> i32 + Sync) {
    words.par_chunks_mut(1 << 14).enumerate().for_each(|(chunk, words)| {
        for (l, word) in words.iter_mut().enumerate() {
            *word = belief(((chunk << 14) + l) as u32) as u32;
        }
    });
}

fn within(value: i32, key: &str) -> Result<(), Error> {
    if value.unsigned_abs() > BELIEF_LIMIT as u32 {
        return Err(Error::invalid(
            format!("{KEY}.{key}"),
            format!("is {value}; beliefs start within ±{BELIEF_LIMIT}"),
        ));
    }
    Ok(())
}

/// high − low.
fn width(interval: &Interval) -> Result<u32, Error> {
    within(interval.low, "low")?;
    within(interval.high, "high")?;
    if interval.low > interval.high {
        return Err(Error::invalid(
            format!("{KEY}.low"),
            format!("is {}, above high = {}; exchange the two", interval.low, interval.high),
        ));
    }
    Ok(interval.high.abs_diff(interval.low))
}

/// One number for each node: text, or a one-dimensional .npy array of integers.
fn from_file(path: &Path, nodes: usize) -> Result<Vec<u32>, Error> {
    let bytes = std::fs::read(path).map_err(|e| {
        Error::invalid(
            format!("{KEY}.file"),
            format!(
                "is {}, which cannot be read: {e}; check the name and the permissions",
                path.display()
            ),
        )
    })?;
    let fault = |at: String, message: String| {
        Error::invalid(format!("{KEY}.file"), format!("{}{at}: {message}", path.display()))
    };
    let numbers = if bytes.starts_with(b"\x93NUMPY") {
        from_npy(&bytes, &fault)?
    } else {
        from_text(&bytes, &fault)?
    };
    if numbers.len() != nodes {
        return Err(fault(
            String::new(),
            format!(
                "holds {} numbers, but the swarm has {nodes} nodes; it needs one for each",
                numbers.len()
            ),
        ));
    }
    Ok(numbers)
}

fn from_text(bytes: &[u8], fault: &dyn Fn(String, String) -> Error) -> Result<Vec<u32>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        fault(
            String::new(),
            "is no text; it may hold one integer a line, or be a .npy array".into(),
        )
    })?;
    let mut numbers = Vec::new();
    for (k, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let shown: String = line.chars().take(40).flat_map(char::escape_debug).collect();
        match line.parse::<i64>() {
            Ok(value) if value.unsigned_abs() <= BELIEF_LIMIT as u64 => numbers.push(value as i32 as u32),
            Ok(value) => {
                return Err(fault(
                    format!(":{}", k + 1),
                    format!("{value} is outside ±{BELIEF_LIMIT}, where beliefs start; scale the numbers down"),
                ));
            }
            Err(_) => {
                return Err(fault(
                    format!(":{}", k + 1),
                    format!("'{shown}' is no integer; write one integer a line, within ±{BELIEF_LIMIT}"),
                ));
            }
        }
    }
    Ok(numbers)
}

fn from_npy(bytes: &[u8], fault: &dyn Fn(String, String) -> Error) -> Result<Vec<u32>, Error> {
    let broken = |e: std::io::Error| fault(String::new(), format!("is no readable .npy file: {e}"));
    let file = npyz::NpyFile::new(bytes).map_err(broken)?;
    if file.shape().len() != 1 {
        return Err(fault(
            String::new(),
            format!("has the shape {:?}; it must be one-dimensional", file.shape()),
        ));
    }
    let kind = match file.dtype() {
        npyz::DType::Plain(kind) => kind.clone(),
        other => {
            return Err(fault(
                String::new(),
                format!("holds {}; it must hold integers", other.descr()),
            ));
        }
    };
    macro_rules! read {
        ($t:ty) => {
            file.data::<$t>()
                .map_err(|e| fault(String::new(), e.to_string()))?
                .map(|number| number.map(|v| i128::from(v)))
                .collect::<std::io::Result<Vec<i128>>>()
                .map_err(broken)?
        };
    }
    let wide = match (kind.type_char(), kind.num_bytes()) {
        (npyz::TypeChar::Int, Some(1)) => read!(i8),
        (npyz::TypeChar::Int, Some(2)) => read!(i16),
        (npyz::TypeChar::Int, Some(4)) => read!(i32),
        (npyz::TypeChar::Int, Some(8)) => read!(i64),
        (npyz::TypeChar::Uint, Some(1)) => read!(u8),
        (npyz::TypeChar::Uint, Some(2)) => read!(u16),
        (npyz::TypeChar::Uint, Some(4)) => read!(u32),
        (npyz::TypeChar::Uint, Some(8)) => read!(u64),
        _ => {
            return Err(fault(
                String::new(),
                format!("holds {kind}; it must hold integers, as numpy.astype('int32') makes them"),
            ));
        }
    };
    wide.iter()
        .enumerate()
        .map(|(k, &value)| {
            if value.unsigned_abs() <= BELIEF_LIMIT as u128 {
                Ok(value as i32 as u32)
            } else {
                Err(fault(
                    format!("[{k}]"),
                    format!("{value} is outside ±{BELIEF_LIMIT}, where beliefs start; scale the numbers down"),
                ))
            }
        })
        .collect()
}
