//! Kinds of networks of users' own.

use super::{Build, Fit, Site, Topology, fitting};
use crate::error::Error;
use crate::own::{Own, Plain};
use std::path::PathBuf;
use std::sync::Arc;

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

impl Own<dyn NetworkKind> {
    /// As [`Build::fit`].
    pub(crate) fn fit(&self, nodes: u32) -> Fit {
        self.get().fit(nodes)
    }

    /// As [`Build::build`], of a number of nodes that fits.
    pub(crate) fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let spec: &dyn Build = self.get();
        let nodes = fitting(self.kind(), "other numbers of nodes", spec, site)?;
        spec.build(nodes, site)
    }

    /// As [`Build::files`].
    pub(crate) fn files(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
        // Whoever has a copy keeps the names that it has.
        let of = self.of_mut();
        if Arc::get_mut(of).is_none() {
            *of = of.copy();
        }
        Arc::get_mut(of).map_or_else(Vec::new, |of| of.files())
    }
}
