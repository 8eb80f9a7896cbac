//! Parts: everything that a swarm can do goes through [`Part`], ours and those of users.
//!
//! A part is a section of the scenario, as plain validated data, that adds to the swarm what it needs: columns, steps, gauges,
//! start values, all through a [`Draft`]. Parts share the network, the timing and the faults, and read each other's columns by
//! name; none knows the whole. What a part is called in a scenario, a [`Registry`](crate::scenario::Registry) says; there ours
//! are registered by the same call as a user's.

pub mod average;
pub mod consensus;
pub mod exchange;
pub mod extremum;
pub mod faults;
pub mod growth;
pub mod learning;
pub mod majority;
pub mod pairwise;
pub mod phase;
pub mod rumour;
pub mod snow;
mod standard;
pub mod tracking;
pub mod trimmed;
pub mod work;

pub use standard::StandardForm;

use crate::column::ColumnId;
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::plan::Plan;
pub use crate::step::Stage;
use crate::words::Words;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Where a part stands in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The section's key, as in `work`.
    pub section: &'static str,
    /// Where a section has several kinds: the key that chooses, and the word that means this one, as in `rule` and `average`.
    pub tag: Option<(&'static str, &'static str)>,
}

impl Place {
    /// A section of its own.
    #[must_use]
    pub const fn section(section: &'static str) -> Self {
        Self { section, tag: None }
    }

    /// One kind of a section.
    #[must_use]
    pub const fn tagged(section: &'static str, tag: &'static str, word: &'static str) -> Self {
        Self {
            section,
            tag: Some((tag, word)),
        }
    }

    /// The part's name: the word that means it, or else the section.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.tag.map_or(self.section, |(_, word)| word)
    }
}

/// What a swarm can do, with its parameters: a section of a scenario.
///
/// Only [`Part::place`] and [`Part::plan`] must be written; the rest, that is, [`Object`], follows from `Clone`, `PartialEq` and
/// `Serialize`.
pub trait Part: Object + Debug + Send + Sync {
    /// Where it stands in a scenario: as it is registered.
    fn place(&self) -> Place;

    /// What results call it.
    fn name(&self) -> &'static str {
        self.place().name()
    }

    /// Which version of it made a result: another one whenever the same scenario gives another state.
    fn version(&self) -> u32 {
        1
    }

    /// Where in the tick its steps are, if it says nothing else of a step.
    fn stage(&self) -> Stage {
        Stage::Free
    }

    /// How many agents a node has: 1, or [`MEMBERS`](crate::fault::MEMBERS) for cells. One part that asks for cells makes nodes cells
    /// for all.
    fn agents(&self) -> u32 {
        1
    }

    /// What liars lie about; nothing if nodes tell each other nothing in it. Where a part asks for cells, its word counts.
    fn domain(&self) -> Option<Domain> {
        None
    }

    /// Whether its steps bring nodes down, which they do in the column `faults.status`: see [`Draft::foreign`] and
    /// [`bits`](crate::fault::bits). That is there then, also where the scenario has no `[faults]`. Who is down neither acts nor is
    /// heard.
    fn brings_down(&self) -> bool {
        false
    }

    /// Whether its steps make nodes come and go: see [`Draft::grows_to`]. One part of a swarm can.
    fn grows(&self) -> bool {
        false
    }

    /// Where nodes are cells, who of their agents lies about what cells tell each other in it. Where nodes are agents, `faults.liars` says
    /// that.
    fn liars(&self) -> Option<&Liars> {
        None
    }

    /// The files that it names, with their keys.
    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        Vec::new()
    }

    /// How many changes that it asks for come only after so many ticks.
    fn later(&self, ticks: u32) -> usize {
        let _ = ticks;
        0
    }

    /// How many events of its own come only after so many ticks.
    fn later_events(&self, ticks: u32) -> usize {
        let _ = ticks;
        0
    }

    /// What of it has no effect, and why, a line each.
    fn unused(&self) -> Vec<String> {
        Vec::new()
    }

    /// The sections whose columns it reads, which are therefore planned before it. One that the scenario has not is no error: whoever
    /// asks for its columns says what is missing.
    fn reads(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Adds its columns, steps and gauges to the draft.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key if the parameters do not fit each other, the network, or the other parts.
    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error>;

    /// Adds what needs to know of the columns of all parts: asked once all have been planned, in the same order.
    ///
    /// # Errors
    /// As [`Part::plan`].
    fn complete(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let _ = draft;
        Ok(())
    }

    /// The words of its columns at tick 0, made only when a swarm is filled; of columns left out all are 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let _ = (plan, seed, folder);
        Ok(Vec::new())
    }

    /// What `--explain` says of it: names and texts, in lines.
    fn describe(&self, plan: &Plan) -> Vec<(&'static str, String)> {
        let _ = plan;
        Vec::new()
    }
}

