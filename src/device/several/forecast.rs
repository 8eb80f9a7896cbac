//! What several devices hold, and what is moved between them, before anything runs.

use super::columns::pieces;
use super::deep::Deep;
use super::routes::{Book, Fresh, Move, Routes, folded};
use super::{Nodes, full_ranges, merged, shares_of};
use crate::column::ColumnId;
use crate::error::Error;
use crate::plan::Plan;
use std::ops::Range;

/// What several devices would hold and move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The range of nodes of each device.
    pub ranges: Vec<Range<u32>>,
    /// Where the columns are: for each memory the devices that have it. What follows is of each of these.
    pub places: Vec<Vec<usize>>,
    /// Bytes of columns that its steps touch: of its range, of the nodes that it is linked to, and of columns that are read
    /// anywhere. On the CPU no more memory is taken.
    pub touched: Vec<u64>,
    /// Bytes of columns and links that a GPU there holds: one stretch of the nodes with all of these, where they are close together, or else
    /// whole columns.
    pub held: Vec<u64>,
    /// Bytes that come to it in a tick in which no step rests and after which nothing is measured, step by step.
    pub steps: Vec<Vec<u64>>,
    /// Where words are brought only every so many ticks: how many, and the bytes that come to it then; those of the steps are none.
    pub deep: Option<(u32, Vec<u64>)>,
}

impl Forecast {
    /// Of a plan on devices of these names with such shares; alike where there are none. `places` says of each memory which devices have it:
    /// the processor is one memory, every GPU another, and so is every process. `halo`: words are brought every so many ticks.
    ///
    /// # Errors
    /// As [`SeveralDevices::new`](super::SeveralDevices::new), and [`Error::Invalid`] if a device has nothing to do.
    pub fn of(
        plan: &Plan,
        shares: &[u32],
        devices: &[&str],
        (places, halo): (&[Vec<usize>], u32),
    ) -> Result<Self, Error> {
        let ranges = full_ranges(plan, &shares_of(shares, devices.len())?, devices, "devices")?;
        let nodes = |devices: &Vec<usize>| -> Nodes {
            let ranges: Nodes = devices.iter().filter_map(|&at| ranges.get(at).cloned()).collect();
            merged(&ranges)
        };
        let nodes: Vec<Nodes> = places.iter().map(nodes).collect();
        let mut routes = Routes::new(plan, nodes.clone(), None);
        if halo > 1 && nodes.len() > 1 {
            return Self::every(plan, (ranges, places), &nodes, halo);
        }
        let mut book = Book::new(plan);
        let mut steps = Vec::new();
        // In the first tick all have all; the second is as any later one.
        for _ in 0..2 {
            steps = (0..plan.steps.len())
                .map(|step| bytes_of(plan, step, &mut routes, &mut book))
                .collect();
        }
        Ok(Self {
            held: held(plan, &nodes, &routes),
            touched: touched(plan, &nodes, &mut routes),
            places: places.to_vec(),
            ranges,
            steps,
            deep: None,
        })
    }

    /// Where words are brought every so many ticks.
    fn every(plan: &Plan, (ranges, places): (Nodes, &[Vec<usize>]), nodes: &[Nodes], halo: u32) -> Result<Self, Error> {
        let (deep, halos) = Deep::new(plan, nodes, halo)?;
        let mut routes = Routes::new(plan, nodes.to_vec(), None).with_halos(halos);
        let mut to = vec![0; nodes.len()];
        for &column in &deep.columns {
            for route in routes.of(plan, column, Move::Halo).iter() {
                to[route.to] += 4 * route.count();
            }
        }
        let columns = || (0..plan.columns.len()).map(ColumnId);
        let touched = |levels: &Vec<Nodes>| {
            let near = levels.last().cloned().unwrap_or_default();
            let of = |column: ColumnId| {
                let all = &plan.columns[column.0];
                let own = match super::columns::is_of_nodes(all.extent) {
                    true => words(pieces(plan, column, &near)),
                    false => plan.words(column),
                };
                4 * own * if all.doubled { 2 } else { 1 }
            };
            plan.topology.stored_bytes() + columns().map(of).sum::<u64>()
        };
        Ok(Self {
            touched: deep.levels.iter().map(touched).collect(),
            // There are no halos of several ticks on GPUs.
            held: vec![plan.bytes(); nodes.len()],
            places: places.to_vec(),
            ranges,
            steps: vec![vec![0; nodes.len()]; plan.steps.len()],
            deep: Some((halo, to)),
        })
    }

