//! The figures of a row, worked out by hand; what arrives on average, and what it needs.

use crate::works::{go, last, loads, of_jobs, rows, run, scenario, start};
use tetraswarm::Simulation;

/// One cell that is alone with a job, beside an idle one.
const ALONE: &str =
    "verify = 1.0\nagreement = \"quorum\"\norder = { kind = \"fifo\" }\nbalance = { policy = { kind = \"none\" } }";

/// Twenty tasks of two ticks at one of two cells: they wait 0, 2, … 38 ticks, and are done 2, 4, … 40 ticks after they came.
#[test]
fn percentiles_and_shares_of_twenty_tasks() {
    let mut all = of_jobs(2, 50, "complete", "0,2,20\n", &format!("queue = 32\n{ALONE}"), "");
    go(&mut all, 1);
    assert_eq!((last(&all).queue_mean, last(&all).queue_max), (9.5, 19));
    go(&mut all, 50);
    let work = last(&all);
    let of = |times: tetraswarm::part::work::Times| (times.mean, [times.p50, times.p90, times.p99, times.max]);
    assert_eq!(of(work.tiers[0].wait), (Some(19.0), [18, 34, 38, 38].map(Some)));
    assert_eq!(of(work.tiers[0].response), (Some(21.0), [20, 36, 40, 40].map(Some)));
    assert_eq!(
        (work.utilisation, work.cell_throughput, work.swarm_throughput),
        (Some(0.4), Some(0.2), Some(0.4))
    );
    // One cell has done all.
    assert_eq!(work.fairness, Some(0.5));
}

/// From 64 ticks on a percentile is the middle of its bucket: 100 and 101 share one. It is never above the longest.
#[test]
fn percentiles_are_middles_of_buckets() {
    let mut one = of_jobs(2, 200, "complete", "0,100,1\n", ALONE, "");
    go(&mut one, 200);
    assert_eq!(last(&one).tiers[0].response.p50, Some(100));
    let mut two = of_jobs(2, 1200, "complete", "0,100,1\n0,1000,1\n", ALONE, "");
    go(&mut two, 1200);
    assert_eq!(
        (last(&two).tiers[0].response.p50, last(&two).tiers[0].response.max),
        (Some(101), Some(1000))
    );
}

/// Three tasks of five ticks, of which one moves at once: at tick 6 one cell has done one and begun another, its neighbour is done.
#[test]
fn messages_hops_and_waits_of_three_tasks() {
    let rest = ALONE.replace("\"none\"", "\"flow\", rounding = \"trunc\"");
    let mut all = of_jobs(2, 30, "complete", "0,5,3\n", &rest, "");
    go(&mut all, 6);
    let work = last(&all);
    assert_eq!((work.submitted, work.committed, work.running), (3, 2, 1));
    assert_eq!((work.dispatches, work.votes, work.offers, work.transfers), (3, 8, 1, 1));
    assert_eq!((work.messages_per_task, work.hops), (Some(6.5), Some(0.5)));
    // Waits of 0, 1 and 5 ticks; five and five ticks of execution, and one.
    assert_eq!(
        (work.tiers[0].wait.mean, work.tiers[0].response.mean),
        (Some(2.0), Some(5.5))
    );
    assert_eq!(work.utilisation, Some(11.0 / 12.0));
}

/// Jain's index is over all cells, and one that is dead counts with what it did: 3, 1 and 5 are 81 to 3 · 35. Before anything is
/// committed there is none, nor any other mean of committed tasks.
#[test]
fn fairness_is_of_all_cells_that_ever_were() {
    let kill = "[faults]\nevents = [{ kind = \"kill\", tick = 10, who = { kind = \"nodes\", nodes = [8, 9, 10] } }]\n";
    let rest = format!("lease = 65535\n{ALONE}");
    let mut all = of_jobs(3, 20, "complete", "0,1,3\n0,1,1\n0,1,5\n", &rest, kill);
    let none = last(&all);
    assert_eq!(
        (none.committed, none.fairness, none.hops, none.messages_per_task),
        (0, None, None, None)
    );
    assert_eq!(
        (none.tiers[0].response.mean, none.response.max, none.cell_throughput),
        (None, None, None)
    );
    go(&mut all, 20);
    assert_eq!((last(&all).committed, last(&all).fairness), (9, Some(81.0 / 105.0)));
}

