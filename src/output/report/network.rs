//! The network at chosen ticks: places and links once, what nodes hold as bytes, a list for each quantity and tick.
//!
//! Of more nodes than can be told apart a *quotient* is shown: nodes that lie together are one mark, as large as they are many, in the
//! colour of their mean; links between two such are one, as thick as they are many. Of a tree, a link is as thick as what hangs on it is
//! large; elsewhere inner levels of a nested network are thinner than those that join its parts.

use super::charts::figure;
use super::drawing::{Drawing, Form, Role, Shape};
use super::escape::html;
use super::page::{About, Page, Table};
use super::read::snapshots::Snapshots;
use super::slug;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The most nodes that are shown one by one.
const MOST_SINGLE: usize = 5000;

/// In how many fields, about, the plane is cut for a quotient.
const FIELDS: f64 = 1600.0;

/// The most links that are drawn.
const MOST_LINKS: usize = 40_000;

/// The most bytes of what nodes hold: with the rest, a page has less than 10 MB.
const MOST_BYTES: usize = 4 << 20;

/// The byte of what is not known.
const NOTHING: u8 = 255;

/// What is drawn: the nodes, or groups of them.
#[derive(Debug)]
struct Shown {
    places: Vec<[f64; 2]>,
    /// How many nodes each stands for.
    counts: Vec<u32>,
    links: Vec<(u32, u32)>,
    /// How thick each is, 0 to 255.
    widths: Vec<u8>,
    /// Of each node the mark that it is in.
    of: Vec<u32>,
    notes: Vec<String>,
}

/// Puts the network on the page.
pub fn put(page: &mut Page, snapshots: &Snapshots, network: &str, run: &str) {
    let mut shown = shown(snapshots);
    let marks = shown.places.len();
    let quantities = quantities(snapshots, &shown);
    // Rather fewer quantities than fewer ticks.
    let a_quantity = (marks * snapshots.ticks.len()).max(1);
    let fit = (MOST_BYTES / a_quantity).clamp(1, quantities.len().max(1));
    if fit < quantities.len() {
        let names: Vec<&str> = quantities[fit..].iter().map(|of| &*of.name).collect();
        shown
            .notes
            .push(format!("Not shown, for the size of this page: {}.", names.join(", ")));
    }
    let quantities = &quantities[..fit.min(quantities.len())];
    let mut says = vec![snapshots.caption.clone()];
    says.append(&mut shown.notes);
    let about = About {
        name: slug(&format!("network-{run}")),
        title: format!("{network} at chosen ticks"),
        axes: "Each mark is a node, or several that lie together; its colour, and where there are few values its shape, says what it holds".to_owned(),
        says: says.join(" "),
    };
    let options: String = quantities
        .iter()
        .enumerate()
        .map(|(k, of)| format!("<option value=\"{k}\">{}: {}</option>", html(&of.name), html(&of.about)))
        .collect();
    let ticks = &snapshots.ticks;
    let controls = format!(
        "<p class=\"controls\"><label>Colour by <select class=\"choose\">{options}</select></label> \
         <label>Tick <input type=\"range\" class=\"slider\" min=\"0\" max=\"{}\" step=\"1\" value=\"0\" aria-valuetext=\"tick {}\"></label> \
         <output class=\"at\">tick {}</output></p>",
        ticks.len() - 1,
        ticks[0],
        figure(ticks[0] as f64)
    );
    let mut table = Table::new(
        "What the nodes held",
        &["quantity", "tick", "nodes", "not known", "least", "mean", "greatest"],
        1,
    );
    for of in &snapshots.quantities {
        for (tick, values) in ticks.iter().zip(&of.values) {
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            let fold = |start: f64, with: fn(f64, f64) -> f64| match known.is_empty() {
                true => "not known".to_owned(),
                false => figure(known.iter().copied().fold(start, with)),
            };
            let mean = match known.is_empty() {
                true => "not known".to_owned(),
                false => figure(known.iter().sum::<f64>() / known.len() as f64),
            };
            table.rows.push(vec![
                of.name.clone(),
                figure(*tick as f64),
                figure(values.len() as f64),
                figure((values.len() - known.len()) as f64),
                fold(f64::INFINITY, f64::min),
                mean,
                fold(f64::NEG_INFINITY, f64::max),
            ]);
        }
    }
    page.pictures.push((
        about.name.clone(),
        picture(&shown, quantities.first(), &about.title, ticks),
    ));
    let data = packed(&shown, quantities, snapshots);
    page.network(&about, &controls, &table, data);
}

