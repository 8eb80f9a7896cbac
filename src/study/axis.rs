//! What varies in a study: values of a key, ranges, several keys together, whole variants with names.

use crate::error::{Error, nearest};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toml::{Table, Value};

/// The most values that an axis can have.
const MOST_VALUES: u32 = 100_000;

/// One thing that varies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// What its values are to the comparison.
    #[serde(default, skip_serializing_if = "Role::is_compare")]
    pub role: Role,
    /// The key of the scenario that takes the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Several keys that take values together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// The name of an axis of whole variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The values; of several keys a list each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// In place of values: from where to where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[Value; 2]>,
    /// How many values of the range, both ends among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Whether each is so many times the one before, rather than so much more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub log: bool,
    /// Whole variants.
    #[serde(default, rename = "variant", skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<NamedVariant>,
}

/// A whole variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedVariant {
    /// What it is called.
    pub name: String,
    /// What it sets: values by their keys, which have dots between their parts and stand in quotation marks.
    #[serde(default)]
    pub set: Table,
}

/// What an axis is to the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its values are compared with each other.
    #[default]
    Compare,
    /// Comparisons are made at each of its values by itself: a load, a number of agents.
    Level,
    /// The best of its values is chosen for each of the others, on seeds that nothing is compared on.
    Tune,
}

impl Role {
    fn is_compare(&self) -> bool {
        *self == Self::Compare
    }
}

/// A value of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// As it is shown.
    pub name: String,
    /// As results have it.
    pub value: Json,
    /// What it sets: keys, and values as a setting takes them.
    pub settings: Vec<(String, String)>,
}

/// A value as it is shown: words without quotation marks.
fn shown(value: &Value) -> String {
    match value {
        Value::String(word) => word.clone(),
        value => value.to_string(),
    }
}

fn json(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or(Json::Null)
}

impl Axis {
    /// An axis of the values of one key.
    #[must_use]
    pub fn of(key: &str, values: Vec<Value>, role: Role) -> Self {
        Self {
            key: Some(key.to_owned()),
            values,
            role,
            ..Self::default()
        }
    }

    /// What it is called: its key, its keys with commas between, or its name.
    #[must_use]
    pub fn title(&self) -> String {
        match (&self.key, &self.name) {
            (Some(key), _) => key.clone(),
            (None, Some(name)) => name.clone(),
            (None, None) => self.keys.join(","),
        }
    }

    /// The keys that it sets.
    pub(super) fn touched(&self) -> Vec<String> {
        let of_variants = self.variants.iter().flat_map(|variant| variant.set.keys().cloned());
        let mut all: Vec<String> = self.key.iter().chain(&self.keys).cloned().chain(of_variants).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether its values are those of a range.
    #[must_use]
    pub fn is_range(&self) -> bool {
        self.range.is_some()
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let named = format!("axis {}", crate::escaped(&self.title()));
        let fault = |message: String| Err(Error::invalid(named.clone(), message));
        let kinds =
            usize::from(self.key.is_some()) + usize::from(!self.keys.is_empty()) + usize::from(self.name.is_some());
        if kinds != 1 {
            return fault("has to have one of key, keys and name: a key with values, keys with lists of values, or a name with variants".into());
        }
        let given = usize::from(!self.values.is_empty())
            + usize::from(self.range.is_some())
            + usize::from(!self.variants.is_empty());
        if given == 0 {
            return fault("has no values; give at least one, as in values = [1, 2]".into());
        }
        if given > 1 || self.name.is_some() == self.variants.is_empty() {
            return fault("has values of two kinds; values and range belong to a key, variants to a name".into());
        }
        for values in &self.values {
            let is_row = values.as_array().is_some_and(|row| row.len() == self.keys.len());
            if !self.keys.is_empty() && !is_row {
                return fault(format!(
                    "has {} keys, but a row of values is {}; give one for each key",
                    self.keys.len(),
                    shown(values)
                ));
            }
        }
        if let Some([low, high]) = &self.range {
            let (Some(low), Some(high)) = (number(low), number(high)) else {
                return fault("has a range whose ends are no numbers".into());
            };
            if !(low < high && low.is_finite() && high.is_finite()) || (self.log && low <= 0.0) {
                return fault(format!(
                    "has the range {low} to {high}; the first must be less than the second{}",
                    if self.log {
                        ", and above 0 where the range is logarithmic"
                    } else {
                        ""
                    }
                ));
            }
            if self.count.is_some_and(|count| !(2..=MOST_VALUES).contains(&count)) {
                return fault(format!(
                    "takes {} values of its range; take 2 to {MOST_VALUES}",
                    self.count.unwrap_or(0)
                ));
            }
        } else if self.count.is_some() || self.log {
            return fault("has count or log, which belong to a range".into());
        }
        let mut names: Vec<String> = match self.variants.is_empty() {
            true => self.values.iter().map(shown).collect(),
            false => self.variants.iter().map(|variant| variant.name.clone()).collect(),
        };
        names.sort();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return fault(format!(
                "has the value {} twice; name each once",
                crate::escaped(&pair[0])
            ));
        }
        Ok(())
    }

