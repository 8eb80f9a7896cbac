//! What a step of a tick is: what it reads and writes, its parameters, its shader, and the shader's twin for the CPU. Each stands with
//! the part that it belongs to.

use crate::column::{Binding, ColumnId, Folded, Space};
use crate::shader::Module;
use crate::timing::Schedule;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

pub use crate::hear::View;
pub use crate::words::Scratch;

/// What bounds the loops of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most links of a node.
    pub degree: u32,
    /// For how many ticks the swarm runs at most.
    pub ticks: u32,
}

/// The place of steps in a tick; of those at the same one, sections come by their names, and of one section in the order of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Who is up.
    Faults,
    /// Nodes come to agree.
    Consensus,
    /// Cells take in tasks and do them.
    Work,
    /// Tasks flow between neighbours.
    Balance,
    /// Strategies adapt.
    Learning,
    /// The swarm grows and shrinks.
    Growth,
    /// After all of these.
    #[default]
    Free,
}

/// The words that the CPU twin writes for a block of nodes: for each column that it writes at its own index, in binding order, its lanes.
/// A column of nodes has one lane, a wide one two; a column of link ends has one lane a slot and, if links are stored, one more.
pub type Outputs<'a> = Vec<Vec<&'a mut [u32]>>;

/// One kernel of a tick: a gather. It may read any column at its own index and at its neighbours', and writes only its own
/// index. What the whole swarm counts together it folds into a column of the swarm, in any order.
pub trait Step: Send + Sync + Debug {
    /// The name of the step, of its shader and of its source file.
    fn name(&self) -> &'static str;

    /// Its columns, in binding order.
    fn bindings(&self) -> Vec<Binding>;

    /// Over what it runs. Of what is not nodes nobody hears anything.
    fn space(&self) -> Space {
        Space::Nodes
    }

    /// Whether it walks the links, and so reads the stored ones.
    fn reads_links(&self) -> bool;

    /// Whether it asks who hears whom, and so reads the nodes' status where there are faults.
    fn hears(&self) -> bool {
        self.reads_links()
    }

    /// The WGSL that follows the topology's, the timing's and the traffic's: what the step builds on, then the step itself.
    fn modules(&self) -> Vec<Module>;

    /// The same WGSL where stored links have the classes of their divisors, see
    /// [`Topology::classes`](crate::topology::Topology::classes), if the step is faster by them. The network's shader has them then for
    /// all steps.
    fn classed_modules(&self) -> Option<Vec<Module>> {
        None
    }

    /// The WGSL of a second form, in which an invocation does a tile of nodes: what [`Tiles`](crate::topology::Tiles) says that a network
    /// may use, and last the entry point. Used where everybody acts in every tick and nobody lies. Nothing if there is none.
    fn tiled(&self) -> Option<Vec<Module>> {
        None
    }

    /// A timing of its own, by which nodes act in this step in place of the plan's.
    fn schedule(&self) -> Option<Schedule> {
        None
    }

    /// How often the loops of one invocation of the shader turn at the most: software GPUs break loops off after 65 535 turns.
    fn turns(&self, bounds: Bounds) -> u64 {
        bounds.degree.into()
    }

    /// What it does with the words of the columns that it folds into.
    fn folds(&self) -> Vec<Folded> {
        Vec::new()
    }

    /// Where nodes come and go, whether it does something at places where nobody is: else a device may leave these out.
    fn visits_places(&self) -> bool {
        false
    }

    /// Whether in this tick it would change nothing at places where nobody has been for two ticks, though [`Step::visits_places`]: a device
    /// may leave those out, too. Of a step over groups of 256 nodes: whether it would change nothing for groups of such places.
    fn rests_at_places(&self, view: &View<'_>) -> bool {
        let _ = view;
        false
    }

    /// Whether [`Step::rests_at_places`] in every tick: asked by devices that cannot look at the words beforehand.
    fn always_rests_at_places(&self) -> bool {
        false
    }

    /// If it rests at places in some ticks, the column whose first word is 0 in these, by the time it runs: for the same devices.
    fn wakes(&self) -> Option<ColumnId> {
        None
    }

    /// Of what the ranges that it runs over begin at multiples, if it does several nodes at once: 1 if it takes any range.
    fn grain(&self) -> u32 {
        1
    }

    /// How many words of a table the CPU fills from all nodes before it runs the blocks of the step in a tick: zeros at first, see
    /// [`Step::survey`]. 0 where a look at every node would save no time. A step does the same with and without one.
    fn table(&self, view: &View<'_>) -> usize {
        let _ = view;
        0
    }

    /// Puts what the nodes of `block`, which begins at a multiple of 64, contribute into the table. Other blocks do so at the same time,
    /// so that only what commutes may happen to a word that is not theirs alone. What the table then holds is [`View::table`]. Nodes from
    /// the network's [`end`](crate::topology::Topology::end) on, where nobody is, are left out.
    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], scratch: &mut Scratch) {
        let _ = (view, block, table, scratch);
    }

    /// Runs the step for the nodes of `block`, or those of what else it runs over.
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch);

    /// Whether it would change nothing in this tick, so that it can be left out.
    fn rests(&self, tick: u32) -> bool {
        let _ = tick;
        false
    }

    /// Its parameters, for `--explain`.
    fn describe(&self) -> String;
}
