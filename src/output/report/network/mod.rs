//! The network at chosen ticks: places and links once, what nodes hold as bytes, a list for each quantity and tick.
//!
//! Of more nodes than can be told apart a *quotient* is shown: nodes that lie together are one mark, as large as they are many, in the
//! colour of their mean; links between two such are one, as thick as they are many. Of a tree, a link is as thick as what hangs on it is
//! large; elsewhere inner levels of a nested network are thinner than those that join its parts.

mod packed;
mod shown;

use packed::{NOTHING, Packed, packed, packed_places, quantities};
use shown::{Shown, shown};

use super::charts::figure;
use super::drawing::{Anchor, Drawing, Form, Role, Shape};
use super::escape::html;
use super::page::{About, Page, Table};
use super::read::snapshots::Snapshots;
use super::slug;

/// The most bytes of what nodes hold: with the rest, a page has less than 10 MB.
const MOST_BYTES: usize = 4 << 20;

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
        axes: "Each mark is a node, or several that lie together; its colour, and where there are few values its shape, says what \
               it holds"
            .to_owned(),
        says: says.join(" "),
    };
    let options: String = quantities
        .iter()
        .enumerate()
        .map(|(k, of)| {
            format!(
                "<option value=\"{k}\" title=\"{}\">{}</option>",
                html(&of.about),
                html(&of.name)
            )
        })
        .collect();
    let ticks = &snapshots.ticks;
    let controls = format!(
        "<p class=\"controls\"><label>Colour by <select class=\"choose\">{options}</select></label> \
         <label>Tick <input type=\"range\" class=\"slider\" min=\"0\" max=\"{}\" step=\"1\" value=\"0\" \
         aria-valuetext=\"tick {}\"></label> \
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
        for (k, (tick, values)) in ticks.iter().zip(&of.values).enumerate() {
            let children = snapshots
                .there
                .get(k)
                .map_or(0, |there| there.iter().filter(|&&is| is).count());
            let nodes = snapshots.founders() + children;
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
                figure(nodes as f64),
                figure(nodes.saturating_sub(known.len()) as f64),
                fold(f64::INFINITY, f64::min),
                mean,
                fold(f64::NEG_INFINITY, f64::max),
            ]);
        }
    }
    page.pictures.push((
        about.name.clone(),
        picture(&shown, snapshots.there.last(), quantities.first(), &about.title, ticks),
    ));
    let data = packed(&shown, quantities, snapshots);
    page.network(&about, &controls, &table, data);
}

/// The last tick as a picture of its own.
fn picture(shown: &Shown, there: Option<&Vec<bool>>, quantity: Option<&Packed>, title: &str, ticks: &[u64]) -> Drawing {
    let (side, rim) = (760.0f32, 24.0f32);
    let words = packed_places(&shown.places);
    let marks = shown.places.len();
    let word = |k: usize| f32::from(u16::from_le_bytes([words[2 * k], words[2 * k + 1]])) / 65535.0;
    // In the middle, where it is higher than wide or wider than high.
    let room = |first: usize| 1.0 - (first..first + marks).map(word).fold(0.0, f32::max);
    let aside = [room(0) / 2.0, room(marks) / 2.0];
    let at = |k: usize| -> [f32; 2] {
        let on = |k: usize, axis: usize| (side - 2.0 * rim) * (word(k) + aside[axis]);
        [rim + on(k, 0), side - rim - on(marks + k, 1)]
    };
    let tick = figure(ticks.last().copied().unwrap_or_default() as f64);
    let name = quantity.map_or("", |of| &*of.name);
    let mut drawing = Drawing::new(side, side + 40.0, format!("{title}: {name} at tick {tick}"));
    for (&(a, b), &width) in shown.links.iter().zip(&shown.widths) {
        let width = 0.4 + 3.0 * f32::from(width) / 255.0;
        drawing.line([at(a as usize), at(b as usize)], width, Role::Grid);
    }
    let first = marks - shown.parents.len();
    let is_there = |k: usize| k < first || there.is_some_and(|there| there.get(k - first) == Some(&true));
    // How much smaller each level is.
    let mut sizes = vec![1.0f32; marks];
    for (k, &parent) in (first..).zip(&shown.parents) {
        sizes[k] = 0.55 * sizes[parent as usize];
        if is_there(k) {
            drawing.line([at(parent as usize), at(k)], 0.4, Role::Grid);
        }
    }
    let most = shown.counts.iter().copied().max().unwrap_or(1) as f32;
    // Smaller where there is to be room for children.
    let share = if first < marks { 0.6 } else { 1.0 };
    let radius = share * (0.3 * side / (first as f32).sqrt()).clamp(1.5, 9.0);
    let known = || {
        quantity
            .into_iter()
            .flat_map(|of| of.ticks.iter().flatten())
            .filter(|&&byte| byte != NOTHING)
    };
    let most_byte = f32::from(known().max().copied().unwrap_or(254)).max(1.0);
    for k in (0..marks).filter(|&k| is_there(k)) {
        let byte = quantity
            .and_then(|of| of.ticks.last())
            .and_then(|bytes| bytes.get(k))
            .copied();
        let role = match byte.filter(|&byte| byte != NOTHING) {
            Some(byte) => Role::Heat(f32::from(byte) / most_byte),
            None => Role::Grid,
        };
        let size = if most > 1.0 {
            (shown.counts[k] as f32 / most).sqrt().max(0.4)
        } else {
            sizes[k]
        };
        drawing.put(Form::Point(at(k), radius * size, Shape::Disc), role);
    }
    if let Some(of) = quantity {
        let (left, bar) = (side / 2.0 - 110.0, 220.0);
        for k in 0..44 {
            let x = left + bar * k as f32 / 44.0;
            drawing.put(
                Form::Rect([x, side + 8.0, bar / 44.0 + 0.5, 10.0]),
                Role::Heat(k as f32 / 43.0),
            );
        }
        let value = |byte: f32| figure(of.low + (of.high - of.low) * f64::from(byte) / 254.0);
        drawing.text([left - 8.0, side + 18.0], Anchor::End, Role::Grey, value(0.0));
        let high = format!("{} {}", value(most_byte), of.unit);
        drawing.text([left + bar + 8.0, side + 18.0], Anchor::Start, Role::Grey, high);
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::packed::base64;
    use super::shown::{shown, smaller_sides};
    use crate::output::report::read::snapshots::Snapshots;

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
