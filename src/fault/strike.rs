//! Kills and revivals with their numbers worked out, and the table of them that the step reads.

use super::chosen::Chosen;
use super::select::{Crowd, list_of};
use crate::digits::grouped;
use crate::error::Error;
use crate::memory;
use crate::words::Words;
use std::sync::Arc;

/// What becomes of those whom an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They are killed.
    Kill,
    /// They are up again.
    Revive,
    /// They lie.
    Lie,
    /// They do not lie.
    Honest,
}

impl Effect {
    /// What it does.
    fn verb(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Revive => "revive",
            Self::Lie => "make liars of",
            Self::Honest => "make honest",
        }
    }

    /// What it has done to those of whom it was told before.
    fn done(self) -> &'static str {
        match self {
            Self::Kill => "killed",
            Self::Revive => "revived",
            Self::Lie => "begin to lie",
            Self::Honest => "lie no longer",
        }
    }

    /// Of whom it is meant where nobody is named.
    fn state(self) -> &'static str {
        match self {
            Self::Kill | Self::Revive => "are down",
            Self::Lie | Self::Honest => "lie",
        }
    }

    /// What stands for it in the table; twin: `shaders/lib/strikes.wgsl`.
    fn word(self) -> u32 {
        match self {
            Self::Kill => 0,
            Self::Revive => 1,
            Self::Lie => 2,
            Self::Honest => 3,
        }
    }
}

/// An event that names nodes.
#[derive(Clone, Debug)]
pub struct Strike {
    /// At the beginning of this tick.
    pub tick: u32,
    /// What becomes of them.
    pub effect: Effect,
    /// Of `Lie` and `Honest`, the bits of their words that say so.
    pub bits: u32,
    /// Whom it names.
    pub whom: Chosen,
    /// How many those are; nothing where it means whoever is down, or whom their family says.
    pub named: Option<u32>,
    /// How many of those lie, where there are liars and it could be counted.
    pub liars: Option<u32>,
    /// How many of those an earlier kill names too, where there is one and it could be counted.
    pub again: Option<u32>,
}

impl Strike {
    /// What it will do, as in "kill 300 of 1,000 nodes".
    pub(super) fn planned(&self, all: &str) -> String {
        let (verb, state) = (self.effect.verb(), self.effect.state());
        match self.named {
            Some(named) => format!("{verb} {} {all}{}", grouped(named), self.overlaps("of them")),
            None => match self.whom.kin() {
                Some(kin) => format!("{verb} the agents of {}, as many as there are then", kin.text()),
                None => format!("{verb} those {all} that {state}"),
            },
        }
    }

    /// What it has done, as in "300 of 1,000 nodes killed".
    pub(crate) fn told(&self, changed: u32, all: &str) -> String {
        let done = format!("{} {all} {}", grouped(changed), self.effect.done());
        match self.named {
            None => match self.whom.kin() {
                Some(kin) => format!("{} agents of {} {}", grouped(changed), kin.text(), self.effect.done()),
                None => done,
            },
            // Where cells come and go, those who have come since are meant, too.
            Some(named) if named < changed => format!(
                "{} agents {}: {} {all} from the start were named, and of those who have come since as great a share",
                grouped(changed),
                self.effect.done(),
                grouped(named)
            ),
            Some(named) if named == changed => format!("{done}{}", self.overlaps("of them")),
            Some(named) => format!("{done}, of {} named{}", grouped(named), self.overlaps("of those")),
        }
    }

    /// How many of those it names another names too.
    fn overlaps(&self, whose: &str) -> String {
        let mut parts = Vec::new();
        if let Some(liars) = self.liars {
            parts.push(format!(
                "{} {whose} {}",
                grouped(liars),
                if liars == 1 { "lies" } else { "lie" }
            ));
        }
        if let Some(again) = self.again {
            let verb = if again == 1 { "was" } else { "were" };
            parts.push(format!("{} {verb} named by a kill before", grouped(again)));
        }
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        }
    }
}

