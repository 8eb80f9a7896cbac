//! Cells that work as queueing theory says: what no order can change, and how long tasks wait.

use crate::works::{go, last, run, scenario, start};
use std::fmt::Write;
use tetraswarm::part::work::Work;

/// Every order, as a scenario says it; square-root knows the load.
const ORDERS: [&str; 9] = [
    "kind = \"fifo\"",
    "kind = \"strict\"",
    "kind = \"fibonacci\"",
    "kind = \"binary\"",
    "kind = \"linear\"\nstep = 8",
    "kind = \"golden\"",
    "kind = \"equal\"",
    "kind = \"weighted\"\nweights = [0.4, 0.3, 0.2, 0.1]",
    "kind = \"square-root\"",
];

/// The backlog of 64 cells at every tick, and at the end, when all is done, the waits of each tier: the sum and the longest.
fn path(order: &str, need: u32) -> (Vec<Vec<u32>>, Vec<(u64, u32)>) {
    let text = format!(
        "seed = 3\ntopology = {{ kind = \"ring\" }}\n[work]\nqueue = 256\ntiers = [0.1, 0.2, 0.3, 0.4]\n\
         need = {{ kind = \"constant\", ticks = {need} }}\nbalance = {{ policy = {{ kind = \"none\" }} }}\n\
         arrivals = {{ load = 0.9, until = 600, process = {{ kind = \"bursts\", size = 4 }} }}\n[work.order]\n{order}\n\
         [measure]\nevery = 1000\n"
    );
    let mut simulation = start(&scenario(64, 1000, &text));
    let mut backlog = Vec::new();
    for tick in 1..=1000 {
        go(&mut simulation, tick);
        let states = simulation.column("work.state").unwrap();
        backlog.push(states);
    }
    let work = last(&simulation);
    assert_eq!(work.committed, work.submitted, "{order}: not drained");
    assert!(work.committed > 5000 / u64::from(need), "{order}: {}", work.committed);
    assert_eq!(
        work.refused, 0,
        "{order}: sources were sent away, so that arrivals depend on the cell"
    );
    // All were begun, so the mean is of all.
    let sum =
        |tier: &tetraswarm::part::work::TierWork| (tier.wait.mean.unwrap() * tier.committed as f64).round() as u64;
    (
        backlog,
        work.tiers
            .iter()
            .map(|tier| (sum(tier), tier.wait.max.unwrap()))
            .collect(),
    )
}

/// Kleinrock's conservation law (Queueing Systems II, 1976, 3.4), in its sharpest form: where all tasks need the same, no order
/// that never idles changes the backlog, and so none changes the sum of waits; it only moves waits between tiers. Strict gives the
/// first k tiers the least that any order can give them, for every k (Coffman and Mitrani 1980), and no order's longest wait is
/// shorter than that of fifo.
#[test]
fn no_order_changes_the_backlog_or_the_sum_of_waits() {
    for need in [1, 3] {
        let paths: Vec<_> = ORDERS.iter().map(|order| path(order, need)).collect();
        let total = |waits: &[(u64, u32)]| waits.iter().map(|(sum, _)| sum).sum::<u64>();
        let longest = |waits: &[(u64, u32)]| waits.iter().map(|(_, max)| *max).max().unwrap();
        let (fifo, strict) = (&paths[0], &paths[1]);
        let mut table = String::new();
        for (order, (backlog, waits)) in ORDERS.iter().zip(&paths) {
            let _ = writeln!(table, "need {need}, {order}: {} {waits:?}", total(waits));
            assert!(*backlog == fifo.0, "{order}: another backlog");
            assert_eq!(total(waits), total(&fifo.1), "{order}: the sum of waits");
            assert!(
                longest(waits) >= longest(&fifo.1),
                "{order}: a shorter longest wait than fifo's"
            );
            for first in 1..4 {
                let least = total(&strict.1[..first]);
                assert!(
                    total(&waits[..first]) >= least,
                    "{order}: the first {first} tiers wait less than under strict"
                );
            }
        }
        println!("{table}");
        for (k, a) in paths.iter().enumerate() {
            for (l, b) in paths.iter().enumerate().skip(k + 1) {
                assert_ne!(a.1, b.1, "{} and {} are the same", ORDERS[k], ORDERS[l]);
            }
        }
        // Ageing is between fifo and strict: what it gives the first tier and the last.
        for (order, (_, waits)) in ORDERS.iter().zip(&paths).skip(1).take(4) {
            assert!(
                waits[0].0 < fifo.1[0].0 && waits[3].0 > fifo.1[3].0,
                "{order}: {waits:?}"
            );
        }
        assert!(total(&fifo.1) > 0 && longest(&strict.1) > longest(&fifo.1));
    }
}

