//! Who acted, what was sent, and over which links. Twin: `shaders/measure/talk-*.wgsl`.

use super::{Gauge, Talk, Tally, count};
use crate::plan::Plan;
use crate::topology::{Ids, Topology};
use crate::traffic::{NO_SLOT, Traffic};
use std::ops::Range;

/// Counts what happened in the tick of `traffic` among `nodes`; `columns` are the gauge's.
pub(crate) fn count(plan: &Plan, traffic: &Traffic<'_>, columns: &[&[u32]], nodes: Range<u32>, tally: &mut Tally) {
    let (topology, gauge) = (&*plan.topology, &*plan.gauge);
    tally.counts[count::ACTIVE] += nodes.clone().filter(|&i| traffic.acts(i)).count() as u64;
    match gauge.talk() {
        Talk::Asks => asks(gauge, traffic, columns, nodes, tally),
        Talk::Links if traffic.is_open() => {
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

/// One link end: what its node sends, and whether an exchange takes place.
fn end(traffic: &Traffic<'_>, i: u32, j: u32, slot: u32) -> (bool, bool) {
    if i == j || !traffic.is_up(i) {
        return (false, false);
    }
    let carries = traffic.link_carries(i, j, slot);
    let (own, other) = (traffic.acts(i), traffic.acts(j));
    (own || other && carries, (own || other) && carries)
}

fn links(topology: &dyn Topology, traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
    let len = (nodes.end - nodes.start) as usize;
    let mut list = vec![0; len];
    let (mut messages, mut used) = (0, 0);
    let mut add = |i: u32, j: u32, slot: u32| {
        let (sends, exchanges) = end(traffic, i, j, slot);
        messages += u64::from(sends);
        used += u64::from(exchanges);
    };
    for slot in 0..topology.slots() {
        let mut start = nodes.start;
        while start < nodes.end {
            let (neighbours, count) = topology.neighbours(slot, start..nodes.end, &mut list);
            let ids: Ids<'_> = neighbours.ids(start, &list);
            for l in 0..count {
                add(start + l, ids.at(l as usize), slot);
            }
            start += count;
        }
    }
    if let Some(rows) = topology.rows() {
        for i in nodes {
            let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
            rows.ends[row].iter().for_each(|&j| add(i, j, NO_SLOT));
        }
    }
    tally.counts[count::MESSAGES] += messages;
    tally.counts[count::USED] += used;
}
