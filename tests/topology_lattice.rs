//! Lattices against their geometry: who is nearest to whom, how many are so many links away, which boxes there are.

use crate::support;

use crate::support::scenario;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tetraswarm::Error;
use tetraswarm::topology::{Site, Topology};

fn try_build(nodes: u32, fragment: &str) -> Result<Arc<dyn Topology>, Error> {
    let scenario = scenario(nodes, fragment, "kind = \"synchronous\"", "trunc", 0);
    let folder = Path::new("");
    scenario.topology.build(Site {
        nodes: Some(nodes),
        seed: 7,
        folder,
    })
}

fn build(nodes: u32, fragment: &str) -> Arc<dyn Topology> {
    try_build(nodes, fragment).unwrap_or_else(|e| panic!("{nodes} nodes, {fragment}: {e}"))
}

const KINDS: [&str; 10] = [
    "torus2d",
    "twisted-torus",
    "klein",
    "prism",
    "triangular",
    "honeycomb",
    "cubic",
    "bcc",
    "fcc",
    "diamond",
];

/// Where the sites of a cell are, the cell's edges, and the square of the distance of nearest neighbours: whole numbers, in a
/// lattice basis where the square of a vector (x, y, z) is x² + y² + z² + `cross`·(xy + yz + zx).
struct Crystal {
    edges: [[i64; 3]; 3],
    sites: Vec<[i64; 3]>,
    cross: i64,
    square: i64,
}

fn crystal(kind: &str) -> Crystal {
    let cubic = |edge: i64| [[edge, 0, 0], [0, edge, 0], [0, 0, edge]];
    let (edges, sites, cross, square) = match kind {
        "torus2d" | "cubic" => (cubic(1), vec![[0; 3]], 0, 1),
        // Edges at 60 degrees to each other: (1, −1) is as long as they are.
        "triangular" => (cubic(1), vec![[0; 3]], 1, 1),
        // A third of the long diagonal from A to B; three times the edges, so that it is whole.
        "honeycomb" => (cubic(3), vec![[0; 3], [1, 1, 0]], 1, 3),
        "bcc" => (cubic(2), vec![[0; 3], [1; 3]], 0, 3),
        "fcc" => ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], vec![[0; 3]], 0, 2),
        "diamond" => {
            let fcc = [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0]];
            let sites = fcc.into_iter().chain(fcc.map(|p| p.map(|v| v + 1))).collect();
            (cubic(4), sites, 0, 3)
        }
        other => panic!("{other} is no crystal"),
    };
    Crystal {
        edges,
        sites,
        cross,
        square,
    }
}

/// The neighbours of every node by geometry alone: all sites at the least distance, in any copy of the box; nodes by layers of
/// sites, as the documentation says.
fn nearest(kind: &str, sides: [u32; 3]) -> Vec<BTreeSet<u32>> {
    let Crystal {
        edges,
        sites,
        cross,
        square,
    } = crystal(kind);
    let [w, h, d] = sides.map(i64::from);
    let point = |cell: [i64; 3], site: usize| {
        [0, 1, 2].map(|axis| sites[site][axis] + (0..3).map(|e| cell[e] * edges[e][axis]).sum::<i64>())
    };
    let index = |[x, y, z]: [i64; 3], site: usize| {
        let [x, y, z] = [x.rem_euclid(w), y.rem_euclid(h), z.rem_euclid(d)];
        (((z * sites.len() as i64 + site as i64) * h + y) * w + x) as u32
    };
    let is_flat = matches!(kind, "torus2d" | "triangular" | "honeycomb");
    let mut all = vec![BTreeSet::new(); (w * h * d) as usize * sites.len()];
    for (x, y, z) in (0..d).flat_map(|z| (0..h).flat_map(move |y| (0..w).map(move |x| (x, y, z)))) {
        for site in 0..sites.len() {
            let own = point([x, y, z], site);
            for (near, other) in (0..125).flat_map(|k| (0..sites.len()).map(move |s| (k, s))) {
                let [dx, dy, dz] = [near % 5 - 2, near / 5 % 5 - 2, near / 25 - 2];
                let cell = [x + dx, y + dy, z + dz];
                let to = point(cell, other);
                let [a, b, c] = [0, 1, 2].map(|axis| to[axis] - own[axis]);
                if a * a + b * b + c * c + cross * (a * b + b * c + c * a) == square && !(is_flat && dz != 0) {
                    all[index([x, y, z], site) as usize].insert(index(cell, other));
                }
            }
        }
    }
    all
}

