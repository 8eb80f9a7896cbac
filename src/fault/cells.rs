//! Faults of agents where a node is a cell of four.

use super::{Faults, FirstWords};
use crate::plan::{Column, ColumnId, Extent};
use crate::step::{MembersStep, Step};
use crate::words::Words;

/// How many agents a cell has.
pub const MEMBERS: u32 = 4;

/// A cell with fewer agents up than this is down.
pub const FEWEST_UP: u32 = 2;

/// Adds the columns of the faults of a swarm of so many cells, and the step that keeps them as the first of the tick. Returned are the faults,
/// which know their columns now, and the words of these at tick 0.
pub(crate) fn install(
    mut faults: Faults,
    first: FirstWords,
    cells: u32,
    columns: &mut Vec<Column>,
    steps: &mut Vec<Box<dyn Step>>,
) -> (Faults, Vec<(ColumnId, Words)>) {
    let mut column = |name, extent| {
        columns.push(Column {
            name,
            extent,
            doubled: false,
            fixed: true,
        });
        ColumnId(columns.len() - 1)
    };
    let (status, members) = (
        column("faults.status", Extent::Node),
        column("faults.members", Extent::Words(MEMBERS)),
    );
    faults.status = status;
    faults.members = Some(members);
    let table = faults.add_columns(first.strikes, columns);
    steps.insert(0, Box::new(MembersStep::new(faults.clone(), members, cells)));
    let mut words = vec![(status, first.status), (members, first.members.unwrap_or_default())];
    words.extend(table);
    (faults, words)
}