    /// The value at a place of the range, from 0 to 1; whole where both ends are.
    #[must_use]
    pub fn at(&self, place: f64) -> Value {
        let [low, high] = self.range.clone().unwrap_or([Value::Integer(0), Value::Integer(1)]);
        let is_whole = low.is_integer() && high.is_integer();
        let (low, high) = (number(&low).unwrap_or(0.0), number(&high).unwrap_or(1.0));
        let value = match (self.log, place) {
            (_, place) if place <= 0.0 => low,
            (_, place) if place >= 1.0 => high,
            (true, place) => (low.ln() + place * (high.ln() - low.ln())).exp(),
            (false, place) => low + place * (high - low),
        };
        match is_whole {
            true => Value::Integer(value.round() as i64),
            // Enough digits for any setting, and few enough to read.
            false => Value::Float(format!("{value:.6e}").parse().unwrap_or(value)),
        }
    }

    /// The values of its range at given places.
    pub(super) fn points_at(&self, places: impl Iterator<Item = f64>) -> Vec<Point> {
        places.map(|place| self.point(&self.at(place))).collect()
    }

    /// All its values.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        if self.range.is_some() {
            let count = self.count.unwrap_or(5);
            let mut points = self.points_at((0..count).map(|k| f64::from(k) / f64::from(count - 1)));
            points.dedup();
            return points;
        }
        if self.name.is_some() {
            let of = |variant: &NamedVariant| Point {
                name: variant.name.clone(),
                value: variant.name.clone().into(),
                settings: variant
                    .set
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_string()))
                    .collect(),
            };
            return self.variants.iter().map(of).collect();
        }
        self.values.iter().map(|value| self.point(value)).collect()
    }

    fn point(&self, value: &Value) -> Point {
        let row = value.as_array().filter(|_| !self.keys.is_empty());
        match (&self.key, row) {
            (None, Some(row)) => Point {
                name: row.iter().map(shown).collect::<Vec<_>>().join(","),
                value: json(value),
                settings: self
                    .keys
                    .iter()
                    .cloned()
                    .zip(row.iter().map(Value::to_string))
                    .collect(),
            },
            (key, _) => Point {
                name: shown(value),
                value: json(value),
                settings: key.iter().map(|key| (key.clone(), value.to_string())).collect(),
            },
        }
    }

    /// The place of a value among its points.
    pub(super) fn find(&self, value: &Value, what: &str) -> Result<usize, Error> {
        let points = self.points();
        let (name, json) = (shown(value), json(value));
        let at = points
            .iter()
            .position(|point| point.value == json || point.name == name);
        at.ok_or_else(|| {
            let names: Vec<&str> = points.iter().map(|point| point.name.as_str()).collect();
            let near = nearest(&name, names.iter().copied())
                .map_or_else(String::new, |near| format!("did you mean '{near}'? "));
            let known = crate::error::listed(&names);
            Error::invalid(
                what,
                format!(
                    "is {}, which is not among the values of {}; {near}there: {known}",
                    crate::escaped(&name),
                    self.title()
                ),
            )
        })
    }

    /// Drops all values but these.
    pub(super) fn keep(&mut self, kept: &[Value]) -> Result<(), Error> {
        let title = format!("quick.axes.{}", self.title());
        let places: Vec<usize> = kept
            .iter()
            .map(|value| self.find(value, &title))
            .collect::<Result<_, _>>()?;
        if places.is_empty() {
            return Err(Error::invalid(title, "must be a list of at least one value"));
        }
        if self.range.take().is_some() {
            self.values = kept.to_vec();
            (self.count, self.log) = (None, false);
        } else if self.name.is_some() {
            self.variants = places.iter().map(|&at| self.variants[at].clone()).collect();
        } else {
            self.values = places.iter().map(|&at| self.values[at].clone()).collect();
        }
        Ok(())
    }
}

fn number(value: &Value) -> Option<f64> {
    value
        .as_float()
        .or_else(|| value.as_integer().map(|whole| whole as f64))
}
