//! What a step learns of all nodes before the first of its blocks in a tick: see [`Step::survey`].

use super::BLOCK;
use super::prepared::shared;
use super::scratches::Scratches;
use super::workers::Workers;
use crate::device::Patience;
use crate::step::{Step, View};
use crate::words::Words;
use std::sync::atomic::AtomicU32;

/// The words of the table, which a step that makes none does without.
#[derive(Debug, Default)]
pub(super) struct Survey(Words);

impl Survey {
    /// The table of this tick, if the step has use for one; but for what `patience` no longer waits for.
    pub fn make(
        &mut self,
        step: &dyn Step,
        view: &View<'_>,
        (workers, scratches): (&Workers, &Scratches),
        patience: &Patience,
    ) -> Option<&[u32]> {
        let len = step.table(view);
        if len == 0 {
            return None;
        }
        if self.0.len() < len {
            self.0 = Words::try_zeros(len)?;
        } else {
            let mut parts: Vec<&mut [u32]> = self.0[..len].chunks_mut(BLOCK).collect();
            workers.each(&mut parts, |_, part| part.fill(0));
        }
        let table: &[AtomicU32] = shared(&mut self.0[..len]);
        // Behind these nobody is.
        let nodes = view.topology.end();
        let mut blocks: Vec<u32> = (0..nodes).step_by(BLOCK).collect();
        workers.each(&mut blocks, |_, first| {
            if !patience.is_over() {
                let block = *first..nodes.min(*first + BLOCK as u32);
                scratches.lend(|scratch| step.survey(view, block, table, scratch));
            }
        });
        Some(&self.0[..len])
    }
}
