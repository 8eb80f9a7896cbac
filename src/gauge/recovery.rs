//! What was seen of a swarm after what happened to it.

use crate::fault::{Change, Faults};
use crate::gauge::{Measurement, Reason};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many ticks before an event say what is usual in a swarm of cells, and in how many measurements at least.
const LOOK_BACK: u32 = 100;
const FEWEST_ROWS: usize = 3;

/// An event, and what was measured from then on until the next one. That the one came of the other is not said: it may have been on
/// its way already, and events lie close together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Aftermath {
    /// The tick at whose beginning it happened.
    pub tick: u32,
    /// What happened, as in "300 of 1,000 nodes killed".
    pub event: String,
    /// How many a kill or a revival names; nothing where it means whoever is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<u32>,
    /// How many of those it changed: were up and are killed, or were down and are revived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<u32>,
    /// The spread that counts as recovered; nothing where it is that of before, when nobody was up.
    pub threshold: Option<u32>,
    /// The last measured spread before; nothing if nobody was up.
    pub before: Option<u32>,
    /// The greatest measured spread from then until the next event, or the end; nothing if nobody was up, or nothing was measured.
    pub peak: Option<u32>,
    /// Ticks from the event to the first measurement after which the spread, having been above the threshold, was back at it, before the
    /// next event; 0 if it was above in no measurement; nothing if it was not back in time, or nothing was measured.
    pub recovery: Option<u32>,
    /// Ticks from the event to the next one, or to the end.
    pub watched: u32,
    /// How many measurements lie in them.
    pub measurements: u32,
}

/// The aftermath of every event that has happened, from the rows of a run and from how many each kill or revival has changed.
#[must_use]
pub fn aftermath(faults: &Faults, rows: &[Measurement], changed: &[u32]) -> Vec<Aftermath> {
    let mut recovery = Sightings::of(faults);
    for row in rows {
        recovery.row(row);
    }
    recovery.aftermath(faults, changed)
}

/// What was seen of each event, gathered row by row, in their order: what it holds grows with the events, not with the rows.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// The ticks of all events, in their order.
    ticks: Vec<u32>,
    /// The spread that counts as recovered, where that is given.
    recovered: Option<u32>,
    /// Whether it is what is usual, as in swarms of cells.
    is_usual: bool,
    /// Of the events that have happened, in their order.
    seen: Vec<Seen>,
    /// What is usual.
    usual: Usual,
    /// The last row's tick and spread.
    last: Option<(u32, Option<u32>)>,
}

/// What has been gathered, without what the faults say: what a run must know to go on gathering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SightingsMemory {
    seen: Vec<Seen>,
    usual: Usual,
    last: Option<(u32, Option<u32>)>,
}

/// What was seen of one event so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    before: Option<u32>,
    threshold: Option<u32>,
    peak: Option<u32>,
    /// Whether the spread was above the threshold.
    is_disturbed: bool,
    /// When it was back.
    back: Option<u32>,
    measurements: u32,
}

impl Sightings {
    /// Of the events of a run, before its first row.
    #[must_use]
    pub fn of(faults: &Faults) -> Self {
        Self {
            ticks: faults.events.iter().map(|event| event.tick).collect(),
            recovered: faults.recovered,
            is_usual: faults.members.is_some(),
            seen: Vec::new(),
            usual: Usual::default(),
            last: None,
        }
    }

    /// What has been gathered so far.
    #[must_use]
    pub fn memory(&self) -> SightingsMemory {
        SightingsMemory {
            seen: self.seen.clone(),
            usual: self.usual.clone(),
            last: self.last,
        }
    }

    /// Goes on from what had been gathered, of the same events as far as they had happened.
    pub fn recall(&mut self, memory: SightingsMemory) {
        let SightingsMemory { seen, usual, last } = memory;
        (self.seen, self.usual, self.last) = (seen, usual, last);
    }

    /// Takes the next row.
    pub fn row(&mut self, row: &Measurement) {
        while let Some(&tick) = self.ticks.get(self.seen.len()).filter(|&&tick| tick < row.tick) {
            let before = self.last.and_then(|(_, spread)| spread);
            let usual = self.is_usual.then(|| self.usual.bound(tick));
            let threshold = self.recovered.or(usual).or(before);
            self.seen.push(Seen {
                before,
                threshold,
                peak: None,
                is_disturbed: false,
                back: None,
                measurements: 0,
            });
        }
        // Where several are in the same tick, nothing could be seen of any but the last by itself.
        if let Some(seen) = self.seen.last_mut() {
            seen.row(row);
        }
        self.usual.row(row);
        self.last = Some((row.tick, row.spread));
    }

