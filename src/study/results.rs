//! What a study has found: means, comparisons and verdicts, from the runs that there are.

use super::axis::Role;
use super::choice::{Choice, Step, choose, level_name};
use super::design::Design;
use super::figure::Better;
use super::journal::Journal;
use super::statistics::{Mean, Paired, Slope, bca, holm};
use super::verdict::{Verdict, overall, verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// What the file is called.
pub const RESULTS: &str = "results.json";

/// The content of `results.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Of the file: 1.
    pub format: u32,
    /// The study's name.
    pub name: String,
    /// What it asks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Of the program.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// What repeats it.
    pub command: String,
    /// What it ran on.
    pub device: String,
    /// The seeds that were compared on.
    pub seeds: Vec<u32>,
    /// The seeds on which something was chosen.
    pub tune_seeds: Vec<u32>,
    /// What varied.
    pub axes: Vec<AxisResult>,
    /// What was compared with, at the first level.
    pub baseline: Option<usize>,
    /// The smallest difference that matters, as a share of the baseline's mean.
    pub smallest: f64,
    /// Runs that the study asks for, and that are not there.
    pub missing: usize,
    /// Why nothing was chosen, where it could not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchosen: Option<String>,
    /// The variants.
    pub variants: Vec<VariantResult>,
    /// The figures.
    pub figures: Vec<FigureResult>,
    /// Each figure of each variant.
    pub results: Vec<MeanResult>,
    /// What was compared.
    pub comparisons: Vec<Comparison>,
    /// The same over all levels together.
    pub verdicts: Vec<Overall>,
    /// How figures grow along the one level that is of numbers, if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub growth: Vec<Growth>,
}

/// What varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AxisResult {
    /// The key, the keys with commas between, or the name.
    pub key: String,
    /// What its values are to the comparison: compare, level or tune.
    pub role: Role,
    /// The values.
    pub values: Vec<Json>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantResult {
    /// Its number.
    pub id: usize,
    /// As in `work.balance.policy=flow`.
    pub name: String,
    /// What it sets.
    pub settings: Map<String, Json>,
    /// Its values by their axes.
    pub axes: Map<String, Json>,
    /// Whether it was chosen among several on seeds of their own.
    pub tuned: bool,
    /// Its mean of the first figure on the seeds that choose, if it was run on all of them.
    pub tune_mean: Option<f64>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureResult {
    /// Its title.
    pub name: String,
    /// Its unit, if it has one.
    pub unit: Option<String>,
    /// What it means.
    pub meaning: String,
    /// How a run's rows become one number.
    pub how: String,
    /// Which way is good, if that is said.
    pub better: Option<Better>,
}

/// A figure of a variant, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanResult {
    /// The figure's title.
    pub figure: String,
    /// The variant's number.
    pub variant: usize,
    /// Runs that have failed, or do not know the figure.
    pub failed: usize,
    /// The mean, and its interval.
    #[serde(flatten)]
    pub mean: Mean,
}

/// A figure of a variant against that of the baseline, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The figure's title.
    pub figure: String,
    /// The variant's number.
    pub variant: usize,
    /// The baseline's number.
    pub baseline: usize,
    /// The level, as in `work.arrivals.load=0.7`; empty where there is one only.
    pub level: String,
    /// Seeds on which both are known.
    pub n: usize,
    /// Seeds on which one is not.
    pub missing: usize,
    /// The mean difference, variant less baseline.
    pub difference: Option<f64>,
    /// Its 95 % interval by Student's t.
    pub low: Option<f64>,
    /// See `low`.
    pub high: Option<f64>,
    /// The same by the BCa bootstrap, for display.
    pub bca_low: Option<f64>,
    /// See `bca_low`.
    pub bca_high: Option<f64>,
    /// The difference as a share of the baseline's mean, which is taken as it was measured, in percent; nothing where that is 0.
    pub percent: Option<f64>,
    /// Its interval.
    pub percent_low: Option<f64>,
    /// See `percent_low`.
    pub percent_high: Option<f64>,
    /// The effect size.
    pub hedges_g: Option<f64>,
    /// The probability of such a difference by chance.
    pub p: Option<f64>,
    /// The same with the whole table in mind.
    pub p_holm: Option<f64>,
    /// The difference that would have been seen with a power of 80 %.
    pub detectable: Option<f64>,
    /// The verdict at this level; nothing where it is not said which way is good.
    pub verdict: Option<Verdict>,
}

