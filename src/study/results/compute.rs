//! From the runs of a journal to means, comparisons, verdicts and exponents.

use super::{AxisResult, Comparison, FigureResult, Growth, MeanResult, Overall};
use crate::study::axis::Role;
use crate::study::choice::{Choice, level_name};
use crate::study::design::Design;
use crate::study::journal::Journal;
use crate::study::statistics::{Mean, Paired, Slope, bca};
use crate::study::verdict::{Verdict, overall, verdict};

pub fn axes(design: &Design) -> Vec<AxisResult> {
    let all = design.study.axes.iter().zip(&design.points);
    all.map(|(axis, points)| AxisResult {
        key: axis.title(),
        role: axis.role,
        values: points.iter().map(|point| point.value.clone()).collect(),
    })
    .collect()
}

pub fn figures(design: &Design) -> Vec<FigureResult> {
    let all = design.figures.iter().map(|figure| {
        let meaning = design
            .known
            .iter()
            .find(|known| known.name == figure.name)
            .map_or("", |known| known.about);
        FigureResult {
            name: figure.title(),
            unit: figure.unit(&design.known).map(str::to_owned),
            meaning: meaning.to_owned(),
            how: figure.told(),
            better: figure.better,
        }
    });
    all.collect()
}

/// The numbers of a figure on the seeds that compare; `None` where there is no such run yet, `Some(None)` where it does not know.
fn numbers(design: &Design, journal: &Journal, variant: usize, title: &str) -> Vec<Option<Option<f64>>> {
    let of = |k: usize| {
        journal
            .get(design, design.task(variant, k, false))
            .map(|record| record.figure(title))
    };
    (0..design.seeds.len()).map(of).collect()
}

pub fn means(design: &Design, journal: &Journal) -> Vec<MeanResult> {
    let mut all = Vec::new();
    for figure in &design.figures {
        let title = figure.title();
        for variant in &design.variants {
            let numbers = numbers(design, journal, variant.id, &title);
            let ended = numbers.iter().flatten().count();
            let known: Vec<f64> = numbers.into_iter().flatten().flatten().collect();
            if ended > 0 {
                all.push(MeanResult {
                    figure: title.clone(),
                    variant: variant.id,
                    failed: ended - known.len(),
                    mean: Mean::of(&known),
                });
            }
        }
    }
    all
}

pub fn compare(design: &Design, journal: &Journal, choice: &Choice) -> Vec<Comparison> {
    let mut all = Vec::new();
    for figure in &design.figures {
        let title = figure.title();
        for pair in &choice.pairs {
            let [variants, baselines] =
                [pair.variant, pair.baseline].map(|variant| numbers(design, journal, variant, &title));
            // Seeds on which not both have been run yet say nothing; those on which one does not know are missing.
            let ended: Vec<(Option<f64>, Option<f64>)> = variants
                .into_iter()
                .zip(baselines)
                .filter_map(|(variant, baseline)| variant.zip(baseline))
                .collect();
            let pairs: Vec<(f64, f64)> = ended
                .iter()
                .filter_map(|(variant, baseline)| variant.zip(*baseline))
                .collect();
            let missing = ended.len() - pairs.len();
            let paired = Paired::of(&pairs);
            let differences: Vec<f64> = pairs.iter().map(|(variant, baseline)| variant - baseline).collect();
            let bootstrap = bca(&differences);
            let of = |value: fn(&Paired) -> Option<f64>| paired.as_ref().and_then(value);
            let percent = |value: Option<f64>| {
                let baseline = paired.as_ref()?.baseline.abs();
                (baseline > 0.0).then(|| value.map(|value| 100.0 * value / baseline))?
            };
            let [difference, low, high] = [
                of(|paired| Some(paired.difference)),
                of(|paired| paired.low),
                of(|paired| paired.high),
            ];
            all.push(Comparison {
                figure: title.clone(),
                variant: pair.variant,
                baseline: pair.baseline,
                level: level_name(design, &pair.level),
                n: pairs.len(),
                missing,
                difference,
                low,
                high,
                bca_low: bootstrap.map(|(low, _)| low),
                bca_high: bootstrap.map(|(_, high)| high),
                percent: percent(difference),
                percent_low: percent(low),
                percent_high: percent(high),
                hedges_g: of(|paired| paired.hedges_g),
                p: of(|paired| paired.p),
                p_holm: None,
                detectable: of(Paired::detectable),
                verdict: figure.better.map(|better| match &paired {
                    Some(paired) if missing == 0 => verdict(paired, better, design.study.smallest),
                    _ => Verdict::CannotBeTold,
                }),
            });
        }
    }
    all
}

/// Exponents along the one level of numbers.
pub fn growth(design: &Design, journal: &Journal, choice: &Choice) -> Vec<Growth> {
    let [level] = design.of_role(Role::Level)[..] else {
        return Vec::new();
    };
    let at = |variant: usize| {
        design.variants[variant].places[level].and_then(|place| design.points[level][place].value.as_f64())
    };
    let mut names: Vec<String> = Vec::new();
    for &variant in &choice.chosen {
        let name = contestant(design, variant);
        if at(variant).is_some() && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut all = Vec::new();
    for figure in &design.figures {
        let title = figure.title();
        for name in &names {
            let own = choice
                .chosen
                .iter()
                .filter(|variant| &contestant(design, **variant) == name);
            let points = own.flat_map(|&variant| {
                let known = numbers(design, journal, variant, &title)
                    .into_iter()
                    .flatten()
                    .flatten();
                known
                    .filter_map(move |number| Some((at(variant)?, number)))
                    .collect::<Vec<_>>()
            });
            let points: Vec<(f64, f64)> = points.collect();
            let slope = (points.len() > 2).then(|| Slope::of(&points)).flatten();
            all.extend(slope.map(|slope| Growth {
                figure: title.clone(),
                variant: name.clone(),
                slope,
            }));
        }
    }
    all
}

/// A variant's values on the axes that compare.
fn contestant(design: &Design, variant: usize) -> String {
    let compare = design.part(variant, Role::Compare);
    match level_name(design, &compare) {
        name if !name.is_empty() => name,
        _ if design.of_role(Role::Tune).is_empty() => "as the scenario says".to_owned(),
        _ if design.part(variant, Role::Tune).iter().any(Option::is_some) => "as tuned".to_owned(),
        _ => "as the scenario says".to_owned(),
    }
}

/// Over all levels: of each figure and of each that was compared.
pub fn verdicts(design: &Design, choice: &Choice, comparisons: &[Comparison]) -> Vec<Overall> {
    let contestant = |variant: usize| contestant(design, variant);
    let mut names: Vec<(String, String)> = Vec::new();
    for pair in &choice.pairs {
        let baseline = match design.study.against {
            Some(_) => "the best alternative".to_owned(),
            None => contestant(pair.baseline),
        };
        let name = (contestant(pair.variant), baseline);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut all = Vec::new();
    for figure in design.figures.iter().filter(|figure| figure.better.is_some()) {
        let title = figure.title();
        for (variant, baseline) in &names {
            let of: Vec<(&str, Verdict)> = comparisons
                .iter()
                .filter(|comparison| comparison.figure == title && &contestant(comparison.variant) == variant)
                .filter_map(|comparison| Some((comparison.level.as_str(), comparison.verdict?)))
                .collect();
            if !of.is_empty() {
                all.push(Overall {
                    figure: title.clone(),
                    variant: variant.clone(),
                    baseline: baseline.clone(),
                    verdict: overall(&of),
                });
            }
        }
    }
    all
}
