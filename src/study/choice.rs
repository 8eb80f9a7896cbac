//! What is compared with what, and what is chosen for it on seeds of its own.

use super::axis::Role;
use super::design::{Design, Task};
use super::figure::Better;
use super::journal::Journal;
use std::cmp::Ordering;

/// Places on the axes.
type Places = Vec<Option<usize>>;

/// What is told apart by the axes that compare; where none does, whether something was tuned.
type Contestant = (Places, bool);

/// A comparison that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The values of the axes that are levels.
    pub level: Places,
    /// What is compared.
    pub variant: usize,
    /// What with.
    pub baseline: usize,
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The variants that are run on the seeds that compare.
    pub chosen: Vec<usize>,
    /// Of them, those that came out of several candidates.
    pub tuned: Vec<usize>,
    /// The comparisons.
    pub pairs: Vec<Pair>,
}

/// How far the choosing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These runs are needed first, some of which may be there.
    Needs(Vec<Task>),
    /// Nothing could be chosen, since no candidate has the first figure in all its runs: at this level, as its name.
    Nobody(String),
    /// It is done.
    Done(Choice),
}

/// What there is at a level.
#[derive(Debug)]
struct Group {
    level: Places,
    who: Contestant,
    candidates: Vec<usize>,
}

fn groups(design: &Design) -> Vec<Group> {
    let has_tune = !design.of_role(Role::Tune).is_empty();
    let mut groups: Vec<Group> = Vec::new();
    for variant in &design.variants {
        let [level, compare, tune] = [Role::Level, Role::Compare, Role::Tune].map(|role| design.part(variant.id, role));
        let who = (compare, !has_tune || tune.iter().any(Option::is_some));
        match groups.iter_mut().find(|group| group.level == level && group.who == who) {
            Some(group) => group.candidates.push(variant.id),
            None => groups.push(Group {
                level,
                who,
                candidates: vec![variant.id],
            }),
        }
    }
    groups
}

/// How good a candidate is on the first seeds that choose: its mean of the first figure, turned so that less is better. Nothing if a run
/// failed or does not know it.
fn score(design: &Design, journal: &Journal, variant: usize, seeds: usize) -> Option<f64> {
    let figure = &design.figures[0];
    let title = figure.title();
    let of = |k: usize| journal.get(design, design.task(variant, k, true))?.figure(&title);
    let numbers: Option<Vec<f64>> = (0..seeds).map(of).collect();
    let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    Some(if figure.better == Some(Better::More) {
        -mean
    } else {
        mean
    })
}

