//! What a study has found: means, comparisons and verdicts, from the runs that there are.

mod compute;

use super::axis::Role;
use super::choice::{Choice, Step, choose};
use super::design::Design;
use super::figure::Better;
use super::journal::Journal;
use super::statistics::{Mean, Slope, holm};
use super::verdict::Verdict;
use compute::{axes, compare, figures, growth, means, verdicts};
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
