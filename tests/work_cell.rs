//! One cell: who has which role, whose word counts, and what is left to do for four, three, two, one or none; by exhaustion, and
//! through whole runs.

use crate::works::{go, last, of_jobs, results, run, scenario};
use tetraswarm::part::work::{Agreement, state};
use tetraswarm::part::work::{COORDINATOR, Case, EXECUTOR, REFEREE, member, verdict};

/// Each role goes round all that are up, one member after the other, and no two roles fall on one member.
#[test]
fn roles_go_round() {
    for up in 1..16u32 {
        let (members, count): (Vec<u32>, u32) = ((0..4).filter(|m| up >> m & 1 != 0).collect(), up.count_ones());
        for epoch in 0..24 {
            let of: Vec<u32> = (0..count).map(|role| member(up, epoch, role)).collect();
            // The role of the r-th that is up is r + epoch, modulo how many are up.
            for (rank, agent) in members.iter().enumerate() {
                assert_eq!(
                    of[(rank + epoch as usize) % members.len()],
                    *agent,
                    "up {up:04b}, epoch {epoch}"
                );
            }
        }
        for role in 0..count {
            let turns = |agent: u32| (0..24).filter(|&epoch| member(up, epoch, role) == agent).count();
            assert!(
                members.iter().all(|&agent| turns(agent) == 24 / members.len()),
                "up {up:04b}, role {role}"
            );
        }
    }
    assert_eq!(
        [COORDINATOR, EXECUTOR, REFEREE].map(|role| member(15, 0, role)),
        [0, 1, 2]
    );
}

/// Every case that three or four members can be in.
fn cases(mut f: impl FnMut(Case)) {
    for up in [15u32, 7, 11, 13, 14] {
        for liars in 0..16 {
            for epoch in 0..12 {
                for (right, faces) in (0..16).flat_map(|faces| [(false, faces), (true, faces)]) {
                    let (executor, referee) = (member(up, epoch, EXECUTOR), member(up, epoch, REFEREE));
                    // A lying executor's result is never right.
                    if liars >> executor & 1 == 0 || !right {
                        f(Case {
                            up,
                            liars: liars & up,
                            executor,
                            referee,
                            right,
                            faces,
                        });
                    }
                }
            }
        }
    }
}

#[test]
fn the_referee_alone_is_trusted() {
    cases(|case| {
        let found = verdict(Agreement::Trust, case);
        let lies = case.liars >> case.referee & 1 != 0;
        assert_eq!(found.committed, case.right != lies, "{case:?}");
        assert_eq!(
            (found.wrong, found.votes),
            (found.committed && !case.right, 1),
            "{case:?}"
        );
    });
}

/// Three votes commit, of four or of three; liars vote against the truth, an executor for its own result.
#[test]
fn a_quorum_is_three_votes() {
    let mut wrong_by_liars = [0u32; 5];
    cases(|case| {
        let votes = |m: u32| m == case.executor || (case.liars >> m & 1 == 0) == case.right;
        let count = (0..4).filter(|&m| case.up >> m & 1 != 0 && votes(m)).count();
        let found = verdict(Agreement::Quorum, case);
        assert_eq!(found.committed, count >= 3, "{case:?}");
        assert_eq!(
            (found.wrong, found.votes),
            (found.committed && !case.right, case.up.count_ones()),
            "{case:?}"
        );
        wrong_by_liars[case.liars.count_ones() as usize] += u32::from(found.wrong);
        let honest = case.up & !case.liars;
        if case.right && honest.count_ones() >= 3 {
            assert!(found.committed, "three honest members cannot commit: {case:?}");
        }
    });
    assert_eq!(wrong_by_liars[..2], [0, 0]);
    assert!(wrong_by_liars[2] > 0);
}

/// What the lieutenants of OM(1) decide on (Lamport, Shostak, Pease 1982): `told[i]` is what the commander tells the i-th,
/// `relayed[i][j]` what the i-th says to the j-th that it was told. Without a majority it is 0.
fn om1(told: &[u32], relayed: impl Fn(usize, usize) -> u32) -> Vec<u32> {
    let n = told.len();
    let heard = |j: usize| -> u32 { (0..n).map(|i| if i == j { told[j] } else { relayed(i, j) }).sum() };
    (0..n).map(|j| u32::from(2 * heard(j) > n as u32)).collect()
}