fn shown(of: &Snapshots) -> Shown {
    let nodes = of.places.len();
    let mut shown = match nodes > MOST_SINGLE {
        true => quotient(of),
        false => Shown {
            places: of.places.clone(),
            counts: vec![1; nodes],
            widths: widths(of),
            links: of.links.clone(),
            of: (0..nodes as u32).collect(),
            notes: Vec::new(),
        },
    };
    if shown.links.len() > MOST_LINKS {
        let mut order: Vec<usize> = (0..shown.links.len()).collect();
        order.sort_by_key(|&k| (std::cmp::Reverse(shown.widths[k]), k));
        order.truncate(MOST_LINKS);
        order.sort_unstable();
        let (shows, all) = (figure(MOST_LINKS as f64), figure(shown.links.len() as f64));
        shown
            .notes
            .push(format!("{shows} of {all} links are drawn, the thickest."));
        shown.links = order.iter().map(|&k| shown.links[k]).collect();
        shown.widths = order.iter().map(|&k| shown.widths[k]).collect();
    }
    shown
}

/// Thick where much hangs on a link: in a tree the nodes on its smaller side, in a nested network its level.
fn widths(of: &Snapshots) -> Vec<u8> {
    let nodes = of.places.len();
    if let Some(smaller) = smaller_sides(nodes, &of.links) {
        let most = smaller.iter().copied().max().unwrap_or(1).max(1);
        let width = |size: u32| (255.0 * (f64::from(size) / f64::from(most)).sqrt()) as u8;
        return smaller.into_iter().map(width).collect();
    }
    let most = of.levels.iter().copied().max().unwrap_or(0);
    // Networks that are laid over each other are not within each other.
    if most == 0 || !of.level_names.is_empty() {
        return vec![60; of.links.len()];
    }
    of.levels.iter().map(|&level| (40 + 160 * level / most) as u8).collect()
}

/// Of each link of a tree, how many nodes are on its smaller side; nothing if it is none.
fn smaller_sides(nodes: usize, links: &[(u32, u32)]) -> Option<Vec<u32>> {
    if nodes < 3 || links.len() + 1 != nodes {
        return None;
    }
    let mut rows: Vec<Vec<(u32, u32)>> = vec![Vec::new(); nodes];
    for (k, &(a, b)) in links.iter().enumerate() {
        rows[a as usize].push((b, k as u32));
        rows[b as usize].push((a, k as u32));
    }
    let (mut order, mut above) = (vec![0u32], vec![(u32::MAX, u32::MAX); nodes]);
    let mut seen = vec![false; nodes];
    seen[0] = true;
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        for &(other, link) in &rows[node as usize] {
            if !std::mem::replace(&mut seen[other as usize], true) {
                above[other as usize] = (node, link);
                order.push(other);
            }
        }
    }
    if order.len() != nodes {
        return None;
    }
    let mut below = vec![1u32; nodes];
    let mut sides = vec![0; links.len()];
    for &node in order.iter().rev() {
        let (parent, link) = above[node as usize];
        if parent != u32::MAX {
            let size = below[node as usize];
            below[parent as usize] += size;
            sides[link as usize] = size.min(nodes as u32 - size);
        }
    }
    Some(sides)
}

/// Nodes that lie in one field of the plane as one.
fn quotient(of: &Snapshots) -> Shown {
    let fold = |axis: usize, start: f64, with: fn(f64, f64) -> f64| {
        of.places.iter().map(|place| place[axis]).fold(start, with)
    };
    let low = [0, 1].map(|axis| fold(axis, f64::INFINITY, f64::min));
    let high = [0, 1].map(|axis| fold(axis, f64::NEG_INFINITY, f64::max));
    let side = ((high[0] - low[0]).max(1e-9) * (high[1] - low[1]).max(1e-9) / FIELDS)
        .sqrt()
        .max(1e-9);
    // A thin network has no more fields for that.
    let side = side.max((high[0] - low[0]).max(high[1] - low[1]) / FIELDS);
    let mut fields: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    let mut mark_of = Vec::with_capacity(of.places.len());
    let (mut sums, mut counts): (Vec<[f64; 2]>, Vec<u32>) = (Vec::new(), Vec::new());
    for place in &of.places {
        let field = [0, 1].map(|axis| ((place[axis] - low[axis]) / side) as i64);
        let mark = *fields.entry((field[0], field[1])).or_insert_with(|| {
            sums.push([0.0; 2]);
            counts.push(0);
            counts.len() as u32 - 1
        });
        let at = mark as usize;
        sums[at] = [sums[at][0] + place[0], sums[at][1] + place[1]];
        counts[at] += 1;
        mark_of.push(mark);
    }
    let mut links: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for &(a, b) in &of.links {
        let (a, b) = (mark_of[a as usize], mark_of[b as usize]);
        if a != b {
            *links.entry((a.min(b), a.max(b))).or_default() += 1;
        }
    }
    let most = links.values().copied().max().unwrap_or(1).max(1);
    let width = |count: u32| (255.0 * (f64::from(count) / f64::from(most)).sqrt()) as u8;
    let places = sums
        .iter()
        .zip(&counts)
        .map(|(sum, &count)| sum.map(|sum| sum / f64::from(count)));
    let note = format!(
        "{} nodes would hide one another: those that lie together are one mark, {} in all, as large as they are many and in the colour of \
         their mean, and a link is as thick as there are links between two such.",
        figure(of.places.len() as f64),
        figure(counts.len() as f64)
    );
    Shown {
        places: places.collect(),
        widths: links.values().map(|&count| width(count)).collect(),
        links: links.into_keys().collect(),
        counts,
        of: mark_of,
        notes: vec![note],
    }
}

