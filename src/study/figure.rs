//! The figures that matter, and how the rows of a run become one number.

mod fixed;
mod rows;
mod watch;

pub use rows::{Known, known, usual};
pub(super) use watch::Watch;

use super::statistics::Mean;
use crate::error::{Error, listed, nearest};
use serde::{Deserialize, Serialize};

/// A figure of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureSpec {
    /// The column of `metrics.parquet` that it is of.
    pub name: String,
    /// How rows become one number.
    #[serde(default, skip_serializing_if = "How::is_last")]
    pub how: How,
    /// Which percentile, from 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// What is waited for, as in "<= 16".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Of a recovery: how far the run may be from its twin, in the figure's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// Of a recovery: the same as a share of the twin's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Of a recovery: from which of the events, counted from 0 in the order of their ticks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub event: u32,
    /// Rows before this tick do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Rows after this tick do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u32>,
    /// Which way is good. Left out, as is usual for a figure of that name, or nothing where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
    /// What counts in place of a number that is not known, as the ticks of the run where a threshold is never reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<f64>,
    /// What it is called. Left out, its name, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// How the rows of a run become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// That of the last row.
    #[default]
    Last,
    /// The mean over rows.
    Mean,
    /// A percentile over rows.
    Percentile,
    /// The least of the rows.
    Min,
    /// The greatest.
    Max,
    /// The standard deviation over rows.
    Deviation,
    /// The sum of the rows, tick 0 left out: with `measure.every = 1` all that was sent, of what is counted in a tick.
    Sum,
    /// The first tick in which a threshold is reached.
    TimeTo,
    /// After how many ticks from an event on the run is like its twin that has no events.
    Recovery,
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Less is.
    Less,
    /// More is.
    More,
}

impl How {
    fn is_last(&self) -> bool {
        *self == Self::Last
    }
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// A comparison with a number.
fn threshold(text: &str) -> Option<(&'static str, f64)> {
    let signs = ["<=", ">=", "==", "<", ">"];
    let sign = signs.into_iter().find(|sign| text.trim_start().starts_with(sign))?;
    let number = text.trim_start()[sign.len()..].trim().replace('_', "");
    number.parse().ok().map(|number| (sign, number))
}

fn holds(sign: &str, value: f64, bound: f64) -> bool {
    match sign {
        "<=" => value <= bound,
        ">=" => value >= bound,
        "==" => value == bound,
        "<" => value < bound,
        _ => value > bound,
    }
}

impl FigureSpec {
    /// The last row's.
    #[must_use]
    pub fn last(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            how: How::Last,
            percent: None,
            when: None,
            bound: None,
            share: None,
            event: 0,
            from: None,
            until: None,
            better: None,
            otherwise: None,
            label: None,
        }
    }

    /// From a word: NAME, NAME:mean, NAME:percentile:99, NAME:time-to:<=16, NAME:recovery:BOUND, and so on.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is none.
    pub fn of_word(word: &str) -> Result<Self, Error> {
        let mut parts = word.splitn(3, ':');
        let mut figure = Self::last(parts.next().unwrap_or_default().trim());
        let (how, rest) = (parts.next().map(str::trim), parts.next().map(str::trim));
        let wrong = || {
            let message = "is no figure; write NAME, or NAME:HOW with last, mean, min, max, deviation, sum, percentile:99, time-to:<=16 or recovery:BOUND";
            Error::invalid(format!("--figure {}", crate::escaped(word)), message)
        };
        let number = || rest.and_then(|rest| rest.parse::<f64>().ok()).ok_or_else(wrong);
        figure.how = match how {
            None | Some("last") => How::Last,
            Some("mean") => How::Mean,
            Some("min") => How::Min,
            Some("max") => How::Max,
            Some("deviation") => How::Deviation,
            Some("sum") => How::Sum,
            Some("percentile") => {
                figure.percent = Some(number()?);
                How::Percentile
            }
            Some("time-to") => {
                figure.when = Some(rest.ok_or_else(wrong)?.to_owned());
                How::TimeTo
            }
            Some("recovery") => {
                figure.bound = Some(number()?);
                How::Recovery
            }
            Some(_) => return Err(wrong()),
        };
        Ok(figure)
    }

    /// What results call it.
    #[must_use]
    pub fn title(&self) -> String {
        if let Some(label) = &self.label {
            return label.clone();
        }
        match self.how {
            How::Last => self.name.clone(),
            _ => format!("{} {}", self.name, self.told()),
        }
    }

    /// How rows become one number, in words.
    #[must_use]
    pub fn told(&self) -> String {
        match self.how {
            How::Last => "last".to_owned(),
            How::Mean => "mean".to_owned(),
            How::Percentile => format!("percentile {}", self.percent.unwrap_or(50.0)),
            How::Min => "min".to_owned(),
            How::Max => "max".to_owned(),
            How::Deviation => "deviation".to_owned(),
            How::Sum => "sum".to_owned(),
            How::TimeTo => format!("time to {}", self.when.as_deref().unwrap_or_default()),
            How::Recovery => format!("recovery from event {}", self.event),
        }
    }

