//! What a rule's nodes hold at the end, for a person.

use super::text::{grouped, known, real};
use tetraswarm::measure::{Beliefs, Measurement, Opinions, Phases, Reading, Rounds};

/// The facts of the last row; `first` is the one at the start.
pub fn facts(row: &Measurement, first: &Measurement, is_conserved: bool) -> Vec<(&'static str, String)> {
    match &row.reading {
        Reading::Belief(beliefs) => {
            let inputs = first.beliefs().map_or(0, |first| first.inputs);
            of_beliefs(row, beliefs, inputs, is_conserved)
        }
        Reading::Opinion(opinions) => of_opinions(row, opinions),
        Reading::Phase(phases) => of_phases(row, phases),
        Reading::Work(work) => super::work::facts(work),
    }
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

fn of_beliefs(
    row: &Measurement,
    beliefs: &Beliefs,
    first_inputs: i64,
    is_conserved: bool,
) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (
            "beliefs",
            match (beliefs.minimum, beliefs.maximum, row.spread) {
                (Some(least), Some(greatest), Some(spread)) => format!(
                    "{} to {}, spread {}",
                    grouped(least),
                    grouped(greatest),
                    grouped(spread)
                ),
                _ => NOBODY.to_owned(),
            },
        ),
        ("disagreement", known(beliefs.disagreement, real)),
    ];
    if is_conserved {
        let mut audit = format!("passed: the sum of beliefs is {}", grouped(beliefs.sum));
        let ledger = [
            ("taken from liars", beliefs.injected),
            ("forgotten", -beliefs.destroyed),
            ("from inputs", beliefs.inputs - first_inputs),
        ];
        let lines: Vec<String> = ledger
            .into_iter()
            .filter(|(_, amount)| *amount != 0)
            .map(|(what, amount)| format!("{} {what}", grouped(amount)))
            .collect();
        if lines.is_empty() {
            audit += ", as at the start";
        } else {
            audit += &format!(", as at the start with {}", lines.join(", "));
        }
        facts.push(("audit", audit));
    }
    facts
}

/// What is said of figures of nobody.
const NOBODY: &str = "of nobody: no honest node is up";

/// How many opinions are listed.
const LISTED: usize = 5;

fn of_opinions(row: &Measurement, opinions: &Opinions) -> Vec<(&'static str, String)> {
    let counted = (opinions.undecided + opinions.opinions.iter().sum::<u64>()).max(1);
    let part = |nodes: u64| format!("{} ({:.1} %)", grouped(nodes), 100.0 * nodes as f64 / counted as f64);
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
    let disagree = match (opinions.agreement, row.spread) {
        (Some(share), Some(others)) => format!("{:.1} %, {} disagree", 100.0 * share, grouped(others)),
        _ => NOBODY.to_owned(),
    };
    let mut facts = vec![("opinions", list.join(", ")), ("agreement", disagree)];
    if opinions.decided > 0 {
        facts.push((
            "decided",
            format!("{}, {} of them wrong", part(opinions.decided), grouped(opinions.wrong)),
        ));
    }
    facts
}

fn of_phases(row: &Measurement, phases: &Phases) -> Vec<(&'static str, String)> {
    let (Some(order), Some(outside)) = (phases.order, row.spread) else {
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
            format!("{} outside the fullest half turn", grouped(outside)),
        ),
    ]
}
