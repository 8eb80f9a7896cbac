//! A study from its first run to its results.

use super::choice::{Choice, Step, choose};
use super::design::{Design, Task};
use super::engine::{Engine, Progress};
use super::folder::Folder;
use super::journal::Journal;
use super::results::{About, Results};
use super::statistics::Paired;
use crate::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Seeds that are added at once where an interval is to become narrow.
const MORE: usize = 10;

/// The most seeds that are added in all.
const MOST: usize = 10_000;

/// How far a study is run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    /// Of so many shards the k-th, counted from 1: those runs whose number is k − 1 modulo their count.
    pub shard: Option<(u32, u32)>,
    /// Until so much time has gone by, in rounds of one seed for all variants, whatever `seeds` says.
    pub time: Option<Duration>,
}

/// Runs what is left of a study, and says what all of it has found.
///
/// # Errors
/// As [`Engine::run`].
pub fn conduct(
    design: &mut Design,
    engine: &Engine<'_>,
    journal: &mut Journal,
    extent: Extent,
    about: &About,
    observe: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Results, Error> {
    let start = Instant::now();
    if let Some((k, count)) = extent.shard {
        let all = (design.tune_seeds.len() + design.seeds.len()) as u64 * design.variants.len() as u64;
        let own = (0..all).filter(|row| row % u64::from(count) == u64::from(k - 1));
        let tasks: Vec<Task> = own.filter_map(|row| design.task_at(row)).collect();
        engine.run(design, &tasks, journal, observe)?;
        return Ok(Results::of(design, journal, about));
    }
    let mut choice = None;
    loop {
        match choose(design, journal) {
            Step::Needs(tasks) => {
                engine.run(design, &tasks, journal, observe)?;
                if engine.is_halted() {
                    break;
                }
            }
            Step::Nobody(_) => break,
            Step::Done(done) => {
                choice = Some(done);
                break;
            }
        }
    }
    if let Some(choice) = choice {
        compare(
            design,
            engine,
            journal,
            &choice,
            extent.time.map(|time| (start, time)),
            observe,
        )?;
    }
    Ok(Results::of(design, journal, about))
}

fn compare(
    design: &mut Design,
    engine: &Engine<'_>,
    journal: &mut Journal,
    choice: &Choice,
    time: Option<(Instant, Duration)>,
    observe: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), Error> {
    if let Some((start, time)) = time {
        for k in 0.. {
            if k >= design.seeds.len() {
                design.grow(1);
            }
            engine.run(design, &choice.tasks(design, k..k + 1), journal, observe)?;
            if engine.is_halted() || start.elapsed() >= time || k + 1 >= MOST {
                // Seeds that were not reached are no part of it.
                design.seeds.truncate(k + 1);
                design.study.seeds = super::Seeds::List(design.seeds.clone());
                return Ok(());
            }
        }
    }
    engine.run(design, &choice.tasks(design, 0..design.seeds.len()), journal, observe)?;
    let Some(until) = design.study.until else { return Ok(()) };
    while !engine.is_halted()
        && design.seeds.len() < MOST
        && widest(design, journal, choice).is_some_and(|widest| widest > until)
    {
        let before = design.seeds.len();
        design.grow(MORE);
        engine.run(
            design,
            &choice.tasks(design, before..design.seeds.len()),
            journal,
            observe,
        )?;
    }
    Ok(())
}

/// Half of the widest interval of the first figure, as a share of the baseline's mean; where nothing is compared, of each variant's own.
/// Nothing where it is not known of some, as more seeds then are of no use.
fn widest(design: &Design, journal: &Journal, choice: &Choice) -> Option<f64> {
    let title = design.figures[0].title();
    let number = |variant: usize, k: usize| journal.get(design, design.task(variant, k, false))?.figure(&title);
    let alone = choice.chosen.iter().map(|&variant| (variant, None));
    let compared = choice.pairs.iter().map(|pair| (pair.variant, Some(pair.baseline)));
    let all: Vec<(usize, Option<usize>)> = if choice.pairs.is_empty() {
        alone.collect()
    } else {
        compared.collect()
    };
    let of = |(variant, baseline): (usize, Option<usize>)| {
        let pairs: Vec<(f64, f64)> = (0..design.seeds.len())
            .filter_map(|k| {
                Some((
                    number(variant, k)?,
                    baseline.map_or(Some(0.0), |baseline| number(baseline, k))?,
                ))
            })
            .collect();
        let paired = Paired::of(&pairs)?;
        let whole = if baseline.is_some() {
            paired.baseline
        } else {
            paired.difference
        };
        let half = (paired.high? - paired.low?) / 2.0;
        (whole != 0.0).then(|| half / whole.abs())
    };
    all.into_iter()
        .map(of)
        .try_fold(0.0, |widest: f64, half| half.map(|half| widest.max(half)))
}

/// Puts the runs of several folders of one study together, as those of shards, and says what they have found.
///
/// # Errors
/// [`Error::Invalid`] if one is of another study; as [`Folder::open`] and [`Journal::read`].
pub fn merge(folders: &[&Path], design: &Design, to: &mut Folder, about: &About) -> Result<Results, Error> {
    for folder in folders {
        let journal = Journal::read(folder)?;
        to.journal.take(&journal)?;
    }
    Ok(Results::of(design, &to.journal, about))
}
