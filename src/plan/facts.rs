//! What parts know of a swarm besides columns and steps, for whoever reads results.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// Something that a part knows, told by its type.
trait Fact: Any + Debug + Send + Sync {}

impl<T: Any + Debug + Send + Sync> Fact for T {}

/// What the parts know, one of a type.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<Arc<dyn Fact>>);

impl Facts {
    /// Adds what a part knows, in the place of what there is of this type.
    pub fn put<T: Any + Debug + Send + Sync>(&mut self, fact: T) {
        self.0.retain(|other| !(&**other as &dyn Any).is::<T>());
        self.0.push(Arc::new(fact));
    }

    /// What is known of this type.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().find_map(|fact| (&**fact as &dyn Any).downcast_ref())
    }
}
