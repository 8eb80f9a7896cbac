//! Networks written in digits against their definitions, built slowly from words of digits, and against their formulas.

use crate::support::links;
use glam::DVec3;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::topology::{Neighbours, Site, Topology, TopologySpec};

fn build(kind: &str, nodes: u32) -> Result<Arc<dyn Topology>, tetraswarm::Error> {
    let spec: TopologySpec = toml::from_str(&format!("kind = \"{kind}\"")).unwrap();
    spec.build(Site {
        nodes: Some(nodes),
        seed: 7,
        folder: Path::new(""),
    })
}

fn topology(kind: &str, nodes: u32) -> Arc<dyn Topology> {
    build(kind, nodes).unwrap_or_else(|e| panic!("{kind}: {e}"))
}

/// The digits of an index, the highest first.
fn word(mut index: u32, radix: u32, length: u32) -> Vec<u32> {
    let mut digits: Vec<u32> = (0..length)
        .map(|_| {
            let digit = index % radix;
            index /= radix;
            digit
        })
        .collect();
    digits.reverse();
    digits
}

fn index(word: &[u32], radix: u32) -> u32 {
    word.iter().fold(0, |index, digit| index * radix + digit)
}

type Links = BTreeSet<(u32, u32)>;

/// Every pair of words for which `linked` holds, lower index first.
fn pairs(radix: u32, length: u32, linked: impl Fn(&[u32], &[u32]) -> bool) -> Links {
    let words: Vec<Vec<u32>> = (0..radix.pow(length)).map(|i| word(i, radix, length)).collect();
    let mut all = Links::new();
    for (j, b) in words.iter().enumerate() {
        let lower = words[..j].iter().enumerate().filter(|(_, a)| linked(a, b));
        all.extend(lower.map(|(i, _)| (i as u32, j as u32)));
    }
    all
}

fn check_links(kind: &str, expected: &Links, nodes: u32) {
    let network = topology(kind, nodes);
    let found = links(&*network);
    assert_eq!(found.len(), expected.len(), "{kind} of {nodes}: links");
    assert_eq!(network.links(), expected.len() as u64, "{kind} of {nodes}: links");
    assert_eq!(&Links::from_iter(found), expected, "{kind} of {nodes}");
}

fn distances(topology: &dyn Topology, source: u32) -> Vec<u32> {
    let mut found = vec![u32::MAX; topology.nodes() as usize];
    found[source as usize] = 0;
    let mut queue = VecDeque::from([source]);
    while let Some(i) = queue.pop_front() {
        for j in topology.neighbours_of(i) {
            if found[j as usize] == u32::MAX {
                found[j as usize] = found[i as usize] + 1;
                queue.push_back(j);
            }
        }
    }
    found
}

/// Agree up to some digit, differ there, and each goes on with the other's digit for ever (Klavžar and Milutinović 1997).
fn is_sierpinski(a: &[u32], b: &[u32]) -> bool {
    let Some(at) = (0..a.len()).find(|&k| a[k] != b[k]) else {
        return false;
    };
    a[at + 1..].iter().all(|&d| d == b[at]) && b[at + 1..].iter().all(|&d| d == a[at])
}

#[test]
fn definitions() {
    for length in 1..=4 {
        let nodes = 4u32.pow(length);
        let mut expected = pairs(4, length, is_sierpinski);
        check_links("tetrahedral", &expected, nodes);
        let corner = |digit: u32| index(&vec![digit; length as usize], 4);
        expected.extend([(corner(0), corner(1)), (corner(2), corner(3))]);
        if length > 1 {
            check_links("wk", &expected, nodes);
        }
        let differ_in_one = |a: &[u32], b: &[u32]| (0..a.len()).filter(|&k| a[k] != b[k]).count() == 1;
        check_links("hamming", &pairs(4, length, differ_in_one), nodes);
    }
    for length in 1..=9 {
        let differ_in_one = |a: &[u32], b: &[u32]| (0..a.len()).filter(|&k| a[k] != b[k]).count() == 1;
        check_links("hypercube", &pairs(2, length, differ_in_one), 1 << length);
        let shifted = |a: &[u32], b: &[u32]| a[1..] == b[..b.len() - 1];
        let expected = pairs(2, length, |a, b| shifted(a, b) || shifted(b, a));
        check_links("de-bruijn", &expected, 1 << length);
        let degrees: Vec<u32> = (0..1 << length)
            .map(|i| expected.iter().filter(|link| link.0 == i || link.1 == i).count() as u32)
            .collect();
        let network = topology("de-bruijn", 1 << length);
        assert_eq!(network.largest_degree(), *degrees.iter().max().unwrap());
        assert!((0..1 << length).all(|i| network.degree(i) == degrees[i as usize]));
    }
    for nodes in [2, 3, 4, 5, 64, 97] {
        let expected = (0..nodes).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
        check_links("complete", &expected, nodes);
    }
}

