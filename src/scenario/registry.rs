//! The parts that scenarios may have: by a section's name, or by a section and the word that chooses there.
//!
//! Ours are registered by the same calls as a user's, and nothing else knows of either: a scenario's schema, and with it unknown keys,
//! ranges and what was probably meant, overrides and `tetraswarm schema` all come from here.

use super::ground::{BEFORE_PARTS, Ground};
use super::kinds::OwnKinds;
use super::{Scenario, schema};
use crate::error::Error;
use crate::part::consensus;
use crate::part::growth::GrowthSpec;
use crate::part::learning::LearningSpec;
use crate::part::work::WorkSpec;
use crate::part::{Part, Parts, Place, Register, StandardForm};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::{LazyLock, OnceLock};

/// Reads a part from its keys.
type Read = fn(toml::Value) -> Result<Box<dyn Part>, toml::de::Error>;

/// A kind of part.
#[derive(Clone, Debug)]
pub struct Registered {
    place: Place,
    about: Option<&'static str>,
    standard: Option<StandardForm>,
    read: Read,
    schema: fn() -> Value,
}

impl Registered {
    /// Says in a sentence what the part does; left out, that is what its type's documentation says.
    pub fn about(&mut self, text: &'static str) -> &mut Self {
        self.about = Some(text);
        self
    }

    /// Gives a standard form: keys of the part's section, without the one that chooses it, and of `[topology]`, both as TOML. It is what
    /// `bench --rule` measures, and `rules` prints as the beginning of a scenario.
    pub fn standard(&mut self, keys: &'static str, topology: &'static str) -> &mut Self {
        self.standard = Some(StandardForm {
            place: self.place,
            keys,
            topology,
        });
        self
    }

    /// The schema of its keys, with the word that chooses it.
    fn schema(&self) -> Value {
        let mut schema = (self.schema)();
        if let Some((tag, word)) = self.place.tag {
            schema = with_word(schema, tag, word);
        }
        if let (Value::Object(keys), Some(about)) = (&mut schema, self.about) {
            keys.insert("description".to_owned(), about.into());
        }
        schema
    }
}

/// The schema of a table that is chosen by a word, which comes first.
pub(super) fn with_word(mut schema: Value, tag: &str, word: &str) -> Value {
    let Value::Object(keys) = &mut schema else {
        return schema;
    };
    let own = keys.get_mut("properties").map(Value::take).unwrap_or_default();
    let mut properties = Map::new();
    properties.insert(tag.to_owned(), serde_json::json!({ "type": "string", "const": word }));
    properties.extend(
        own.as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone())),
    );
    keys.insert("properties".to_owned(), properties.into());
    let own = keys.get_mut("required").map(Value::take).unwrap_or_default();
    let own = own.as_array().cloned().unwrap_or_default();
    let required: Vec<Value> = std::iter::once(tag.into()).chain(own).collect();
    keys.insert("required".to_owned(), required.into());
    schema
}

/// Whether a word can stand in a scenario.
pub(super) fn is_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !key.is_empty() && key.len() <= 64 && key.chars().all(fits)
}

/// Which parts there are.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    kinds: Vec<Registered>,
    /// What sections of several kinds are about.
    sections: Vec<(&'static str, &'static str)>,
    /// Networks and timings besides ours.
    pub(super) own: OwnKinds,
    schema: OnceLock<Value>,
}

/// The library's own parts.
static OURS: LazyLock<Registry> = LazyLock::new(|| {
    let mut registry = Registry::default();
    let all = consensus::register(&mut registry).and_then(|()| {
        let work = registry.section::<WorkSpec>("work")?;
        work.about("What cells of four agents work at: the nodes of the network are then cells, a quarter as many as there are agents.");
        let learning = registry.section::<LearningSpec>("learning")?;
        learning.about("How nodes learn which of several strategies pays, each from what it sees itself and from its neighbours.");
        let growth = registry.section::<GrowthSpec>("growth")?;
        growth.about("How cells that have too much to do get families of four, and how these merge back.");
        Ok(())
    });
    debug_assert!(all.is_ok(), "{all:?}");
    registry
});

/// The schema of what every scenario has: asked for with every part that is registered, and long in the making.
static GROUND: LazyLock<Value> = LazyLock::new(schema_of::<Ground>);

