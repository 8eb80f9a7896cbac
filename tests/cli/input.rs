//! Bad input: each kind gets an exit code and one message that names the place and the remedy.

use super::command::{Bench, says};

/// What is needed to run, but the topology.
const REST: &str =
    "ticks = 5\n[consensus]\nrule = \"average\"\nstart = { kind = \"uniform\", low = 0, high = 9 }\n[topology]\n";

#[test]
fn arguments_that_no_scenario_allows() {
    let bench = Bench::new();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--agents", "0"], &["argument --agents 0:", "from 2 to 4_294_967_294"]),
        (&["--agents", "1"], &["from 2 to"]),
        (&["--agents", "-5"], &["agents is -5", "from 2 to"]),
        (&["--agents", "4294967295"], &["agents is 4294967295", "4_294_967_294"]),
        (&["--agents", "1099511627776"], &["agents is 1099511627776"]),
        (
            &["--agents", "99999999999999999999999"],
            &["agents is 1e23", "an integer from"],
        ),
        (&["--agents", "1e6"], &["write 1_000_000, without point or exponent"]),
        (&["--agents", "many"], &["agents is \"many\""]),
        (&["--agents", ""], &["argument --agents '': agents is \"\""]),
        (&["--ticks", "-1"], &["argument --ticks -1:", "from 0 to 4_294_967_295"]),
        (&["--seed", "NaN"], &["argument --seed NaN:"]),
        (&["--seed", "4294967296"], &["from 0 to 4_294_967_295"]),
        (&["--threads", "NaN"], &["--threads", "an integer from 1 to 1024"]),
        (&["--threads", "0"], &["an integer from 1 to 1024"]),
        (&["--threads", "1000000"], &["an integer from 1 to 1024"]),
        (&["--device", "quantum"], &["no device 'quantum'", "tetraswarm devices"]),
        (&["--device", "cpu", "--backend", "gl"], &["--backend"]),
        (&["--backend", "cuda"], &["'cuda'", "--backend"]),
        (&["--device", "cpu:2", "--threads", "3"], &["cpu:2", "--threads says 3"]),
        (
            &["--device", "cpu:0"],
            &["cpu:N takes a number of threads from 1 to 1024"],
        ),
        (&["--device", "0=radeon"], &["0 is the CPU"]),
        (&["--no-out", "--out", "x"], &["--no-out", "--out"]),
        (&["--bakend", "gl"], &["--bakend"]),
        (&["agreemant"], &["'agreemant'", "did you mean 'agreement'?"]),
    ];
    for (arguments, parts) in cases {
        let answer = bench.tetraswarm(&[&["run"], *arguments].concat());
        says(answer.error(2), parts);
    }
    assert!(bench.names("").is_empty());
}

#[test]
fn settings_that_no_scenario_allows() {
    let bench = Bench::new();
    let cases: &[(&str, &[&str])] = &[
        ("rounding", &["has no '='", "--set KEY=VALUE"]),
        ("=3", &["is no key"]),
        ("a..b=3", &["'a..b' is no key"]),
        (
            "topolgy.kind=ring",
            &["topolgy is no known key", "did you mean 'topology'?"],
        ),
        (
            "topology.kind=rign",
            &["topology.kind is \"rign\"", "did you mean 'ring'?", "torus2d"],
        ),
        ("topology.kind=3", &["topology.kind is 3", "one of the words"]),
        ("topology=3", &["a table with the key 'kind'"]),
        (
            "topology.length=3",
            &["topology.length is no known key", "kind, stride"],
        ),
        ("timing.rate=nan", &["timing.rate is nan", "at most 1"]),
        ("timing.rate=1.5", &["timing.rate is 1.5", "at most 1"]),
        ("consensus.start.low=-300000000", &["from -268_435_456 to 268_435_456"]),
        ("consensus.start.low=20000000", &["above high"]),
        (
            "consensus.start={kind=\"point\"}",
            &["consensus.start.value is missing"],
        ),
        (
            "consensus.start={kind=\"point\",value=1,node=1048575}",
            &["1048575 nodes"],
        ),
        ("consensus.start={kind=\"file\",file=\"none\"}", &["none: no such file"]),
        (
            "topology={kind=\"circulant\",offsets=[1,\"a\"]}",
            &["topology.offsets", "\"a\"", "an integer"],
        ),
        ("topology={kind=\"tetrahedral\"}", &["a power of four"]),
        ("name=../../etc", &["name is", "letters, digits"]),
        ("measure.every=0", &["from 1 to"]),
        ("stop.spread=-1", &["from 0 to"]),
    ];
    for (setting, parts) in cases {
        let answer = bench.run(&["agreement", "--agents", "1048575", "--set", setting]);
        let message = answer.error(2);
        says(message, parts);
    }
    // Deeper than any stack.
    let deep = format!("{}b=1", "a.".repeat(40_000));
    says(bench.run(&["--set", &deep]).error(2), &["40001 parts"]);
    assert!(bench.names("").is_empty());
}

