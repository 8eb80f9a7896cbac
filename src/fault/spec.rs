//! The scenario's `[faults]`, and how it becomes numbers.

use super::lie::{Behaviour, Domain};
use super::select::Selection;
use super::{Change, Faults, Happening, bits};
use crate::error::Error;
use crate::memory;
use crate::number::threshold;
use crate::topology::Topology;
use crate::words::Words;
use glam::DVec3;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What goes wrong: standing rates, liars, and a list of events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// The probability that what two nodes would exchange in a tick is lost, both ways, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub loss: f64,
    /// The probability that a node that is up crashes in a tick. A crashed node neither moves nor exchanges anything, and keeps
    /// its state.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub crash: f64,
    /// The probability that a crashed node comes back in a tick.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub recovery: f64,
    /// What a node that comes back still knows, whether it had crashed or was killed.
    #[serde(default)]
    pub state: Recovery,
    /// Who lies, and what they tell. A liar's own state never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
    /// Recovered from an event means a spread of at most this. Left out: the bound at which the run stops, or else what the
    /// spread was before the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<u32>,
    /// What happens when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// What a node that comes back still knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// All that it knew.
    #[default]
    Kept,
    /// Nothing: its belief is 0, it has no opinion, it has heard of nothing. The ledger counts what was destroyed.
    Reset,
}

/// The liars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Liars {
    /// Who they are.
    pub who: Selection,
    /// What they tell.
    pub tell: Behaviour,
}

/// Something that happens at the beginning of a tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// Nodes go down until they are revived.
    Kill(Strike),
    /// Nodes that were killed, or have crashed, are up again.
    Revive(Strike),
    /// The swarm falls apart: nodes on different sides do not reach each other.
    Partition(Split),
    /// Partitions end.
    Heal(End),
}

/// Whom it happens to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strike {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes.
    pub who: Selection,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// Where it falls apart.
    pub along: Cut,
    /// A name, for `heal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The end of partitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// Which partition ends. Left out, all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Event {
    fn tick(&self) -> u32 {
        match self {
            Self::Kill(strike) | Self::Revive(strike) => strike.tick,
            Self::Partition(split) => split.tick,
            Self::Heal(end) => end.tick,
        }
    }
}

/// Where a swarm falls apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cut {
    /// Into ranges of indices.
    Ranges(Ranges),
    /// By a plane through the network's natural shape.
    Plane(Plane),
    /// The links of one dimension are cut: of a lattice those along one axis, of a hypercube those of one bit, of a Hamming
    /// network those of one digit, of a circulant network those of one length.
    Dimension(Dimension),
}

/// Ranges of indices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ranges {
    /// The first node of each side but the first, which begins at node 0; ascending.
    #[schemars(length(min = 1, max = 255))]
    pub starts: Vec<u32>,
}

/// A plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plane {
    /// The direction that is at right angles to it.
    pub normal: [f64; 3],
    /// Where it cuts the way from the first to the last node in that direction, from 0 to 1.
    #[serde(default = "half")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub at: f64,
}

fn half() -> f64 {
    0.5
}

/// A dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Counted from 0.
    pub dimension: u32,
}

/// What faults are built for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub topology: &'a dyn Topology,
    pub seed: u32,
    pub ticks: u32,
    pub domain: Domain,
    /// The bound at which the run stops.
    pub stop: Option<u32>,
}

/// Hands out the bits of the status column.
struct Bits<'a> {
    status: &'a mut [u32],
    used: u32,
    /// Groups that have been marked: bit and number of nodes.
    groups: Vec<(&'a Selection, u32, u32)>,
}

impl<'a> Bits<'a> {
    /// The lowest of `count` bits that nobody has.
    fn take(&mut self, count: u32, key: &str) -> Result<u32, Error> {
        if self.used + count > bits::GROUPS {
            let message = format!(
                "needs {count} more bits of the nodes' status than the {} that are left of {}: each group of nodes takes one, \
                 a partition one for two sides, two for four; name the same nodes in several events, or have fewer",
                bits::GROUPS - self.used,
                bits::GROUPS
            );
            return Err(Error::invalid(key, message));
        }
        self.used += count;
        Ok(bits::FIRST_GROUP + self.used - count)
    }