/// A swarm into which tasks arrive for 200 ticks, and which is done when it ends.
fn drained(cells: u32, rest: &str) -> Simulation {
    let text = format!(
        "seed = 5\ntopology = {{ kind = \"ring\" }}\n[work]\nqueue = 64\nbalance = {{ policy = {{ kind = \"none\" }} }}\n{rest}\n\
         [measure]\nevery = 200\n"
    );
    let simulation = run(&scenario(cells, 2000, &text));
    assert_eq!(last(&simulation).submitted, last(&simulation).committed);
    simulation
}

fn assert_close(found: f64, expected: f64, within: f64, what: &str) {
    assert!(
        (found / expected - 1.0).abs() < within,
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn tasks_need_what_their_distribution_says() {
    let needs = [
        ("{ kind = \"constant\", ticks = 3 }", 3.0),
        ("{ kind = \"uniform\", low = 1, high = 3 }", 2.0),
        ("{ kind = \"geometric\", mean = 4 }", 4.0),
        ("{ kind = \"table\", ticks = [1, 40], weights = [9, 1] }", 4.9),
    ];
    for (need, mean) in needs {
        let all = drained(512, &format!("need = {need}\narrivals = {{ rate = 0.1, until = 200 }}"));
        let work = last(&all);
        let busy = work.utilisation.unwrap() * 2000.0 * 512.0;
        assert_close(busy / work.committed as f64, mean, 0.05, need);
    }
}

#[test]
fn tasks_arrive_as_often_as_they_should() {
    let arrivals = [
        ("rate = 0.1", 0.1),
        ("load = 0.4", 0.1),
        ("rate = 0.1, process = { kind = \"poisson\" }", 0.1),
        ("rate = 0.1, process = { kind = \"bursts\", size = 5 }", 0.1),
        (
            "rate = 0.1, place = { kind = \"hot-spots\", share = 0.1, multiple = 4 }",
            0.1,
        ),
    ];
    for (arrivals, rate) in arrivals {
        let all = drained(
            4096,
            &format!("need = {{ kind = \"constant\", ticks = 4 }}\narrivals = {{ {arrivals}, until = 200 }}"),
        );
        let found = last(&all).submitted as f64 / (200.0 * 4096.0);
        assert_close(found, rate, 0.03, arrivals);
    }
}

/// A task in every tick before `until`, at each cell or, as many, at one.
#[test]
fn arrivals_end_and_have_their_place() {
    let of = |place: &str| {
        let text = format!(
            "topology = {{ kind = \"ring\" }}\n[work]\nqueue = 256\nneed = {{ kind = \"constant\", ticks = 100 }}\n\
             balance = {{ policy = {{ kind = \"none\" }} }}\narrivals = {{ rate = 1, until = 10{place} }}\n"
        );
        let mut all = start(&scenario(8, 40, &text));
        assert_eq!(all.plan().work().unwrap().last_arrival, Some(9));
        go(&mut all, 40);
        let submitted: Vec<u64> = rows(&all)[..12].iter().map(|row| row.submitted).collect();
        assert_eq!(submitted, [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 80]);
        loads(&mut all)
    };
    assert_eq!(of(""), [10; 8]);
    assert_eq!(of(", place = { kind = \"one\", cell = 3 }"), [0, 0, 0, 80, 0, 0, 0, 0]);
}

/// Each task has a tier and a need of its own, and neither says anything of the other.
#[test]
fn tiers_and_needs_are_independent() {
    let text = "topology = { kind = \"ring\" }\n[work]\ntiers = [0.5, 0.5]\nneed = { kind = \"uniform\", low = 1, high = 100 }\n\
                order = { kind = \"fifo\" }\nbalance = { policy = { kind = \"none\" } }\narrivals = { rate = 1, until = 1 }\n";
    let all = run(&scenario(4096, 101, text));
    for tier in &last(&all).tiers {
        assert_close(tier.submitted as f64, 2048.0, 0.1, "a tier");
        assert_close(tier.response.mean.unwrap(), 50.5, 0.1, "the responses of a tier");
    }
}
