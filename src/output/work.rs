//! What cells that work have done, for a person.

use super::text::{grouped, known, plural, real, table, tenths};
use super::units::Clock;
use tetraswarm::part::work::{TierWork, Times, Work};

/// The facts of the last row.
pub fn facts(work: &Work, clock: Clock) -> Vec<(&'static str, String)> {
    let mut facts = counts(work);
    facts.extend(block("tiers", &tiers(&work.tiers)));
    facts.extend(block(
        "wait",
        &times(work, "begun", "not begun", |tier| tier.wait, work.wait, clock),
    ));
    let response = times(
        work,
        "committed",
        "not ended",
        |tier| tier.response,
        work.response,
        clock,
    );
    facts.extend(block("response", &response));
    facts.extend(about_times(clock, work.wait.since_tick));
    facts.extend(quality(work));
    facts
}

/// What has become of the tasks, and how busy the cells are.
fn counts(work: &Work) -> Vec<(&'static str, String)> {
    vec![
        (
            "tasks",
            format!(
                "{} submitted, {} committed, {} failed, {} destroyed",
                grouped(work.submitted),
                grouped(work.committed),
                grouped(work.failed),
                grouped(work.destroyed)
            ),
        ),
        (
            "outstanding",
            format!(
                "{}: {} at sources, {} queued, {} running, {} held{}",
                grouped(work.outstanding()),
                grouped(work.waiting),
                grouped(work.queued),
                grouped(work.running),
                grouped(work.held),
                work.with_children
                    .map_or_else(String::new, |tasks| format!(", {} with children", grouped(tasks)))
            ),
        ),
        (
            "ledger",
            format!("clean, {} accounted for", plural(work.submitted, "task")),
        ),
        (
            "throughput",
            match (work.swarm_throughput, work.cell_throughput) {
                (Some(all), Some(one)) => format!("{} tasks a tick by the swarm, {one:.4} by a cell", real(all)),
                _ => "- before the first tick".to_owned(),
            },
        ),
        (
            "utilisation",
            known(work.utilisation, |share| {
                format!("{:.1} % of all cells' ticks were spent executing", 100.0 * share)
            }),
        ),
        (
            "queues",
            format!(
                "{} tasks wait at a cell on average at the end, {} at the fullest",
                real(work.queue_mean),
                grouped(work.queue_max)
            ),
        ),
    ]
}

/// How well, and at what cost.
fn quality(work: &Work) -> Vec<(&'static str, String)> {
    let cells = plural(cells(work), "cell");
    vec![
        (
            "fairness",
            match work.fairness {
                Some(index) => {
                    format!("{index:.3}, Jain's index of what each of all {cells}, up or down, has committed")
                }
                None => "- while nothing is committed".to_owned(),
            },
        ),
        (
            "results",
            format!(
                "{} verified, {} of them rejected; {} wrong ones committed",
                grouped(work.verified),
                grouped(work.rejected),
                grouped(work.committed_wrong)
            ),
        ),
        (
            "repeated",
            format!("{} begun again", plural(work.repeated, "execution")),
        ),
        (
            "refused",
            format!("{} of sources, by full cells", plural(work.refused, "offer")),
        ),
        (
            "hops",
            known(work.hops, |hops| {
                let all = work.submitted == work.committed;
                let of = if all { "" } else { ", moves of unfinished tasks counted" };
                format!("{} a committed task{of}", real(hops))
            }),
        ),
        ("messages", messages(work)),
    ]
}

/// How many cells there are.
fn cells(work: &Work) -> u64 {
    work.cells_by_up.iter().sum()
}

/// Who is up, of agents and of cells.
pub fn up(work: &Work) -> String {
    let [none, one, two, three, four] = work.cells_by_up.map(grouped);
    format!(
        "{} of {} agents; {four} cells have four up, {three} three, {two} two, {one} one, {none} none",
        grouped(work.agents_up),
        grouped(4 * cells(work))
    )
}

fn messages(work: &Work) -> String {
    let Some(all) = work.messages_per_task else {
        return format!("{}, and no task committed", grouped(work.messages_so_far));
    };
    let a_task = |messages: u64| real(messages as f64 / work.committed as f64);
    format!(
        "{} a committed task: {} dispatches, {} votes, {} offers, {} transfers",
        real(all),
        a_task(work.dispatches),
        a_task(work.votes),
        a_task(work.offers),
        a_task(work.transfers)
    )
}

/// A table as facts, one for each line of it.
pub fn block(name: &'static str, rows: &[Vec<String>]) -> Vec<(&'static str, String)> {
    let text = table(rows);
    let names = [name].into_iter().chain(std::iter::repeat(""));
    names.zip(text.lines().map(str::to_owned)).collect()
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// A row for each tier: how many tasks.
fn tiers(tiers: &[TierWork]) -> Vec<Vec<String>> {
    let mut rows = vec![row(["tier", "submitted", "committed", "failed", "destroyed"])];
    rows.extend(tiers.iter().enumerate().map(|(k, tier)| {
        let counts = [tier.submitted, tier.committed, tier.failed, tier.destroyed].map(grouped);
        [k.to_string()].into_iter().chain(counts).collect()
    }));
    rows
}

/// A row for each tier and, if there are several, one for all of them: how long something took, and of how many.
fn times(
    work: &Work,
    of_whom: &str,
    of_whom_not: &str,
    of: fn(&TierWork) -> Times,
    all: Times,
    clock: Clock,
) -> Vec<Vec<String>> {
    let mut rows = vec![row(["tier", of_whom, of_whom_not, "mean", "p50", "p90", "p99", "max"])];
    if clock.tick_seconds.is_some() {
        rows[0].push("mean in s".to_owned());
    }
    let tiers = work.tiers.iter().enumerate().map(|(k, tier)| (k.to_string(), of(tier)));
    let all = (work.tiers.len() > 1).then(|| ("all".to_owned(), all));
    for (name, times) in tiers.chain(all) {
        let counts = [times.tasks, times.unfinished].map(grouped);
        let percentiles = [times.p50, times.p90, times.p99, times.max].map(|ticks| known(ticks, grouped));
        let mut row: Vec<String> = [name].into_iter().chain(counts).collect();
        row.push(known(times.mean, tenths));
        row.extend(percentiles);
        if let Some(seconds) = clock.tick_seconds {
            row.push(known(times.mean, |mean| tenths(mean * seconds)));
        }
        rows.push(row);
    }
    rows
}

/// What the tables of times are in, and of whom.
fn about_times(clock: Clock, since: u32) -> Vec<(&'static str, String)> {
    vec![
        (
            "units",
            format!(
                "in {} since tick {}: wait from submission to the first execution, response to",
                clock.unit(),
                grouped(since)
            ),
        ),
        (
            "",
            "commitment; means and maxima exact, percentiles exact below 64 ticks, else within 1.6 %".to_owned(),
        ),
    ]
}
