//! Phyllotaxis: the florets of a sunflower, node i at the radius √i and i golden angles (Vogel, *A better way to construct the
//! sunflower head*, 1979), linked to their nearest neighbours. The distances between the indices of neighbours are Fibonacci
//! numbers, the larger the farther out.

use super::import::Graph;
use super::stored::{self, Shape};
use super::{Build, Fit, GraphTopology, Site, Topology};
use crate::error::Error;
use crate::geometry;
use glam::{DVec2, DVec3};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most nearest neighbours that a node can be linked to.
const MOST_NEAREST: u32 = 12;
/// Florets that one thread works on at a time.
const BLOCK: usize = 1 << 12;
/// What rounding may move a floret across the border of a cell.
const MARGIN: f64 = 1e-6;

/// The place of floret i, the same on every machine. Each has an area of π.
fn floret(i: u32) -> DVec2 {
    // ⌊2^64/φ⌋: exact to far more digits than a product of floats would be.
    let phase = u64::from(i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (sine, cosine) = geometry::sine_cosine(phase as f64 / 18_446_744_073_709_551_616.0);
    DVec2::new(cosine, sine) * f64::from(i).sqrt()
}

/// The florets, sorted into the cells of a square grid, so that those near each other in the plane are so in memory. They are
/// numbered by their places in that order, *slots*.
struct Grid {
    /// A cell's side.
    side: f64,
    /// Half of the whole grid's side.
    radius: f64,
    /// Cells in a row.
    columns: usize,
    /// Where each cell's slots start, row by row, and where the last stops.
    starts: Vec<u32>,
    /// The node in each slot.
    nodes: Vec<u32>,
    /// Where each slot's floret is.
    florets: Vec<DVec2>,
}

impl Grid {
    fn new(nodes: u32, nearest: usize) -> Self {
        let radius = f64::from(nodes).sqrt();
        // Wide enough that k + 1 florets are mostly found in a cell and those round it.
        let side = ((nearest + 1) as f64).sqrt() + 0.4;
        let columns = (2.0 * radius / side) as usize + 1;
        let mut grid = Self {
            side,
            radius,
            columns,
            starts: vec![0; columns * columns + 1],
            nodes: vec![0; nodes as usize],
            florets: Vec::new(),
        };
        let cells: Vec<u32> = (0..nodes)
            .into_par_iter()
            .map(|i| {
                let (x, y) = grid.cell(floret(i));
                (y * columns + x) as u32 // cells are fewer than twice the nodes, of which there are less than 2^31
            })
            .collect();
        for &cell in &cells {
            grid.starts[cell as usize] += 1;
        }
        // From how many there are to where they stop; dealing them out from the last to the first leaves where they start.
        let mut stop = 0;
        for start in &mut grid.starts {
            stop += *start;
            *start = stop;
        }
        for (i, &cell) in (0..nodes).zip(&cells).rev() {
            let slot = &mut grid.starts[cell as usize];
            *slot -= 1;
            grid.nodes[*slot as usize] = i;
        }
        grid.florets = grid.nodes.par_iter().map(|&i| floret(i)).collect();
        grid
    }

    fn cell(&self, place: DVec2) -> (usize, usize) {
        let along = |x: f64| (((x + self.radius) / self.side) as usize).min(self.columns - 1);
        (along(place.x), along(place.y))
    }

    /// Writes the slots of the nearest florets to that in `slot`, of equally near ones those with the lower numbers.
    fn nearest(&self, slot: usize, nearest: &mut [u32]) {
        let place = self.florets[slot];
        let (column, row) = self.cell(place);
        let mut found = Nearest {
            grid: self,
            slot,
            distances: [f64::INFINITY; MOST_NEAREST as usize],
            slots: nearest,
        };
        found.slots.fill(u32::MAX);
        for ring in 0.. {
            for y in row.saturating_sub(ring)..=(row + ring).min(self.columns - 1) {
                let (left, right) = (column.checked_sub(ring), column + ring);
                if y.abs_diff(row) == ring {
                    found.look(y, left.unwrap_or(0), right.min(self.columns - 1));
                } else {
                    left.into_iter().for_each(|x| found.look(y, x, x));
                    (right < self.columns).then(|| found.look(y, right, right));
                }
            }
            // All others are farther away than the nearest side of the cells looked at.
            let inside = |x: f64, cell: usize| {
                let within = x + self.radius - cell as f64 * self.side;
                within.min(self.side - within)
            };
            let rim = inside(place.x, column).min(inside(place.y, row)) + ring as f64 * self.side - MARGIN;
            if (rim > 0.0 && found.farthest() < rim * rim) || ring > self.columns {
                return;
            }
        }
    }
}

/// The nearest florets found so far, the nearest first.
struct Nearest<'a> {
    grid: &'a Grid,
    slot: usize,
    /// Squared.
    distances: [f64; MOST_NEAREST as usize],
    slots: &'a mut [u32],
}

