//! Waiting tasks move to neighbours: as each policy says, as diffusion does, never into a full queue, never lost. And sources that a full
//! cell has sent away come back when they should.

use crate::works::{go, last, loads, of_jobs, results, rows, run, scenario};
use tetraswarm::Simulation;
use tetraswarm::part::work::pause;
use tetraswarm::part::work::{Retry, state};

/// What the cells hold after each of so many ticks.
fn path(all: &mut Simulation, ticks: u32) -> Vec<Vec<u32>> {
    let mut path = Vec::new();
    for tick in 1..=ticks {
        go(all, tick);
        path.push(loads(all));
    }
    path
}

/// Ten tasks that take long at cell 0 of a network, a policy, and what the cells hold then.
fn ten(cells: u32, topology: &str, policy: &str, ticks: u32) -> (Vec<Vec<u32>>, Simulation) {
    let rest = format!("order = {{ kind = \"fifo\" }}\nbalance = {{ policy = {{ {policy} }} }}");
    let mut all = of_jobs(cells, ticks, topology, "0,100,10\n", &rest, "");
    (path(&mut all, ticks), all)
}

#[test]
fn none_moves_nothing() {
    let (path, all) = ten(8, "ring", "kind = \"none\"", 40);
    assert!(path.iter().all(|loads| loads[..] == [10, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!((last(&all).offers, last(&all).transfers), (0, 0));
}

/// Half the difference, at most four at a time: 10 and 0, then 6 and 4, then 5 and 5; the only neighbour is both choices.
#[test]
fn two_choices_give_half_the_difference() {
    let (path, all) = ten(2, "complete", "kind = \"two-choices\"", 10);
    assert_eq!(path[0], [6, 4]);
    assert!(path[1..].iter().all(|loads| loads[..] == [5, 5]));
    assert_eq!((last(&all).offers, last(&all).transfers), (5, 5));
}

/// Of the difference a part in two, with one neighbour each: 10 and 0, then 6 and 4, for at most four move at a time, then 5 and 5.
#[test]
fn a_truncated_flow_is_a_part_of_the_difference() {
    let (path, _) = ten(2, "complete", "kind = \"flow\", rounding = \"trunc\"", 10);
    assert_eq!(path[0], [6, 4]);
    assert!(path[1..].iter().all(|loads| loads[..] == [5, 5]));
    // On a ring one in three: 10 to two neighbours 3 each; 4 and 3 differ by too little, 3 and 0 give 1 each.
    let (path, _) = ten(8, "ring", "kind = \"flow\", rounding = \"trunc\"", 10);
    assert_eq!(path[0], [6, 3, 0, 0, 0, 0, 0, 1]);
    // Four a tick: three to cell 1, and one to cell 7. Then 6 and 3: one; 6 and 1: one; 3 and 0: one.
    assert_eq!(path[1], [4, 3, 1, 0, 0, 0, 0, 2]);
}

/// Above three that wait one goes to each neighbour that holds less than three: 9 wait and one runs; 7, 5, 3, and no more.
#[test]
fn a_threshold_keeps_its_bound() {
    let (path, all) = ten(8, "ring", "kind = \"threshold\", bound = 3", 10);
    assert_eq!(path[0], [8, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(path[1], [6, 2, 0, 0, 0, 0, 0, 2]);
    assert!(
        path[2..].iter().all(|loads| loads[..] == [4, 3, 0, 0, 0, 0, 0, 3]),
        "{path:?}"
    );
    assert_eq!((last(&all).offers, last(&all).transfers), (6, 6));
}

/// Its neighbour gets no more than three, and of five tasks, four of which wait, one.
#[test]
fn a_threshold_is_of_those_that_wait() {
    for (tasks, rest) in [(10, [7, 3]), (5, [4, 1])] {
        let text = "balance = { policy = { kind = \"threshold\", bound = 3 } }";
        let mut all = of_jobs(2, 20, "complete", &format!("0,100,{tasks}\n"), text, "");
        assert_eq!(path(&mut all, 20)[19], rest);
    }
}

/// A hub with four tasks and sixteen leaves with none: each link's part is 4/17, so that together three or four go, and three wait.
#[test]
fn fractions_of_flows_add_up_over_links() {
    for rounding in ["random", "golden"] {
        let rest = format!("balance = {{ policy = {{ kind = \"flow\", rounding = \"{rounding}\" }} }}");
        let mut all = of_jobs(17, 1, "star", "0,1000,4\n", &rest, "");
        go(&mut all, 1);
        assert_eq!(last(&all).transfers, 3, "{rounding}");
    }
}

/// A difference of one does not move: nothing would be gained.
#[test]
fn a_flow_of_one_stays() {
    let rest = "balance = { policy = { kind = \"flow\" } }";
    let mut all = of_jobs(2, 40, "complete", "0,1000,2\n0,1000,1\n", rest, "");
    go(&mut all, 40);
    assert_eq!((last(&all).offers, last(&all).transfers), (0, 0));
}

/// Nothing arrives and nothing ends while a hot spot spreads: not a task is lost or invented in any tick, whatever the policy.
#[test]
fn what_waits_is_conserved_in_every_tick() {
    for (topology, cells) in [("ring", 16), ("star", 16), ("hypercube", 16), ("tetrahedral", 16)] {
        for policy in [
            "kind = \"flow\"",
            "kind = \"flow\", rounding = \"golden\"",
            "kind = \"threshold\", bound = 8",
            "kind = \"two-choices\"",
        ] {
            for timing in ["", ", timing = { kind = \"golden\", rate = 0.4 }"] {
                let rest = format!("queue = 64\nbalance = {{ policy = {{ {policy} }}{timing} }}");
                let mut all = of_jobs(cells, 60, topology, "0,1000,60\n0,1000,5\n", &rest, "");
                let path = path(&mut all, 60);
                assert!(
                    path.iter().all(|loads| loads.iter().sum::<u32>() == 65),
                    "{topology}, {policy}"
                );
                assert!(path.iter().flatten().all(|&load| load <= 64));
                let rows = rows(&all);
                assert!(last(&all).transfers > 10, "{topology}, {policy}");
                assert!(
                    rows[1..]
                        .iter()
                        .all(|row| row.waiting == 0 && row.queued + row.running == 65)
                );
                // With time to move, every end of a link that could gain has gained.
                assert!(path[59][0] < 60, "{topology}, {policy}: {:?}", path[59]);
            }
        }
    }
}

/// A hot spot of 255 on a hypercube of 64. With fractions dropped the load of no cell rises above what the highest was, the sum of
/// squares falls (it is a Lyapunov function: Cybenko 1989; Ghosh and Muthukrishnan 1996), and all rests when no link's difference reaches
/// 1 + the degree, which bounds the discrepancy by the degree times the diameter: the O(d log n / (1 − λ)) of Rabani, Sinclair and
/// Wanka (1998). With random rounding it comes within a few tasks of the mean (Friedrich and Sauerwald 2009).
#[test]
fn a_hot_spot_spreads_as_diffusion_does() {
    let spread = |rounding: &str| {
        let rest = format!("queue = 256\nbalance = {{ policy = {{ kind = \"flow\", rounding = \"{rounding}\" }} }}");
        let mut all = of_jobs(64, 300, "hypercube", "0,100000,255\n", &rest, "");
        let path = path(&mut all, 300);
        assert!(path.iter().all(|loads| loads.iter().sum::<u32>() == 255));
        (path, all)
    };
    let (path, all) = spread("trunc");
    let squares = |loads: &Vec<u32>| loads.iter().map(|load| load * load).sum::<u32>();
    for pair in path.windows(2) {
        assert!(pair[1].iter().max() <= pair[0].iter().max() && pair[1].iter().min() >= pair[0].iter().min());
        assert!(squares(&pair[1]) <= squares(&pair[0]));
    }
    let rest = &path[299];
    assert_eq!(rest, &path[250], "it does not come to rest");
    for cell in 0..64usize {
        for bit in 0..6 {
            assert!(rest[cell].abs_diff(rest[cell ^ 1 << bit]) < 7, "{cell}: {rest:?}");
        }
    }
    let discrepancy = |loads: &[u32]| loads.iter().max().unwrap() - loads.iter().min().unwrap();
    assert!(discrepancy(rest) <= 6 * 6, "{rest:?}");
    assert!(last(&all).transfers > 200);
    for rounding in ["random", "golden"] {
        let (path, _) = spread(rounding);
        println!("{rounding}: {:?}", path[299]);
        // The giver gives four a tick, so it takes 64 ticks; the network mixes in a dozen. The mean is four.
        assert!(
            path[120..].iter().all(|loads| discrepancy(loads) <= 6),
            "{rounding}: {:?}",
            path[120]
        );
        assert!(discrepancy(&path[299]) <= 4, "{rounding}: {:?}", path[299]);
    }
}

/// Sixteen leaves of a star offer four tasks each to a hub that has room for sixteen, then for none: it takes what fits, from the first.
#[test]
fn a_hub_that_all_offer_to_never_overflows() {
    let leaves = "0,1000,12\n".repeat(16);
    let rest = "order = { kind = \"fifo\" }\nbalance = { policy = { kind = \"two-choices\" } }";
    let mut all = of_jobs(17, 30, "star", &format!("0,1000,1\n{leaves}"), rest, "");
    let path = path(&mut all, 30);
    // One runs there; sixty-four are offered, fifteen taken: four from each of three cells, and three from the fourth.
    assert_eq!(
        path[0],
        [16, 8, 8, 8, 9, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12]
    );
    let rows = rows(&all);
    assert_eq!((rows[1].offers, rows[1].transfers), (64, 15));
    assert!(
        path.iter()
            .all(|loads| loads[0] <= 16 && loads.iter().sum::<u32>() == 193)
    );
    assert!(rows.iter().all(|row| row.queue_max <= 16));
    // The full hub gives to the emptier leaves, so that the fuller ones can give to it.
    assert!(path[29].iter().all(|&load| load >= 10), "{:?}", path[29]);
}

/// A task that moves from cell to cell counts its links: on a path whose other cells are dead ends, the least.
#[test]
fn hops_are_counted() {
    // Two wait at cell 0, one runs; a neighbour that is empty takes one, and its job ends there with one hop.
    let rest = "order = { kind = \"fifo\" }\nbalance = { policy = { kind = \"flow\", rounding = \"trunc\" } }";
    let mut all = of_jobs(2, 30, "complete", "0,5,2\n", rest, "");
    go(&mut all, 1);
    assert_eq!((loads(&mut all), last(&all).transfers), (vec![1, 1], 1));
    go(&mut all, 30);
    let job = results(&mut all)[0];
    assert_eq!((job.hops, job.start, job.end), (1, Some(0), Some(6)));
    assert_eq!((last(&all).hops, last(&all).committed), (Some(0.5), 2));
}

/// Nine tasks of two ticks; at tick 5, with three begun, three members are killed. The lease is of three ticks: in the third of them,
/// tick 7, the running task goes back, and two neighbours take a task each and tick: 7 left, 5, 3, 1, none. All are done.
#[test]
fn an_abandoned_cell_is_emptied_by_its_neighbours() {
    let rest = "order = { kind = \"fifo\" }\nlease = 3\nbalance = { policy = { kind = \"none\" } }";
    let kill = "[faults]\nevents = [{ kind = \"kill\", tick = 5, who = { kind = \"nodes\", nodes = [0, 1, 3] } }]\n";
    let mut all = of_jobs(8, 40, "ring", "0,2,9\n", rest, kill);
    let mut left = Vec::new();
    for tick in 1..=40 {
        go(&mut all, tick);
        let state = all.column("work.state").unwrap()[0];
        left.push(state::load(state));
        assert_eq!(state & state::ABANDONED != 0, tick >= 8, "tick {tick}");
    }
    assert_eq!(left[..13], [9, 8, 8, 7, 7, 7, 7, 5, 3, 1, 0, 0, 0]);
    let work = last(&all);
    assert_eq!((work.committed, work.transfers, work.repeated), (9, 7, 1));
    assert_eq!((results(&mut all)[0].hops, results(&mut all)[0].failed), (7, 0));
}

/// A cell that is whole again in the last tick of its lease keeps what it holds, and goes on where it was.
#[test]
fn a_cell_that_is_back_in_time_keeps_its_task() {
    for (back, repeated) in [(7, 0), (8, 1)] {
        let events = format!(
            "[faults]\nevents = [{{ kind = \"kill\", tick = 5, who = {{ kind = \"nodes\", nodes = [0, 1, 3] }} }}, \
             {{ kind = \"revive\", tick = {back}, who = {{ kind = \"all\" }} }}]\n"
        );
        let rest = "lease = 3\nbalance = { policy = { kind = \"none\" } }";
        let mut all = of_jobs(8, 60, "ring", "0,9,1\n", rest, &events);
        go(&mut all, 60);
        let end = results(&mut all)[0].end.unwrap();
        assert_eq!((last(&all).committed, last(&all).repeated), (1, repeated));
        // Five ticks were done, two were lost; taken over in tick 7 it begins again in tick 8.
        assert_eq!(end, if repeated == 0 { 11 } else { 17 });
    }
}

/// A wall across a ring: nothing passes until it is gone.
#[test]
fn a_partition_stops_transfers() {
    let events = "[faults]\nevents = [{ kind = \"partition\", tick = 0, along = { kind = \"ranges\", starts = [4] } }, \
                  { kind = \"heal\", tick = 30 }]\n";
    for policy in [
        "kind = \"flow\"",
        "kind = \"two-choices\"",
        "kind = \"threshold\", bound = 1",
    ] {
        let rest = format!("queue = 64\nbalance = {{ policy = {{ {policy} }} }}");
        let mut all = of_jobs(8, 80, "ring", "0,1000,60\n", &rest, events);
        let path = path(&mut all, 80);
        assert!(path[..30].iter().all(|loads| loads[4..] == [0; 4]), "{policy}");
        assert!(path[29][1] > 0, "{policy}: {:?}", path[29]);
        assert!(path[79][7] > 0, "{policy}: {:?}", path[79]);
        assert!(path.iter().all(|loads| loads.iter().sum::<u32>() == 60), "{policy}");
    }
}

/// In which ticks a source offers a task to a cell that has no room for long.
fn offers(retry: &str) -> Vec<u32> {
    let rest = format!("queue = 2\nretry = \"{retry}\"\nbalance = {{ policy = {{ kind = \"none\" }} }}");
    let mut all = of_jobs(2, 150, "complete", "0,1000,3\n", &rest, "");
    go(&mut all, 150);
    let rows = rows(&all);
    assert_eq!((last(&all).waiting, last(&all).queued, last(&all).running), (1, 1, 1));
    let refused = |k: &u32| rows[*k as usize + 1].refused > rows[*k as usize].refused;
    assert!(rows.windows(2).all(|pair| pair[1].refused - pair[0].refused <= 1));
    (0..150).filter(refused).collect()
}

#[test]
fn sources_come_back_when_they_should() {
    assert_eq!(offers("fibonacci"), [0, 1, 2, 4, 7, 12, 20, 33, 54, 88, 143]);
    assert_eq!(offers("binary"), [0, 1, 3, 7, 15, 31, 63, 127]);
    assert_eq!(offers("quadratic"), [0, 1, 5, 14, 30, 55, 91, 140]);
    assert_eq!(offers("none"), (0..150).collect::<Vec<_>>());
    let last = |retry, times: [u32; 3]| times.map(|times| pause(retry, times));
    assert_eq!(last(Retry::Fibonacci, [15, 16, 31]), [610, 987, 987]);
    assert_eq!(last(Retry::Binary, [10, 11, 31]), [512, 1024, 1024]);
    assert_eq!(last(Retry::Quadratic, [30, 31, 31]), [900, 961, 961]);
}

/// A source that was sent away does not starve: with room again, its next offer is taken, the oldest task first, and the pauses
/// begin anew.
#[test]
fn a_source_that_was_sent_away_is_served() {
    // Two tasks of 20 ticks fit; the third is offered at 0, 1, 2, 4, 7, 12, 20: there is room at 20. The fourth is refused then, and
    // offered at 21, 22, 24, 27, 32, 40.
    let rest = "queue = 2\norder = { kind = \"fifo\" }\nbalance = { policy = { kind = \"none\" } }";
    let mut all = of_jobs(2, 100, "complete", "0,20,2\n0,1,1\n0,20,2\n", rest, "");
    go(&mut all, 100);
    let rows = rows(&all);
    let refused: Vec<u32> = (0..100)
        .filter(|&k| rows[k as usize + 1].refused > rows[k as usize].refused)
        .collect();
    assert_eq!(refused, [0, 1, 2, 4, 7, 12, 20, 21, 22, 24, 27, 32]);
    assert_eq!(results(&mut all)[2].end, Some(80));
    let done = run(&scenario(
        2,
        0,
        "topology = { kind = \"complete\" }\n[work]\narrivals = { rate = 1 }\n",
    ));
    assert_eq!(last(&done).refused, 0);
}