#[test]
fn a_corner_of_the_tetrahedral_network_is_as_far_as_the_digits_say() {
    for length in 1..=6 {
        let network = topology("tetrahedral", 4u32.pow(length));
        for corner in 0..4 {
            let from_corner = distances(&*network, index(&vec![corner; length as usize], 4));
            for (node, &distance) in from_corner.iter().enumerate() {
                let digits = word(node as u32, 4, length);
                let expected: u32 = (0..length)
                    .filter(|&i| digits[(length - 1 - i) as usize] != corner)
                    .map(|i| 1 << i)
                    .sum();
                assert_eq!(distance, expected, "from corner {corner} to {digits:?}");
            }
            assert_eq!(from_corner.iter().max(), Some(&((1 << length) - 1)));
        }
    }
}

#[test]
fn distances_are_the_digits_that_differ() {
    for (kind, radix, length) in [("hamming", 4, 4), ("hypercube", 2, 9)] {
        let found = distances(&*topology(kind, 1 << 8 << (length & 1)), 0);
        for (node, &distance) in found.iter().enumerate() {
            let expected = word(node as u32, radix, length).iter().filter(|&&d| d != 0).count();
            assert_eq!(distance, expected as u32, "{kind}: to {node}");
        }
    }
}

/// Large networks, where answers are runs and shifts come near the ends of the word: asked for a few blocks, slot by slot.
#[test]
fn the_largest_networks_answer_within_their_nodes() {
    for (kind, nodes) in [
        ("tetrahedral", 1 << 30),
        ("wk", 1 << 30),
        ("hamming", 1 << 30),
        ("hypercube", 1 << 31),
        ("de-bruijn", 1 << 31),
    ] {
        let network = topology(kind, nodes);
        let mut list = vec![0; 700];
        for first in [0, 255, nodes / 3, nodes / 2 - 300, nodes - 700] {
            for slot in 0..network.slots() {
                let mirror = network.mirror(slot).unwrap();
                let (answer, count) = network.neighbours(slot, first..first + 700, &mut list);
                let ids: Vec<u32> = (0..count as usize).map(|l| answer.ids(first, &list).at(l)).collect();
                for (node, &other) in (first..).zip(&ids) {
                    assert!(other < nodes, "{kind}: {node} to {other}");
                    let mut back = [0];
                    let answer = network.neighbours(mirror, other..other + 1, &mut back).0;
                    let back = answer.ids(other, &back).at(0);
                    assert!(other == node || back == node, "{kind}, slot {slot}: {node} to {other}");
                }
                let answers_alike = matches!(answer, Neighbours::Run(_)) || count == 700;
                assert!(answers_alike, "{kind}, slot {slot}: {count} at a time");
            }
        }
    }
}

/// λ of a vector: xᵀLx / xᵀx, and how far Lx is from λx.
fn rayleigh(network: &dyn Topology, x: &[f64]) -> (f64, f64) {
    let image: Vec<f64> = (0..network.nodes())
        .map(|i| {
            network
                .neighbours_of(i)
                .iter()
                .map(|&j| x[i as usize] - x[j as usize])
                .sum()
        })
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let value = dot(x, &image) / dot(x, x);
    let rest = x
        .iter()
        .zip(&image)
        .map(|(x, y)| (y - value * x).abs())
        .fold(0.0, f64::max);
    (value, rest)
}

