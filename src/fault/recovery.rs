//! What was seen of a swarm after what happened to it.

use super::{Change, Faults};
use crate::measure::{Measurement, Reason};
use serde::Serialize;

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
    let Some(last) = rows.last() else { return Vec::new() };
    let happened = faults.events.iter().take_while(|event| event.tick < last.tick);
    happened
        .enumerate()
        .map(|(k, event)| {
            // Where the next one is in the same tick, nothing could be seen of this one by itself.
            let next = faults.events.get(k + 1).map_or(u32::MAX, |next| next.tick);
            let end = next.min(last.tick);
            let before = rows
                .iter()
                .rev()
                .find(|row| row.tick <= event.tick)
                .and_then(|row| row.spread);
            let threshold = faults.recovered.or_else(|| match faults.members {
                Some(_) => Some(usual(rows, event.tick)),
                None => before,
            });
            // Of nobody nothing is known: it is not back.
            let is_within = |row: &Measurement| row.spread.zip(threshold).is_some_and(|(spread, most)| spread <= most);
            let window: Vec<&Measurement> = rows
                .iter()
                .filter(|row| row.tick > event.tick && row.tick <= end)
                .collect();
            let disturbed = window.iter().position(|row| !is_within(row));
            let recovery = match disturbed {
                None if window.is_empty() => None,
                None => Some(0),
                Some(at) => window[at..]
                    .iter()
                    .find(|row| is_within(row))
                    .map(|row| row.tick - event.tick),
            };
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
                threshold,
                before,
                peak: window.iter().filter_map(|row| row.spread).max(),
                recovery,
                watched: end - event.tick,
                measurements: window.len() as u32,
            }
        })
        .collect()
}

/// What the spread of a swarm of cells may be to count as usual before `tick`: 1.25 times its mean over [`LOOK_BACK`] ticks, or over
/// the last [`FEWEST_ROWS`] measurements if those are fewer, rounded up. Tasks come by chance, so a single row says little; rows that
/// were measured for another event's sake would count its ticks twice.
fn usual(rows: &[Measurement], tick: u32) -> u32 {
    let is_due = |row: &&Measurement| row.tick <= tick && row.reason != Reason::Event;
    let near = rows
        .iter()
        .rev()
        .filter(is_due)
        .enumerate()
        .take_while(|(k, row)| *k < FEWEST_ROWS || tick - row.tick < LOOK_BACK)
        .map(|(_, row)| u64::from(row.spread.unwrap_or(0)));
    let (count, sum) = near.fold((0, 0), |(count, sum), spread| (count + 1, sum + spread));
    u32::try_from((5 * sum).div_ceil(4 * count.max(1))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Change, Happening};
    use crate::plan::ColumnId;

    /// Rows every 20 ticks with these spreads, and an event at `tick`.
    fn threshold(spreads: &[u32], every: u32, tick: u32, faults: Faults) -> u32 {
        let rows: Vec<Measurement> = (0..)
            .zip(spreads)
            .map(|(k, &spread)| {
                let mut row = Measurement::default();
                (row.tick, row.spread) = (k * every, Some(spread));
                row
            })
            .collect();
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
        // Given, or of nodes that are no cells, as it says.
        let given = Faults {
            recovered: Some(4),
            ..cells()
        };
        assert_eq!(threshold(&spreads, 20, 141, given), 4);
        assert_eq!(threshold(&spreads, 20, 141, Faults::none(1)), 14);
    }
}