/// The algorithm, over every behaviour of one traitor: how many executions there are, and how many break agreement among the loyal or
/// their obedience to a loyal commander.
fn om1_census(n: usize) -> (u32, u32) {
    let (lieutenants, mut executions, mut violations) = (n - 1, 0, 0);
    // A lying commander says what it likes; the value that it was given is irrelevant, but counts as an execution each.
    for _value in 0..2 {
        for faces in 0..1u32 << lieutenants {
            let told: Vec<u32> = (0..lieutenants).map(|i| faces >> i & 1).collect();
            let decided = om1(&told, |i, _| told[i]);
            executions += 1;
            violations += u32::from(decided.iter().any(|d| *d != decided[0]));
        }
    }
    for value in 0..2 {
        for traitor in 0..lieutenants {
            for faces in 0..1u32 << (lieutenants - 1) {
                let told = vec![value; lieutenants];
                let says = |j: usize| faces >> (j - usize::from(j > traitor)) & 1;
                let decided = om1(&told, |i, j| if i == traitor { says(j) } else { value });
                executions += 1;
                let loyal = |j: &usize| *j != traitor;
                violations += u32::from((0..lieutenants).filter(loyal).any(|j| decided[j] != value));
            }
        }
    }
    (executions, violations)
}

/// Counted independently: four bear one traitor, three do not.
#[test]
fn oral_messages_bear_one_traitor_of_four() {
    assert_eq!(om1_census(3), (16, 2));
    assert_eq!(om1_census(4), (40, 0));
    assert_eq!(om1_census(5), (96, 0));
}

/// The engine's oral messages against the algorithm, message by message, in every case; its lying lieutenants relay the opposite.
#[test]
fn oral_messages_are_those_of_the_algorithm() {
    let (mut wrong_by_liars, mut split) = ([0u32; 5], 0);
    cases(|case| {
        let lieutenants: Vec<u32> = (0..4)
            .filter(|m| case.up >> m & 1 != 0 && *m != case.executor)
            .collect();
        let lies = |m: u32| case.liars >> m & 1 != 0;
        // 1 stands for the right result.
        let said = |m: u32| {
            if lies(case.executor) {
                case.faces >> m & 1
            } else {
                u32::from(case.right)
            }
        };
        let told: Vec<u32> = lieutenants.iter().map(|&m| said(m)).collect();
        let decided = om1(&told, |i, _| told[i] ^ u32::from(lies(lieutenants[i])));
        let votes = |(at, m): (usize, &u32)| if lies(*m) { !case.right } else { decided[at] == 1 };
        let agreeing = lieutenants.iter().enumerate().filter(|&(at, m)| votes((at, m))).count();
        let found = verdict(Agreement::Oral, case);
        assert_eq!(found.committed, agreeing >= 2, "{case:?}");
        assert_eq!(found.votes as usize, lieutenants.len().pow(2), "{case:?}");
        wrong_by_liars[case.liars.count_ones() as usize] += u32::from(found.wrong);
        let loyal: Vec<u32> = (0..lieutenants.len())
            .filter(|&at| !lies(lieutenants[at]))
            .map(|at| decided[at])
            .collect();
        // Wrong is what is committed while an honest member holds the wrong result, or while nobody is honest.
        let holds_wrong = loyal.contains(&0) || !case.right && (!lies(case.executor) || loyal.is_empty());
        assert_eq!(found.wrong, found.committed && holds_wrong, "{case:?}");
        if case.up == 15 && case.liars.count_ones() == 1 {
            assert!(loyal.iter().all(|d| *d == loyal[0]), "the loyal disagree: {case:?}");
            if !lies(case.executor) {
                assert_eq!(loyal[0], u32::from(case.right), "{case:?}");
                assert_eq!(found.committed, case.right, "{case:?}");
            }
        }
        if case.up != 15 && case.liars.count_ones() == 1 {
            split += u32::from(loyal.iter().any(|d| *d != u32::from(case.right)) && !lies(case.executor));
        }
    });
    assert_eq!(wrong_by_liars[..2], [0, 0], "one liar commits a wrong result");
    assert!(wrong_by_liars[2] > 0, "two liars never do");
    assert!(split > 0, "three bear a traitor");
}

