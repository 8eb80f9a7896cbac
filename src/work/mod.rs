//! Orchestration: cells of four agents that take in tasks, order, execute, verify and commit them, and pass them to neighbours, with
//! no central part. What a scenario's `[work]` says, and the plan that it becomes.
//!
//! # A tick
//! 1. [`crate::step::MembersStep`], where anything goes wrong: which agents are up.
//! 2. [`crate::step::CellStep`]: arrivals, order, dispatch, execution, verification, commitment, each cell for itself.
//! 3. [`crate::step::OfferStep`], [`crate::step::ReceiveStep`], [`crate::step::SettleStep`]: waiting tasks move to neighbours, and
//!    what a dead cell held with them. The giver offers, the receiver takes what it has room for and answers, the giver gives up
//!    what was taken: three gathers, so that a task is in one place only and no queue overflows.
//!
//! # What is counted
//! Once for the whole swarm, in the [`ledger`]: counters, sums of the tasks' identities, histograms of times. At every measurement
//! the cells are looked through, and what they hold must be what the ledger says: see [`crate::measure::WorkGauge`].

mod arrivals;
mod build;
pub mod chance;
pub mod choices;
mod events;
pub mod ledger;
mod plan;
mod shown;
mod source;
mod spec;
mod task;
pub mod trace;
mod unused;
mod weights;

pub use arrivals::{ArrivalEvent, HotSpots, OneCell, Place};
pub use choices::{Choice, Choices, Pay};
pub use plan::{ArrivalChange, LogPlan, WorkPlan};
pub use spec::{
    Agreement, Arrivals, Balance, Burst, Constant, Flow, FlowRounding, Linear, Mean, Need, Order, Policy, Process,
    Retry, Span, Table, Threshold, Weighted, WorkSpec,
};
pub use task::{ALL_TAKEN, ATTEMPT_SHIFT, Format, IDENTITY, OFFERS, TAKEN_SHIFT, job, outbox, state, word};
