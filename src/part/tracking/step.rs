//! Beliefs gain what their inputs have gained: the step of dynamic average consensus before the diffusion. Twin of
//! `shaders/part/tracking/step.wgsl`.
//!
//! Spanos, Olfati-Saber, Murray, *Dynamic consensus on mobile networks*, 2005; Zhu, Martínez, *Discrete-time dynamic average
//! consensus*, 2010: x_i += u_i − seen_i, seen_i = u_i, so that Σx = Σseen, whatever the beliefs exchange. A node that is down gains
//! nothing until it is back, and then all at once; one that comes back having forgotten everything begins again with its input.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct TrackStep {
    input: ColumnId,
    belief: ColumnId,
    seen: ColumnId,
}

impl TrackStep {
    /// The step by which `belief` follows `input`; `seen` is the input that each node has taken in.
    #[must_use]
    pub fn new(input: ColumnId, belief: ColumnId, seen: ColumnId) -> Self {
        Self { input, belief, seen }
    }
}

impl Step for TrackStep {
    fn name(&self) -> &'static str {
        "track"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.input, Access::Read).within(Reach::Own),
            Binding::new(1, self.belief, Access::Update),
            Binding::new(2, self.seen, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/tracking/step")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let input = &view.reads[0][block.start as usize..block.end as usize];
        let [belief, seen] = outputs.as_mut_slice() else { return };
        let (belief, seen) = (&mut *belief[0], &mut *seen[0]);
        if view.traffic.has_faults() {
            for (((belief, seen), &input), node) in belief.iter_mut().zip(seen).zip(input).zip(block) {
                if view.traffic.takes_part(node) {
                    *belief = belief.wrapping_add(input.wrapping_sub(*seen));
                    *seen = input;
                }
            }
        } else {
            for ((belief, seen), &input) in belief.iter_mut().zip(seen).zip(input) {
                *belief = belief.wrapping_add(input.wrapping_sub(*seen));
                *seen = input;
            }
        }
    }

    fn describe(&self) -> String {
        "beliefs gain what their inputs have gained".to_owned()
    }
}
