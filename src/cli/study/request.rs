//! What is asked for by arguments, as a study.

use super::words;
use crate::cli::checkpoints::{Interval, interval};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tetraswarm::Error;
use tetraswarm::study::{self, Better, FigureSpec, Role, Sample, Seeds, Study, Tune};

/// What is asked for.
#[derive(Debug, clap::Args)]
pub struct Request {
    /// A study's file, a scenario's file, or the name of a scenario that `tetraswarm scenarios` lists
    pub study: Option<String>,
    /// Compare the values of a key: KEY=V1,V2,… or KEY=LOW..HIGH, with :COUNT or :log behind it; may be repeated
    #[arg(long, value_name = "KEY=VALUES")]
    axis: Vec<String>,
    /// Compare at each value of a key by itself, as a load or a number of agents; written as --axis
    #[arg(long, value_name = "KEY=VALUES")]
    level: Vec<String>,
    /// Choose the best value of a key for each variant, on seeds of their own; written as --axis
    #[arg(long, value_name = "KEY=VALUES")]
    tune: Vec<String>,
    /// Find the best value of a key, by successive halving, and confirm it on fresh seeds: KEY=LOW..HIGH; up to twice
    #[arg(long, value_name = "KEY=LOW..HIGH", conflicts_with_all = ["axis", "tune", "sample"])]
    find: Vec<String>,
    /// What --find makes as small as it can: a figure as --figure has it
    #[arg(long, value_name = "FIGURE", conflicts_with = "most")]
    least: Option<String>,
    /// What --find makes as great as it can
    #[arg(long, value_name = "FIGURE")]
    most: Option<String>,
    /// Take N points of the ranges of all axes together, in place of every combination: latin:N or sobol:N
    #[arg(long, value_name = "KIND:N", value_parser = words::sample)]
    sample: Option<Sample>,
    /// A figure that matters: NAME, or NAME:HOW with last, mean, min, max, deviation, sum, percentile:99, time-to:<=16, recovery:BOUND; may be repeated
    #[arg(long, value_name = "FIGURE")]
    figure: Vec<String>,
    /// What others are compared with: a value of the axis [default: its first]
    #[arg(long, value_name = "VALUE")]
    baseline: Option<String>,
    /// Compare on so many seeds [default: 20]
    #[arg(long, value_name = "N")]
    seeds: Option<u32>,
    /// Choose on so many seeds, on which nothing is compared [default: 8]
    #[arg(long, value_name = "N")]
    tune_seeds: Option<u32>,
    /// Add seeds until the 95 % interval of the first figure reaches no farther to either side, as a share of the mean: 2%
    #[arg(long, value_name = "SHARE", value_parser = words::share)]
    until: Option<f64>,
    /// Add seeds for so long, in place of --seeds: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = words::time, conflicts_with_all = ["until", "shard"])]
    pub time: Option<Duration>,
    /// The smallest difference that matters, as a share of the baseline's mean [default: 2%]
    #[arg(long, value_name = "SHARE", value_parser = words::share)]
    smallest: Option<f64>,
    /// Run everything a second time without faults.events, for figures that compare with it
    #[arg(long)]
    twin: bool,
    /// Leave out the beginning, up to where this figure of a first run has settled (MSER-5)
    #[arg(long, value_name = "FIGURE")]
    pub warm_up: Option<String>,
    /// Override any key of the scenario in all runs; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take a key out of the scenario, before anything is set; may be repeated
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Override the number of agents
    #[arg(long, value_name = "N")]
    agents: Option<String>,
    /// Override the number of ticks
    #[arg(long, value_name = "N")]
    ticks: Option<String>,
    /// The first seed [default: the scenario's]
    #[arg(long, value_name = "N")]
    seed: Option<String>,
    /// So many small runs side by side on a CPU [default: as many as it has threads]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,
    /// Write to this folder [default: runs/study-<name>, or that with -2, -3 … where it exists]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with the study in that folder: runs that are there are not done again
    #[arg(long)]
    pub resume: bool,
    /// Have each run that is under way write a checkpoint after so much time, or so many ticks, from which --resume goes on: 60s, 10min, 2h, or
    /// 1000; none writes none [default: 10min]
    #[arg(long, value_name = "WHEN", value_parser = interval)]
    pub checkpoint: Option<Interval>,
    /// Do the I-th of N parts of the runs, as in a job array; `study merge` puts them together
    #[arg(long, value_name = "I/N", value_parser = words::shard)]
    pub shard: Option<(u32, u32)>,
    /// Change what the study's [quick] says, for a first look
    #[arg(long)]
    pub quick: bool,
    /// Say how many runs there would be, how long they would take and in how much memory, by a timed sample, and write nothing
    #[arg(long)]
    pub explain: bool,
    /// Print the results as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print neither progress nor, without --json, results
    #[arg(long, short)]
    pub quiet: bool,
}

