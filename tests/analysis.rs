//! The measures of networks: against values computed independently, closed forms, and the definitions.

mod support;

use serde_json::Value;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use support::{links, scenario};
use tetraswarm::analysis::{AnalysisError, Figure, Hints, Known, Options, Progress, Report, Stage, analyse};
use tetraswarm::topology::{Neighbours, Rows, Site, Topology, TopologyShader};

fn network(nodes: u32, fragment: &str) -> Arc<dyn Topology> {
    let scenario = scenario(nodes, fragment, "kind = \"synchronous\"", "trunc", 0);
    let site = Site {
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
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        unreachable!("an analysis runs on the host")
    }
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
        ("node_betweenness_max_over_mean", Some(report.node_load_max_over_mean)),
        ("edge_betweenness_max_over_mean", Some(report.link_load_max_over_mean)),
        ("edge_betweenness_max", Some(report.link_load_max)),
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
    let gap = report.metropolis_gap.unwrap().value;
    let ticks = report.ticks_to_mix.unwrap().value;
    near(name, ticks * gap, f64::from(report.nodes).ln(), 1e-9);
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
        (600, "kind = \"torus\"\nwidth = 30"),
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
        assert_eq!(hinted.node_load_max_over_mean, Figure::exact(1.0));
        near("uniform load", plain.node_load_max_over_mean.value, 1.0, 1e-9);
        near(
            "load",
            hinted.node_load_max.value,
            plain.node_load_max.value,
            1e-9 * plain.node_load_max.value,
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
        let found = report(&*topology);
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
        (w * h, format!("kind = \"torus\"\nwidth = {w}"), spectrum)
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
        let found = report(&*network(nodes, &fragment));
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

/// Degrees differ, so that the Metropolis matrix is no multiple of the Laplacian; dense and iterated agree.
#[test]
fn metropolis_matrix_of_irregular_networks() {
    // A path of n: its Metropolis weights are 1/3 everywhere. A broom: a star with a path.
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

    // Copies of one broom, each linked to the next by its end: small and dense, against the same with a long tail cut off
    // into the iterative range, must both fit the definition W = W(L).
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
