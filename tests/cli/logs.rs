//! Job logs as people bring them, through whole runs: what is read, what is said of it, and what cannot be done.

use super::command::{Answer, Bench, says};
use serde_json::Value;

/// Sixteen cells without balance.
const REPLAY: &str = "name = \"log\"\nagents = 64\nticks = 4000\nseed = 1\n[topology]\nkind = \"ring\"\n[timing]\nkind = \"synchronous\"\n\
                      [work]\nqueue = 16\ntiers = [1.0]\ntrace = \"jobs\"\nverify = 0.0\n[work.balance]\npolicy = { kind = \"none\" }\n\
                      [measure]\nevery = 100\n";

/// Plays `log`, with these arguments besides.
fn play(log: &str, arguments: &[&str]) -> Answer {
    let bench = Bench::new();
    bench.write("log.toml", REPLAY);
    bench.write("jobs", log);
    bench.run(&[&["log.toml", "--no-out"][..], arguments].concat())
}

fn account(log: &str, arguments: &[&str]) -> Value {
    play(log, &[&["--json"][..], arguments].concat()).json()["jobs"]["account"].clone()
}

/// Two jobs were swapped out; their first lines sum them up.
const SWAPPED: &str = "; Version: 2.2\n\
    1  0  5 300 4 -1 -1 4 400 -1 1 3 1 -1 1 -1 -1 -1\n\
    1  0  5 100 4 -1 -1 4 400 -1 2 3 1 -1 1 -1 -1 -1\n\
    1 -1 60 200 4 -1 -1 4 400 -1 3 3 1 -1 1 -1 -1 -1\n\
    2 50  0  40 2 -1 -1 2  60 -1 1 4 1 -1 1 -1 -1 -1\n\
    3 90 10  70 1 -1 -1 1 100 -1 0 3 1 -1 1 -1 -1 -1\n\
    3 -1 20  70 1 -1 -1 1 100 -1 4 3 1 -1 1 -1 -1 -1\n";

#[test]
fn jobs_that_were_swapped_out_run_once() {
    for arguments in [&[][..], &["--lenient"][..]] {
        let of = account(SWAPPED, arguments);
        assert_eq!(
            [&of["jobs"], &of["tasks"], &of["work"], &of["partial"]],
            [3, 7, 1350, 3]
        );
    }
}

#[test]
fn tables_of_schedulers_and_clusters_are_read() {
    let slurm = "JobID,User,AllocCPUS,Submit,Start,End,Elapsed,State\n\
                 8,ann,4,2024-01-10T08:00:00,2024-01-10T08:00:05,2024-01-10T08:01:05,00:01:00,COMPLETED\n\
                 9,bob,2,2024-01-10T08:00:30,Unknown,Unknown,00:00:00,CANCELLED by 7\n";
    let of = account(slurm, &[]);
    assert_eq!(
        [&of["jobs"], &of["tasks"], &of["work"], &of["cancelled"]],
        [1, 4, 240, 1]
    );
    let pods = "arrival;need;user\n0;60;d4d5\n30;00:10:00;7f04\n";
    let of = account(pods, &["--set", "work.log.cells=user"]);
    assert_eq!([&of["jobs"], &of["work"]], [2, 660]);
    let tasks = "task_1,2,j_1,1,Failed,86400,86430\ntask_2,1,j_2,1,Failed,86430,86500\n";
    let columns = "work.log.columns={arrival=6,end=7,processors=2}";
    let of = account(tasks, &["--set", columns]);
    assert_eq!([&of["jobs"], &of["tasks"], &of["work"]], [2, 3, 130]);
    let microseconds = "arrival,need,processors\n600000000,30000000,1\n600000500,90000000,1\n9223372036854775807,1,1\n";
    let ticks = ["--set", "work.log.tick_seconds=1000000"];
    let answer = play(microseconds, &ticks);
    says(answer.error(2), &["jobs:4: column 'arrival' is '9223372036854775807'"]);
    let of = account(microseconds, &[&ticks[..], &["--lenient"]].concat());
    assert_eq!([&of["jobs"], &of["work"]], [2, 120]);
}

