//! What a study is: the text of `study.toml`, checked by itself; what it makes of its scenario, [`super::Design`] says.

use super::axis::Axis;
use super::figure::FigureSpec;
use crate::error::{Error, Place};
use crate::scenario::Document;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The most seeds that a study can ask for.
const MOST_SEEDS: u32 = 1_000_000;

/// How far the seeds that choose are from those that compare: more than a study can have.
const AWAY: u32 = 1 << 30;

/// A study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// A short name; the folder is called after it.
    pub name: String,
    /// What it asks, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Where relative names in the scenario start: a folder. Left out, that of the study's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// Keys that are taken out of the scenario before anything is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unset: Vec<String>,
    /// What overrides the scenario in all runs, as `--set` takes it: KEY=VALUE.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// The seeds that variants are compared on: how many, from the scenario's own on, or which.
    #[serde(default = "twenty")]
    pub seeds: Seeds,
    /// How what is chosen is chosen, on seeds of its own: values of axes whose role is `tune`, and the best alternative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<Tune>,
    /// What all others are compared with: a value of the one axis that compares, or a table of values by their axes. Left out, the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Value>,
    /// What is compared with others, by its value as `baseline`: then nothing else is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Value>,
    /// In place of a baseline: the best alternative to the subject, by the first figure, on the seeds of `tune`, at each level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
    /// The smallest difference that matters, as a share of the baseline's mean.
    #[serde(default = "two_percent")]
    pub smallest: f64,
    /// Whether every run is run a second time without its events of `[faults]`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub twin: bool,
    /// Seeds are added, beyond `seeds`, until the 95 % interval of the first figure reaches no farther than this share of the baseline's
    /// mean to either side, in all comparisons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Points spread over the ranges of all axes together, in place of every combination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The figures that matter; the first decides where something is chosen.
    #[serde(default, rename = "figure", skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<FigureSpec>,
    /// What varies.
    #[serde(default, rename = "axis", skip_serializing_if = "Vec::is_empty")]
    pub axes: Vec<Axis>,
    /// What a quick look changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick: Option<Quick>,
    /// The scenario: a name, a file, or all of it as a table.
    pub scenario: Base,
}

/// Seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "seeds must be how many, or a list of seeds, whole numbers from 0 to 4294967295"
)]
pub enum Seeds {
    /// So many, one after the other.
    Count(u32),
    /// These.
    List(Vec<u32>),
}

/// How what is chosen is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tune {
    /// On how many seeds; none of them is compared on.
    pub seeds: u32,
    /// Whether all candidates are run on all of them, or the worse half is left out again and again while seeds are doubled (successive
    /// halving: Karnin, Koren, Somekh 2013; Jamieson, Talwalkar 2016).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halving: bool,
}

/// What a subject is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// The best alternative.
    Best,
}

/// Points in a space of several dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Sample {
    /// Each axis is cut into as many parts as there are points, each of which has one (McKay, Beckman, Conover 1979).
    Latin {
        /// How many points.
        count: u32,
    },
    /// Sobol's sequence, of at most eight axes (Sobol 1967, direction numbers of Joe and Kuo 2008).
    Sobol {
        /// How many points.
        count: u32,
    },
}

/// What a quick look changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quick {
    /// How many seeds to compare on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeds: Option<u32>,
    /// How many to choose on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<u32>,
    /// Settings besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// Of each of these axes, by key or name, the values that are left.
    #[serde(default, skip_serializing_if = "Table::is_empty")]
    pub axes: Table,
}

/// A scenario, named or whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "scenario must be a name, a file, or a scenario's table")]
pub enum Base {
    /// A name that `tetraswarm scenarios` lists, or a file.
    Named(String),
    /// All of it.
    Whole(Table),
}

fn twenty() -> Seeds {
    Seeds::Count(20)
}

fn two_percent() -> f64 {
    0.02
}

impl Seeds {
    /// All of them, from `first` on where only their number is said.
    #[must_use]
    pub fn all(&self, first: u32) -> Vec<u32> {
        match self {
            Self::Count(count) => (0..*count).map(|k| first.wrapping_add(k)).collect(),
            Self::List(list) => list.clone(),
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Count(count) => *count as usize,
            Self::List(list) => list.len(),
        }
    }
}

impl Tune {
    /// The seeds, far from those that are counted from `first` on.
    #[must_use]
    pub fn all(&self, first: u32) -> Vec<u32> {
        (0..self.seeds)
            .map(|k| first.wrapping_add(AWAY).wrapping_add(k))
            .collect()
    }
}

