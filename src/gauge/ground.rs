//! What is counted once for a swarm, whatever its parts: who is up, who acted, what was sent, and over which links. Twins:
//! `shaders/gauge/ground.wgsl`, `shaders/gauge/talk-*.wgsl`.

use super::{Accumulator, Gauge, Indicator, Op, Reading, Seen, Talk, Tally};
use crate::column::{ColumnId, Reach};
use crate::hear::{NO_SLOT, Traffic};
use crate::shader::{Module, module};
use crate::timing::Schedule;
use crate::topology::{Ids, Topology};
use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;

/// The accumulators' numbers.
mod at {
    pub const UP: usize = 0;
    pub const ACTIVE: usize = 1;
    pub const MESSAGES: usize = 2;
    pub const USED: usize = 3;
}

/// Who is up and acted, and what was sent in the last tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// Nodes that are up; of cells, those with two agents up or more.
    pub up: u64,
    /// Nodes that acted in the last tick; 0 before the first.
    pub active: u64,
    /// Links over which an exchange took place in the last tick, or pairs of nodes of which one asked the other; 0 before the first.
    pub exchanges: u64,
    /// Messages sent in the last tick, whether they arrived or not: an acting node sends one over each of its links, and any
    /// node one back; whoever asks counts for two. 0 before the first.
    pub messages: u64,
}

impl super::Figures for Ground {
    fn figures(&self) -> Vec<super::Figure> {
        Vec::new()
    }
}

/// What decides on how it is counted, or whether it is known without looking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub topology: &'a Arc<dyn Topology>,
    pub schedule: Schedule,
    pub talk: &'a Talk,
    pub has_faults: bool,
}

impl Given<'_> {
    /// Where nothing goes wrong and everybody acts in every tick and sends over its links, if at all: the counts without looking.
    fn known(&self, ticks: u32) -> Option<Ground> {
        if self.has_faults || !matches!(self.schedule, Schedule::Always) {
            return None;
        }
        let nodes = u64::from(self.topology.nodes());
        let links = match self.talk {
            Talk::Silent => 0,
            Talk::Links => self.topology.links(),
            Talk::Asks(_) => return None,
        };
        let (active, links) = if ticks > 0 { (nodes, links) } else { (0, 0) };
        Some(Ground {
            up: nodes,
            active,
            exchanges: links,
            messages: 2 * links,
        })
    }

    /// The gauge, if it takes one.
    pub fn gauge(&self) -> Option<GroundGauge> {
        self.known(0).is_none().then(|| GroundGauge {
            talk: self.talk.clone(),
            has_faults: self.has_faults,
        })
    }

    /// The counts after so many ticks, by the tally of that gauge, if there is one.
    pub fn read(&self, tally: Option<&Tally>, ticks: u32) -> Ground {
        match (self.known(ticks), tally) {
            (Some(known), _) => known,
            (None, Some(tally)) => Ground::read(tally),
            (None, None) => Ground::default(),
        }
    }
}

impl Ground {
    fn read(tally: &Tally) -> Self {
        Self {
            up: tally.count(at::UP),
            active: tally.count(at::ACTIVE),
            exchanges: tally.count(at::USED) / 2,
            messages: tally.count(at::MESSAGES),
        }
    }
}

/// The gauge of what cannot be known without looking.
#[derive(Clone, Debug)]
pub(crate) struct GroundGauge {
    talk: Talk,
    has_faults: bool,
}

