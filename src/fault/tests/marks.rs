//! Who is marked, how many they are said to be, and what cannot be.

use super::{SEED, build, plan, scenario};
use crate::error::Error;
use crate::fault::{Change, Effect, FirstWords, bits};
use crate::number::Permutation;

const TORUS: &str = "{ kind = \"torus2d\" }";

/// The agents with a bit, ascending.
fn marked(first: &FirstWords, bit: u32) -> Vec<u32> {
    let members = first.members.as_ref().unwrap();
    let cells = first.status.len();
    (0..4 * cells)
        .filter(|a| members[a % 4 * cells + a / 4] & bit != 0)
        .map(|a| a as u32)
        .collect()
}

/// The agents that a selection means, as liars and in an event.
fn select(cells: u32, topology: &str, who: &str) -> Vec<u32> {
    let text = format!(
        "liars = {{ who = {who}, tell = {{ kind = \"against\" }} }}\nevents = [{{ kind = \"kill\", tick = 1, who = {who} }}]"
    );
    let scenario = scenario(cells, topology, &text);
    let network = plan(&super::scenario(cells, topology, "")).unwrap().topology;
    let (faults, first) = build(&scenario.faults.unwrap(), &*network).unwrap();
    let [event] = &faults.events[..] else { panic!() };
    let liars = marked(&first, bits::LIAR);
    assert_eq!(faults.liars, Some(liars.len() as u32));
    assert_eq!(event.change, Change::Strike(0));
    let [strike] = &faults.strikes[..] else { panic!() };
    let named: Vec<u32> = (0..4 * cells).filter(|&agent| strike.whom.contains(agent)).collect();
    let mut visited = Vec::new();
    strike.whom.for_each(4 * cells, |agent| visited.push(agent));
    visited.sort_unstable();
    assert_eq!(visited, named);
    assert_eq!(
        (strike.effect == Effect::Kill, strike.named),
        (true, Some(named.len() as u32))
    );
    // How many are both: they draw for themselves, unless they are tied.
    let both = named.iter().filter(|agent| liars.contains(agent)).count() as u32;
    assert_eq!((strike.liars, strike.again), (Some(both), None));
    if who.contains("draw =") || !(who.contains("share = 0.") || who.contains("one-per")) || who.contains("best") {
        assert_eq!(named, liars);
    }
    let text = format!("kill {} of {} agents ({both} of them lie)", named.len(), 4 * cells);
    assert_eq!(event.text.replace(',', ""), text);
    assert!(faults.lie.is_none() && first.status.iter().all(|&word| word == 0));
    liars
}

#[test]
fn a_selection_means_the_agents_that_it_says() {
    for (share, count) in [(0.0, 0), (0.25, 100), (0.333, 133), (0.99, 396)] {
        let some = select(
            100,
            TORUS,
            &format!("{{ kind = \"share\", share = {share}, draw = 0 }}"),
        );
        let permutation = Permutation::random(400, SEED, 1 << 16);
        let mut first: Vec<u32> = (0..count).map(|k| permutation.permuted(k)).collect();
        first.sort_unstable();
        assert_eq!(some, first);
        let own = select(100, TORUS, &format!("{{ kind = \"share\", share = {share} }}"));
        assert_eq!(own.len(), first.len());
        assert!(count == 0 || own != first);
    }
    let [range, list] = [
        "{ kind = \"range\", first = 7, last = 9 }",
        "{ kind = \"nodes\", nodes = [399, 3, 399] }",
    ];
    assert_eq!(select(100, TORUS, range), [7, 8, 9]);
    assert_eq!(select(100, TORUS, list), [3, 399]);
    assert_eq!(
        select(4, "{ kind = \"ring\" }", "{ kind = \"role\", role = \"referee\" }"),
        [2, 6, 10, 14]
    );
    // The hub of a star, and then the first leaves: whole cells but the last.
    let best = select(
        20,
        "{ kind = \"star\" }",
        "{ kind = \"best-connected\", share = 0.125 }",
    );
    assert_eq!(best, (0..10).collect::<Vec<_>>());
    // Of a binary heap: cell 2, its children, theirs.
    let tree = "{ kind = \"tree\", branching = 2 }";
    let below = select(15, tree, "{ kind = \"subtree\", node = 2 }");
    let cells = [2, 5, 6, 11, 12, 13, 14];
    assert_eq!(below, cells.iter().flat_map(|c| 4 * c..4 * c + 4).collect::<Vec<u32>>());
    assert_eq!(
        select(2, "{ kind = \"path\" }", "{ kind = \"range\", first = 0, last = 6 }").len(),
        7
    );
}

#[test]
fn all_agents_can_be_killed() {
    let scenario = scenario(
        262_144,
        TORUS,
        "events = [{ kind = \"kill\", tick = 1, who = { kind = \"all\" } }]",
    );
    let plan = plan(&scenario).unwrap();
    let text = &plan.faults.as_ref().unwrap().events[0].text;
    assert_eq!(text, "kill 1,048,576 of 1,048,576 agents");
}

