//! What became of the jobs of a log: the figures of all of them together.

use super::text::{grouped, tenths};
use super::work::block;
use serde::Serialize;
use tetraswarm::trace::{Account, JobResult};

/// The jobs of a log at the end of a run.
#[derive(Debug, Serialize)]
pub struct Replay {
    /// What was read of the log.
    pub account: Account,
    /// Jobs all of whose tasks have ended.
    pub ended: u64,
    /// Jobs that were submitted, and have not ended.
    pub not_ended: u64,
    /// Jobs that arrive after the last tick that was run.
    pub not_submitted: u64,
    /// Jobs of which tasks have failed.
    pub failed: u64,
    /// Ticks from the first arrival to the last end so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub makespan: Option<u32>,
    /// Ticks from arrival to start, of the jobs that have started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Spread>,
    /// The same in seconds of the log's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<Spread>,
    /// Ticks from arrival to end, of those that have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Spread>,
    /// The same in seconds of the log's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_seconds: Option<Spread>,
    /// Bounded slowdown of those that have ended: max(1, response / max(need, bound)), the bound being the account's slowdown_bound
    /// in ticks (Feitelson, Rudolph, Schwiegelshohn, Sevcik, Wong 1997).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slowdown: Option<Spread>,
}

/// A mean and percentiles (nearest rank), both exact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Of how many jobs.
    pub jobs: u64,
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

impl Spread {
    /// Of at least one value.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let max = *values.last()?;
        let at = |percent: usize| values[(count * percent).div_ceil(100).max(1) - 1];
        Some(Self {
            jobs: count as u64,
            mean: values.iter().sum::<f64>() / count as f64,
            p50: at(50),
            p90: at(90),
            p99: at(99),
            max,
        })
    }

    /// So many times as much.
    fn times(self, factor: f64) -> Self {
        Self {
            jobs: self.jobs,
            mean: factor * self.mean,
            p50: factor * self.p50,
            p90: factor * self.p90,
            p99: factor * self.p99,
            max: factor * self.max,
        }
    }
}

/// Of a job that has ended, given the bound in ticks.
fn slowdown(job: &JobResult, bound: f64) -> Option<f64> {
    let need = f64::from(job.need).max(bound);
    Some((f64::from(job.response?) / need).max(1.0))
}

impl Replay {
    /// The jobs after `ticks` ticks.
    pub fn of(account: &Account, jobs: &[JobResult], ticks: u32) -> Self {
        let count = |is: &dyn Fn(&JobResult) -> bool| jobs.iter().filter(|job| is(job)).count() as u64;
        let ended = count(&|job| job.end.is_some());
        let not_submitted = count(&|job| job.submit >= ticks);
        let times = |of: fn(&JobResult) -> Option<u32>| Spread::of(jobs.iter().filter_map(of).map(f64::from).collect());
        let (wait, response) = (times(|job| job.wait), times(|job| job.response));
        let seconds = |spread: Option<Spread>| spread.map(|spread| spread.times(account.tick_seconds));
        let bound = account.slowdown_bound / account.tick_seconds;
        Self {
            account: account.clone(),
            ended,
            not_ended: jobs.len() as u64 - ended - not_submitted,
            not_submitted,
            failed: count(&|job| job.failed > 0),
            makespan: jobs.iter().filter_map(|job| job.end).max(),
            wait,
            wait_seconds: seconds(wait),
            response,
            response_seconds: seconds(response),
            slowdown: Spread::of(jobs.iter().filter_map(|job| slowdown(job, bound)).collect()),
        }
    }

    /// For a person.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut jobs = format!(
            "{} ended, {} not ended, {} not submitted yet",
            grouped(self.ended),
            grouped(self.not_ended),
            grouped(self.not_submitted)
        );
        if self.failed > 0 {
            jobs += &format!("; {} with tasks that failed", grouped(self.failed));
        }
        let mut facts = vec![("log", self.account.to_string())];
        facts.extend(self.account.notes.iter().map(|note| ("", note.clone())));
        facts.push(("jobs", jobs));
        if let Some(ticks) = self.makespan {
            let so_far = if self.not_ended + self.not_submitted > 0 {
                " so far"
            } else {
                ""
            };
            let seconds = f64::from(ticks) * self.account.tick_seconds;
            facts.push((
                "makespan",
                format!("{} ticks{so_far}, {} s", grouped(ticks), plain(seconds)),
            ));
        }
        let rows = self.times();
        if rows.len() > 1 {
            facts.extend(block("times", &rows));
        }
        facts
    }

    /// The table of times, with a line of titles; each row says of how many of the jobs it is that were submitted.
    fn times(&self) -> Vec<Vec<String>> {
        let titles = ["of a job", "of", "mean", "p50", "p90", "p99", "max"];
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        let submitted = grouped(self.ended + self.not_ended);
        let mut add = |name: String, spread: Option<Spread>, have: &str| {
            let Some(of) = spread else { return };
            let mut row = vec![name, format!("{} of {submitted} {have}", grouped(of.jobs))];
            row.extend([of.mean, of.p50, of.p90, of.p99, of.max].map(tenths));
            rows.push(row);
        };
        let is_second = self.account.tick_seconds == 1.0;
        let spreads = [
            ("wait", self.wait, self.wait_seconds, "started"),
            ("response", self.response, self.response_seconds, "ended"),
        ];
        for (name, ticks, seconds, have) in spreads {
            if is_second {
                add(format!("{name}, ticks of 1 s"), ticks, have);
            } else {
                add(format!("{name}, ticks"), ticks, have);
                add(format!("{name}, s"), seconds, have);
            }
        }
        let bound = plain(self.account.slowdown_bound);
        add(format!("bounded slowdown, {bound} s"), self.slowdown, "ended");
        rows
    }
}

/// Without decimals where there are none.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        grouped(value as i64)
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let spread = Spread::of((1..=200).rev().map(f64::from).collect()).unwrap();
        assert_eq!(
            [spread.p50, spread.p90, spread.p99, spread.max],
            [100.0, 180.0, 198.0, 200.0]
        );
        assert!((spread.mean - 100.5).abs() < 1e-12);
        let one = Spread::of(vec![3.0]).unwrap();
        assert_eq!([one.mean, one.p50, one.p90, one.p99, one.max], [3.0; 5]);
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn short_jobs_are_not_slowed_down_beyond_measure() {
        let job = |need, response| JobResult {
            job: 1,
            tier: 0,
            tasks: 1,
            need,
            submit: 0,
            start: Some(0),
            end: response,
            wait: Some(0),
            response,
            tries: 0,
            hops: 0,
            failed: 0,
        };
        assert_eq!(slowdown(&job(1, Some(40)), 10.0), Some(4.0));
        assert_eq!(slowdown(&job(1, Some(2)), 10.0), Some(1.0));
        assert_eq!(slowdown(&job(20, Some(30)), 10.0), Some(1.5));
        assert_eq!(slowdown(&job(20, None), 10.0), None);
        // Ten seconds of ticks of a minute are less than a tick.
        assert_eq!(slowdown(&job(1, Some(40)), 10.0 / 60.0), Some(40.0));
    }
}
