//! Networks side by side.

use super::facts::{digits, mark};
use super::request::{Request, is_kind, names};
use super::{Arguments, Measured, measure};
use crate::cli::interrupt::Interrupt;
use crate::cli::{Answer, answer, answer_json, tell};
use crate::output::text::{bytes, grouped, table};
use crate::output::wrap::wrapped;
use tetraswarm::Error;
use tetraswarm::analysis::{Figure, Known, Report};
use tetraswarm::scenario::Registry;
use tetraswarm::topology::Kind;

/// What `--compare all` adds to the catalogue: cells for locality, chords for distance.
const OVERLAY: &str = "tetrahedral+fibonacci-chords";

/// Measures every network that was asked for.
pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let is_all = arguments.compare == ["all"];
    let asked: Vec<&str> = match &*arguments.compare {
        [all] if all == "all" => {
            let standard = names()
                .into_iter()
                .filter(|name| Kind::of(name).is_some_and(|kind| kind.standard.is_some()));
            standard.chain([OVERLAY]).collect()
        }
        some => some.iter().map(String::as_str).collect(),
    };
    let about = arguments.nodes.unwrap_or(1000);
    let interrupt = Interrupt::watch(false);
    // What is wrong with one of them is said before any is measured.
    let requests = requests(&asked, arguments, registry)?;
    let mut all = Vec::new();
    for request in &requests {
        let topology = match request.build(None, about) {
            // One kind that does not come so small spoils no table of all.
            Err(error) if is_all => {
                tell(&format!("note: left out: {error}"));
                continue;
            }
            other => other?,
        };
        let Some(report) = measure(&*topology, arguments.effort, &interrupt)? else {
            tell("interrupted: these were measured");
            break;
        };
        all.push(Measured::new(request, &*topology, report));
    }
    if arguments.json {
        answer_json(&all)?;
    } else {
        answer(&text(&all))?;
    }
    Ok(interrupt.exit_code())
}

/// Each network with the settings of its kinds; a key without a kind concerns all of them.
fn requests(asked: &[&str], arguments: &Arguments, registry: &Registry) -> Result<Vec<Request>, Error> {
    let kind_of = |setting: &str| {
        setting
            .split_once('.')
            .map(|(kind, _)| kind.to_owned())
            .filter(|kind| is_kind(kind, registry))
    };
    if let Some(stray) = arguments.set.iter().find(|setting| {
        kind_of(setting).is_some_and(|kind| !asked.iter().any(|name| name.split('+').any(|part| part == kind)))
    }) {
        return Err(Error::invalid(
            format!("--set {stray}"),
            "is a parameter of a kind that is not compared",
        ));
    }
    asked
        .iter()
        .map(|name| {
            let concerns =
                |setting: &&String| kind_of(setting).is_none_or(|kind| name.split('+').any(|part| part == kind));
            let own: Vec<String> = arguments.set.iter().filter(concerns).cloned().collect();
            Request::new(name, &own, arguments.seed, registry)
        })
        .collect()
}

/// The table.
fn text(all: &[Measured]) -> String {
    let titles = [
        "topology",
        "nodes",
        "links",
        "degree",
        "diameter",
        "distance",
        "λ₂",
        "gap",
        "mixing",
        "messages",
        "node load",
        "link load",
        "stored",
    ];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(all.iter().map(|measured| row(measured, &measured.report)));
    table(&rows)
        + "\n"
        + &wrapped(
            "distance: mean, in links; λ₂: of the Laplacian; gap: of the Metropolis matrix; mixing: ln n over 1 less the second \
             largest modulus, mostly the gap, in ticks; messages: mixing times degree, what a node sends until it agrees; load: \
             greatest betweenness over the mean",
            "",
            "  ",
        )
        + &wrapped(
            "~ estimated, ? too few searches to tell, ≥ at least, ≤ at most; without a mark exact, eigenvalues to a ten-thousandth \
             or better",
            "",
            "  ",
        )
}

fn row(measured: &Measured, report: &Report) -> Vec<String> {
    let marked = |figure: &Figure<f64>| format!("{}{}", mark(figure.known), short(figure.value));
    let load = |figure: &Figure<Option<f64>>| {
        format!("{}{}", mark(figure.known), figure.value.map_or_else(String::new, short))
    };
    let some = |figure: &Option<Figure<f64>>| figure.as_ref().map_or("none".to_owned(), marked);
    // An iteration that has not converged bounds an extreme eigenvalue from one side.
    let bounded = |figure: &Option<Figure<f64>>, bound: &str| match figure {
        Some(Figure {
            value,
            known: Known::Iterated { converged: false, .. },
        }) => format!("{bound}{}", short(*value)),
        figure => some(figure),
    };
    let degree = if report.degree_least == report.degree_greatest {
        grouped(report.degree_least)
    } else {
        format!("{:.2}", report.degree_mean)
    };
    let messages = report
        .ticks_to_mix
        .map(|ticks| ticks.map(report.degree_mean, |t| t * report.degree_mean));
    vec![
        measured.topology.clone(),
        grouped(report.nodes),
        grouped(report.links),
        degree,
        format!("{}{}", mark(report.diameter.known), grouped(report.diameter.value)),
        some(&report.mean_distance),
        bounded(&report.laplacian_lambda2, "≤"),
        bounded(&report.metropolis_gap, "≤"),
        bounded(&report.ticks_to_mix, "≥"),
        bounded(&messages, "≥"),
        load(&report.node_load_max_over_mean),
        load(&report.link_load_max_over_mean),
        if measured.stored_bytes == 0 {
            "-".to_owned()
        } else {
            bytes(measured.stored_bytes)
        },
    ]
}

/// Four digits that mean something, or all before the point.
fn short(value: f64) -> String {
    match value.abs() {
        1000.0.. => grouped(value.round() as i128),
        1e-4.. => {
            let decimals = (3 - value.abs().log10().floor() as i32).clamp(0, 7) as usize;
            format!("{value:.decimals$}")
        }
        _ => digits(value),
    }
}
