//! What a cell offers to which neighbours. Twin of `shaders/part/work/offer.wgsl`.
//!
//! The offers stand in a column of their own, the cell's `outbox`: the tasks stay in its queue until the receivers have answered,
//! see [`super::ReceiveStep`] and [`super::SettleStep`]. Offered are the last tasks of the queue. A cell that is abandoned offers
//! to any open neighbour with room: so its neighbours take over what it holds.

mod lanes;
mod links;
mod own;

pub use own::Policies;

use crate::column::{Access, Binding, ColumnId, Folded, Reach};
use crate::counters::add64;
use crate::geometry::GOLDEN;
use crate::hear::links::for_each_flag;
use crate::number::{multiply_high, threefry2x32_13};
use crate::part::work::ledger::{Layout, of_all};
use crate::part::work::{Families, FlowRounding, OFFERS, Policy, Share, TaskFormat, outbox, state};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::timing::Schedule;
use crate::topology::Topology;
use crate::words::fetch;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct OfferColumns {
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// The waiting tasks.
    pub queue: ColumnId,
    /// What it offers.
    pub outbox: ColumnId,
    /// What the swarm counts.
    pub ledger: ColumnId,
    /// Tables that do not change.
    pub workload: ColumnId,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct OfferStep {
    /// The columns.
    pub columns: OfferColumns,
    /// How many tasks go where.
    pub policy: Policy,
    /// The same by strategy, if a strategy sets it.
    pub policies: Option<Policies>,
    /// How cells hand tasks to their children, and these back, where cells come and go.
    pub families: Option<Families>,
    /// In which ticks.
    pub schedule: Schedule,
    /// The most tasks that a cell holds.
    pub capacity: u32,
    /// The fewest neighbours of a cell and the most: into one part more flows are divided.
    pub degrees: [u32; 2],
    /// What the draws depend on.
    pub key: u32,
    /// What a task's words mean.
    pub format: TaskFormat,
    /// Where the ledger has what.
    pub layout: Layout,
}

/// A difference of loads by which a transfer gains something.
const GAIN: u32 = 2;

/// The offers of a block in the making: per cell, counted from the block's first.
struct Making<'a> {
    /// What each cell holds, where what it offers is of its strategy.
    strategies: Option<&'a [u32]>,
    /// Who, for each offer of each cell.
    targets: Vec<[u32; OFFERS]>,
    /// How many offers there are.
    made: Vec<u8>,
    /// How many there may be.
    most: Vec<u8>,
    /// The fractions of flows, and what passed as wholes.
    flow: Vec<u32>,
}

