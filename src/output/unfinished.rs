//! The file `unfinished` of a run directory: for a person who finds it there.

use super::identity::quoted;
use super::text::grouped;
use std::path::Path;

/// Its name.
pub const NAME: &str = "unfinished";

/// Where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// In numbered files.
    Segments,
    /// In one.
    Joined,
}

/// What it says of the run with this folder: up to which tick rows can be read, and where; why the run ended badly, if that is known; and how
/// it goes on.
pub fn text(run: &Path, readable: Option<u32>, files: Files, reason: Option<&str>) -> String {
    let resume = format!(
        "`tetraswarm resume {}` goes on with it from the last checkpoint in its folder checkpoints, if it has written one; else scenario.toml \
         gives the run again.\n",
        quoted(&run.to_string_lossy())
    );
    let mut text = match reason {
        Some(reason) => format!("This run did not end well: {reason}\n"),
        None => "This run is under way, or it was ended before it could say so.\n".to_owned(),
    };
    let Some(tick) = readable else {
        let yet = if reason.is_some() { "" } else { " yet" };
        text += &format!("\nNo row of what was measured is here{yet}.\n\n{resume}");
        return text;
    };
    let tick = grouped(tick);
    text += &match files {
        Files::Joined => {
            format!(
                "\nWhat was measured up to tick {tick} is in metrics.parquet; the summary and the state end there, too.\n\n{resume}"
            )
        }
        Files::Segments => format!(
            "\nWhat was measured up to tick {tick} can be read: metrics-000.parquet and those numbered after it are whole Parquet files, \
             one the continuation of the other. For example:\n\n    \
             pandas.concat(map(pandas.read_parquet, sorted(glob.glob(\"metrics-*.parquet\"))))\n    \
             duckdb -c \"select * from 'metrics-*.parquet' order by tick\"\n\n{resume}"
        ),
    };
    text
}