impl Nearest<'_> {
    fn farthest(&self) -> f64 {
        self.distances[self.slots.len() - 1]
    }

    /// Looks at the florets in some cells of a row.
    fn look(&mut self, row: usize, left: usize, right: usize) {
        let (grid, cells) = (self.grid, row * self.grid.columns);
        let slots = grid.starts[cells + left] as usize..grid.starts[cells + right + 1] as usize;
        let place = grid.florets[self.slot];
        for slot in slots {
            let distance = place.distance_squared(grid.florets[slot]);
            if distance <= self.farthest() && slot != self.slot {
                self.insert(distance, slot);
            }
        }
    }

    fn insert(&mut self, distance: f64, slot: usize) {
        let node = |slot: u32| self.grid.nodes.get(slot as usize).copied().unwrap_or(u32::MAX);
        let new = (distance, node(slot as u32));
        let last = self.slots.len() - 1;
        let mut at = self.slots.len();
        while at > 0 && new < (self.distances[at - 1], node(self.slots[at - 1])) {
            at -= 1;
        }
        if at <= last {
            self.slots.copy_within(at..last, at + 1);
            self.distances.copy_within(at..last, at + 1);
            self.slots[at] = slot as u32;
            self.distances[at] = distance;
        }
    }
}

/// The links between `nodes` florets and their `nearest` nearest each.
fn links(nodes: u32, nearest: usize) -> Result<Graph, Error> {
    // The florets and their cells, everybody's nearest, the links twice, once by slots and once by nodes.
    stored::check_room(nodes, u64::from(nodes) * (40 + 20 * nearest as u64))?;
    let grid = Grid::new(nodes, nearest);
    let mut near = vec![0; nodes as usize * nearest];
    near.par_chunks_mut(nearest * BLOCK)
        .zip((0..nodes as usize).into_par_iter().step_by(BLOCK))
        .for_each(|(block, first)| {
            for (slot, near) in (first..).zip(block.chunks_exact_mut(nearest)) {
                grid.nearest(slot, near);
            }
        });
    // Each link once, by slots: its lower end names it, or else only the upper one does.
    let near_to = |slot: u32| &near[slot as usize * nearest..][..nearest];
    let pieces: Vec<Vec<(u32, u32)>> = (0..nodes)
        .into_par_iter()
        .step_by(BLOCK)
        .map(|first| {
            let pairs = (first..nodes.min(first + BLOCK as u32)).flat_map(|i| near_to(i).iter().map(move |&j| (i, j)));
            pairs.filter(|&(i, j)| i < j || !near_to(j).contains(&i)).collect()
        })
        .collect();
    let by_slot = Graph::from_chunks(nodes, &pieces)
        .map_err(|error| Error::invalid("agents", error.to_string()))?
        .graph;
    drop((pieces, near));
    let mut slots = vec![0; nodes as usize];
    for (slot, &node) in (0..).zip(&grid.nodes) {
        slots[node as usize] = slot;
    }
    let row = |node: u32| by_slot.row(slots[node as usize]);
    stored::graph(
        nodes,
        |i| row(i).len() as u32,
        |i, ends| {
            for (end, &slot) in ends.iter_mut().zip(row(i)) {
                *end = grid.nodes[slot as usize];
            }
            ends.sort_unstable();
        },
    )
}

/// The sunflower itself.
#[derive(Debug)]
struct Sunflower;

impl Shape for Sunflower {
    fn position(&self, node: u32) -> DVec3 {
        floret(node).extend(0.0)
    }
}

/// Parameters of `phyllotaxis`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhyllotaxisSpec {
    /// How many of the nearest others each node is linked to; it is also linked to those that it is among the nearest of. With
    /// 1 the network is in pieces, with 2 it may be.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 12))]
    pub neighbours: u32,
}

fn four() -> u32 {
    4
}

impl Build for PhyllotaxisSpec {
    fn fit(&self, nodes: u32) -> Fit {
        let nearest = self.neighbours.clamp(1, MOST_NEAREST);
        // Two ends a link.
        Fit::within(nearest + 1, u32::MAX / (2 * nearest), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        if !(1..=MOST_NEAREST).contains(&self.neighbours) {
            return Err(Error::invalid(
                "topology.neighbours",
                format!("is {}; 1 to {MOST_NEAREST} are possible", self.neighbours),
            ));
        }
        let graph = links(nodes, self.neighbours as usize)?;
        Ok(Arc::new(GraphTopology::of("phyllotaxis", graph, Box::new(Sunflower))))
    }
}
