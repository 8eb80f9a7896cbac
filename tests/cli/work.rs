//! Cells that work: the summary, the results of a log's jobs, the lists, and bad input.

use super::command::{Bench, says};
use super::table::Table;
use serde_json::Value;

const TEN: &str = include_str!("../cases/ten_jobs.swf");

/// Sixteen cells, with everything that goes wrong.
const SMALL: &str = "name = \"small\"\nagents = 64\nticks = 600\ntopology = [{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]\n\
                     timing = { kind = \"golden\", rate = 0.5 }\nmeasure.every = 100\n[work]\ntiers = [0.2, 0.3, 0.5]\n\
                     need = { kind = \"geometric\", mean = 10 }\nerror = 0.001\narrivals.load = 0.7\n\
                     [faults]\ncrash = 0.002\nrecovery = 0.02\n\
                     liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }\n\
                     events = [{ kind = \"kill\", tick = 500, who = { kind = \"share\", share = 0.05 } }]\n";

fn with_small() -> Bench {
    let bench = Bench::new();
    bench.write("small.toml", SMALL);
    bench
}

/// Four cells that play a log of ten jobs by the order of their arrival.
const LOG: &str = "name = \"ten\"\nagents = 16\nticks = 60\n[topology]\nkind = \"ring\"\n[work]\ntrace = \"ten.swf\"\n\
                   order = { kind = \"fifo\" }\ntiers = [0.5, 0.5]\n[work.log]\ncells = \"round-robin\"\n";

fn with_log() -> Bench {
    let bench = Bench::new();
    bench.write("ten.swf", TEN);
    bench.write("ten.toml", LOG);
    bench
}

/// A run at whose end nothing has been committed, or even begun, says so: dashes, not zeros.
#[test]
fn figures_of_no_task_are_dashes_and_lines_fit() {
    let bench = with_small();
    let answer = bench.run(&["small.toml", "--ticks", "0", "--no-out"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &[
            "throughput   - before the first tick\n",
            "all       0          0     -    -    -    -    -\n",
            "fairness     - while nothing is committed\n",
            "hops         -\n",
            "messages     0, and no task committed\n",
        ],
    );
    let json = bench.run(&["small.toml", "--ticks", "0", "--json", "--no-out"]).json();
    let row = &json["measurement"];
    for figure in [
        &row["fairness"],
        &row["hops"],
        &row["messages_per_task"],
        &row["cell_throughput"],
        &row["utilisation"],
        &row["wait"]["mean"],
        &row["tiers"][0]["response"]["p99"],
    ] {
        assert!(figure.is_null(), "{row}");
    }
    let long = bench.run(&["orchestra", "--agents", "65536", "--ticks", "30", "--no-out"]);
    for line in long.stdout.lines().chain(answer.stdout.lines()) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

/// With a log, times are in seconds, too.
#[test]
fn a_log_says_how_long_a_tick_is() {
    let bench = with_log();
    let sixty = ["ten.toml", "--no-out", "--set", "work.log.tick_seconds=60"];
    let answer = bench.run(&sixty);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &["  mean in s\n", "\nunits        in ticks of 60 s since tick 0: "],
    );
    assert_eq!(
        bench.run(&[&sixty[..], &["--json"]].concat()).json()["tick_seconds"],
        60.0
    );
}

/// The summary from one fact to another: without the device, the memory and the time.
fn facts<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(&format!("\n{from}")).unwrap() + 1;
    let end = text.find(&format!("\n{to}")).unwrap() + 1;
    &text[start..end]
}

