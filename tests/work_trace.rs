//! Job logs replayed: every start and end of ten jobs worked out by hand, and a real log of which no job is lost.

use crate::works::{last, results, run, scenario};
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::number::{Stream, multiply_high, threefry2x32};
use tetraswarm::scenario::Scenario;

/// The ten jobs: arrival, ticks that each of its tasks needs, tasks, user. Job 5 ran for less than half a second and needs a tick;
/// of job 6 the processors allocated are unknown, and two were requested.
const JOBS: [(u32, u32, u32, u32); 10] = [
    (0, 4, 1, 1),
    (0, 2, 2, 2),
    (1, 1, 1, 1),
    (3, 5, 3, 2),
    (3, 1, 1, 1),
    (4, 3, 2, 1),
    (7, 2, 1, 2),
    (8, 6, 2, 2),
    (12, 1, 3, 1),
    (12, 3, 1, 2),
];

fn replay(cells: u32, seed: u32, placement: &str, rest: &str) -> Simulation {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/ten_jobs.swf");
    let text = format!(
        "seed = {seed}\ntopology = {{ kind = \"complete\" }}\n[work]\ntrace = '{}'\nlog = {{ cells = \"{placement}\" }}\n\
         balance = {{ policy = {{ kind = \"none\" }} }}\n{rest}",
        file.display()
    );
    run(&scenario(cells, 60, &text))
}

/// Starts and ends of all jobs.
fn times(simulation: &mut Simulation) -> Vec<(u32, u32)> {
    let results = results(simulation);
    for (k, (result, (arrival, need, tasks, _))) in results.iter().zip(JOBS).enumerate() {
        assert_eq!(result.job, k as u64 + 1);
        assert_eq!(
            (result.submit, result.need, result.tasks),
            (arrival, need, tasks),
            "job {}",
            k + 1
        );
        assert_eq!(result.wait, result.start.map(|start| start - arrival));
        assert_eq!(result.response, result.end.map(|end| end - arrival));
        assert_eq!((result.tries, result.hops, result.failed), (0, 0, 0), "job {}", k + 1);
    }
    assert_eq!(last(simulation).committed, 17);
    results
        .iter()
        .map(|job| (job.start.unwrap(), job.end.unwrap()))
        .collect()
}

/// At which of so many cells something with this number is placed.
fn drawn(seed: u32, number: u32, cells: u32) -> u32 {
    multiply_high(threefry2x32([seed, Stream::Place as u32], [number, 0])[0], cells)
}

/// A seed with which the cells of users 1 and 2 are the same, or are not.
fn seed_of_users(together: bool) -> u32 {
    (1..100)
        .find(|&seed| (drawn(seed, 1, 2) == drawn(seed, 2, 2)) == together)
        .unwrap()
}

/// One cell, 51 ticks of work without a pause, one task after the other as they came:
/// 1: 0–4. 2: 4–6, 6–8. 3: 8–9. 4: 9–14, 14–19, 19–24. 5: 24–25. 6: 25–28, 28–31. 7: 31–33. 8: 33–39, 39–45. 9: 45–46, 46–47, 47–48.
/// 10: 48–51. A job starts with its first task and ends with its last.
const ONE_FIFO: [(u32, u32); 10] = [
    (0, 4),
    (4, 8),
    (8, 9),
    (9, 24),
    (24, 25),
    (25, 31),
    (31, 33),
    (33, 45),
    (45, 48),
    (48, 51),
];

#[test]
fn one_cell_takes_jobs_as_they_came() {
    let mut all = replay(2, seed_of_users(true), "user", "order = { kind = \"fifo\" }");
    assert_eq!(times(&mut all), ONE_FIFO);
    assert_eq!(last(&all).refused, 0);
}

/// Queue 1 (jobs 1, 3, 5, 6, 9) is tier 0, queue 2 and the job without a queue tier 1:
/// 1: 0–4. At 4 wait 3, 5, 6 and, of tier 1, 2 and 4. 3: 4–5. 5: 5–6. 6: 6–9, 9–12. 9, which arrives at 12: 12–15. 2: 15–17, 17–19.
/// 4: 19–24, 24–29, 29–34. 7: 34–36. 8: 36–42, 42–48. 10: 48–51.
#[test]
fn one_cell_takes_the_urgent_tier_first() {
    let rest = "order = { kind = \"strict\" }\ntiers = [0.5, 0.5]";
    let mut all = replay(2, seed_of_users(true), "user", rest);
    let expected = [
        (0, 4),
        (15, 19),
        (4, 5),
        (19, 34),
        (5, 6),
        (6, 12),
        (34, 36),
        (36, 48),
        (12, 15),
        (48, 51),
    ];
    assert_eq!(times(&mut all), expected);
    let tiers: Vec<u32> = results(&mut all).iter().map(|job| job.tier).collect();
    assert_eq!(tiers, [0, 1, 0, 1, 0, 0, 1, 1, 0, 1]);
}

