//! Rumour spreading: who does not know it asks for it, or is told (Frieze, Grimmett 1985; Karp, Schindelhauer, Shenker, Vöcking
//! 2000). Twin of `shaders/part/rumour/step.wgsl` and `shaders/part/rumour/pu*.wgsl`.
//!
//! A liar never passes it on. Whom those aim at who tell it, [`AimStep`] has noted.

use super::aim::{Aims, PERMUTATIONS};
use super::sight;
use crate::column::{Access, Binding, ColumnId};
use crate::hear::ask::From;
use crate::part::consensus::OPINION;
use crate::part::rumour::RumourKind;
use crate::part::snow::SETTLED;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// Whether the word is of a node that knows the rumour.
#[inline(always)]
pub(super) fn knows(word: u32) -> bool {
    word & OPINION == 1
}

/// Nodes that look for those who aim at them together.
const CHUNK: usize = 2048;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct RumourStep {
    kind: RumourKind,
    aims: Aims,
    rumour: ColumnId,
    heard: ColumnId,
    /// Where nodes tell the rumour.
    aim: Option<ColumnId>,
}

impl RumourStep {
    /// The step on a doubled column of who knows; in `heard` it notes since when. `aim` is the column of [`AimStep`](super::AimStep), unless the
    /// rumour is only asked for.
    #[must_use]
    pub fn new(kind: RumourKind, aims: Aims, rumour: ColumnId, heard: ColumnId, aim: Option<ColumnId>) -> Self {
        Self {
            kind,
            aims,
            rumour,
            heard,
            aim,
        }
    }

    /// Whether nodes ask for the rumour, and whether they tell it.
    fn ways(&self) -> (bool, bool) {
        (self.kind != RumourKind::Push, self.aim.is_some())
    }

    /// Asks for the rumour for each of `waiting` that acts, and takes those that hear it out; returns how many are left.
    fn pull(&self, view: &View<'_>, waiting: &mut [u32], mut hears: impl FnMut(u32)) -> usize {
        let ask = self.aims.ask();
        let mut left = 0;
        for k in 0..waiting.len() {
            let i = waiting[k];
            let asked = if view.traffic.acts(i) {
                ask.partner(view, i, 0)
            } else {
                None
            };
            if asked.is_some_and(|j| knows(view.reads[0][j as usize]) && !view.traffic.is_liar(j)) {
                hears(i);
            } else {
                waiting[left] = i;
                left += 1;
            }
        }
        left
    }

    /// Finds those of `waiting` that are told the rumour from anywhere.
    fn push_swarm(&self, view: &View<'_>, waiting: &[u32], scratch: &mut Scratch, mut hears: impl FnMut(u32)) {
        let (nodes, aim) = (view.topology.nodes(), view.reads[1]);
        let mut tellers = scratch.take(CHUNK);
        for waiting in waiting.chunks(CHUNK) {
            let tellers = &mut tellers[..waiting.len()];
            for (permutation, number) in self.aims.permutations(nodes, view.tick).zip(1..) {
                tellers.copy_from_slice(waiting);
                permutation.unpermute(tellers);
                for (&i, &j) in waiting.iter().zip(&*tellers) {
                    // Permutations are of at least three indices; of two nodes, whoever gets beyond them goes on once.
                    let j = if j < nodes { j } else { permutation.unpermuted(j) };
                    if aim[j as usize] == number && view.traffic.reaches(i, j) {
                        hears(i);
                    }
                }
            }
        }
        scratch.give(tellers);
    }

    /// Finds those of `waiting`, which ascend, that are told the rumour by a neighbour.
    fn push_neighbours(&self, view: &View<'_>, waiting: &[u32], scratch: &mut Scratch, mut hears: impl FnMut(u32)) {
        let (Some(&first), Some(&last)) = (waiting.first(), waiting.last()) else {
            return;
        };
        let (topology, aim) = (view.topology, view.reads[1]);
        let is_waiting = |i: u32| view.reads[0][i as usize] == 0 && view.traffic.takes_part(i);
        let mut list = scratch.take((last + 1 - first) as usize);
        for slot in 0..topology.slots_among(first..last + 1) {
            let mut start = first;
            while start <= last {
                let (neighbours, count) = topology.neighbours(slot, start..last + 1, &mut list);
                let ids = neighbours.ids(start, &list);
                for l in 0..count {
                    let i = start + l;
                    if aim[ids.at(l as usize) as usize] == i + 1 && is_waiting(i) {
                        hears(i);
                    }
                }
                start += count;
            }
        }
        if let Some(rows) = topology.rows() {
            for &i in waiting {
                let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
                if rows.ends[row].iter().any(|&j| aim[j as usize] == i + 1) {
                    hears(i);
                }
            }
        }
        scratch.give(list);
    }
}