#[test]
fn the_summary_of_a_swarm_that_works_is_as_it_was() {
    let answer = with_small().run(&["small.toml", "--no-out"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(&answer.stdout, &["agents       64 in 16 cells\n", " agent-ticks/s\n"]);
    assert_eq!(facts(&answer.stdout, "tasks", "fingerprint"), include_str!("work.txt"));
}

#[test]
fn without_faults_nothing_is_said_of_them() {
    let answer = Bench::new().run(&[
        "orchestra",
        "--agents",
        "64",
        "--ticks",
        "50",
        "--set",
        "faults={}",
        "--no-out",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    for name in ["\nup ", "\nevents "] {
        assert!(!answer.stdout.contains(name), "{name}: {}", answer.stdout);
    }
}

#[test]
fn the_json_object_counts_agents_and_tasks() {
    let bench = with_small();
    let json = bench.run(&["small.toml", "--json"]).json();
    assert_eq!(
        (&json["agents"], &json["nodes"], &json["cells"]),
        (&64.into(), &16.into(), &16.into())
    );
    let rate = |key: &str| json[key].as_f64().unwrap();
    assert!((rate("agent_ticks_per_second") / rate("node_ticks_per_second") - 4.0).abs() < 1e-9);
    assert!(json.get("jobs").is_none());
    let row = &json["measurement"];
    let of = |key: &str| row[key].as_u64().unwrap();
    let outstanding = ["waiting", "queued", "running", "held"].map(of).iter().sum::<u64>();
    assert_eq!(of("outstanding"), outstanding);
    // One name is one thing: those of nodes that agree are not used again.
    for name in [
        "spread",
        "up",
        "active",
        "exchanges",
        "links",
        "messages",
        "throughput",
        "wrong",
    ] {
        assert!(row.get(name).is_none(), "{name}");
    }
    assert_eq!(
        of("messages_so_far"),
        ["dispatches", "votes", "offers", "transfers"]
            .map(of)
            .iter()
            .sum::<u64>()
    );
    assert!(of("agents_up") <= 64 && of("cells_up") <= 16 && of("cells_active") <= of("cells_up"));
    let real = |key: &str| row[key].as_f64().unwrap();
    assert!((real("swarm_throughput") / real("cell_throughput") - 16.0).abs() < 1e-9);
    for (tier, of_all) in [(&row["tiers"], &row["wait"]), (&row["tiers"], &row["response"])] {
        assert_eq!((tier.as_array().unwrap().len(), &of_all["since_tick"]), (3, &0.into()));
    }
    let sum = |key: &str, what: &str| -> u64 {
        let tiers = row["tiers"].as_array().unwrap().iter();
        tiers.map(|tier| tier[key][what].as_u64().unwrap()).sum()
    };
    for (key, tasks, unfinished) in [
        ("wait", sum("wait", "tasks"), of("submitted") - sum("wait", "tasks")),
        ("response", of("committed"), outstanding),
    ] {
        assert_eq!(
            (row[key]["tasks"].as_u64(), row[key]["unfinished"].as_u64()),
            (Some(tasks), Some(unfinished)),
            "{key}"
        );
        assert_eq!(sum(key, "unfinished"), unfinished, "{key}");
    }
    let ended = ["committed", "failed", "destroyed"].map(of).iter().sum::<u64>();
    assert_eq!(of("submitted"), outstanding + ended);
    assert_eq!(row["tiers"].as_array().unwrap().len(), 3);
    for (key, value) in [("dispatches", 0), ("votes", 0), ("offers", 0), ("transfers", 0)] {
        assert!(of(key) > value, "{key}");
    }
    let names = bench.names("runs/small-1");
    let expected = ["metrics.parquet", "scenario.toml", "summary.json", "times.parquet"];
    assert_eq!(names, expected);
    let table = Table::open(&bench.join("runs/small-1/metrics.parquet"));
    let about = |name: &str| table.meaning(name, "description");
    says(&about("outstanding"), &["Outstanding tasks"]);
    says(&about("messages_so_far"), &["so far"]);
    says(
        &about("wait_mean"),
        &["of tasks begun since tick 0, or since measure.from"],
    );
    says(&about("tier_2_not_ended"), &["of which no response is known"]);
}

#[test]
fn the_jobs_of_a_log_are_written_in_their_order() {
    let bench = with_log();
    let json = bench.run(&["ten.toml", "--json", "--out", "out"]).json();
    assert_eq!(
        bench.names("out"),
        [
            "jobs.parquet",
            "metrics.parquet",
            "scenario.toml",
            "summary.json",
            "times.parquet"
        ]
    );
    let of = &json["jobs"];
    assert_eq!((&of["account"]["jobs"], &of["ended"]), (&10.into(), &10.into()));
    assert_eq!((&of["not_ended"], &of["not_submitted"]), (&0.into(), &0.into()));
    assert_eq!(
        (&of["account"]["tasks"], &json["measurement"]["committed"]),
        (&17.into(), &17.into())
    );

    let table = Table::open(&bench.join("out/jobs.parquet"));
    let words = |name: &str| -> Vec<u32> { table.integers(name).into_iter().map(|word| word as u32).collect() };
    assert_eq!(words("job"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(words("submit"), [0, 0, 1, 3, 3, 4, 7, 8, 12, 12]);
    assert_eq!(words("need"), [4, 2, 1, 5, 1, 3, 2, 6, 1, 3]);
    let (ends, responses) = (words("end"), words("response"));
    assert_eq!(of["makespan"], *ends.iter().max().unwrap());
    let mean = f64::from(responses.iter().sum::<u32>()) / 10.0;
    assert!((of["response"]["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    assert_eq!(of["response"]["max"], f64::from(*responses.iter().max().unwrap()));
    // All on two threads as on one.
    let again = bench.run(&["out/scenario.toml", "--threads", "1", "--out", "again"]);
    assert_eq!(again.code, 2, "twice the same argument");
    let one = bench.tetraswarm(&[
        "run",
        "out/scenario.toml",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--out",
        "again",
    ]);
    assert_eq!(one.code, 0, "{}", one.stderr);
    // The metadata name the command line, which is another.
    let rows = |name: &str| Table::open(&bench.join(name)).rows;
    assert_eq!(rows("out/jobs.parquet"), rows("again/jobs.parquet"));
    says(
        &one.stdout,
        &[
            "ten.swf (swf): 10 jobs of 17 tasks",
            "jobs         10 ended, 0 not ended, 0 not submitted yet\n",
            "bounded slowdown",
        ],
    );
}

#[test]
fn a_run_that_ends_early_says_what_became_of_the_jobs() {
    let bench = with_log();
    let answer = bench.run(&["ten.toml", "--ticks", "8", "--no-out"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(&answer.stdout, &[" 3 not submitted yet\n", " ticks so far, 4 s\n"]);
    let none = bench.run(&["ten.toml", "--ticks", "0", "--no-out"]);
    says(&none.stdout, &["0 ended, 0 not ended, 10 not submitted yet\n"]);
    assert!(!none.stdout.contains("makespan"), "{}", none.stdout);
}

#[test]
fn a_log_is_read_leniently_on_request_only() {
    let bench = with_log();
    bench.write("bad.swf", TEN.replace("   3   1 -1  1", "   3   1 -1 -1"));
    let bad = ["ten.toml", "--no-out", "--set", "work.trace=bad.swf"];
    says(
        bench.run(&bad).error(2),
        &[
            "argument --set work.trace=bad.swf: work.trace ",
            "bad.swf:10: field 4 (run time) is -1",
            "`--lenient` (work.log.lenient = true)",
        ],
    );
    let json = bench.run(&[&bad[..], &["--lenient", "--json"]].concat()).json();
    assert_eq!(
        json["jobs"]["account"]["skipped"],
        serde_json::json!({ "need unknown": 1 })
    );
    assert_eq!(json["jobs"]["ended"], 9);
    says(
        bench.run(&["agreement", "--agents", "16", "--lenient"]).error(2),
        &["--lenient is about job logs", "--set work.trace=FILE"],
    );
    // A log given by an argument takes the place of a text's arrivals, and the other way round.
    let log = [
        "orchestra",
        "--agents",
        "64",
        "--no-out",
        "--json",
        "--set",
        "work.trace=ten.swf",
    ];
    assert_eq!(bench.run(&log).json()["jobs"]["ended"], 10);
    let drawn = ["ten.toml", "--no-out", "--json", "--set", "work.arrivals.load=0.5"];
    assert!(bench.run(&drawn).json().get("jobs").is_none());
    let both = [&log[..], &["--set", "work.arrivals.load=0.5"]].concat();
    says(bench.run(&both).error(2), &["stands beside work.arrivals"]);
}

#[test]
fn keys_and_words_that_are_mistyped_are_told_from_those_that_are_meant() {
    let bench = Bench::new();
    let cases: &[(&str, &[&str])] = &[
        (
            "work.ordr.kind=fifo",
            &["work.ordr is no known key", "did you mean 'order'?"],
        ),
        (
            "work.order.kind=fibonaci",
            &["did you mean 'fibonacci'?", "fifo, strict"],
        ),
        ("work.order=3", &["a table with the key 'kind'", "one of fifo"]),
        (
            "work.queue=17",
            &["is 17, which is no power of two; the nearest are 16 and 32"],
        ),
        ("work.retry=fib", &["it can be: fibonacci, binary, quadratic, none"]),
        ("work.agreement=quorom", &["did you mean 'quorum'?"]),
        ("work.balance.policy.kind=twochoices", &["did you mean 'two-choices'?"]),
        (
            "work.tiers=[0.5,0.4]",
            &["sums to 0.9, and must sum to 1; make work.tiers[0] 0.6"],
        ),
        (
            "agents=1000",
            &[
                "agents is 1000, 250 cells of 4, but the topology 'tetrahedral'",
                "the nearest that fit: 256 and 1024",
            ],
        ),
        (
            "agents=1002",
            &["is 1002; a cell has 4 agents", "the nearest that fit: 256 and 1024"],
        ),
        // No change of one share would do.
        (
            "work.tiers=[1,1,1]",
            &["sums to 3, and must sum to 1; divide each by 3"],
        ),
        ("work.trace=", &["work.trace is empty; name the file of a job log"]),
        ("work.trace=nowhere", &["nowhere: no such file", "check the path"]),
    ];
    for (setting, parts) in cases {
        says(bench.run(&["orchestra", "--no-out", "--set", setting]).error(2), parts);
    }
}

#[test]
fn the_plan_tells_of_cells_and_agents_and_events() {
    let bench = with_log();
    let answer = bench.run(&["orchestra", "--agents", "65536", "--explain"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    says(
        &answer.stdout,
        &[
            "agents      65,536\n",
            "cells       16,384\n",
            "timing      golden, a cell acts in 0.5 of the ticks\n",
            "worth       65,536 agents are 16,384 cells, each of which executes one task at a time: 16,384 execution slots\n",
            "a tick is what the needs are counted in\n",
            "load 0.7: as much work arrives as keeps 11,469 of the slots busy\n",
            "arrivals    load 0.7, bernoulli, hot-spots, share 0.05, multiple 10.0\n",
            "order       fibonacci\n",
            "events      tick 500: kill 3,277 of 65,536 agents (39 of them lie)\n",
            " words for the swarm ",
            " bytes a cell, ",
            " an agent",
            "a word a cell",
        ],
    );
    assert!(!answer.stdout.contains("a node"), "{}", answer.stdout);
    let answer = bench.run(&["ten.toml", "--explain"]);
    says(
        &answer.stdout,
        &["a tick is 1 s of the log; a job of p processors is p tasks\n"],
    );
    says(&answer.stdout, &["(swf): 10 jobs of 17 tasks", "column work.jobs"]);
}

#[test]
fn the_policies_are_those_of_the_schema() {
    let bench = Bench::new();
    let list = bench.tetraswarm(&["policies"]);
    assert_eq!(list.code, 0, "{}", list.stderr);
    let schema: Value = bench.tetraswarm(&["schema"]).json();
    let work = &schema["properties"]["work"]["properties"];
    for (key, of) in [
        ("order", &work["order"]),
        ("need", &work["need"]),
        ("retry", &work["retry"]),
    ] {
        for variant in of["oneOf"].as_array().unwrap() {
            let name = variant.get("const").unwrap_or(&variant["properties"]["kind"]["const"]);
            let name = format!("\n  {} ", name.as_str().unwrap());
            assert!(list.stdout.contains(&name), "{key}: {name} is not in {}", list.stdout);
        }
    }
    says(
        &list.stdout,
        &[
            "work.order.kind: ",
            "work.retry: ",
            "two-choices",
            "Keys: bound.",
            "hot-spots",
            "poisson",
            "(default)",
        ],
    );
    // Each is one word, as the list's help says.
    for setting in [
        "work.order.kind=strict",
        "work.retry=binary",
        "work.order=equal",
        "work.balance.policy=threshold",
        "work.balance.policy=two-choices",
    ] {
        let answer = bench.run(&["orchestra", "--agents", "64", "--explain", "--set", setting]);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
    }
}

#[test]
fn a_policy_is_told_in_detail() {
    let bench = Bench::new();
    let told = |name: &str| bench.tetraswarm(&["policies", name]);
    let answer = told("threshold");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &[
            "work.balance.policy = threshold\n",
            "offers what is above it",
            "work.balance.policy.bound: integer from 1 to 255; default 4. In tasks.",
            "Chosen by: --set work.balance.policy=threshold\n",
        ],
    );
    says(
        &told("bursts").stdout,
        &["Chosen by: --set work.arrivals.process.kind=bursts --set work.arrivals.process.size=…"],
    );
    let all = told("work.retry").stdout;
    says(&all, &["work.retry = fibonacci", "work.retry = quadratic"]);
    says(
        told("treshold").error(2),
        &["'treshold' is no policy", "threshold", "work.retry"],
    );
}

#[test]
fn the_tick_of_cells_is_measured() {
    let bench = Bench::new();
    let json = bench
        .tetraswarm(&["bench", "--work", "--device", "cpu", "--agents", "300", "--json"])
        .json();
    let row = &json["rows"][0];
    assert_eq!((&row["agents"], &row["cells"]), (&256.into(), &64.into()));
    assert!(row["figures"][0]["nanoseconds_per_agent_tick"].as_f64().unwrap() > 0.0);
    let both = bench.tetraswarm(&["bench", "--work", "--rule", "average"]);
    says(both.error(2), &["--work"]);
}

/// What comes after the end stays in the scenario, and the summary says that it does not happen.
#[test]
fn a_run_cut_short_keeps_later_events_and_says_that_they_do_not_happen() {
    let bench = with_small();
    let line = "1 event comes after the 300 ticks of this run and does not happen";
    for cut in [["--ticks", "300"], ["--set", "ticks=300"]] {
        let run = |more: &[&str]| bench.run(&[&["small.toml"], &cut[..], more].concat());
        let answer = run(&["--out", "cut"]);
        assert_eq!(
            (answer.code, answer.stderr.contains("note")),
            (0, false),
            "{}",
            answer.stderr
        );
        says(&answer.stdout, &[line]);
        says(&run(&["--explain"]).stdout, &[line, "tick 500: "]);
        let json = run(&["--no-out", "--json"]).json();
        assert_eq!(json["later"], serde_json::json!({ "events": 1, "signals": 0 }));
    }
    // What it leaves behind is the whole scenario, and goes on where more ticks are asked for.
    let text = bench.read("cut/scenario.toml");
    says(&text, &["[[faults.events]]", "tick = 500"]);
    let on = bench
        .run(&["cut/scenario.toml", "--ticks", "501", "--no-out", "--json"])
        .json();
    let whole = bench
        .run(&["small.toml", "--ticks", "501", "--no-out", "--json"])
        .json();
    assert_eq!(on["fingerprint"], whole["fingerprint"]);
    assert!(whole.get("later").is_none(), "{whole}");
    let signals = bench.run(&[
        "agreement", "--agents", "100", "--ticks", "5", "--no-out", "--set", "consensus.rule=tracking", "--set",
        "consensus.signal=[{ kind = \"step\", tick = 4, by = 1 }, { kind = \"step\", tick = 5, by = 1 }, { kind = \"step\", tick = 9, by = 1 }]",
    ]);
    says(
        &signals.stdout,
        &["2 signals come after the 5 ticks of this run and do not happen"],
    );
}