impl Step for OfferStep {
    fn name(&self) -> &'static str {
        "offer"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        let mut all = vec![
            Binding::new(0, columns.state, Access::Read).within(Reach::Links),
            Binding::new(1, columns.queue, Access::Read).within(Reach::Links),
            Binding::new(2, columns.outbox, Access::Update),
            Binding::new(7, columns.ledger, Access::Fold),
        ];
        // What rotates does not ask how deep it is.
        let hashed = self.families.filter(|families| families.share == Share::Hash);
        all.extend(hashed.map(|families| Binding::new(3, families.depth, Access::Read).within(Reach::Own)));
        if let Some(policies) = &self.policies {
            all.push(Binding::new(4, columns.workload, Access::Read));
            all.push(Binding::new(5, policies.strategy, Access::Read).within(Reach::Own));
        }
        all
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(self.schedule)
    }

    fn modules(&self) -> Vec<Module> {
        let policy = match &self.policies {
            Some(policies) => policies.modules(self),
            None => own::modules(&self.policy, self),
        };
        let mut all = vec![
            crate::counters::module(self.layout.counters() as u32),
            module!("part/work/state"),
            self.format.module(),
            module!("part/work/offering").with("CAPACITY", self.capacity),
        ];
        all.extend(policy);
        all.extend(match self.families.map(|families| families.share) {
            None => vec![module!("part/work/offer-family-none")],
            Some(Share::Rotate) => vec![
                module!("part/work/offer-family-rotate"),
                module!("part/work/offer-family"),
            ],
            Some(Share::Hash) => vec![
                module!("part/work/offer-family-hash"),
                module!("part/work/offer-family"),
            ],
        });
        all.push(module!("part/work/offer").with("OFFERED", self.layout.of_all(of_all::OFFERS) as u32));
        all
    }

    fn folds(&self) -> Vec<Folded> {
        self.layout.folds(self.columns.ledger)
    }

    fn turns(&self, bounds: Bounds) -> u64 {
        // A cell that is abandoned looks at its links twice.
        2 * u64::from(bounds.degree)
    }

    fn table(&self, view: &View<'_>) -> usize {
        links::table(self, view)
    }

    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], _scratch: &mut Scratch) {
        links::survey(view, block, table);
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let states = view.reads[0];
        let own = &states[block.start as usize..block.end as usize];
        let mut making = Making {
            strategies: self.strategies(view, &block),
            targets: vec![[0; OFFERS]; own.len()],
            made: vec![0; own.len()],
            most: own
                .iter()
                .map(|&state| (state & state::QUEUED).min(OFFERS as u32) as u8)
                .collect(),
            flow: Vec::new(),
        };
        if let Some(families) = self.families {
            self.in_family(view, families, block.start, own, &mut making);
        }
        if self.any_policy(|policy| *policy == Policy::TwoChoices) {
            self.two_choices(view, block.start, own, &mut making);
        }
        if self.goes_over_links() {
            making.flow = self.starts(view.tick, block.start, own, making.strategies);
            match view.table {
                Some(table) => self.over_links_in(table, view, block.clone(), &mut making, scratch),
                None => self.over_all_links(view, block.clone(), &mut making, scratch),
            }
        }
        let any = own.iter().fold(0, |all, state| all | state);
        if view.traffic.has_faults() && any & state::ABANDONED != 0 {
            for (at, &state) in own.iter().enumerate() {
                if state & state::ABANDONED != 0 && state & state::QUEUED != 0 {
                    self.hand_over(view, block.start, at, &mut making);
                }
            }
        }
        let offered = self.write(view, block.start, own, &making, &mut outputs[0]);
        if offered > 0 {
            add64(
                view.folds[0],
                self.layout.counters(),
                self.layout.of_all(of_all::OFFERS),
                offered,
            );
        }
    }

    fn describe(&self) -> String {
        match &self.policies {
            Some(policies) => policies.describe(),
            None => own::describe(&self.policy),
        }
    }
}

impl OfferStep {
    /// The point between 0 and 1 (in 2^-16) from which a cell's flows add up.
    #[inline(always)]
    fn start(&self, rounding: FlowRounding, cell: u32, tick: u32) -> u32 {
        match rounding {
            FlowRounding::Random => threefry2x32_13([self.key, 0], [cell, tick])[0] >> 16,
            FlowRounding::Golden => cell.wrapping_add(tick).wrapping_mul(GOLDEN) >> 16,
            FlowRounding::Trunc => 0,
        }
    }

    /// How many tasks go over a link to a neighbour with less; `parts` is into how many a difference is divided.
    #[inline(always)]
    fn consider(
        &self,
        parts: impl Fn() -> u32,
        at: usize,
        other: u32,
        (own, heard): (u32, u32),
        making: &mut Making<'_>,
    ) {
        let (mine, theirs) = (state::load(own), state::load(heard));
        if mine < theirs + GAIN {
            return;
        }
        let free = self.capacity - theirs;
        let count = match self.policy_of(making.strategies, at) {
            Policy::Flow(flow) => {
                let parts = parts();
                let difference = mine - theirs;
                if flow.rounding == FlowRounding::Trunc {
                    difference / parts
                } else {
                    let before = making.flow[at];
                    let after = before + (difference << 16) / parts;
                    making.flow[at] = after;
                    (after >> 16) - (before >> 16)
                }
            }
            Policy::Threshold(threshold) => {
                let given = u32::from(making.made[at]);
                u32::from((own & state::QUEUED) > threshold.bound + given && theirs < threshold.bound)
            }
            Policy::None | Policy::TwoChoices => 0,
        };
        making.add(at, other, count.min(free));
    }

