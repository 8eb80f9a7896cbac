//! How a swarm came through what happened to it.

use super::Faults;
use crate::measure::Measurement;
use serde::Serialize;

/// An event, and how long the swarm took to be itself again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Aftermath {
    /// The tick at whose beginning it happened.
    pub tick: u32,
    /// What happened, as in "300 of 1000 nodes killed".
    pub event: String,
    /// The spread that counts as recovered.
    pub threshold: u32,
    /// The last measured spread before.
    pub before: u32,
    /// The greatest measured spread from then until the next event, or the end.
    pub peak: u32,
    /// Ticks from the event to the first measurement after which the spread, having been above the threshold, was back at it, before the
    /// next event; 0 if it never was above; nothing if it was not back in time.
    pub recovery: Option<u32>,
    /// Ticks from the event to the next one, or to the end.
    pub watched: u32,
}

/// The aftermath of every event that has happened, from the rows of a run.
#[must_use]
pub fn aftermath(faults: &Faults, rows: &[Measurement]) -> Vec<Aftermath> {
    let Some(last) = rows.last() else { return Vec::new() };
    let happened = faults.events.iter().filter(|event| event.tick < last.tick);
    happened
        .map(|event| {
            let later = faults
                .events
                .iter()
                .map(|other| other.tick)
                .find(|&tick| tick > event.tick);
            let end = later.unwrap_or(u32::MAX).min(last.tick);
            let before = rows
                .iter()
                .rev()
                .find(|row| row.tick <= event.tick)
                .map_or(0, |row| row.spread);
            let threshold = faults.recovered.unwrap_or(before);
            let window: Vec<&Measurement> = rows
                .iter()
                .filter(|row| row.tick > event.tick && row.tick <= end)
                .collect();
            let disturbed = window.iter().position(|row| row.spread > threshold);
            let recovery = match disturbed {
                None if window.is_empty() => None,
                None => Some(0),
                Some(at) => window[at..]
                    .iter()
                    .find(|row| row.spread <= threshold)
                    .map(|row| row.tick - event.tick),
            };
            Aftermath {
                tick: event.tick,
                event: event.text.clone(),
                threshold,
                before,
                peak: window.iter().map(|row| row.spread).max().unwrap_or(before),
                recovery,
                watched: end - event.tick,
            }
        })
        .collect()
}
