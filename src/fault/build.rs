//! How `[faults]` becomes numbers, and who is marked in which column.

use super::chosen::Chosen;
use super::draw::{Draw, places};
use super::lie::Domain;
use super::select::Crowd;
use super::spec::{Cut, Dimension, End, Event, FaultSpec, Plane, Ranges, Recovery, Whom};
use super::strike::{Effect, Strike, count_overlaps, table};
use super::{Change, FEWEST_LIARS, Faults, Happening, Liars, bits};
use crate::digits::grouped;
use crate::error::{Error, escaped, listed, quoted};
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
    /// Whether nodes come and go.
    pub grows: bool,
    pub domain: Domain,
    /// The bound at which the run stops.
    pub stop: Option<u32>,
    /// Of cells, who lies about what they tell each other, of what kind that is, and the section that says so.
    pub about_beliefs: Option<(&'a Liars, Domain, &'static str)>,
}

impl<'a> Setting<'a> {
    /// Whom faults can fall on.
    pub(super) fn crowd(&self) -> Crowd<'a> {
        Crowd {
            topology: self.topology,
            members: self.members,
            seed: self.seed,
            node: if self.members > 1 { "cell" } else { "node" },
            grows: self.grows,
        }
    }

    pub(super) fn has_cells(&self) -> bool {
        self.crowd().has_cells()
    }
}

/// The words at tick 0 of the columns that faults are marked in.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstWords {
    /// A word a node: who is on which side and, where a node is one agent, who lies.
    pub status: Words,
    /// Of cells, a word an agent: who lies. Agent 4c + m is at m · cells + c.
    pub members: Option<Words>,
    /// The table of kills and revivals.
    pub strikes: Words,
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
            // Both together: neither has been written to when the other is asked for.
            let bytes = 4 * (u64::from(nodes) + u64::from(agents));
            memory::room("the start state", bytes, nodes)?;
            Some(memory::column(agents, 3)?)
        } else {
            None
        };
        Ok(Self {
            status: memory::column(nodes, 3)?,
            members,
            strikes: Words::default(),
        })
    }

    /// Marks the cells that lie at the start, from their agents' words.
    fn derive_liars(&mut self, setting: &Setting<'_>) {
        let cells = setting.topology.nodes() as usize;
        let Some(members) = &self.members else { return };
        for (c, status) in self.status.iter_mut().enumerate() {
            let lies = |m: &u32| members[*m as usize * cells + c] & bits::FALSE != 0;
            if (0..setting.members).filter(lies).count() as u32 >= FEWEST_LIARS {
                *status |= bits::LIAR;
            }
        }
    }

    /// The column of those that a fault falls on.
    pub(super) fn agents(&mut self) -> &mut [u32] {
        self.members.as_mut().unwrap_or(&mut self.status)
    }
}

/// Hands out the bits of the nodes' words to the sides of partitions.
struct Sides {
    status: Words,
    /// How many are given away.
    used: u32,
}

impl Sides {
    /// The lowest of `count` bits that nobody has.
    fn take(&mut self, count: u32, crowd: &Crowd<'_>, key: &str) -> Result<u32, Error> {
        if self.used + count > bits::SIDES {
            let message = format!(
                "needs {count} more bits of the {}s' status than the {} that are left of {}: a partition takes one for two sides, two \
                 for four; have fewer",
                crowd.node(),
                bits::SIDES - self.used,
                bits::SIDES
            );
            return Err(Error::invalid(key, message));
        }
        self.used += count;
        Ok(bits::FIRST_SIDE + self.used - count)
    }
}

