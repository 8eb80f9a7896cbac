//! What a row is called outside: its figures with their units, and its JSON. One name is one thing: what is counted of cells is named
//! otherwise than what is counted of agents, and where two parts have a figure of one name, each has its part's before it.

use super::{Figure, Measurement, Talk};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// What decides on names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Naming {
    /// Whether nodes are cells.
    of_cells: bool,
    /// Whether what is sent is counted.
    talks: bool,
    /// Each gauge's first indicator, which is a figure.
    aims: Vec<Option<Aim>>,
}

/// How far a part is from its aim, as a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Aim {
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    may_be_null: bool,
}

impl Naming {
    pub fn of(of_cells: bool, talk: &Talk, gauges: &[std::sync::Arc<dyn super::Gauge>]) -> Self {
        let aim = |gauge: &std::sync::Arc<dyn super::Gauge>| {
            gauge.indicators().first().map(|first| Aim {
                name: first.name,
                unit: first.unit,
                about: first.about,
                may_be_null: first.of.is_some(),
            })
        };
        Self {
            of_cells,
            talks: !matches!(talk, Talk::Silent),
            aims: gauges.iter().map(aim).collect(),
        }
    }
}

/// The names that are there more than once.
fn twice<'a>(names: impl Iterator<Item = &'a str>) -> HashSet<String> {
    let mut seen = HashSet::new();
    names
        .filter(|name| !seen.insert((*name).to_owned()))
        .map(str::to_owned)
        .collect()
}

impl Measurement {
    /// Becomes a copy of another, in the memory that it has.
    #[cfg(feature = "cli")]
    pub(crate) fn refill(&mut self, from: &Self) {
        let Self {
            readings,
            indicators,
            naming,
            ..
        } = from;
        let mut own = std::mem::take(self);
        own.readings.clone_from(readings);
        own.indicators.clone_from(indicators);
        // Of the rows of a run the same: what is not written stays in both threads' caches.
        if own.naming != *naming {
            own.naming.clone_from(naming);
        }
        *self = Self {
            readings: own.readings,
            indicators: own.indicators,
            naming: own.naming,
            ..*from
        };
    }

    /// The part that [`Measurement::spread`] is of, where another has a figure of that name as well.
    #[must_use]
    pub fn whose_spread(&self) -> Option<&'static str> {
        let is_spread = |aim: &Option<Aim>| aim.is_some_and(|aim| aim.name == "spread");
        let (first, others) = self.naming.aims.split_first()?;
        let is_one_of_several = is_spread(first) && others.iter().any(is_spread);
        self.readings
            .first()
            .filter(|_| is_one_of_several)
            .map(|first| first.part())
    }

    fn fingerprint_text(&self) -> String {
        format!("{:016x}", self.fingerprint)
    }

    /// How far from its aim a part is.
    fn aim(&self, gauge: usize) -> Option<(Aim, Option<i64>)> {
        let aim = self.naming.aims.get(gauge).copied().flatten()?;
        let value = self.indicators.get(gauge).and_then(|of| of.first()).copied().flatten();
        Some((aim, value))
    }

    /// The figures of each part, the one that says how far it is from its aim first.
    fn parts(&self) -> Vec<Vec<Figure>> {
        let all = self.readings.iter().enumerate();
        all.map(|(k, reading)| {
            let aim = self.aim(k).map(|(aim, value)| Figure {
                may_be_null: aim.may_be_null,
                ..Figure::new(aim.name, aim.unit, aim.about, value)
            });
            aim.into_iter().chain(reading.figures()).collect()
        })
        .collect()
    }

    /// All figures, in order; of every row of a run the same.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        let about_reason = "Why it was measured: every, as it is every so many ticks; event, just before or after one; from, measure.from says so; end, the run ended there";
        let mut all = vec![
            Figure::new("tick", "ticks", "Ticks that were done", self.tick),
            Figure::new("reason", "word", about_reason, self.reason.name().to_owned()),
        ];
        let mut parts = self.parts();
        // One part has no name twice, and a row is made often.
        let shared = match &*parts {
            [] | [_] => HashSet::new(),
            parts => twice(parts.iter().flatten().map(|figure| &*figure.name)),
        };
        for (figures, reading) in parts.iter_mut().zip(&self.readings) {
            for figure in figures.iter_mut().filter(|figure| shared.contains(&*figure.name)) {
                figure.name = Cow::Owned(format!("{}.{}", reading.part(), figure.name));
            }
        }
        all.extend(parts.into_iter().flatten());
        all.extend(self.of_all());
        all
    }

    /// What is counted once for the swarm.
    fn of_all(&self) -> Vec<Figure> {
        let mut all = Vec::new();
        if self.naming.of_cells {
            let about_cells = "Cells that are up: two or more of their four agents are";
            let about_active = "Cells that were up and whose turn it was, by the timing, in the last tick";
            all.push(Figure::new("cells_up", "cells", about_cells, self.up));
            all.push(Figure::new("cells_active", "cells", about_active, self.active));
        } else {
            all.push(Figure::new("up", "nodes", "Nodes that are up", self.up));
            all.push(Figure::new(
                "active",
                "nodes",
                "Nodes that acted in the last tick",
                self.active,
            ));
        }
        if self.naming.talks {
            let about = "Links over which an exchange took place in the last tick, or pairs of nodes of which one asked the other";
            all.push(Figure::new("exchanges", "links", about, self.exchanges));
            all.push(Figure::new(
                "messages",
                "messages",
                if self.naming.of_cells {
                    "Messages by which cells agree sent in the last tick"
                } else {
                    "Messages sent in the last tick"
                },
                self.messages,
            ));
        }
        all.extend(self.component.map(|nodes| {
            let about = "The largest connected part of those that are up";
            Figure::new("component", "nodes", about, nodes)
        }));
        let about = "64 bits that identify the whole state, as 16 digits";
        all.push(Figure::new(
            "fingerprint",
            "hexadecimal",
            about,
            self.fingerprint_text(),
        ));
        all
    }
}

impl Serialize for Measurement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = Map::new();
        row.insert("tick".into(), self.tick.into());
        row.insert("reason".into(), self.reason.name().into());
        let aims = (0..self.readings.len()).map(|k| self.aim(k));
        let parts: Vec<Map<String, Value>> = aims
            .zip(&self.readings)
            .map(|(aim, reading)| {
                let mut fields = Map::new();
                fields.extend(aim.map(|(aim, value)| (aim.name.to_owned(), value.into())));
                fields.extend(reading.fields());
                fields
            })
            .collect();
        let shared = twice(parts.iter().flat_map(Map::keys).map(String::as_str));
        for (fields, reading) in parts.into_iter().zip(&self.readings) {
            for (name, value) in fields {
                let name = if shared.contains(&name) {
                    format!("{}.{name}", reading.part())
                } else {
                    name
                };
                row.insert(name, value);
            }
        }
        let (up, active) = if self.naming.of_cells {
            ("cells_up", "cells_active")
        } else {
            ("up", "active")
        };
        row.insert(up.into(), self.up.into());
        row.insert(active.into(), self.active.into());
        if self.naming.talks {
            row.insert("exchanges".into(), self.exchanges.into());
            row.insert("messages".into(), self.messages.into());
        }
        row.extend(self.component.map(|nodes| ("component".to_owned(), nodes.into())));
        row.insert("fingerprint".into(), self.fingerprint_text().into());
        row.serialize(serializer)
    }
}
