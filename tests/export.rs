//! Networks written for other programs: what our own importer and NetworkX read back is the same network.

use crate::support::{files, links, samples, scenario};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::topology::export::{ENDINGS, ExportFormat, save, write};
use tetraswarm::topology::import::{Limits, read};
use tetraswarm::topology::{Site, Topology};

fn build(nodes: u32, topology: &str, folder: &Path) -> Arc<dyn Topology> {
    let scenario = scenario(nodes, topology, "kind = \"synchronous\"", "trunc", 0);
    let nodes = (nodes > 0).then_some(nodes);
    scenario.topology.build(Site { nodes, seed: 7, folder }).unwrap()
}

fn go_on(_: u32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn name(topology: &dyn Topology, node: u32) -> String {
    topology
        .ids()
        .map_or_else(|| node.to_string(), |ids| ids.get(node).into_owned())
}

/// The links by the nodes' names, each once, the lesser name first.
fn named(topology: &dyn Topology) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = links(topology)
        .into_iter()
        .map(|(i, j)| {
            let (one, other) = (name(topology, i), name(topology, j));
            if one < other { (one, other) } else { (other, one) }
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn what_is_written_reads_back_with_the_same_ids() {
    let folder = files();
    for (nodes, text) in samples() {
        let topology = build(nodes, &text, folder.path());
        let original = named(&*topology);
        for ending in ["txt", "mtx", "txt.gz", "mtx.gz"] {
            let path = folder.path().join(format!("network.{ending}"));
            save(&*topology, &path, &mut go_on).unwrap();
            let imported = read(&path, Limits::default()).unwrap();
            assert_eq!(imported.links_read, topology.links(), "{text}, {ending}");
            let graph = &imported.graph;
            let offset = u32::from(ending.starts_with("mtx"));
            if offset == 1 {
                assert_eq!(graph.nodes(), topology.nodes(), "{text}, {ending}");
            }
            // Matrix Market numbers the nodes, an edge list has what they are called.
            let called = |node: u32| match offset {
                1 => name(&*topology, node),
                _ => imported.ids.get(node).into_owned(),
            };
            let mut found: Vec<(String, String)> = (0..graph.nodes())
                .flat_map(|i| graph.row(i).iter().map(move |&j| (i, j)))
                .map(|(i, j)| (called(i), called(j)))
                .filter(|(one, other)| one < other)
                .collect();
            found.sort();
            assert_eq!(found, original, "{text}, {ending}");
        }
    }
}

/// Runs a Python program if Python has NetworkX; otherwise says so and returns nothing, unless it is required.
fn python(program: &str, folder: &Path) -> Option<String> {
    let has = |python: &&str| {
        let answer = Command::new(python).args(["-c", "import networkx"]).output();
        answer.is_ok_and(|answer| answer.status.success())
    };
    // The system's, where packages are installed, beside the user's.
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has) else {
        let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
        assert!(
            !required.split(',').any(|part| part == "networkx"),
            "python3 has no networkx"
        );
        println!("skipped: python3 has no networkx");
        return None;
    };
    let answer = Command::new(python)
        .args(["-c", program])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Some(String::from_utf8(answer.stdout).unwrap())
}

#[test]
fn networkx_reads_the_same_network() {
    let folder = files();
    let mut expected = BTreeMap::new();
    for (k, (nodes, text)) in samples()
        .into_iter()
        .enumerate()
        .filter(|(_, (nodes, _))| *nodes <= 1100)
    {
        let topology = build(nodes, &text, folder.path());
        for ending in ["txt", "graphml"] {
            save(&*topology, &folder.path().join(format!("{k:03}.{ending}")), &mut go_on).unwrap();
        }
        let lines: Vec<String> = named(&*topology).iter().map(|(a, b)| format!("{a} {b}")).collect();
        expected.insert(
            format!("{k:03}"),
            (lines.join(","), topology.nodes(), topology.links(), text),
        );
    }
    // For each file the links by name, as a simple graph; and of GraphML the nodes, the links and a position.
    let program = "
import networkx as nx, glob
def lines(g): return ','.join(sorted({' '.join(sorted((str(a), str(b)))) for a, b in g.edges()}))
for path in sorted(glob.glob('[0-9]*.txt')):
    print(path[:3], 'txt', 0, 0, lines(nx.read_edgelist(path)), sep='|')
for path in sorted(glob.glob('[0-9]*.graphml')):
    g = nx.read_graphml(path)
    assert all(set(d) == {'x', 'y', 'z'} and all(isinstance(v, float) for v in d.values()) for _, d in g.nodes(data=True)), path
    print(path[:3], 'graphml', g.number_of_nodes(), g.number_of_edges(), lines(g), sep='|')
";
    let Some(answer) = python(program, folder.path()) else {
        return;
    };
    let mut seen = 0;
    for line in answer.lines() {
        let parts: Vec<&str> = line.split('|').collect();
        let (lines, nodes, links, text) = &expected[parts[0]];
        // Python sorts as we do: by code points.
        let mut found: Vec<&str> = parts[4].split(',').collect();
        let mut wanted: Vec<&str> = lines.split(',').collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{text}, {}", parts[1]);
        if parts[1] == "graphml" {
            assert_eq!(
                (parts[2], parts[3]),
                (&*nodes.to_string(), &*links.to_string()),
                "{text}"
            );
        }
        seen += 1;
    }
    assert_eq!(seen, 2 * expected.len());
}

#[test]
fn small_networks_as_they_are_written() {
    let topology = build(3, "kind = \"path\"", Path::new(""));
    let text = |format| {
        let mut text = Vec::new();
        write(&*topology, format, &mut text, &mut go_on).unwrap();
        String::from_utf8(text).unwrap()
    };
    assert_eq!(
        text(ExportFormat::EdgeList),
        "# path network of 3 nodes and 2 links\n0\t1\n1\t2\n"
    );
    assert_eq!(
        text(ExportFormat::MatrixMarket),
        "%%MatrixMarket matrix coordinate pattern symmetric\n% path network of 3 nodes and 2 links\n3 3 2\n2 1\n3 2\n"
    );
    let graphml = text(ExportFormat::GraphMl);
    assert!(
        graphml.contains(
            "<node id=\"2\"><data key=\"x\">2</data><data key=\"y\">0</data><data key=\"z\">0</data></node>\n"
        )
    );
    assert!(
        graphml
            .ends_with("<edge source=\"0\" target=\"1\"/>\n<edge source=\"1\" target=\"2\"/>\n</graph>\n</graphml>\n")
    );
}

#[test]
fn names_that_xml_cannot_hold_are_escaped() {
    let folder = files();
    std::fs::write(folder.path().join("names.txt"), "a<b c&d\nc&d e'\n").unwrap();
    let topology = build(0, "kind = \"graph\"\nfile = \"names.txt\"", folder.path());
    let mut text = Vec::new();
    write(&*topology, ExportFormat::GraphMl, &mut text, &mut go_on).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("source=\"a&lt;b\" target=\"c&amp;d\""), "{text}");
    assert!(text.contains("e&apos;"), "{text}");
}

#[test]
fn nothing_is_left_under_the_name_of_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let topology = build(100_000, "kind = \"ring\"", Path::new(""));
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    // Stopped on the way, after something has been written.
    let path = folder.path().join("ring.graphml");
    let mut calls = 0;
    let error = save(&*topology, &path, &mut |_| {
        calls += 1;
        if calls < 3 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert!(matches!(error, Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::Interrupted));
    assert_eq!(names(), 0);
    let error = save(&*topology, &folder.path().join("no/folder.mtx"), &mut go_on)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("folder.mtx: cannot export the network") && error.contains("folder exists"),
        "{error}"
    );
    for (name, hint) in [
        ("ring", "no format"),
        ("ring.graphm", "did you mean .graphml?"),
        ("ring.pdf.gz", ".mtx"),
    ] {
        let error = save(&*topology, &folder.path().join(name), &mut go_on)
            .unwrap_err()
            .to_string();
        assert!(error.contains(name) && error.contains(hint), "{error}");
    }
    assert_eq!(names(), 0);
    for (ending, format) in ENDINGS {
        assert_eq!(
            ExportFormat::of(Path::new(&format!("A.B.{}", ending.to_uppercase()))).unwrap(),
            (format, false)
        );
    }
}