/// What the events up to one have come to.
struct Course<'a> {
    setting: &'a Setting<'a>,
    sides: Sides,
    strikes: Vec<Strike>,
    /// The names of the strikes so far that others may refer to, and the number of each.
    named: Vec<(&'a str, usize)>,
    /// The partitions that stand: the number of the event, and its name.
    standing: Vec<(usize, Option<&'a str>)>,
    events: Vec<Happening>,
}

impl FaultSpec {
    /// Works the numbers out, and who is on which side.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    pub(crate) fn build(&self, setting: &Setting<'_>) -> Result<(Faults, FirstWords), Error> {
        let mut first = FirstWords::zeros(setting)?;
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
        let crowd = setting.crowd();
        let mut liars = None;
        if let Some(spec) = &self.liars {
            liars = self.mark_liars(spec, setting, ("faults", bits::LIAR), &mut first)?;
            faults.lie = spec.tell.lie(setting.domain, setting.seed, "faults.liars.tell")?;
            faults.liars = Some(liars.as_ref().map_or(0, |(_, count)| *count));
        }
        if let Some((spec, domain, section)) = setting.about_beliefs {
            let chosen = self.mark_liars(spec, setting, (section, bits::FALSE), &mut first)?;
            faults.lie = spec.tell.lie(domain, setting.seed, &format!("{section}.liars.tell"))?;
            faults.false_members = Some(chosen.map_or(0, |(_, count)| count));
            first.derive_liars(setting);
        }
        let mut course = Course {
            setting,
            sides: Sides {
                status: std::mem::take(&mut first.status),
                used: 0,
            },
            strikes: Vec::new(),
            named: Vec::new(),
            standing: Vec::new(),
            events: Vec::new(),
        };
        // Whether a cell lies depends on who of its members is up.
        faults.lies_change = self.lies_change(setting)? || setting.about_beliefs.is_some();
        self.happen(&mut course)?;
        count_overlaps(&mut course.strikes, liars.as_ref(), &crowd);
        first.strikes = table(&course.strikes)?;
        first.status = course.sides.status;
        faults.all = format!("of {} {}s", grouped(crowd.agents()), crowd.agent());
        for event in &mut course.events {
            if let Change::Strike(at) = event.change {
                event.text = course.strikes[at].planned(&faults.all);
            }
        }
        (faults.events, faults.strikes) = (course.events, course.strikes);
        Ok((faults, first))
    }

    /// Lets all events happen, in the order of ticks; where they are equal, as written.
    fn happen<'a>(&'a self, course: &mut Course<'a>) -> Result<(), Error> {
        let items: Vec<_> = self.events.iter().map(|event| (event.name(), event.what())).collect();
        let places = places("faults.events", &items);
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|&k| self.events[k].tick());
        for &k in &order {
            let (event, key) = (&self.events[k], format!("faults.events[{k}]"));
            self.check_name(k, &key)?;
            course.add(self, event, &key, Draw::at(&format!("{}.who", places[k])))?;
        }
        Ok(())
    }

    /// Refuses a name of a kill or a revival that another has: what they draw depends on it.
    fn check_name(&self, k: usize, key: &str) -> Result<(), Error> {
        let Some(name) = self.events[k].name() else {
            return Ok(());
        };
        match self.events.iter().position(|other| other.name() == Some(name)) {
            Some(first) if first < k => Err(Error::invalid(
                format!("{key}.name"),
                format!(
                    "is {}, as that of faults.events[{first}]; give each its own, or tie what they draw together by draw",
                    quoted(name)
                ),
            )),
            _ => Ok(()),
        }
    }
}

impl<'a> Course<'a> {
    /// Adds what an event does.
    fn add(&mut self, spec: &'a FaultSpec, event: &'a Event, key: &str, draw: Draw) -> Result<(), Error> {
        let (tick, crowd) = (event.tick(), self.setting.crowd());
        let (change, text) = match event {
            Event::Kill(kill) => {
                let (whom, count) = kill.who.choose(&crowd, &format!("{key}.who"), draw)?;
                self.named
                    .extend(kill.name.as_deref().map(|name| (name, self.strikes.len())));
                // What is said of it, all strikes together say.
                (self.strike(tick, (Effect::Kill, 0), whom, count), String::new())
            }
            Event::Revive(revival) => {
                let (whom, count) = self.whom(spec, (revival.who.as_ref(), Effect::Kill), tick, key, draw)?;
                (self.strike(tick, (Effect::Revive, 0), whom, count), String::new())
            }
            Event::Lie(lying) => {
                let (whom, count) = lying.who.choose(&crowd, &format!("{key}.who"), draw)?;
                self.named
                    .extend(lying.name.as_deref().map(|name| (name, self.strikes.len())));
                let bits = spec.liar_bits(lying.about, self.setting);
                (self.strike(tick, (Effect::Lie, bits), whom, count), String::new())
            }
            Event::Honest(honesty) => {
                let (whom, count) = self.whom(spec, (honesty.who.as_ref(), Effect::Lie), tick, key, draw)?;
                let bits = spec.liar_bits(honesty.about, self.setting);
                (self.strike(tick, (Effect::Honest, bits), whom, count), String::new())
            }
            Event::Partition(along) => {
                self.standing.push((self.events.len(), along.name.as_deref()));
                partition(&along.along, self.setting, key, &mut self.sides)?
            }
            Event::Heal(end) => self.heal(end, key)?,
        };
        self.events.push(Happening { tick, change, text });
        Ok(())
    }

    fn strike(&mut self, tick: u32, (effect, bits): (Effect, u32), whom: Chosen, named: Option<u32>) -> Change {
        self.strikes.push(Strike {
            tick,
            effect,
            bits,
            whom,
            named,
            liars: None,
            again: None,
        });
        Change::Strike(self.strikes.len() - 1)
    }

