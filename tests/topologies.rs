//! Every topology against values computed independently, against its definition, and against what must hold for any.

use crate::support::{files, links, scenario};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::topology::{KINDS, Neighbours, Site, Topology};

/// The topology of a scenario's fragment; without nodes it comes from a file.
fn build(nodes: Option<u32>, fragment: &str, folder: &Path) -> Result<Arc<dyn Topology>, Error> {
    let scenario = scenario(nodes.unwrap_or(0), fragment, "kind = \"synchronous\"", "trunc", 0);
    scenario.topology.build(Site { nodes, seed: 7, folder })
}

fn here(nodes: u32, fragment: &str) -> Arc<dyn Topology> {
    build(Some(nodes), fragment, Path::new("")).unwrap_or_else(|e| panic!("{nodes} nodes, {fragment}: {e}"))
}

fn adjacency(topology: &dyn Topology) -> Vec<Vec<u32>> {
    (0..topology.nodes()).map(|i| topology.neighbours_of(i)).collect()
}

/// The distances from one node, which must reach all.
fn distances(adjacency: &[Vec<u32>], source: u32) -> Vec<u64> {
    let mut found = vec![u64::MAX; adjacency.len()];
    found[source as usize] = 0;
    let mut queue = std::collections::VecDeque::from([source]);
    while let Some(i) = queue.pop_front() {
        for &j in &adjacency[i as usize] {
            if found[j as usize] == u64::MAX {
                found[j as usize] = found[i as usize] + 1;
                queue.push_back(j);
            }
        }
    }
    found
}

#[test]
fn reference_values() {
    let text = include_str!("reference/topologies.json");
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert!(entries.len() > 30);
    for entry in entries {
        let name = entry["name"].as_str().unwrap();
        let value = |key: &str| entry[key].as_u64().unwrap();
        let topology = here(value("n") as u32, entry["topology"].as_str().unwrap());
        let adjacency = adjacency(&*topology);
        let degrees = || adjacency.iter().map(|row| row.len() as u64);
        assert_eq!(topology.nodes() as u64, value("n"), "{name}");
        assert_eq!(topology.links(), value("edges"), "{name}");
        assert_eq!(
            (degrees().min(), degrees().max()),
            (Some(value("deg_min")), Some(value("deg_max"))),
            "{name}"
        );
        let all: Vec<Vec<u64>> = (0..topology.nodes()).map(|i| distances(&adjacency, i)).collect();
        let eccentricity = || all.iter().map(|row| *row.iter().max().unwrap());
        assert_eq!(eccentricity().max(), Some(value("diameter")), "{name}: diameter");
        assert_eq!(eccentricity().min(), Some(value("radius")), "{name}: radius");
        assert_eq!(
            all.iter().flatten().sum::<u64>(),
            value("sum_dist_ordered"),
            "{name}: sum of distances"
        );
        let linked = |i: u32, j: u32| adjacency[i as usize].binary_search(&j).is_ok();
        let above = |i: u32, j: u32| adjacency[i as usize].iter().filter(move |&&k| k > j);
        let triangles: usize = links(&*topology)
            .iter()
            .map(|&(i, j)| above(i, j).filter(|&&k| linked(j, k)).count())
            .sum();
        assert_eq!(triangles as u64, value("triangles"), "{name}: triangles");
    }
}

/// Words of L digits; two are linked iff they agree up to some digit, differ there, and each goes on with the other's digit
/// for ever (Klavžar and Milutinović 1997).
#[test]
fn tetrahedral_networks_equal_their_definition() {
    for levels in 1..=6u32 {
        let mut expected = BTreeSet::new();
        for tail in 0..levels {
            let ones = (4u32.pow(tail) - 1) / 3;
            for prefix in 0..4u32.pow(levels - tail - 1) {
                for (a, b) in (0..4).flat_map(|b| (0..b).map(move |a| (a, b))) {
                    let word = |digit: u32, rest: u32| (prefix * 4 + digit) * 4u32.pow(tail) + rest * ones;
                    expected.insert((word(a, b), word(b, a)));
                }
            }
        }
        let found: BTreeSet<(u32, u32)> = links(&*here(4u32.pow(levels), "kind = \"tetrahedral\""))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "S(4, {levels})");
        assert_eq!(found.len() as u32, 2 * (4u32.pow(levels) - 1));
    }
}