#[test]
fn crystals_link_the_nearest_sites() {
    let flat = [[3, 3, 1], [5, 3, 1], [4, 7, 1], [300, 3, 1], [128, 5, 1]];
    let solid = [
        [3, 3, 3],
        [5, 4, 3],
        [3, 4, 6],
        [16, 16, 3],
        [128, 3, 3],
        [127, 3, 3],
        [17, 15, 4],
    ];
    for kind in ["torus2d", "triangular", "honeycomb", "cubic", "bcc", "fcc", "diamond"] {
        let is_flat = matches!(kind, "torus2d" | "triangular" | "honeycomb");
        for sides in if is_flat { &flat[..] } else { &solid[..] } {
            let expected = nearest(kind, *sides);
            let height = if is_flat {
                String::new()
            } else {
                format!("height = {}", sides[1])
            };
            let fragment = format!("kind = \"{kind}\"\nwidth = {}\n{height}", sides[0]);
            let topology = build(expected.len() as u32, &fragment);
            for (i, expected) in (0..).zip(&expected) {
                let found: BTreeSet<u32> = topology.neighbours_of(i).into_iter().collect();
                assert_eq!(&found, expected, "{kind} {sides:?}, node {i}");
            }
        }
    }
}

/// Leaving the last row upwards, x becomes x + twist, or on the Klein bottle W − 1 − x.
#[test]
fn tori_and_klein_bottles_equal_their_definitions() {
    let boxes = [(3, 3), (4, 3), (5, 8), (300, 3), (128, 4), (127, 3), (16, 40)];
    let twists = |w: u32| [None, Some(0), Some(1), Some(w / 3), Some(w - 1)];
    for (w, h, twist) in boxes
        .into_iter()
        .flat_map(|(w, h)| twists(w).map(|twist| (w, h, twist)))
    {
        let mut expected = vec![BTreeSet::new(); (w * h) as usize];
        let mut link = |i: u32, j: u32| {
            expected[i as usize].insert(j);
            expected[j as usize].insert(i);
        };
        for (x, y) in (0..h).flat_map(|y| (0..w).map(move |x| (x, y))) {
            link(y * w + x, y * w + (x + 1) % w);
            let entered = twist.map_or(w - 1 - x, |twist| (x + twist) % w);
            let up = if y + 1 < h { (y + 1) * w + x } else { entered };
            link(y * w + x, up);
        }
        let topology = match twist {
            None => build(w * h, &format!("kind = \"klein\"\nwidth = {w}")),
            Some(twist) => build(
                w * h,
                &format!("kind = \"twisted-torus\"\nwidth = {w}\ntwist = {twist}"),
            ),
        };
        for (i, expected) in (0..).zip(expected) {
            let found = topology.neighbours_of(i);
            assert_eq!(found, Vec::from_iter(expected), "{w}×{h}, {twist:?}, node {i}");
        }
    }
}

#[test]
fn prisms_equal_their_definition() {
    for ring in [3, 4, 5, 127, 128, 129, 1000] {
        let topology = build(2 * ring, "kind = \"prism\"");
        for i in 0..2 * ring {
            let (x, first) = (i % ring, i / ring * ring);
            let expected = BTreeSet::from([
                first + (x + 1) % ring,
                first + (x + ring - 1) % ring,
                (i + ring) % (2 * ring),
            ]);
            assert_eq!(
                topology.neighbours_of(i),
                Vec::from_iter(expected),
                "ring of {ring}, node {i}"
            );
        }
    }
}

/// How many nodes are 0, 1, 2, … links away from `source`.
fn shells(topology: &dyn Topology, source: u32) -> Vec<u64> {
    let mut found = BTreeMap::from([(source, 0)]);
    let (mut queue, mut shells) = (VecDeque::from([source]), vec![]);
    while let Some(i) = queue.pop_front() {
        let distance: usize = found[&i];
        shells.resize(shells.len().max(distance + 1), 0);
        shells[distance] += 1;
        for j in topology.neighbours_of(i) {
            found.entry(j).or_insert_with(|| {
                queue.push_back(j);
                distance + 1
            });
        }
    }
    shells
}

