//! How long tasks waited and took, as a run has counted them.

use super::table::{Table, number, text};
use std::path::Path;
use tetraswarm::Error;

/// The times of a tier's tasks, or of a log's jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// Whether they are responses, from submission to the end; else waits, from submission to the beginning.
    pub response: bool,
    /// Whose they are.
    pub of: String,
    /// The longest time of each bucket and how many had it, ascending.
    pub buckets: Vec<(f64, f64)>,
}

impl Times {
    /// How many there are.
    pub fn count(&self) -> f64 {
        self.buckets.iter().map(|bucket| bucket.1).sum()
    }

    /// The time that this share, 0 to 1, does not exceed (nearest rank).
    pub fn at(&self, share: f64) -> f64 {
        let rank = (share * self.count()).ceil().max(1.0);
        let mut sum = 0.0;
        for (time, count) in &self.buckets {
            sum += count;
            if sum >= rank {
                return *time;
            }
        }
        self.buckets.last().map_or(0.0, |bucket| bucket.0)
    }
}

/// Reads them, if the run has left any: of a log's jobs, or else of tasks by tier.
///
/// # Errors
/// If the tables cannot be read.
pub fn read(folder: &Path) -> Result<Vec<Times>, Error> {
    let (jobs, tasks) = (folder.join("jobs.parquet"), folder.join("times.parquet"));
    if jobs.is_file() {
        return of_jobs(&Table::open(&jobs)?);
    }
    if !tasks.is_file() {
        return Ok(Vec::new());
    }
    let table = Table::open(&tasks)?;
    let columns = ["time", "tier", "from", "width", "tasks"].map(|name| table.column(name));
    let columns = columns.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut all: Vec<Times> = Vec::new();
    table.read(&columns, |items| {
        (0..items[0].len()).for_each(|row| {
            let response = text(&items[0][row]).as_deref() == Some("response");
            let of = |column: usize| number(&items[column][row]).unwrap_or_default();
            let name = format!("tier {}", of(1));
            let bucket = (of(2) + of(3) - 1.0, of(4));
            match all.last_mut() {
                Some(last) if last.response == response && last.of == name => last.buckets.push(bucket),
                _ => all.push(Times {
                    response,
                    of: name,
                    buckets: vec![bucket],
                }),
            }
        });
    })?;
    Ok(all)
}

fn of_jobs(table: &Table) -> Result<Vec<Times>, Error> {
    let columns = [table.column("wait")?, table.column("response")?];
    let mut counts = [std::collections::BTreeMap::new(), std::collections::BTreeMap::new()];
    table.read(&columns, |items| {
        for (counts, items) in counts.iter_mut().zip(items) {
            for value in items.iter().filter_map(number) {
                *counts.entry(value as u64).or_insert(0u64) += 1;
            }
        }
    })?;
    let times = [false, true]
        .into_iter()
        .zip(counts)
        .filter(|(_, counts)| !counts.is_empty());
    let times = times.map(|(response, counts)| Times {
        response,
        of: "jobs".to_owned(),
        buckets: counts
            .into_iter()
            .map(|(time, count)| (time as f64, count as f64))
            .collect(),
    });
    Ok(times.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_at_its_rank() {
        let times = Times {
            response: false,
            of: "tier 0".to_owned(),
            buckets: vec![(0.0, 5.0), (3.0, 4.0), (10.0, 1.0)],
        };
        assert_eq!(
            [0.0, 0.5, 0.51, 0.9, 0.91, 1.0].map(|share| times.at(share)),
            [0.0, 0.0, 3.0, 3.0, 10.0, 10.0]
        );
    }
}
