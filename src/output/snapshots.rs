//! What the nodes hold after chosen ticks of a run, for pictures of the network: `snapshots.parquet`, a row for each of them and node,
//! and `links.parquet`, a row a link.
//!
//! Of a network that is too large to be shown whole it is the part that a picture of it shows. Where a node appears, in units in which
//! the network is about 2 across, stands with it. Where cells have families, the children that there are at a tick come after the others.

mod children;
mod past;

use super::excerpt::{excerpt, levels, positions};
use children::{Children, children, spaces};
use std::io::{self, Write};
use tetraswarm::scenario::Scenario;
use tetraswarm::table::{Heading, Kind, Values, Writer};
use tetraswarm::{Error, Shown, ShownKind, Simulation};

/// The key in a table's metadata under which it stands which part of the network it is of.
pub const CAPTION_KEY: &str = "tetraswarm.caption";

/// The key in a table's metadata under which the names of the links' levels stand, as a JSON list.
pub const LEVELS_KEY: &str = "tetraswarm.levels";

/// What was there at a tick: children, and of each thing that nodes hold the value at each node, and then at each child.
#[derive(Debug)]
struct Taken {
    tick: u32,
    children: Children,
    values: Vec<Vec<Option<u32>>>,
}

/// The snapshots of a run, as far as they have been taken.
#[derive(Debug)]
pub struct Snapshots {
    /// After which ticks, ascending; those that are still to be taken.
    ticks: Vec<u32>,
    nodes: Vec<u32>,
    /// What an imported network calls them.
    names: Option<Vec<String>>,
    places: Vec<[f64; 2]>,
    /// How much space there is round each, where cells have families.
    spaces: Option<Vec<f64>>,
    links: Vec<(u32, u32)>,
    levels: Option<(Vec<u32>, Vec<String>)>,
    caption: String,
    shown: Vec<Shown>,
    taken: Vec<Taken>,
}

impl Snapshots {
    /// Those that a scenario asks for, of a swarm that is loaded; nothing if it asks for none.
    pub fn of(scenario: &Scenario, simulation: &Simulation) -> Option<Self> {
        let mut ticks = scenario.measure.snapshots.clone();
        ticks.sort_unstable();
        ticks.dedup();
        if ticks.is_empty() {
            return None;
        }
        let plan = simulation.plan();
        // Where nodes come and go, of those that are there from the start, with their children.
        let founders = plan.topology.of_founders();
        let topology = &**founders.as_ref().unwrap_or(&plan.topology);
        let shown = excerpt(topology);
        let (positions, placed) = positions(topology, &shown);
        let levels = levels(topology, &shown);
        let closing = match topology.shows_one_period() {
            true => tetraswarm::picture::closing_links(&positions, &shown.links),
            false => vec![false; shown.links.len()],
        };
        let keeps = |of: &usize| !closing[*of];
        let kept: Vec<usize> = (0..shown.links.len()).filter(keeps).collect();
        let mut captions = match plan.kinship {
            Some(_) => vec![format!("Of the cells that are there from the start: {}", shown.caption)],
            None => vec![shown.caption.clone()],
        };
        captions.extend(placed);
        if kept.len() < shown.links.len() {
            captions.push("Links round the outside of the lattice are left out.".to_owned());
        }
        if plan.kinship.is_some() {
            captions.push(
                "The children that there are at a tick stand round their parents, at each level smaller.".to_owned(),
            );
        }
        let places = tetraswarm::picture::appearance(&positions);
        let places: Vec<[f64; 2]> = places.iter().map(|place| [place.x, place.y]).collect();
        let links: Vec<(u32, u32)> = kept.iter().map(|&of| shown.links[of]).collect();
        let name = |ids: &tetraswarm::topology::import::Ids| {
            shown.nodes.iter().map(|&node| ids.get(node).into_owned()).collect()
        };
        Some(Self {
            ticks,
            names: topology.ids().map(name),
            spaces: plan.kinship.map(|_| spaces(&places, &links)),
            places,
            links,
            levels: levels.map(|(of, names)| (kept.iter().map(|&k| of[k]).collect(), names)),
            caption: captions.join(" "),
            nodes: shown.nodes,
            shown: plan.shown.clone(),
            taken: Vec::new(),
        })
    }

    /// After which ticks they are still to be taken, ascending.
    pub fn ticks(&self) -> Vec<u32> {
        self.ticks.clone()
    }

    /// Takes one, if one is due now.
    ///
    /// # Errors
    /// As [`Simulation::shown`].
    pub fn along(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        let now = simulation.tick();
        if self.ticks.contains(&now) {
            self.take(simulation)?;
            self.ticks.retain(|&tick| tick > now);
        }
        Ok(())
    }

    /// Takes the last one, in place of those that the run has not come to.
    ///
    /// # Errors
    /// As [`Simulation::shown`].
    pub fn end(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        let is_there = self.taken.last().is_some_and(|taken| taken.tick == simulation.tick());
        if self.ticks.is_empty() || is_there || simulation.is_lost() {
            return Ok(());
        }
        self.ticks.clear();
        self.take(simulation)
    }

