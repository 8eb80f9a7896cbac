//! What is drawn of a network: its nodes, or groups of them.

use crate::output::report::charts::figure;
use crate::output::report::read::snapshots::Snapshots;
use std::collections::BTreeMap;

/// The most nodes that are shown one by one.
pub(super) const MOST_SINGLE: usize = 5000;

/// In how many fields, about, the plane is cut for a quotient.
pub(super) const FIELDS: f64 = 1600.0;

/// The most links that are drawn.
pub(super) const MOST_LINKS: usize = 40_000;

/// What is drawn: the nodes, or groups of them.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) places: Vec<[f64; 2]>,
    /// Whose child each of the last ones is that are shown by themselves.
    pub(super) parents: Vec<u32>,
    /// How many nodes each stands for.
    pub(super) counts: Vec<u32>,
    pub(super) links: Vec<(u32, u32)>,
    /// How thick each is, 0 to 255.
    pub(super) widths: Vec<u8>,
    /// Of each node the mark that it is in.
    pub(super) of: Vec<u32>,
    pub(super) notes: Vec<String>,
}

pub(super) fn shown(of: &Snapshots) -> Shown {
    let nodes = of.places.len();
    let mut shown = match of.founders() > MOST_SINGLE || nodes > 4 * MOST_SINGLE {
        true => quotient(of),
        false => Shown {
            places: of.places.clone(),
            parents: of.parents.clone(),
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
pub(super) fn widths(of: &Snapshots) -> Vec<u8> {
    let nodes = of.founders();
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
pub(super) fn smaller_sides(nodes: usize, links: &[(u32, u32)]) -> Option<Vec<u32>> {
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
pub(super) fn quotient(of: &Snapshots) -> Shown {
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
    for place in &of.places[..of.founders()] {
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
    // A child counts with its parent, which comes before it.
    for &parent in &of.parents {
        mark_of.push(mark_of[parent as usize]);
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
        figure(of.founders() as f64),
        figure(counts.len() as f64)
    );
    let of_children = match of.parents.is_empty() {
        true => "",
        false => " Children are not shown; what they hold is in the mean of their parent's mark.",
    };
    let note = note + of_children;
    Shown {
        places: places.collect(),
        widths: links.values().map(|&count| width(count)).collect(),
        links: links.into_keys().collect(),
        counts,
        parents: Vec::new(),
        of: mark_of,
        notes: vec![note],
    }
}
