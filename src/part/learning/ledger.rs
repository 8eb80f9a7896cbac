//! What the swarm counts: the places in `learning.ledger`, counters of 64 bits that steps fold into, and in `learning.account`.

/// How many looks at others there were so far: each is a question and an answer.
pub const ASKED: u32 = 0;
/// How many times a node went from one strategy to another.
pub const SWITCHED: u32 = 1;
/// Of a bandit, over all decisions and all that held something before: Σ of how far the rate of what they held was below the best
/// rate, in 2^-31.
pub const GAP: u32 = 2;
/// How many held something before a decision, added up over decisions.
pub const HELD: u32 = 3;
/// How many held the best.
pub const BEST: u32 = 4;
/// How many counters there are.
pub const COUNTERS: u32 = 5;

/// Of the account: Σ over decisions of the mean gap, in 2^-31, rounded down.
pub const REGRET: u32 = 0;
/// Before how many decisions somebody held something.
pub const DECISIONS: u32 = 1;
/// How many counters the account has; behind them is a word for each period of a bandit: 2^32 − 1 less the tick before which 90 % of
/// those that held something held the best for the first time; 0 if never.
pub const ACCOUNTS: u32 = 2;

/// Where the word of a period is.
#[must_use]
pub fn found(period: u32) -> u32 {
    2 * ACCOUNTS + period
}