/// Conway and Sloane, *Low-dimensional lattices VII: coordination sequences* (1997).
#[test]
fn coordination_sequences() {
    type Formula = fn(u64) -> u64;
    // In a box of so many nodes, with sides of 24 cells or 16 or 12, no shell up to the last one reaches round.
    let cases: [(&str, u32, u64, Formula); 7] = [
        ("torus2d", 24 * 24, 11, |n| 4 * n),
        ("triangular", 24 * 24, 11, |n| 6 * n),
        ("honeycomb", 2 * 24 * 24, 23, |n| 3 * n),
        ("cubic", 24 * 24 * 24, 11, |n| 4 * n * n + 2),
        ("bcc", 2 * 16 * 16 * 16, 15, |n| 6 * n * n + 2),
        ("fcc", 16 * 16 * 16, 7, |n| 10 * n * n + 2),
        ("diamond", 8 * 8 * 8 * 8, 15, |n| 5 * n * n / 2 + 2),
    ];
    for (kind, nodes, last, formula) in cases {
        let topology = build(nodes, &format!("kind = \"{kind}\""));
        for source in [0, nodes / 2, nodes - 1] {
            let shells = shells(&*topology, source);
            assert_eq!(shells[0], 1, "{kind}");
            for n in 1..=last {
                assert_eq!(shells[n as usize], formula(n), "{kind} from {source}: shell {n}");
            }
            assert!(
                shells[last as usize + 1] < formula(last + 1),
                "{kind}: a shell more can be tested"
            );
        }
    }
}

/// Networks that look the same from everywhere have the same shells everywhere, and the others have not.
#[test]
fn transitive_lattices_look_the_same_from_everywhere() {
    for kind in KINDS {
        for (nodes, parameters) in [(240, "width = 5"), (240, ""), (288, ""), (16 * 27, "")] {
            if kind == "prism" && !parameters.is_empty() {
                continue;
            }
            let Ok(topology) = try_build(nodes, &format!("kind = \"{kind}\"\n{parameters}")) else {
                continue;
            };
            let all: BTreeSet<Vec<u64>> = (0..nodes).map(|i| shells(&*topology, i)).collect();
            assert_eq!(
                all.iter().next().unwrap().iter().sum::<u64>(),
                u64::from(nodes),
                "{kind} is connected"
            );
            assert_eq!(
                all.len() == 1,
                topology.is_vertex_transitive(),
                "{kind} {nodes} {parameters}"
            );
        }
    }
}

#[test]
fn spectra_equal_the_reference_values() {
    let entries: Vec<serde_json::Value> = serde_json::from_str(include_str!("reference/topologies.json")).unwrap();
    let mut count = BTreeMap::new();
    for entry in entries {
        let name = entry["name"].as_str().unwrap();
        let topology = build(entry["n"].as_u64().unwrap() as u32, entry["topology"].as_str().unwrap());
        if !KINDS.contains(&topology.kind()) {
            continue;
        }
        *count.entry(topology.kind().to_owned()).or_insert(0) += 1;
        let [least, most] = topology.laplacian_spectrum().unwrap();
        for (key, found) in [("laplacian_lambda2", least), ("laplacian_lambda_max", most)] {
            let expected = entry[key].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-9, "{name}: {key} {found}, not {expected}");
        }
    }
    assert_eq!(count.len(), KINDS.len() - 1, "{count:?}");
}

/// The Laplacian's extreme eigenvalues by power iteration, from below: of L, and of (most − L) beside the constant vectors.
fn power_iteration(topology: &dyn Topology) -> [f64; 2] {
    let n = topology.nodes() as usize;
    let adjacency: Vec<Vec<u32>> = (0..topology.nodes()).map(|i| topology.neighbours_of(i)).collect();
    let apply = |x: &[f64]| -> Vec<f64> {
        let row = |i: usize| adjacency[i].iter().map(|&j| x[i] - x[j as usize]).sum();
        (0..n).map(row).collect()
    };
    let extreme = |shift: f64| {
        let mut x: Vec<f64> = (0..n).map(|i| ((i * i * 7 + 3 * i) as f64).sin()).collect();
        let mut quotient = 0.0;
        for _ in 0..4000 {
            let mean = x.iter().sum::<f64>() / n as f64;
            x.iter_mut().for_each(|v| *v -= mean);
            let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
            x.iter_mut().for_each(|v| *v /= norm);
            let y = apply(&x);
            quotient = x.iter().zip(&y).map(|(x, y)| x * y).sum();
            x = x
                .iter()
                .zip(&y)
                .map(|(x, y)| if shift == 0.0 { *y } else { shift * x - y })
                .collect();
        }
        quotient
    };
    let most = extreme(0.0);
    [extreme(most), most]
}