#[test]
fn scenarios_that_cannot_be_read_name_line_and_column() {
    let bench = Bench::new();
    let ring = format!("agents = 9\n{REST}kind = \"ring\"\n");
    let cases = [
        (String::new(), "bad.toml:1:1: ticks is missing"),
        (
            format!("Agents = 3\n{ring}"),
            "bad.toml:1:1: Agents is no known key; did you mean 'agents'?",
        ),
        (
            format!("agents = 3\n{ring}"),
            "bad.toml:2:1: the key agents is there twice",
        ),
        (
            ring.replace("agents = 9", "agents = 1099511627776"),
            "bad.toml:1:10: agents is 1099511627776",
        ),
        (ring.replace("agents = 9", ""), "bad.toml:1:1: agents is missing"),
        (
            ring.replace("ticks = 5", "ticks = \"5\""),
            "bad.toml:2:9: ticks is \"5\"; it must be an integer",
        ),
        (
            ring.replace("\"ring\"", "\"torus\""),
            "bad.toml:7:8: topology.kind is \"torus\"; did you mean 'torus2d'?",
        ),
        (
            format!("{ring}length = 3\n"),
            "bad.toml:8:1: topology.length is no known key; known here: kind",
        ),
        (
            format!("{ring}[timing]\nrate = 0.5\n"),
            "bad.toml:8:1: timing.kind is missing; it can be: synchronous",
        ),
        (
            format!("{ring}[stop]\nspred = 4\n"),
            "bad.toml:9:1: stop.spred is no known key; did you mean 'spread'?",
        ),
        (
            ring.replace("low = 0", "low = 10"),
            "bad.toml:5:35: consensus.start.low is 10, above high",
        ),
        ("[topology\n".to_owned(), "bad.toml:1:10: "),
        (format!("a = {}", "[".repeat(100_000)), "bad.toml:1:"),
    ];
    for (text, expected) in cases {
        bench.write("bad.toml", &text);
        let answer = bench.run(&["bad.toml"]);
        let message = answer.error(2);
        assert!(message.starts_with(expected), "'{expected}' does not begin: {message}");
    }
    bench.write("bad.toml", b"ticks = 5\nname = \"\xff\"\n");
    says(bench.run(&["bad.toml"]).error(2), &["bad.toml:2:", "not UTF-8"]);
    assert_eq!(bench.names(""), ["bad.toml"]);
}

#[test]
fn networks_and_start_values_that_cannot_be_used() {
    let bench = Bench::new();
    let networks: &[(&[u8], &[&str])] = &[
        (b"", &["net.txt: empty", "edge list"]),
        (b"1 2\n3\n", &["net.txt:2:", "names one end"]),
        (b"1 2\n1 4294967295\n", &["net.txt:2:", "4294967295", "0 to 4294967294"]),
        (b"a b\nc\0d e\n", &["net.txt:2:", "binary"]),
        (b"7 7\n", &["net.txt", "at least two nodes"]),
        (b"5 4\n2\n1\n", &["net.txt:3:", "METIS"]),
        (b"\x1f\x8b\x08\x00\x00", &["net.txt", "gzip"]),
    ];
    for (content, parts) in networks {
        bench.write("net.txt", content);
        says(
            bench.run(&["gnutella", "--set", "topology.file=net.txt"]).error(2),
            parts,
        );
    }
    says(
        bench.run(&["gnutella", "--set", "topology.file=none"]).error(2),
        &["none: no such file"],
    );
    says(
        bench.run(&["gnutella"]).error(2),
        &["topology.file is empty", "--set topology.file="],
    );
    bench.write("net.txt", "ann -> bob\nbob -> cho\n");
    let chosen = [
        "gnutella",
        "--ticks",
        "1",
        "--no-out",
        "--set",
        "topology.file=net.txt",
        "--set",
        "topology.columns=[1,3]",
    ];
    says(
        &bench.run(&chosen).stdout,
        &[
            "read as an edge list of 2 links, undirected and unweighted",
            "column 2 is not used",
        ],
    );
    bench.write("net.txt", "1 2\n");
    let limited = ["gnutella", "--set", "topology.file=net.txt", "--memory", "3"];
    says(
        bench.run(&limited).error(2),
        &["net.txt: takes more than 3 bytes", "--memory"],
    );
    let counted = ["gnutella", "--set", "topology.file=net.txt", "--agents", "2"];
    says(
        bench.run(&counted).error(2),
        &["argument --agents 2:", "leave agents out"],
    );

    let starts: &[(&[u8], &[&str])] = &[
        (b"1\n2\n", &["holds 2 numbers", "3 nodes"]),
        (b"1\nx\n3\n", &["start.txt:2:", "'x' is no whole number"]),
        (b"1\n2\n268435457\n", &["start.txt:3:", "268435457", "outside"]),
        (b"\x93NUMPY\x01\x00", &["start.txt", ".npy"]),
    ];
    for (content, parts) in starts {
        bench.write("start.txt", content);
        let start = "consensus.start={kind=\"file\",file=\"start.txt\"}";
        says(
            bench.run(&["agreement", "--agents", "3", "--set", start]).error(2),
            parts,
        );
    }
    assert_eq!(bench.names(""), ["net.txt", "start.txt"]);
}

