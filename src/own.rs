//! Kinds of networks and timings of users' own: plain validated data as ours are, known by the word that a registry has for them.

use crate::error::Error;
use crate::timing::OwnSchedule;
use crate::topology::{Build, Fit, Site, Topology, fitting};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;
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

/// A kind of network: whatever is plain data and builds one.
pub trait NetworkKind: Plain + Build {
    /// The same once more.
    fn copy(&self) -> Arc<dyn NetworkKind>;
}

impl<T: Plain + Build + Clone> NetworkKind for T {
    fn copy(&self) -> Arc<dyn NetworkKind> {
        Arc::new(self.clone())
    }
}

/// A kind of timing: plain data that says who acts when.
pub trait TimingKind: Plain {
    /// The stateless function for a swarm of `nodes` nodes.
    fn schedule(&self, nodes: u32, seed: u32) -> OwnSchedule;
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
}

impl Own<dyn NetworkKind> {
    /// As [`Build::fit`].
    pub(crate) fn fit(&self, nodes: u32) -> Fit {
        self.of.fit(nodes)
    }

    /// As [`Build::build`], of a number of nodes that fits.
    pub(crate) fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let spec: &dyn Build = &*self.of;
        let nodes = fitting(self.kind, "other numbers of nodes", spec, site)?;
        spec.build(nodes, site)
    }

    /// As [`Build::files`].
    pub(crate) fn files(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
        // Whoever has a copy keeps the names that it has.
        if Arc::get_mut(&mut self.of).is_none() {
            self.of = self.of.copy();
        }
        Arc::get_mut(&mut self.of).map_or_else(Vec::new, |of| of.files())
    }
}