    /// Bytes that come to each memory in such a tick.
    #[must_use]
    pub fn tick(&self) -> Vec<u64> {
        let device = |at: usize| self.steps.iter().map(|step| step[at]).sum();
        (0..self.places.len()).map(device).collect()
    }
}

fn bytes_of(plan: &Plan, step: usize, routes: &mut Routes, book: &mut Book) -> Vec<u64> {
    let step = &*plan.steps[step];
    let mut to = vec![0; routes.count()];
    let mut moves = book.before(plan, step);
    moves.extend(book.after(plan, step));
    for (column, what) in moves {
        for route in routes.of(plan, column, what).iter() {
            to[route.to] += 4 * route.count();
        }
    }
    if step.space() == crate::column::Space::Nodes && to.len() > 1 {
        let words: u64 = folded(step).into_iter().map(|column| plan.words(column)).sum();
        // All come to the first, and back together.
        to[0] += 4 * words * (to.len() as u64 - 1);
        to[1..].iter_mut().for_each(|bytes| *bytes += 4 * words);
    }
    to
}

/// What one of several ranges, each with a memory of its own, touches.
#[cfg(feature = "mpi")]
pub(super) fn touched_by(plan: &Plan, ranges: &[Range<u32>], at: usize) -> u64 {
    let places: Vec<Nodes> = ranges.iter().map(|range| vec![range.clone()]).collect();
    let mut routes = Routes::new(plan, places.clone(), Some(at));
    touched(plan, &places, &mut routes)[at]
}

/// What the devices of each place touch.
fn touched(plan: &Plan, places: &[Nodes], routes: &mut Routes) -> Vec<u64> {
    let farthest = Book::farthest(plan);
    let mut all = vec![plan.topology.stored_bytes(); places.len()];
    for (at, column) in plan.columns.iter().enumerate() {
        let id = ColumnId(at);
        let own: Vec<u64> = places.iter().map(|nodes| words(pieces(plan, id, nodes))).collect();
        let is_apart = super::columns::is_of_nodes(column.extent);
        let halo = routes.of(plan, id, Move::Halo);
        for (device, bytes) in all.iter_mut().enumerate() {
            let near: u64 = halo
                .iter()
                .filter(|route| route.to == device)
                .map(super::routes::Route::count)
                .sum();
            let read = match farthest[at] {
                _ if !is_apart => plan.words(id),
                Fresh::Own => own[device],
                Fresh::Halo => own[device] + near,
                Fresh::Everywhere => plan.words(id),
            };
            // The new words are its own; turned over, they are those that are read.
            *bytes += 4 * read * if column.doubled { 2 } else { 1 };
        }
    }
    all
}

/// What a GPU would hold at each place.
fn held(plan: &Plan, places: &[Nodes], routes: &Routes) -> Vec<u64> {
    let held = places
        .iter()
        .enumerate()
        .map(|place| super::stretch::held(plan, routes, place));
    let bytes =
        held.map(|held| held.map_or_else(|| plan.bytes(), |held| plan.topology.stored_bytes() + held.bytes(plan)));
    bytes.collect()
}

fn words(pieces: Vec<Range<u64>>) -> u64 {
    pieces.into_iter().map(|piece| piece.end - piece.start).sum()
}