/// What is asked for can be typed as it stands.
#[test]
fn remedies_are_spelled_out() {
    let bench = Bench::new();
    bench.write("empty.txt", "");
    bench.write("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["run", "--set", "work.arrivals.rate=1"],
            &[
                "the embedded scenario orchestra: work.arrivals has load and rate",
                "--unset work.arrivals.load",
            ],
        ),
        (
            &["run", "agreement", "--set", "consensus.rule=majority"],
            &[
                "the embedded scenario agreement: consensus.start.kind is \"uniform\"",
                "--unset consensus.start",
            ],
        ),
        (&["topology", "graph"], &["graph: file is missing", "--set file=FILE"]),
        (
            &["run", "--set", "work.order={kind=\"weighted\"}"],
            &["work.order.weights is missing", "as in [0.5, 0.3, 0.2]"],
        ),
        (
            &["run", "--set", "faults.events=[{kind=\"kill\",tick=5}]"],
            &[
                "faults.events[0].who is missing",
                "as in { kind = \"share\", share = 0.1 }",
            ],
        ),
        (
            &["run", "--set", "faults.events=[{kind=\"kill\",tick=5,who=all}]"],
            &[
                "argument --set 'faults.events=[{kind=\"kill\",tick=5,who=all}]': faults.events is not valid TOML at `all`",
            ],
        ),
        (
            &["run", "--set", "topolgy.kind=ring"],
            &["argument --set topolgy.kind=ring: topolgy is no known key"],
        ),
        (
            &["run", "--device", "cpu:x"],
            &["cpu:N takes a number of threads from 1 to 1024"],
        ),
        (&["run", "--device", "none such"], &["there are 0: CPU, "]),
        (&["run", "empty.txt"], &["empty.txt is empty"]),
        (
            &["run", "gnutella", "--set", "topology.file=picture.txt"],
            &["picture.txt: a picture (PNG)"],
        ),
        (
            &["run", "hpc2n", "--set", "work.trace=picture.txt"],
            &["picture.txt: a picture (PNG)"],
        ),
    ];
    for (arguments, parts) in cases {
        says(bench.tetraswarm(arguments).error(2), parts);
    }
    for (rate, is_percent) in [("2", false), ("1.5", false), ("50", true)] {
        let answer = bench.run(&["--set", &format!("timing.rate={rate}")]);
        let message = answer.error(2);
        says(message, &["it must be a number above 0, at most 1"]);
        assert_eq!(message.contains("did you mean 0.5?"), is_percent, "{message}");
    }
    let saved = bench.run(&[
        "agreement",
        "--agents",
        "50",
        "--ticks",
        "4",
        "--no-out",
        "--save",
        "s.npz",
        "--save-every",
        "2",
    ]);
    says(&saved.stdout, &["states        s-2.npz, s.npz\n"]);
    let again = [
        "agreement",
        "--agents",
        "50",
        "--ticks",
        "0",
        "--no-out",
        "--json",
        "--save",
        "t.parquet",
    ];
    assert_eq!(bench.run(&again).json()["states"], serde_json::json!(["t.parquet"]));
    for file in ["s.npz", "t.parquet"] {
        let start = format!("'consensus.start={{kind=\"file\",file=\"{file}\"}}'");
        says(bench.run(&[file]).error(2), &["looks like a saved state", &start]);
    }
}