/// The neighbour of a node over a slot, or nothing where there is no link.
fn neighbour(topology: &dyn Topology, slot: u32, i: u32) -> Option<u32> {
    let mut list = [u32::MAX];
    let (answer, count) = topology.neighbours(slot, i..i + 1, &mut list);
    assert_eq!(count, 1, "one node was asked for");
    let other = answer.ids(i, &list).at(0);
    (other != i).then_some(other)
}

fn degrees_of(adjacency: &[Vec<u32>]) -> impl Iterator<Item = usize> {
    adjacency.iter().map(Vec::len)
}

/// What holds for every topology.
fn check(topology: &dyn Topology) -> TestCaseResult {
    let n = topology.nodes();
    let adjacency = adjacency(topology);
    let (mut ends, mut largest) = (0, BTreeSet::new());
    for (i, row) in (0..n).zip(&adjacency) {
        prop_assert!(
            row.is_sorted_by(|a, b| a < b || (a == b && topology.has_parallel_links())),
            "{i} has {row:?}: a neighbour twice"
        );
        prop_assert!(!row.contains(&i), "{i} is its own neighbour");
        prop_assert_eq!(row.len(), topology.degree(i) as usize, "degree of {}", i);
        for &j in row {
            prop_assert!(j < n, "{i} links to {j}, which is no node");
            let times =
                |row: &[u32], node: u32| row.partition_point(|&k| k <= node) - row.partition_point(|&k| k < node);
            prop_assert_eq!(
                times(row, j),
                times(&adjacency[j as usize], i),
                "links of {} and {}",
                i,
                j
            );
            largest.insert(1 + topology.degree(i).max(topology.degree(j)));
        }
        for slot in 0..topology.slots() {
            if let (Some(j), Some(mirror)) = (neighbour(topology, slot, i), topology.mirror(slot)) {
                prop_assert_eq!(
                    neighbour(topology, mirror, j),
                    Some(i),
                    "slot {} of {}, mirrored by {}",
                    slot,
                    i,
                    mirror
                );
            }
        }
        ends += row.len() as u64;
    }
    prop_assert_eq!(2 * topology.links(), ends, "links");
    let degrees: BTreeSet<usize> = degrees_of(&adjacency).collect();
    match topology.regular_degree() {
        Some(degree) => prop_assert_eq!(degrees, BTreeSet::from([degree as usize])),
        None => prop_assert!(degrees.len() > 1, "every degree is {:?}", degrees),
    }
    prop_assert_eq!(
        topology.largest_degree() as usize,
        degrees_of(&adjacency).max().unwrap_or(0),
        "largest degree"
    );
    let mut start = 0;
    for len in [1, 2, 3, 5, 64, 1000].into_iter().cycle().take_while(|_| n > 0) {
        let range = start..n.min(start + len);
        let found: BTreeSet<usize> = range.clone().map(|i| adjacency[i as usize].len()).collect();
        if let Some(degree) = topology.degree_of_all(range.clone()) {
            prop_assert_eq!(found, BTreeSet::from([degree as usize]), "degrees of {:?}", range);
        }
        start = range.end;
        if start == n {
            break;
        }
    }
    for i in 0..n {
        prop_assert!(topology.position(i).is_finite(), "position of {}", i);
    }
    if let Some(q) = topology.uniform_divisor() {
        // A network without links has no divisor to be wrong about.
        prop_assert!(
            largest.is_empty() || largest == BTreeSet::from([q]),
            "divisor {} of {:?}",
            q,
            largest
        );
    }
    let stored = topology.rows().map_or(0, |rows| rows.ends.len() as u64);
    prop_assert_eq!(
        topology.link_ends(),
        u64::from(topology.slots()) * u64::from(n) + stored
    );
    Ok(())
}

/// Asks for the neighbours of first..end, as a walk of blocks, and compares them with the nodes asked for one by one.
fn check_blocks(topology: &dyn Topology, first: u32, end: u32) -> TestCaseResult {
    let mut list = vec![u32::MAX; (end - first) as usize];
    for slot in 0..topology.slots() {
        let mut start = first;
        while start < end {
            let (answer, len) = topology.neighbours(slot, start..end, &mut list);
            prop_assert!(len >= 1 && len <= end - start, "{} answered of {}", len, end - start);
            for l in 0..len {
                let one = neighbour(topology, slot, start + l).unwrap_or(start + l);
                let other = answer.ids(start, &list).at(l as usize);
                prop_assert_eq!(other, one, "slot {} of {} in {}..{}", slot, start + l, start, end);
                prop_assert!(other < topology.nodes());
                // Only a list can say that a link is absent.
                prop_assert!(answer == Neighbours::List || other != start + l);
            }
            start += len;
        }
    }
    Ok(())
}