impl Step for RumourStep {
    fn name(&self) -> &'static str {
        "rumour"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.rumour, Access::Read),
            Binding::new(1, self.rumour, Access::Next),
            Binding::new(2, self.heard, Access::Update),
        ];
        bindings.extend(self.aim.map(|aim| Binding::new(3, aim, Access::Read)));
        bindings
    }

    fn reads_links(&self) -> bool {
        self.aims.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let push = match self.aims.from() {
            _ if self.aim.is_none() => module!("part/rumour/push-none"),
            From::Neighbours => module!("part/rumour/push-neighbours"),
            From::Swarm => module!("part/rumour/push-swarm")
                .with("AIMS", PERMUTATIONS)
                .with("AIM_KEY", self.aims.key()),
        };
        if self.kind == RumourKind::Push {
            return vec![module!("part/rumour/pull-none"), push, module!("part/rumour/step")];
        }
        vec![
            self.aims.ask().module(),
            module!("part/rumour/pull"),
            push,
            module!("part/rumour/step"),
        ]
    }

    fn table(&self, view: &View<'_>) -> usize {
        // Faults lie between each and each: of these, everybody has to be asked.
        let is_simple = self.aims.from() == From::Swarm && !view.traffic.has_faults() && view.topology.nodes() > 2;
        if is_simple && sight::pays(view.reads[0], self.aim.map(|_| view.reads[1])) {
            sight::words(view.topology.nodes())
        } else {
            0
        }
    }

    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], scratch: &mut Scratch) {
        sight::look(self.aims, view, block, table, self.ways(), scratch);
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let words = &view.reads[0][block.start as usize..block.end as usize];
        let [next, heard] = outputs.as_mut_slice() else { return };
        let (next, heard) = (&mut *next[0], &mut *heard[0]);
        let mut waiting = scratch.take(words.len());
        let mut count = 0;
        for ((i, &word), next) in block.clone().zip(words).zip(next.iter_mut()) {
            let part = view.traffic.takes_part(i);
            *next = if part && word != 0 { word | SETTLED } else { word };
            waiting[count] = i;
            count += usize::from(part && word == 0);
        }
        let mut hears = |i: u32| {
            next[(i - block.start) as usize] = 1;
            heard[(i - block.start) as usize] = view.tick.wrapping_add(1);
        };
        if let Some(table) = view.table {
            let waiting = &waiting[..count];
            let mut heard = scratch.take(count);
            sight::hear(self.aims, view, table, waiting, self.ways(), &mut heard[..count]);
            for (&i, &heard) in waiting.iter().zip(&*heard) {
                if heard != 0 {
                    hears(i);
                }
            }
            scratch.give(heard);
            return;
        }
        if self.kind != RumourKind::Push {
            count = self.pull(view, &mut waiting[..count], &mut hears);
        }
        if self.aim.is_some() {
            let waiting = &waiting[..count];
            match self.aims.from() {
                From::Neighbours => self.push_neighbours(view, waiting, scratch, hears),
                From::Swarm => self.push_swarm(view, waiting, scratch, hears),
            }
        }
        scratch.give(waiting);
    }

    fn describe(&self) -> String {
        let among = match self.aims.from() {
            From::Neighbours => "a neighbour",
            From::Swarm => "anybody",
        };
        match self.kind {
            RumourKind::Push => format!("push: who knows the rumour tells {among}"),
            RumourKind::Pull => format!("pull: who does not know the rumour asks {among}"),
            RumourKind::PushPull => format!("push-pull: everybody calls {among}, and both know what one of them knew"),
        }
    }
}