/// A queue of four: what does not fit waits at its source, and with a source that asks in every tick nothing changes.
#[test]
fn a_short_queue_changes_nothing_where_sources_ask_in_every_tick() {
    let rest = "order = { kind = \"fifo\" }\nqueue = 4\nretry = \"none\"";
    let mut all = replay(2, seed_of_users(true), "user", rest);
    assert_eq!(times(&mut all), ONE_FIFO);
    assert!(last(&all).refused > 0);
}

/// Each user has a cell.
/// User 1: 1: 0–4. 3: 4–5. 5: 5–6. 6: 6–9, 9–12. 9: 12–13, 13–14, 14–15.
/// User 2: 2: 0–2, 2–4. 4: 4–9, 9–14, 14–19. 7: 19–21. 8: 21–27, 27–33. 10: 33–36.
#[test]
fn users_have_cells_of_their_own() {
    let mut all = replay(2, seed_of_users(false), "user", "order = { kind = \"fifo\" }");
    let expected = [
        (0, 4),
        (0, 4),
        (4, 5),
        (4, 19),
        (5, 6),
        (6, 12),
        (19, 21),
        (21, 33),
        (12, 15),
        (33, 36),
    ];
    assert_eq!(times(&mut all), expected);
}

/// Two cells take turns.
/// Cell 0: 1: 0–4. 3: 4–5. 5: 5–6. 7, which arrives at 7: 7–9. 9, which arrives at 12: 12–13, 13–14, 14–15.
/// Cell 1: 2: 0–2, 2–4. 4: 4–9, 9–14, 14–19. 6: 19–22, 22–25. 8: 25–31, 31–37. 10: 37–40.
#[test]
fn cells_take_turns() {
    let mut all = replay(2, 1, "round-robin", "order = { kind = \"fifo\" }");
    let expected = [
        (0, 4),
        (0, 4),
        (4, 5),
        (4, 19),
        (5, 6),
        (19, 25),
        (7, 9),
        (25, 37),
        (12, 15),
        (37, 40),
    ];
    assert_eq!(times(&mut all), expected);
}

/// Each job's cell is drawn: cell by cell one task after the other.
#[test]
fn jobs_are_drawn_to_cells() {
    for seed in [1, 2, 3] {
        let mut all = replay(3, seed, "hash", "order = { kind = \"fifo\" }");
        let mut free = [0; 3];
        let mut expected = Vec::new();
        for (k, (arrival, need, tasks, _)) in JOBS.into_iter().enumerate() {
            let cell = &mut free[drawn(seed, k as u32, 3) as usize];
            let start = arrival.max(*cell);
            *cell = start + need * tasks;
            expected.push((start, *cell));
        }
        assert_eq!(times(&mut all), expected, "seed {seed}");
    }
}

/// Jobs that are not done when the run ends have no end, and those that no task was begun of no start.
#[test]
fn unfinished_jobs_have_no_end() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/ten_jobs.swf");
    let text = format!(
        "name = \"t\"\nagents = 8\nticks = 23\nseed = {}\ntopology = {{ kind = \"complete\" }}\n[work]\ntrace = '{}'\n\
         log = {{ cells = \"user\" }}\norder = {{ kind = \"fifo\" }}\nbalance = {{ policy = {{ kind = \"none\" }} }}\n",
        seed_of_users(true),
        file.display()
    );
    let mut all = run(&Scenario::from_toml("t", &text).unwrap());
    for (k, (job, (start, end))) in results(&mut all).iter().zip(ONE_FIFO).enumerate() {
        assert_eq!(job.start, (start < 23).then_some(start), "job {}", k + 1);
        assert_eq!(job.end, (end <= 23).then_some(end), "job {}", k + 1);
    }
}

/// The log of the folder that `TETRASWARM_DATA` names, if it names one: every job starts after it came, ends after it started, and
/// is done.
#[test]
fn no_job_of_hpc2n_is_lost() {
    let Some(folder) = std::env::var_os("TETRASWARM_DATA") else {
        println!("skipped hpc2n.swf: set TETRASWARM_DATA to the folder that holds it");
        return;
    };
    let file = Path::new(&folder).join("hpc2n.swf");
    let text = format!(
        "name = \"t\"\nagents = 1024\nticks = 40000\nseed = 1\ntopology = {{ kind = \"hypercube\" }}\n[work]\ntrace = '{}'\nqueue = 32\n\
         tiers = [0.5, 0.5]\nlog = {{ cells = \"user\", tick_seconds = 600, lenient = true }}\n[measure]\nevery = 1000\n\
         [stop]\nspread = 0\n",
        file.display()
    );
    let mut all = run(&Scenario::from_toml("t", &text).unwrap());
    println!("{} ticks, {:?}", all.tick(), last(&all));
    assert_eq!((last(&all).submitted, last(&all).committed), (63_578, 63_578));
    let results = results(&mut all);
    assert_eq!(results.len(), 3145);
    for job in &results {
        let (start, end) = (job.start.unwrap(), job.end.unwrap());
        assert!(job.submit <= start && start + job.need <= end, "{job:?}");
        assert_eq!((job.failed, job.tries), (0, 0), "{job:?}");
    }
    let tasks: u64 = results.iter().map(|job| u64::from(job.tasks)).sum();
    assert_eq!(tasks, 63_578);
}
