//! What a log asks of so many cells in so many ticks.

use super::Job;
use crate::digits::grouped;
use serde::Serialize;

/// What the jobs of a log ask for, and what of it a run cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Demand {
    /// Jobs in all.
    pub jobs: u64,
    /// The cells of the swarm; each executes one task at a time.
    pub cells: u32,
    /// The ticks of the run.
    pub ticks: u32,
    /// The last tick within the run that a job arrives in; none if none does.
    pub last_arrival: Option<u32>,
    /// Jobs that arrive after the last tick.
    pub late: u64,
    /// Jobs that arrive before, and need more ticks than are left by then.
    pub unfinishable: u64,
    /// Ticks of work that the jobs bring that arrive before: tasks times the ticks that each takes.
    pub work: u64,
}

impl Demand {
    /// What these jobs ask for.
    #[must_use]
    pub fn of(jobs: &[Job], cells: u32, ticks: u32) -> Self {
        let in_time = || jobs.iter().filter(|job| job.arrival < ticks);
        let work = |job: &Job| u64::from(job.tasks) * u64::from(job.need);
        Self {
            jobs: jobs.len() as u64,
            cells,
            ticks,
            last_arrival: in_time().map(|job| job.arrival).max(),
            late: jobs.len() as u64 - in_time().count() as u64,
            unfinishable: in_time().filter(|job| job.need > ticks - job.arrival).count() as u64,
            work: in_time().map(work).fold(0, u64::saturating_add),
        }
    }

    /// The work as a share of what the cells can execute in so many ticks.
    fn share(&self, ticks: u32) -> f64 {
        self.work as f64 / (f64::from(self.cells) * f64::from(ticks))
    }

    /// The work as a share of what the cells can execute while jobs arrive, and in the whole run; none without arrivals.
    #[must_use]
    pub fn load(&self) -> Option<[f64; 2]> {
        let last = self.last_arrival?;
        Some([self.share(last + 1), self.share(self.ticks)])
    }

    /// What the run cannot do of it, a line each.
    #[must_use]
    pub fn excess(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.late > 0 {
            let verb = if self.late == 1 { "arrives" } else { "arrive" };
            lines.push(format!(
                "the log reaches beyond the run: {} of its {} jobs {verb} after its {} ticks, and will not be submitted",
                grouped(self.late),
                grouped(self.jobs),
                grouped(self.ticks)
            ));
        }
        if self.unfinishable > 0 {
            let who = if self.unfinishable == 1 {
                "job needs"
            } else {
                "jobs need"
            };
            lines.push(format!(
                "{} {who} more ticks than are left of {} at arrival, and cannot end",
                grouped(self.unfinishable),
                grouped(self.ticks)
            ));
        }
        if let Some([_, load]) = self.load().filter(|load| load[1] > 1.0) {
            lines.push(format!(
                "the log asks for {load:.1} times what {} cells can execute in {} ticks: {} ticks of work",
                grouped(self.cells),
                grouped(self.ticks),
                grouped(self.work)
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(arrival: u32, need: u32, tasks: u32) -> Job {
        Job {
            arrival,
            need,
            tasks,
            tier: 0,
            user: 0,
            number: 1,
            line: 1,
        }
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let jobs = [job(0, 10, 3), job(5, 95, 1), job(6, 95, 1), job(100, 1, 1)];
        let demand = Demand::of(&jobs, 2, 100);
        assert_eq!((demand.late, demand.unfinishable, demand.work), (1, 1, 220));
        let [arriving, all] = demand.load().unwrap();
        assert!((arriving - 220.0 / 14.0).abs() < 1e-12 && (all - 1.1).abs() < 1e-12);
        assert_eq!(
            demand.excess(),
            [
                "the log reaches beyond the run: 1 of its 4 jobs arrives after its 100 ticks, and will not be submitted",
                "1 job needs more ticks than are left of 100 at arrival, and cannot end",
                "the log asks for 1.1 times what 2 cells can execute in 100 ticks: 220 ticks of work",
            ]
        );
        assert_eq!(Demand::of(&jobs, 3, 200).excess(), [""; 0]);
        assert_eq!(Demand::of(&jobs, 3, 0).load(), None);
    }
}