#[test]
fn every_sample_is_a_simple_undirected_graph() {
    let folder = files();
    for kind in KINDS {
        assert!(!kind.samples.is_empty(), "{} has no sample", kind.name);
        for (nodes, parameters) in kind.samples {
            let fragment = format!("kind = \"{}\"\n{parameters}", kind.name);
            let topology = build((*nodes > 0).then_some(*nodes), &fragment, folder.path()).unwrap();
            let checked = check(&*topology).and_then(|()| check_blocks(&*topology, 0, topology.nodes()));
            checked.unwrap_or_else(|e| panic!("{fragment}, {nodes} nodes: {e}"));
            assert_eq!(topology.kind(), kind.name);
        }
    }
}

/// The least count from `nodes` on that the fragment can be built with.
fn fitting(nodes: u32, fragment: &str) -> Option<Arc<dyn Topology>> {
    (nodes..=4 * nodes).find_map(|n| build(Some(n), fragment, Path::new("")).ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_kind_at_any_size(
        kind in 0..KINDS.len(), sample in any::<prop::sample::Index>(), nodes in 2..3000u32, first in 0.0..1.0, len in 0.0..1.0
    ) {
        let kind = &KINDS[kind];
        let (count, parameters) = kind.samples[sample.index(kind.samples.len())];
        let Some(topology) = fitting(nodes, &format!("kind = \"{}\"\n{parameters}", kind.name)).filter(|_| count > 0) else {
            return Ok(());
        };
        check(&*topology)?;
        let n = f64::from(topology.nodes());
        let start = (first * n) as u32;
        check_blocks(&*topology, start, start + ((n - f64::from(start)) * len) as u32)?;
    }

    #[test]
    fn any_circulant(nodes in 2..600u32, offsets in prop::collection::btree_set(1..300u32, 1..6), first in 0..600u32) {
        let offsets: Vec<u32> = offsets.into_iter().filter(|&o| o <= nodes / 2).collect();
        prop_assume!(!offsets.is_empty());
        let topology = here(nodes, &format!("kind = \"circulant\"\noffsets = {offsets:?}"));
        check(&*topology)?;
        check_blocks(&*topology, first % nodes, nodes)?;
        for i in 0..nodes {
            let expected: BTreeSet<u32> = offsets.iter().flat_map(|o| [(i + o) % nodes, (i + nodes - o) % nodes]).collect();
            prop_assert_eq!(topology.neighbours_of(i), expected.into_iter().collect::<Vec<_>>());
        }
    }

    /// Narrow lattices answer with lists, wide ones (from 128 on) with runs.
    #[test]
    fn any_lattice(
        kind in prop::sample::select(vec![
            "torus2d", "twisted-torus", "klein", "prism", "triangular", "honeycomb", "cubic", "bcc", "fcc", "diamond"
        ]),
        width in prop_oneof![3..20u32, 122..134u32], height in 3..8u32, depth in 3..5u32, twist in 0.0..1.0, first in 0.0..1.0,
        len in 0.0..1.0
    ) {
        let flat = width * height;
        let (nodes, parameters) = match kind {
            "prism" => (2 * width, String::new()),
            "twisted-torus" => (flat, format!("width = {width}\ntwist = {}", (twist * f64::from(width)) as u32)),
            "cubic" | "fcc" => (flat * depth, format!("width = {width}\nheight = {height}")),
            "bcc" => (2 * flat * (depth - 1), format!("width = {width}\nheight = {height}")),
            "diamond" => (8 * flat * (depth - 2), format!("width = {width}\nheight = {height}")),
            "honeycomb" => (2 * flat, format!("width = {width}")),
            _ => (flat, format!("width = {width}")),
        };
        let topology = here(nodes, &format!("kind = \"{kind}\"\n{parameters}"));
        check(&*topology)?;
        let start = (first * f64::from(nodes)) as u32;
        check_blocks(&*topology, start, start + (f64::from(nodes - start) * len) as u32)?;
    }
}

/// For every kind: a count that does not fit is refused, and the message names the nearest that do.
#[test]
fn counts_that_do_not_fit_are_told_the_nearest_that_do() {
    let mut refused = BTreeSet::new();
    for kind in KINDS
        .iter()
        .filter(|kind| kind.samples.iter().any(|sample| sample.1.is_empty()))
    {
        let fragment = format!("kind = \"{}\"", kind.name);
        let known = RefCell::new(HashMap::new());
        let fits = |n: u32| {
            let mut known = known.borrow_mut();
            *known
                .entry(n)
                .or_insert_with(|| build(Some(n), &fragment, Path::new("")).is_ok())
        };
        for n in 2..300 {
            let Err(error) = build(Some(n), &fragment, Path::new("")) else {
                continue;
            };
            let message = error.to_string();
            assert!(message.starts_with("agents "), "{fragment}: {message}");
            let named: Vec<u32> = message
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|w| w.parse().ok())
                .collect();
            let nearest = [(2..n).rev().find(|&m| fits(m)), (n + 1..5 * n + 30).find(|&m| fits(m))];
            assert!(nearest[1].is_some(), "{fragment}: no count above {n} fits");
            for count in nearest.into_iter().flatten() {
                assert!(
                    named.contains(&count),
                    "{fragment}: {count} would fit, but the message is: {message}"
                );
            }
            refused.insert(kind.name);
        }
    }
    assert!(
        refused.is_superset(
            &[
                "mobius-ladder",
                "fibonacci-lattice",
                "torus2d",
                "tetrahedral",
                "wk",
                "hypercube"
            ]
            .into()
        )
    );
    // Every count has a torus of its width nearby.
    let error = build(Some(100), "kind = \"torus2d\"\nwidth = 7", Path::new(""))
        .unwrap_err()
        .to_string();
    assert!(error.contains("98 and 105"), "{error}");
}