impl Request {
    /// The study that is asked for, without its warm-up.
    pub fn study(&self) -> Result<Study, Error> {
        let Some(name) = &self.study else {
            return Err(Error::invalid(
                "study",
                "is of nothing; name a study's file, or a scenario, as in: tetraswarm study orchestra --axis work.balance.policy=flow,none",
            ));
        };
        let mut study = match is_study(Path::new(name)) {
            true => Study::read(Path::new(name))?,
            false => {
                crate::cli::meant::scenario(name)?;
                let document = tetraswarm::scenario::Document::open(name)?;
                let own = document.word("name").unwrap_or("unnamed").to_owned();
                let mut study = Study::new(&own, name);
                // A path starts where the command was given.
                study.folder = Some(document.folder().to_owned());
                if Path::new(name).is_file() {
                    study.scenario = study::Base::Whole(document.table());
                }
                study
            }
        };
        if self.quick {
            study = study.quick()?;
        }
        self.vary(&mut study)?;
        study.unset.extend(self.unset.iter().cloned());
        study.set.extend(self.set.iter().cloned());
        for (key, value) in [("agents", &self.agents), ("ticks", &self.ticks), ("seed", &self.seed)] {
            study.set.extend(value.as_ref().map(|value| format!("{key}={value}")));
        }
        if let Some(seeds) = self.seeds {
            study.seeds = Seeds::Count(seeds);
        }
        study.until = self.until.or(study.until);
        study.smallest = self.smallest.unwrap_or(study.smallest);
        study.twin |= self.twin;
        study.sample = self.sample.or(study.sample);
        if let Some(baseline) = &self.baseline {
            study.baseline = Some(study::toml_value(baseline));
        }
        Ok(study)
    }

    /// Adds what varies, and the figures.
    fn vary(&self, study: &mut Study) -> Result<(), Error> {
        for (option, words, role) in [
            ("--axis", &self.axis, Role::Compare),
            ("--level", &self.level, Role::Level),
            ("--tune", &self.tune, Role::Tune),
            ("--find", &self.find, Role::Tune),
        ] {
            for word in words {
                study.axes.push(words::axis(option, word, role)?);
            }
        }
        for word in &self.figure {
            study.figures.push(FigureSpec::of_word(word)?);
        }
        if self.find.len() > 2 {
            return Err(Error::invalid(
                "--find",
                "finds the best of one key or two; of more, take a sample: --axis KEY=LOW..HIGH … --sample sobol:64",
            ));
        }
        for (option, word, better) in [
            ("--least", &self.least, Better::Less),
            ("--most", &self.most, Better::More),
        ] {
            let Some(word) = word else { continue };
            if self.find.is_empty() {
                return Err(Error::invalid(
                    option,
                    "says what --find looks for; say of which key, as in --find work.lease=8..89",
                ));
            }
            let mut figure = FigureSpec::of_word(word)?;
            figure.better = Some(better);
            study.figures.retain(|other| other.title() != figure.title());
            study.figures.insert(0, figure);
        }
        if !self.find.is_empty() && self.least.is_none() && self.most.is_none() {
            return Err(Error::invalid(
                "--find",
                "looks for the best of something; say of what, as in --least response_mean or --most committed",
            ));
        }
        if !self.find.is_empty() {
            let count = if self.find.len() == 1 { 16 } else { 6 };
            for axis in study
                .axes
                .iter_mut()
                .filter(|axis| axis.role == Role::Tune && axis.is_range())
            {
                axis.count = axis.count.or(Some(count));
            }
        }
        let needs = study.axes.iter().any(|axis| axis.role == Role::Tune) || study.against.is_some();
        if let Some(seeds) = self.tune_seeds.or((needs && study.tune.is_none()).then_some(8)) {
            let halving = study.tune.map_or(!self.find.is_empty(), |tune| tune.halving);
            study.tune = Some(Tune { seeds, halving });
        }
        Ok(())
    }

    /// Where it is written.
    pub fn folder(&self, name: &str) -> PathBuf {
        if let Some(out) = &self.out {
            return out.clone();
        }
        let plain = PathBuf::from("runs").join(format!("study-{name}"));
        if self.resume {
            return plain;
        }
        let mut free = plain.clone();
        for number in 2.. {
            if !free.exists() {
                break;
            }
            free = PathBuf::from("runs").join(format!("study-{name}-{number}"));
        }
        free
    }
}

/// Whether a file is the text of a study: it has a scenario, which no scenario has.
fn is_study(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let begins = |line: &str| {
        line.starts_with("scenario")
            || line.starts_with("[scenario")
            || line.starts_with("[[axis]]")
            || line.starts_with("[[figure]]")
    };
    text.lines().any(|line| begins(line.trim_start()))
}
