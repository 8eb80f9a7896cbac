//! What a part's nodes hold at a tick, in a type of the part's own.

use super::{Figure, Line, Told, lines};
use serde::Serialize;
use serde_json::{Map, Value};
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// Figures of a part: a type of its own, whose fields are what JSON says.
pub trait Figures: Debug + PartialEq + Serialize + Send + Sync + 'static {
    /// The same for tables: one number a figure, in the same order in every row of a run.
    fn figures(&self) -> Vec<Figure>;

    /// What the summary of a run says of the last row, a name and a text a line. Left out, that is the figures as they are.
    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        lines::of_figures(told.part, &self.figures())
    }
}

trait Erased: Debug + Send + Sync {
    fn figures(&self) -> Vec<Figure>;
    fn fields(&self) -> Map<String, Value>;
    fn lines(&self, told: &Told<'_>) -> Vec<Line>;
    fn as_any(&self) -> &dyn Any;
    fn is_same(&self, other: &dyn Erased) -> bool;
}

impl<T: Figures> Erased for T {
    fn figures(&self) -> Vec<Figure> {
        Figures::figures(self)
    }

    fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            // What is no structure has no names.
            _ => Map::new(),
        }
    }

    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        Figures::lines(self, told)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_same(&self, other: &dyn Erased) -> bool {
        other.as_any().downcast_ref::<T>().is_some_and(|other| self == other)
    }
}

/// What one gauge read.
#[derive(Clone, Debug)]
pub struct Reading {
    part: &'static str,
    of: Arc<dyn Erased>,
}

impl Reading {
    /// Of the part of that name.
    #[must_use]
    pub fn new(part: &'static str, figures: impl Figures) -> Self {
        Self {
            part,
            of: Arc::new(figures),
        }
    }

    /// The part's name.
    #[must_use]
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// The figures in the part's own type, if they are of that type.
    #[must_use]
    pub fn get<T: Figures>(&self) -> Option<&T> {
        self.of.as_any().downcast_ref()
    }

    /// One number a figure.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        self.of.figures()
    }

    /// What the summary says of them.
    #[must_use]
    pub fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        self.of.lines(told)
    }

    /// As JSON says them.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        self.of.fields()
    }
}

impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        self.part == other.part && self.of.is_same(&*other.of)
    }
}
