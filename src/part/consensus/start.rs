//! The beliefs at tick 0: what a scenario says of them, and their words.

mod opinions;
#[cfg(feature = "tables")]
pub(crate) mod table;

pub(crate) use opinions::by_shares;
pub use opinions::{Balanced, Lead, OpinionStart, Shares};

#[cfg(feature = "tables")]
use self::table::Wanted;
use crate::column::ColumnId;
use crate::error::{Error, escaped};
use crate::input::locate;
use crate::input::{Input, InputError, excerpt, reason};
use crate::memory;
use crate::number::{BELIEF_LIMIT, Stream, multiply_high, threefry2x32};
use crate::plan::Plan;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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
    /// From a file: one whole number a line (`5` or `5.0`; `#` comments allowed), or a one-dimensional .npy array of integers
    /// or of floats that are whole; each gzipped or not. Or a Parquet or .npz table, as `run --save` writes it: its column `belief`,
    /// by `id` (what the network's file calls the nodes) or else by `node`, in any order.
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
    pub(crate) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        match self {
            Self::File(start) => vec![(format!("{KEY}.file"), &mut start.file)],
            _ => Vec::new(),
        }
    }
}

const KEY: &str = "consensus.start";

/// The words of the belief column, as far as they are wanted.
pub(crate) fn beliefs(start: &Start, plan: &Plan, seed: u32, folder: &Path) -> Result<Words, Error> {
    words(start, plan, (plan.column("consensus.belief")?, seed), folder)
}

/// The beliefs of all nodes, whatever is wanted.
pub(crate) fn beliefs_of_all(start: &Start, plan: &Plan, seed: u32, folder: &Path) -> Result<Words, Error> {
    words(start, plan, (NO_COLUMN, seed), folder)
}

/// Of no column of a plan, so that all words are wanted.
const NO_COLUMN: ColumnId = ColumnId(usize::MAX);

