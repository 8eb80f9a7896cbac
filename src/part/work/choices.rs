//! What cells that learn may choose for themselves, and what success is to them: what the part `learning` asks of work.

use super::{Order, Policy, Retry};
use crate::column::ColumnId;
use crate::timing::Timing;

/// The strategies of a swarm of cells.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The column of what each cell holds: 0 for nothing, or 1 + the strategy's place in the list.
    pub strategy: ColumnId,
    /// The column of what each cell has earned: see [`earned`].
    pub earned: ColumnId,
    /// What each strategy sets.
    pub list: Vec<Choice>,
    /// What counts how much.
    pub pay: Pay,
    /// What a committed result of each tier counts, if not all count the same.
    pub tiers: Vec<i32>,
    /// The share of committed results that are looked at once more.
    pub audit: f64,
    /// What the draws of these depend on.
    pub audit_key: u32,
    /// After so many ticks what is wrong is found out; at most as many as are between two decisions.
    pub audit_delay: u32,
    /// What it takes to change.
    pub change: Switch,
    /// Whether cells keep what the account of strategies is made of: see [`counted`].
    pub accounts: bool,
}

impl Choices {
    /// How many words [`Choices::earned`] has.
    #[must_use]
    pub const fn words(change: Switch, accounts: bool) -> u32 {
        change.words() + if accounts { counted::ALL as u32 } else { 0 }
    }
}

/// What it takes a cell to change its strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// For how many ticks it then dispatches nothing; at most as many as are between two decisions.
    pub ticks: u32,
    /// All cells decide in the last tick of every so many.
    pub every: u32,
}

impl Switch {
    /// How many words of [`Choices::earned`] there are but for the account's.
    #[must_use]
    pub const fn words(self) -> u32 {
        earned::ALL as u32 + if self.ticks > 0 { 1 } else { 0 }
    }
}

/// What a strategy sets; what it does not is as `[work]` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Which of the waiting tasks is next.
    pub order: Option<Order>,
    /// What is offered to neighbours.
    pub balance: Option<Policy>,
    /// In which ticks a waiting task is handed to the executor.
    pub dispatch: Option<Timing>,
    /// The share of the results that are verified.
    pub verify: Option<f64>,
    /// When a refused task is offered again.
    pub retry: Option<Retry>,
}

/// What counts how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pay {
    /// For each result that is committed.
    pub commit: i32,
    /// Less for each that is rejected.
    pub reject: i32,
    /// Less for each task that waits, and tick.
    pub wait: i32,
    /// Less for each message.
    pub message: i32,
}

/// The words of the column of what each cell has earned.
pub mod earned {
    /// In this epoch so far, without what is found out later.
    pub const NOW: usize = 0;
    /// How many wrong results were committed in this epoch that are found out in the next.
    pub const FOUND: usize = 1;
    /// Those that count at the end of this epoch: of the epoch before, and of this one if they are found out soon enough.
    pub const FOUND_BEFORE: usize = 2;
    /// How many words there are.
    pub const ALL: usize = 3;
    /// One more where it takes time to change: what the cell held before the last decision.
    pub const BEFORE: usize = 3;
}

/// The words behind these, where strategies are accounted for: what came of a cell's work in this epoch so far.
pub mod counted {
    /// Results that were committed.
    pub const COMMITTED: usize = 0;
    /// The wrong ones among them, whether anybody knows or not.
    pub const WRONG: usize = 1;
    /// Results that were rejected.
    pub const REJECTED: usize = 2;
    /// Messages: orders, words of members on results, and results that were looked at once more.
    pub const MESSAGES: usize = 3;
    /// Σ over the ticks of how many tasks waited at their ends.
    pub const WAITED: usize = 4;
    /// How many words there are.
    pub const ALL: usize = 5;
}

/// How many pauses a strategy's table has: one for each number of refusals from 0 to 31.
pub const PAUSES: usize = 32;
