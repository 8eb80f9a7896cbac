//! What of a swarm a device holds that runs one range of it.

use super::Nodes;
use super::columns::is_of_nodes;
use super::routes::{Book, Fresh, Routes, is_for_all, walks};
use crate::column::{ColumnId, Space};
use crate::device::Held;
use crate::plan::Plan;
use std::ops::Range;

/// How many nodes of a range are looked at to see the least that is held.
const SAMPLED: u32 = 64;

/// What a device holds that runs the nodes of one of several places, if that can be less than all: of the columns that no step and no gauge
/// looks at anywhere, the words of its nodes and of those that it is linked to.
pub(super) fn held(plan: &Plan, routes: &Routes, (at, nodes): (usize, &Nodes)) -> Option<Held> {
    let [own] = &**nodes else { return None };
    if routes.count() < 2 {
        return None;
    }
    of_near(plan, own, &routes.near(at))
}

/// The least that a device holds that runs one of several ranges: by what a few of its nodes are linked to. If that is nothing, or does not fit,
/// no link of all the others need be looked at, which takes minutes in a large network.
pub(super) fn least(plan: &Plan, own: &Range<u32>) -> Option<Held> {
    let mut near: Nodes = Vec::from([own.clone()]);
    if walks(plan) {
        let count = own.end - own.start;
        let sampled =
            (0..SAMPLED.min(count)).map(|k| own.start + (u64::from(count) * u64::from(k) / u64::from(SAMPLED)) as u32);
        let ends = sampled.chain(own.end.checked_sub(1)).filter(|node| own.contains(node));
        let mut others: Vec<u32> = ends.flat_map(|node| plan.topology.neighbours_of(node)).collect();
        others.retain(|other| !own.contains(other));
        others.sort_unstable();
        others.dedup();
        near.extend(others.into_iter().map(|other| other..other + 1));
        near.sort_by_key(|range| range.start);
    }
    of_near(plan, own, &near)
}

/// For a device that looks at these nodes, in order, besides its own.
fn of_near(plan: &Plan, own: &Range<u32>, near: &Nodes) -> Option<Held> {
    // The links of nodes that come and go follow from what columns say of all.
    if plan.kinship.is_some() {
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
    Held::of(plan, own, near, is_near)
}
