//! The measures of networks: against values computed independently, closed forms, and the definitions.

use crate::support::scenario;
use serde_json::Value;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::analysis::{AnalysisError, Figure, Hints, Known, Options, Progress, Report, Stage, analyse};
use tetraswarm::topology::{Neighbours, Rows, Site, Topology, TopologyShader};

fn network(nodes: u32, fragment: &str) -> Arc<dyn Topology> {
    let scenario = scenario(nodes, fragment, "kind = \"synchronous\"", "trunc", 0);
    let site = Site {
        seed: 1,
        nodes: Some(nodes),
        folder: Path::new(""),
    };
    scenario
        .topology
        .build(site)
        .unwrap_or_else(|e| panic!("{fragment}: {e}"))
}

fn measured(topology: &dyn Topology, options: Options) -> Report {
    analyse(topology, options, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn report(topology: &dyn Topology) -> Report {
    measured(topology, Options::default())
}

fn with_effort(effort: f64) -> Options {
    Options {
        effort,
        ..Options::default()
    }
}

/// Any links, parallel ones too, in rows.
#[derive(Debug)]
struct Stored {
    offsets: Vec<u32>,
    ends: Vec<u32>,
    degrees: Vec<u8>,
}

impl Stored {
    fn new(nodes: u32, links: &[(u32, u32)]) -> Self {
        let mut rows = vec![Vec::new(); nodes as usize];
        for &(i, j) in links {
            rows[i as usize].push(j);
            rows[j as usize].push(i);
        }
        let mut offsets = vec![0];
        for row in &mut rows {
            row.sort_unstable();
            offsets.push(offsets.last().unwrap() + row.len() as u32);
        }
        Self {
            offsets,
            degrees: rows.iter().map(|r| r.len().min(255) as u8).collect(),
            ends: rows.concat(),
        }
    }
}

impl Topology for Stored {
    fn kind(&self) -> &'static str {
        "stored"
    }

    fn nodes(&self) -> u32 {
        self.degrees.len() as u32
    }

    fn links(&self) -> u64 {
        self.ends.len() as u64 / 2
    }

    fn degree(&self, node: u32) -> u32 {
        self.offsets[node as usize + 1] - self.offsets[node as usize]
    }

    fn regular_degree(&self) -> Option<u32> {
        None
    }

    fn slots(&self) -> u32 {
        0
    }

    fn neighbours(&self, _: u32, _: Range<u32>, _: &mut [u32]) -> (Neighbours, u32) {
        unreachable!("there are no slots")
    }

    fn mirror(&self, _: u32) -> Option<u32> {
        None
    }

    fn rows(&self) -> Option<Rows<'_>> {
        Some(Rows {
            offsets: &self.offsets,
            ends: &self.ends,
            degrees: &self.degrees,
            greater: &[],
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        unreachable!("an analysis runs on the host")
    }
}

/// A figure that must be known.
#[track_caller]
fn known(figure: Figure<Option<f64>>) -> Figure<f64> {
    figure.map(1.0, |value| value.unwrap())
}

#[track_caller]
fn near(name: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    assert!(error <= tolerance, "{name}: {found}, not {expected}: {error:e} off");
}

/// The value, and that it is exact or an eigenvalue that has converged.
#[track_caller]
fn settled<T: Copy + std::fmt::Debug>(name: &str, figure: Figure<T>) -> T {
    let fine = matches!(figure.known, Known::Exact | Known::Iterated { converged: true, .. });
    assert!(fine, "{name}: {figure:?}");
    figure.value
}

/// Where the reference keeps which figure of a report.
fn check(name: &str, entry: &Value, report: &Report) {
    let exact = |figure: Figure<u32>| {
        assert!(figure.is_exact(), "{name}: {figure:?}");
        u64::from(figure.value)
    };
    let integers = [
        ("n", report.nodes.into()),
        ("edges", report.links),
        ("deg_min", report.degree_least.into()),
        ("deg_max", report.degree_greatest.into()),
        ("diameter", exact(report.diameter)),
        ("radius", exact(report.radius)),
        ("sum_dist_ordered", report.distance_sum.value as u64),
    ];
    for (key, found) in integers {
        assert_eq!(entry[key].as_u64(), Some(found), "{name}: {key}");
    }
    let reals = [
        ("avg_dist", report.mean_distance),
        ("laplacian_lambda2", report.laplacian_lambda2),
        ("laplacian_lambda_max", Some(report.laplacian_lambda_max)),
        ("metropolis_lambda2", report.metropolis_lambda2),
        ("metropolis_lambda_min", report.metropolis_lambda_min),
        ("metropolis_slem", report.metropolis_slem),
        ("metropolis_gap", report.metropolis_gap),
        (
            "node_betweenness_max_over_mean",
            Some(known(report.node_load_max_over_mean)),
        ),
        (
            "edge_betweenness_max_over_mean",
            Some(known(report.link_load_max_over_mean)),
        ),
        ("edge_betweenness_max", Some(known(report.link_load_max))),
    ];
    for (key, found) in reals {
        if let Some(expected) = entry[key].as_f64() {
            let label = format!("{name}: {key}");
            near(
                &label,
                settled(&label, found.unwrap()),
                expected,
                1e-9 * expected.abs().max(1.0),
            );
        }
    }
    assert_eq!(
        (report.components, report.largest_component),
        (1, report.nodes),
        "{name}"
    );
    assert_eq!(report.unreached_pairs, 0, "{name}");
    let mean = 2.0 * report.links as f64 / f64::from(report.nodes);
    assert_eq!(report.degree_mean, mean, "{name}");
    // 1 less the second largest modulus.
    let gap = report.metropolis_gap.unwrap().value;
    let left = gap.min(1.0 + report.metropolis_lambda_min.unwrap().value);
    let ticks = report.ticks_to_mix.unwrap().value;
    near(name, ticks * left, f64::from(report.nodes).ln(), 1e-9);
}

#[test]
fn reference_values() {
    let text = include_str!("reference/topologies.json");
    let entries: Vec<Value> = serde_json::from_str(text).unwrap();
    let (mut spectra, mut loads) = (0, 0);
    for entry in &entries {
        let name = entry["name"].as_str().unwrap();
        let nodes = entry["n"].as_u64().unwrap() as u32;
        let topology = network(nodes, entry["topology"].as_str().unwrap());
        check(name, entry, &report(&*topology));
        spectra += u32::from(entry.get("metropolis_gap").is_some());
        loads += u32::from(entry.get("edge_betweenness_max").is_some());
    }
    assert!(spectra > 30 && loads > 15, "{spectra} spectra, {loads} loads");
}

/// What a hint says in advance is what is found without it.
#[test]
fn hints_change_nothing_but_the_way() {
    for (nodes, fragment) in [
        (97, "kind = \"circulant\"\noffsets = [5, 48]"),
        (600, "kind = \"torus2d\"\nwidth = 30"),
    ] {
        let topology = network(nodes, fragment);
        let plain = report(&*topology);
        let spectrum = [plain.laplacian_lambda2.unwrap().value, plain.laplacian_lambda_max.value];
        let options = Options {
            hints: Hints {
                vertex_transitive: true,
                laplacian_spectrum: Some(spectrum),
            },
            ..Options::default()
        };
        let hinted = measured(&*topology, options);
        assert_eq!(hinted.distance_sum, plain.distance_sum);
        assert_eq!((hinted.diameter, hinted.radius), (plain.diameter, plain.radius));
        assert_eq!(hinted.laplacian_lambda2, plain.laplacian_lambda2);
        assert_eq!(hinted.metropolis_gap, plain.metropolis_gap);
        assert_eq!(hinted.node_load_max_over_mean, Figure::exact(Some(1.0)));
        near("uniform load", known(plain.node_load_max_over_mean).value, 1.0, 1e-9);
        near(
            "load",
            known(hinted.node_load_max).value,
            known(plain.node_load_max).value,
            1e-9 * known(plain.node_load_max).value,
        );
        assert_eq!(hinted.link_load_max, plain.link_load_max);
    }
}

/// λ_{L+1} = 3 − √(9 − λ_L) from λ_1 = 4, taken so that no digits are lost.
#[test]
fn spectrum_of_tetrahedral_networks() {
    let mut lambda = 4.0f64;
    for levels in 1..=8u32 {
        let topology = network(4u32.pow(levels), "kind = \"tetrahedral\"");
        let found = measured(&*topology, with_effort(0.5));
        let label = format!("S(4, {levels})");
        let second = found.laplacian_lambda2.unwrap();
        near(&label, settled(&label, second), lambda, 1e-9 * lambda);
        if let Known::Iterated { residual, .. } = second.known {
            near(&format!("{label} within its residual"), second.value, lambda, residual);
        }
        if levels >= 2 {
            let gap = settled(&label, found.metropolis_gap.unwrap());
            near(&format!("{label}: gap"), gap, lambda / 5.0, 1e-9 * lambda);
        }
        lambda /= 3.0 + (9.0 - lambda).sqrt();
    }
}

/// Networks whose spectra are known, too large for a dense matrix. The residual bounds the error where it is reported.
#[test]
fn closed_forms_of_large_networks() {
    use std::f64::consts::PI;
    let wave = |k: f64, n: f64| 2.0 - 2.0 * (2.0 * PI * k / n).cos();
    let ring = |n: u32| {
        (
            n,
            "kind = \"ring\"".to_owned(),
            [4.0 * (PI / f64::from(n)).sin().powi(2), 4.0],
        )
    };
    let torus = |w: u32, h: u32| {
        let spectrum = [4.0 * (PI / f64::from(w.max(h))).sin().powi(2), 8.0];
        (w * h, format!("kind = \"torus2d\"\nwidth = {w}"), spectrum)
    };
    let odd = 2001.0;
    let cases = [
        ring(4000),
        ring(100_000),
        torus(100, 60),
        torus(256, 256),
        // An odd cycle is not bipartite.
        (2001, "kind = \"ring\"".to_owned(), [wave(1.0, odd), wave(1000.0, odd)]),
    ];
    for (nodes, fragment, expected) in cases {
        let found = measured(&*network(nodes, &fragment), with_effort(0.5));
        let label = format!("{nodes} nodes, {fragment}");
        for (figure, expected) in [found.laplacian_lambda2.unwrap(), found.laplacian_lambda_max]
            .iter()
            .zip(expected)
        {
            match figure.known {
                Known::Exact => near(&label, figure.value, expected, 1e-12),
                Known::Iterated { residual, converged } => {
                    assert!(converged, "{label}: {figure:?}");
                    near(&label, figure.value, expected, residual.min(1e-6 * expected));
                }
                known => panic!("{label}: {known:?}"),
            }
        }
    }
}

/// Degrees differ, but no link's divisor does.
#[test]
fn paths_and_stars() {
    // Every link of a path has the divisor 3, and every link of a star of n the divisor n.
    let path: Vec<_> = (0..1999).map(|i| (i, i + 1)).collect();
    let found = report(&Stored::new(2000, &path));
    let expected = 4.0 * (std::f64::consts::PI / 4000.0).sin().powi(2);
    near(
        "path",
        settled("path", found.laplacian_lambda2.unwrap()),
        expected,
        1e-9 * expected,
    );
    near(
        "path",
        settled("path", found.metropolis_gap.unwrap()),
        expected / 3.0,
        1e-9 * expected,
    );

    let star = |n: u32| (1..n).map(|i| (0, i)).collect::<Vec<_>>();
    for n in [1000, 3000] {
        let found = report(&Stored::new(n, &star(n)));
        let size = f64::from(n);
        near("star", settled("star", found.laplacian_lambda2.unwrap()), 1.0, 1e-9);
        near("star", settled("star", found.laplacian_lambda_max), size, 1e-9 * size);
        near("star", settled("star", found.metropolis_gap.unwrap()), 1.0 / size, 1e-9);
        assert_eq!((found.diameter.value, found.radius.value), (2, 1));
    }
}

/// A star with a tail and some links across: many degrees, many divisors, also parallel links on request.
fn broom(nodes: u32, parallel: bool) -> Vec<(u32, u32)> {
    let tail = nodes / 3;
    let mut all: Vec<_> = (1..=tail)
        .map(|i| (0, i))
        .chain((tail + 1..nodes).map(|i| (i - 1, i)))
        .collect();
    all.extend(
        (1..nodes / 4)
            .map(|k| (k, (k * 7 + 3) % (tail * 2)))
            .filter(|(i, j)| i < j),
    );
    all.sort_unstable();
    all.dedup();
    if parallel {
        let twice: Vec<_> = all.iter().copied().step_by(5).collect();
        all.extend(twice);
    }
    all
}

/// The eigenvalue that `vector` is turned to, by the definition of the Metropolis matrix: power iteration on a matrix whose
/// greatest eigenvalue is wanted, with the constant taken out.
fn power(
    nodes: u32,
    links: &[(u32, u32)],
    steps: u32,
    weight: impl Fn(u32, u32) -> f64,
    turn: impl Fn(f64, f64) -> f64,
) -> f64 {
    let n = nodes as usize;
    let mut x: Vec<f64> = (0..n).map(|i| ((i * 7919 + 31) % 1009) as f64).collect();
    let mut value = 0.0;
    for _ in 0..steps {
        let mean = x.iter().sum::<f64>() / n as f64;
        x.iter_mut().for_each(|x| *x -= mean);
        let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.iter_mut().for_each(|x| *x /= norm);
        let mut image = vec![0.0; n];
        for &(i, j) in links {
            let flow = weight(i, j) * (x[i as usize] - x[j as usize]);
            image[i as usize] += flow;
            image[j as usize] -= flow;
        }
        value = x.iter().zip(&image).map(|(x, y)| x * y).sum();
        x = x.iter().zip(&image).map(|(&x, &y)| turn(x, y)).collect();
    }
    value
}

/// Both matrices, by a method that shares nothing with the library's; dense and iterated, with and without parallel links.
#[test]
fn spectra_of_irregular_networks() {
    for (nodes, parallel) in [(60, false), (60, true), (1800, false), (1800, true)] {
        let links = broom(nodes, parallel);
        let found = measured(&Stored::new(nodes, &links), with_effort(0.5));
        let label = format!("{nodes} nodes, {parallel}");
        let mut degrees = vec![0u32; nodes as usize];
        links.iter().for_each(|&(i, j)| {
            degrees[i as usize] += 1;
            degrees[j as usize] += 1;
        });
        let metropolis = |i: u32, j: u32| 1.0 / (1.0 + f64::from(degrees[i as usize].max(degrees[j as usize])));
        let one = |_, _| 1.0;
        assert_eq!(found.links, links.len() as u64);
        assert_eq!(found.degree_greatest, *degrees.iter().max().unwrap());
        let greatest = power(nodes, &links, 3000, one, |_, y| y);
        near(
            &label,
            settled(&label, found.laplacian_lambda_max),
            greatest,
            1e-9 * greatest,
        );
        let least = 1.0 - power(nodes, &links, 20_000, metropolis, |_, y| y);
        let lambda_min = settled(&label, found.metropolis_lambda_min.unwrap());
        // From above, and slowly where eigenvalues are close.
        let tolerance = if nodes < 100 { 1e-9 } else { 1e-4 };
        assert!(
            (least - tolerance..=least + 1e-9).contains(&lambda_min),
            "{label}: {lambda_min}, not {least}"
        );
        if nodes < 100 {
            let second = power(nodes, &links, 100_000, one, |x, y| greatest * x - y);
            near(&label, settled(&label, found.laplacian_lambda2.unwrap()), second, 1e-9);
            let gap = power(nodes, &links, 100_000, metropolis, |x, y| x - 0.5 * y);
            near(&label, settled(&label, found.metropolis_gap.unwrap()), gap, 1e-9);
            near(&label, settled(&label, found.metropolis_slem.unwrap()), 1.0 - gap, 1e-9);
        } else {
            // A long tail: its own gap is all but that of the whole, and both are the same number but for the weights.
            let (second, gap) = (found.laplacian_lambda2.unwrap(), found.metropolis_gap.unwrap());
            let ratio = settled(&label, second) / settled(&label, gap);
            assert!((2.5..6.0).contains(&ratio), "{label}: {ratio}");
        }
    }
}

/// Distances and numbers of shortest paths between all nodes, one search each.
fn searches(nodes: u32, links: &[(u32, u32)]) -> Vec<Vec<(u32, f64)>> {
    let mut rows = vec![std::collections::BTreeSet::new(); nodes as usize];
    for &(i, j) in links {
        rows[i as usize].insert(j);
        rows[j as usize].insert(i);
    }
    let from = |source: u32| {
        let mut found = vec![(u32::MAX, 0.0); nodes as usize];
        found[source as usize] = (0, 1.0);
        let mut queue = std::collections::VecDeque::from([source]);
        while let Some(i) = queue.pop_front() {
            let (distance, paths) = found[i as usize];
            for &j in &rows[i as usize] {
                let at = &mut found[j as usize];
                if at.0 == u32::MAX {
                    at.0 = distance + 1;
                    queue.push_back(j);
                }
                if at.0 == distance + 1 {
                    at.1 += paths;
                }
            }
        }
        found
    };
    (0..nodes).map(from).collect()
}

/// Distances and loads by their definitions: σ(s,v) σ(v,t) / σ(s,t) over all pairs s < t. In pieces, with isolated nodes and
/// parallel links too.
#[test]
fn distances_and_loads_equal_their_definitions() {
    let mut pieces = broom(40, false);
    pieces.extend([(41, 42), (42, 43), (43, 44), (41, 44), (43, 45)]);
    for (nodes, links) in [(60, broom(60, false)), (60, broom(60, true)), (47, pieces)] {
        let found = report(&Stored::new(nodes, &links));
        let all = searches(nodes, &links);
        let reached = || all.iter().flatten().filter(|(d, _)| (1..u32::MAX).contains(d));
        let sum: u128 = reached().map(|(d, _)| u128::from(*d)).sum();
        assert_eq!(found.distance_sum, Figure::exact(sum));
        assert_eq!(found.diameter, Figure::exact(reached().map(|(d, _)| *d).max().unwrap()));
        let pairs = u64::from(nodes) * u64::from(nodes - 1);
        assert_eq!(found.unreached_pairs, pairs - reached().count() as u64);
        near(
            "mean",
            found.mean_distance.unwrap().value,
            sum as f64 / reached().count() as f64,
            1e-12,
        );
        // The first component is the largest.
        let eccentricity = |row: &Vec<(u32, f64)>| row.iter().map(|(d, _)| *d).filter(|&d| d < u32::MAX).max();
        let radius = all
            .iter()
            .filter(|row| row[0].0 < u32::MAX)
            .filter_map(eccentricity)
            .min();
        assert_eq!(found.radius.value, radius.unwrap());

        let (mut node, mut link) = (vec![0.0; nodes as usize], std::collections::BTreeMap::new());
        for s in 0..nodes as usize {
            for t in (s + 1..nodes as usize).filter(|&t| all[s][t].0 < u32::MAX) {
                let (length, paths) = all[s][t];
                for v in (0..nodes as usize).filter(|&v| v != s && v != t && all[s][v].0 < u32::MAX) {
                    if all[s][v].0 + all[v][t].0 == length {
                        node[v] += all[s][v].1 * all[v][t].1 / paths;
                    }
                }
                let ends: std::collections::BTreeSet<_> = links.iter().flat_map(|&(i, j)| [(i, j), (j, i)]).collect();
                for (i, j) in ends {
                    let (i, j) = (i as usize, j as usize);
                    if all[s][i].0 < u32::MAX && all[s][i].0 + 1 + all[j][t].0 == length {
                        *link.entry((i.min(j), i.max(j))).or_insert(0.0) += all[s][i].1 * all[j][t].1 / paths;
                    }
                }
            }
        }
        let figures = [
            (
                known(found.node_load_max),
                found.node_load_mean,
                known(found.node_load_max_over_mean),
                node,
            ),
            (
                known(found.link_load_max),
                found.link_load_mean,
                known(found.link_load_max_over_mean),
                link.into_values().collect(),
            ),
        ];
        for (max, mean, ratio, loads) in figures {
            let greatest = loads.iter().copied().fold(0.0, f64::max);
            let average = loads.iter().sum::<f64>() / loads.len() as f64;
            near("greatest load", settled("load", max), greatest, 1e-9 * greatest);
            near("mean load", settled("load", mean), average, 1e-9 * average);
            near("ratio", settled("load", ratio), greatest / average, 1e-9);
        }
    }
}

#[test]
fn networks_of_a_few_nodes() {
    let one = report(&Stored::new(1, &[]));
    assert_eq!(
        (one.nodes, one.links, one.components, one.largest_component),
        (1, 0, 1, 1)
    );
    assert_eq!(
        (one.diameter, one.radius, one.distance_sum),
        (Figure::exact(0), Figure::exact(0), Figure::exact(0))
    );
    assert_eq!(
        (
            one.mean_distance,
            one.laplacian_lambda2,
            one.metropolis_gap,
            one.ticks_to_mix
        ),
        (None, None, None, None)
    );
    assert_eq!(one.laplacian_lambda_max, Figure::exact(0.0));

    // Two nodes agree in one tick: W is constant.
    let two = report(&Stored::new(2, &[(0, 1)]));
    assert_eq!((two.diameter.value, two.mean_distance), (1, Some(Figure::exact(1.0))));
    near("λ₂", two.laplacian_lambda2.unwrap().value, 2.0, 1e-15);
    near("gap", two.metropolis_gap.unwrap().value, 1.0, 1e-15);
    assert_eq!(two.link_load_max.value, Some(1.0));
    assert_eq!(two.node_load_max_over_mean.value, Some(1.0));

    let three = report(&Stored::new(3, &[(0, 1), (1, 2)]));
    assert_eq!(
        (three.diameter.value, three.radius.value, three.distance_sum.value),
        (2, 1, 8)
    );
    near("λ₂", three.laplacian_lambda2.unwrap().value, 1.0, 1e-15);
    near("gap", three.metropolis_gap.unwrap().value, 1.0 / 3.0, 1e-15);
    near("ticks", three.ticks_to_mix.unwrap().value, 3.0 * 3f64.ln(), 1e-14);
    assert_eq!(
        (
            three.node_load_max.value,
            three.node_load_mean.value,
            three.link_load_max.value
        ),
        (Some(1.0), 1.0 / 3.0, Some(2.0))
    );

    // Twice linked: d = 2, so W_01 = 2/3 and λ₂ = −1/3.
    let twice = report(&Stored::new(2, &[(0, 1), (0, 1)]));
    assert_eq!(
        (twice.links, twice.degree_least, twice.link_load_max.value),
        (2, 2, Some(1.0))
    );
    near("λ₂ of L", twice.laplacian_lambda2.unwrap().value, 4.0, 1e-15);
    near("λ₂ of W", twice.metropolis_lambda2.unwrap().value, -1.0 / 3.0, 1e-15);
    near("gap", twice.metropolis_gap.unwrap().value, 4.0 / 3.0, 1e-15);
    near("modulus", twice.metropolis_slem.unwrap().value, 1.0 / 3.0, 1e-15);
    near("ticks", twice.ticks_to_mix.unwrap().value, 1.5 * 2f64.ln(), 1e-14);

    let none = report(&Stored::new(5, &[]));
    assert_eq!(
        (none.components, none.largest_component, none.unreached_pairs),
        (5, 1, 20)
    );
    assert_eq!(
        (none.laplacian_lambda2, none.metropolis_gap),
        (Some(Figure::exact(0.0)), Some(Figure::exact(0.0)))
    );
    assert_eq!(
        (none.metropolis_lambda_min, none.ticks_to_mix),
        (Some(Figure::exact(1.0)), None)
    );
    assert_eq!(
        (none.link_load_max, none.link_load_max_over_mean),
        (Figure::exact(Some(0.0)), Figure::exact(Some(1.0)))
    );
}

/// In pieces the gap is 0, exactly, at every size.
#[test]
fn networks_in_pieces() {
    for n in [10u32, 4000] {
        let links: Vec<_> = (0..n / 2)
            .map(|i| (i, (i + 1) % (n / 2)))
            .chain((n / 2..n - 2).map(|i| (i, i + 1)))
            .collect();
        let found = report(&Stored::new(n, &links));
        assert_eq!((found.components, found.largest_component), (3, n / 2));
        assert_eq!(
            (found.laplacian_lambda2, found.metropolis_gap),
            (Some(Figure::exact(0.0)), Some(Figure::exact(0.0)))
        );
        assert_eq!(
            (found.metropolis_slem, found.ticks_to_mix),
            (Some(Figure::exact(1.0)), None)
        );
        // The ring is the longer way round only by half; the path is what is long.
        assert_eq!((found.diameter.value, found.radius.value), (n / 2 - 2, n / 4));
    }
}

/// Without a budget everything that costs is an estimate that says so, and says the truth.
#[test]
fn estimates_say_what_they_are() {
    let cases = [
        (4096, "kind = \"tetrahedral\""),
        (1500, "kind = \"fibonacci-chords\""),
        (3072, "kind = \"torus2d\"\nwidth = 1024"),
    ];
    for (nodes, fragment) in cases {
        let topology = network(nodes, fragment);
        let (exact, rough) = (report(&*topology), measured(&*topology, with_effort(0.01)));
        let truth = settled(fragment, exact.mean_distance.unwrap());
        let mean = rough.mean_distance.unwrap();
        let Known::Sampled {
            sources,
            standard_error: Some(error),
        } = mean.known
        else {
            panic!("{fragment}: {mean:?}");
        };
        assert!((8..nodes).contains(&sources), "{fragment}: {sources}");
        // Where every node sees the same there is no error but that of rounding.
        near(fragment, mean.value, truth, 4.0 * error + 1e-9);
        assert!(error < 0.1 * truth, "{fragment}: {error} of {truth}");
        near(
            fragment,
            rough.distance_sum.value as f64,
            mean.value * f64::from(nodes) * f64::from(nodes - 1),
            1.0,
        );
        assert!(matches!(rough.diameter.known, Known::AtLeast { sources } if sources > 8));
        assert!(matches!(rough.radius.known, Known::AtMost { .. }));
        assert!(rough.diameter.value <= exact.diameter.value && rough.radius.value >= exact.radius.value);
        assert!(rough.diameter.value >= rough.radius.value);
        for (rough, exact) in [
            (rough.node_load_mean, exact.node_load_mean),
            (rough.link_load_mean, exact.link_load_mean),
        ] {
            let Known::Sampled {
                standard_error: Some(error),
                ..
            } = rough.known
            else {
                panic!("{fragment}: {rough:?}");
            };
            near(
                fragment,
                rough.value,
                settled(fragment, exact),
                4.0 * error + 1e-9 * exact.value,
            );
        }
        // The greatest of estimates from few searches is not known, and says why.
        let few = measured(&*topology, with_effort(0.1));
        for load in [few.link_load_max, few.link_load_max_over_mean] {
            let Known::TooFew { sources, needed } = load.known else {
                panic!("{fragment}: {load:?}");
            };
            assert!(
                (100..needed).contains(&sources) && needed == nodes / 4,
                "{fragment}: {load:?}"
            );
            let json = serde_json::to_value(load).unwrap();
            assert!(json["value"].is_null() && json["exact"] == false, "{json}");
            let reason = json["reason"].as_str().unwrap();
            assert!(
                reason.contains(&format!("from {sources} searches; {needed} are needed")),
                "{reason}"
            );
        }
        // The load of what seems to carry the most: not more than the greatest, but for chance.
        let more = measured(&*topology, with_effort(0.6));
        for (more, exact) in [
            (more.node_load_max, exact.node_load_max),
            (more.link_load_max, exact.link_load_max),
            (more.node_load_max_over_mean, exact.node_load_max_over_mean),
            (more.link_load_max_over_mean, exact.link_load_max_over_mean),
        ]
        .map(|(more, exact)| (known(more), known(exact)))
        {
            assert!(
                matches!(more.known, Known::Sampled { sources: 100.., .. }),
                "{fragment}: {more:?}"
            );
            assert!(exact.is_exact(), "{fragment}: {exact:?}");
            assert!(
                (0.5..1.5).contains(&(more.value / exact.value)),
                "{fragment}: {more:?}, {exact:?}"
            );
        }
    }
    // Too few steps for a long ring whose inverse may not be had: the residual says so, and bounds the error.
    let links: Vec<_> = (0..50_001).map(|i| (i, (i + 1) % 50_001)).collect();
    let rough = measured(&Stored::new(50_001, &links), with_effort(1e-6));
    let truth = 4.0 * (std::f64::consts::PI / 50_001.0).sin().powi(2);
    let second = rough.laplacian_lambda2.unwrap();
    let Known::Iterated {
        residual,
        converged: false,
    } = second.known
    else {
        panic!("{second:?}");
    };
    assert!(second.value >= truth && residual > second.value / 1e4);
    assert!(rough.metropolis_gap.unwrap().value >= truth / 3.0);
    assert!(rough.laplacian_lambda_max.value <= 4.0);
}

/// The same on any number of threads.
#[test]
fn a_report_does_not_depend_on_threads() {
    let topology = network(5000, "kind = \"fibonacci-chords\"");
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| measured(&*topology, with_effort(0.05)))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn an_observer_hears_all_stages_and_may_stop() {
    let topology = network(4096, "kind = \"tetrahedral\"");
    let mut heard: Vec<Progress> = Vec::new();
    let done = analyse(&*topology, with_effort(0.1), &mut |p| {
        heard.push(p);
        ControlFlow::Continue(())
    });
    assert!(done.is_ok());
    let mut stages: Vec<Stage> = heard.iter().map(|p| p.stage).collect();
    stages.dedup();
    assert_eq!(stages, [Stage::Links, Stage::Distances, Stage::Spectrum, Stage::Loads]);
    assert!(heard.iter().all(|p| (0.0..=1.0).contains(&p.fraction)));
    for last in stages {
        let mut stop = |p: Progress| {
            if p.stage == last {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        assert_eq!(
            analyse(&*topology, with_effort(0.1), &mut stop),
            Err(AnalysisError::Stopped)
        );
    }
}

#[test]
fn a_report_serialises() {
    let found = report(&Stored::new(3, &[(0, 1), (1, 2)]));
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["diameter"], serde_json::json!({"value": 2, "exact": true}));
    assert_eq!(json["distance_sum"]["value"], 8);
    let figure = |known| serde_json::to_string(&Figure { value: 2.5, known }).unwrap();
    let sampled = Known::Sampled {
        sources: 9,
        standard_error: Some(0.5),
    };
    assert_eq!(
        figure(sampled),
        r#"{"value":2.5,"exact":false,"estimate":"sampled","sources":9,"standard_error":0.5}"#
    );
    assert_eq!(
        figure(Known::AtLeast { sources: 9 }),
        r#"{"value":2.5,"exact":false,"estimate":"at least","sources":9}"#
    );
    let iterated = Known::Iterated {
        residual: 0.25,
        converged: false,
    };
    assert_eq!(
        figure(iterated),
        r#"{"value":2.5,"exact":false,"estimate":"iterated","residual":0.25,"converged":false}"#
    );
    let large = serde_json::to_string(&Figure::exact(1u128 << 70)).unwrap();
    assert_eq!(large, r#"{"value":1180591620717411303424,"exact":true}"#);
}
