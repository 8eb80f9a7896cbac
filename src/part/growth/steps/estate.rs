//! What a family that goes believes goes to its parent, whose belief stays within the range of beliefs: what it cannot hold is forgotten, and
//! the ledger says so; where nothing is counted that is forgotten, it is taken off the basis, what has been added to beliefs from outside.
//! Twin of `shaders/part/growth/estate.wgsl`.

use super::heirs::{for_each_heir, keep};
use crate::column::{Access, Binding, ColumnId, Lanes};
use crate::number::BELIEF_LIMIT;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;

/// The most that the basis of a parent holds; beyond that it is forgotten.
const MOST: i64 = 1 << 30;

/// The step and its columns. Its children are known before they are gone: it stands before the step that makes them so.
#[derive(Clone, Debug)]
pub struct EstateStep {
    /// What nodes believe.
    pub belief: ColumnId,
    /// What has been added to it from outside, if anything is.
    pub basis: Option<ColumnId>,
    /// What was forgotten, a wide column, if that is counted.
    pub destroyed: Option<ColumnId>,
    /// What each cell has decided: whether its family goes.
    pub wish: ColumnId,
}

/// What a cell holds: the belief, its basis, and what it has forgotten.
type Estate = [i64; 3];

/// What a parent holds whose family's five beliefs, bases and ledgers add up to this. Belief − basis + forgotten is what it was.
fn held([belief, basis, forgotten]: Estate, has_basis: bool, is_counted: bool) -> Estate {
    let limit = i64::from(BELIEF_LIMIT);
    let within = belief.clamp(-limit, limit);
    let rest = belief - within;
    if !is_counted {
        return [within, if has_basis { basis - rest } else { basis }, forgotten];
    }
    let added = basis.clamp(-MOST, MOST);
    [within, added, forgotten.wrapping_add(rest - (basis - added))]
}

impl Step for EstateStep {
    fn name(&self) -> &'static str {
        "estate"
    }

    fn bindings(&self) -> Vec<Binding> {
        // Of the children; of the parent.
        let mut all = vec![
            Binding::new(0, self.belief, Access::Read),
            Binding::new(1, self.wish, Access::Read),
            Binding::new(2, self.belief, Access::Next),
        ];
        for (slot, column) in [(3, self.basis), (5, self.destroyed)] {
            all.extend(column.map(|column| Binding::new(slot, column, Access::Read)));
            all.extend(column.map(|column| Binding::new(slot + 1, column, Access::Next)));
        }
        all
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/growth/words"),
            module!("part/growth/heirs"),
            match self.basis {
                Some(_) => module!("part/growth/estate-basis"),
                None => module!("part/growth/estate-basis-none"),
            },
            match self.destroyed {
                Some(_) => module!("part/growth/estate-destroyed"),
                None => module!("part/growth/estate-destroyed-none"),
            },
            module!("part/growth/estate")
                .with("MOST_BELIEVED", BELIEF_LIMIT as u32)
                .with("MOST_ADDED", if self.destroyed.is_some() { MOST as u32 } else { 0 }),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let wishes = view.reads[1];
        let beliefs = view.lanes(0);
        let basis = self.basis.map(|_| view.lanes(2));
        let destroyed = self.destroyed.map(|_| view.lanes(view.reads.len() - 1));
        let read = |cell: u32| read((beliefs, basis, destroyed), cell as usize);
        let before = [Some(beliefs), basis, destroyed];
        for (lanes, to) in before.into_iter().flatten().zip(outputs.iter_mut()) {
            keep(lanes, &block, to);
        }
        let first = block.start;
        for_each_heir(view, wishes, block, |at, family| {
            let Some(family) = family else {
                outputs.iter_mut().flatten().for_each(|lane| lane[at] = 0);
                return;
            };
            let sum = (family..family + FAMILY).fold(read(first + at as u32), |sum, child| {
                let of = read(child);
                [0, 1, 2].map(|k| sum[k].wrapping_add(of[k]))
            });
            let [belief, basis, forgotten] = held(sum, self.basis.is_some(), self.destroyed.is_some());
            let counted = self.destroyed.iter();
            let counted = counted.flat_map(|_| [forgotten as u32, (forgotten >> 32) as u32]);
            let words = [belief as u32].into_iter().chain(self.basis.map(|_| basis as u32));
            for (lane, word) in outputs.iter_mut().flatten().zip(words.chain(counted)) {
                lane[at] = word;
            }
        });
    }

    fn describe(&self) -> String {
        match self.basis {
            Some(_) => {
                "what a family that goes believed goes to its parent, and what that cannot hold comes off its basis"
            }
            None => "what a family that goes believed goes to its parent, and what that cannot hold is forgotten",
        }
        .to_owned()
    }
}

fn read((beliefs, basis, destroyed): (Lanes<'_>, Option<Lanes<'_>>, Option<Lanes<'_>>), cell: usize) -> Estate {
    let word = |lanes: Lanes<'_>| i64::from(lanes.at(0, cell) as i32);
    let wide = |lanes: Lanes<'_>| (u64::from(lanes.at(1, cell)) << 32 | u64::from(lanes.at(0, cell))) as i64;
    [word(beliefs), basis.map_or(0, word), destroyed.map_or(0, wide)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever five cells hold, nothing is lost, and the parent's belief is one.
    #[test]
    fn nothing_is_lost_nor_leaves_the_range() {
        let limit = i64::from(BELIEF_LIMIT);
        let most = i64::from(i32::MAX);
        let beliefs = [0, 7, -limit, limit, 5 * limit, -5 * limit, 5 * limit * 3 / 2];
        let bases = [0, 3, -limit, 5 * limit, -5 * limit, 5 * most, -5 * most];
        for belief in beliefs {
            for basis in bases {
                for forgotten in [0, 1 << 40, i64::MAX - limit] {
                    let start = [belief, basis, forgotten];
                    let of = |[belief, basis, forgotten]: Estate| {
                        i128::from(belief) - i128::from(basis) + i128::from(forgotten)
                    };
                    let both = held(start, true, true);
                    assert!(both[0].abs() <= limit && both[1].abs() <= MOST, "{start:?}: {both:?}");
                    let plain = held([belief, 0, forgotten], false, true);
                    assert!(plain[0].abs() <= limit, "{start:?}: {plain:?}");
                    // Of a ledger the sum is modulo 2^64, as that of any.
                    assert_eq!(of(both) as u64, of(start) as u64, "{start:?}: {both:?}");
                    assert_eq!(
                        of(plain) as u64,
                        of([belief, 0, forgotten]) as u64,
                        "{start:?}: {plain:?}"
                    );
                    // Where all fits, nothing but the sums is there; and uncounted the basis takes what the belief cannot.
                    if belief.abs() <= limit && basis.abs() <= MOST {
                        assert_eq!(both, start);
                    }
                    let uncounted = held([belief, basis, 0], true, false);
                    assert_eq!(uncounted[0] - uncounted[1], belief - basis);
                }
            }
        }
    }
}