impl Gauge for GroundGauge {
    fn name(&self) -> &'static str {
        "ground"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        match &self.talk {
            Talk::Asks(asking) => asking.columns(),
            Talk::Silent | Talk::Links => Vec::new(),
        }
    }

    fn reach(&self) -> Reach {
        match &self.talk {
            Talk::Silent => Reach::Own,
            Talk::Links => Reach::Links,
            Talk::Asks(_) => Reach::Anywhere,
        }
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        vec![
            Accumulator::new("up", Op::Count),
            Accumulator::new("active", Op::Count),
            Accumulator::new("messages", Op::Sum),
            Accumulator::new("used", Op::Sum),
        ]
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = match &self.talk {
            Talk::Silent => vec![module!("gauge/talk-silent")],
            Talk::Links if self.has_faults => vec![module!("gauge/talk-faulty")],
            Talk::Links => vec![module!("gauge/talk-open")],
            Talk::Asks(asking) => {
                let mut modules = asking.modules();
                modules.push(module!("gauge/talk-asks"));
                modules
            }
        };
        modules.push(module!("gauge/ground"));
        modules
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let (topology, traffic) = (seen.topology, seen.traffic);
        tally.add(at::UP, nodes.clone().filter(|&i| traffic.is_up(i)).count() as u64);
        if seen.ticks == 0 {
            return;
        }
        let mut counts = Counts::default();
        let acting = || nodes.clone().filter(|&i| traffic.acts(i)).count() as u64;
        match &self.talk {
            Talk::Silent => counts.active = acting(),
            Talk::Asks(asking) => {
                counts.active = acting();
                let asks = nodes.clone().filter(|&i| traffic.takes_part(i) && traffic.acts(i));
                let asked: u64 = asks
                    .map(|i| u64::from(asking.asked(seen.columns, i, traffic.tick())))
                    .sum();
                (counts.messages, counts.used) = (2 * asked, 2 * asked);
            }
            Talk::Links if traffic.is_open() => {
                counts.active = u64::from(nodes.end - nodes.start);
                let ends: u64 = nodes.clone().map(|i| u64::from(topology.degree(i))).sum();
                (counts.messages, counts.used) = (ends, ends);
            }
            Talk::Links => links(topology, traffic, nodes.clone(), &mut counts),
        }
        tally.add(at::ACTIVE, counts.active);
        tally.add(at::MESSAGES, counts.messages);
        tally.add(at::USED, counts.used);
    }

    fn indicators(&self) -> Vec<Indicator> {
        Vec::new()
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        Reading::new("ground", Ground::read(tally))
    }
}

/// What was counted among some nodes.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    active: u64,
    messages: u64,
    used: u64,
}

/// Nodes at a time.
const CHUNK: usize = 2048;

/// Scratch of a chunk.
struct Lanes {
    /// Which own ends act.
    acts: Vec<u32>,
    list: Vec<u32>,
    spare: Vec<u32>,
    masks: Vec<u32>,
}

/// Whoever acts sends over all its links; whoever does not answers where an exchange takes place.
fn links(topology: &dyn Topology, traffic: &Traffic<'_>, nodes: Range<u32>, counts: &mut Counts) {
    let lane = || vec![0; CHUNK];
    let mut lanes = Lanes {
        acts: lane(),
        list: lane(),
        spare: lane(),
        masks: lane(),
    };
    let mut first = nodes.start;
    while first < nodes.end {
        let end = first.saturating_add(CHUNK as u32).min(nodes.end);
        let acts = &mut lanes.acts[..(end - first) as usize];
        traffic.acting(first, acts);
        for (i, _) in (first..).zip(&*acts).filter(|(_, acts)| **acts != 0) {
            counts.active += 1;
            counts.messages += u64::from(topology.degree(i));
        }
        for slot in 0..topology.slots_among(first..end) {
            over_slot(topology, traffic, first..end, slot, &mut lanes, counts);
        }
        if let Some(rows) = topology.rows() {
            for (i, &acts) in (first..end).zip(&lanes.acts) {
                let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
                let used = rows.ends[row].iter().filter(|&&j| traffic.hears(i, j, NO_SLOT)).count() as u64;
                counts.used += used;
                counts.messages += if acts == 0 { used } else { 0 };
            }
        }
        first = end;
    }
}

fn over_slot(
    topology: &dyn Topology,
    traffic: &Traffic<'_>,
    nodes: Range<u32>,
    slot: u32,
    lanes: &mut Lanes,
    counts: &mut Counts,
) {
    let mut start = nodes.start;
    while start < nodes.end {
        let (neighbours, len) = topology.neighbours(slot, start..nodes.end, &mut lanes.list);
        let len = len as usize;
        let ids = neighbours.ids(start, &lanes.list[..len]);
        let masks = &mut lanes.masks[..len];
        traffic.carrying(Ids::Run(start), ids, slot, &mut lanes.spare[..len], masks);
        if let Ids::List(list) = ids {
            // A node without a link in this slot is its own neighbour.
            for ((mask, &j), i) in masks.iter_mut().zip(list).zip(start..) {
                *mask = if i == j { 0 } else { *mask };
            }
        }
        let acts = &lanes.acts[(start - nodes.start) as usize..][..len];
        let (mut used, mut answers) = (0, 0);
        for (&mask, &acts) in masks.iter().zip(acts) {
            used += mask & 1;
            answers += mask & !acts & 1;
        }
        counts.used += u64::from(used);
        counts.messages += u64::from(answers);
        start += len as u32;
    }
}
