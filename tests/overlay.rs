//! Networks laid over each other: a node's links are those that it has in each.

use crate::support::{OVERLAYS, Plain, files, links, scenario};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::average::Rounding;
use tetraswarm::scenario::{Document, Scenario};
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::{Overlay, Site, Topology};

fn build(nodes: Option<u32>, topology: &str, folder: &Path) -> Result<Arc<dyn Topology>, tetraswarm::Error> {
    let scenario = scenario(nodes.unwrap_or(0), topology, "kind = \"synchronous\"", "trunc", 0);
    scenario.topology.build(Site { nodes, seed: 7, folder })
}

#[test]
fn links_are_those_of_all_parts() {
    let folder = files();
    for (nodes, list) in OVERLAYS {
        let nodes = (*nodes > 0).then_some(*nodes);
        let topology = build(nodes, list, folder.path()).unwrap();
        let parts = topology.parts();
        assert!(parts.len() > 1, "{list}");
        let mut expected: Vec<(u32, u32)> = parts.iter().flat_map(|part| links(*part)).collect();
        expected.sort_unstable();
        assert_eq!(links(&*topology), expected, "{list}");
        assert_eq!(topology.links(), expected.len() as u64, "{list}");
        let degrees: BTreeSet<u32> = (0..topology.nodes()).map(|i| topology.degree(i)).collect();
        assert_eq!(Some(&topology.largest_degree()), degrees.last(), "{list}");
        assert_eq!(topology.regular_degree().is_some(), degrees.len() == 1, "{list}");
        for first in 0..topology.nodes() {
            if let Some(degree) = topology.degree_of_all(first..(first + 7).min(topology.nodes())) {
                assert!(
                    (first..(first + 7).min(topology.nodes())).all(|i| topology.degree(i) == degree),
                    "{list}"
                );
            }
        }
        for slot in 0..topology.slots() {
            if let Some(mirror) = topology.mirror(slot) {
                assert_eq!(topology.mirror(mirror), Some(slot), "{list}");
            }
        }
    }
}

#[test]
fn every_rounding_equals_the_plain_account_on_one_thread_and_two() {
    let folder = files();
    for (nodes, list) in OVERLAYS {
        for (rounding, timing) in Rounding::ALL
            .into_iter()
            .zip(["synchronous", "golden", "bernoulli", "golden"])
        {
            let scenario = scenario(*nodes, list, &format!("kind = \"{timing}\""), rounding.name(), 8);
            let mut plain = Plain::new(&scenario, folder.path());
            (0..8).for_each(|_| plain.step());
            for threads in [1, 2] {
                let swarm = Swarm::build(&scenario, folder.path()).unwrap();
                let device = CpuDevice::new(threads).unwrap();
                let mut run = Simulation::load(swarm, &device).unwrap();
                run.run().unwrap();
                let beliefs: Vec<i64> = run.beliefs().unwrap().into_iter().map(i64::from).collect();
                assert!(beliefs == plain.beliefs, "{list}, {}, {threads}", rounding.name());
            }
        }
    }
}

#[test]
fn a_scenario_keeps_its_overlay_and_its_files() {
    let folder = files();
    let list = "[{ kind = \"ring\" }, { kind = \"graph\", file = \"star.txt\" }]";
    let text = format!(
        "ticks = 3\ntopology = {list}\n[consensus]\nrule = \"average\"\nstart = {{ kind = \"ramp\", low = 0, high = 99 }}\n"
    );
    let scenario = Scenario::from_toml("test", &text).unwrap();
    let moved = scenario.clone().with_absolute_files(folder.path()).unwrap();
    let again = Scenario::from_toml("again", &moved.to_toml().unwrap()).unwrap();
    assert_eq!(again, moved);
    // The file says how many nodes the ring has.
    let plan = Swarm::plan(&again, Path::new("")).unwrap();
    assert_eq!((plan.nodes(), plan.topology.kind()), (3001, "ring + graph"));
    assert!(again.to_toml().unwrap().contains(folder.path().to_str().unwrap()));
    // A table of tables means the same.
    let tables = "ticks = 3\n[consensus]\nrule = \"average\"\nstart = { kind = \"ramp\", low = 0, high = 99 }\n\
        [[topology]]\nkind = \"ring\"\n[[topology]]\nkind = \"graph\"\nfile = \"star.txt\"\n";
    assert_eq!(Scenario::from_toml("tables", tables).unwrap(), scenario);
}