    /// The unit of the number.
    #[must_use]
    pub fn unit(&self, known: &[Known]) -> Option<&'static str> {
        match self.how {
            How::TimeTo | How::Recovery => Some("ticks"),
            _ => known
                .iter()
                .find(|known| known.name == self.name)
                .map(|known| known.unit)
                .filter(|unit| !unit.is_empty()),
        }
    }

    /// Checks it against what rows have, and fills in which way is good.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the figure, and what the scenario has.
    pub fn check(&mut self, all: &[Known], has_twin: bool) -> Result<(), Error> {
        let fault = |message: String| {
            Err(Error::invalid(
                format!("figure {}", crate::escaped(&self.name)),
                message,
            ))
        };
        let numbers = || {
            all.iter()
                .filter(|known| known.is_number)
                .map(|known| known.name.as_str())
        };
        match all.iter().find(|known| known.name == self.name) {
            None => {
                let near =
                    nearest(&self.name, numbers()).map_or_else(String::new, |near| format!("did you mean '{near}'? "));
                return fault(format!(
                    "is none that the rows of this scenario have; {near}there: {}",
                    listed(numbers())
                ));
            }
            Some(_) if fixed::is_fixed(&self.name) => {
                if self.how != How::Last || self.from.is_some() || self.until.is_some() {
                    return fault("does not change in a run and is in no row; leave how, from and until out".into());
                }
            }
            Some(known) if !known.is_number => return fault("is a text, and only numbers are compared".into()),
            Some(_) => {}
        }
        match self.how {
            How::Percentile if !self.percent.is_some_and(|percent| (0.0..=100.0).contains(&percent)) => {
                return fault("is to be a percentile; say which, as in percent = 99".into());
            }
            How::TimeTo if self.when.as_deref().and_then(threshold).is_none() => {
                return fault("is to be the time to a threshold; say which, as in when = \"<= 16\"".into());
            }
            How::Recovery if !has_twin => {
                return fault(
                    "is to be a recovery, which compares with the run without events; say twin = true".into(),
                );
            }
            How::Recovery if self.bound.is_some() == self.share.is_some() => {
                return fault("is to be a recovery; say within which bound, as in bound = 100, or share = 0.05 of the twin's value".into());
            }
            _ => {}
        }
        if self.from.zip(self.until).is_some_and(|(from, until)| from > until) {
            return fault("has a window that ends before it begins; let from be at most until".into());
        }
        self.better = self.better.or(match self.how {
            How::TimeTo | How::Recovery => Some(Better::Less),
            _ => rows::usually_better(&self.name),
        });
        Ok(())
    }

    /// The number of a run: of its rows, the twin's rows, and the ticks of its events in their order.
    fn of(&self, rows: &[(u32, Option<f64>)], twin: &[(u32, Option<f64>)], events: &[u32]) -> Option<f64> {
        let is_within =
            |tick: u32| self.from.is_none_or(|from| tick >= from) && self.until.is_none_or(|until| tick <= until);
        let window = || rows.iter().filter(|(tick, _)| is_within(*tick));
        let values = || window().filter_map(|(_, value)| *value);
        match self.how {
            How::Last => window().next_back().and_then(|(_, value)| *value),
            How::Mean => {
                let (sum, count) = values().fold((0.0, 0u64), |(sum, count), value| (sum + value, count + 1));
                (count > 0).then(|| sum / count as f64)
            }
            How::Min => values().reduce(f64::min),
            How::Max => values().reduce(f64::max),
            How::Deviation => Mean::of(&values().collect::<Vec<f64>>()).sd,
            How::Sum => {
                let later = window().filter(|(tick, _)| *tick > 0);
                later.map(|(_, value)| *value).sum()
            }
            How::Percentile => {
                let mut values: Vec<f64> = values().collect();
                values.sort_by(f64::total_cmp);
                let rank = (self.percent.unwrap_or(50.0) / 100.0 * values.len() as f64)
                    .ceil()
                    .max(1.0) as usize;
                values.get(rank - 1).copied()
            }
            How::TimeTo => {
                let (sign, bound) = threshold(self.when.as_deref()?)?;
                let mut reached = window().filter(|(_, value)| value.is_some_and(|value| holds(sign, value, bound)));
                reached.next().map(|(tick, _)| f64::from(*tick))
            }
            How::Recovery => self.recovery(rows, twin, events),
        }
    }

    /// The ticks from the event to the first row from which on the difference to the twin stays within the bound, up to the next event or
    /// the end; nothing if it does not, or a row is not known.
    fn recovery(&self, rows: &[(u32, Option<f64>)], twin: &[(u32, Option<f64>)], events: &[u32]) -> Option<f64> {
        let start = *events.get(self.event as usize)?;
        let end = events.iter().copied().find(|&tick| tick > start).unwrap_or(u32::MAX);
        let mut back = None;
        let mut others = twin.iter().peekable();
        for (tick, value) in rows.iter().filter(|(tick, _)| *tick > start && *tick <= end) {
            while others.next_if(|(other, _)| other < tick).is_some() {}
            let other = others
                .peek()
                .filter(|(other, _)| other == tick)
                .and_then(|(_, value)| *value);
            let is_like = value.zip(other).is_some_and(|(value, other)| {
                let bound = self.bound.unwrap_or_else(|| self.share.unwrap_or(0.0) * other.abs());
                (value - other).abs() <= bound
            });
            back = if is_like { back.or(Some(*tick)) } else { None };
        }
        back.map(|tick| f64::from(tick - start))
    }
}
