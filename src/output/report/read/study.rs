//! The folder of a study: `results.json`, which holds what it came to, and `journal.jsonl`, a line a run, of which only what a report
//! shows is kept, however many there are.

use super::text;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use tetraswarm::{Error, shown};

/// The file of a study's results.
pub const RESULTS: &str = "results.json";

/// The format of it that is read.
const FORMAT: u64 = 1;

/// The longest line of a journal, in bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// How many different errors of runs are told.
const MOST_ERRORS: usize = 20;

#[derive(Clone, Debug, Deserialize)]
pub struct Axis {
    pub key: String,
    #[serde(default)]
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Variant {
    pub id: Value,
    pub name: String,
    #[serde(default)]
    pub settings: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Figure {
    pub name: String,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub meaning: Option<String>,
    /// How a run becomes one number.
    #[serde(default)]
    pub how: Option<String>,
    /// Whether less is better, or more; nothing if neither.
    #[serde(default)]
    pub better: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct OfVariant {
    pub figure: String,
    pub variant: Value,
    #[serde(default)]
    pub n: u64,
    #[serde(default)]
    pub failed: u64,
    pub mean: Option<f64>,
    pub sd: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Comparison {
    pub figure: String,
    #[serde(default)]
    pub level: String,
    pub variant: Value,
    pub baseline: Value,
    #[serde(default)]
    pub n: u64,
    pub difference: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub bca_low: Option<f64>,
    pub bca_high: Option<f64>,
    pub percent: Option<f64>,
    pub percent_low: Option<f64>,
    pub percent_high: Option<f64>,
    pub hedges_g: Option<f64>,
    pub p: Option<f64>,
    pub p_holm: Option<f64>,
    #[serde(default)]
    pub verdict: Option<String>,
}

/// What is said over all levels.
#[derive(Clone, Debug, Deserialize)]
pub struct Overall {
    pub figure: String,
    pub variant: String,
    pub baseline: String,
    pub verdict: String,
}

/// What a study came to.
#[derive(Clone, Debug, Deserialize)]
pub struct Results {
    pub name: String,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub scenario: Value,
    #[serde(default)]
    pub command: Option<String>,
    #[serde(default)]
    pub device: Value,
    #[serde(default)]
    pub seeds: Vec<Value>,
    #[serde(default)]
    pub axes: Vec<Axis>,
    #[serde(default)]
    pub baseline: Value,
    #[serde(default)]
    pub variants: Vec<Variant>,
    #[serde(default)]
    pub figures: Vec<Figure>,
    #[serde(default)]
    pub results: Vec<OfVariant>,
    #[serde(default)]
    pub comparisons: Vec<Comparison>,
    #[serde(default)]
    pub verdicts: Vec<Overall>,
    /// The smallest difference that matters, as a share of the baseline's mean.
    #[serde(default)]
    pub smallest: Option<f64>,
}

/// The runs of a variant, of one figure: how they are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    pub runs: usize,
    /// Minimum, quartiles, maximum.
    pub at: [f64; 5],
    /// The runs themselves, if they are few.
    pub all: Vec<f64>,
}

/// A study.
#[derive(Debug)]
pub struct Study {
    pub folder: PathBuf,
    pub results: Results,
    /// `study.toml`.
    pub text: String,
    /// By figure and variant.
    pub spreads: BTreeMap<(String, String), Spread>,
    pub runs: u64,
    pub failed: u64,
    /// Errors of runs, and how many had each; the most frequent first.
    pub errors: Vec<(String, u64)>,
    /// Lines of the journal that are no run.
    pub broken: u64,
    pub seconds: f64,
}

/// A variant's id, or any other value, as it can stand in a text.
pub fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[derive(Deserialize)]
struct Line {
    variant: Value,
    #[serde(default)]
    figures: Map<String, Value>,
    #[serde(default)]
    seconds: Option<f64>,
    #[serde(default)]
    error: Option<String>,
}

impl Study {
    /// Reads a folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] if its results are none, or of another format; [`Error::File`] if they cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(RESULTS);
        let refuse = |message: String| Error::invalid(shown(&path), message);
        let again = "`tetraswarm study` makes them anew from the journal, with --resume";
        let whole = text(&path, "read the results of the study")?.unwrap_or_default();
        let value: Value =
            serde_json::from_str(&whole).map_err(|error| refuse(format!("is no JSON: {error}; {again}")))?;
        match value["format"].as_u64() {
            Some(FORMAT) => {}
            Some(other) => {
                let message = format!(
                    "is of format {other}, but this version of the program reads {FORMAT}; use the version that wrote it"
                );
                return Err(refuse(message));
            }
            None => {
                return Err(refuse(format!(
                    "does not say of which format it is, as results of a study do; {again}"
                )));
            }
        }
        let results: Results = serde_json::from_value(value)
            .map_err(|error| refuse(format!("is not what a study writes: {error}; {again}")))?;
        let mut study = Self {
            text: text(&folder.join("study.toml"), "read the study")?.unwrap_or_default(),
            folder: folder.to_owned(),
            results,
            spreads: BTreeMap::new(),
            runs: 0,
            failed: 0,
            errors: Vec::new(),
            broken: 0,
            seconds: 0.0,
        };
        study.journal(&folder.join("journal.jsonl"))?;
        Ok(study)
    }

    fn journal(&mut self, path: &Path) -> Result<(), Error> {
        let failed = |error| Error::file(path, "read the journal of the study", error);
        let mut lines = match File::open(path) {
            Ok(file) => BufReader::with_capacity(1 << 20, file),
            // The results stand without it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let mut values: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
        let mut errors: BTreeMap<String, u64> = BTreeMap::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            let limited = &mut std::io::Read::take(&mut lines, LONGEST_LINE);
            if limited.read_until(b'\n', &mut line).map_err(failed)? == 0 {
                break;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // The last one may have been cut off when the study was ended.
            let Ok(run) = serde_json::from_slice::<Line>(&line) else {
                self.broken += 1;
                continue;
            };
            self.runs += 1;
            self.seconds += run.seconds.unwrap_or_default();
            if let Some(error) = run.error {
                self.failed += 1;
                *errors.entry(error).or_default() += 1;
                continue;
            }
            let variant = word(&run.variant);
            for (figure, value) in run.figures {
                if let Some(value) = value.as_f64() {
                    values.entry((figure, variant.clone())).or_default().push(value);
                }
            }
        }
        self.spreads = values.into_iter().map(|(of, values)| (of, spread(values))).collect();
        self.errors = errors.into_iter().collect();
        self.errors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        self.errors.truncate(MOST_ERRORS);
        Ok(())
    }
}

/// Quartiles by nearest rank, of at least one value.
fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    let at = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share: f64| values[(share * last as f64).round() as usize]);
    Spread {
        runs: values.len(),
        at,
        all: if values.len() <= 40 { values } else { Vec::new() },
    }
}