#[test]
fn a_list_of_one_is_that_network() {
    let topology = build(Some(9), "[{ kind = \"ring\" }]", Path::new("")).unwrap();
    assert_eq!(topology.kind(), "ring");
    assert!(Overlay::new(vec![topology]).is_err());
}

#[test]
fn faults_name_the_part_and_what_would_fit() {
    let folder = files();
    let message = |nodes: Option<u32>, list: &str| build(nodes, list, folder.path()).unwrap_err().to_string();
    let error = message(Some(100), "[{ kind = \"ring\" }, { kind = \"tetrahedral\" }]");
    assert!(
        error.starts_with("agents is 100") && error.contains("64 and 256"),
        "{error}"
    );
    let error = message(
        None,
        "[{ kind = \"graph\", file = \"star.txt\" }, { kind = \"graph\", file = \"path.graph\" }]",
    );
    assert!(
        error.starts_with("topology[1] ") && error.contains("of 6 nodes") && error.contains("3001"),
        "{error}"
    );
    let error = message(
        Some(40),
        "[{ kind = \"ring\" }, { kind = \"circulant\", offsets = [3, 21] }]",
    );
    assert!(error.starts_with("topology[1].offsets "), "{error}");
    let error = message(
        Some(40),
        "[{ kind = \"ring\" }, { kind = \"graph\", file = \"star.txt\" }]",
    );
    assert!(error.contains("40") && error.contains("3001"), "{error}");
    let error = message(None, "[{ kind = \"ring\" }, { kind = \"chord\" }]");
    assert!(error.contains("agents"), "{error}");
}

#[test]
fn faults_in_the_text_have_a_place() {
    let parse = |topology: &str| {
        let text = format!(
            "agents = 40\nticks = 3\ntopology = {topology}\n[consensus]\nrule = \"average\"\nstart = {{ kind = \"ramp\", low = 0, high = 99 }}\n"
        );
        let document = Document::parse("overlay.toml", &text).unwrap();
        let scenario = document.scenario().map_err(|error| error.to_string())?;
        let plan = Swarm::plan(&scenario, Path::new("")).map_err(|error| document.locate(error).to_string());
        plan.map(|_| ())
    };
    let error = parse("[{ kind = \"ring\" }, { kind = \"tours\" }]").unwrap_err();
    assert!(
        error.contains("overlay.toml:3:41") && error.contains("topology[1].kind"),
        "{error}"
    );
    let error = parse("[]").unwrap_err();
    assert!(
        error.contains("overlay.toml:3:12") && error.contains("1 to 8"),
        "{error}"
    );
    let error = parse("7").unwrap_err();
    assert!(
        error.contains("overlay.toml:3:12") && error.contains("a table with the key 'kind'"),
        "{error}"
    );
    let error = parse("[{ kind = \"ring\" },\n  { kind = \"circulant\", offsets = [3, 21] }]").unwrap_err();
    assert!(error.contains("overlay.toml:4:"), "{error}");
    assert_eq!(parse("[{ kind = \"ring\" }, { kind = \"chord\" }]"), Ok(()));
}

#[test]
fn two_sampled_networks_are_two() {
    let topology = build(
        Some(200),
        "[{ kind = \"random-regular\" }, { kind = \"random-regular\" }]",
        Path::new(""),
    )
    .unwrap();
    let distinct: BTreeSet<(u32, u32)> = links(&*topology).into_iter().collect();
    assert!(distinct.len() > 770, "{} of 800 links", distinct.len());
    // The first is what it is by itself.
    let alone = build(Some(200), "kind = \"random-regular\"", Path::new("")).unwrap();
    assert_eq!(links(topology.parts()[0]), links(&*alone));
}

#[test]
fn files_that_name_their_nodes_differently_are_not_joined() {
    let folder = files();
    for (name, text) in [
        ("one.txt", "a b\nb c\n"),
        ("two.txt", "x y\ny z\n"),
        ("same.txt", "a b\na c\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let both = |a: &str, b: &str| {
        let list = format!(
            "[{{ kind = \"graph\", file = \"{a}\" }}, {{ kind = \"ring\" }}, {{ kind = \"graph\", file = \"{b}\" }}]"
        );
        build(None, &list, folder.path())
    };
    let error = both("one.txt", "two.txt").unwrap_err().to_string();
    assert!(
        error.starts_with("topology[2] ") && error.contains("topology[0]"),
        "{error}"
    );
    assert_eq!(both("one.txt", "same.txt").unwrap().links(), 2 + 3 + 2);
}