/// Sixteen cells whose members of these numbers lie; the ledger holds at every tick. How many wrong results were committed.
fn wrong(liars: &[u32], agreement: &str, verify: f64) -> u64 {
    let nodes: Vec<String> = (0..16)
        .flat_map(|cell| liars.iter().map(move |m| (4 * cell + (cell + m) % 4).to_string()))
        .collect();
    let faults = if liars.is_empty() {
        String::new()
    } else {
        let nodes = nodes.join(", ");
        format!(
            "[faults]\nliars = {{ who = {{ kind = \"nodes\", nodes = [{nodes}] }}, tell = {{ kind = \"against\" }} }}\n"
        )
    };
    let text = format!(
        "topology = {{ kind = \"ring\" }}\n[work]\nepoch = 5\nerror = 0.3\nverify = {verify}\nagreement = \"{agreement}\"\n\
         arrivals = {{ load = 0.4 }}\n{faults}"
    );
    let simulation = run(&scenario(16, 400, &text));
    let work = last(&simulation);
    assert!(work.committed > 500 && work.rejected > 100, "{work:?}");
    let results = work.committed + work.rejected + work.failed;
    assert!(
        if verify == 1.0 {
            work.verified >= work.committed
        } else {
            work.verified < results
        },
        "{work:?}"
    );
    work.committed_wrong
}

#[test]
fn one_liar_a_cell_commits_nothing_wrong_and_two_do() {
    for agreement in ["quorum", "oral"] {
        assert_eq!(wrong(&[], agreement, 1.0), 0, "{agreement}, no liar");
        assert_eq!(wrong(&[0], agreement, 1.0), 0, "{agreement}, one liar");
        assert!(wrong(&[0, 1], agreement, 1.0) > 0, "{agreement}, two liars");
        assert!(wrong(&[0], agreement, 0.5) > 0, "{agreement}, half unverified");
    }
    assert!(wrong(&[0], "trust", 1.0) > 0, "a lying referee is trusted");
}

/// Five cells of a ring lose three, none, all, one and two of their members at tick 7; each had three tasks of four ticks. What the
/// first and the third hold goes to their neighbours when the lease of 20 ticks ends, and not before; what the fifth holds a tick
/// later, because it held nothing that it could not commit in the first.
#[test]
fn what_is_left_to_do_for_four_three_two_one_and_none() {
    let (one, four, none, three, two) = (0, 1, 2, 3, 4);
    let kill = "events = [{ kind = \"kill\", tick = 7, who = { kind = \"nodes\", nodes = [0, 1, 3, 8, 9, 10, 11, 12, 16, 17] } }]";
    let jobs = "0,4,3\n".repeat(5);
    let rest = "lease = 20\norder = { kind = \"fifo\" }\nbalance = { policy = { kind = \"none\" } }";
    let mut all = of_jobs(10, 120, "ring", &jobs, rest, &format!("[faults]\n{kill}\n"));
    for tick in 1..=120 {
        go(&mut all, tick);
        let now = all.column("work.state").unwrap();
        let busy = |cell: usize| now[cell] & state::BUSY != 0;
        let queued: Vec<u32> = now.iter().map(|state| state & state::QUEUED).collect();
        let row = last(&all);
        match tick {
            // One done, one begun, one waits.
            7 => assert_eq!((&queued[..5], row.committed, row.running), (&[1; 5][..], 5, 5)),
            // The second is done: three members commit as four do, two hold it, and one or none have stopped before.
            8 => {
                assert_eq!(
                    [four, three, two, one, none].map(busy),
                    [false, false, true, true, true]
                );
                assert_eq!((row.committed, row.held, row.running), (7, 1, 2));
            }
            12 => assert_eq!([four, three].map(|cell| state::load(now[cell])), [0, 0]),
            // Tick 26 is the twentieth from tick 7 on.
            13..=26 => {
                assert_eq!(
                    [two, one, none].map(|cell| (queued[cell], busy(cell))),
                    [(1, true); 3],
                    "tick {tick}"
                );
                assert!(now.iter().all(|state| state & state::ABANDONED == 0), "tick {tick}");
                assert_eq!((row.committed, row.held, row.running), (9, 1, 2), "tick {tick}");
            }
            27 => {
                assert_eq!([one, none].map(|cell| now[cell] & state::ABANDONED != 0), [true, true]);
                assert_eq!(
                    [one, none].map(|cell| state::load(now[cell])),
                    [0, 0],
                    "their neighbours took a task each"
                );
                assert_eq!((queued[two], row.held, row.transfers), (1, 1, 4));
            }
            // And the one that held a result.
            28 => {
                assert_eq!((state::load(now[two]), row.held, row.transfers), (0, 0, 6));
                assert!(now[two] & state::ABANDONED != 0);
            }
            // Given up, it stays so until a third member is back.
            29.. => assert!(now[two] & state::ABANDONED != 0, "tick {tick}"),
            _ => {}
        }
    }
    let work = last(&all);
    assert_eq!(
        (work.committed, work.held, work.queued, work.transfers, work.repeated),
        (15, 0, 0, 6, 3)
    );
    assert_eq!(work.cells_by_up, [1, 1, 1, 1, 6]);
    let done: Vec<Option<u32>> = results(&mut all).iter().map(|job| job.end).collect();
    // Cell `two` gives to cell 5, which is idle, and to cell 3, which has one to do until tick 31.
    assert_eq!((done[four], done[three], done[two]), (Some(12), Some(12), Some(35)));
    // Cell `one` gives to cells 1 and 9, which begin in tick 27; cell `none` to 1 and 3: cell 1 has two to do.
    assert_eq!(
        (done[one].max(done[none]), done[one].min(done[none])),
        (Some(35), Some(31)),
        "{done:?}"
    );
}

