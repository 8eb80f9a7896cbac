//! Cells that are closed and cells that are given up: to whom nothing goes, to whom everything, and what liars make of roles.

use crate::works::{go, last, loads, of_jobs, run, scenario};

/// So many members of a cell, killed at a tick.
fn kill(members: u32, cell: u32, tick: u32) -> String {
    let nodes: Vec<String> = (0..members).map(|m| (4 * cell + m).to_string()).collect();
    format!(
        "{{ kind = \"kill\", tick = {tick}, who = {{ kind = \"nodes\", nodes = [{}] }} }}",
        nodes.join(", ")
    )
}

#[test]
fn nothing_is_given_to_a_closed_cell() {
    for policy in [
        "kind = \"flow\"",
        "kind = \"flow\", rounding = \"trunc\"",
        "kind = \"threshold\", bound = 1",
        "kind = \"two-choices\"",
    ] {
        let rest = format!("lease = 100\nbalance = {{ policy = {{ {policy} }} }}");
        // With one member up, and with two that hold a result before the tasks come.
        for members in [3, 2] {
            let faults = format!("[faults]\nevents = [{}]\n", kill(members, 0, 0));
            let mut all = of_jobs(2, 60, "complete", "0,1,1\n1,1000,10\n", &rest, &faults);
            go(&mut all, 60);
            assert_eq!(last(&all).held, u64::from(members == 2));
            let found = (loads(&mut all)[1], last(&all).offers);
            assert_eq!(found, (10, 0), "{policy}, {members} killed");
        }
    }
}

/// What a cell of a ring holds whose members are killed at tick 2, and given up at tick 4, goes where it can.
fn given_up(topology: &str, cells: u32, jobs: &str, rest: &str, events: &str) -> (Vec<u32>, u64) {
    let rest = format!("lease = 3\n{rest}\nbalance = {{ policy = {{ kind = \"none\" }} }}");
    let faults = format!("[faults]\nevents = [{events}]\n");
    let mut all = of_jobs(cells, 60, topology, jobs, &rest, &faults);
    go(&mut all, 60);
    (loads(&mut all), last(&all).offers)
}

#[test]
fn what_is_given_up_goes_to_neighbours_that_can_take_it() {
    let tasks = "0,1000,9\n";
    // To both neighbours; not over a wall; not to one that is closed.
    let (left, _) = given_up("ring", 8, tasks, "", &kill(3, 0, 2));
    assert!(
        left[0] == 0 && left[1] + left[7] == 9 && left[1].abs_diff(left[7]) <= 1,
        "{left:?}"
    );
    let wall = "{ kind = \"partition\", tick = 0, along = { kind = \"ranges\", starts = [4] } }";
    let (left, _) = given_up("ring", 8, tasks, "", &format!("{wall}, {}", kill(3, 0, 2)));
    assert_eq!(left, [0, 9, 0, 0, 0, 0, 0, 0]);
    let both = format!("{}, {}", kill(3, 0, 2), kill(3, 7, 2));
    let (left, _) = given_up("ring", 8, tasks, "", &both);
    assert_eq!(left, [0, 9, 0, 0, 0, 0, 0, 0]);
    // Nor to one whose two members hold a result.
    let each = format!("{tasks}{}", "0,1,1\n".repeat(7));
    let both = format!("{}, {}", kill(2, 7, 0), kill(3, 0, 2));
    let (left, _) = given_up("ring", 8, &each, "", &both);
    assert_eq!(left, [0, 9, 0, 0, 0, 0, 0, 0]);
    // Where all are full, nothing is offered.
    let full = "0,1000,2\n".repeat(4);
    let (left, offers) = given_up("complete", 4, &full, "queue = 2", &kill(3, 0, 2));
    assert_eq!((left, offers), (vec![2; 4], 0));
}

/// Each tick begins at another neighbour: of eleven, four a tick, more than four get something.
#[test]
fn what_is_given_up_is_spread() {
    let (left, _) = given_up("complete", 12, "0,1000,12\n", "", &kill(3, 0, 2));
    assert_eq!((left[0], left.iter().sum::<u32>()), (0, 12));
    assert!(left.iter().filter(|&&load| load > 0).count() >= 7, "{left:?}");
}

/// The second member of each cell lies, and what it executes is rejected: a quarter of the time, epoch by epoch, beginning with the
/// first.
#[test]
fn a_liar_executes_in_every_fourth_epoch() {
    let rest = "epoch = 10\nverify = 1.0\nagreement = \"quorum\"\nmax_tries = 0\nqueue = 128\nbalance = { policy = { kind = \"none\" } }";
    let liar = "[faults]\nliars = { who = { kind = \"nodes\", nodes = [1] }, tell = { kind = \"against\" } }\n";
    let mut all = of_jobs(2, 80, "complete", "0,1,80\n", rest, liar);
    let mut failed = Vec::new();
    for tick in (10..=80).step_by(10) {
        go(&mut all, tick);
        failed.push(last(&all).failed);
    }
    assert_eq!(failed, [10, 10, 10, 10, 20, 20, 20, 20]);
    assert_eq!((last(&all).committed, last(&all).committed_wrong), (60, 0));
}

/// Results of 64 cells whose members of these numbers lie, with an epoch that does not end: committed, wrong and failed ones.
fn results(liars: &[u32], rest: &str) -> [u64; 3] {
    let nodes: Vec<String> = (0..64)
        .flat_map(|cell| liars.iter().map(move |m| (4 * cell + m).to_string()))
        .collect();
    let text = format!(
        "topology = {{ kind = \"ring\" }}\n[work]\nepoch = 1000\nmax_tries = 0\nbalance = {{ policy = {{ kind = \"none\" }} }}\n{rest}\n\
         arrivals = {{ rate = 0.3, until = 100 }}\n[faults]\n\
         liars = {{ who = {{ kind = \"nodes\", nodes = [{}] }}, tell = {{ kind = \"against\" }} }}\n",
        nodes.join(", ")
    );
    let all = run(&scenario(64, 300, &text));
    let work = last(&all);
    assert_eq!(work.submitted, work.committed + work.failed);
    [work.committed, work.committed_wrong, work.failed]
}

#[test]
fn an_executor_that_lies_is_wrong_unless_it_is_checked() {
    let [committed, wrong, failed] = results(&[1], "verify = 0.0");
    assert_eq!((committed, failed), (wrong, 0));
    assert!(wrong > 1000);
    let [committed, ..] = results(&[1], "verify = 1.0\nagreement = \"quorum\"");
    assert_eq!(committed, 0);
    // It tells one of the others the right result, and the three agree that they heard the wrong one.
    let [committed, wrong, _] = results(&[1], "verify = 1.0\nagreement = \"oral\"");
    assert_eq!((committed, wrong), (0, 0));
}
