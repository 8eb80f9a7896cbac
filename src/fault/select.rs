//! Which nodes a fault falls on.

use super::MEMBERS;
use super::chosen::Chosen;
use super::draw::{Draw, Tie};
use super::kin::{Kin, OfDepth, OfFamily, WithFamily};
use super::walk::{below, scattered};
use crate::error::Error;
use crate::grouped;
use crate::memory;
use crate::number::{Stream, threefry2x32};
use crate::topology::{DEEPEST, Topology};
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most links of a network that is walked as a whole: 8 GiB of ends.
const MOST_LINKS: u64 = 1 << 30;

/// Some of the nodes; where those are cells of four agents, some of the agents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Selection {
    /// All of them.
    All(All),
    /// A share of them at random: exactly that many, to the nearest node.
    Share(Share),
    /// A range of indices.
    Range(IndexRange),
    /// Those listed.
    Nodes(Nodes),
    /// The share of them with the most neighbours; of equals those with the lower index. An agent has those of its cell.
    BestConnected(BestConnected),
    /// Those with a certain role in their cells of four, by their place in it: where roles rotate, the role in epoch 0 of a cell
    /// that is whole.
    Role(OfRole),
    /// A node and all whose shortest ways to node 0 lead through it, where of several ways the one by lower indices counts. Of
    /// cells, all agents of a cell and of those below it.
    Subtree(Subtree),
    /// As many as possible, at random, so that no node has two of them among itself and its neighbours. Of cells, one agent,
    /// drawn evenly, of each such cell.
    OnePerNeighbourhood(OnePerNeighbourhood),
    /// Where cells come and go, the agents of those that are so deep when it happens.
    Depth(OfDepth),
    /// Where cells come and go, the agents of the four children that a cell has when it happens, if it has any.
    Family(OfFamily),
    /// Where cells come and go, the agents of those that have children when it happens.
    Parents(WithFamily),
}

/// Nothing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct All {}

/// A share at random.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// From 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Ties draws together: shares with the same number or name begin with the same nodes. Left out, this one draws for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<Tie>,
}

/// A range of indices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexRange {
    /// The first node or, of cells, agent.
    pub first: u32,
    /// The last node or agent.
    pub last: u32,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nodes {
    /// Their indices; of cells, those of agents.
    #[schemars(length(min = 1))]
    pub nodes: Vec<u32>,
}

/// The hubs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BestConnected {
    /// From 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfRole {
    /// Which one.
    pub role: Role,
}

/// The place of an agent in its cell, agents 4c to 4c + 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Agent 4c.
    Coordinator,
    /// Agent 4c + 1.
    Executor,
    /// Agent 4c + 2.
    Referee,
    /// Agent 4c + 3.
    Development,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subtree {
    /// Its root; of cells, a cell.
    pub node: u32,
}

/// Scattered liars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePerNeighbourhood {
    /// Ties draws together: those with the same number or name are the same ones. Left out, this one draws for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<Tie>,
}

/// Those among whom some are selected: the nodes of a network, or the agents of its cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd<'a> {
    pub topology: &'a dyn Topology,
    /// How many agents a node has: 1 where it is one, 4 where it is a cell.
    pub members: u32,
    pub seed: u32,
    /// What a node is called.
    pub node: &'static str,
    /// Whether nodes come and go.
    pub grows: bool,
}

impl<'a> Crowd<'a> {
    /// The cells of a network of cells, where a selection is of cells and not of their agents.
    pub(crate) fn of_cells(topology: &'a dyn Topology, seed: u32) -> Self {
        Self {
            grows: false,
            topology,
            members: 1,
            seed,
            node: "cell",
        }
    }
}

impl Crowd<'_> {
    pub(super) fn has_cells(&self) -> bool {
        self.members > 1
    }

    /// How many there are. Whoever makes room for their words has seen that their numbers have 32 bits.
    pub(super) fn agents(&self) -> u32 {
        self.topology.nodes().saturating_mul(self.members)
    }

    /// What they are called.
    pub(super) fn agent(&self) -> &'static str {
        if self.has_cells() { "agent" } else { self.node }
    }

    /// What the ends of links are called.
    pub(super) fn node(&self) -> &'static str {
        self.node
    }

    /// Where the word of an agent is: the first agents of all cells come first.
    fn place(&self, agent: u32) -> usize {
        let (cell, member) = (agent / self.members, agent % self.members);
        member as usize * self.topology.nodes() as usize + cell as usize
    }
}

