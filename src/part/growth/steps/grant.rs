//! Who gets which family, and whose is gone. Twin of `shaders/part/growth/grant.wgsl`.
//!
//! The k-th cell that asks gets the k-th free family: a cell counts how many before it ask, a place how many families before it are
//! free, and each looks the other up. Both are gathers, so that no order of anything matters.

use super::{any_has, event, wish};
use crate::column::{Access, Binding, ColumnId, Fold, Folded, GROUP, Kinship};
use crate::counters::{add64, words};
use crate::part::growth::ledger;
use crate::part::work::{Retry, pause};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct Granted {
    /// Who is whose child.
    pub kinship: Kinship,
    /// What each cell has decided.
    pub wish: ColumnId,
    /// When it asks again; how often it has found no place; 1 + the tick in which it asked first.
    pub pause: ColumnId,
    /// What has happened to it.
    pub event: ColumnId,
    /// How many of each group of 256 may have a family, and of all groups before it.
    pub asks: ColumnId,
    /// See `asks`.
    pub asks_before: ColumnId,
    /// How many may in all, one word.
    pub all_asks: ColumnId,
    /// How many families of each group are free, and of all groups before it.
    pub free: ColumnId,
    /// See `free`.
    pub free_before: ColumnId,
    /// What the swarm counts.
    pub ledger: ColumnId,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct GrantStep {
    /// The columns.
    pub columns: Granted,
    /// How many cells are there from the start.
    pub founders: u32,
    /// How many places there are.
    pub nodes: u32,
}

/// How many requests in a row count for the pause after them.
const MOST_TRIES: u32 = 16;

impl Step for GrantStep {
    fn name(&self) -> &'static str {
        "grant"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        vec![
            Binding::new(0, columns.kinship.parents, Access::Update),
            Binding::new(1, columns.kinship.families, Access::Update),
            Binding::new(2, columns.wish, Access::Read),
            Binding::new(3, columns.pause, Access::Update),
            Binding::new(4, columns.event, Access::Update),
            Binding::new(5, columns.asks, Access::Read),
            Binding::new(6, columns.asks_before, Access::Read),
            Binding::new(7, columns.ledger, Access::Fold),
            Binding::new(8, columns.free, Access::Read),
            Binding::new(9, columns.free_before, Access::Read),
        ]
    }

    fn visits_places(&self) -> bool {
        true
    }

    /// Nobody comes while nobody asks.
    fn rests_at_places(&self, view: &View<'_>) -> bool {
        let [wishes, counts, before, ..] = *view.reads else {
            return false;
        };
        let asking = Ranked {
            wishes,
            bits: wish::ASKS,
            counts,
            before,
        };
        asking.total() == 0
    }

    fn wakes(&self) -> Option<ColumnId> {
        Some(self.columns.all_asks)
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            crate::counters::module(ledger::ALL as u32),
            module!("part/work/retry-fibonacci"),
            module!("part/growth/words"),
            module!("part/growth/grant")
                .with("FIRST_PLACE", self.founders)
                .with("GROUPS", self.nodes.div_ceil(GROUP)),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(
            self.columns.ledger,
            0..words(ledger::ALL as u32),
            Fold::Add64,
        )]
    }

    fn turns(&self, _: Bounds) -> u64 {
        // Of two groups all, and two searches of 32 turns.
        u64::from(2 * GROUP + 64)
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let [wishes, asks, asks_before, free, free_before] = *view.reads else {
            return;
        };
        let [parents, families, pauses, events] = outputs.as_mut_slice() else {
            return;
        };
        let (parents, families, events) = (&mut *parents[0], &mut *families[0], &mut *events[0]);
        let asking = Ranked {
            wishes,
            bits: wish::ASKS,
            counts: asks,
            before: asks_before,
        };
        let places = Ranked {
            wishes,
            bits: wish::FREE,
            counts: free,
            before: free_before,
        };
        let (all_ask, all_free) = (asking.total(), places.total());
        let mut counts = [0u64; ledger::ALL];
        let own = &wishes[block.start as usize..block.end as usize];
        let has_places = block.end > self.founders;
        let (mut asks_so_far, mut free_so_far) = (asking.before_cell(block.start), places.before_cell(block.start));
        // Of a family that begins in the block before the first place counts there.
        let first = block.start - block.start.saturating_sub(self.founders) % FAMILY;
        let nobody_comes = || places.before_cell(first) >= all_ask;
        let nobody_moves = || {
            let of_parents = parents.iter().filter(|&&parent| parent != 0);
            let wishes = of_parents.fold(0, |all, &parent| all | wishes[parent as usize - 1]);
            wishes & (wish::GOES | wish::RETIRES | wish::KEEPS) == 0
        };
        if !any_has(own, !(wish::FREE | wish::CALM)) && (!has_places || nobody_comes() && nobody_moves()) {
            // Nobody asks, and no family comes or does anything. Nothing ever happens to those who are there from the start.
            if has_places {
                events.fill(event::NOTHING);
            }
            // Whoever waits has tried.
            if any_has(&*pauses[1], u32::MAX) {
                for lane in pauses.iter_mut() {
                    for (word, wish) in lane.iter_mut().zip(own) {
                        *word = if wish & wish::CALM != 0 { 0 } else { *word };
                    }
                }
            }
            let founders = self.founders.clamp(block.start, block.end) - block.start;
            let children = match has_places {
                true => parents.iter().filter(|&&parent| parent != 0).count(),
                false => 0,
            };
            let there = u64::from(founders) + children as u64;
            if there > 0 {
                add64(view.folds[0], ledger::ALL, ledger::CELL_TICKS, there);
            }
            return;
        }
        let mut family: Option<(u32, u32)> = None;
        let (mut nth_asking, mut nth_free) = (Nth::of(asking), Nth::of(places));
        for (at, cell) in block.enumerate() {
            if cell.is_multiple_of(GROUP) {
                (asks_so_far, free_so_far) = (asking.before_cell(cell), places.before_cell(cell));
            }
            let own = wishes[cell as usize];
            let is_there = cell < self.founders || parents[at] != 0;
            counts[ledger::CELL_TICKS] += u64::from(is_there);
            events[at] = event::NOTHING;
            if !is_there {
                // All four places of a family go to one.
                let first = cell - (cell - self.founders) % FAMILY;
                let rank = match family {
                    _ if all_ask == 0 => all_free,
                    _ if first == cell => free_so_far,
                    Some((known, rank)) if known == first => rank,
                    _ => places.before_cell(first),
                };
                family = Some((first, rank));
                if rank < all_ask {
                    parents[at] = 1 + nth_asking.at(rank);
                    events[at] = event::BORN;
                    counts[ledger::BORN] += 1;
                }
            } else if let Some(parent) = parents[at].checked_sub(1) {
                let theirs = wishes[parent as usize];
                if theirs & wish::GOES != 0 {
                    parents[at] = 0;
                    events[at] = event::GONE;
                    let lost = theirs & wish::LOST != 0;
                    counts[if lost { ledger::LOST } else { ledger::RETIRED }] += 1;
                } else if theirs & wish::RETIRES != 0 {
                    events[at] = event::RETIRES;
                } else if theirs & wish::KEEPS != 0 {
                    events[at] = event::KEEPS;
                }
            }
            if own & wish::ASKS != 0 {
                let asked = pauses[2][at];
                let rank = asks_so_far;
                if asking.may(cell, rank) && rank < all_free {
                    families[at] = nth_free.at(rank);
                    let first = if asked == 0 { view.tick } else { asked - 1 };
                    counts[ledger::GRANTED] += 1;
                    counts[ledger::WAITED] += u64::from(view.tick - first);
                    (pauses[0][at], pauses[1][at], pauses[2][at]) = (0, 0, 0);
                } else {
                    let tries = (pauses[1][at] + 1).min(MOST_TRIES);
                    counts[ledger::REFUSED] += 1;
                    pauses[0][at] = view.tick.saturating_add(pause(Retry::Fibonacci, tries));
                    pauses[1][at] = tries;
                    pauses[2][at] = if asked == 0 { view.tick.saturating_add(1) } else { asked };
                }
            } else if own & wish::CALM != 0 {
                (pauses[0][at], pauses[1][at], pauses[2][at]) = (0, 0, 0);
            }
            if own & wish::GOES != 0 {
                families[at] = 0;
            }
            asks_so_far += u32::from(own & wish::ASKS != 0);
            free_so_far += u32::from(own & wish::FREE != 0);
        }
        for (k, &count) in counts.iter().enumerate().filter(|(_, count)| **count != 0) {
            add64(view.folds[0], ledger::ALL, k, count);
        }
    }

    fn describe(&self) -> String {
        format!(
            "the k-th that asks gets the k-th free family of {} places",
            self.nodes - self.founders
        )
    }
}

