//! Random regular graphs and small worlds: what their literature says of them, and what their definitions here say.

use crate::support::scenario;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::number::threefry2x32;
use tetraswarm::topology::Build;
use tetraswarm::topology::{Circulant, RandomRegular, RandomRegularSpec, Site, SmallWorldSpec, Topology};

fn site(seed: u32) -> Site<'static> {
    Site {
        nodes: None,
        seed,
        folder: Path::new(""),
    }
}

fn regular(nodes: u32, degree: u32, seed: u32) -> RandomRegular {
    RandomRegular::new(nodes, degree / 2, seed)
}

fn small_world(nodes: u32, degree: u32, rewire: f64, seed: u32) -> Arc<dyn Topology> {
    SmallWorldSpec { degree, rewire }.build(nodes, site(seed)).unwrap()
}

fn adjacency(topology: &dyn Topology) -> Vec<Vec<u32>> {
    (0..topology.nodes()).map(|i| topology.neighbours_of(i)).collect()
}

/// The neighbours over a slot, in the order of the nodes.
fn column(topology: &dyn Topology, slot: u32) -> Vec<u32> {
    let n = topology.nodes();
    let (mut all, mut list) = (Vec::new(), vec![0; n as usize]);
    while (all.len() as u32) < n {
        let first = all.len() as u32;
        let (answer, len) = topology.neighbours(slot, first..n, &mut list);
        let others = answer.ids(first, &list);
        all.extend((0..len as usize).map(|l| others.at(l)));
    }
    all
}

/// The greatest distance from any of the first `sources` nodes, and the mean; everybody must be reached.
fn distances(adjacency: &[Vec<u32>], sources: usize) -> (u32, f64) {
    let (mut most, mut sum) = (0, 0.0);
    for source in 0..sources.min(adjacency.len()) {
        let mut found = vec![u32::MAX; adjacency.len()];
        found[source] = 0;
        let mut queue = VecDeque::from([source]);
        while let Some(i) = queue.pop_front() {
            for &j in &adjacency[i] {
                if found[j as usize] == u32::MAX {
                    found[j as usize] = found[i] + 1;
                    queue.push_back(j as usize);
                }
            }
        }
        assert!(!found.contains(&u32::MAX), "not connected");
        most = most.max(found.iter().copied().max().unwrap_or(0));
        sum += found.iter().map(|&d| f64::from(d)).sum::<f64>() / (adjacency.len() - 1) as f64;
    }
    (most, sum / sources.min(adjacency.len()) as f64)
}

/// λ₂ of the Laplacian of a graph in which every node has the same degree, from above: by the power method on d + A, without the
/// constant part.
fn laplacian_gap(adjacency: &[Vec<u32>]) -> f64 {
    let degree = adjacency[0].len() as f64;
    let n = adjacency.len() as f64;
    let mut x: Vec<f64> = (0..adjacency.len() as u32)
        .map(|i| f64::from(threefry2x32([1, 2], [i, 0])[0]))
        .collect();
    let mut eigenvalue = 0.0;
    for _ in 0..1500 {
        let mean = x.iter().sum::<f64>() / n;
        let length = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
        x.iter_mut().for_each(|v| *v = (*v - mean) / length);
        let next: Vec<f64> = (0..x.len())
            .map(|i| degree * x[i] + adjacency[i].iter().map(|&j| x[j as usize]).sum::<f64>())
            .collect();
        eigenvalue = x.iter().zip(&next).map(|(a, b)| a * b).sum::<f64>();
        x = next;
    }
    2.0 * degree - eigenvalue
}

#[test]
fn every_cycle_of_a_random_regular_graph_passes_every_node() {
    for (n, degree) in [
        (3, 2),
        (4, 2),
        (5, 4),
        (6, 4),
        (7, 6),
        (11, 10),
        (64, 8),
        (1000, 4),
        (4099, 6),
    ] {
        let topology = regular(n, degree, n);
        for cycle in 0..degree / 2 {
            let (next, last) = (column(&topology, 2 * cycle), column(&topology, 2 * cycle + 1));
            let (mut at, mut steps) = (0, 0);
            loop {
                assert_eq!(last[next[at as usize] as usize], at);
                (at, steps) = (next[at as usize], steps + 1);
                if at == 0 {
                    break;
                }
            }
            assert_eq!(steps, n, "cycle {cycle} of {n} nodes");
        }
    }
}

