//! What a rule's nodes hold at the end, for a person.

use super::text::{grouped, known, plural, real};
use super::units::Clock;
use tetraswarm::measure::{Beliefs, Figure, Measurement, Opinions, Phases, Rounds, Work};
use tetraswarm::part::learning::Learnt;

/// What the facts of a row need to know besides.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The row at the start.
    pub first: Measurement,
    /// Whether a sum was audited.
    pub is_conserved: bool,
    /// Whether anything could go wrong.
    pub has_faults: bool,
    /// How long a tick is.
    pub clock: Clock,
}

/// The facts of the last row.
pub fn facts(row: &Measurement, setting: &Setting) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for (k, reading) in row.readings.iter().enumerate() {
        let spread = row.indicators.get(k).and_then(|of| of.first()).copied().flatten();
        if let Some(beliefs) = reading.get::<Beliefs>() {
            facts.extend(of_beliefs(spread, beliefs, setting.has_faults));
            if setting.is_conserved {
                let inputs = setting.first.beliefs().map_or(0, |first| first.inputs);
                facts.push(("audit", audit(beliefs, inputs)));
            }
        } else if let Some(opinions) = reading.get::<Opinions>() {
            facts.extend(of_opinions(spread, opinions, setting.has_faults));
        } else if let Some(phases) = reading.get::<Phases>() {
            facts.extend(of_phases(spread, phases));
        } else if let Some(work) = reading.get::<Work>() {
            facts.extend(super::work::facts(work, setting.clock));
        } else if let Some(learnt) = reading.get::<Learnt>() {
            facts.extend(super::learning::facts(learnt));
        } else {
            facts.push((reading.part(), of_figures(&reading.figures())));
        }
    }
    facts
}

/// The figures of a part of a user's own.
fn of_figures(figures: &[Figure]) -> String {
    let figure = |figure: &Figure| format!("{} {}", figure.name.replace('_', " "), figure.number);
    figures.iter().map(figure).collect::<Vec<_>>().join(", ")
}

/// In which rounds nodes did what `verb` says; nothing if nobody did.
pub fn rounds(rounds: &Rounds, verb: &str) -> Option<(&'static str, String)> {
    let text = format!(
        "{} on average to {verb}, {} for half of {} nodes, {} for 95 %, {} for all of them",
        real(rounds.mean()?),
        grouped(rounds.percentile(50)?),
        grouped(rounds.nodes()),
        grouped(rounds.percentile(95)?),
        grouped(rounds.last()?)
    );
    Some(("rounds", text))
}

fn of_beliefs(spread: Option<i64>, beliefs: &Beliefs, has_faults: bool) -> Vec<(&'static str, String)> {
    let of_whom = if has_faults {
        ", of the honest nodes that are up"
    } else {
        ""
    };
    vec![
        (
            "beliefs",
            match (beliefs.minimum, beliefs.maximum, spread) {
                (Some(least), Some(greatest), Some(spread)) => format!(
                    "{} to {}, spread {}{of_whom}",
                    grouped(least),
                    grouped(greatest),
                    grouped(spread)
                ),
                _ => NOBODY.to_owned(),
            },
        ),
        (
            "disagreement",
            known(beliefs.disagreement, |deviation| {
                format!("{}, the standard deviation of these beliefs", real(deviation))
            }),
        ),
    ]
}

fn audit(beliefs: &Beliefs, first_inputs: i64) -> String {
    let ledger = [
        ("taken from liars", beliefs.injected),
        ("forgotten", -beliefs.forgotten),
        ("from inputs", beliefs.inputs - first_inputs),
    ];
    let lines: Vec<String> = ledger
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(what, amount)| format!("{} {what}", grouped(amount)))
        .collect();
    let with = if lines.is_empty() {
        String::new()
    } else {
        format!(" with {}", lines.join(", "))
    };
    format!(
        "passed: the sum of beliefs is {}, as at the start{with}",
        grouped(beliefs.sum)
    )
}

/// What is said of figures of nobody.
const NOBODY: &str = "of nobody: no honest node is up";

/// How many opinions are listed.
const LISTED: usize = 5;

fn of_opinions(spread: Option<i64>, opinions: &Opinions, has_faults: bool) -> Vec<(&'static str, String)> {
    let counted = opinions.undecided + opinions.opinions.iter().sum::<u64>();
    let part = |nodes: u64| {
        let share = 100.0 * nodes as f64 / counted.max(1) as f64;
        format!("{} ({share:.1} %)", grouped(nodes))
    };
    let mut held: Vec<(usize, u64)> = (1..)
        .zip(opinions.opinions.iter().copied())
        .filter(|held| held.1 > 0)
        .collect();
    held.sort_by_key(|&(opinion, nodes)| (std::cmp::Reverse(nodes), opinion));
    let mut list: Vec<String> = held
        .iter()
        .take(LISTED)
        .map(|&(opinion, nodes)| format!("{opinion}: {}", part(nodes)))
        .collect();
    if held.len() > LISTED {
        list.push(format!(
            "{} others: {}",
            held.len() - LISTED,
            part(held[LISTED..].iter().map(|held| held.1).sum())
        ));
    }
    if opinions.undecided > 0 || list.is_empty() {
        list.push(format!("none: {}", part(opinions.undecided)));
    }
    let disagree = match (opinions.agreement, spread) {
        (Some(share), Some(others)) => format!(
            "{:.1} % of the {} {} hold the leading opinion, {} do not",
            100.0 * share,
            grouped(counted),
            if has_faults {
                "honest nodes that are up"
            } else {
                "nodes"
            },
            grouped(others)
        ),
        _ => NOBODY.to_owned(),
    };
    let mut facts = vec![("opinions", list.join(", ")), ("agreement", disagree)];
    if opinions.decided > 0 {
        facts.push((
            "decided",
            format!(
                "{} for good, {} of them for another opinion than led at the start",
                part(opinions.decided),
                grouped(opinions.decided_wrong)
            ),
        ));
    }
    facts
}

fn of_phases(spread: Option<i64>, phases: &Phases) -> Vec<(&'static str, String)> {
    let (Some(order), Some(outside)) = (phases.order, spread) else {
        return vec![("order", NOBODY.to_owned())];
    };
    vec![
        ("order", format!("{order:.4} (0: incoherent, 1: in step)")),
        (
            "mean phase",
            known(phases.mean_phase, |turns| format!("{turns:.4} turns")),
        ),
        (
            "out of step",
            format!(
                "{} outside the fullest half turn",
                plural(outside.unsigned_abs(), "node")
            ),
        ),
    ]
}