fn words(start: &Start, plan: &Plan, (column, seed): (ColumnId, u32), folder: &Path) -> Result<Words, Error> {
    let nodes = plan.nodes();
    if let Start::File(file) = start {
        if file.file.as_os_str().is_empty() {
            return Err(Error::invalid(
                format!("{KEY}.file"),
                "is empty; name the file that holds a number for each node",
            ));
        }
        let path = locate(folder, &file.file);
        #[cfg(feature = "tables")]
        {
            let (key, limit) = (format!("{KEY}.file"), i64::from(BELIEF_LIMIT));
            let wanted = Wanted {
                key: &key,
                column: "belief",
                range: &(-limit..=limit),
            };
            if let Some(words) = table::read(&path, plan, wanted)? {
                return Ok(words);
            }
        }
        return from_file(&path, plan, column);
    }
    let mut words = memory::column(nodes, 2)?;
    let fill = |words: &mut Words, belief: &(dyn Fn(u32) -> i32 + Sync)| {
        plan.fill_in(column, words, 1 << 14, |first, words| {
            for (word, i) in words.iter_mut().zip(first..) {
                *word = belief(i) as u32;
            }
        });
    };
    match start {
        Start::Uniform(interval) => {
            let width = width(interval)? + 1;
            fill(&mut words, &|i| {
                interval.low + multiply_high(threefry2x32([seed, Stream::Start as u32], [i, 0])[0], width) as i32
            });
        }
        Start::Ramp(interval) => {
            let (width, steps) = (u64::from(width(interval)?), u64::from(nodes - 1).max(1));
            fill(&mut words, &|i| interval.low + (u64::from(i) * width / steps) as i32);
        }
        Start::TwoBlocks(interval) => {
            width(interval)?;
            fill(&mut words, &|i| {
                if i < nodes / 2 { interval.low } else { interval.high }
            });
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

/// One number for each node: text, or a one-dimensional .npy array, each gzipped or not.
fn from_file(path: &Path, plan: &Plan, column: ColumnId) -> Result<Words, Error> {
    let refused = |error: InputError| Error::invalid(format!("{KEY}.file"), error.to_string());
    let input = Input::open(path, None).map_err(refused)?;
    let name = input.name();
    let fault = |at: String, message: String| Error::invalid(format!("{KEY}.file"), format!("{name}{at}: {message}"));
    let mut numbers = Numbers::new(plan, column)?;
    if input.starts_with(b"\x93NUMPY") {
        from_npy(&input.bytes().map_err(refused)?, &mut numbers, &fault)?;
    } else {
        let mut lines = input.lines(LONGEST_LINE).map_err(refused)?;
        while let Some(line) = lines.next().map_err(refused)? {
            let line = line.split(|&byte| byte == b'#').next().unwrap_or(b"").trim_ascii();
            if line.is_empty() {
                continue;
            }
            let number = std::str::from_utf8(line).ok().and_then(Number::parse);
            let said = number.unwrap_or(Number::None).belief(|| excerpt(line));
            let belief = said.map_err(|message| fault(format!(":{}", lines.number()), message))?;
            if !numbers.take(belief) {
                break;
            }
        }
    }
    numbers.finish().map_err(|message| fault(String::new(), message))
}

/// The longest line of a file of numbers, in bytes.
const LONGEST_LINE: usize = 1 << 16;

/// How many more numbers than nodes are counted.
const COUNTED: usize = 1 << 24;

/// A belief for each node; what is more is counted, not held.
struct Numbers<'a> {
    plan: &'a Plan,
    column: ColumnId,
    /// Of those that are wanted; zeros of others.
    beliefs: Words,
    found: usize,
}

impl<'a> Numbers<'a> {
    fn new(plan: &'a Plan, column: ColumnId) -> Result<Self, Error> {
        Ok(Self {
            plan,
            column,
            beliefs: memory::column(plan.nodes(), 2)?,
            found: 0,
        })
    }

    /// Takes one more; whether there can be another.
    fn take(&mut self, belief: u32) -> bool {
        // Nodes have 32-bit numbers.
        if let Some(place) = self.beliefs.get_mut(self.found)
            && self.plan.is_wanted(self.column, self.found as u32)
        {
            *place = belief;
        }
        self.found += 1;
        self.found < self.beliefs.len() + COUNTED
    }

    fn finish(self) -> Result<Words, String> {
        let (nodes, found) = (self.beliefs.len(), self.found);
        if found == nodes {
            return Ok(self.beliefs);
        }
        let or_more = if found == nodes + COUNTED { " or more" } else { "" };
        Err(format!(
            "holds {found}{or_more} numbers, but the swarm has {nodes} nodes; it needs one for each"
        ))
    }
}

/// A number of a file.
#[derive(Clone, Copy)]
enum Number {
    Integer(i128),
    Real(f64),
    None,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        text.parse()
            .map(Self::Integer)
            .or_else(|_| text.parse().map(Self::Real))
            .ok()
    }

    /// The word of a belief; `shown` is how the file writes it.
    fn belief(self, shown: impl Fn() -> String) -> Result<u32, String> {
        let limit = i128::from(BELIEF_LIMIT);
        let whole = match self {
            Self::Integer(value) => value,
            // A float this large has no fraction, and `as` keeps it out of the range.
            Self::Real(value) if value.fract() == 0.0 || value.abs() >= 1e18 => value as i128,
            Self::Real(_) | Self::None => {
                return Err(format!(
                    "'{}' is no whole number; write one a line, within ±{BELIEF_LIMIT} (scale and round fractions)",
                    shown()
                ));
            }
        };
        if !(-limit..=limit).contains(&whole) {
            return Err(format!(
                "{} is outside ±{BELIEF_LIMIT}, where beliefs start; scale the numbers down",
                shown()
            ));
        }
        Ok(whole as i32 as u32)
    }
}

type Fault<'a> = &'a dyn Fn(String, String) -> Error;

fn from_npy(bytes: &[u8], numbers: &mut Numbers<'_>, fault: Fault<'_>) -> Result<(), Error> {
    let broken = |e: std::io::Error| fault(String::new(), format!("is no readable .npy file: {}", reason(&e)));
    let file = npyz::NpyFile::new(bytes).map_err(broken)?;
    if file.shape().len() != 1 {
        return Err(fault(
            String::new(),
            format!(
                "has the shape {}; it must be one-dimensional",
                escaped(&format!("{:?}", file.shape()))
            ),
        ));
    }
    let kind = match file.dtype() {
        npyz::DType::Plain(kind) => kind.clone(),
        other => {
            return Err(fault(
                String::new(),
                format!("holds {}; it must hold whole numbers", other.descr()),
            ));
        }
    };
    macro_rules! read {
        ($t:ty, $kind:path) => {{
            let values = file.data::<$t>().map_err(|e| fault(String::new(), e.to_string()))?;
            for (k, value) in values.enumerate() {
                let value = value.map_err(broken)?;
                let belief = $kind(value.into()).belief(|| value.to_string());
                if !numbers.take(belief.map_err(|message| fault(format!("[{k}]"), message))?) {
                    break;
                }
            }
        }};
    }
    use Number::{Integer, Real};
    match (kind.type_char(), kind.num_bytes()) {
        (npyz::TypeChar::Int, Some(1)) => read!(i8, Integer),
        (npyz::TypeChar::Int, Some(2)) => read!(i16, Integer),
        (npyz::TypeChar::Int, Some(4)) => read!(i32, Integer),
        (npyz::TypeChar::Int, Some(8)) => read!(i64, Integer),
        (npyz::TypeChar::Uint, Some(1)) => read!(u8, Integer),
        (npyz::TypeChar::Uint, Some(2)) => read!(u16, Integer),
        (npyz::TypeChar::Uint, Some(4)) => read!(u32, Integer),
        (npyz::TypeChar::Uint, Some(8)) => read!(u64, Integer),
        (npyz::TypeChar::Float, Some(4)) => read!(f32, Real),
        (npyz::TypeChar::Float, Some(8)) => read!(f64, Real),
        _ => {
            return Err(fault(
                String::new(),
                format!("holds {kind}; it must hold whole numbers, as numpy.astype('int32') makes them"),
            ));
        }
    }
    Ok(())
}