/// A quantity as bytes.
struct Packed {
    name: String,
    unit: String,
    about: String,
    low: f64,
    high: f64,
    /// Whether a byte is a value less the least, and the values few.
    few: bool,
    ticks: Vec<Vec<u8>>,
}

fn quantities(of: &Snapshots, shown: &Shown) -> Vec<Packed> {
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
fn packed_places(places: &[[f64; 2]]) -> Vec<u8> {
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

fn packed(shown: &Shown, quantities: &[Packed], snapshots: &Snapshots) -> Value {
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
    json!({
        "marks": shown.places.len(),
        "ticks": snapshots.ticks,
        "places": base64(&packed_places(&shown.places)),
        "links": base64(&ends),
        "widths": base64(&shown.widths),
        "counts": if single { Value::Null } else { json!(shown.counts) },
        "most": most,
        "names": if single { json!(snapshots.names) } else { Value::Null },
        "quantities": of,
    })
}

/// Bytes as base64 (RFC 4648).
fn base64(bytes: &[u8]) -> String {
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

/// The last tick as a picture of its own.
fn picture(shown: &Shown, quantity: Option<&Packed>, title: &str, ticks: &[u64]) -> Drawing {
    let (side, rim) = (760.0f32, 24.0f32);
    let words = packed_places(&shown.places);
    let marks = shown.places.len();
    let at = |k: usize| -> [f32; 2] {
        let word = |k: usize| f32::from(u16::from_le_bytes([words[2 * k], words[2 * k + 1]])) / 65535.0;
        [
            rim + (side - 2.0 * rim) * word(k),
            side - rim - (side - 2.0 * rim) * word(marks + k),
        ]
    };
    let tick = ticks.last().copied().unwrap_or_default();
    let name = quantity.map_or("", |of| &*of.name);
    let mut drawing = Drawing::new(side, side, format!("{title}: {name} at tick {tick}"));
    for (&(a, b), &width) in shown.links.iter().zip(&shown.widths) {
        let width = 0.4 + 3.0 * f32::from(width) / 255.0;
        drawing.line([at(a as usize), at(b as usize)], width, Role::Grid);
    }
    let most = shown.counts.iter().copied().max().unwrap_or(1) as f32;
    let radius = (0.35 * side / (marks as f32).sqrt()).clamp(1.5, 9.0);
    for k in 0..marks {
        let byte = quantity
            .and_then(|of| of.ticks.last())
            .and_then(|bytes| bytes.get(k))
            .copied()
            .unwrap_or(NOTHING);
        let most_byte = quantity.and_then(|of| of.ticks.iter().flatten().filter(|&&byte| byte != NOTHING).max());
        let role = match byte {
            NOTHING => Role::Grid,
            byte => Role::Heat(f32::from(byte) / f32::from(*most_byte.unwrap_or(&254)).max(1.0)),
        };
        let size = if most > 1.0 {
            (shown.counts[k] as f32 / most).sqrt().max(0.4)
        } else {
            1.0
        };
        drawing.put(Form::Point(at(k), radius * size, Shape::Disc), role);
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_as_the_standard_has_them() {
        let expected = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (bytes, text) in expected {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn trunks_are_thicker_than_twigs() {
        // 0 - 1 - 2 - 3, and 4 and 5 on 3.
        let links = [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5)];
        assert_eq!(smaller_sides(6, &links), Some(vec![1, 2, 3, 1, 1]));
        // A triangle and a node apart have as many links as a tree.
        assert_eq!(smaller_sides(4, &[(0, 1), (1, 2), (0, 2)]), None);
    }

    #[test]
    fn a_quotient_loses_no_node_and_counts_links_between_its_marks() {
        let side = 100u32;
        let at = |k: u32| [f64::from(k % side), f64::from(k / side)];
        let right = (0..side * side).filter(|k| k % side + 1 < side).map(|k| (k, k + 1));
        let of = Snapshots {
            ticks: vec![0],
            names: (0..side * side).map(|k| k.to_string()).collect(),
            places: (0..side * side).map(at).collect(),
            links: right.collect(),
            ..Snapshots::default()
        };
        let shown = shown(&of);
        assert_eq!(shown.counts.iter().sum::<u32>(), side * side);
        assert!((800..2500).contains(&shown.places.len()), "{}", shown.places.len());
        assert!(shown.links.iter().all(|&(a, b)| a < b) && !shown.links.is_empty());
        assert_eq!(shown.notes.len(), 1);
    }
}
