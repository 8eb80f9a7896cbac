//! Where anybody is, in a swarm whose nodes come and go: steps leave out what they would look at for nothing, and what is left is dealt
//! out evenly among the threads.

use crate::column::{GROUP, Kinship};
use crate::plan::Plan;
use crate::words::Words;
use std::ops::Range;

/// After so many ticks without anybody a place is at rest: whatever a step does with those who have just gone is done.
const AT_REST: u8 = 2;

/// Which groups of nodes are empty, and for how long they have been.
#[derive(Debug)]
pub(super) struct Places {
    /// The column of parents, which says who is there.
    parents: usize,
    /// How many nodes are there from the start.
    founders: usize,
    /// For each group of [`GROUP`] nodes for how many ticks nobody has been there, 0 where somebody is.
    empty_for: Vec<u8>,
    /// Whether nobody is there but those who are from the start.
    are_alone: bool,
    /// Whether that is so.
    is_known: bool,
}

impl Places {
    /// Of a plan, if nodes come and go there; nothing is known yet.
    pub fn new(plan: &Plan) -> Option<Self> {
        let Kinship { parents, .. } = plan.kinship?;
        Some(Self {
            parents: parents.0,
            founders: plan.founders() as usize,
            empty_for: vec![0; plan.nodes().div_ceil(GROUP) as usize],
            are_alone: false,
            is_known: false,
        })
    }

    /// Whether it is known that nobody is there but those who are from the start.
    pub fn are_alone(&self) -> bool {
        self.is_known && self.are_alone
    }

    /// The column that it goes by.
    pub fn column(&self) -> usize {
        self.parents
    }

    /// Somebody has written to a column from outside: nothing is at rest, and who is there is no longer known if it was that one.
    pub fn stir(&mut self, column: usize) {
        self.is_known &= column != self.parents;
        self.empty_for.iter_mut().for_each(|ticks| *ticks = (*ticks).min(1));
    }

    /// Looks who is there, unless that is known.
    pub fn look(&mut self, parents: &Words) {
        if !self.is_known {
            self.count(parents, 0);
        }
    }

    /// Looks who is there after a step has changed it: of all nodes, in a tick of its own, or of some.
    pub fn changed(&mut self, parents: &Words, all: bool) {
        self.count(parents, u8::from(all));
    }

    fn count(&mut self, parents: &[u32], ticks: u8) {
        self.is_known = true;
        let group = GROUP as usize;
        // The group in which places begin has founders, too.
        let first = self.founders.next_multiple_of(group).min(parents.len());
        self.are_alone = parents[self.founders.min(first)..first].iter().all(|&word| word == 0);
        for ((k, empty_for), words) in self.empty_for.iter_mut().enumerate().zip(parents.chunks(group)) {
            let is_there = k * group < self.founders || words.iter().fold(0, |all, word| all | word) != 0;
            *empty_for = match *empty_for {
                _ if is_there => 0,
                0 => 1,
                known => known.saturating_add(ticks),
            };
            self.are_alone &= k * group < first || !is_there;
        }
    }

    fn all(&self, nodes: Range<usize>, of: impl Fn(u8) -> bool) -> bool {
        let group = GROUP as usize;
        let groups = self.empty_for.get(nodes.start / group..nodes.end.div_ceil(group));
        self.is_known && groups.is_some_and(|groups| groups.iter().all(|&ticks| of(ticks)))
    }

    /// Whether nobody is at any of these.
    pub fn are_empty(&self, nodes: Range<usize>) -> bool {
        self.all(nodes, |ticks| ticks > 0)
    }

    /// Whether nobody has been there for a while, so that what happens to a place that has just been left has happened.
    pub fn are_at_rest(&self, nodes: Range<usize>) -> bool {
        self.all(nodes, |ticks| ticks >= AT_REST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 256 founders and two groups of places.
    fn places() -> Places {
        Places {
            parents: 3,
            founders: 256,
            empty_for: vec![0; 3],
            are_alone: false,
            is_known: false,
        }
    }

    #[test]
    fn a_place_is_at_rest_two_ticks_after_it_was_left() {
        let (mut places, mut parents) = (places(), Words::from([0_u32; 768].as_slice()));
        places.look(&parents);
        assert!(!places.are_empty(0..256) && places.are_empty(256..768) && !places.are_at_rest(256..768));
        places.changed(&parents, true);
        assert!(places.are_at_rest(256..768) && !places.are_empty(255..257));
        assert!(places.are_alone());
        parents[700] = 1;
        places.changed(&parents, true);
        assert!(!places.are_alone());
        assert!(places.are_at_rest(256..512) && !places.are_empty(512..768) && !places.are_empty(256..768));
        parents[700] = 0;
        places.changed(&parents, true);
        assert!(places.are_empty(256..768) && !places.are_at_rest(512..768));
        // Of a part of a tick nobody knows whether it is the whole.
        places.changed(&parents, false);
        assert!(!places.are_at_rest(512..768));
        places.changed(&parents, true);
        assert!(places.are_at_rest(512..768));
    }

    #[test]
    fn what_is_written_from_outside_is_looked_at() {
        let (mut places, mut parents) = (places(), Words::from([0_u32; 768].as_slice()));
        places.look(&parents);
        places.changed(&parents, true);
        places.stir(1);
        assert!(places.are_empty(256..768) && !places.are_at_rest(256..768));
        parents[300] = 7;
        places.look(&parents);
        assert!(places.are_empty(256..512), "no word came of it");
        places.stir(3);
        places.look(&parents);
        assert!(!places.are_empty(256..512) && places.are_empty(512..768));
    }
}
