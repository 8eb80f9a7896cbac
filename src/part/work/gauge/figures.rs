//! The figures of a row, with their units and what they mean.

use super::reading::{TierWork, Times, Work};
use crate::gauge::{Figure, Figures};

impl Figures for Work {
    fn figures(&self) -> Vec<Figure> {
        let count = |name: &'static str, unit, about, number: u64| Figure::new(name, unit, about, number);
        let real = |name: &'static str, unit, about, number: Option<f64>| Figure::new(name, unit, about, number);
        let mut all = vec![
            count(
                "submitted",
                "tasks",
                "Tasks that sources have submitted so far",
                self.submitted,
            ),
            count(
                "waiting",
                "tasks",
                "Tasks that were refused and wait at their sources",
                self.waiting,
            ),
            count("queued", "tasks", "Tasks that wait in cells", self.queued),
            count("running", "tasks", "Tasks under execution", self.running),
            count("held", "tasks", "Results held in cells with two members up", self.held),
            count("committed", "tasks", "Tasks committed so far", self.committed),
            count("failed", "tasks", "Tasks rejected once more than allowed", self.failed),
            count(
                "destroyed",
                "tasks",
                "Tasks lost with all members of their cells",
                self.destroyed,
            ),
            real(
                "swarm_throughput",
                "tasks a tick",
                "Tasks committed a tick by all cells together, over all ticks so far",
                self.swarm_throughput,
            ),
            real(
                "cell_throughput",
                "tasks a tick",
                "Tasks committed a cell and tick, over all cells and ticks so far",
                self.cell_throughput,
            ),
            real(
                "utilisation",
                "share",
                "Share of the cells' ticks so far spent executing",
                self.utilisation,
            ),
            Figure::new(
                "queue_mean",
                "tasks",
                "Tasks that wait a cell, on average",
                self.queue_mean,
            ),
            Figure::new(
                "queue_max",
                "tasks",
                "Tasks that wait at the fullest cell",
                self.queue_max,
            ),
            real(
                "fairness",
                "index",
                "Jain's index of what all cells, those that are down too, have committed; null while that is nothing",
                self.fairness,
            ),
            count(
                "committed_wrong",
                "results",
                "Wrong results that were committed",
                self.committed_wrong,
            ),
            count("verified", "results", "Results that were verified", self.verified),
            count("rejected", "results", "Results that were rejected", self.rejected),
            count(
                "repeated",
                "executions",
                "Executions that were begun again",
                self.repeated,
            ),
            count(
                "refused",
                "offers",
                "Offers of sources that cells turned down",
                self.refused,
            ),
            real(
                "hops",
                "hops",
                "Tasks that moved so far a committed task; moves of unfinished tasks count",
                self.hops,
            ),
            count(
                "dispatches",
                "messages",
                "Messages from coordinator to executor",
                self.dispatches,
            ),
            count("votes", "messages", "Messages with words on results", self.votes),
            count("offers", "messages", "Tasks offered to neighbours", self.offers),
            count(
                "transfers",
                "messages",
                "Tasks that moved to neighbours",
                self.transfers,
            ),
            count(
                "messages_so_far",
                "messages",
                "All messages about work so far",
                self.messages_so_far,
            ),
            real(
                "messages_per_task",
                "messages",
                "Messages so far, a committed task; null while there is none",
                self.messages_per_task,
            ),
        ];
        if let Some(tasks) = self.with_children {
            all.push(count("with_children", "tasks", "Tasks that children do", tasks));
        }
        for (up, cells) in self.cells_by_up.iter().enumerate() {
            let about = "Cells with so many members up";
            all.push(Figure::new(format!("cells_{up}_up"), "cells", about, *cells));
        }
        times("", &self.wait, &self.response, &mut all);
        for (k, tier) in self.tiers.iter().enumerate() {
            tier.figures(k, &mut all);
        }
        all.push(count("agents_up", "agents", "Agents that are up", self.agents_up));
        all
    }
}

impl TierWork {
    fn figures(&self, tier: usize, all: &mut Vec<Figure>) {
        let counts = [
            ("submitted", self.submitted),
            ("waiting", self.waiting),
            ("queued", self.queued),
            ("running", self.running),
            ("started", self.started),
            ("held", self.held),
            ("committed", self.committed),
            ("failed", self.failed),
            ("destroyed", self.destroyed),
        ];
        for (name, count) in counts {
            let about = "Of one tier; see the figure without a tier";
            all.push(Figure::new(format!("tier_{tier}_{name}"), "tasks", about, count));
        }
        if let Some(tasks) = self.with_children {
            let about = "Of one tier; see the figure without a tier";
            all.push(Figure::new(format!("tier_{tier}_with_children"), "tasks", about, tasks));
        }
        times(&format!("tier_{tier}_"), &self.wait, &self.response, all);
    }
}

/// How long tasks waited and took, of those of which it is known.
fn times(of_whom: &str, wait: &Times, response: &Times, all: &mut Vec<Figure>) {
    let unfinished = [
        (
            "not_begun",
            "Tasks submitted and never begun, of which no wait is known",
            wait,
        ),
        (
            "not_ended",
            "Tasks submitted that have not ended, of which no response is known",
            response,
        ),
    ];
    all.extend(
        unfinished
            .map(|(name, about, times)| Figure::new(format!("{of_whom}{name}"), "tasks", about, times.unfinished)),
    );
    for (what, about, times) in [
        (
            "wait",
            "From submission to the first execution, of tasks begun since tick 0, or since measure.from; null while there are none",
            wait,
        ),
        (
            "response",
            "From submission to commitment, of tasks committed since tick 0, or since measure.from; null while there are none",
            response,
        ),
    ] {
        all.push(Figure::new(format!("{of_whom}{what}_mean"), "ticks", about, times.mean));
        for (name, ticks) in [
            ("p50", times.p50),
            ("p90", times.p90),
            ("p99", times.p99),
            ("max", times.max),
        ] {
            all.push(Figure::new(format!("{of_whom}{what}_{name}"), "ticks", about, ticks));
        }
    }
}
