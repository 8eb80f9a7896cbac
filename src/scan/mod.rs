//! Library steps: the prefix sums of a column, and the gathering of marked nodes into a dense list. Both are lists of steps that any
//! plan can take up.
//!
//! They reduce, scan and add (Blelloch, "Prefix sums and their applications", 1990), level by level of groups of 256, see
//! [`Extent::Groups`]: no invocation ever waits for another of the same dispatch, as single-pass scans do, which not every GPU
//! promises to make progress in. Sums are modulo 2^32.

mod compact;
mod prefix;
mod reduce;

pub use compact::CompactStep;
pub use prefix::PrefixStep;
pub use reduce::ReduceStep;

use crate::column::{ColumnId, Extent, Space, TOP_LEVEL};
use crate::step::Step;

/// No node: what a list of nodes holds behind its end.
pub const NOBODY: u32 = u32::MAX;

/// What of a word is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summand {
    /// The word, as an unsigned integer.
    Word,
    /// 1 if it is not zero.
    Mark,
}

impl Summand {
    /// What a word counts.
    #[inline(always)]
    fn of(self, word: u32) -> u32 {
        match self {
            Self::Word => word,
            Self::Mark => u32::from(word != 0),
        }
    }
}

/// The names of the columns that a scan adds; by their names the fingerprint tells columns apart, so two scans of a plan have
/// different ones. [`scan_names!`](crate::scan_names) makes them of one.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// The list that is compacted.
    pub list: &'static str,
    /// The prefix sums.
    pub prefix: &'static str,
    /// The sums of the groups of each level.
    pub sums: [&'static str; TOP_LEVEL as usize],
    /// The prefix sums of each level's but the last.
    pub offsets: [&'static str; TOP_LEVEL as usize - 1],
}

/// The [`Names`](crate::scan::Names) of a scan's columns, which begin with one text, as in `scan_names!("growth.free")`.
#[macro_export]
macro_rules! scan_names {
    ($name:literal) => {
        $crate::scan::Names {
            list: concat!($name, ".list"),
            prefix: concat!($name, ".prefix"),
            sums: [
                concat!($name, ".sums-1"),
                concat!($name, ".sums-2"),
                concat!($name, ".sums-3"),
                concat!($name, ".sums-4"),
            ],
            offsets: [
                concat!($name, ".offsets-1"),
                concat!($name, ".offsets-2"),
                concat!($name, ".offsets-3"),
            ],
        }
    };
}

/// Steps that keep the prefix sums of a column, and where those are.
#[derive(Debug)]
pub struct Scan {
    /// A word a node: the sum of all nodes' before it, without its own.
    pub prefix: ColumnId,
    /// One word: the sum of all nodes'.
    pub total: ColumnId,
    /// To be run in this order.
    pub steps: Vec<Box<dyn Step>>,
}

/// Steps that keep a dense list of the marked nodes, and where it is.
#[derive(Debug)]
pub struct Compact {
    /// A word a node: the k-th is the k-th marked node, in ascending order, or [`NOBODY`] where there are fewer.
    pub list: ColumnId,
    /// One word: how many are marked.
    pub total: ColumnId,
    /// A word a node: how many before it are marked, which is the place in the list of one that is.
    pub prefix: ColumnId,
    /// To be run in this order.
    pub steps: Vec<Box<dyn Step>>,
}

/// The prefix sums, modulo 2^32, of a column of one word a node in a swarm of so many nodes. `add` adds a column to the plan in the
/// making, and says where; none of them is doubled.
pub fn scan(
    values: ColumnId,
    summand: Summand,
    nodes: u32,
    names: &Names,
    mut add: impl FnMut(&'static str, Extent) -> ColumnId,
) -> Scan {
    // The levels up to the one of a single group.
    let is_one = |level: &u32| Space::Groups(*level).items(nodes) <= 1;
    let top = (1..=TOP_LEVEL).find(is_one).unwrap_or(TOP_LEVEL);
    let mut steps: Vec<Box<dyn Step>> = Vec::new();
    let mut sums = vec![values];
    for level in 1..=top {
        let to = add(names.sums[level as usize - 1], Extent::Groups(level));
        let summand = if level == 1 { summand } else { Summand::Word };
        let from = sums[sums.len() - 1];
        steps.push(Box::new(ReduceStep::new((from, to), summand, level, nodes)));
        sums.push(to);
    }
    let (mut prefix, mut offsets) = (values, None);
    for level in (0..top).rev() {
        let (name, extent, space) = match level {
            0 => (names.prefix, Extent::Node, Space::Nodes),
            level => (
                names.offsets[level as usize - 1],
                Extent::Groups(level),
                Space::Groups(level),
            ),
        };
        prefix = add(name, extent);
        let summand = if level == 0 { summand } else { Summand::Word };
        steps.push(Box::new(PrefixStep {
            values: sums[level as usize],
            offsets,
            prefix,
            summand,
            space,
        }));
        offsets = Some(prefix);
    }
    Scan {
        prefix,
        total: sums[top as usize],
        steps,
    }
}

/// Steps that keep the prefix sums of a column of groups.
#[derive(Debug)]
pub struct GroupScan {
    /// A word a group of level 1: the sum of all before it.
    pub prefix: ColumnId,
    /// One word: the sum of all.
    pub total: ColumnId,
    /// To be run in this order.
    pub steps: Vec<Box<dyn Step>>,
}

/// The prefix sums, modulo 2^32, of a column of one word a group of level 1, in a swarm of so many nodes. The names of the sums of level 1
/// and of the prefix sums of nodes are not used. `add` as in [`scan`].
pub fn scan_groups(
    values: ColumnId,
    nodes: u32,
    names: &Names,
    mut add: impl FnMut(&'static str, Extent) -> ColumnId,
) -> GroupScan {
    let is_one = |level: &u32| Space::Groups(*level).items(nodes) <= 1;
    let top = (2..=TOP_LEVEL).find(is_one).unwrap_or(TOP_LEVEL);
    let mut steps: Vec<Box<dyn Step>> = Vec::new();
    let mut sums = vec![values];
    for level in 2..=top {
        let to = add(names.sums[level as usize - 1], Extent::Groups(level));
        let from = sums[sums.len() - 1];
        steps.push(Box::new(ReduceStep::new((from, to), Summand::Word, level, nodes)));
        sums.push(to);
    }
    let (mut prefix, mut offsets) = (values, None);
    for level in (1..top).rev() {
        prefix = add(names.offsets[level as usize - 1], Extent::Groups(level));
        steps.push(Box::new(PrefixStep {
            values: sums[level as usize - 1],
            offsets,
            prefix,
            summand: Summand::Word,
            space: Space::Groups(level),
        }));
        offsets = Some(prefix);
    }
    GroupScan {
        prefix,
        total: sums[sums.len() - 1],
        steps,
    }
}

/// The list of the nodes whose word in `marks` is not zero, in a swarm of so many nodes. It is a gather: each place of the list looks its
/// node up in the prefix sums. `add` as in [`scan`].
pub fn compact(
    marks: ColumnId,
    nodes: u32,
    names: &Names,
    mut add: impl FnMut(&'static str, Extent) -> ColumnId,
) -> Compact {
    let Scan {
        prefix,
        total,
        mut steps,
    } = scan(marks, Summand::Mark, nodes, names, &mut add);
    let list = add(names.list, Extent::Node);
    steps.push(Box::new(CompactStep { prefix, total, list }));
    Compact {
        list,
        total,
        prefix,
        steps,
    }
}