/// Who takes in kinds of parts, with a sentence on what each does.
pub(crate) trait Register {
    /// Takes a part in at its place, with its standard form, if it has one: its keys, and the section `[topology]`.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the place if it is taken.
    fn put_part<T: Part + DeserializeOwned + JsonSchema>(
        &mut self,
        place: Place,
        about: &'static str,
        standard: Option<(&'static str, &'static str)>,
    ) -> Result<(), Error>;

    /// Says what a section of several kinds is about.
    fn put_section(&mut self, section: &'static str, about: &'static str);
}

/// What every part can do since its type can: be cloned, compared, written, and told by its type.
pub trait Object: Any {
    /// The same once more.
    fn boxed(&self) -> Box<dyn Part>;

    /// Whether another is of the same type and the same in all.
    fn equals(&self, other: &dyn Part) -> bool;

    /// Its keys, without the one that chooses it in its section.
    ///
    /// # Errors
    /// If it holds what TOML cannot express.
    fn table(&self) -> Result<toml::Value, toml::ser::Error>;

    /// Itself, to be told by its type.
    fn any(&self) -> &dyn Any;

    /// Itself, to be told by its type and changed.
    fn any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Part + Clone + PartialEq + Serialize> Object for T {
    fn boxed(&self) -> Box<dyn Part> {
        Box::new(self.clone())
    }

    fn equals(&self, other: &dyn Part) -> bool {
        other.any().downcast_ref::<T>().is_some_and(|other| other == self)
    }

    fn table(&self) -> Result<toml::Value, toml::ser::Error> {
        toml::Value::try_from(self)
    }

    fn any(&self) -> &dyn Any {
        self
    }

    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Clone for Box<dyn Part> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

impl PartialEq for dyn Part {
    fn eq(&self, other: &Self) -> bool {
        self.equals(other)
    }
}

/// The parts of a swarm: one a section, in the order of the tick.
#[derive(Clone, Debug, Default)]
pub struct Parts(Vec<Box<dyn Part>>);

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.iter().zip(other.iter()).all(|(a, b)| a.equals(b))
    }
}

impl<T: Part> From<T> for Parts {
    fn from(part: T) -> Self {
        Self::default().with(part)
    }
}

impl Parts {
    /// These and one more, which takes the place of one of the same section.
    #[must_use]
    pub fn with(mut self, part: impl Part) -> Self {
        self.put(Box::new(part));
        self
    }

    /// Adds one, which takes the place of one of the same section.
    pub fn put(&mut self, part: Box<dyn Part>) {
        self.remove(part.place().section);
        let order = |part: &dyn Part| (part.stage(), part.place().section);
        let at = self.0.partition_point(|other| order(&**other) < order(&*part));
        self.0.insert(at, part);
    }

    /// Takes the part of a section out.
    pub fn remove(&mut self, section: &str) {
        self.0.retain(|part| part.place().section != section);
    }

    /// All of them, in the order of the tick.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Part> {
        self.0.iter().map(|part| &**part)
    }

    /// All of them, to change them.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Box<dyn Part>> {
        self.0.iter_mut()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part of a section, whatever its type.
    #[must_use]
    pub fn section(&self, section: &str) -> Option<&dyn Part> {
        self.iter().find(|part| part.place().section == section)
    }

    /// The part of this type.
    #[must_use]
    pub fn get<T: Part>(&self) -> Option<&T> {
        self.iter().find_map(|part| part.any().downcast_ref())
    }

    /// The part of this type, to change it.
    pub fn get_mut<T: Part>(&mut self) -> Option<&mut T> {
        self.0.iter_mut().find_map(|part| (**part).any_mut().downcast_mut())
    }
}

/// As the sections of a scenario.
impl Serialize for Parts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sections = serializer.serialize_map(Some(self.0.len()))?;
        for part in self.iter() {
            let table = part.table().map_err(serde::ser::Error::custom)?;
            let Place { section, tag } = part.place();
            match (tag, table) {
                (Some((key, word)), toml::Value::Table(keys)) => {
                    let mut all = toml::Table::new();
                    all.insert(key.to_owned(), word.into());
                    all.extend(keys);
                    sections.serialize_entry(section, &all)?;
                }
                (_, table) => sections.serialize_entry(section, &table)?,
            }
        }
        sections.end()
    }
}
