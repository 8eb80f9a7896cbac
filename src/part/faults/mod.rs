//! The steps of what goes wrong: who is up, and who has forgotten. They are no part of their own, but stand before all parts.

mod forget;
mod members;
mod step;
mod strikes;

pub use forget::ForgetStep;
pub use members::MembersStep;
pub use step::FaultStep;
pub(in crate::part) use strikes::named;

use crate::draft::Draft;
use crate::fault::Faults;
use crate::part::work::Families;

/// Puts the columns and steps of what goes wrong into a draft to which all parts have been added.
pub(crate) fn put_faults(draft: &mut Draft<'_>) -> Option<Faults> {
    let faults = draft.begin_faults()?;
    match faults.members {
        Some(members) => {
            let depth = draft.fact::<Families>().map(|families| families.depth);
            let step = MembersStep::new(faults.clone(), members, draft.nodes());
            draft.step(step.growing(draft.grows(), depth));
        }
        None => draft.step(FaultStep::new(faults.clone(), draft.nodes())),
    }
    if faults.forgets {
        // Nodes that come back forget all that is no node's nature.
        for column in draft.forgotten() {
            let (id, lanes, ledger) = (column.column, column.lanes, column.ledger);
            let step = match faults.members {
                Some(members) => ForgetStep::of_cells(members, id, lanes, ledger),
                None => ForgetStep::new(faults.status, id, lanes, ledger),
            };
            draft.step(if column.is_basis { step.giving_back() } else { step });
        }
    }
    Some(faults)
}
