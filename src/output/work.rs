//! What cells that work have done, for a person.

use super::text::{grouped, known, real, table};
use tetraswarm::measure::{TierWork, Times, Work};

/// The facts of the last row.
pub fn facts(work: &Work) -> Vec<(&'static str, String)> {
    let cells = cells(work);
    let outstanding = work.waiting + work.queued + work.running + work.held;
    let mut facts = vec![
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
                "{}: {} at sources, {} queued, {} running, {} held",
                grouped(outstanding),
                grouped(work.waiting),
                grouped(work.queued),
                grouped(work.running),
                grouped(work.held)
            ),
        ),
        (
            "ledger",
            format!("clean, {} tasks accounted for", grouped(work.submitted)),
        ),
        (
            "throughput",
            known(work.throughput, |a_cell| {
                format!("{} tasks a tick, {a_cell:.4} a cell", real(a_cell * cells as f64))
            }),
        ),
        (
            "utilisation",
            known(work.utilisation, |share| {
                format!("{:.1} % of the cells' ticks", 100.0 * share)
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
    ];
    facts.extend(block("tiers", &tiers(&work.tiers)));
    facts.extend([
        (
            "fairness",
            known(work.fairness, |index| {
                format!("{index:.3} of what all cells, down or up, have committed (Jain)")
            }),
        ),
        (
            "results",
            format!(
                "{} verified, {} of them rejected; {} wrong ones committed",
                grouped(work.verified),
                grouped(work.rejected),
                grouped(work.wrong)
            ),
        ),
        (
            "repeated",
            format!("{} begun again", plural(work.repeated, "execution")),
        ),
        ("refused", format!("{} by sources", plural(work.refused, "offer"))),
        (
            "hops",
            known(work.hops, |hops| format!("{} a committed task", real(hops))),
        ),
        ("messages", messages(work)),
    ]);
    facts
}

/// As in "1 offer", "2 offers".
fn plural(count: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// How many cells there are.
fn cells(work: &Work) -> u64 {
    work.cells_by_up.iter().sum()
}

/// Who is up, of agents and of cells.
pub fn up(work: &Work) -> String {
    let agents: u64 = (0..).zip(work.cells_by_up).map(|(up, cells)| up * cells).sum();
    let [none, one, two, three, four] = work.cells_by_up.map(grouped);
    format!(
        "{} of {} agents; of the cells {four} are whole, {three} have three up, {two} two, {one} one, {none} none",
        grouped(agents),
        grouped(4 * cells(work))
    )
}

fn messages(work: &Work) -> String {
    let Some(all) = work.messages_per_task else {
        return format!("{}, and no task committed", grouped(work.messages()));
    };
    let a_task = |messages: u64| real(messages as f64 / work.committed as f64);
    format!(
        "{} a committed task: {} to dispatch, {} votes, {} offers, {} transfers",
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

/// A row for each tier; times in ticks.
fn tiers(tiers: &[TierWork]) -> Vec<Vec<String>> {
    let titles = [
        "tier",
        "submitted",
        "committed",
        "failed",
        "destroyed",
        "wait: mean",
        "p50",
        "p90",
        "p99",
        "max",
        "response: mean",
        "p50",
        "p90",
        "p99",
        "max",
    ];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(tiers.iter().enumerate().map(|(k, tier)| {
        let counts = [tier.submitted, tier.committed, tier.failed, tier.destroyed].map(grouped);
        let mut row = vec![k.to_string()];
        row.extend(counts);
        for of in [tier.wait, tier.response] {
            row.extend(times(of));
        }
        row
    }));
    let is_needed = |column: usize| !(3..5).contains(&column) || rows[1..].iter().any(|row| row[column] != "0");
    let needed: Vec<bool> = (0..titles.len()).map(is_needed).collect();
    for row in &mut rows {
        let mut column = needed.iter();
        row.retain(|_| column.next().is_none_or(|&needed| needed));
    }
    rows
}

fn times(times: Times) -> [String; 5] {
    let [p50, p90, p99, max] = [times.p50, times.p90, times.p99, times.max].map(|ticks| known(ticks, grouped));
    [known(times.mean, tenths), p50, p90, p99, max]
}

/// To a tenth, so that a column's points stand below each other.
pub fn tenths(value: f64) -> String {
    if value >= 1000.0 {
        grouped(value.round() as i128)
    } else {
        format!("{value:.1}")
    }
}