/// The verdict over all levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overall {
    /// The figure's title.
    pub figure: String,
    /// What was compared: its values on the axes that compare.
    pub variant: String,
    /// What with; "the best alternative" where that was chosen.
    pub baseline: String,
    /// holds, holds when …, does not hold, cannot be told, or identical.
    pub verdict: String,
}

/// How a figure grows along a level: figure = c·levelᵉ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// The figure's title.
    pub figure: String,
    /// Whose: its values on the axes that compare.
    pub variant: String,
    /// The exponent, and its interval, over all runs.
    #[serde(flatten)]
    pub slope: Slope,
}

/// The program's own words for what is given besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What repeats the study.
    pub command: String,
    /// What it ran on.
    pub device: String,
}

impl Results {
    /// What the runs of a journal say.
    #[must_use]
    pub fn of(design: &Design, journal: &Journal, about: &About) -> Self {
        let (choice, unchosen) = match choose(design, journal) {
            Step::Done(choice) => (choice, None),
            Step::Needs(tasks) => {
                let left = tasks
                    .iter()
                    .filter(|task| journal.get(design, **task).is_none())
                    .count();
                (
                    Choice::default(),
                    Some(format!("{left} runs that choose are not there")),
                )
            }
            Step::Nobody(level) => (
                Choice::default(),
                Some(format!(
                    "no candidate has the first figure in all its runs{}",
                    if level.is_empty() {
                        String::new()
                    } else {
                        format!(" at {level}")
                    }
                )),
            ),
        };
        let seeds = design.seeds.len();
        let tasks = choice.tasks(design, 0..seeds);
        let missing = tasks
            .iter()
            .filter(|task| journal.get(design, **task).is_none())
            .count();
        let mut comparisons = compare(design, journal, &choice);
        let known: Vec<f64> = comparisons.iter().filter_map(|comparison| comparison.p).collect();
        let mut corrected = holm(&known).into_iter();
        for comparison in &mut comparisons {
            comparison.p_holm = comparison.p.and_then(|_| corrected.next());
        }
        let first = design.figures[0].title();
        Self {
            format: 1,
            name: design.study.name.clone(),
            about: design.study.about.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: design.scenario.clone(),
            command: about.command.clone(),
            device: about.device.clone(),
            seeds: design.seeds.clone(),
            tune_seeds: design.tune_seeds.clone(),
            axes: axes(design),
            baseline: choice
                .pairs
                .first()
                .map(|pair| pair.baseline)
                .or_else(|| choice.chosen.first().copied().filter(|_| choice.chosen.len() == 1)),
            smallest: design.study.smallest,
            missing,
            unchosen,
            variants: design
                .variants
                .iter()
                .map(|variant| {
                    let numbers: Option<Vec<f64>> = (0..design.tune_seeds.len())
                        .map(|k| journal.get(design, design.task(variant.id, k, true))?.figure(&first))
                        .collect();
                    VariantResult {
                        id: variant.id,
                        name: variant.name.clone(),
                        settings: variant.settings.clone(),
                        axes: variant.axes.clone(),
                        tuned: choice.tuned.contains(&variant.id),
                        tune_mean: numbers.and_then(|numbers| Mean::of(&numbers).mean),
                    }
                })
                .collect(),
            figures: figures(design),
            results: means(design, journal),
            verdicts: verdicts(design, &choice, &comparisons),
            growth: growth(design, journal, &choice),
            comparisons,
        }
    }

    /// A figure of a variant, if it is there.
    #[must_use]
    pub fn mean(&self, figure: &str, variant: usize) -> Option<&Mean> {
        self.results
            .iter()
            .find(|result| result.figure == figure && result.variant == variant)
            .map(|result| &result.mean)
    }
}

fn axes(design: &Design) -> Vec<AxisResult> {
    let all = design.study.axes.iter().zip(&design.points);
    all.map(|(axis, points)| AxisResult {
        key: axis.title(),
        role: axis.role,
        values: points.iter().map(|point| point.value.clone()).collect(),
    })
    .collect()
}

fn figures(design: &Design) -> Vec<FigureResult> {
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

fn means(design: &Design, journal: &Journal) -> Vec<MeanResult> {
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

fn compare(design: &Design, journal: &Journal, choice: &Choice) -> Vec<Comparison> {
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
fn growth(design: &Design, journal: &Journal, choice: &Choice) -> Vec<Growth> {
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
fn verdicts(design: &Design, choice: &Choice, comparisons: &[Comparison]) -> Vec<Overall> {
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
