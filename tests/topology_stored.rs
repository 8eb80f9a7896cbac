//! Stars, trees, Fibonacci cubes, geodesic spheres and sunflowers, link by link against their definitions.

use crate::support::links;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::topology::{
    Build, FibonacciCubeSpec, GeodesicSpec, PhyllotaxisSpec, Site, StarSpec, Topology, TreeSpec,
};

type Links = BTreeSet<(u32, u32)>;

fn build(spec: &dyn Build, nodes: u32) -> Arc<dyn Topology> {
    let site = Site {
        nodes: Some(nodes),
        seed: 1,
        folder: Path::new(""),
    };
    spec.build(nodes, site).unwrap()
}

fn links_of(topology: &dyn Topology) -> Links {
    links(topology).into_iter().collect()
}

fn pair(i: u32, j: u32) -> (u32, u32) {
    (i.min(j), i.max(j))
}

#[test]
fn a_star_links_its_hub_to_all() {
    for n in [2u32, 3, 64, 1000] {
        let star = build(&StarSpec {}, n);
        assert_eq!(links_of(&*star), (1..n).map(|leaf| (0, leaf)).collect());
        assert_eq!(star.uniform_divisor(), Some(n));
        assert_eq!(star.stored_bytes(), 4 * 2 * u64::from(n - 1) + 5 * u64::from(n) + 4);
    }
    assert_eq!(build(&StarSpec {}, 64).laplacian_spectrum(), Some([1.0, 64.0]));
    assert_eq!(build(&StarSpec {}, 2).laplacian_spectrum(), Some([2.0, 2.0]));
}

#[test]
fn a_tree_links_every_node_to_its_parent() {
    for branching in [1u32, 2, 3, 7, 1000] {
        for n in [2u32, 3, 4, 64, 1001] {
            let tree = build(&TreeSpec { branching }, n);
            let mut depths = vec![0; n as usize];
            let mut expected = Links::new();
            for child in 1..n {
                let parent = (child - 1) / branching;
                depths[child as usize] = depths[parent as usize] + 1;
                expected.insert((parent, child));
                assert_eq!(tree.level(parent, child), Some(depths[child as usize]));
                let radius = f64::from(depths[child as usize]);
                assert!((tree.position(child).length() - radius).abs() < 1e-9 * radius);
            }
            assert_eq!(links_of(&*tree), expected, "{n} nodes, {branching}");
        }
    }
}

/// The words of m bits without two adjacent ones, in the order of their values as binary numbers, which is that of the sums of
/// Fibonacci numbers that they stand for.
#[test]
fn fibonacci_cubes_equal_their_definition() {
    for m in 1..=14u32 {
        let words: Vec<u32> = (0..1 << m).filter(|w| w & w >> 1 == 0).collect();
        let n = words.len() as u32;
        let cube = build(&FibonacciCubeSpec {}, n);
        let mut expected = Links::new();
        for (i, word) in (0..).zip(&words) {
            for bit in (0..m).filter(|bit| word >> bit & 1 == 0) {
                if let Ok(j) = words.binary_search(&(word | 1 << bit)) {
                    expected.insert((i, j as u32));
                    assert_eq!(cube.level(i, j as u32), Some(bit));
                }
            }
        }
        assert_eq!(links_of(&*cube), expected, "{m} bits");
        let places: BTreeSet<String> = (0..n).map(|i| format!("{:.6}", cube.position(i))).collect();
        assert_eq!(places.len() as u32, n, "two of {n} nodes are in one place");
    }
}

/// The twelve corners, taken from the network itself, span an icosahedron; each of its faces is cut anew, and the points found
/// by their places.
#[test]
fn geodesic_spheres_equal_icosahedra_cut_face_by_face() {
    for parts in 1..=7u32 {
        let sphere = build(&GeodesicSpec {}, 10 * parts * parts + 2);
        let n = sphere.nodes();
        let places: Vec<_> = (0..n).map(|i| sphere.position(i)).collect();
        let corners: Vec<u32> = (0..n).filter(|&i| sphere.degree(i) == 5).collect();
        assert_eq!(corners.len(), 12);
        let is_edge = |i: u32, j: u32| {
            // The cosine between adjacent corners.
            (places[i as usize].dot(places[j as usize]) - 1.0 / 5f64.sqrt()).abs() < 1e-9
        };
        let find = |place: glam::DVec3| {
            let near = |i: &u32| places[*i as usize].distance(place) < 1e-9;
            let mut found = (0..n).filter(near);
            assert_eq!(found.clone().count(), 1);
            found.next().unwrap()
        };
        let (mut expected, mut faces) = (Links::new(), 0);
        for (x, &a) in corners.iter().enumerate() {
            for (y, &b) in corners.iter().enumerate().skip(x + 1).filter(|(_, b)| is_edge(a, **b)) {
                for &c in corners[y + 1..].iter().filter(|&&c| is_edge(a, c) && is_edge(b, c)) {
                    faces += 1;
                    let node = |u: u32, v: u32| {
                        let w = f64::from(parts - u - v);
                        let (u, v) = (f64::from(u), f64::from(v));
                        let point = places[a as usize] * w + places[b as usize] * u + places[c as usize] * v;
                        find(point.normalize())
                    };
                    for u in 0..parts {
                        for v in 0..parts - u {
                            let (i, j, k) = (node(u, v), node(u + 1, v), node(u, v + 1));
                            expected.extend([pair(i, j), pair(j, k), pair(i, k)]);
                        }
                    }
                }
            }
        }
        assert_eq!(faces, 20);
        assert_eq!(links_of(&*sphere), expected, "{parts} parts");
    }
}