/// The spectra that the reference has, computed by another program; and for S(4, L) up to L = 8 by its own recursion.
#[test]
fn closed_spectra() {
    let text = include_str!("reference/topologies.json");
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let mut checked = BTreeSet::new();
    for entry in entries {
        let fragment = entry["topology"].as_str().unwrap();
        let spec: TopologySpec = toml::from_str(fragment).unwrap();
        let (Some(least), Some(most)) = (
            entry["laplacian_lambda2"].as_f64(),
            entry["laplacian_lambda_max"].as_f64(),
        ) else {
            continue;
        };
        if !["tetrahedral", "wk", "hamming", "hypercube", "complete"].contains(&spec.kind()) {
            continue;
        }
        let network = topology(spec.kind(), entry["n"].as_u64().unwrap() as u32);
        let [found_least, found_most] = network.laplacian_spectrum().unwrap();
        assert!(
            (found_least / least - 1.0).abs() < 1e-9,
            "{fragment}: {found_least}, not {least}"
        );
        assert!(
            (found_most / most - 1.0).abs() < 1e-12,
            "{fragment}: {found_most}, not {most}"
        );
        checked.insert(spec.kind());
    }
    assert_eq!(checked.len(), 4);
    let published = [
        4.0,
        0.763_932_022_500_208_6,
        0.130_144_955_315_723_87,
        0.021_769_813_348_155_892,
        0.003_630_498_978_497_971_2,
    ];
    for (length, expected) in (1..).zip(published) {
        let found = topology("tetrahedral", 4u32.pow(length)).laplacian_spectrum().unwrap();
        assert!((found[0] / expected - 1.0).abs() < 1e-9, "S(4, {length}): {found:?}");
        assert_eq!(found[1], if length == 1 { 4.0 } else { 6.0 });
    }
    for length in 1..=14u32 {
        let least = |length: u32| topology("tetrahedral", 4u32.pow(length)).laplacian_spectrum().unwrap()[0];
        let next = least(length + 1);
        assert!((next * (6.0 - next) / least(length) - 1.0).abs() < 1e-14);
    }
}

/// The eigenvector that the proof names: opposite over the bridges of one network of sixteen, zero in its corners and
/// elsewhere.
#[test]
fn six_is_an_eigenvalue_of_every_tetrahedral_network() {
    for (kind, length) in [("tetrahedral", 2), ("tetrahedral", 5), ("wk", 2), ("wk", 5)] {
        let network = topology(kind, 4u32.pow(length));
        let mut x = vec![0.0; network.nodes() as usize];
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            (x[4 * a + b], x[4 * b + a]) = (1.0, -1.0);
        }
        let (value, rest) = rayleigh(&*network, &x);
        assert!(
            (value - 6.0).abs() < 1e-12 && rest < 1e-12,
            "{kind}, {length}: {value}, {rest}"
        );
    }
}

#[test]
fn vertex_transitive_ones() {
    for (kind, nodes, expected) in [
        ("tetrahedral", 4, true),
        ("tetrahedral", 16, false),
        ("wk", 16, false),
        ("hamming", 256, true),
        ("hypercube", 128, true),
        ("de-bruijn", 16, false),
        ("complete", 9, true),
    ] {
        let network = topology(kind, nodes);
        assert_eq!(network.is_vertex_transitive(), expected, "{kind} of {nodes}");
        if expected {
            let profile = |source| {
                let mut all = distances(&*network, source);
                all.sort_unstable();
                all
            };
            assert!(
                (0..nodes).all(|source| profile(source) == profile(0)),
                "{kind} of {nodes}"
            );
        }
    }
}