impl Selection {
    /// Those whom their family says, if it is those.
    fn kin(&self) -> Option<Kin> {
        match self {
            Self::Depth(of) => Some(Kin::Depth(of.depth)),
            Self::Family(of) => Some(Kin::Family(of.cell)),
            Self::Parents(_) => Some(Kin::Parents),
            _ => None,
        }
    }

    /// Works out who is meant, and how many they are, where that is known before. `own` is the draw of the place where the selection stands.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key, [`Error::TooLarge`] where a list of them does not fit.
    pub(crate) fn choose(&self, crowd: &Crowd<'_>, key: &str, own: Draw) -> Result<(Chosen, Option<u32>), Error> {
        self.check(crowd, key)?;
        match self.kin() {
            Some(kin) => Ok((Chosen::Kin(kin), None)),
            None => self.now(crowd, own).map(|(chosen, count)| (chosen, Some(count))),
        }
    }

    /// Those of whom it is known from the start who they are.
    fn now(&self, crowd: &Crowd<'_>, own: Draw) -> Result<(Chosen, u32), Error> {
        let agents = crowd.agents();
        Ok(match self {
            Self::All(_) => (Chosen::All, agents),
            Self::Share(Share { share, draw }) => {
                let count = of_share(*share, agents);
                (Chosen::drawn(crowd, own.or_tied(draw.as_ref()), count), count)
            }
            Self::Range(IndexRange { first, last }) => {
                let (first, last) = (*first, *last);
                (Chosen::Range { first, last }, last - first + 1)
            }
            Self::Role(of) => {
                let role = of.role as u32;
                (Chosen::Role(role), (agents + 3 - role) / 4)
            }
            // Listed is nobody of those whom their family says.
            _ => self.list(crowd, own)?,
        })
    }

