//! The words of a plan: columns, how many words each has, over what steps run, and what they do with the columns that they bind.

use crate::number::hash_name;
use std::ops::Range;

/// A column's place in the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnId(pub usize);

/// How many words a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One a node.
    Node,
    /// Two a node, the lower words of all nodes first: a 64-bit number.
    Wide,
    /// So many a node, the first words of all nodes first.
    Words(u32),
    /// One a link end: slot by slot one for each node, then one for each stored link end.
    LinkEnd,
    /// One for each group of 256 of what the level below has, the lowest level being the nodes: what a reduction leaves. Level 1 has one
    /// word for 256 nodes, level 2 one for 65,536; [`TOP_LEVEL`] is the last.
    Groups(u32),
    /// So many for the whole swarm, whatever the number of nodes: what all nodes count together. Never doubled.
    Swarm(u32),
    /// So many that no step writes: what the plan says and a device must know. They are no state, and not of the fingerprint.
    Table(u32),
}

impl Extent {
    /// How many words each node has; nothing of a column of something else.
    #[must_use]
    pub const fn lanes(self) -> Option<u32> {
        match self {
            Self::Node => Some(1),
            Self::Wide => Some(2),
            Self::Words(words) => Some(words),
            Self::LinkEnd | Self::Groups(_) | Self::Swarm(_) | Self::Table(_) => None,
        }
    }
}

/// Of how many a group consists, but for the last one, which may have fewer.
pub const GROUP: u32 = 256;

/// The level of which there is one group only, however many nodes there are.
pub const TOP_LEVEL: u32 = 4;

/// Over what a step runs: what one invocation of its shader is for, and what it writes the words of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Space {
    /// The nodes.
    #[default]
    Nodes,
    /// The groups of a level, see [`Extent::Groups`].
    Groups(u32),
}

impl Space {
    /// How many of it there are in a swarm of so many nodes.
    #[must_use]
    pub fn items(self, nodes: u32) -> u32 {
        match self {
            Self::Nodes => nodes,
            Self::Groups(level) => (0..level.min(TOP_LEVEL)).fold(nodes, |below, _| below.div_ceil(GROUP)),
        }
    }

    /// Whether each of it has words of its own in a column of such an extent.
    #[must_use]
    pub fn owns(self, extent: Extent) -> bool {
        match extent {
            Extent::Node | Extent::Wide | Extent::Words(_) | Extent::LinkEnd => self == Self::Nodes,
            Extent::Groups(level) => self == Self::Groups(level),
            Extent::Swarm(_) | Extent::Table(_) => false,
        }
    }
}

/// One 32-bit quantity of every node or link end.
#[derive(Clone, Debug)]
pub struct Column {
    /// Whose it is and what it is, as in `consensus.belief`: its identity, see [`Column::number`].
    pub name: &'static str,
    /// One word for each of what.
    pub extent: Extent,
    /// Whether a tick's old and new values are both held, because a step reads the neighbours' and writes its own.
    pub doubled: bool,
    /// Whether it is a node's nature and not its knowledge, so that even a node that forgets keeps it.
    pub fixed: bool,
}

impl Column {
    /// What stands for the column in the fingerprint: a hash of its name, so that another column, or another order of columns,
    /// changes nothing of what this one adds.
    #[must_use]
    pub const fn number(&self) -> u32 {
        hash_name(self.name)
    }

    /// Whether it is part of the state that the fingerprint identifies.
    #[must_use]
    pub const fn is_state(&self) -> bool {
        !matches!(self.extent, Extent::Table(_))
    }

    /// Whether a person means it by this name: the whole, or what stands behind the last point.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        is_called(self.name, name)
    }
}

/// Whether a person means the column `whole` by `name`.
pub(crate) fn is_called(whole: &str, name: &str) -> bool {
    whole == name || whole.rsplit('.').next() == Some(name)
}

/// The columns that say who is whose child, a word a node each, where nodes come and go: see
/// [`Grown`](crate::topology::Grown). A step that writes one of them walks no links, since these follow from both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinship {
    /// 1 + the node's parent; 0 of those that are there from the start, and of places where nobody is.
    pub parents: ColumnId,
    /// The first of the node's four children; 0 of those that have none.
    pub families: ColumnId,
}