/// The words of the table of a strike: what it does, above it, from bit 8 on, the bits of liars; and whom it names.
pub(crate) const RECORD: usize = 1 + Chosen::WORDS;

/// The table of all strikes: a record each, and then the bits of those that name a list.
pub(super) fn table(strikes: &[Strike]) -> Result<Words, Error> {
    let mut lists: Vec<(&Arc<Words>, u64)> = Vec::new();
    let mut end = (RECORD * strikes.len()) as u64;
    let mut at = Vec::with_capacity(strikes.len());
    for strike in strikes {
        let Chosen::Listed(bits) = &strike.whom else {
            at.push(0);
            continue;
        };
        let known = lists.iter().find(|(known, _)| Arc::ptr_eq(known, bits));
        at.push(known.map_or(end, |&(_, at)| at));
        if known.is_none() {
            lists.push((bits, end));
            end += bits.len() as u64;
        }
    }
    // A column has fewer words than 32-bit indices.
    let room = if end < u64::from(u32::MAX) {
        memory::zeros(end)
    } else {
        Err(4 * u64::from(u32::MAX))
    };
    let mut table = room.map_err(|limit| Error::TooLarge {
        device: "this machine".into(),
        what: "the lists of those whom events name".into(),
        needed: 4 * end,
        limit,
        agents_fit: 0,
        instead: "selections by share, range or role, which need no list",
    })?;
    for ((record, strike), at) in table.chunks_exact_mut(RECORD).zip(strikes).zip(at) {
        record[0] = strike.effect.word() | strike.bits << 8;
        record[1..].copy_from_slice(&strike.whom.words(at as u32));
    }
    for (bits, at) in lists {
        table[at as usize..][..bits.len()].copy_from_slice(bits);
    }
    Ok(table)
}

/// The most agents that are looked at to count how many of one selection are in another too.
const MOST_LOOKED_AT: u64 = 1 << 26;

/// Counts of each kill and revival how many are named by another, or lie where no event has changed that before, as far as that takes no time to speak of.
pub(super) fn count_overlaps(strikes: &mut [Strike], liars: Option<&(Chosen, u32)>, crowd: &Crowd<'_>) {
    let agents = crowd.agents();
    let mut left = MOST_LOOKED_AT;
    let mut affords = |cost: u32| {
        let rest = left.checked_sub(cost.into());
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    let mut killed: Option<Words> = None;
    let mut is_as_at_first = true;
    for strike in strikes {
        if matches!(strike.effect, Effect::Lie | Effect::Honest) {
            is_as_at_first = false;
            continue;
        }
        if strike.whom.kin().is_some() && strike.effect == Effect::Kill {
            // Nobody knows before whom it kills, and so not whom one after it names again.
            return;
        }
        let Some(named) = strike.named else { continue };
        if let Some((who, count)) = liars.filter(|_| is_as_at_first)
            && affords(named.min(*count))
        {
            let (few, many) = if named < *count {
                (&strike.whom, who)
            } else {
                (who, &strike.whom)
            };
            let mut both = 0;
            few.for_each(agents, |agent| both += u32::from(many.contains(agent)));
            strike.liars = Some(both);
        }
        if killed.is_none() && strike.effect != Effect::Kill {
            continue;
        }
        if !affords(named) {
            // Of what has not been looked at nothing can be said later either.
            return;
        }
        let is_first = killed.is_none();
        let Some(bits) = killed.take().or_else(|| list_of(agents).ok()) else {
            return;
        };
        let bits = killed.insert(bits);
        let mut again = 0;
        strike.whom.for_each(agents, |agent| {
            let (word, bit) = (&mut bits[(agent >> 5) as usize], 1 << (agent & 31));
            again += u32::from(*word & bit != 0);
            if strike.effect == Effect::Kill {
                *word |= bit;
            }
        });
        strike.again = (!is_first).then_some(again);
    }
}
