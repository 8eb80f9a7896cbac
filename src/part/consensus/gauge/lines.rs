//! What the summary of a run says of beliefs and of opinions.

use super::{Beliefs, Opinions};
use crate::digits::{known, real};
use crate::gauge::{Line, NOBODY, Told};
use crate::grouped;

pub(super) fn of_beliefs(beliefs: &Beliefs, told: &Told<'_>) -> Vec<Line> {
    let of_whom = if told.has_faults {
        ", of the honest nodes that are up"
    } else {
        ""
    };
    let mut lines = vec![
        (
            "beliefs",
            match (beliefs.minimum, beliefs.maximum, told.spread) {
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
    ];
    if told.is_conserved {
        let nothing = (0, 0);
        let start = told
            .first
            .get::<Beliefs>()
            .map_or(nothing, |first| (first.sum, first.inputs));
        lines.push(("audit", audit(beliefs, start)));
    }
    lines
}

/// What the sum is made of.
fn audit(beliefs: &Beliefs, (first, first_inputs): (i64, i64)) -> String {
    let ledger = [
        ("taken from liars", i128::from(beliefs.injected)),
        ("forgotten", -i128::from(beliefs.forgotten)),
        ("from inputs", i128::from(beliefs.inputs) - i128::from(first_inputs)),
    ];
    let lines: Vec<String> = ledger
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(what, amount)| {
            let sign = if amount < 0 { '-' } else { '+' };
            format!(" {sign} {} {what}", grouped(amount.abs()))
        })
        .collect();
    let made_of = match &*lines {
        [] => ", as at the start".to_owned(),
        lines => format!(": {} at the start{}", grouped(first), lines.concat()),
    };
    format!("passed: the sum of beliefs is {}{made_of}", grouped(beliefs.sum))
}

/// How many opinions are listed.
const LISTED: usize = 5;

pub(super) fn of_opinions(opinions: &Opinions, told: &Told<'_>) -> Vec<Line> {
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
    let disagree = match (opinions.agreement, told.spread) {
        (Some(share), Some(others)) => format!(
            "{:.1} % of the {} {} hold the leading opinion, {} do not",
            100.0 * share,
            grouped(counted),
            if told.has_faults {
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