    /// The aftermath of every event that has happened, given how many each kill or revival has changed.
    #[must_use]
    pub fn aftermath(&self, faults: &Faults, changed: &[u32]) -> Vec<Aftermath> {
        let Some((last, _)) = self.last else { return Vec::new() };
        let of = |(k, (event, seen)): (usize, (&crate::fault::Happening, &Seen))| {
            let next = faults.events.get(k + 1).map_or(u32::MAX, |next| next.tick);
            let (strike, changed) = match event.change {
                Change::Strike(at) => (faults.strikes.get(at), changed.get(at).copied()),
                _ => (None, None),
            };
            Aftermath {
                tick: event.tick,
                event: match strike.zip(changed) {
                    Some((strike, changed)) => strike.told(changed, &faults.all),
                    None if event.change == Change::Heal => "healed".to_owned(),
                    None => event.text.clone(),
                },
                named: strike.and_then(|strike| strike.named),
                changed,
                threshold: seen.threshold,
                before: seen.before,
                peak: seen.peak,
                recovery: match (seen.measurements, seen.is_disturbed) {
                    (0, _) => None,
                    (_, false) => Some(0),
                    (_, true) => seen.back.map(|tick| tick - event.tick),
                },
                watched: next.min(last) - event.tick,
                measurements: seen.measurements,
            }
        };
        faults.events.iter().zip(&self.seen).enumerate().map(of).collect()
    }
}

impl Seen {
    fn row(&mut self, row: &Measurement) {
        // Of nobody nothing is known: it is not back.
        let is_within = row
            .spread
            .zip(self.threshold)
            .is_some_and(|(spread, most)| spread <= most);
        self.measurements += 1;
        self.peak = self.peak.max(row.spread);
        self.is_disturbed |= !is_within;
        if self.is_disturbed && is_within && self.back.is_none() {
            self.back = Some(row.tick);
        }
    }
}

/// What the spread of a swarm of cells may be to count as usual before a tick: 1.25 times its mean over [`LOOK_BACK`] ticks, or over
/// the last [`FEWEST_ROWS`] measurements if those are fewer, rounded up. Tasks come by chance, so a single row says little; rows that
/// were measured for another event's sake would count its ticks twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    /// Ticks and spreads of the rows that count, the oldest first; those that no later event looks back to are gone.
    near: VecDeque<(u32, u32)>,
}

impl Usual {
    fn row(&mut self, row: &Measurement) {
        if row.reason == Reason::Event {
            return;
        }
        self.near.push_back((row.tick, row.spread.unwrap_or(0)));
        let is_far = |&(tick, _): &(u32, u32)| row.tick - tick >= LOOK_BACK;
        while self.near.len() > FEWEST_ROWS && self.near.front().is_some_and(is_far) {
            self.near.pop_front();
        }
    }

    fn bound(&self, tick: u32) -> u32 {
        let near = self
            .near
            .iter()
            .rev()
            .enumerate()
            .take_while(|&(k, &(row, _))| k < FEWEST_ROWS || tick - row < LOOK_BACK)
            .map(|(_, &(_, spread))| u64::from(spread));
        let (count, sum) = near.fold((0, 0), |(count, sum), spread| (count + 1, sum + spread));
        u32::try_from((5 * sum).div_ceil(4 * count.max(1))).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::ColumnId;
    use crate::fault::{Change, Happening};

    fn row(tick: u32, spread: u32) -> Measurement {
        let mut row = Measurement::default();
        (row.tick, row.spread) = (tick, Some(spread));
        row
    }

    /// Rows every 20 ticks with these spreads, and an event at `tick`.
    fn threshold(spreads: &[u32], every: u32, tick: u32, faults: Faults) -> u32 {
        let rows: Vec<Measurement> = (0..).zip(spreads).map(|(k, &spread)| row(k * every, spread)).collect();
        let change = Change::Heal;
        let text = "healed".to_owned();
        let faults = Faults {
            events: vec![Happening { tick, change, text }],
            ..faults
        };
        aftermath(&faults, &rows, &[])[0].threshold.unwrap()
    }

    fn cells() -> Faults {
        Faults {
            members: Some(ColumnId(1)),
            ..Faults::none(1)
        }
    }

    #[test]
    fn what_is_usual_in_cells_is_a_mean_of_the_rows_before() {
        let spreads = [900, 900, 900, 10, 11, 12, 13, 14, 99];
        // Ticks 60 to 140 are within the 100 before tick 141; 1.25 of the mean of 10 to 14 is 15.
        assert_eq!(threshold(&spreads, 20, 141, cells()), 15);
        // At tick 140 the row of 40 is 100 ticks back, and too far.
        assert_eq!(threshold(&spreads, 20, 140, cells()), 15);
        // Rounded up: 1.25 times 946/5, of the rows of 40 to 120.
        assert_eq!(threshold(&spreads, 20, 139, cells()), 237);
        // Rows that are far apart: three all the same, or all that there are.
        assert_eq!(threshold(&spreads, 100, 750, cells()), 17);
        assert_eq!(threshold(&spreads, 100, 150, cells()), 1125);
        // However many rows there are, no more are held than an event may look back to.
        let mut usual = Usual::default();
        for tick in 0..1000 {
            usual.row(&row(tick, 9));
        }
        assert_eq!(usual.near.len(), LOOK_BACK as usize);
        // Given, or of nodes that are no cells, as it says.
        let given = Faults {
            recovered: Some(4),
            ..cells()
        };
        assert_eq!(threshold(&spreads, 20, 141, given), 4);
        assert_eq!(threshold(&spreads, 20, 141, Faults::none(1)), 14);
    }
}