/// Cells with a wish, in ascending order.
#[derive(Clone, Copy)]
struct Ranked<'a> {
    wishes: &'a [u32],
    bits: u32,
    /// How many of each group count, the first ones, and of all groups before it.
    counts: &'a [u32],
    before: &'a [u32],
}

impl Ranked<'_> {
    /// How many there are.
    fn total(&self) -> u32 {
        let last = self.counts.last().zip(self.before.last());
        last.map_or(0, |(count, before)| count + before)
    }

    fn is(&self, cell: usize) -> bool {
        self.wishes[cell] & self.bits != 0
    }

    /// How many before this cell have the wish: of its own group all, whether they count or not.
    fn before_cell(&self, cell: u32) -> u32 {
        let (group, cell) = ((cell / GROUP) as usize, cell as usize);
        let first = group * GROUP as usize;
        let in_group = (first..cell).filter(|&other| self.is(other)).count() as u32;
        self.before.get(group).copied().unwrap_or(0) + in_group
    }

    /// Whether a cell of that rank counts.
    fn may(&self, cell: u32, rank: u32) -> bool {
        let group = (cell / GROUP) as usize;
        rank - self.before[group] < self.counts[group]
    }
}

/// Finds cells by their ranks, of which one is hardly ever far behind the one before.
struct Nth<'a> {
    all: Ranked<'a>,
    /// The last that was found: its rank, and its cell.
    last: Option<(u32, u32)>,
}

impl<'a> Nth<'a> {
    const fn of(all: Ranked<'a>) -> Self {
        Self { all, last: None }
    }

    /// The cell of a rank that is below the total.
    fn at(&mut self, rank: u32) -> u32 {
        let before = self.all.before;
        // The last group before which there are not more.
        let is_in = |group: usize| before[group] <= rank && before.get(group + 1).is_none_or(|&next| next > rank);
        let (group, mut left, from) = match self.last {
            // The same, or a later one of the same group.
            Some((last, cell)) if last <= rank && is_in((cell / GROUP) as usize) => {
                ((cell / GROUP) as usize, rank - last, cell as usize)
            }
            _ => {
                let group = before.partition_point(|&before| before <= rank) - 1;
                (group, rank - before[group], group * GROUP as usize)
            }
        };
        let end = ((group + 1) * GROUP as usize).min(self.all.wishes.len());
        for cell in from..end {
            if self.all.is(cell) {
                if left == 0 {
                    self.last = Some((rank, cell as u32));
                    return cell as u32;
                }
                left -= 1;
            }
        }
        // There is one: the group has as many as are counted.
        from as u32
    }
}
