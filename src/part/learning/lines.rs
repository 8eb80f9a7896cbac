//! What the summary of a run says of what nodes have learned.

use super::Learnt;
use super::fared::Fared;
use crate::digits::real;
use crate::gauge::{Line, NOBODY};
use crate::grouped;

/// How many strategies are listed.
const LISTED: usize = 5;

/// The facts of the last row.
pub(super) fn of_learnt(learnt: &Learnt) -> Vec<Line> {
    let mut facts = vec![("strategies", strategies(learnt))];
    facts.extend(success(learnt).map(|text| ("success", text)));
    facts.extend(best(learnt).map(|text| ("best found", text)));
    let labels = std::iter::once("by strategy").chain(std::iter::repeat(""));
    facts.extend(labels.zip(brought(learnt)));
    facts.extend(links(learnt).map(|text| ("clusters", text)));
    facts.push((
        "changes",
        format!(
            "{} from one strategy to another, {} looks at others, each a question and an answer",
            grouped(learnt.switches),
            grouped(learnt.looks)
        ),
    ));
    let all = learnt.counted + learnt.liars;
    facts.push((
        "holders",
        format!("clean, all {} that are up accounted for", grouped(all)),
    ));
    facts
}

/// Who holds what, the most first.
fn strategies(learnt: &Learnt) -> String {
    let part = |nodes: u64| {
        let share = 100.0 * nodes as f64 / learnt.counted.max(1) as f64;
        format!("{} ({share:.1} %)", grouped(nodes))
    };
    let mut held: Vec<(usize, &(String, u64))> = learnt
        .strategies
        .iter()
        .enumerate()
        .filter(|(_, held)| held.1 > 0)
        .collect();
    held.sort_by_key(|&(at, held)| (std::cmp::Reverse(held.1), at));
    let mut list: Vec<String> = held
        .iter()
        .take(LISTED)
        .map(|(_, (name, nodes))| format!("{name}: {}", part(*nodes)))
        .collect();
    if held.len() > LISTED {
        let others = held[LISTED..].iter().map(|(_, held)| held.1).sum();
        list.push(format!("{} others: {}", held.len() - LISTED, part(others)));
    }
    if learnt.idle > 0 {
        list.push(format!("none: {}", part(learnt.idle)));
    }
    if list.is_empty() {
        NOBODY.to_owned()
    } else {
        list.join(", ")
    }
}

/// How what is held fares, and what was missed.
fn success(learnt: &Learnt) -> Option<String> {
    let success = real(learnt.success?);
    Some(match learnt.regret {
        Some(regret) => format!(
            "{success} on average now; {} less than the best on average so far, the regret",
            real(regret)
        ),
        None => format!("{success} on average"),
    })
}

/// When the best was found.
fn best(learnt: &Learnt) -> Option<String> {
    let told =
        |after: &Option<u32>| after.map_or_else(|| "not".to_owned(), |ticks| format!("after {} ticks", grouped(ticks)));
    match learnt.best_after.as_slice() {
        [] => None,
        [one] => Some(format!("{} by nine tenths", told(one))),
        all => {
            let list: Vec<String> = all.iter().map(told).collect();
            Some(format!(
                "by nine tenths, of each time with rates of its own: {}",
                list.join(", ")
            ))
        }
    }
}

/// What each strategy has brought, of those that are listed, the most held first.
fn brought(learnt: &Learnt) -> Vec<String> {
    let mut all: Vec<(&str, &Fared)> = learnt
        .strategies
        .iter()
        .zip(&learnt.fared)
        .map(|((name, _), fared)| (name.as_str(), fared))
        .collect();
    all.sort_by_key(|(_, fared)| std::cmp::Reverse(fared.epochs));
    let mut lines: Vec<String> = all
        .iter()
        .take(LISTED)
        .map(|(name, fared)| format!("{name}: {}", fared.about(learnt.every)))
        .collect();
    if all.len() > LISTED {
        lines.push(format!("{} others, which fewer cells held", all.len() - LISTED));
    }
    lines
}

/// Whether strategies lie in clusters.
fn links(learnt: &Learnt) -> Option<String> {
    let (agreeing, chance) = (learnt.agreeing?, learnt.chance?);
    Some(format!(
        "{:.1} % of the links join the same, {:.1} % by chance",
        100.0 * agreeing,
        100.0 * chance
    ))
}
