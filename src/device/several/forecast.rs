//! What several devices hold, and what is moved between them, before anything runs.

use super::columns::pieces;
use super::routes::{Book, Fresh, Move, Routes, folded};
use super::{full_ranges, shares_of};
use crate::column::ColumnId;
use crate::error::Error;
use crate::plan::Plan;
use std::ops::Range;

/// What several devices would hold and move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The range of nodes of each device.
    pub ranges: Vec<Range<u32>>,
    /// Bytes of columns that each device's steps touch: of its range, of the nodes that it is linked to, and of columns that are read
    /// anywhere. On the CPU no more memory is taken; a GPU holds the whole columns.
    pub touched: Vec<u64>,
    /// Bytes that come to each device in a tick in which no step rests and after which nothing is measured, step by step.
    pub steps: Vec<Vec<u64>>,
}

impl Forecast {
    /// Of a plan on devices of these names with such shares; alike where there are none.
    ///
    /// # Errors
    /// As [`SeveralDevices::new`](super::SeveralDevices::new), and [`Error::Invalid`] if a device has nothing to do.
    pub fn of(plan: &Plan, shares: &[u32], devices: &[&str]) -> Result<Self, Error> {
        let ranges = full_ranges(plan, &shares_of(shares, devices.len())?, devices, "devices")?;
        let mut routes = Routes::new(plan, ranges.clone());
        let mut book = Book::new(plan);
        let mut steps = Vec::new();
        // In the first tick all have all; the second is as any later one.
        for _ in 0..2 {
            steps = (0..plan.steps.len())
                .map(|step| bytes_of(plan, step, &mut routes, &mut book))
                .collect();
        }
        Ok(Self {
            touched: touched(plan, &ranges, &mut routes),
            ranges,
            steps,
        })
    }

    /// Bytes that come to each device in such a tick.
    #[must_use]
    pub fn tick(&self) -> Vec<u64> {
        let device = |at: usize| self.steps.iter().map(|step| step[at]).sum();
        (0..self.ranges.len()).map(device).collect()
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

/// What each device touches.
fn touched(plan: &Plan, ranges: &[Range<u32>], routes: &mut Routes) -> Vec<u64> {
    let farthest = Book::farthest(plan);
    let mut all = vec![plan.topology.stored_bytes(); ranges.len()];
    for (at, column) in plan.columns.iter().enumerate() {
        let id = ColumnId(at);
        let own: Vec<u64> = ranges.iter().map(|range| words(pieces(plan, id, range))).collect();
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

fn words(pieces: Vec<Range<u64>>) -> u64 {
    pieces.into_iter().map(|piece| piece.end - piece.start).sum()
}
