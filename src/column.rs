//! The words of a plan: columns, how many words each has, over what steps run, and what they do with the columns that they bind.

use crate::number::hash_name;

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

/// What a step does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads it anywhere.
    Read,
    /// Writes the new value at its own index; after the step the new values are the current ones.
    Next,
    /// Reads and writes it at its own index.
    Update,
    /// Adds to any of its words, or takes the greater, the lesser, the `or` or the `and`, atomically and never looking at what
    /// a word holds: the order in which nodes do it does not matter. One of these a word: two of them do not commute. Only for
    /// columns of [`Extent::Swarm`].
    Fold,
}

impl Access {
    /// Whether the step writes at its own index.
    #[must_use]
    pub fn writes_own(self) -> bool {
        matches!(self, Self::Next | Self::Update)
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
}

impl Binding {
    /// The column in a slot.
    #[must_use]
    pub fn new(slot: u32, column: ColumnId, access: Access) -> Self {
        Self { slot, column, access }
    }
}