#[test]
fn of_scattered_cells_one_agent_each_is_drawn() {
    for topology in [TORUS, "{ kind = \"chord\" }", "{ kind = \"tetrahedral\" }"] {
        let mut draws = Vec::new();
        for draw in 0..3 {
            let agents = select(
                1024,
                topology,
                &format!("{{ kind = \"one-per-neighbourhood\", draw = {draw} }}"),
            );
            let network = plan(&scenario(1024, topology, "")).unwrap().topology;
            let cells: Vec<u32> = agents.iter().map(|a| a / 4).collect();
            for c in 0..1024 {
                let around = network.neighbours_of(c).into_iter().chain([c]);
                assert!(around.filter(|j| cells.contains(j)).count() <= 1, "{topology}");
            }
            // Every place about as often as any other: four standard deviations of a quarter's share.
            let count = agents.len() as f64;
            for place in 0..4 {
                let here = agents.iter().filter(|a| *a % 4 == place).count() as f64;
                assert!(
                    (here - count / 4.0).abs() < 4.0 * (count * 3.0 / 16.0).sqrt(),
                    "{topology}"
                );
            }
            draws.push(agents);
        }
        assert!(draws[0] != draws[1] && draws[1] != draws[2], "{topology}");
    }
}

#[test]
fn partitions_are_between_cells_and_have_bits_of_their_own() {
    // As many kills as one likes, and as many sides as a cell's word has bits for.
    let kills =
        (0..56).map(|k| format!("{{ kind = \"kill\", tick = {k}, who = {{ kind = \"nodes\", nodes = [{k}] }} }}"));
    let walls = (1..=27)
        .map(|c| format!("{{ kind = \"partition\", tick = 3, along = {{ kind = \"ranges\", starts = [{c}] }} }}"));
    let plane = "{ kind = \"partition\", tick = 4, along = { kind = \"plane\", normal = [1, 0, 0] } }".to_owned();
    let cut = "{ kind = \"partition\", tick = 4, along = { kind = \"dimension\", dimension = 1 } }".to_owned();
    let events: Vec<String> = kills.chain(walls).chain([plane, cut]).collect();
    let scenario = scenario(64, TORUS, &format!("events = [{}]", events.join(", ")));
    let plan = plan(&scenario).unwrap();
    let [(_, status), (_, members), _] = &plan.first[..] else {
        panic!()
    };
    assert!(members.iter().all(|&word| word == 0));
    for c in 0..64u32 {
        let walls: u32 = (1..=27).filter(|&start| c >= start).map(|start| 1 << (start + 3)).sum();
        assert_eq!(status[c as usize] & 0x7FFF_FFFF, walls);
    }
    let texts: Vec<&str> = plan.faults.as_ref().unwrap().events.iter().map(|e| &*e.text).collect();
    assert!(texts.contains(&"kill 1 of 256 agents") && texts.contains(&"partition into 2 ranges"));
    assert!(
        texts
            .iter()
            .any(|t| t.ends_with("cells on one side and 32 on the other")),
        "{texts:?}"
    );
}

#[test]
fn what_cannot_be_is_refused_with_the_key_and_the_remedy() {
    let refused = |faults: &str, parts: &[&str]| {
        let error = plan(&scenario(100, TORUS, faults)).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error} does not say {part}");
        }
    };
    let kill = |who: &str| format!("events = [{{ kind = \"kill\", tick = 6, who = {who} }}]");
    refused(
        &kill("{ kind = \"nodes\", nodes = [399, 400] }"),
        &["faults.events[0].who.nodes[1]", "is 400", "400 agents, numbered from 0"],
    );
    refused(
        &kill("{ kind = \"range\", first = 100, last = 400 }"),
        &["faults.events[0].who.last", "is 400", "400 agents"],
    );
    refused(
        &kill("{ kind = \"subtree\", node = 100 }"),
        &["faults.events[0].who.node", "is 100", "100 cells, numbered from 0"],
    );
    refused(
        "events = [{ kind = \"partition\", tick = 6, along = { kind = \"ranges\", starts = [100] } }]",
        &["faults.events[0].along.starts", "names cell 100", "100 cells"],
    );
    refused(
        "events = [{ kind = \"partition\", tick = 6, along = { kind = \"ranges\", starts = [4, 4] } }]",
        &["faults.events[0].along.starts", "first cells", "ascending"],
    );
    refused(
        "liars = { who = { kind = \"all\" }, tell = { kind = \"against\" } }",
        &["faults.liars.who", "all agents", "somebody must be honest"],
    );
    for (name, tell) in [
        ("constant", "kind = \"constant\", value = 1"),
        ("ramp", "kind = \"ramp\", value = 1, slope = 1"),
        ("random", "kind = \"random\", low = 0, high = 1"),
        ("two-faced", "kind = \"two-faced\", low = 0, high = 1"),
    ] {
        refused(
            &format!("liars = {{ who = {{ kind = \"share\", share = 0.1 }}, tell = {{ {tell} }} }}"),
            &["faults.liars.tell.kind", name, "vote against the truth", "use against"],
        );
    }
    let many = |event: &dyn Fn(u32) -> String| {
        let events: Vec<String> = (1..30).map(event).collect();
        format!("events = [{}]", events.join(", "))
    };
    refused(
        &many(&|k| format!("{{ kind = \"partition\", tick = {k}, along = {{ kind = \"ranges\", starts = [{k}] }} }}")),
        &["faults.events[28].along.starts", "cells' status", "28"],
    );
}

#[test]
fn more_agents_than_ids_are_refused() {
    // A network of this size takes no memory of its own.
    let scenario = scenario(1 << 30, "{ kind = \"ring\" }", "loss = 0.1");
    let error = plan(&scenario).unwrap_err().to_string();
    for part in ["agents", "1073741824 cells of 4", "at most 1073741823 cells"] {
        assert!(error.contains(part), "{error} does not say {part}");
    }
}