/// Boxes that are neither squares nor cubes, any twist, and the crystals that the reference values have not.
#[test]
fn spectra_of_oblong_boxes() {
    let cases = [
        ("torus2d", 15, "width = 5"),
        ("twisted-torus", 28, "width = 7\ntwist = 2"),
        ("twisted-torus", 40, "width = 5\ntwist = 4"),
        ("klein", 21, "width = 7"),
        ("klein", 24, "width = 4"),
        ("klein", 18, "width = 6"),
        ("triangular", 20, "width = 5"),
        ("honeycomb", 24, "width = 4"),
        ("cubic", 60, "width = 5\nheight = 4"),
        ("bcc", 48, "width = 4\nheight = 3"),
        ("bcc", 54, ""),
        ("fcc", 60, "width = 5\nheight = 4"),
        ("diamond", 16, ""),
        ("diamond", 48, "width = 3\nheight = 2"),
        ("diamond", 96, "width = 4\nheight = 1"),
    ];
    for (kind, nodes, parameters) in cases {
        let topology = build(nodes, &format!("kind = \"{kind}\"\n{parameters}"));
        let (found, expected) = (topology.laplacian_spectrum().unwrap(), power_iteration(&*topology));
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-6,
                "{kind} {nodes} {parameters}: {found}, not {expected}"
            );
        }
    }
}

#[test]
fn the_least_boxes_are_simple_and_smaller_ones_are_refused() {
    let least = [
        ("torus2d", 9),
        ("twisted-torus", 18),
        ("klein", 9),
        ("prism", 6),
        ("triangular", 9),
        ("honeycomb", 8),
        ("cubic", 27),
        ("bcc", 16),
        ("fcc", 27),
        ("diamond", 8),
    ];
    for (kind, least) in least {
        let fragment = format!("kind = \"{kind}\"");
        for nodes in 2..least {
            let message = try_build(nodes, &fragment).unwrap_err().to_string();
            let expected = format!("agents is {nodes}, but the topology '{kind}' has ");
            assert!(message.starts_with(&expected), "{message}");
            assert!(
                message.ends_with(&format!("the nearest that fit: {least}")),
                "{message}"
            );
        }
        let topology = build(least, &fragment);
        for i in 0..least {
            let row = topology.neighbours_of(i);
            assert_eq!(row.len() as u32, topology.degree(i), "{kind}");
            assert!(row.is_sorted_by(|a, b| a < b) && !row.contains(&i), "{kind}: {row:?}");
        }
    }
}

#[test]
fn sides_and_twists_that_cannot_be() {
    let cases = [
        (
            "twisted-torus",
            32,
            "twist = 8",
            "topology.twist is 8; it must be below the width, 8",
        ),
        (
            "twisted-torus",
            35,
            "width = 7\ntwist = 9",
            "topology.twist is 9; it must be below the width, 7",
        ),
        ("torus2d", 100, "width = 7", "the nearest that fit: 98 and 105"),
        ("honeycomb", 100, "width = 7", "the nearest that fit: 98 and 112"),
        (
            "cubic",
            1000,
            "width = 7\nheight = 11",
            "the nearest that fit: 924 and 1001",
        ),
        ("cubic", 1000, "width = 7", "the nearest that fit: 987 and 1001"),
        ("diamond", 1001, "", "the nearest that fit: 1000 and 1008"),
        (
            "diamond",
            1000,
            "width = 2\nheight = 3",
            "the nearest that fit: 960 and 1008",
        ),
        (
            "torus2d",
            100,
            "width = 4294967295",
            "topology.width is 4294967295; in a box of the topology 'torus2d' it must be from 3 to 1431655764",
        ),
        (
            "cubic",
            1000,
            "width = 100000\nheight = 100000",
            "topology.height is 100000; in a box of the topology 'cubic', 100000 wide, it must be from 3 to 14316",
        ),
    ];
    for (kind, nodes, parameters, expected) in cases {
        let fragment = format!("kind = \"{kind}\"\n{parameters}");
        let message = try_build(nodes, &fragment).unwrap_err().to_string();
        assert!(message.contains(expected), "{fragment}, {nodes} nodes: {message}");
    }
    // The longest that there is room for.
    build(3 * 1_431_655_764, "kind = \"torus2d\"\nwidth = 1431655764");
    build(300_000 * 14_316, "kind = \"cubic\"\nwidth = 100000\nheight = 14316");
}

