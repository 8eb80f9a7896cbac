//! Orchestration: cells of four agents that take in tasks, order, execute, verify and commit them, and pass them to neighbours, with
//! no central part. What a scenario's `[work]` says, and the plan that it becomes.
//!
//! # A tick
//! 1. [`crate::part::faults::MembersStep`], where anything goes wrong: which agents are up.
//! 2. [`crate::part::work::CellStep`]: arrivals, order, dispatch, execution, verification, commitment, each cell for itself.
//! 3. [`crate::part::work::OfferStep`], [`crate::part::work::ReceiveStep`], [`crate::part::work::SettleStep`]: waiting tasks move to neighbours, and
//!    what a dead cell held with them. The giver offers, the receiver takes what it has room for and answers, the giver gives up
//!    what was taken: three gathers, so that a task is in one place only and no queue overflows.
//!
//! # What is counted
//! Once for the whole swarm, in the [`ledger`]: counters, sums of the tasks' identities, histograms of times. At every measurement
//! the cells are looked through, and what they hold must be what the ledger says: see [`crate::part::work::WorkGauge`].

mod arrivals;
mod build;
mod cell;
pub mod chance;
pub mod choices;
mod chosen;
pub mod delegation;
mod events;
mod families;
mod gauge;
pub mod ledger;
mod offer;
mod plan;
mod policy;
mod receive;
mod settle;
mod shown;
mod source;
mod spec;
mod task;
mod unused;
mod weights;

pub use cell::{
    Ageing, COORDINATOR, Case, CellStep, Columns as CellColumns, Counts, Dispatches, Drawn, EXECUTOR, Events, InForce,
    Learnt, Log, MOST_AT_ONCE, Needs, Next, Orders, Parameters as CellParameters, Places, REFEREE, Source, Stretch,
    Verdict, member, pause, verdict,
};
pub use gauge::{TierWork, Times, Work, WorkGauge};
pub use offer::{OfferColumns, OfferStep, Policies};

pub use arrivals::{ArrivalEvent, HotSpots, OneCell, Place};
pub use choices::{Choice, Choices, Pay, Switch};
pub use delegation::{Delegates, Mode};
pub(crate) use families::{CELL_TICKS, COUNTERS};
pub use families::{Families, Share};
pub use plan::{ArrivalChange, LogPlan, WorkPlan};
pub use policy::{Agreement, Flow, FlowRounding, Policy, Retry, Threshold};
pub use receive::{ReceiveColumns, ReceiveStep};
pub use settle::SettleStep;
pub use spec::{
    Arrivals, Balance, Burst, Constant, Linear, Mean, Need, Order, Process, Span, Table, Weighted, WorkSpec,
};
pub use task::{ALL_TAKEN, ATTEMPT_SHIFT, IDENTITY, OFFERS, TAKEN_SHIFT, TaskFormat, job, outbox, state, word};