    /// Of two neighbours the one with less gets half the difference.
    fn two_choices(&self, view: &View<'_>, first: u32, own: &[u32], making: &mut Making<'_>) {
        let (states, topology) = (view.reads[0], view.topology);
        for (at, &state) in own.iter().enumerate() {
            let (cell, mine) = (first + at as u32, state::load(state));
            if state & state::QUEUED == 0 || mine < GAIN {
                continue;
            }
            if *self.policy_of(making.strategies, at) != Policy::TwoChoices {
                continue;
            }
            let places = topology.slots_of(cell);
            let draws = threefry2x32_13([self.key, 0], [cell, view.tick]);
            let mut chosen: Option<(u32, u32)> = None;
            for draw in draws {
                let place = multiply_high(draw, places);
                if place >= places {
                    continue;
                }
                let other = topology.neighbour(cell, place);
                if other == cell || !view.traffic.hears(cell, other, slot_of(topology, place)) {
                    continue;
                }
                let theirs = state::load(states[other as usize]);
                if state::is_closed(states[other as usize]) {
                    continue;
                }
                if chosen.is_none_or(|(_, least)| theirs < least) {
                    chosen = Some((other, theirs));
                }
            }
            if let Some((other, theirs)) = chosen
                && theirs + GAIN <= mine
            {
                making.add(at, other, ((mine - theirs) / 2).min(self.capacity - theirs));
            }
        }
    }

    /// A cell whose family goes hands all to its parent, and nothing to others; one with children hands them what it has more than they.
    fn in_family(&self, view: &View<'_>, families: Families, first: u32, own: &[u32], making: &mut Making<'_>) {
        let (states, topology) = (view.reads[0], view.topology);
        let range = first as usize..first as usize + own.len();
        let families_of = topology.kin().and_then(|[_, families]| families.get(range));
        let any = |words: &[u32]| words.iter().fold(0, |all, word| all | word);
        let has_families = topology.alone().is_none() && families_of.is_none_or(|families| any(families) != 0);
        if !has_families && any(own) & state::RETIRING == 0 {
            return;
        }
        for (at, &state) in own.iter().enumerate() {
            let (cell, queued) = (first + at as u32, state & state::QUEUED);
            if queued == 0 || state >> state::CLOSED_SHIFT != 0 {
                continue;
            }
            if state & state::RETIRING != 0 {
                if let Some(parent) = topology.parent(cell) {
                    let theirs = states[parent as usize];
                    if !state::is_closed(theirs) && view.traffic.reaches(cell, parent) {
                        making.add(at, parent, self.capacity - state::load(theirs));
                    }
                }
                making.most[at] = making.made[at];
            } else if let Some(family) = topology.family(cell) {
                self.share_out(view, families, (cell, at, family), state, making);
            }
        }
    }

    /// Offers to children, one after the other or by the tasks' identities, what this cell has more than they.
    fn share_out(
        &self,
        view: &View<'_>,
        families: Families,
        (cell, at, family): (u32, usize, u32),
        state: u32,
        making: &mut Making<'_>,
    ) {
        let (states, queued) = (view.reads[0], state & state::QUEUED);
        for offer in 0..u32::from(making.most[at]) {
            let made = u32::from(making.made[at]);
            let place = match families.share {
                Share::Rotate => families.share.child(0, 0, view.tick, offer),
                Share::Hash => {
                    let slot = 2 * (queued - 1 - made) as usize;
                    let [origin, record] = [0, 1].map(|word| view.word(1, slot + word, cell));
                    let depth = view.reads[2][cell as usize];
                    families
                        .share
                        .child(self.format.identity(origin, record)[0], depth, 0, 0)
                }
            };
            let child = family + place;
            let theirs = states[child as usize];
            let given = (0..made).filter(|&k| making.targets[at][k as usize] == child).count() as u32;
            let (mine, load) = (state::load(state) - made, state::load(theirs) + given);
            let takes = !state::is_closed(theirs) && load + GAIN <= mine && load < self.capacity;
            if takes && view.traffic.reaches(cell, child) {
                making.add(at, child, 1);
            } else if families.share == Share::Hash {
                // What is offered are the last tasks, in order.
                return;
            }
        }
    }

