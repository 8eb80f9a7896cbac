//! `topology`: the catalogue, one network, several side by side, pictures and exports.

use super::command::{Bench, says};
use serde_json::Value;
use tetraswarm::topology::KINDS;

#[test]
fn the_catalogue_lists_every_kind() {
    let bench = Bench::new();
    let answer = bench.tetraswarm(&["topology"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let listed: Vec<&str> = answer
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for kind in KINDS {
        assert!(listed.contains(&kind.name), "{}", kind.name);
        // A table of terminals, not of novels.
        assert!(
            !kind.degree.is_empty() && !kind.nodes.is_empty() && kind.purpose.len() < 90,
            "{}",
            kind.name
        );
    }
    let json = bench.tetraswarm(&["topology", "--json"]).json();
    assert_eq!(json.as_array().unwrap().len(), KINDS.len());
    assert_eq!(json[0]["kind"], KINDS[0].name);
}

#[test]
fn a_network_is_measured() {
    let bench = Bench::new();
    let answer = bench.tetraswarm(&["topology", "tetrahedral", "--nodes", "1024"]);
    says(
        &answer.stdout,
        &[
            "2,046",
            "3 to 4, 3.996 on average",
            "0.0036305",
            "19.8693",
            "neighbours are computed",
        ],
    );
    let json = bench
        .tetraswarm(&["topology", "ring", "--nodes", "64", "--json"])
        .json();
    assert_eq!((&json["topology"], &json["nodes"]), (&"ring".into(), &64.into()));
    assert_eq!(json["diameter"], serde_json::json!({ "value": 32, "exact": true }));
    // Parameters, by themselves or with their kind.
    for set in ["offsets=[1,5]", "circulant.offsets=[1,5]", "topology.offsets=[1,5]"] {
        let json = bench
            .tetraswarm(&["topology", "circulant", "--nodes", "40", "--set", set, "--json"])
            .json();
        assert_eq!(json["parameters"]["offsets"], serde_json::json!([1, 5]), "{set}");
        assert_eq!(json["degree_greatest"], 4, "{set}");
    }
    let arguments = [
        "topology",
        "ring+fibonacci-chords",
        "--nodes",
        "55",
        "--set",
        "fibonacci-chords.stride=1",
        "--json",
    ];
    let json = bench.tetraswarm(&arguments).json();
    assert_eq!(
        (&json["topology"], &json["links"]),
        (&"ring + fibonacci-chords".into(), &(55 * 8).into())
    );
    assert!(bench.names("").is_empty());
}

#[test]
fn a_network_of_ones_own_is_measured_and_drawn() {
    let bench = Bench::new();
    bench.write("net.txt", "a b\nb c\nd e\n");
    let answer = bench.tetraswarm(&["topology", "graph", "--set", "file=net.txt"]);
    says(
        &answer.stdout,
        &["read as an edge list", "2, the largest of 3 nodes", "12 pairs"],
    );
    let answer = bench.tetraswarm(&["topology", "graph", "--set", "file=net.txt", "--picture", "net.svg"]);
    says(&answer.stdout, &["wrote net.svg"]);
    says(&bench.read("net.svg"), &["2 unconnected parts"]);
    says(
        bench.tetraswarm(&["topology", "graph"]).error(2),
        &["graph: file is missing", "--set file=FILE"],
    );
    let counted = ["topology", "graph", "--set", "file=net.txt", "--nodes", "5"];
    says(
        bench.tetraswarm(&counted).error(2),
        &["--nodes is 5", "leave --nodes out"],
    );
}

#[test]
fn networks_stand_side_by_side() {
    let bench = Bench::new();
    let answer = bench.tetraswarm(&[
        "topology",
        "--compare",
        "ring,tetrahedral,tetrahedral+ring",
        "--nodes",
        "70",
    ]);
    let lines: Vec<Vec<&str>> = answer
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1][..5], ["ring", "70", "70", "2", "35"], "{}", answer.stdout);
    assert_eq!(lines[2][..5], ["tetrahedral", "64", "126", "3.94", "7"]);
    assert_eq!(lines[3][..5], ["tetrahedral", "+", "ring", "64", "190"]);
    let json = bench
        .tetraswarm(&["topology", "--compare", "ring,chord", "--nodes", "32", "--json"])
        .json();
    let names: Vec<&Value> = json.as_array().unwrap().iter().map(|row| &row["topology"]).collect();
    assert_eq!(names, ["ring", "chord"]);
    says(
        bench.tetraswarm(&["topology", "--compare", "ring,cord"]).error(2),
        &["'chord'"],
    );
    let stray = ["topology", "--compare", "ring", "--set", "chord.x=1"];
    says(bench.tetraswarm(&stray).error(2), &["--set chord.x=1", "not compared"]);
}

