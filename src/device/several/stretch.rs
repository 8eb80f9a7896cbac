//! What of a swarm a device holds that runs one range of it.

use super::Nodes;
use super::columns::is_of_nodes;
use super::routes::{Book, Fresh, Routes, is_for_all};
use crate::column::{ColumnId, Space};
use crate::device::Held;
use crate::plan::Plan;

/// What a device holds that runs the nodes of one of several places, if that can be less than all: of the columns that no step and no gauge
/// looks at anywhere, the words of its nodes and of those that it is linked to.
pub(super) fn held(plan: &Plan, routes: &Routes, (at, nodes): (usize, &Nodes)) -> Option<Held> {
    // The links of nodes that come and go follow from what columns say of all.
    let [own] = &**nodes else { return None };
    if plan.kinship.is_some() || routes.count() < 2 {
        return None;
    }
    let farthest = Book::farthest(plan);
    // What the first device goes through for all is brought to it whole, and back.
    let goes_through = |column: ColumnId| {
        let mut steps = plan.steps.iter();
        steps.any(|step| {
            let mut bindings = step.bindings().into_iter();
            step.space() != Space::Nodes && !is_for_all(plan, &**step) && bindings.any(|bound| bound.column == column)
        })
    };
    let is_near = |column: ColumnId| {
        is_of_nodes(plan.columns[column.0].extent) && farthest[column.0] != Fresh::Everywhere && !goes_through(column)
    };
    Held::of(plan, own, &routes.near(at), is_near)
}
