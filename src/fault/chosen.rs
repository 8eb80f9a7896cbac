//! Whom a selection has chosen, as a question that can be asked of each agent by itself, anywhere and at any time: what is drawn or
//! follows from the index takes no memory, and a list a bit an agent.

use super::draw::Draw;
use super::kin::Kin;
use super::select::Crowd;
use crate::number::{HALF_ROUNDS, Permutation, multiply_high, threefry2x32};
use crate::words::Words;
use std::sync::Arc;

/// Some of the agents.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// All of them.
    All,
    /// So many, whom a permutation puts first.
    Drawn {
        /// Of all agents.
        permutation: Permutation,
        /// How many.
        count: u32,
    },
    /// A range.
    Range {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    },
    /// Those with this remainder by four.
    Role(u32),
    /// Those whose bits are set: of agent i bit i mod 32 of word i / 32.
    Listed(Arc<Words>),
    /// Those whom their family says when it happens.
    Kin(Kin),
}

/// How the words of a table begin; twins: `is_named` in `shaders/lib/named.wgsl`.
const KINDS: [u32; 5] = [0, 1, 2, 3, 4];

impl Chosen {
    /// So many at random.
    pub(super) fn drawn(crowd: &Crowd<'_>, draw: Draw, count: u32) -> Self {
        let agents = crowd.agents();
        let permutation = draw.permutation(agents, crowd.seed);
        if agents >= 3 {
            return Self::Drawn { permutation, count };
        }
        // A permutation has at least three.
        let first = (0..3).map(|k| permutation.permuted(k)).find(|&i| i < agents);
        match (count, first) {
            (1, Some(first)) if agents == 2 => Self::Range { first, last: first },
            (0, _) | (_, None) => Self::Range { first: 1, last: 0 },
            _ => Self::All,
        }
    }

    /// Whether an agent is among them; nobody of those whom their family says, see [`Kin::names`].
    #[must_use]
    pub fn contains(&self, agent: u32) -> bool {
        match self {
            Self::All => true,
            Self::Drawn { permutation, count } => permutation.unpermuted(agent) < *count,
            Self::Range { first, last } => (*first..=*last).contains(&agent),
            Self::Role(role) => agent & 3 == *role,
            Self::Listed(bits) => bits[(agent >> 5) as usize] >> (agent & 31) & 1 != 0,
            Self::Kin(_) => false,
        }
    }

    /// Writes all ones where agents are among them, and zeros elsewhere; `agents` holds their numbers before.
    pub(crate) fn mask(&self, agents: &mut [u32]) {
        let ones = |is: bool| u32::from(is).wrapping_neg();
        match self {
            Self::All => agents.fill(u32::MAX),
            Self::Drawn { permutation, count } => {
                permutation.unpermute(agents);
                agents.iter_mut().for_each(|at| *at = ones(*at < *count));
            }
            other => agents
                .iter_mut()
                .for_each(|agent| *agent = ones(other.contains(*agent))),
        }
    }

    /// As [`Self::mask`], where the selection is of the first `founders`, and others have come since, who have higher numbers: of these
    /// are meant all where all are, those of a role, and of a share as great a one, by a draw each.
    pub(crate) fn mask_of_some(&self, founders: u32, agents: &mut [u32]) {
        if agents.iter().all(|&agent| agent < founders) {
            return self.mask(agents);
        }
        for agent in agents {
            *agent = u32::from(self.names(founders, *agent)).wrapping_neg();
        }
    }

    /// Whether an agent is meant, as [`Self::mask_of_some`] says.
    fn names(&self, founders: u32, agent: u32) -> bool {
        match self {
            _ if agent < founders => self.contains(agent),
            Self::All => true,
            Self::Drawn { permutation, count } => {
                let keys = permutation.keys();
                let draw = threefry2x32([keys[0], keys[1]], [agent, 0])[0];
                multiply_high(draw, founders) < *count
            }
            Self::Role(role) => agent & 3 == *role,
            Self::Range { .. } | Self::Listed(_) | Self::Kin(_) => false,
        }
    }

    /// Visits each of them, of so many agents in all.
    pub(super) fn for_each(&self, agents: u32, visit: impl FnMut(u32)) {
        match self {
            Self::All => (0..agents).for_each(visit),
            Self::Drawn { permutation, count } => (0..*count).map(|k| permutation.permuted(k)).for_each(visit),
            Self::Range { first, last } => (*first..=*last).for_each(visit),
            Self::Role(role) => (*role..agents).step_by(4).for_each(visit),
            Self::Listed(bits) => (0..)
                .zip(bits.iter())
                .flat_map(|(at, &word)| {
                    (0..32)
                        .filter(move |bit| word >> bit & 1 != 0)
                        .map(move |bit| 32 * at + bit)
                })
                .for_each(visit),
            Self::Kin(_) => {}
        }
    }

    /// Those whom their family says, if it is those.
    #[must_use]
    pub fn kin(&self) -> Option<Kin> {
        match self {
            Self::Kin(kin) => Some(*kin),
            _ => None,
        }
    }

    /// What a table says of them, in [`Self::WORDS`] words; `listed` is where the bits of a list stand.
    pub(crate) fn words(&self, listed: u32) -> [u32; Self::WORDS] {
        let mut words = [0; Self::WORDS];
        let numbers = match self {
            Self::All => [KINDS[0], 0, 0],
            Self::Drawn { count, .. } => [KINDS[1], *count, 0],
            Self::Range { first, last } => [KINDS[2], *first, *last],
            Self::Role(role) => [KINDS[3], *role, 0],
            Self::Listed(_) => [KINDS[4], listed, 0],
            Self::Kin(kin) => [kin.words()[0], kin.words()[1], 0],
        };
        words[..3].copy_from_slice(&numbers);
        if let Self::Drawn { permutation, .. } = self {
            words[3..].copy_from_slice(permutation.keys());
        }
        words
    }

    /// Three numbers and the keys of a permutation.
    pub(crate) const WORDS: usize = 3 + HALF_ROUNDS;
}
