//! `run --explain`.

use super::command::{Bench, says};

#[test]
fn the_plan_is_printed_and_nothing_runs() {
    let bench = Bench::new();
    // 16 GiB a copy, which nobody would want to wait for.
    let answer = bench.run(&["agreement", "--agents", "4_294_967_294", "--explain"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    says(
        &answer.stdout,
        &[
            "fibonacci-chords",
            "nodes       4,294,967,294\n",
            "neighbours  46 each",
            "1. average: rounding random, divisor q = 47",
            "reads consensus.belief; writes the next consensus.belief; walks the links",
            "34,359,738,352 bytes",
            "32.0 GiB",
            "8.00 bytes a node",
        ],
    );
    assert!(bench.names("").is_empty());
}

#[test]
fn the_accumulators_of_quasi_show() {
    let bench = Bench::new();
    bench.write("path.txt", "0 1\n1 2\n2 3\n");
    let quasi = [
        "gnutella",
        "--explain",
        "--set",
        "topology.file=path.txt",
        "--set",
        "consensus.rounding=quasi",
    ];
    let answer = bench.run(&quasi);
    says(
        &answer.stdout,
        &[
            "updates consensus.carry",
            "column consensus.carry",
            "a word a link end",
            "24 bytes",
            "neighbours  1 to 2, 1.50 on average",
            "an edge list of 3 links, undirected and unweighted; dropped 0 self-loops and 0 duplicates",
        ],
    );
}

/// What is said beforehand is what is said afterwards.
#[test]
fn memory_is_the_same_number_before_and_after() {
    let bench = Bench::new();
    bench.write("two.txt", "0 1\n1 2\n3 4\n");
    let arguments = ["gnutella", "--set", "topology.file=two.txt", "--ticks", "5"];
    let plan = bench.run(&[&arguments[..], &["--explain"]].concat());
    let all = plan.stdout.lines().find(|line| line.starts_with("  all ")).unwrap();
    let json = bench.run(&[&arguments[..], &["--no-out", "--json"]].concat()).json();
    let bytes = json["memory"]["device_bytes"].as_u64().unwrap();
    assert!(all.contains(&format!(" {bytes} bytes")), "{all}: {bytes}");
    says(
        &plan.stdout,
        &["2 parts without a link between, the largest of 3 nodes"],
    );
}
