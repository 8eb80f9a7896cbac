//! Who accepts whom: the second step of the pairwise rule. Twin of `shaders/part/pairwise/accept.wgsl`.
//!
//! A node that listens accepts, of those that proposed to it over a link that carries, the one with the least hash in this tick; no
//! two nodes have the same. The word is its index and 1, or 0 for nobody. A node that proposes has here whom it proposed to, so
//! that two nodes are a pair iff each is the other's partner. (Two that happen to have proposed to each other are one too.)

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::NO_SLOT;
use crate::hear::links::for_each_batch;
use crate::number::{Stream, scramble, stream_key, threefry2x32};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::Topology;
use multiversion::multiversion;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct AcceptStep {
    place: ColumnId,
    partner: ColumnId,
    key: u32,
    back: Back,
    two: Module,
}

/// Which slot of a neighbour over slot k leads back, on a GPU; see [`Topology::mirror`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    /// k with these bits flipped.
    Flipped(u32),
    /// So many less k.
    Opposite(u32),
    /// One that differs from node to node.
    Asked,
}

impl Back {
    fn of(topology: &dyn Topology) -> Self {
        let slots = topology.slots();
        let all = |form: &dyn Fn(u32) -> u32| slots > 0 && (0..slots).all(|k| topology.mirror(k) == Some(form(k)));
        match topology.rows() {
            None if slots > MOST_ASKED => Self::Asked,
            None if all(&|k| k) => Self::Flipped(0),
            None if all(&|k| k ^ 1) => Self::Flipped(1),
            None if all(&|k| slots - 1 - k) => Self::Opposite(slots - 1),
            _ => Self::Asked,
        }
    }

    fn module(self) -> Module {
        match self {
            Self::Flipped(bits) => module!("part/pairwise/back-flipped").with("BACK", bits),
            Self::Opposite(last) => module!("part/pairwise/back-opposite").with("LAST_SLOT", last),
            Self::Asked => module!("part/pairwise/back-asked"),
        }
    }
}

/// With more slots than this nobody looks at them all.
const MOST_ASKED: u32 = 1 << 16;

impl AcceptStep {
    /// The step that keeps the column `partner` by the places that nodes proposed over.
    #[must_use]
    pub fn new(topology: &dyn Topology, seed: u32, place: ColumnId, partner: ColumnId) -> Self {
        Self {
            back: Back::of(topology),
            two: topology.two_neighbours(),
            place,
            partner,
            key: stream_key(seed, Stream::Choice),
        }
    }

    /// The key of the hashes of a tick.
    pub(super) fn turn(&self, tick: u32) -> u32 {
        threefry2x32([self.key, 0], [tick, 0])[0]
    }

    /// Whether the proposal of `from` over `place` reaches `to`. Who is down may have one left over, which does not; a liar never has
    /// made any.
    pub(super) fn arrives(view: &View<'_>, from: u32, place: u32, to: u32) -> bool {
        let slot = if place < view.topology.slots() { place } else { NO_SLOT };
        from != to && view.traffic.link_carries(from, to, slot)
    }
}

impl Step for AcceptStep {
    fn name(&self) -> &'static str {
        "accept"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.place, Access::Read).within(Reach::Links),
            Binding::new(1, self.partner, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            self.back.module(),
            self.two.clone(),
            module!("part/pairwise/accept").with("CHOICE_KEY", self.key),
        ]
    }

    fn table(&self, view: &View<'_>) -> usize {
        Self::words(view.topology.nodes())
    }

    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], scratch: &mut Scratch) {
        self.deliver(view, block, table, scratch);
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let (places, turn) = (view.reads[0], self.turn(view.tick));
        let (topology, traffic) = (view.topology, &view.traffic);
        let partners: &mut [u32] = outputs[0][0];
        if let Some(table) = view.table {
            Self::collect(view, block, table, partners);
            return;
        }
        // What nodes that do not take part keep, and the least hash so far.
        let mut kept = scratch.take(partners.len());
        let mut least = scratch.take(partners.len());
        kept[..partners.len()].copy_from_slice(partners);
        partners.fill(0);
        least[..partners.len()].fill(u32::MAX);
        let mut hits = scratch.take(crate::hear::links::BATCH);
        for_each_batch(topology, block.clone(), scratch, |batch, _| {
            let mirror = if batch.slot == NO_SLOT {
                None
            } else {
                topology.mirror(batch.slot)
            };
            if batch.slot != NO_SLOT {
                let own = &places[batch.own[0] as usize..][..batch.len()];
                choose(
                    own,
                    batch.slot + 1,
                    batch.own[0],
                    batch.others,
                    &mut partners[batch.at.clone()],
                );
            }
            // Whoever proposed, over the slot that leads back if that is the same for all.
            let count = match mirror {
                Some(mirror) => matching(places, batch.others, mirror + 1, &mut hits),
                None => marked(places, batch.others, &mut hits),
            };
            for &l in &hits[..count] {
                let (node, from) = (batch.own[l as usize], batch.others[l as usize]);
                let at = (node - block.start) as usize;
                let place = places[from as usize] - 1;
                if places[node as usize] != 0
                    || mirror.is_none() && topology.neighbour(from, place) != node
                    || !Self::arrives(view, from, place, node)
                {
                    continue;
                }
                let hash = scramble(from, turn);
                if hash < least[at] || partners[at] == 0 {
                    (least[at], partners[at]) = (hash, from + 1);
                }
            }
        });
        if let Some(rows) = topology.rows() {
            for (partner, node) in partners.iter_mut().zip(block.clone()) {
                let place = places[node as usize];
                if place > topology.slots() {
                    let at = rows.offsets[node as usize] + place - 1 - topology.slots();
                    *partner = rows.ends[at as usize] + 1;
                }
            }
        }
        if !traffic.is_open() {
            for ((partner, node), &kept) in partners.iter_mut().zip(block).zip(&*kept) {
                let place = places[node as usize];
                if !traffic.takes_part(node) {
                    *partner = kept;
                } else if place != 0 && *partner != 0 && !Self::arrives(view, node, place - 1, *partner - 1) {
                    *partner = 0;
                }
            }
        }
        [kept, least, hits].into_iter().for_each(|words| scratch.give(words));
    }

    fn describe(&self) -> String {
        "a node that listens accepts one of those that proposed to it".to_owned()
    }
}

/// Notes the other ends as partners of those, from node `first` on, that proposed over this place (and 1); a node without a link
/// there is its own other end, and has no partner.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn choose(places: &[u32], place: u32, first: u32, others: &[u32], partners: &mut [u32]) {
    for (((partner, &other), &own), node) in partners.iter_mut().zip(others).zip(places).zip(first..) {
        *partner = if own == place && other != node {
            other + 1
        } else {
            *partner
        };
    }
}

/// Writes the lanes whose other ends have this word, and says how many there are.
#[inline(never)]
fn matching(places: &[u32], others: &[u32], place: u32, lanes: &mut [u32]) -> usize {
    let last = places.len() - 1;
    let mut count = 0;
    for (l, &other) in others.iter().enumerate() {
        lanes[count] = l as u32;
        count += usize::from(places[(other as usize).min(last)] == place);
    }
    count
}

/// Writes the lanes whose other ends propose at all, and says how many there are.
fn marked(places: &[u32], others: &[u32], lanes: &mut [u32]) -> usize {
    let last = places.len() - 1;
    let mut count = 0;
    for (l, &other) in others.iter().enumerate() {
        lanes[count] = l as u32;
        count += usize::from(places[(other as usize).min(last)] != 0);
    }
    count
}
