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
    /// From which node on nobody is.
    end: usize,
    /// From which node on all is at rest.
    end_of_unrest: usize,
    /// Whether all that is so.
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
            end: plan.nodes() as usize,
            end_of_unrest: plan.nodes() as usize,
            is_known: false,
        })
    }

    /// The node from which on it is known that nobody is: the first place, if nobody has come.
    pub fn end(&self) -> Option<u32> {
        self.is_known.then_some(self.end as u32)
    }

    /// The node from which on nobody has been for a while.
    pub fn end_of_unrest(&self) -> Option<usize> {
        self.is_known.then_some(self.end_of_unrest)
    }

    /// The column that it goes by.
    pub fn column(&self) -> usize {
        self.parents
    }

    /// Somebody has written to a column from outside: nothing is at rest, and who is there is no longer known if it was that one.
    pub fn stir(&mut self, column: usize) {
        self.is_known &= column != self.parents;
        self.empty_for.iter_mut().for_each(|ticks| *ticks = (*ticks).min(1));
        self.end_of_unrest = usize::MAX;
    }

    /// Looks who is there, unless that is known.
    pub fn look(&mut self, parents: &Words) {
        if !self.is_known {
            self.count(parents, 0, parents.len());
        }
    }

    /// Looks who is there after a step has changed it: of all nodes, in a tick of its own, or of some. If it `has_rested` nothing is
    /// different where nobody has been for a while.
    pub fn changed(&mut self, parents: &Words, all: bool, has_rested: bool) {
        let end = if has_rested { self.end_of_unrest } else { parents.len() };
        self.count(parents, u8::from(all), end);
    }

    /// Looks at the nodes up to `end`, behind which all is as it was.
    fn count(&mut self, parents: &[u32], ticks: u8, end: usize) {
        self.is_known = true;
        let (group, founders) = (GROUP as usize, self.founders);
        // The group in which places begin has founders, too.
        let first = founders.next_multiple_of(group).min(parents.len());
        let is_anybody = |words: &[u32]| words.iter().fold(0, |all, word| all | word) != 0;
        let at_border = is_anybody(&parents[founders.min(first)..first]);
        (self.end, self.end_of_unrest) = (if at_border { first } else { founders }, first);
        for (k, empty_for) in self.empty_for.iter_mut().enumerate() {
            let nodes = k * group..((k + 1) * group).min(parents.len());
            if nodes.start >= end.max(first) {
                break;
            }
            let is_there = nodes.start < founders || is_anybody(&parents[nodes.clone()]);
            *empty_for = match *empty_for {
                _ if is_there => 0,
                0 => 1,
                known => known.saturating_add(ticks),
            };
            if nodes.start >= first && is_there {
                self.end = nodes.end;
            }
            if *empty_for < AT_REST {
                self.end_of_unrest = self.end_of_unrest.max(nodes.end);
            }
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
            end: 768,
            end_of_unrest: 768,
            is_known: false,
        }
    }

    #[test]
    fn a_place_is_at_rest_two_ticks_after_it_was_left() {
        let (mut places, mut parents) = (places(), Words::from([0_u32; 768].as_slice()));
        places.look(&parents);
        assert!(!places.are_empty(0..256) && places.are_empty(256..768) && !places.are_at_rest(256..768));
        assert_eq!(
            [places.end().unwrap() as usize, places.end_of_unrest().unwrap()],
            [256, 768]
        );
        places.changed(&parents, true, false);
        assert!(places.are_at_rest(256..768) && !places.are_empty(255..257));
        assert_eq!(
            [places.end().unwrap() as usize, places.end_of_unrest().unwrap()],
            [256, 256]
        );
        parents[300] = 1;
        places.changed(&parents, true, true);
        assert!(
            places.are_at_rest(256..768),
            "the step said that it changes nothing there"
        );
        (parents[300], parents[700]) = (0, 1);
        places.changed(&parents, true, false);
        assert!(places.are_at_rest(256..512) && !places.are_empty(512..768) && !places.are_empty(256..768));
        assert_eq!(
            [places.end().unwrap() as usize, places.end_of_unrest().unwrap()],
            [768, 768]
        );
        parents[700] = 0;
        places.changed(&parents, true, true);
        assert!(places.are_empty(256..768) && !places.are_at_rest(512..768));
        assert_eq!(
            [places.end().unwrap() as usize, places.end_of_unrest().unwrap()],
            [256, 768]
        );
        // Of a part of a tick nobody knows whether it is the whole.
        places.changed(&parents, false, false);
        assert!(!places.are_at_rest(512..768));
        places.changed(&parents, true, true);
        assert!(places.are_at_rest(512..768));
    }

    #[test]
    fn founders_share_a_group_with_places() {
        let mut places = Places {
            founders: 300,
            ..places()
        };
        let mut parents = Words::from([0_u32; 768].as_slice());
        places.look(&parents);
        assert_eq!(places.end(), Some(300));
        parents[304] = 1;
        places.changed(&parents, true, false);
        assert_eq!(
            [places.end().unwrap() as usize, places.end_of_unrest().unwrap()],
            [512, 512]
        );
    }

    #[test]
    fn what_is_written_from_outside_is_looked_at() {
        let (mut places, mut parents) = (places(), Words::from([0_u32; 768].as_slice()));
        places.look(&parents);
        places.changed(&parents, true, false);
        places.stir(1);
        assert_eq!(places.end_of_unrest(), Some(usize::MAX));
        assert!(places.are_empty(256..768) && !places.are_at_rest(256..768));
        parents[300] = 7;
        places.look(&parents);
        assert!(places.are_empty(256..512), "no word came of it");
        places.stir(3);
        places.look(&parents);
        assert!(!places.are_empty(256..512) && places.are_empty(512..768));
    }
}