/// The mean wait and the share of busy ticks of 2^18 cells by themselves, in the ticks from `mixed` to `end`.
fn stationary(rate: f64, need: &str, mixed: u32, end: u32) -> (f64, f64, f64) {
    let text = format!(
        "seed = 11\ntopology = {{ kind = \"ring\" }}\n[work]\nqueue = 32\nneed = {need}\norder = {{ kind = \"fifo\" }}\n\
         balance = {{ policy = {{ kind = \"none\" }} }}\narrivals = {{ rate = {rate} }}\n[measure]\nevery = {mixed}\n"
    );
    let cells = 1 << 18;
    let simulation = run(&scenario(cells, end, &text));
    let rows = simulation.measurements();
    let (before, after) = (&rows[1], &rows[rows.len() - 1]);
    assert_eq!((before.tick, after.tick), (mixed, end));
    // Ticks waited and tasks begun so far, cell-ticks busy so far.
    let so_far = |tick: u32, work: &Work| {
        let begun = work.committed + work.running;
        let busy = work.utilisation.unwrap() * f64::from(tick) * f64::from(cells);
        [work.tiers[0].wait.mean.unwrap() * begun as f64, begun as f64, busy]
    };
    let [a, b] = [before, after].map(|row| so_far(row.tick, row.work().unwrap()));
    let cell_ticks = f64::from(end - mixed) * f64::from(cells);
    (
        (b[0] - a[0]) / (b[1] - a[1]),
        (b[2] - a[2]) / cell_ticks,
        (b[1] - a[1]) / cell_ticks,
    )
}

/// Work left at the beginning of a tick follows U' = max(U + X − 1, 0), where X is the need S of what arrives, with probability
/// p: tasks arrive before the tick's unit of work is done, and one that finds the cell idle begins in the same tick. Its mean drift
/// says that a share p·E\[S\] = ρ of the ticks is busy; the drift of its square, that 2·(1 − ρ)·E\[U\] = p·(E\[S²\] − E\[S\]).
/// Arrivals are independent of U, so it is also what a task waits under fifo: E\[W\] = p·(E\[S²\] − E\[S\]) / (2·(1 − ρ)), the
/// discrete Pollaczek-Khinchine formula (Meisling 1958; Takagi, Queueing Analysis 3, 1993).
fn expected(rate: f64, mean: f64, square: f64) -> (f64, f64) {
    let load = rate * mean;
    (rate * (square - mean) / (2.0 * (1.0 - load)), load)
}

fn assert_stationary(need: &str, rate: f64, mean: f64, square: f64) {
    let (wait, load) = expected(rate, mean, square);
    let (found, busy, begun) = stationary(rate, need, 400, 700);
    println!("{need}: wait {found} for {wait}, busy {busy} for {load}, begun {begun} for {rate}");
    assert!(
        (found / wait - 1.0).abs() < 0.01,
        "{need}: a mean wait of {found}, not {wait}"
    );
    assert!((busy / load - 1.0).abs() < 0.002, "{need}: busy for {busy}, not {load}");
    assert!(
        (begun / rate - 1.0).abs() < 0.002,
        "{need}: {begun} begun a tick, not {rate}"
    );
}

#[test]
fn constant_needs_wait_as_in_geo_d_1() {
    assert_stationary("{ kind = \"constant\", ticks = 4 }", 0.15, 4.0, 16.0);
}

#[test]
fn geometric_needs_wait_as_in_geo_geo_1() {
    // Done with probability q = 1/4 in each tick: E[S²] = (2 − q)/q².
    assert_stationary("{ kind = \"geometric\", mean = 4 }", 0.15, 4.0, 28.0);
}