#[test]
fn a_random_regular_graph_is_a_function_of_the_seed() {
    let of = |seed| adjacency(&regular(1000, 4, seed));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    // A higher degree adds cycles.
    let (four, six) = (regular(1000, 4, 1), regular(1000, 6, 1));
    assert_eq!(column(&four, 3), column(&six, 3));
}

/// λ₂ of the adjacency matrix is at most 2√(d − 1) + ε for almost every random regular graph (Friedman 2008), and for no large
/// graph much below (Alon and Boppana); those drawn with NetworkX have 4 − λ₂ = 0.567 and 0.543.
#[test]
fn random_regular_graphs_expand_as_random_ones_do() {
    let bound = 4.0 - 2.0 * 3f64.sqrt();
    for (n, least, most) in [(1024, bound - 0.02, 0.61), (4096, bound - 0.01, 0.58)] {
        for seed in 0..8 {
            let gap = laplacian_gap(&adjacency(&regular(n, 4, seed)));
            assert!((least..most).contains(&gap), "{n} nodes, seed {seed}: {gap}");
        }
    }
}

/// Those drawn with NetworkX: diameter 9 and mean 5.654 of 1024 nodes, 10 and 6.916 of 4096.
#[test]
fn random_regular_graphs_are_as_small_as_random_ones() {
    for (n, diameter, mean) in [(1024, 9, 5.654), (4096, 10, 6.916)] {
        for seed in 0..4 {
            let (most, average) = distances(&adjacency(&regular(n, 4, seed)), 400);
            assert!(
                (diameter - 1..=diameter + 1).contains(&most),
                "{n} nodes: diameter {most}"
            );
            assert!((average - mean).abs() < 0.04, "{n} nodes: mean distance {average}");
        }
    }
}

/// Of the n links of a cycle each is in another with probability 2/(n − 1): about 2, distributed as Poisson's.
#[test]
fn two_cycles_share_two_links_on_average() {
    let networks = 400;
    let shared: usize = (0..networks)
        .map(|seed| {
            let rows = adjacency(&regular(300, 4, seed));
            rows.iter()
                .map(|row| row.windows(2).filter(|pair| pair[0] == pair[1]).count())
                .sum::<usize>()
                / 2
        })
        .sum();
    let mean = shared as f64 / f64::from(networks);
    assert!(
        (mean - 600.0 / 299.0).abs() < 4.0 * (2.0 / f64::from(networks)).sqrt(),
        "{mean}"
    );
}

#[test]
fn a_small_world_without_rewiring_is_the_ring_lattice() {
    for (n, degree) in [(5, 4), (7, 6), (100, 6), (99, 10)] {
        let ring = Circulant::new("circulant", n, 1..=u64::from(degree / 2)).unwrap();
        let topology = small_world(n, degree, 0.0, 3);
        assert_eq!(topology.kind(), "small-world");
        assert_eq!(adjacency(&*topology), adjacency(&ring));
    }
}

/// Who a node's long link is exchanged with: x aims at partner(x) + o, partners are each other's, and links of length 1 stay.
#[test]
fn long_links_are_exchanged_in_pairs() {
    for n in [5u32, 6, 8, 9, 100, 1001] {
        for (degree, rewire) in [(4, 1.0), (4, 0.3), (6, 1.0), (10, 0.5)]
            .into_iter()
            .filter(|c| c.0 < n)
        {
            let topology = small_world(n, degree, rewire, n);
            assert!((0..n).eq(column(&*topology, 1).into_iter().map(|j| (j + 1) % n)));
            let mut moved = 0;
            for offset in 2..=degree / 2 {
                let (to, from) = (column(&*topology, 2 * offset - 2), column(&*topology, 2 * offset - 1));
                let partner = |x: u32| (to[x as usize] + n - offset) % n;
                for x in 0..n {
                    assert_eq!(partner(partner(x)), x, "{n} nodes, offset {offset}");
                    assert_ne!(to[x as usize], x);
                    assert_eq!(from[to[x as usize] as usize], x);
                    moved += u32::from(partner(x) != x);
                }
            }
            assert!(moved > 0 || n < 10, "{n} nodes, degree {degree}, rewire {rewire}");
        }
    }
}

#[test]
fn as_many_links_are_re_aimed_as_asked_for() {
    let (n, degree) = (20_001, 20);
    for rewire in [0.001, 0.1, 0.5, 0.9, 1.0] {
        let topology = small_world(n, degree, rewire, 11);
        let moved: usize = (2..=degree / 2)
            .map(|offset| {
                let to = column(&*topology, 2 * offset - 2);
                (0..n).zip(to).filter(|&(x, j)| j != (x + offset) % n).count()
            })
            .sum();
        let pairs = f64::from(degree / 2 - 1) * f64::from(n / 2);
        let share = moved as f64 / 2.0 / pairs;
        // A pair at the distance of the length keeps its links: about two of the whole network's.
        let error = 4.0 * (rewire * (1.0 - rewire) / pairs).sqrt() + 20.0 / pairs;
        assert!((share - rewire).abs() < error, "{rewire}: {share}");
    }
}

