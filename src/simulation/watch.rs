//! Who watches a run, and may have it pause.

use super::Simulation;
use crate::device::{Event, Outcome};
use crate::error::Error;
use std::num::NonZero;
use std::ops::ControlFlow;

/// Who is told what a run comes to, as it comes, and may have it pause: to save its state, or to write a checkpoint.
pub trait Watch {
    /// Takes what a run reports; a break ends it, as in [`Simulation::run_until`].
    fn event(&mut self, event: Event<'_>) -> ControlFlow<()>;

    /// The tick after `tick` at which to pause, if there is one.
    fn next_pause(&self, tick: u32) -> Option<u32> {
        let _ = tick;
        None
    }

    /// Whether to pause as soon as what is under way is done: asked after every event.
    fn is_due(&self) -> bool {
        false
    }

    /// The run pauses.
    ///
    /// # Errors
    /// One that ends the run.
    fn pause(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        let _ = simulation;
        Ok(())
    }

    /// The run has ended, and its state is whole; the last row may not have been measured yet.
    ///
    /// # Errors
    /// One that takes the place of the run's report.
    fn end(&mut self, simulation: &mut Simulation, outcome: Outcome) -> Result<(), Error> {
        let _ = (simulation, outcome);
        Ok(())
    }
}

/// Pauses at certain ticks.
pub(super) struct Pausing<O, P> {
    pub every: Option<NonZero<u32>>,
    pub observer: O,
    pub pause: P,
}

impl<O, P> Watch for Pausing<O, P>
where
    O: FnMut(Event<'_>) -> ControlFlow<()>,
    P: FnMut(&mut Simulation) -> Result<(), Error>,
{
    fn event(&mut self, event: Event<'_>) -> ControlFlow<()> {
        (self.observer)(event)
    }

    fn next_pause(&self, tick: u32) -> Option<u32> {
        let every = self.every?;
        Some((tick / every).saturating_add(1).saturating_mul(every.get()))
    }

    fn pause(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        (self.pause)(simulation)
    }
}