#[test]
fn levels() {
    let level = |kind: &str, i, j| topology(kind, 256).level(i, j);
    for kind in ["tetrahedral", "wk", "hamming"] {
        assert_eq!(level(kind, 4, 7), Some(0), "{kind}");
    }
    // 0001 to 0010, 0133 to 0311, 0333 to 3000.
    assert_eq!(level("tetrahedral", 0o01, 0o04), Some(1));
    assert_eq!(level("tetrahedral", 16 + 12 + 3, 48 + 4 + 1), Some(2));
    assert_eq!(level("tetrahedral", 63, 192), Some(3));
    assert_eq!(level("hamming", 0, 32), Some(2));
    assert_eq!(level("hypercube", 0, 32), Some(5));
    assert_eq!(level("hypercube", 255, 254), Some(0));
    assert_eq!(level("complete", 0, 1), None);
}

#[test]
fn shapes() {
    let place = |kind: &str, nodes: u32| -> Vec<DVec3> {
        let network = topology(kind, nodes);
        (0..nodes).map(|i| network.position(i)).collect()
    };
    let lengths = |kind: &str, nodes: u32, level: Option<u32>| -> Vec<f64> {
        let (network, places) = (topology(kind, nodes), place(kind, nodes));
        let all = links(&*network).into_iter();
        all.filter(|&(i, j)| level.is_none() || network.level(i, j) == level)
            .map(|(i, j)| places[i as usize].distance(places[j as usize]))
            .collect()
    };
    let all_equal = |lengths: &[f64]| lengths.iter().all(|l| (l / lengths[0] - 1.0).abs() < 1e-9);
    // Bridges are the longer, the more they join, so that each is seen.
    let bridges: Vec<Vec<f64>> = (0..5).map(|level| lengths("tetrahedral", 1024, Some(level))).collect();
    assert!(bridges.iter().all(|lengths| all_equal(lengths)));
    assert!(
        bridges.windows(2).all(|pair| pair[1][0] > 1.1 * pair[0][0]),
        "{:?}",
        bridges[4]
    );
    for level in 0..8 {
        assert!(all_equal(&lengths("hypercube", 256, Some(level))), "dimension {level}");
    }
    for level in 0..4 {
        assert!(all_equal(&lengths("hamming", 256, Some(level))), "digit {level}");
    }
    // A cube and a tetrahedron.
    assert!(all_equal(&lengths("hypercube", 8, None)));
    assert!(all_equal(&lengths("complete", 3, None)) && all_equal(&lengths("hamming", 4, None)));
    let diagonal = place("hypercube", 8)[0].distance(place("hypercube", 8)[7]);
    assert!((diagonal - 3f64.sqrt()).abs() < 1e-12);
    // No two nodes in one place.
    for (kind, nodes) in [
        ("tetrahedral", 4096),
        ("wk", 4096),
        ("hamming", 4096),
        ("hypercube", 4096),
        ("de-bruijn", 4096),
    ] {
        let mut places = place(kind, nodes);
        places.sort_by(|a, b| a.x.total_cmp(&b.x));
        for (at, place) in places.iter().enumerate() {
            let near = places[at + 1..].iter().take_while(|other| other.x - place.x < 1e-4);
            assert!(near.clone().all(|other| other.distance(*place) > 1e-4), "{kind}");
        }
    }
}

#[test]
fn counts_that_do_not_fit() {
    for (kind, nodes, nearest) in [
        ("wk", 4, "16"),
        ("wk", 17, "16 and 64"),
        ("hamming", 5, "4 and 16"),
        ("hamming", 1, "4"),
        ("hypercube", 1, "2"),
        ("hypercube", 1_000_000, "524288 and 1048576"),
        ("hypercube", u32::MAX - 1, "2147483648"),
        ("de-bruijn", 1, "2"),
        ("de-bruijn", 4097, "4096 and 8192"),
        ("complete", 1, "2"),
        ("complete", 1 << 28, "268435455"),
        ("tetrahedral", u32::MAX - 1, "1073741824"),
    ] {
        let error = build(kind, nodes).unwrap_err().to_string();
        assert!(
            error.starts_with("agents ") && error.ends_with(&format!("that fit: {nearest}")),
            "{error}"
        );
    }
    assert_eq!(topology("complete", (1 << 28) - 1).largest_degree(), (1 << 28) - 2);
}
