//! How `[faults]` becomes numbers, and who is marked in which column.

use super::lie::Domain;
use super::select::{Crowd, Selection};
use super::spec::{Cut, Dimension, End, Event, FaultSpec, Plane, Ranges, Recovery, Strike};
use super::{Change, Faults, Happening, bits};
use crate::error::Error;
use crate::memory;
use crate::number::threshold;
use crate::topology::Topology;
use crate::words::Words;
use glam::DVec3;
use rayon::prelude::*;

/// What faults are built for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub topology: &'a dyn Topology,
    /// How many agents a node has: 1 where it is one, 4 where it is a cell.
    pub members: u32,
    pub seed: u32,
    pub domain: Domain,
    /// The bound at which the run stops.
    pub stop: Option<u32>,
}

impl<'a> Setting<'a> {
    /// Whom faults can fall on.
    fn crowd(&self) -> Crowd<'a> {
        Crowd {
            topology: self.topology,
            members: self.members,
            seed: self.seed,
        }
    }

    fn has_cells(&self) -> bool {
        self.crowd().has_cells()
    }
}

/// The words at tick 0 of the columns that faults are marked in.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstWords {
    /// A word a node: who is on which side and, where a node is one agent, who lies and who is in which group.
    pub status: Words,
    /// Of cells, a word an agent: who lies and who is in which group. Agent 4c + m is at m · cells + c.
    pub members: Option<Words>,
}

impl FirstWords {
    fn zeros(setting: &Setting<'_>) -> Result<Self, Error> {
        let nodes = setting.topology.nodes();
        // Each beside two words of the rule's own.
        let members = if setting.has_cells() {
            let Some(agents) = nodes.checked_mul(setting.members) else {
                let message = format!(
                    "are too many: {nodes} cells of {}, where ids have 32 bits; at most {} cells are possible",
                    setting.members,
                    u32::MAX / setting.members
                );
                return Err(Error::invalid("agents", message));
            };
            Some(memory::column(agents, 3)?)
        } else {
            None
        };
        Ok(Self {
            status: memory::column(nodes, 3)?,
            members,
        })
    }

    /// The column of those that a fault falls on.
    fn agents(&mut self) -> &mut [u32] {
        self.members.as_mut().unwrap_or(&mut self.status)
    }
}

/// Hands out the bits of the columns' words.
struct Bits<'a> {
    first: FirstWords,
    /// How many are given away of the nodes' words.
    sides: u32,
    /// And of the agents' words, where those are others.
    groups: u32,
    /// Groups that have been marked: bit and number of nodes or agents.
    marked: Vec<(&'a Selection, u32, u32)>,
}

impl<'a> Bits<'a> {
    /// The lowest of `count` bits that nobody has, for sides of a partition or else for a group.
    fn take(&mut self, count: u32, is_side: bool, setting: &Setting<'_>, key: &str) -> Result<u32, Error> {
        let (whose, takes, instead) = match (setting.has_cells(), is_side) {
            (false, _) => (
                "nodes' status",
                "each group of nodes takes one, a partition one for two sides, two for four",
                "name the same nodes in several events, or have fewer",
            ),
            (true, false) => (
                "agents' words",
                "each group of agents takes one",
                "name the same agents in several events, or have fewer",
            ),
            (true, true) => (
                "cells' status",
                "a partition takes one for two sides, two for four",
                "have fewer",
            ),
        };
        let used = match setting.has_cells() && !is_side {
            true => &mut self.groups,
            false => &mut self.sides,
        };
        if *used + count > bits::GROUPS {
            let message = format!(
                "needs {count} more bits of the {whose} than the {} that are left of {}: {takes}; {instead}",
                bits::GROUPS - *used,
                bits::GROUPS
            );
            return Err(Error::invalid(key, message));
        }
        *used += count;
        Ok(bits::FIRST_GROUP + *used - count)
    }

