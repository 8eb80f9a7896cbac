//! What of the cells' columns means something to whoever reads the state.

use super::{state, word};
use crate::column::ColumnId;
use crate::shown::{Shown, ShownKind};

/// The values of cells: by the columns `state` and `cell`.
pub(super) fn shown(state: ColumnId, cell: ColumnId) -> Vec<Shown> {
    let of_cell = |about, word: usize| {
        Shown::new(about, ShownKind::Unsigned, vec![(cell, word as u32)], |words| {
            Some(words[0])
        })
    };
    vec![
        Shown::unsigned(
            ("queued", "tasks", "how many tasks wait in the cell's queue"),
            state,
            |word| word & state::QUEUED,
        ),
        Shown::flag(
            "busy",
            "whether the cell executes a task, or holds one that is executed",
            state,
            |word| word & state::BUSY != 0,
        ),
        Shown::unsigned(
            (
                "closed",
                "ticks",
                "for how many ticks the cell has been closed; 0 if it is open",
            ),
            state,
            |word| word >> state::CLOSED_SHIFT,
        ),
        of_cell(
            (
                "waiting",
                "tasks",
                "how many tasks have been submitted to the cell that it has not taken in",
            ),
            word::WAITING,
        ),
        of_cell(
            ("committed", "tasks", "how many tasks the cell has committed"),
            word::SCORE,
        ),
    ]
}
