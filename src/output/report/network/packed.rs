//! What is drawn, and what nodes hold, as bytes.

use super::shown::Shown;
use crate::output::report::read::snapshots::Snapshots;
use serde_json::{Value, json};

/// The byte of what is not known.
pub(super) const NOTHING: u8 = 255;

/// A quantity as bytes.
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) about: String,
    pub(super) low: f64,
    pub(super) high: f64,
    /// Whether a byte is a value less the least, and the values few.
    pub(super) few: bool,
    pub(super) ticks: Vec<Vec<u8>>,
}

pub(super) fn quantities(of: &Snapshots, shown: &Shown) -> Vec<Packed> {
    let marks = shown.places.len();
    let single = marks == of.places.len();
    of.quantities
        .iter()
        .map(|quantity| {
            let means: Vec<Vec<Option<f64>>> = quantity
                .values
                .iter()
                .map(|values| {
                    let (mut sums, mut known) = (vec![0.0; marks], vec![0u32; marks]);
                    for (&mark, value) in shown.of.iter().zip(values) {
                        if let Some(value) = value {
                            sums[mark as usize] += value;
                            known[mark as usize] += 1;
                        }
                    }
                    let mean = |(sum, known): (f64, u32)| (known > 0).then(|| sum / f64::from(known));
                    sums.into_iter().zip(known).map(mean).collect()
                })
                .collect();
            let all = || means.iter().flatten().flatten().copied();
            let low = all().fold(f64::INFINITY, f64::min);
            let high = all().fold(f64::NEG_INFINITY, f64::max);
            let whole = single && high - low < 254.0;
            let byte = |value: &Option<f64>| match value {
                None => NOTHING,
                Some(value) if whole => (value - low) as u8,
                Some(_) if high <= low => 0,
                Some(value) => ((value - low) / (high - low) * 254.0).round() as u8,
            };
            Packed {
                name: quantity.name.clone(),
                unit: quantity.unit.clone(),
                about: quantity.about.clone(),
                few: single && high - low <= 7.0,
                ticks: means.iter().map(|values| values.iter().map(byte).collect()).collect(),
                // A byte then spans exactly one.
                high: if whole { low + 254.0 } else { high },
                low,
            }
        })
        .filter(|packed| packed.low.is_finite())
        .collect()
}

/// Places as 16-bit numbers: x of all, then y; both in units of the greater extent.
pub(super) fn packed_places(places: &[[f64; 2]]) -> Vec<u8> {
    let fold =
        |axis: usize, start: f64, with: fn(f64, f64) -> f64| places.iter().map(|place| place[axis]).fold(start, with);
    let low = [0, 1].map(|axis| fold(axis, f64::INFINITY, f64::min));
    let high = [0, 1].map(|axis| fold(axis, f64::NEG_INFINITY, f64::max));
    let extent = (high[0] - low[0]).max(high[1] - low[1]).max(1e-12);
    let word = |value: f64, axis: usize| (65535.0 * (value - low[axis]) / extent).clamp(0.0, 65535.0) as u16;
    [0, 1]
        .into_iter()
        .flat_map(|axis| {
            places
                .iter()
                .flat_map(move |place| word(place[axis], axis).to_le_bytes())
        })
        .collect()
}

pub(super) fn packed(shown: &Shown, quantities: &[Packed], snapshots: &Snapshots) -> Value {
    let ends: Vec<u8> = shown
        .links
        .iter()
        .flat_map(|&(a, b)| [a as u16, b as u16])
        .flat_map(u16::to_le_bytes)
        .collect();
    let most = shown.counts.iter().copied().max().unwrap_or(1);
    let of: Vec<Value> = quantities
        .iter()
        .map(|of| {
            let ticks: Vec<String> = of.ticks.iter().map(|bytes| base64(bytes)).collect();
            json!({ "name": of.name, "unit": of.unit, "about": of.about, "low": of.low, "high": of.high, "few": of.few, "ticks": ticks })
        })
        .collect();
    let single = shown.places.len() == snapshots.places.len();
    let children = if shown.parents.is_empty() {
        Value::Null
    } else {
        let parents: Vec<u8> = shown
            .parents
            .iter()
            .flat_map(|&mark| (mark as u16).to_le_bytes())
            .collect();
        let of_tick = |there: &Vec<bool>| base64(&there.iter().copied().map(u8::from).collect::<Vec<_>>());
        let there: Vec<String> = snapshots.there.iter().map(of_tick).collect();
        json!({ "first": shown.places.len() - shown.parents.len(), "parents": base64(&parents), "there": there })
    };
    json!({
        "marks": shown.places.len(),
        "ticks": snapshots.ticks,
        "places": base64(&packed_places(&shown.places)),
        "links": base64(&ends),
        "widths": base64(&shown.widths),
        "counts": if single { Value::Null } else { json!(shown.counts) },
        "most": most,
        "children": children,
        "names": if single { json!(snapshots.names) } else { Value::Null },
        "quantities": of,
    })
}

/// Bytes as base64 (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for k in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * k) & 63) as usize];
            text.push(if k > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