impl Study {
    /// A study of a scenario without anything that varies.
    #[must_use]
    pub fn new(name: &str, scenario: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: String::new(),
            folder: None,
            unset: Vec::new(),
            set: Vec::new(),
            seeds: twenty(),
            tune: None,
            baseline: None,
            subject: None,
            against: None,
            smallest: two_percent(),
            twin: false,
            until: None,
            sample: None,
            figures: Vec::new(),
            axes: Vec::new(),
            quick: None,
            scenario: Base::Named(scenario.to_owned()),
        }
    }

    /// Parses the text of a study; `name` stands for it in messages.
    ///
    /// # Errors
    /// [`Error::Syntax`] with line and column, [`Error::Invalid`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let study: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.get(..at).unwrap_or("");
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            Error::Syntax {
                place: Place::Text {
                    name: name.to_owned(),
                    line: before.matches('\n').count() + 1,
                    column: before[line_start..].chars().count() + 1,
                },
                message: error.message().split_whitespace().collect::<Vec<_>>().join(" "),
            }
        })?;
        study.check()?;
        Ok(study)
    }

    /// Reads a study's file; relative names in its scenario start at its folder.
    ///
    /// # Errors
    /// As [`Study::parse`], and [`Error::Input`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = crate::input::Input::open(path, None)?.text()?;
        let mut study = Self::parse(&text.name(), text.utf_8()?)?;
        let own = path.parent().unwrap_or(Path::new(""));
        study.folder = Some(match &study.folder {
            Some(folder) => own.join(folder),
            None => own.to_owned(),
        });
        Ok(study)
    }

    /// The text of a file that is this study, with its scenario whole and its folder absolute: it means the same anywhere.
    ///
    /// # Errors
    /// [`Error::Invalid`] if something in it is no text of TOML.
    pub fn to_toml(&self) -> Result<String, Error> {
        let text = toml::to_string(self).map_err(|error| {
            Error::invalid(
                format!("the study '{}'", self.name),
                format!("cannot be written as TOML: {error}"),
            )
        })?;
        Ok(format!("# Complete: running this file again does the same.\n{text}"))
    }

    /// Checks what can be checked without the scenario.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn check(&self) -> Result<(), Error> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if self.name.is_empty()
            || self.name.len() > 64
            || !self.name.chars().all(is_plain)
            || self.name.starts_with('.')
        {
            let message = format!(
                "is \"{}\"; take 1 to 64 letters, digits, '.', '_' and '-', as the folder is called after it",
                crate::escaped(&self.name)
            );
            return Err(Error::invalid("name", message));
        }
        let count = self.seeds.count();
        if count == 0 || count > MOST_SEEDS as usize {
            return Err(Error::invalid(
                "seeds",
                format!("are {count}; take 1 to {MOST_SEEDS}, of which 20 tell a difference of one standard deviation"),
            ));
        }
        if let Seeds::List(list) = &self.seeds {
            let mut sorted = list.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if sorted.len() < list.len() {
                return Err(Error::invalid(
                    "seeds",
                    "has one twice; a seed gives the same run every time, so name each once",
                ));
            }
        }
        if let Some(tune) = &self.tune
            && (tune.seeds == 0 || tune.seeds > MOST_SEEDS)
        {
            return Err(Error::invalid(
                "tune.seeds",
                format!("is {}; take 1 to {MOST_SEEDS}", tune.seeds),
            ));
        }
        if !(0.0..1.0).contains(&self.smallest) {
            return Err(Error::invalid(
                "smallest",
                format!("is {}; it is a share from 0 to below 1, as 0.02 for 2 %", self.smallest),
            ));
        }
        if self.until.is_some_and(|until| !(until > 0.0 && until < 1.0)) {
            return Err(Error::invalid(
                "until",
                "must be a share between 0 and 1, as 0.02 for 2 %",
            ));
        }
        if self.baseline.is_some() && self.against.is_some() {
            return Err(Error::invalid(
                "against",
                "chooses the baseline, and baseline names one; leave one of the two out",
            ));
        }
        if self.against.is_some() && (self.subject.is_none() || self.tune.is_none()) {
            return Err(Error::invalid(
                "against",
                "= \"best\" is the best alternative to a subject, chosen on seeds of its own; say subject = VALUE and tune = { seeds = 5 }",
            ));
        }
        self.axes.iter().try_for_each(Axis::check)?;
        let mut keys: Vec<String> = self.axes.iter().flat_map(Axis::touched).collect();
        keys.sort();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!(
                "sets {} on two axes; name each key once, or vary both in one axis: keys = [..], values = [[..], ..]",
                pair[0]
            );
            return Err(Error::invalid("axis", message));
        }
        Ok(())
    }

    /// What a quick look makes of it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it names an axis or a value that there is not.
    pub fn quick(mut self) -> Result<Self, Error> {
        let Some(quick) = self.quick.take() else {
            return Ok(self);
        };
        if let Some(seeds) = quick.seeds {
            self.seeds = Seeds::Count(seeds);
        }
        if let (Some(seeds), Some(tune)) = (quick.tune, &mut self.tune) {
            tune.seeds = seeds;
        }
        self.set.extend(quick.set);
        for (name, values) in quick.axes {
            let Some(axis) = self.axes.iter_mut().find(|axis| axis.title() == name) else {
                return Err(Error::invalid(format!("quick.axes.{name}"), "is no axis of this study"));
            };
            axis.keep(values.as_array().map_or(&[], Vec::as_slice))?;
        }
        Ok(self)
    }

    /// The scenario's text without what varies.
    ///
    /// # Errors
    /// As [`Document::open`] and [`Document::set_all`].
    pub fn document(&self) -> Result<Document, Error> {
        let folder = self.folder.clone().unwrap_or_default();
        let mut document = match &self.scenario {
            Base::Whole(table) => Document::of_table(&self.name, table, folder)?,
            Base::Named(name) => {
                let beside = folder.join(name);
                match beside.is_file() {
                    true => Document::read(&beside)?,
                    false => Document::open(name)?,
                }
            }
        };
        for key in &self.unset {
            document.unset(key)?;
        }
        Ok(document)
    }

    /// The same with its scenario whole, and the folder of its files absolute.
    ///
    /// # Errors
    /// As [`Study::document`].
    pub fn whole(mut self) -> Result<Self, Error> {
        let document = self.document()?;
        let here = Path::new(".");
        let own = [Some(document.folder()), self.folder.as_deref(), Some(here)];
        let folder = own
            .into_iter()
            .flatten()
            .find(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(here)
            .to_owned();
        self.folder = Some(std::path::absolute(&folder).unwrap_or(folder));
        self.scenario = Base::Whole(document.table());
        self.unset.clear();
        Ok(self)
    }
}