    /// An abandoned cell's tasks go one by one to neighbours with room.
    #[cold]
    fn hand_over(&self, view: &View<'_>, first: u32, at: usize, making: &mut Making<'_>) {
        let (states, topology, cell) = (view.reads[0], view.topology, first + at as u32);
        let places = topology.slots_of(cell);
        if places == 0 {
            return;
        }
        // Another neighbour is the first in every tick.
        let start = multiply_high(cell.wrapping_add(view.tick).wrapping_mul(GOLDEN), places);
        for k in 0..places {
            let place = if k < places - start {
                start + k
            } else {
                start + k - places
            };
            let other = topology.neighbour(cell, place);
            let state = states[other as usize];
            let takes = other != cell && !state::is_closed(state) && state::load(state) < self.capacity;
            if takes && view.traffic.serves(cell, other, slot_of(topology, place)) {
                making.add(at, other, 1);
            }
        }
    }

    /// Writes the block's outboxes; the answer is how many offers are in them.
    fn write(&self, view: &View<'_>, first: u32, own: &[u32], making: &Making<'_>, lanes: &mut [&mut [u32]]) -> u64 {
        /// How many cells ahead words are fetched.
        const AHEAD: usize = 8;
        let queue = view.lanes(1);
        let has_made: Vec<u8> = making.made.iter().map(|&made| u8::from(made != 0)).collect();
        let mut givers = Vec::new();
        for_each_flag(&has_made, |at| givers.push(at));
        let mut offered = 0;
        for (k, &at) in givers.iter().enumerate() {
            if let Some(&next) = givers.get(k + AHEAD) {
                let slot = 2 * ((own[next] & state::QUEUED) - 1) as usize;
                [slot, slot + 1]
                    .into_iter()
                    .for_each(|slot| fetch(queue.lane(slot), first as usize + next));
                [outbox::TARGETS, outbox::TASKS, outbox::TASKS + 1]
                    .into_iter()
                    .for_each(|lane| fetch(lanes[lane], next));
            }
            let queued = own[at] & state::QUEUED;
            let count = usize::from(making.made[at]);
            let mut marks = 0;
            for offer in 0..count {
                marks |= outbox::mark(making.targets[at][offer]);
                let slot = 2 * (queued as usize - 1 - offer);
                let task = [slot, slot + 1].map(|slot| queue.at(slot, first as usize + at));
                lanes[outbox::TARGETS + offer][at] = making.targets[at][offer];
                lanes[outbox::TASKS + 2 * offer][at] = task[0];
                lanes[outbox::TASKS + 2 * offer + 1][at] = task[1];
            }
            lanes[outbox::HEADER][at] = count as u32 | queued << outbox::QUEUED_SHIFT | marks;
            offered += count as u64;
        }
        offered
    }
}

impl Making<'_> {
    /// Adds offers to a cell, as many as there may be.
    #[inline(always)]
    fn add(&mut self, at: usize, other: u32, count: u32) {
        for _ in 0..count {
            if self.made[at] == self.most[at] {
                return;
            }
            self.targets[at][usize::from(self.made[at])] = other;
            self.made[at] += 1;
        }
    }
}

/// The slot that a place stands for in the traffic.
fn slot_of(topology: &dyn Topology, place: u32) -> u32 {
    if place < topology.slots() {
        place
    } else {
        crate::hear::NO_SLOT
    }
}