    /// The bit of a group, and how many are in it.
    fn group(&mut self, who: &'a Selection, setting: &Setting<'_>, key: &str) -> Result<(u32, u32), Error> {
        if let Some(&(_, bit, count)) = self.groups.iter().find(|(group, ..)| *group == who) {
            return Ok((bit, count));
        }
        let bit = 1 << self.take(1, key)?;
        let count = who.mark(setting.topology, setting.seed, &format!("{key}.who"), bit, self.status)?;
        self.groups.push((who, bit, count));
        Ok((bit, count))
    }
}

impl FaultSpec {
    /// Works the numbers out, and who is on which side.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    pub(crate) fn build(&self, setting: &Setting<'_>) -> Result<(Faults, Words), Error> {
        let nodes = setting.topology.nodes();
        // Beside two words of the rule's own.
        let mut status = memory::column(nodes, 3)?;
        let mut faults = Faults {
            loss: threshold(self.loss),
            crash: threshold(self.crash),
            recovery: threshold(self.recovery),
            forgets: self.state == Recovery::Reset,
            recovered: self.recovered.or(setting.stop),
            ..Faults::none(setting.seed)
        };
        if self.recovery > 0.0 && self.crash == 0.0 {
            let message = format!("is {}, but nothing crashes; give faults.crash too", self.recovery);
            return Err(Error::invalid("faults.recovery", message));
        }
        if let Some(liars) = &self.liars {
            let key = "faults.liars";
            let count = liars.who.mark(
                setting.topology,
                setting.seed,
                &format!("{key}.who"),
                bits::LIAR,
                &mut status,
            )?;
            if count == nodes {
                return Err(Error::invalid(
                    format!("{key}.who"),
                    "means all nodes; somebody must be honest",
                ));
            }
            faults.lie = Some(liars.tell.lie(setting.domain, setting.seed, &format!("{key}.tell"))?);
        }
        let mut bits = Bits {
            status: &mut status,
            used: 0,
            groups: Vec::new(),
        };
        // In the order of ticks; where they are equal, as written.
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|&k| self.events[k].tick());
        let mut names: Vec<(usize, Option<&str>)> = Vec::new();
        for &k in &order {
            let (event, key) = (&self.events[k], format!("faults.events[{k}]"));
            let tick = event.tick();
            if tick >= setting.ticks {
                let message = format!(
                    "is {}, but the run has {} ticks, numbered from 0; make ticks more or this less",
                    tick, setting.ticks
                );
                return Err(Error::invalid(format!("{key}.tick"), message));
            }
            let (change, text) = match event {
                Event::Kill(Strike { who, .. }) => {
                    let (bit, count) = bits.group(who, setting, &key)?;
                    (
                        Change::Kill(bit),
                        format!("{} of {} nodes killed", grouped(count), grouped(nodes)),
                    )
                }
                Event::Revive(Strike { who, .. }) => {
                    let (bit, count) = bits.group(who, setting, &key)?;
                    (
                        Change::Revive(bit),
                        format!("{} of {} nodes revived", grouped(count), grouped(nodes)),
                    )
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
        Ok((faults, status))
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
                let message =
                    format!("is {starts:?}; the first nodes of all sides but the first, ascending, each above 0");
                return Err(Error::invalid(key, message));
            }
            if let Some(beyond) = starts.iter().find(|&&start| start >= nodes) {
                let message = format!("names node {beyond}, but the swarm has {nodes} nodes, numbered from 0");
                return Err(Error::invalid(key, message));
            }
            let sides = starts.len() as u32 + 1;
            let width = 32 - (sides - 1).leading_zeros();
            let low = bits.take(width, &key)?;
            for (i, status) in (0..).zip(bits.status.iter_mut()) {
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
            let mask = 1 << bits.take(1, key)?;
            let mut beyond = 0;
            for (status, h) in bits.status.iter_mut().zip(heights) {
                if h > height {
                    *status |= mask;
                    beyond += 1;
                }
            }
            let text = format!(
                "partition by a plane, {} nodes on one side and {} on the other",
                grouped(nodes - beyond),
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