/// Up to the largest number of nodes, primes and other awkward ones among them, the nearest counts are found at once and can
/// be built; and at the far end of the largest boxes the links lead back.
#[test]
fn the_largest_boxes() {
    for kind in KINDS {
        for nodes in [
            4_294_967_291,
            4_294_967_294,
            4_294_705_156,
            2_147_483_647,
            4_294_049_777,
        ] {
            let scenario = scenario(
                nodes,
                &format!("kind = \"{kind}\""),
                "kind = \"synchronous\"",
                "trunc",
                0,
            );
            let start = Instant::now();
            let fit = scenario.topology.parts()[0].fit(nodes);
            assert!(
                start.elapsed() < Duration::from_millis(250),
                "{kind}, {nodes}: {:?}",
                start.elapsed()
            );
            let count = fit.nearest(nodes).unwrap();
            assert!(
                count.abs_diff(nodes) < 200_000,
                "{kind}: {count} is the nearest to {nodes}"
            );
            let topology = build(count, &format!("kind = \"{kind}\""));
            assert_eq!(topology.nodes(), count);
            for i in [0, 1, count / 2, count - 2, count - 1] {
                let row = topology.neighbours_of(i);
                assert_eq!(row.len() as u32, topology.degree(i), "{kind}");
                for j in row {
                    assert!(
                        j < count && topology.neighbours_of(j).contains(&i),
                        "{kind} of {count}: {i} and {j}"
                    );
                }
                assert!(topology.position(i).is_finite());
            }
        }
    }
}

/// Links inside the box are equally long in the crystals' pictures.
#[test]
fn crystals_have_true_lengths() {
    let cases = [
        ("triangular", 400, 1.0),
        ("honeycomb", 800, 1.0),
        ("cubic", 1000, 1.0),
        ("bcc", 2000, 0.75),
        ("fcc", 1000, 0.5),
        ("diamond", 8000, 0.1875),
    ];
    for (kind, nodes, square) in cases {
        let topology = build(nodes, &format!("kind = \"{kind}\""));
        let mut lengths: Vec<f64> = support::links(&*topology)
            .into_iter()
            .map(|(i, j)| topology.position(i).distance_squared(topology.position(j)))
            .collect();
        lengths.sort_by(f64::total_cmp);
        // The box's sides cut through the others.
        let inside = lengths.len() * 6 / 10;
        assert!(
            lengths[..inside].iter().all(|length| (length - square).abs() < 1e-9),
            "{kind}: {} to {}",
            lengths[0],
            lengths[inside - 1]
        );
    }
}

/// What wraps is closed in the pictures of the donut, the band and the Klein bottle: no link goes across them.
#[test]
fn closed_shapes_are_closed() {
    let cases = [
        ("torus2d", 3200, ""),
        ("twisted-torus", 3200, ""),
        ("twisted-torus", 3200, "width = 80\ntwist = 7"),
        ("twisted-torus", 3200, "width = 80\ntwist = 65"),
        ("klein", 3200, "width = 80"),
        ("klein", 3317, "width = 107"),
        ("prism", 200, ""),
    ];
    for (kind, nodes, parameters) in cases {
        let topology = build(nodes, &format!("kind = \"{kind}\"\n{parameters}"));
        let longest = support::links(&*topology)
            .into_iter()
            .map(|(i, j)| topology.position(i).distance(topology.position(j)))
            .fold(0.0, f64::max);
        assert!(longest < 0.4, "{kind} {parameters}: a link of length {longest}");
    }
}