/// The schema of a type, as a scenario's is.
fn schema_of<T: JsonSchema>() -> Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    schema::tidy(&mut schema);
    schema
}

/// The same without what only a whole schema has.
pub(super) fn part_of<T: JsonSchema>() -> Value {
    let mut schema = schema_of::<T>();
    if let Value::Object(keys) = &mut schema {
        keys.shift_remove("$schema");
        keys.shift_remove("title");
    }
    schema
}

impl Registry {
    /// The library's own parts, to which others can be added.
    #[must_use]
    pub fn standard() -> Self {
        OURS.clone()
    }

    /// The library's own parts.
    pub(crate) fn ours() -> &'static Self {
        &OURS
    }

    /// Registers a part that has a section of its own.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the section if it is taken, or is none that a scenario can have.
    pub fn section<T>(&mut self, section: &'static str) -> Result<&mut Registered, Error>
    where
        T: Part + DeserializeOwned + JsonSchema,
    {
        self.put::<T>(Place::section(section))
    }

    /// Registers a part as one of the kinds of a section: that whose key `tag` is `word`.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the section and the word if they are taken, or the section is told apart by another key.
    pub fn tagged<T>(
        &mut self,
        section: &'static str,
        tag: &'static str,
        word: &'static str,
    ) -> Result<&mut Registered, Error>
    where
        T: Part + DeserializeOwned + JsonSchema,
    {
        self.put::<T>(Place::tagged(section, tag, word))
    }

    /// Says in a sentence what a section of several kinds is about.
    pub fn about(&mut self, section: &'static str, text: &'static str) {
        self.sections.push((section, text));
    }

    /// Where parts can stand, and what they do.
    pub fn kinds(&self) -> impl Iterator<Item = (Place, String)> + '_ {
        self.kinds.iter().map(|kind| {
            let about = kind.schema()["description"].as_str().unwrap_or_default().to_owned();
            (kind.place, about)
        })
    }

    /// The parts that have a standard form, in it.
    pub fn standard_forms(&self) -> impl Iterator<Item = StandardForm> + '_ {
        self.kinds.iter().filter_map(|kind| kind.standard)
    }

    /// The schema of the keys of the part that stands there, if there is one.
    #[must_use]
    pub fn schema_at(&self, place: Place) -> Option<Value> {
        let kind = self.kinds.iter().find(|kind| kind.place == place)?;
        Some(kind.schema())
    }

    fn put<T: Part + DeserializeOwned + JsonSchema>(&mut self, place: Place) -> Result<&mut Registered, Error> {
        self.check(place)?;
        self.schema = OnceLock::new();
        self.kinds.push(Registered {
            place,
            about: None,
            standard: None,
            read: |keys| Ok(Box::new(T::deserialize(keys)?)),
            schema: part_of::<T>,
        });
        let last = self.kinds.len() - 1;
        Ok(&mut self.kinds[last])
    }

    /// Whether a part can stand there besides those that there are.
    fn check(&self, place: Place) -> Result<(), Error> {
        let Place { section, tag } = place;
        let key = match tag {
            Some((tag, word)) => format!("the part {section}.{tag} = \"{word}\""),
            None => format!("the part [{section}]"),
        };
        let words = [Some(section), tag.map(|(tag, _)| tag), tag.map(|(_, word)| word)];
        if let Some(word) = words.into_iter().flatten().find(|word| !is_key(word)) {
            let message = format!("has {word:?} in its name; take 1 to 64 letters, digits, '-' and '_'");
            return Err(Error::invalid(key, message));
        }
        if GROUND["properties"].get(section).is_some() {
            let message = format!("would take the key {section}, which every scenario has; call it otherwise");
            return Err(Error::invalid(key, message));
        }
        for other in self.kinds.iter().filter(|other| other.place.section == section) {
            let message = match (tag, other.place.tag) {
                (None, None) => "is registered already; call the section otherwise".to_owned(),
                (Some((tag, word)), Some((known, taken))) if tag == known => {
                    if word != taken {
                        continue;
                    }
                    "is registered already; choose another word".to_owned()
                }
                (_, Some((known, _))) => format!(
                    "cannot stand there: the kinds of [{section}] are told apart by {known}; register it by that, or as another section"
                ),
                (Some(_), None) => {
                    format!("cannot stand there: [{section}] is one part; register it as another section")
                }
            };
            return Err(Error::invalid(key, message));
        }
        Ok(())
    }

    /// The JSON Schema of a scenario.
    #[must_use]
    pub fn schema(&self) -> &Value {
        self.schema.get_or_init(|| self.compose())
    }

    /// After something was added.
    pub(super) fn forget_schema(&mut self) {
        self.schema = OnceLock::new();
    }

    fn compose(&self) -> Value {
        let mut schema = GROUND.clone();
        let ground = schema["properties"].as_object().cloned().unwrap_or_default();
        let mut properties = Map::new();
        for (key, property) in ground {
            let is_last = key == BEFORE_PARTS;
            properties.insert(key, property);
            if is_last {
                self.kinds
                    .iter()
                    .for_each(|kind| self.add_section(kind, &mut properties));
            }
        }
        self.own.add_to(&mut properties);
        schema["properties"] = properties.into();
        schema
    }

    /// Adds the schema of a part's section, or to that of the section.
    fn add_section(&self, kind: &Registered, properties: &mut Map<String, Value>) {
        let section = kind.place.section;
        if kind.place.tag.is_none() {
            properties.insert(section.to_owned(), kind.schema());
            return;
        }
        let about = self.sections.iter().find(|(known, _)| *known == section);
        let all = properties.entry(section).or_insert_with(|| match about {
            Some((_, about)) => serde_json::json!({ "description": about, "oneOf": [] }),
            None => serde_json::json!({ "oneOf": [] }),
        });
        if let Some(kinds) = all["oneOf"].as_array_mut() {
            kinds.push(kind.schema());
        }
    }

    /// Makes a scenario of what was checked against the schema.
    pub(crate) fn read(&self, mut sections: toml::Table) -> Result<Scenario, Error> {
        let mut parts = Parts::default();
        let mut names: Vec<&'static str> = self.kinds.iter().map(|kind| kind.place.section).collect();
        names.dedup();
        for section in names {
            if let Some(keys) = sections.remove(section) {
                parts.put(self.part(section, keys)?);
            }
        }
        let own = self.own.take(&mut sections)?;
        let ground: Ground = toml::Value::Table(sections)
            .try_into()
            .map_err(|error: toml::de::Error| Error::invalid("the scenario", error.message()))?;
        let mut scenario = ground.with(parts);
        own.put(&mut scenario.topology, &mut scenario.timing);
        Ok(scenario)
    }

    fn part(&self, section: &'static str, mut keys: toml::Value) -> Result<Box<dyn Part>, Error> {
        let kinds = || self.kinds.iter().filter(|kind| kind.place.section == section);
        let tag = kinds().find_map(|kind| kind.place.tag).map(|(tag, _)| tag);
        let word = tag.and_then(|tag| keys.as_table_mut()?.remove(tag));
        let is_meant =
            |kind: &&Registered| kind.place.tag.map(|(_, word)| word) == word.as_ref().and_then(toml::Value::as_str);
        let Some(kind) = kinds().find(is_meant) else {
            let known: Vec<&str> = kinds().map(|kind| kind.place.name()).collect();
            let key = format!("{section}.{}", tag.unwrap_or_default());
            return Err(Error::invalid(
                key,
                format!("is none that is known here: {}", known.join(", ")),
            ));
        };
        let part = (kind.read)(keys).map_err(|error| Error::invalid(section, error.message()))?;
        if part.place() != kind.place {
            let message = format!(
                "is registered as {:?}, but its part says that it stands at {:?}; let Part::place say what is registered",
                kind.place,
                part.place()
            );
            return Err(Error::invalid(section, message));
        }
        Ok(part)
    }
}

impl Register for Registry {
    fn put_part<T: Part + DeserializeOwned + JsonSchema>(
        &mut self,
        place: Place,
        about: &'static str,
        standard: Option<(&'static str, &'static str)>,
    ) -> Result<(), Error> {
        let registered = self.put::<T>(place)?.about(about);
        if let Some((keys, topology)) = standard {
            registered.standard(keys, topology);
        }
        Ok(())
    }

    fn put_section(&mut self, section: &'static str, about: &'static str) {
        self.about(section, about);
    }
}
