//! Plain validated data of users' own kinds, known by the word that a registry has for them: networks ([`crate::topology::NetworkKind`]) and
//! timings ([`crate::timing::TimingKind`]).

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// What such data can do since its type can: be compared and written.
pub trait Plain: Any + Debug + Send + Sync {
    /// Whether another is of the same type and the same in all.
    fn equals(&self, other: &dyn Any) -> bool;

    /// Its keys, without the one that chooses it.
    ///
    /// # Errors
    /// If it holds what TOML cannot express.
    fn table(&self) -> Result<toml::Table, toml::ser::Error>;

    /// Itself, to be told by its type.
    fn any(&self) -> &dyn Any;
}

impl<T: Any + Debug + Send + Sync + PartialEq + Serialize> Plain for T {
    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>().is_some_and(|other| other == self)
    }

    fn table(&self) -> Result<toml::Table, toml::ser::Error> {
        toml::Table::try_from(self)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// One of them, with the word that means its kind.
#[derive(Debug)]
pub struct Own<T: ?Sized> {
    kind: &'static str,
    of: Arc<T>,
}

impl<T: ?Sized> Clone for Own<T> {
    fn clone(&self) -> Self {
        Self {
            kind: self.kind,
            of: Arc::clone(&self.of),
        }
    }
}

impl<T: ?Sized + Plain> PartialEq for Own<T> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.of.equals(other.of.any())
    }
}

/// As its section: the word, and its keys.
impl<T: ?Sized + Plain> Serialize for Own<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = self.of.table().map_err(serde::ser::Error::custom)?;
        let mut all = serializer.serialize_map(Some(1 + keys.len()))?;
        all.serialize_entry("kind", self.kind)?;
        for (key, value) in &keys {
            all.serialize_entry(key, value)?;
        }
        all.end()
    }
}

/// A table that is chosen by a word, which comes first.
#[derive(Serialize)]
pub(crate) struct Tagged<'a, T> {
    pub kind: &'static str,
    #[serde(flatten)]
    pub keys: &'a T,
}

impl<T: ?Sized> Own<T> {
    pub(crate) fn new(kind: &'static str, of: Arc<T>) -> Self {
        Self { kind, of }
    }

    /// The word that means its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it is.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.of
    }

    /// What it is, to be changed or replaced.
    pub(crate) fn of_mut(&mut self) -> &mut Arc<T> {
        &mut self.of
    }
}
