//! The measures of one network for a person to read.

use super::Measured;
use crate::output::text::{bytes, grouped, list};
use tetraswarm::analysis::{Figure, Known, Report};
use tetraswarm::topology::Topology;

/// All that is known of a network.
pub fn text(measured: &Measured, topology: &dyn Topology) -> String {
    let report = &measured.report;
    let mut facts = vec![("topology", name(measured))];
    if let Some(import) = topology.import() {
        facts.push(("file", crate::output::text::import(import)));
    }
    let degree = if report.degree_least == report.degree_greatest {
        format!("{} each", grouped(report.degree_least))
    } else {
        format!(
            "{} to {}, {:.3} on average",
            grouped(report.degree_least),
            grouped(report.degree_greatest),
            report.degree_mean
        )
    };
    let components = match report.components {
        1 => "1: connected".to_owned(),
        several => format!(
            "{}, the largest of {} nodes; {} pairs do not reach each other",
            grouped(several),
            grouped(report.largest_component),
            grouped(report.unreached_pairs)
        ),
    };
    facts.extend([
        ("nodes", grouped(report.nodes)),
        ("links", grouped(report.links)),
        ("degree", degree),
        ("components", components),
        ("diameter", integer(&report.diameter)),
        ("radius", integer(&report.radius)),
        ("mean distance", some(report.mean_distance.as_ref())),
        ("Laplacian λ₂", bounded(report.laplacian_lambda2.as_ref(), "at most")),
        (
            "Laplacian λ max",
            bounded(Some(&report.laplacian_lambda_max), "at least"),
        ),
        ("Metropolis λ₂", near_one(report)),
        ("Metropolis gap", bounded(report.metropolis_gap.as_ref(), "at most")),
        (
            "ticks to mix",
            format!(
                "{}; ln n over 1 less the second largest modulus",
                bounded(report.ticks_to_mix.as_ref(), "at least")
            ),
        ),
        ("node load", load(&report.node_load_max_over_mean)),
        ("link load", load(&report.link_load_max_over_mean)),
        ("stored", stored(measured)),
    ]);
    list(&facts)
}

fn stored(measured: &Measured) -> String {
    match measured.stored_bytes {
        0 => "nothing: neighbours are computed".to_owned(),
        stored => bytes(stored),
    }
}

/// The kind with the parameters that were set.
fn name(measured: &Measured) -> String {
    let parts: Vec<&serde_json::Value> = match &measured.parameters {
        serde_json::Value::Array(parts) => parts.iter().collect(),
        one => vec![one],
    };
    let part = |part: &serde_json::Value| {
        let mut text = part["kind"].as_str().unwrap_or_default().to_owned();
        for (key, value) in part.as_object().into_iter().flatten().filter(|(key, _)| *key != "kind") {
            text += &format!(", {key} {value}");
        }
        text
    };
    parts.into_iter().map(part).collect::<Vec<_>>().join(" + ")
}

/// A figure in a few digits, and how it was had if it is not exact.
fn real(figure: &Figure<f64>) -> String {
    format!("{}{}", digits(figure.value), how(figure.known))
}

fn integer(figure: &Figure<u32>) -> String {
    format!("{}{}", grouped(figure.value), how(figure.known))
}

/// A figure of an eigenvalue. An iteration that has not converged is still inside the spectrum, so it bounds the extreme
/// eigenvalue from one side.
fn bounded(figure: Option<&Figure<f64>>, bound: &str) -> String {
    match figure {
        Some(Figure {
            value,
            known: Known::Iterated {
                residual,
                converged: false,
            },
        }) => format!(
            "{bound} {} (iterated, not converged: residual {residual:.1e})",
            digits(*value)
        ),
        figure => some(figure),
    }
}

/// The Metropolis matrix's second eigenvalue, by its distance from 1 where that is all that there is to see.
fn near_one(report: &Report) -> String {
    match (&report.metropolis_gap, &report.metropolis_lambda2) {
        (Some(gap), _) if gap.value > 0.0 && gap.value < 1e-3 => format!("1 − {}", digits(gap.value)),
        (_, lambda) => some(lambda.as_ref()),
    }
}

fn load(figure: &Figure<Option<f64>>) -> String {
    match figure.value {
        Some(value) => format!(
            "{}{}; greatest betweenness over the mean",
            digits(value),
            how(figure.known)
        ),
        None => format!("not known{}; give a greater --effort SECONDS", how(figure.known)),
    }
}

fn some(figure: Option<&Figure<f64>>) -> String {
    figure.map_or("none".to_owned(), real)
}

/// Six digits that mean something.
pub fn digits(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        1e6.. => grouped(value.round() as i128),
        1e-4.. => {
            let decimals = (5 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
            let text = format!("{value:.decimals$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
        _ => format!("{value:.5e}"),
    }
}

fn how(known: Known) -> String {
    let searches = |sources: u32| format!("{} search{}", grouped(sources), if sources == 1 { "" } else { "es" });
    match known {
        Known::Exact => String::new(),
        Known::Sampled {
            sources,
            standard_error: Some(error),
        } => format!(" ± {} (standard error, {})", digits(error), searches(sources)),
        Known::Sampled { sources, .. } => format!(", estimated from {}", searches(sources)),
        Known::TooFew { sources, needed } => {
            format!(": {} are too few, {} are needed", searches(sources), grouped(needed))
        }
        Known::AtLeast { sources } => format!(" at least, from {}", searches(sources)),
        Known::AtMost { sources } => format!(" at most, from {}", searches(sources)),
        Known::Iterated { residual, converged } => format!(
            " (iterated{}, residual {residual:.1e})",
            if converged { "" } else { ", not converged" }
        ),
    }
}

/// What stands before a figure in a table: nothing if it is exact.
pub fn mark(known: Known) -> &'static str {
    match known {
        Known::Exact | Known::Iterated { converged: true, .. } => "",
        Known::AtLeast { .. } => "≥",
        Known::AtMost { .. } => "≤",
        Known::Sampled { .. } | Known::Iterated { .. } => "~",
        Known::TooFew { .. } => "?",
    }
}
