//! Who acted, what was sent, and over which links. Twin: `shaders/measure/talk-*.wgsl`.

use super::{Gauge, Talk, Tally, count};
use crate::plan::Plan;
use crate::topology::{Ids, Topology};
use crate::traffic::{NO_SLOT, Traffic};
use std::ops::Range;

/// Counts what happened in the tick of `traffic` among `nodes`; `columns` are the gauge's.
pub(crate) fn count(plan: &Plan, traffic: &Traffic<'_>, columns: &[&[u32]], nodes: Range<u32>, tally: &mut Tally) {
    let (topology, gauge) = (&*plan.topology, &*plan.gauge);
    match gauge.talk() {
        Talk::Asks => {
            tally.counts[count::ACTIVE] += nodes.clone().filter(|&i| traffic.acts(i)).count() as u64;
            asks(gauge, traffic, columns, nodes, tally);
        }
        Talk::Links if traffic.is_open() => {
            tally.counts[count::ACTIVE] += u64::from(nodes.end - nodes.start);
            let ends: u64 = nodes.map(|i| u64::from(topology.degree(i))).sum();
            tally.counts[count::MESSAGES] += ends;
            tally.counts[count::USED] += ends;
        }
        Talk::Links => links(topology, traffic, nodes, tally),
    }
}

fn asks(gauge: &dyn Gauge, traffic: &Traffic<'_>, columns: &[&[u32]], nodes: Range<u32>, tally: &mut Tally) {
    let asking = nodes.filter(|&i| traffic.takes_part(i) && traffic.acts(i));
    let asked: u64 = asking.map(|i| u64::from(gauge.asked(columns, i, traffic.tick()))).sum();
    tally.counts[count::MESSAGES] += 2 * asked;
    tally.counts[count::USED] += 2 * asked;
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
fn links(topology: &dyn Topology, traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
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
            tally.counts[count::ACTIVE] += 1;
            tally.counts[count::MESSAGES] += u64::from(topology.degree(i));
        }
        for slot in 0..topology.slots() {
            over_slot(topology, traffic, first..end, slot, &mut lanes, tally);
        }
        if let Some(rows) = topology.rows() {
            for (i, &acts) in (first..end).zip(&lanes.acts) {
                let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
                let used = rows.ends[row].iter().filter(|&&j| traffic.hears(i, j, NO_SLOT)).count() as u64;
                tally.counts[count::USED] += used;
                tally.counts[count::MESSAGES] += if acts == 0 { used } else { 0 };
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
    tally: &mut Tally,
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
        tally.counts[count::USED] += u64::from(used);
        tally.counts[count::MESSAGES] += u64::from(answers);
        start += len as u32;
    }
}