/// By score, those without one last; of equals the first.
fn by_score(a: &(usize, Option<f64>), b: &(usize, Option<f64>)) -> Ordering {
    match (a.1, b.1) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// The best of some candidates, or the runs that are needed to tell; nobody if none has a score.
fn best(design: &Design, journal: &Journal, candidates: &[usize]) -> Result<Option<usize>, Vec<Task>> {
    let seeds = design.tune_seeds.len();
    let halving = design.study.tune.is_some_and(|tune| tune.halving);
    let rounds = if halving {
        candidates.len().next_power_of_two().trailing_zeros().max(1)
    } else {
        1
    };
    let mut left = candidates.to_vec();
    for round in 1..=rounds {
        let count = (seeds >> (rounds - round).min(31)).max(1);
        let tasks: Vec<Task> = (0..count)
            .flat_map(|k| left.iter().map(move |&variant| (variant, k)))
            .map(|(variant, k)| design.task(variant, k, true))
            .collect();
        if tasks.iter().any(|task| journal.get(design, *task).is_none()) {
            return Err(tasks);
        }
        let mut scored: Vec<(usize, Option<f64>)> = left
            .iter()
            .map(|&variant| (variant, score(design, journal, variant, count)))
            .collect();
        scored.sort_by(by_score);
        let keep = if round == rounds { 1 } else { left.len().div_ceil(2) };
        left = scored
            .into_iter()
            .filter(|(_, score)| score.is_some())
            .take(keep)
            .map(|(variant, _)| variant)
            .collect();
    }
    Ok(left.first().copied())
}

/// The name of a level, as `work.arrivals.load=0.7`; empty where there is one only.
pub(super) fn level_name(design: &Design, level: &Places) -> String {
    let names = design
        .study
        .axes
        .iter()
        .zip(&design.points)
        .zip(level)
        .filter_map(|((axis, points), place)| {
            let point = &points[(*place)?];
            Some(format!("{}={}", axis.title(), point.name))
        });
    names.collect::<Vec<_>>().join(", ")
}

/// What is compared, as far as the journal tells.
///
/// Every candidate for a choice is run on the seeds that choose, and nothing on these is ever compared.
#[must_use]
pub fn choose(design: &Design, journal: &Journal) -> Step {
    let groups = groups(design);
    let mut needed = Vec::new();
    let mut winners: Vec<(&Group, usize)> = Vec::new();
    let mut choice = Choice::default();
    for group in &groups {
        if group.candidates.len() == 1 {
            winners.push((group, group.candidates[0]));
            continue;
        }
        match best(design, journal, &group.candidates) {
            Err(tasks) => needed.extend(tasks),
            Ok(None) => return Step::Nobody(level_name(design, &group.level)),
            Ok(Some(winner)) => {
                choice.tuned.push(winner);
                winners.push((group, winner));
            }
        }
    }
    if !needed.is_empty() {
        needed.sort_by_key(|task| task.row);
        return Step::Needs(needed);
    }
    let has_tune_only = !design.of_role(Role::Tune).is_empty() && design.of_role(Role::Compare).is_empty();
    let subject = design.subject().ok().flatten();
    let reference = design.reference().ok().flatten();
    let mut levels: Vec<&Places> = Vec::new();
    for group in &groups {
        if !levels.contains(&&group.level) {
            levels.push(&group.level);
        }
    }
    for level in levels {
        let here: Vec<(&Contestant, usize)> = winners
            .iter()
            .filter(|(group, _)| &group.level == level)
            .map(|(group, winner)| (&group.who, *winner))
            .collect();
        let is_subject = |who: &Contestant| subject.as_ref().is_none_or(|subject| &who.0 == subject);
        let baseline = match &reference {
            Some(places) => here
                .iter()
                .find(|(who, _)| &who.0 == places && (!has_tune_only || !who.1))
                .map(|(_, winner)| *winner),
            None => {
                let others: Vec<usize> = here
                    .iter()
                    .filter(|(who, _)| !is_subject(who))
                    .map(|(_, winner)| *winner)
                    .collect();
                // Winners are compared on all seeds that choose, however they were found.
                let all: Vec<Task> = (0..design.tune_seeds.len())
                    .flat_map(|k| others.iter().map(move |&variant| (variant, k)))
                    .map(|(variant, k)| design.task(variant, k, true))
                    .collect();
                if all.iter().any(|task| journal.get(design, *task).is_none()) {
                    needed.extend(all);
                    continue;
                }
                let mut scored: Vec<(usize, Option<f64>)> = others
                    .iter()
                    .map(|&variant| (variant, score(design, journal, variant, design.tune_seeds.len())))
                    .collect();
                scored.sort_by(by_score);
                match scored.first() {
                    Some((winner, Some(_))) => Some(*winner),
                    _ => return Step::Nobody(level_name(design, level)),
                }
            }
        };
        for (who, winner) in &here {
            choice.chosen.push(*winner);
            if let Some(baseline) = baseline.filter(|baseline| baseline != winner && is_subject(who)) {
                choice.pairs.push(Pair {
                    level: level.clone(),
                    variant: *winner,
                    baseline,
                });
            }
        }
    }
    if !needed.is_empty() {
        needed.sort_by_key(|task| task.row);
        return Step::Needs(needed);
    }
    if design.study.sample.is_some() {
        // Points of a space are looked at, not compared with the first of them.
        choice.pairs.clear();
    }
    choice.chosen.sort_unstable();
    Step::Done(choice)
}

impl Choice {
    /// The runs that compare on some of the seeds: seed by seed, so that what there is of an unfinished study is balanced.
    #[must_use]
    pub fn tasks(&self, design: &Design, seeds: std::ops::Range<usize>) -> Vec<Task> {
        seeds
            .flat_map(|k| self.chosen.iter().map(move |&variant| (variant, k)))
            .map(|(variant, k)| design.task(variant, k, false))
            .collect()
    }
}
