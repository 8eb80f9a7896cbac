//! Which task is next, by how much waiting makes it more urgent, how tiers share a cell, and what a cell's timing delays.

use crate::works;

use crate::works::{go, last, log, of_jobs, run, scenario, start};
use tetraswarm::Simulation;
use tetraswarm::part::work::Ageing;

#[test]
fn levels_rise_after_the_ticks_of_each_sequence() {
    // The first ticks at which a task has risen once, twice and so on.
    let rises = |ageing: Ageing| -> Vec<u32> {
        let risen = |waited: &u32| *waited > 0 && ageing.levels(*waited) == ageing.levels(*waited - 1) + 1;
        (0..60).filter(risen).collect()
    };
    assert!(rises(Ageing::Strict).is_empty());
    assert_eq!(rises(Ageing::Fibonacci), [1, 2, 3, 5, 8, 13, 21, 34, 55]);
    assert_eq!(rises(Ageing::Binary), [1, 2, 4, 8, 16, 32]);
    assert_eq!(rises(Ageing::Linear(20)), [20, 40]);
    for ageing in [Ageing::Strict, Ageing::Fibonacci, Ageing::Binary, Ageing::Linear(20)] {
        assert_eq!(ageing.levels(0), 0);
        let levels: Vec<u32> = (0..200).map(|waited| ageing.levels(waited)).collect();
        assert!(levels.is_sorted(), "{ageing:?}");
    }
    assert_eq!(Ageing::Strict.levels(u32::MAX), 0);
    assert_eq!(Ageing::Fibonacci.levels(u32::MAX), 46);
    assert_eq!(Ageing::Binary.levels(u32::MAX), 32);
}

/// A hundred tasks each of these tiers wait at each of two cells; how many of each tier are done after 100 ticks.
fn served(waiting: &[u32], order: &str) -> Vec<u64> {
    let jobs: String = waiting
        .iter()
        .map(|tier| format!("0,1,100,{tier}\n").repeat(2))
        .collect();
    let (_folder, trace) = log(&format!("arrival,need,processors,tier\n{jobs}"));
    let text = format!(
        "topology = {{ kind = \"complete\" }}\n[work]\n{trace}\nlog = {{ cells = \"round-robin\" }}\nqueue = 256\n\
         tiers = [0.5, 0.3, 0.2]\nbalance = {{ policy = {{ kind = \"none\" }} }}\norder = {{ {order} }}\n"
    );
    let mut all: Simulation = start(&scenario(2, 100, &text));
    go(&mut all, 100);
    assert_eq!(last(&all).committed, 200);
    last(&all).tiers.iter().map(|tier| tier.committed).collect()
}

/// Shares are of the tiers that wait: of three to one, of five to two without the middle one; a golden sequence is off by few.
#[test]
fn tiers_are_served_in_their_shares() {
    for (waiting, order, expected) in [
        (
            &[0, 1][..],
            "kind = \"weighted\", weights = [0.6, 0.2, 0.2]",
            [150, 50, 0],
        ),
        (&[2, 0], "kind = \"weighted\", weights = [0.5, 0.3, 0.2]", [143, 0, 57]),
        (&[1, 0], "kind = \"golden\"", [145, 55, 0]),
        (&[1, 0], "kind = \"equal\"", [100, 100, 0]),
    ] {
        let found = served(waiting, order);
        let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 6);
        assert!(near, "{order}: {found:?}, not {expected:?}");
    }
}

/// A cell that acts in a quarter of the ticks begins a task of one tick in each of those; one that is begun is executed in every tick.
#[test]
fn timing_delays_what_begins_and_not_what_is_executed() {
    let timing = "timing = { kind = \"golden\", rate = 0.25 }\n";
    let of = |need: u32, arrivals: &str| {
        let text = format!(
            "{timing}topology = {{ kind = \"ring\" }}\n[work]\nqueue = 256\nneed = {{ kind = \"constant\", ticks = {need} }}\n\
             balance = {{ policy = {{ kind = \"none\" }} }}\narrivals = {{ {arrivals} }}\n"
        );
        run(&scenario(64, 400, &text))
    };
    let busy = last(&of(1, "rate = 1")).utilisation.unwrap();
    assert!((busy - 0.25).abs() < 0.01, "{busy}");
    let all = of(10, "rate = 1, until = 1");
    let tier = &last(&all).tiers[0];
    assert_eq!(
        (tier.committed, tier.response.mean.unwrap() - tier.wait.mean.unwrap()),
        (64, 10.0)
    );
    assert!(tier.wait.mean.unwrap() > 0.5, "{tier:?}");
}

/// A task that is always wrong is tried once more than `max_tries`; only its first execution counts as waited for.
#[test]
fn a_task_is_tried_so_often_and_no_more() {
    for tries in [0, 1, 3, 4, 15] {
        let rest = format!(
            "error = 1.0\nverify = 1.0\nagreement = \"quorum\"\nmax_tries = {tries}\nbalance = {{ policy = {{ kind = \"none\" }} }}"
        );
        let mut all = of_jobs(2, 60, "complete", "0,2,1\n", &rest, "");
        go(&mut all, 60);
        let work = last(&all);
        assert_eq!(
            (work.committed, work.failed, work.committed_wrong),
            (0, 1, 0),
            "{tries}"
        );
        let times = u64::from(tries) + 1;
        assert_eq!(
            (work.verified, work.rejected, work.repeated, work.dispatches, work.votes),
            (times, times, times - 1, times, 4 * times),
            "{tries}"
        );
        assert_eq!((work.tiers[0].wait.mean, work.tiers[0].wait.max), (Some(0.0), Some(0)));
        let job = works::results(&mut all)[0];
        assert_eq!((job.tries, job.failed, job.end), (tries, 1, Some(2 * tries + 2)));
    }
}