/// The share of pairs of a node's neighbours that are linked, over all nodes.
fn clustering(adjacency: &[Vec<u32>]) -> f64 {
    let (mut linked, mut pairs) = (0, 0);
    for row in adjacency {
        let others: Vec<u32> = row.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for (k, &i) in others.iter().enumerate() {
            for j in &others[k + 1..] {
                linked += u32::from(adjacency[i as usize].binary_search(j).is_ok());
                pairs += 1;
            }
        }
    }
    f64::from(linked) / f64::from(pairs)
}

/// A hundredth of the links re-aimed: paths are short, and neighbours still know each other (Watts and Strogatz 1998, figure 2).
#[test]
fn distances_fall_long_before_clustering() {
    let figures = |rewire: f64| {
        let rows = adjacency(&*small_world(2000, 10, rewire, 5));
        (distances(&rows, 100).1, clustering(&rows))
    };
    let (lattice, few, all) = (figures(0.0), figures(0.01), figures(1.0));
    assert!(
        (lattice.1 - 2.0 / 3.0).abs() < 1e-12,
        "3 (d − 2) / 4 (d − 1) at degree 10: {}",
        lattice.1
    );
    assert!(
        few.0 < 0.3 * lattice.0 && few.1 > 0.9 * lattice.1,
        "{lattice:?}, {few:?}"
    );
    assert!(
        all.0 < 0.1 * lattice.0 && all.1 < 0.05 * lattice.1,
        "{lattice:?}, {all:?}"
    );
}

#[test]
fn a_small_world_all_re_aimed_is_as_small_as_a_random_graph() {
    let random = distances(&adjacency(&regular(4096, 8, 1)), 200).1;
    let all = distances(&adjacency(&*small_world(4096, 8, 1.0, 1)), 200).1;
    assert!((all / random - 1.0).abs() < 0.02, "{all} and {random}");
}

#[test]
fn parameters_that_cannot_be_are_refused() {
    let regular = |degree: u32, nodes: u32| {
        let spec = RandomRegularSpec { degree };
        spec.build(nodes, site(1)).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        regular(5, 100),
        "topology.degree is 5, but the topology 'random-regular' has an even degree, 2 to 1024; the nearest: 4 and 6"
    );
    assert!(regular(0, 100).ends_with("the nearest: 2"));
    assert!(regular(u32::MAX, 100).ends_with("the nearest: 1024"));
    let world = |degree: u32, rewire: f64| {
        let spec = SmallWorldSpec { degree, rewire };
        spec.build(100, site(1)).map(|_| ()).unwrap_err().to_string()
    };
    assert!(world(2, 0.1).ends_with("the nearest: 4"));
    assert!(world(7, 0.1).ends_with("the nearest: 6 and 8"));
    for rewire in [-0.1, 1.1, f64::NAN] {
        assert!(world(6, rewire).starts_with("topology.rewire is "));
    }
    for (kind, nodes, degree, fits) in [("random-regular", 12, 12, 13), ("small-world", 3, 6, 7)] {
        let text = format!("kind = \"{kind}\"\ndegree = {degree}");
        let scenario = scenario(nodes, &text, "kind = \"synchronous\"", "trunc", 0);
        let built = scenario.topology.build(Site {
            nodes: Some(nodes),
            ..site(1)
        });
        let error = built.map(|_| ()).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("agents is {nodes}")) && error.ends_with(&format!(": {fits}")),
            "{error}"
        );
    }
}

/// The largest networks: no memory, no overflow.
#[test]
fn four_thousand_million_nodes_are_linked_both_ways() {
    let n = u32::MAX - 1;
    let networks: [Arc<dyn Topology>; 2] = [Arc::new(regular(n, 4, 9)), small_world(n, 6, 0.5, 9)];
    for topology in networks {
        assert_eq!(topology.stored_bytes(), 0);
        for i in [0, 1, 2, 3, 1 << 31, n - 3, n - 2, n - 1] {
            for j in topology.neighbours_of(i) {
                assert!(j < n && j != i);
                assert!(topology.neighbours_of(j).contains(&i), "{} {i} {j}", topology.kind());
            }
        }
    }
}