    /// Sets `bit` in the word of everybody who is meant, and counts them. `words` has one for each agent.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub(crate) fn mark(
        &self,
        crowd: &Crowd<'_>,
        key: &str,
        own: Draw,
        bit: u32,
        words: &mut [u32],
    ) -> Result<(Chosen, u32), Error> {
        let kin = self.kin();
        if let Some(kin) = kin.filter(|kin| *kin != Kin::Depth(0)) {
            let message = format!(
                "means {}, who come and go while the swarm runs, but these are chosen at the start, when all are at depth 0; choose by share, \
                 range, nodes, role or all",
                kin.text()
            );
            return Err(Error::invalid(format!("{key}.kind"), message));
        }
        self.check(crowd, key)?;
        let (chosen, count) = match kin {
            Some(_) => (Chosen::All, crowd.agents()),
            None => self.now(crowd, own)?,
        };
        chosen.for_each(crowd.agents(), |agent| words[crowd.place(agent)] |= bit);
        Ok((chosen, count))
    }

    /// A list of those whom only a walk finds, or who are listed already.
    fn list(&self, crowd: &Crowd<'_>, own: Draw) -> Result<(Chosen, u32), Error> {
        let (topology, members, agents) = (crowd.topology, crowd.members, crowd.agents());
        let bytes = self.bytes_to_walk(topology);
        memory::room("the search for those whom a fault falls on", bytes, topology.nodes())?;
        let mut bits = list_of(agents)?;
        let mut mark = |agent: u32| bits[(agent >> 5) as usize] |= 1 << (agent & 31);
        // All agents of a cell; of a node that is an agent, itself.
        let whole = |node: u32| node * members..(node + 1) * members;
        match self {
            Self::Nodes(list) => list.nodes.iter().for_each(|&agent| mark(agent)),
            Self::BestConnected(best) => {
                let mut all: Vec<u32> = (0..topology.nodes()).collect();
                all.sort_by_key(|&i| std::cmp::Reverse(topology.degree(i)));
                let best_first = all.into_iter().flat_map(whole);
                best_first.take(of_share(best.share, agents) as usize).for_each(mark);
            }
            Self::Subtree(subtree) => below(topology, subtree.node).into_iter().flat_map(whole).for_each(mark),
            Self::OnePerNeighbourhood(one) => {
                let draw = own.or_tied(one.draw.as_ref());
                let which = |node: u32| match members {
                    1 => 0,
                    _ => threefry2x32([crowd.seed, Stream::Fault as u32], [node, draw.word()])[0] % members,
                };
                let nodes = scattered(topology, draw.permutation(topology.nodes(), crowd.seed));
                nodes.into_iter().for_each(|node| mark(node * members + which(node)));
            }
            _ => {}
        }
        let count = bits.iter().map(|word| word.count_ones()).sum();
        Ok((Chosen::Listed(Arc::new(bits)), count))
    }

    /// The most bytes that it takes to find them out, beside the list of them.
    fn bytes_to_walk(&self, topology: &dyn Topology) -> u64 {
        let (nodes, links) = (u64::from(topology.nodes()), topology.links());
        // All rows of neighbours: an offset of 8 bytes a node, and 4 a link end.
        let rows = 8 * (nodes + 1) + 8 * links;
        match self {
            // Their numbers, and half as many again to sort them.
            Self::BestConnected(_) => 6 * nodes,
            // A word, a mark, and three words of the list and the levels, which grow by doubling.
            Self::Subtree(_) => rows + 24 * nodes,
            Self::OnePerNeighbourhood(_) => rows + 9 * nodes,
            _ => 0,
        }
    }

    /// Refuses indices that there are not, and a network that is too large to be walked if this must walk it.
    fn check(&self, crowd: &Crowd<'_>, key: &str) -> Result<(), Error> {
        let known = |id: u32, bound: u32, name: &str, what: &str| {
            if id >= bound {
                let agents = (u64::from(id) + 1) * if what == "cell" { u64::from(MEMBERS) } else { 1 };
                let message = format!(
                    "is {}, but the swarm has {} {what}s, numbered from 0; name at most {}, or have {} agents or more",
                    grouped(id),
                    grouped(bound),
                    grouped(i64::from(bound) - 1),
                    grouped(agents)
                );
                return Err(Error::invalid(format!("{key}.{name}"), message));
            }
            Ok(())
        };
        let known_agent = |id: u32, name: &str| known(id, crowd.agents(), name, crowd.agent());
        match self {
            Self::Range(range) => {
                known_agent(range.first, "first")?;
                known_agent(range.last, "last")?;
                if range.first > range.last {
                    let message = format!("is {}, above last = {}; exchange the two", range.first, range.last);
                    return Err(Error::invalid(format!("{key}.first"), message));
                }
            }
            Self::Nodes(list) => {
                for (k, &agent) in list.nodes.iter().enumerate() {
                    known_agent(agent, &format!("nodes[{k}]"))?;
                }
            }
            Self::Subtree(subtree) => known(subtree.node, crowd.topology.nodes(), "node", crowd.node())?,
            _ => {}
        }
        if let Some(kin) = self.kin().filter(|_| !crowd.grows) {
            let message = format!(
                "means {}, but no cell has children without [growth]; add it, or choose {}s by share, range, nodes or all",
                kin.text(),
                crowd.agent()
            );
            return Err(Error::invalid(format!("{key}.kind"), message));
        }
        match self.kin() {
            Some(Kin::Depth(depth)) if depth > DEEPEST => {
                let message = format!(
                    "is {depth}; cells are at depth 0, their children at 1, and at most {DEEPEST} levels of these there are"
                );
                return Err(Error::invalid(format!("{key}.depth"), message));
            }
            Some(Kin::Family(cell)) if cell >= crowd.topology.nodes() => {
                let message = format!(
                    "is {cell}, but {} cells are there from the start, numbered from 0: give one of these, or choose by depth or parents",
                    crowd.topology.nodes()
                );
                return Err(Error::invalid(format!("{key}.cell"), message));
            }
            _ => {}
        }
        let links = crowd.topology.links();
        if matches!(self, Self::Subtree(_) | Self::OnePerNeighbourhood(_)) && links > MOST_LINKS {
            let message = format!(
                "walks all {links} links, and can walk at most {MOST_LINKS}; choose {}s by share, range or list",
                crowd.agent()
            );
            return Err(Error::invalid(format!("{key}.kind"), message));
        }
        Ok(())
    }
}

/// How many a share is, to the nearest.
fn of_share(share: f64, agents: u32) -> u32 {
    (share * f64::from(agents)).round() as u32
}

/// A bit an agent, none set.
pub(super) fn list_of(agents: u32) -> Result<Words, Error> {
    let words = u64::from(agents.div_ceil(32));
    memory::zeros(words).map_err(|available| Error::TooLarge {
        device: "this machine".into(),
        what: "a list of agents".into(),
        needed: 4 * words,
        limit: available,
        agents_fit: 8 * available,
        instead: "a machine with more memory",
    })
}