    /// The bit of a group, and how many are in it.
    fn group(&mut self, who: &'a Selection, setting: &Setting<'_>, key: &str) -> Result<(u32, u32), Error> {
        if let Some(&(_, bit, count)) = self.marked.iter().find(|(group, ..)| *group == who) {
            return Ok((bit, count));
        }
        let bit = 1 << self.take(1, false, setting, key)?;
        let count = who.mark(&setting.crowd(), &format!("{key}.who"), bit, self.first.agents())?;
        self.marked.push((who, bit, count));
        Ok((bit, count))
    }
}

impl FaultSpec {
    /// Works the numbers out, and who is on which side.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    pub(crate) fn build(&self, setting: &Setting<'_>) -> Result<(Faults, FirstWords), Error> {
        let mut first = FirstWords::zeros(setting)?;
        // Of how many, as the summary says it.
        let all = format!("of {} {}s", grouped(setting.crowd().agents()), setting.crowd().agent());
        let mut faults = Faults {
            loss: threshold(self.loss),
            crash: threshold(self.crash),
            recovery: threshold(self.recovery),
            forgets: self.state == Recovery::Reset,
            // What a cell's work leaves waiting goes up and down: its bound comes from the run itself.
            recovered: match setting.has_cells() {
                true => self.recovered,
                false => self.recovered.or(setting.stop),
            },
            ..Faults::none(setting.seed)
        };
        if self.recovery > 0.0 && self.crash == 0.0 {
            let message = format!("is {}, but nothing crashes; give faults.crash too", self.recovery);
            return Err(Error::invalid("faults.recovery", message));
        }
        if let Some(liars) = &self.liars {
            let key = "faults.liars";
            let count = liars
                .who
                .mark(&setting.crowd(), &format!("{key}.who"), bits::LIAR, first.agents())?;
            if count == setting.crowd().agents() {
                let message = format!("means all {}s; somebody must be honest", setting.crowd().agent());
                return Err(Error::invalid(format!("{key}.who"), message));
            }
            faults.lie = liars.tell.lie(setting.domain, setting.seed, &format!("{key}.tell"))?;
        }
        let mut bits = Bits {
            first,
            sides: 0,
            groups: 0,
            marked: Vec::new(),
        };
        // In the order of ticks; where they are equal, as written.
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|&k| self.events[k].tick());
        let mut names: Vec<(usize, Option<&str>)> = Vec::new();
        for &k in &order {
            let (event, key) = (&self.events[k], format!("faults.events[{k}]"));
            let tick = event.tick();
            let (change, text) = match event {
                Event::Kill(Strike { who, .. }) => {
                    let (bit, count) = bits.group(who, setting, &key)?;
                    (Change::Kill(bit), format!("{} {all} killed", grouped(count)))
                }
                Event::Revive(Strike { who, .. }) => {
                    let (bit, count) = bits.group(who, setting, &key)?;
                    (Change::Revive(bit), format!("{} {all} revived", grouped(count)))
                }
                Event::Partition(along) => {
                    names.push((faults.events.len(), along.name.as_deref()));
                    partition(&along.along, setting, &key, &mut bits)?
                }
                Event::Heal(End { name, .. }) => {
                    let meant: Vec<usize> = names
                        .extract_if(.., |(_, known)| name.is_none() || *known == name.as_deref())
                        .map(|(at, _)| at)
                        .collect();
                    if meant.is_empty() {
                        let message = match name {
                            Some(name) => format!("is {name}, but no partition of that name stands at tick {tick}"),
                            None => format!("ends partitions, but none stands at tick {tick}"),
                        };
                        return Err(Error::invalid(format!("{key}.name"), message));
                    }
                    for at in meant {
                        match &mut faults.events[at].change {
                            Change::Wall { until, .. } | Change::Cut { until, .. } => *until = tick,
                            _ => {}
                        }
                    }
                    (Change::Heal, "healed".to_owned())
                }
            };
            faults.events.push(Happening { tick, change, text });
        }
        Ok((faults, bits.first))
    }
}

