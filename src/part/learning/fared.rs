//! What each strategy of cells that work has brought so far.

use super::work_account::tally;
use crate::counters::read64;
use crate::digits::real;
use crate::gauge::Figure;
use crate::grouped;
use crate::part::work::choices::counted;
use serde::Serialize;

/// What a strategy of cells that work has brought, over all whole epochs so far and all cells that held it, whether they were up or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fared {
    /// How many cells held it, added up over the epochs.
    pub epochs: u64,
    /// The mean score of such an epoch of a cell; nothing if there was none.
    pub score: Option<f64>,
    /// Results that they committed.
    pub committed: u64,
    /// The wrong ones among them, whether anybody knows or not.
    pub wrong: u64,
    /// Results that were rejected.
    pub rejected: u64,
    /// Messages: orders, words of members on results, and results that were looked at once more.
    pub messages: u64,
    /// How many tasks waited at such a cell at the end of a tick, on average; nothing if there was none.
    pub waiting: Option<f64>,
    /// The first epoch, from 1, in which nine tenths of the cells that held any strategy held this one; nothing if there was none so far.
    pub first_epoch: Option<u32>,
}

/// What the account says of each of so many strategies, where cells decide every so many ticks.
pub(super) fn of(words: &[u32], found: &[u32], strategies: u32, every: u32) -> Vec<Fared> {
    let every = every.max(1);
    let of = |k: u32| {
        let counter = |kind: u32| {
            let at = tally::at(kind, k, strategies);
            read64(words, tally::counters(strategies) as usize, at as usize)
        };
        let counted = |which: usize| counter(tally::COUNTED + which as u32);
        let epochs = counter(tally::EPOCHS);
        let mean = |sum: f64| (epochs > 0).then(|| sum / epochs as f64);
        let found = found.get(k as usize).copied().unwrap_or_default();
        Fared {
            epochs,
            score: mean(counter(tally::SCORE) as i64 as f64),
            committed: counted(counted::COMMITTED),
            wrong: counted(counted::WRONG),
            rejected: counted(counted::REJECTED),
            messages: counted(counted::MESSAGES),
            waiting: mean(counted(counted::WAITED) as f64 / f64::from(every)),
            first_epoch: (found != 0).then(|| (u32::MAX - found) / every + 1),
        }
    };
    (0..strategies).map(of).collect()
}

impl Fared {
    /// Its figures, for the strategy of a name.
    pub(super) fn figures(&self, name: &str) -> Vec<Figure> {
        let label = |what: &str| format!("{what}_{name}");
        let about_first = "The first epoch, from 1, in which nine tenths of the cells that held a strategy held this one, each of decide_every ticks; null if there was none";
        vec![
            Figure::new(
                label("epochs"),
                "epochs",
                "Cells that held this strategy, added up over the whole epochs so far",
                self.epochs,
            ),
            Figure::new(
                label("score"),
                "",
                "Mean score of a cell's epoch with this strategy; null if there was none",
                self.score,
            ),
            Figure::new(
                label("committed"),
                "results",
                "Results that cells with this strategy committed",
                self.committed,
            ),
            Figure::new(
                label("wrong"),
                "results",
                "The wrong ones among them, whether anybody knows or not",
                self.wrong,
            ),
            Figure::new(
                label("rejected"),
                "results",
                "Results that cells with this strategy rejected",
                self.rejected,
            ),
            Figure::new(
                label("messages"),
                "messages",
                "Orders, words of members on results, and results looked at once more, of cells with this strategy",
                self.messages,
            ),
            Figure::new(
                label("waiting"),
                "tasks",
                "Tasks that waited at a cell with this strategy at the end of a tick, on average; null if there was no such cell",
                self.waiting,
            ),
            Figure::new(label("first_epoch"), "", about_first, self.first_epoch),
        ]
    }

    /// What the summary says of it.
    pub(super) fn about(&self, every: u32) -> String {
        let Some((score, waiting)) = self.score.zip(self.waiting) else {
            return "no cell held it for an epoch".to_owned();
        };
        let each = |count: u64| real(count as f64 / self.epochs as f64);
        let first = match self.first_epoch {
            Some(epoch) => format!(
                "nine tenths first held it in epoch {} (from tick {})",
                grouped(epoch),
                grouped(u64::from(epoch) * u64::from(every) - u64::from(every))
            ),
            None => "nine tenths never held it".to_owned(),
        };
        format!(
            "score {} in each of {} epochs of cells, with {} committed ({} wrong), {} rejected, {} messages; {} tasks waited; {first}",
            real(score),
            grouped(self.epochs),
            each(self.committed),
            each(self.wrong),
            each(self.rejected),
            each(self.messages),
            real(waiting),
        )
    }
}
