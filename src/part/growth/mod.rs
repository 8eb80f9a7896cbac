//! Growth: a cell that has too much to do gets a family of four cells, which do as it does and may have families of their own; when the
//! load is gone, they merge back. Nobody grants anything: who gets which place follows from prefix sums over all that ask.
//!
//! # A tick
//! 1. [`WatchStep`]: for how long each cell has been loaded, or idle.
//! 2. [`DecideStep`]: which cell asks for a family, and which family goes.
//! 3. [`CountStep`], [`CapStep`] and a [scan](crate::scan): how many ask and how many families of places are free before each cell.
//! 4. [`GrantStep`]: the k-th that asks gets the k-th free family. It alone writes who is whose child.
//! 5. [`SettleStep`], [`EstateStep`], [`BequeathStep`], [`EmptyStep`]: what a newborn begins with, and what becomes of what one that goes has held.
//!
//! Before the cells' work, where big tasks are delegated: [`JoinStep`] puts together what children have done, and [`TakeStep`] gives them
//! their parts, see [`Delegates`].
//!
//! Tasks move between a cell and its children by the offers of work: see [`Families`].

pub mod account;
mod build;
pub mod delegated;
mod gauge;
pub mod ledger;
mod lines;
mod needs;
mod spec;
mod steps;

pub use crate::topology::DEEPEST;
pub use gauge::{Grown, GrowthGauge};
pub use needs::{Needs, NeedsGauge, Span};
pub use spec::{Delegate, GrowthSpec, Inherit, Retire, Spawn};
pub use steps::{
    AccountStep, BequeathStep, CapStep, CountStep, DecideStep, EmptyStep, EstateStep, GrantStep, JoinStep, SettleStep,
    TakeStep, WatchStep, event, watched, wish,
};

#[cfg(doc)]
use crate::part::work::{Delegates, Families};