    fn take(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        let children = match &self.spaces {
            Some(spaces) => children(simulation, &self.nodes, (&self.places, spaces))?,
            None => Children::default(),
        };
        let values = simulation.shown(&[&*self.nodes, &*children.nodes].concat())?;
        let tick = simulation.tick();
        self.taken.push(Taken { tick, children, values });
        Ok(())
    }

    fn about(&self, about: &[(String, String)]) -> Vec<(String, String)> {
        let levels = self.levels.as_ref().map(|(_, names)| names.clone()).unwrap_or_default();
        let levels = serde_json::Value::from(levels).to_string();
        let own = [
            (CAPTION_KEY.to_owned(), self.caption.clone()),
            (LEVELS_KEY.to_owned(), levels),
        ];
        about.iter().cloned().chain(own).collect()
    }

    /// The columns of `snapshots.parquet`; the last ones are what the nodes hold.
    fn headings(&self) -> Vec<Heading> {
        let mut headings = vec![
            heading("tick", "ticks", "Ticks that were done", Kind::U32),
            heading("node", "", "the number of the node, or of the cell, from 0", Kind::U32),
        ];
        if self.names.is_some() {
            headings.push(heading("id", "", "what the network's file calls the node", Kind::Text));
        }
        headings.push(heading("x", "", "where it appears, to the right", Kind::F64));
        headings.push(heading("y", "", "where it appears, up", Kind::F64));
        if self.spaces.is_some() {
            let about = "the number of the cell whose child it is; null if it is there from the start";
            headings.push(Heading {
                is_optional: true,
                ..heading("parent", "", about, Kind::U32)
            });
        }
        headings.extend(self.shown.iter().map(|shown| Heading {
            name: shown.name.into(),
            unit: shown.unit.into(),
            about: shown.about.clone(),
            kind: match shown.kind {
                ShownKind::Signed => Kind::I32,
                ShownKind::Unsigned | ShownKind::Optional => Kind::U32,
                ShownKind::Flag => Kind::Flag,
            },
            is_optional: shown.kind == ShownKind::Optional,
        }));
        headings
    }

    /// Writes what the nodes held: a group of rows for each snapshot.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(&self, about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
        let headings = self.headings();
        let before = headings.len() - self.shown.len();
        let kinds: Vec<&'static str> = vec!["tick", "node"]
            .into_iter()
            .chain(self.names.as_ref().map(|_| "id"))
            .chain(["x", "y"])
            .chain(self.spaces.as_ref().map(|_| "parent"))
            .collect();
        let mut table = Writer::new(to, headings, &self.about(about))?;
        for Taken { tick, children, values } in &self.taken {
            let all = self.nodes.iter().chain(&children.nodes).copied();
            let places = || self.places.iter().chain(&children.places);
            table.group(|at| {
                Ok(match kinds.get(at) {
                    Some(&"tick") => Values::U32(all.clone().map(|_| Some(*tick)).collect()),
                    Some(&"node") => Values::U32(all.clone().map(Some).collect()),
                    Some(&"id") => {
                        let of_children = children.nodes.iter().map(u32::to_string);
                        let names = self.names.iter().flatten().cloned();
                        Values::Text(names.chain(of_children).map(Some).collect())
                    }
                    Some(&"x") => Values::F64(places().map(|place| Some(place[0])).collect()),
                    Some(&"y") => Values::F64(places().map(|place| Some(place[1])).collect()),
                    Some(_) => {
                        let none = self.nodes.iter().map(|_| None);
                        Values::U32(none.chain(children.parents.iter().copied().map(Some)).collect())
                    }
                    None => {
                        let of = &values[at - before];
                        match self.shown[at - before].kind {
                            ShownKind::Signed => {
                                Values::I32(of.iter().map(|word| word.map(|word| word as i32)).collect())
                            }
                            ShownKind::Unsigned | ShownKind::Optional => Values::U32(of.clone()),
                            ShownKind::Flag => Values::Flag(of.iter().map(|word| word.map(|word| word != 0)).collect()),
                        }
                    }
                })
            })?;
        }
        table.finish().map(drop)
    }

    /// Writes the links among those nodes.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_links(&self, about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
        let mut headings = vec![
            heading("from", "", "the one end: the number of the node", Kind::U32),
            heading("to", "", "the other end", Kind::U32),
        ];
        if self.levels.is_some() {
            let about =
                "the level of the link, 0 the innermost, or which of the networks laid over each other it is of";
            headings.push(heading("level", "", about, Kind::U32));
        }
        let mut table = Writer::new(to, headings, &self.about(about))?;
        let end = |of: u32| Some(self.nodes[of as usize]);
        table.group(|at| {
            Ok(Values::U32(match at {
                0 => self.links.iter().map(|link| end(link.0)).collect(),
                1 => self.links.iter().map(|link| end(link.1)).collect(),
                _ => self.levels.iter().flat_map(|(of, _)| of).copied().map(Some).collect(),
            }))
        })?;
        table.finish().map(drop)
    }
}

fn heading(name: &'static str, unit: &'static str, about: &'static str, kind: Kind) -> Heading {
    Heading {
        name: name.into(),
        unit: unit.into(),
        about: about.into(),
        kind,
        is_optional: false,
    }
}