/// With commas between the thousands.
fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A wall or a cut, and what the summary says of it.
fn partition(cut: &Cut, setting: &Setting<'_>, key: &str, bits: &mut Bits<'_>) -> Result<(Change, String), Error> {
    let (topology, nodes) = (setting.topology, setting.topology.nodes());
    let until = u32::MAX;
    match cut {
        Cut::Ranges(Ranges { starts }) => {
            let key = format!("{key}.along.starts");
            if starts.first() == Some(&0) || !starts.is_sorted_by(|a, b| a < b) {
                let message = format!(
                    "is {starts:?}; the first {}s of all sides but the first, ascending, each above 0",
                    setting.crowd().node()
                );
                return Err(Error::invalid(key, message));
            }
            if let Some(beyond) = starts.iter().find(|&&start| start >= nodes) {
                let node = setting.crowd().node();
                let message = format!("names {node} {beyond}, but the swarm has {nodes} {node}s, numbered from 0");
                return Err(Error::invalid(key, message));
            }
            let sides = starts.len() as u32 + 1;
            let width = 32 - (sides - 1).leading_zeros();
            let low = bits.take(width, true, setting, &key)?;
            for (i, status) in (0..).zip(bits.first.status.iter_mut()) {
                *status |= (starts.partition_point(|&start| start <= i) as u32) << low;
            }
            let mask = ((1 << width) - 1) << low;
            Ok((Change::Wall { mask, until }, format!("partition into {sides} ranges")))
        }
        Cut::Plane(Plane { normal, at }) => {
            let normal = DVec3::from_array(*normal);
            if !normal.is_finite() || normal == DVec3::ZERO {
                return Err(Error::invalid(
                    format!("{key}.along.normal"),
                    "is no direction; give three finite numbers, not all 0, as in [1, 0, 0]",
                ));
            }
            let heights: Vec<f64> = (0..nodes)
                .into_par_iter()
                .map(|i| topology.position(i).dot(normal))
                .collect();
            let (least, most) = heights
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &h| (a.min(h), b.max(h)));
            let height = least + (most - least) * at;
            let mask = 1 << bits.take(1, true, setting, key)?;
            let mut beyond = 0;
            for (status, h) in bits.first.status.iter_mut().zip(heights) {
                if h > height {
                    *status |= mask;
                    beyond += 1;
                }
            }
            let text = format!(
                "partition by a plane, {} {}s on one side and {} on the other",
                grouped(nodes - beyond),
                setting.crowd().node(),
                grouped(beyond)
            );
            Ok((Change::Wall { mask, until }, text))
        }
        Cut::Dimension(Dimension { dimension }) => {
            let of = |slot: u32| topology.dimension(slot);
            let slots = (0..topology.slots().min(32)).filter(|&slot| of(slot) == Some(*dimension));
            let mask = slots.fold(0, |mask, slot| mask | 1 << slot);
            let is_whole = (32..topology.slots().min(4096)).all(|slot| of(slot) != Some(*dimension));
            if mask == 0 || !is_whole {
                let count = (0..topology.slots().min(32))
                    .filter_map(of)
                    .max()
                    .map_or(0, |most| most + 1);
                let message = match count {
                    0 => format!(
                        "cannot be cut: {} has no dimensions; cut by ranges or by a plane",
                        topology.kind()
                    ),
                    _ => format!(
                        "is {dimension}; of {} dimensions 0 to {} can be cut (those of the first 32 neighbours)",
                        topology.kind(),
                        count - 1
                    ),
                };
                return Err(Error::invalid(format!("{key}.along.dimension"), message));
            }
            Ok((
                Change::Cut { slots: mask, until },
                format!("links of dimension {dimension} cut"),
            ))
        }
    }
}
