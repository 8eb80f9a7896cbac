//! A compute engine for swarms: millions of agents, each knowing only its neighbours, with the same bits on every device.
//!
//! A [`scenario::Scenario`] is ground that all share and [`part`]s, each of which adds to one [`draft`]. So it becomes a
//! [`swarm::Swarm`] — columns of 32-bit words and a [`plan::Plan`], the ordered steps of a tick — which a [`device::Device`] executes.
//! [`Simulation`] does all three and reports.
//!
//! # The tick
//! 1. [`fault`]: who is up, and what else goes wrong.
//! 2. [`timing`]: who acts, a stateless function of node and tick; with the faults it decides the [`hear`].
//! 3. Consensus: nodes meet over the links of the [`topology`] by a rule, see [`part`] and [`step`]. Cells of four [work](part::work).
//! 4. [`gauge`], every few ticks: reductions, the audit, the fingerprint.
//!
//! # What holds throughout
//! All state is integers. Every step is a gather: it reads its own and its neighbours' words and writes its own. What two
//! nodes exchange, both compute from the same inputs and apply with opposite signs. From this follow the same bits on every
//! device and number of threads, and exact conservation.

// The command line names the library as any other program does.
#[cfg(feature = "cli")]
extern crate self as tetraswarm;

#[cfg(feature = "analysis")]
pub mod analysis;
pub mod bench;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "cli")]
pub mod cli;
pub mod column;
#[cfg(feature = "checkpoint")]
mod column_file;
pub mod counters;
pub mod device;
mod digits;
pub mod draft;
mod error;
pub mod fault;
pub mod gauge;
pub mod geometry;
pub mod hear;
pub mod input;
#[cfg(feature = "tables")]
pub mod learned;
mod memory;
pub mod number;
#[cfg(feature = "cli")]
pub mod output;
pub mod own;
pub mod part;
#[cfg(feature = "picture")]
pub mod picture;
pub mod plan;
#[cfg(feature = "tables")]
mod quiet;
#[cfg(feature = "tables")]
pub mod save;
pub mod scan;
pub mod scenario;
pub mod shader;
mod shown;
mod simulation;
pub mod step;
#[cfg(feature = "tables")]
pub mod study;
pub mod swarm;
#[cfg(feature = "tables")]
pub mod table;
pub mod timing;
pub mod topology;
pub mod trace;
pub mod verify;
mod whole_file;
mod words;

pub use digits::grouped;
pub use error::{Error, Place, escaped, nearest, shown};
pub use shown::{Shown, ShownKind};
#[cfg(feature = "checkpoint")]
pub use simulation::Resumed;
pub use simulation::{Report, Simulation, Watch};
pub use words::Words;

/// The examples of `docs/library.md`, for `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub struct LibraryPage;