impl Kinship {
    /// One of the two.
    #[must_use]
    pub const fn column(self, which: Lineage) -> ColumnId {
        match which {
            Lineage::Parents => self.parents,
            Lineage::Families => self.families,
        }
    }
}

/// One of the columns that say who is whose child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lineage {
    /// Who a node's parent is.
    Parents,
    /// Who a node's children are.
    Families,
}

/// What a step does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads it, as far as the binding [reaches](Reach).
    Read,
    /// Writes the new value at its own index; after the step the new values are the current ones.
    Next,
    /// Reads and writes it at its own index.
    Update,
    /// Does one of the [operations](Fold) that commute with any of its words, atomically and never looking at what a word holds: the
    /// order in which nodes do it does not matter. Which of them with which words, the step says by
    /// [`Step::folds`](crate::step::Step::folds): one a word, since two of them do not commute. Only for columns of [`Extent::Swarm`].
    Fold,
}

impl Access {
    /// Whether the step writes at its own index.
    #[must_use]
    pub fn writes_own(self) -> bool {
        matches!(self, Self::Next | Self::Update)
    }
}

/// How far from what it runs over a step reads a column: which words must be at hand where a range of the swarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The words of the range that it runs over; of groups, those of what the groups consist of.
    Own,
    /// Besides, those of the nodes at the other ends of the range's links.
    Links,
    /// Any.
    Anywhere,
}

/// What a fold makes of a word and a value: operations each of which commutes with itself, so that the order does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fold {
    /// The sum, modulo 2^32.
    Add,
    /// The sum of numbers of 64 bits, modulo 2^64, whose upper halves follow all lower ones: see [`counters`](crate::counters).
    Add64,
    /// The greater.
    Max,
    /// The lesser.
    Min,
    /// The bits of either.
    Or,
    /// The bits of both.
    And,
}

/// What a step does with some words of a column that it folds into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// Which column, which the step binds with [`Access::Fold`].
    pub column: ColumnId,
    /// Which of its words; with [`Fold::Add64`] of so many numbers, first all lower halves, then all upper ones.
    pub words: Range<u32>,
    /// The operation.
    pub fold: Fold,
}

impl Folded {
    /// An operation on some words of a column.
    #[must_use]
    pub fn new(column: ColumnId, words: Range<u32>, fold: Fold) -> Self {
        Self { column, words, fold }
    }
}

/// The words of a column with several for each of what it is of, lane by lane: the first words of all come first. Where a word is, is
/// worked out here and by `word_at` in WGSL, and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<'a> {
    words: &'a [u32],
    items: usize,
}

impl<'a> Lanes<'a> {
    /// The words of a column of so many nodes, or of what else it is of.
    #[must_use]
    pub fn new(words: &'a [u32], items: usize) -> Self {
        Self { words, items }
    }

    /// One word of each.
    #[must_use]
    pub fn lane(self, lane: usize) -> &'a [u32] {
        &self.words[lane * self.items..][..self.items]
    }

    /// One word of one of them.
    #[inline(always)]
    #[must_use]
    pub fn at(self, lane: usize, item: usize) -> u32 {
        self.words[lane * self.items + item]
    }
}

/// A column in a step's binding slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The binding's number in the shader's group 2.
    pub slot: u32,
    /// Which column.
    pub column: ColumnId,
    /// What the step does with it.
    pub access: Access,
    /// How far it reads.
    pub reach: Reach,
}

impl Binding {
    /// The column in a slot. What is read may be read anywhere, unless [`Binding::within`] says less.
    #[must_use]
    pub fn new(slot: u32, column: ColumnId, access: Access) -> Self {
        let reach = match access {
            Access::Read => Reach::Anywhere,
            Access::Next | Access::Update | Access::Fold => Reach::Own,
        };
        Self {
            slot,
            column,
            access,
            reach,
        }
    }

    /// The same, read no farther than that.
    #[must_use]
    pub fn within(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }
}