#[test]
fn large_geodesic_spheres_have_twelve_corners() {
    for parts in [50u32, 101] {
        let sphere = build(&GeodesicSpec {}, 10 * parts * parts + 2);
        assert_eq!(sphere.links(), u64::from(30 * parts * parts));
        let rows: Vec<Vec<u32>> = (0..sphere.nodes()).map(|i| sphere.neighbours_of(i)).collect();
        assert_eq!(rows.iter().filter(|row| row.len() == 5).count(), 12);
        for (i, row) in (0..).zip(&rows) {
            assert!(row.len() == 5 || row.len() == 6);
            assert!(row.is_sorted_by(|a, b| a < b));
            assert!(row.iter().all(|&j| rows[j as usize].contains(&i)));
        }
    }
}

/// Every pair of florets compared.
fn sunflower(n: u32, nearest: usize) -> Links {
    let places: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let turns = f64::from(i) * ((5f64.sqrt() - 1.0) / 2.0);
            let angle = turns.fract() * std::f64::consts::TAU;
            (f64::from(i).sqrt() * angle.cos(), f64::from(i).sqrt() * angle.sin())
        })
        .collect();
    let mut all = Links::new();
    for i in 0..n {
        let distance = |j: u32| {
            let (a, b) = (places[i as usize], places[j as usize]);
            (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)
        };
        let mut others: Vec<u32> = (0..n).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
        all.extend(others[..nearest].iter().map(|&j| pair(i, j)));
    }
    all
}

#[test]
fn sunflowers_link_the_nearest_florets() {
    for nearest in 1..=12 {
        for n in [nearest + 1, nearest + 2, 50, 377, 2000] {
            let flower = build(&PhyllotaxisSpec { neighbours: nearest }, n);
            assert_eq!(
                links_of(&*flower),
                sunflower(n, nearest as usize),
                "{n} florets, {nearest} nearest"
            );
        }
    }
}

/// Four nearest neighbours: but for the link 0–4 in the middle. Five to seven: but for links of floret 0, and those of florets at
/// the rim, within three of it, which find their neighbours on one side only. With more, the sums of Fibonacci numbers come in.
#[test]
fn sunflower_neighbours_are_fibonacci_numbers_apart() {
    let fibonacci: Vec<u32> = std::iter::successors(Some((1, 2)), |&(a, b)| Some((b, a + b)))
        .map(|(a, _)| a)
        .take_while(|&f| f < 1 << 20)
        .collect();
    for n in [1000u32, 50_000, 200_000] {
        let rim = n - 6 * n.isqrt();
        for neighbours in 1..=7 {
            let flower = build(&PhyllotaxisSpec { neighbours }, n);
            for (i, j) in links(&*flower) {
                let is_expected = match neighbours {
                    ..=3 => false,
                    4 => (i, j) == (0, 4),
                    _ => i == 0 || j > rim,
                };
                assert!(
                    is_expected || fibonacci.contains(&(j - i)),
                    "{n} florets, {neighbours} nearest: {i} and {j}"
                );
            }
        }
    }
}

fn pieces(topology: &dyn Topology) -> usize {
    let mut seen = vec![false; topology.nodes() as usize];
    (0..topology.nodes())
        .filter(|&start| {
            let is_new = !std::mem::replace(&mut seen[start as usize], true);
            let mut stack = vec![start];
            while let (true, Some(i)) = (is_new, stack.pop()) {
                let others = topology.neighbours_of(i).into_iter();
                stack.extend(others.filter(|&j| !std::mem::replace(&mut seen[j as usize], true)));
            }
            is_new
        })
        .count()
}

#[test]
fn sunflowers_of_three_neighbours_are_in_one_piece() {
    for n in (13..200).chain([1000, 4181, 20_000, 100_000]) {
        let count = |neighbours| pieces(&*build(&PhyllotaxisSpec { neighbours }, n));
        assert_eq!(count(3), 1, "{n} florets");
        assert_eq!(count(4), 1, "{n} florets");
        assert!(count(1) > 1, "{n} florets");
    }
}

#[test]
fn parameters_that_cannot_be_are_refused() {
    let site = Site {
        nodes: Some(100),
        seed: 1,
        folder: Path::new(""),
    };
    let error = |spec: &dyn Build| spec.build(100, site).map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        error(&PhyllotaxisSpec { neighbours: 13 }),
        "topology.neighbours is 13; 1 to 12 are possible"
    );
    assert!(error(&PhyllotaxisSpec { neighbours: 0 }).contains("1 to 12"));
    assert!(error(&TreeSpec { branching: 0 }).starts_with("topology.branching is 0; "));
    // More link ends than 32-bit offsets count.
    assert_eq!(StarSpec {}.fit(u32::MAX).below, Some((1 << 28) - 1));
    assert_eq!(TreeSpec { branching: 2 }.fit(u32::MAX).below, Some(1 << 31));
    assert_eq!(
        PhyllotaxisSpec { neighbours: 4 }.fit(u32::MAX - 1).below,
        Some(u32::MAX / 8)
    );
    assert_eq!(FibonacciCubeSpec {}.fit(u32::MAX - 1).below, Some(165_580_141));
    assert_eq!(GeodesicSpec {}.fit(u32::MAX - 1).below, Some(10 * 8460 * 8460 + 2));
    for spec in [&FibonacciCubeSpec {} as &dyn Build, &GeodesicSpec {}] {
        assert_eq!(spec.fit(u32::MAX - 1).above, None);
    }
}