    /// Whom an event names that undoes others, which have the effect `undone`, and how many those are.
    fn whom(
        &self,
        spec: &FaultSpec,
        (who, undone): (Option<&Whom>, Effect),
        tick: u32,
        key: &str,
        draw: Draw,
    ) -> Result<(Chosen, Option<u32>), Error> {
        let name = match who {
            None => return Ok((Chosen::All, None)),
            Some(Whom::Some(who)) => {
                return who.choose(&self.setting.crowd(), &format!("{key}.who"), draw);
            }
            Some(Whom::Of(of)) => &of.event,
        };
        let known = || self.named.iter().filter(|(_, at)| self.strikes[*at].effect == undone);
        if let Some(&(_, at)) = known().find(|(known, _)| known == name) {
            let strike = &self.strikes[at];
            return Ok((strike.whom.clone(), strike.named));
        }
        let (shown, one) = (quoted(name), if undone == Effect::Kill { "kill" } else { "lie" });
        let (does, undoes) = if undone == Effect::Kill {
            ("kills", "revives")
        } else {
            ("lets nodes lie", "ends it")
        };
        let message = match spec.events.iter().find(|event| event.name() == Some(name)) {
            Some(event) if event.kind() == one => format!(
                "is {shown}, which {does} at tick {}, and not before this {undoes} at tick {tick}; exchange the two, or name an earlier {one}",
                event.tick()
            ),
            Some(event) => format!(
                "is {shown}, of the kind {}; name an event of the kind {one}",
                event.kind()
            ),
            None => match known().map(|(name, _)| name).collect::<Vec<_>>().as_slice() {
                [] => {
                    format!("is {shown}, but no {one} before has a name; give the {one} that is meant name = {shown}")
                }
                names => {
                    let known = listed(names.iter());
                    format!("is {shown}, but no {one} before has that name; known here: {known}")
                }
            },
        };
        Err(Error::invalid(format!("{key}.who.event"), message))
    }

    fn heal(&mut self, end: &End, key: &str) -> Result<(Change, String), Error> {
        let (tick, name) = (end.tick, end.name.as_deref());
        let meant: Vec<usize> = self
            .standing
            .extract_if(.., |(_, known)| name.is_none() || *known == name)
            .map(|(at, _)| at)
            .collect();
        if meant.is_empty() {
            let message = match name {
                Some(name) => format!(
                    "is {}, but no partition of that name stands at tick {tick}",
                    escaped(name)
                ),
                None => format!("ends partitions, but none stands at tick {tick}"),
            };
            return Err(Error::invalid(format!("{key}.name"), message));
        }
        for at in meant {
            match &mut self.events[at].change {
                Change::Wall { until, .. } | Change::Cut { until, .. } => *until = tick,
                _ => {}
            }
        }
        Ok((Change::Heal, "heal".to_owned()))
    }
}

/// A wall or a cut, and what the summary says of it.
fn partition(cut: &Cut, setting: &Setting<'_>, key: &str, bits: &mut Sides) -> Result<(Change, String), Error> {
    let (topology, nodes) = (setting.topology, setting.topology.nodes());
    let until = u32::MAX;
    match cut {
        Cut::Ranges(Ranges { starts }) => {
            let key = format!("{key}.along.starts");
            if starts.first() == Some(&0) || !starts.is_sorted_by(|a, b| a < b) {
                let message = format!(
                    "is [{}]; the first {}s of all sides but the first, ascending, each above 0",
                    listed(starts.iter().map(u32::to_string)),
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
            let low = bits.take(width, &setting.crowd(), &key)?;
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
            if !(most - least).is_finite() || heights.iter().any(|height| height.is_nan()) {
                let message = "is too long: along it some places are beyond what numbers hold; give a shorter one in that direction, \
                               as in [1, 0, 0]";
                return Err(Error::invalid(format!("{key}.along.normal"), message));
            }
            let height = least + (most - least) * at;
            let mask = 1 << bits.take(1, &setting.crowd(), key)?;
            let mut beyond = 0;
            for (status, h) in bits.status.iter_mut().zip(heights) {
                if h > height {
                    *status |= mask;
                    beyond += 1;
                }
            }
            if beyond == 0 || beyond == nodes {
                let message = if least < most {
                    format!(
                        "is {at}, which leaves all {nodes} {}s on one side; give one nearer to 0.5",
                        setting.crowd().node()
                    )
                } else {
                    "is a direction in which no place differs from another, so that all are on one side; give another"
                        .to_owned()
                };
                let name = if least < most { "at" } else { "normal" };
                return Err(Error::invalid(format!("{key}.along.{name}"), message));
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