#[test]
fn a_fibonacci_lattice_has_the_degree_asked_for_and_the_best_chords() {
    let fibonacci = [
        1u32, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584,
    ];
    let measure = |topology: &dyn Topology| {
        let from_one = distances(&adjacency(topology), 0);
        (from_one.iter().copied().max(), from_one.iter().sum::<u64>())
    };
    for m in 4..fibonacci.len() {
        let n = fibonacci[m];
        for degree in [4, 6] {
            let topology = here(n, &format!("kind = \"fibonacci-lattice\"\ndegree = {degree}"));
            assert_eq!(topology.regular_degree(), Some(degree), "{n} nodes");
            // Any other run of as many Fibonacci numbers as chords.
            for offsets in fibonacci
                .windows(degree as usize / 2)
                .filter(|o| o.iter().all(|o| *o <= n / 2))
            {
                let other = here(n, &format!("kind = \"circulant\"\noffsets = {offsets:?}"));
                assert!(
                    measure(&*topology) <= measure(&*other),
                    "{n} nodes, degree {degree}: {offsets:?} are better"
                );
            }
        }
    }
    assert!(build(Some(5), "kind = \"fibonacci-lattice\"", Path::new("")).is_err());
}

/// Greedy clockwise routing: always the longest chord that does not overshoot. Over all Fibonacci numbers the hops are the
/// terms of a Zeckendorf sum (Cordasco et al. 2004).
#[test]
fn greedy_routing_takes_the_published_hops() {
    let fibonacci: Vec<u32> = std::iter::successors(Some((1, 2)), |&(a, b)| Some((b, a + b)))
        .map(|(a, _)| a)
        .take_while(|&f| f < 1000)
        .collect();
    let every_second: Vec<u32> = fibonacci.iter().copied().step_by(2).collect();
    let powers: Vec<u32> = (0..10).map(|k| 1 << k).collect();
    for (fragment, nodes, chords, degree, most, mean) in [
        (
            "kind = \"fibonacci-chords\"\nstride = 1",
            987,
            &fibonacci,
            14,
            7,
            4.02229,
        ),
        (
            "kind = \"fibonacci-chords\"\nstride = 2",
            987,
            &every_second,
            7,
            8,
            5.37082,
        ),
        ("kind = \"chord\"", 1024, &powers, 10, 10, 5.0),
    ] {
        let topology = here(nodes, fragment);
        // Links go both ways; a router knows the clockwise ones.
        let clockwise: Vec<u32> = topology
            .neighbours_of(0)
            .into_iter()
            .filter(|j| chords.contains(j))
            .collect();
        assert_eq!(clockwise.len(), degree, "{fragment}");
        let hops = |target: u32| {
            let (mut left, mut hops) = (target, 0);
            while left > 0 {
                let chord = clockwise.iter().rev().find(|&&chord| chord <= left).unwrap();
                left -= chord;
                hops += 1;
            }
            hops
        };
        let all: Vec<u32> = (0..nodes).map(hops).collect();
        let found = f64::from(all.iter().sum::<u32>()) / f64::from(nodes);
        assert_eq!(all.iter().max(), Some(&most), "{fragment}");
        assert!((found - mean).abs() < 5e-6, "{fragment}: {found}");
    }
}