#[test]
fn what_a_run_cannot_do_of_a_log_is_said_before_it() {
    let long = "arrival,need,processors\n0,3000,40\n3900,200,1\n5000,1,1\n";
    let lines = [
        "the log reaches beyond the run: 1 of its 3 jobs arrives after its 4,000 ticks",
        "1 job needs more ticks than are left of 4,000 at arrival, and cannot end",
        "the log asks for 1.9 times what 16 cells can execute in 4,000 ticks: 120,200 ticks of work",
    ];
    let answer = play(long, &[]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(&answer.stderr, &lines);
    let answer = play(long, &["--explain"]);
    says(&answer.stdout, &lines);
    says(&answer.stdout, &["187.8 % in all 4,000 ticks"]);
    let quiet = play("arrival,need,processors\n0,3,1\n", &[]);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn tables_of_jobs_say_which_jobs_they_are_of_and_in_what() {
    let log = "arrival,need,processors\n0,1,1\n60,600,1\n120,6000000,1\n";
    let minute = ["--set", "work.log.tick_seconds=60"];
    let answer = play(log, &minute);
    says(
        &answer.stdout,
        &[
            "wait, ticks",
            "3 of 3 started",
            "response, s",
            "2 of 3 ended",
            "bounded slowdown, 10 s",
        ],
    );
    let json = play(log, &[&minute[..], &["--json"]].concat()).json();
    let jobs = &json["jobs"];
    assert_eq!(
        (&jobs["wait"]["jobs"], &jobs["response"]["jobs"]),
        (&3.into(), &2.into())
    );
    let seconds = jobs["response_seconds"]["max"].as_f64().unwrap();
    assert!((seconds - 60.0 * jobs["response"]["max"].as_f64().unwrap()).abs() < 1e-9);
    let bound = ["--set", "work.log.slowdown_bound=3600"];
    let json = play(log, &[&minute[..], &bound, &["--json"]].concat()).json();
    assert_eq!(json["jobs"]["slowdown"]["max"], 1.0);
}

#[test]
fn what_is_not_used_is_named() {
    let log = "when,need,processors,note\n0,3,2,x\n";
    let by_name = ["--set", "work.log.columns.arrival=when"];
    let answer = play(log, &by_name);
    says(&answer.stdout, &["1 job of 2 tasks", "not used: column note"]);
    let bench = Bench::new();
    bench.write("jobs", "arrival,need\n0,3\n");
    let replaced = [
        "orchestra",
        "--agents",
        "64",
        "--ticks",
        "50",
        "--no-out",
        "--set",
        "work.trace=jobs",
    ];
    let answer = bench.run(&replaced);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let line = "work.arrivals of the scenario: an argument gives work.trace in its place";
    says(&answer.stderr, &[line]);
    says(&answer.stdout, &[line]);
    let unused = bench.run(&[&replaced[..], &["--json"]].concat()).json()["unused"].clone();
    assert_eq!(unused[0], line);
    says(&bench.run(&[&replaced[..], &["--explain"]].concat()).stdout, &[line]);
    let user = play("arrival,need\n0,3\n", &["--set", "work.log.cells=user"]);
    says(user.error(2), &["work.log.cells is \"user\"", "has no column of users"]);
}

/// What somebody wrote and nothing heeds is told, before a run and after it.
#[test]
fn columns_without_effect_are_told() {
    let log = "arrival,need,Account,owner\n0,60,7,ann\n30,10,9,bob\n";
    let arguments = [
        "--set",
        "work.log.tier=size",
        "--set",
        "work.log.columns.tier=Account",
        "--set",
        "work.log.columns.user=owner",
        "--set",
        "work.tiers=[0.5,0.3,0.2]",
    ];
    let unused = [
        "work.log.columns.tier: work.log.tier is \"size\"",
        "work.log.columns.user: work.log.cells is \"hash\", and not \"user\"",
        "tiers are by size: 1 processor is tier 0, 2 to 4 tier 1; more processors are of tier 2, the last",
    ];
    says(&play(log, &[&arguments[..], &["--explain"]].concat()).stdout, &unused);
    says(&play(log, &arguments).stdout, &unused[..2]);
    says(
        play("source,target\na,b\n", &[]).error(2),
        &["it has: source, target", "--set work.log.columns.arrival=NAME"],
    );
}

/// A header is no line that could have been skipped, and counts are readable.
#[test]
fn skipped_lines_are_of_those_with_jobs() {
    let log = "arrival,need\n0,60\n1,-5\n2,7\n";
    says(&play(log, &["--lenient"]).stdout, &["1 of 3 lines skipped"]);
    let many = format!("arrival,need,processors\n{}", "0,1,1500\n".repeat(2));
    says(
        &play(&many, &["--explain"]).stdout,
        &["2 jobs of 3,000 tasks and 3,000 ticks of work, arriving in ticks 0 to 0"],
    );
}