/// The published figures of networks near 1000 nodes, as the whole table prints them.
#[test]
fn the_table_of_all_kinds_agrees_with_the_reference() {
    let bench = Bench::new();
    let table = |nodes: &str| {
        bench
            .tetraswarm(&["topology", "--compare", "all", "--nodes", nodes, "--json"])
            .json()
    };
    let (one, other) = (table("1000"), table("1024"));
    let with_standard = KINDS.iter().filter(|kind| kind.standard.is_some()).count();
    assert_eq!(one.as_array().unwrap().len(), with_standard + 1);
    let rows = [&one, &other].into_iter().flat_map(|table| table.as_array().unwrap());
    let reference: Vec<Value> = serde_json::from_str(include_str!("../reference/topologies.json")).unwrap();
    let mut agreeing = 0;
    for row in rows {
        assert_eq!(
            (&row["diameter"]["exact"], &row["metropolis_gap"]["exact"]),
            (&true.into(), &true.into()),
            "{row}"
        );
        let spec = &row["parameters"];
        let fragment = |entry: &Value| {
            let text = entry["topology"].as_str()?;
            let table: toml::Table = toml::from_str(text).ok()?;
            // Whatever the entry sets, the row has; it may have defaults besides.
            let alike = table
                .iter()
                .all(|(key, value)| spec[key] == serde_json::to_value(value).unwrap_or_default());
            alike.then_some(())
        };
        for entry in reference
            .iter()
            .filter(|entry| entry["n"] == row["nodes"] && fragment(entry).is_some())
        {
            let near = |name: &str, value: &Value| {
                let (found, wanted) = (value["value"].as_f64().unwrap(), entry[name].as_f64().unwrap());
                assert!(
                    (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
                    "{name}: {found} for {entry}"
                );
            };
            assert_eq!(row["links"], entry["edges"], "{entry}");
            near("diameter", &row["diameter"]);
            near("avg_dist", &row["mean_distance"]);
            near("laplacian_lambda2", &row["laplacian_lambda2"]);
            near("metropolis_gap", &row["metropolis_gap"]);
            agreeing += 1;
        }
    }
    assert!(agreeing >= 12, "{agreeing} entries");
}

#[test]
fn pictures_and_exports_are_written_whole_or_not_at_all() {
    let bench = Bench::new();
    let arguments = [
        "topology",
        "tetrahedral",
        "--nodes",
        "64",
        "--picture",
        "t.png",
        "--width",
        "400",
        "--export",
        "t.graphml",
    ];
    says(
        &bench.tetraswarm(&arguments).stdout,
        &["64 nodes, 126 links", "wrote t.png", "wrote t.graphml"],
    );
    let json = bench
        .tetraswarm(&["topology", "ring", "--export", "r.mtx.gz", "--json"])
        .json();
    assert_eq!((&json["links"], &json["files"][0]), (&1000.into(), &"r.mtx.gz".into()));
    assert_eq!(bench.names(""), ["r.mtx.gz", "t.graphml", "t.png"]);
    // What was written can be read.
    let answer = bench.tetraswarm(&["topology", "graph", "--set", "file=r.mtx.gz"]);
    says(&answer.stdout, &["Matrix Market", "2 each"]);
    // A large one is shown in part, and says which.
    bench.tetraswarm(&["topology", "ring", "--nodes", "100000", "--picture", "part.svg"]);
    says(&bench.read("part.svg"), &["of 100,000 nodes", "of node 0"]);
    let failing = |arguments: &[&str]| bench.tetraswarm(&[&["topology", "ring"], arguments].concat());
    says(failing(&["--picture", "r.jpg"]).error(2), &["r.jpg", ".png and .svg"]);
    says(failing(&["--export", "r.pdf"]).error(2), &["r.pdf", ".graphml"]);
    says(
        failing(&["--picture", "no/r.png"]).error(2),
        &["--picture no/r.png would be in no, which is not there"],
    );
    says(
        failing(&["--export", "no/r.mtx"]).error(2),
        &["--export no/r.mtx would be in no, which is not there"],
    );
    assert_eq!(bench.names(""), ["part.svg", "r.mtx.gz", "t.graphml", "t.png"]);
    // What is there already stays, unless it is said that it may go.
    for (option, file) in [("--picture", "t.png"), ("--export", "t.graphml")] {
        bench.write(file, "mine");
        says(
            failing(&[option, file]).error(2),
            &[option, file, "exists already", "--force"],
        );
        assert_eq!(bench.read(file), "mine");
        assert_eq!(failing(&[option, file, "--force"]).code, 0);
        assert_ne!(std::fs::read(bench.join(file)).unwrap(), b"mine");
    }
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    let bench = Bench::new();
    let error = |arguments: &[&str], parts: &[&str]| {
        says(bench.tetraswarm(&[&["topology"], arguments].concat()).error(2), parts);
    };
    error(&["--export", "x.txt"], &["KIND is missing", "topology tetrahedral"]);
    error(&["--nodes", "100"], &["KIND is missing"]);
    error(&["tetrahedal"], &["'tetrahedral'"]);
    error(
        &["tetrahedral", "--nodes", "1000"],
        &["--nodes is 1000", "256 and 1024"],
    );
    error(&["ring", "--set", "twist=1"], &["--set twist=1", "no known key"]);
    error(&["ring", "--set", "twist"], &["--set twist", "KEY=VALUE"]);
    error(&["ring", "--set", "chord.x=1"], &["--set chord.x=1", "not asked for"]);
    error(
        &["ring+tetrahedral", "--nodes", "100"],
        &["--nodes is 100", "64 and 256"],
    );
    error(
        &["circulant", "--nodes", "9", "--set", "offsets=[7]"],
        &["topology.offsets", "1 to 4"],
    );
    error(&["ring", "--nodes", "1"], &["--nodes is 1", "fit: 2"]);
}
