//! Whose family goes in this tick, and who goes with it: for steps that hand over what a family has, before anybody is gone. Twin of
//! `shaders/part/growth/heirs.wgsl`.

use super::wish;
use crate::column::Lanes;
use crate::step::View;
use std::ops::Range;

/// Everybody keeps what they have, but for what [`for_each_heir`] finds.
pub(super) fn keep(has: Lanes<'_>, block: &Range<u32>, to: &mut [&mut [u32]]) {
    for (lane, to) in to.iter_mut().enumerate() {
        to.copy_from_slice(&has.lane(lane)[block.start as usize..block.end as usize]);
    }
}

/// Calls `f` with the place in the block of each cell that goes, and nothing; and with that of each that takes over what its family has, and
/// the first of its four children.
pub(super) fn for_each_heir(view: &View<'_>, wishes: &[u32], block: Range<u32>, mut f: impl FnMut(usize, Option<u32>)) {
    // Hardly ever does anybody go, and never where nobody has come.
    let Some([parents, families]) = view.topology.kin().filter(|_| view.topology.alone().is_none()) else {
        return;
    };
    let goes = |cell: u32| wishes[cell as usize] & wish::GOES != 0;
    for (at, cell) in block.enumerate() {
        let (parent, family) = (parents[cell as usize], families[cell as usize]);
        if parent != 0 && goes(parent - 1) {
            f(at, None);
        } else if family != 0 && goes(cell) {
            f(at, Some(family));
        }
    }
}