/// With a third member back, a held result is committed in the same tick, and nothing was executed twice.
#[test]
fn a_third_member_commits_what_was_held() {
    let events = "events = [{ kind = \"kill\", tick = 1, who = { kind = \"nodes\", nodes = [0, 3] } }, \
                  { kind = \"revive\", tick = 50, who = { kind = \"nodes\", nodes = [3] } }]";
    let rest = "order = { kind = \"fifo\" }\nlease = 65535\nbalance = { policy = { kind = \"none\" } }";
    let mut all = of_jobs(2, 60, "complete", "0,4,2\n", rest, &format!("[faults]\n{events}\n"));
    go(&mut all, 50);
    assert_eq!((last(&all).held, last(&all).committed, last(&all).queued), (1, 0, 1));
    go(&mut all, 51);
    assert_eq!((last(&all).held, last(&all).committed), (0, 1));
    go(&mut all, 60);
    assert_eq!(results(&mut all)[0].end, Some(55));
    assert_eq!(
        (last(&all).committed, last(&all).repeated, last(&all).transfers),
        (2, 0, 0)
    );
}

/// What all four members forget is destroyed, and the ledger has a line for it.
#[test]
fn what_all_members_forget_is_destroyed() {
    let events = "state = \"reset\"\nevents = [{ kind = \"kill\", tick = 2, who = { kind = \"range\", first = 0, last = 3 } }, \
                  { kind = \"revive\", tick = 6, who = { kind = \"range\", first = 0, last = 3 } }]";
    let rest = "lease = 65535\nbalance = { policy = { kind = \"none\" } }";
    let mut all = of_jobs(2, 40, "complete", "0,4,3\n", rest, &format!("[faults]\n{events}\n"));
    go(&mut all, 6);
    assert_eq!((last(&all).destroyed, last(&all).running, last(&all).queued), (0, 1, 2));
    go(&mut all, 7);
    assert_eq!((last(&all).destroyed, last(&all).running, last(&all).queued), (3, 0, 0));
    let job = results(&mut all)[0];
    assert_eq!((job.end, job.failed), (Some(7), 3));
}

/// One member that comes back has forgotten, but the others have not.
#[test]
fn what_one_member_forgets_the_others_know() {
    let events = "state = \"reset\"\nevents = [{ kind = \"kill\", tick = 2, who = { kind = \"nodes\", nodes = [1] } }, \
                  { kind = \"revive\", tick = 6, who = { kind = \"all\" } }]";
    let rest = "balance = { policy = { kind = \"none\" } }";
    let mut all = of_jobs(2, 40, "complete", "0,4,3\n", rest, &format!("[faults]\n{events}\n"));
    go(&mut all, 40);
    assert_eq!((last(&all).destroyed, last(&all).committed), (0, 3));
}
