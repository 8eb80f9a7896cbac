//! Lattices that wrap: cells in a box, one or more sites a cell, links to fixed sites of the cell and of those beside it.
//!
//! A box is W cells wide, H high and D deep. Node ((z·S + s)·H + y)·W + x is site s (of S) of the cell (x, y, z): a layer of one
//! site is contiguous, so that a link leads the same distance further for whole layers, but where it leaves the box; and the
//! sites of a cell are never far apart. Whoever leaves the box enters it on the opposite side: on the twisted torus, shifted in
//! x by `twist` for each time that y wraps upwards; on the Klein bottle, with x turned round.

mod forms;
mod positions;
mod sides;
mod specs;
mod spectrum;
mod tiles;

pub use specs::{
    BccSpec, CubicSpec, DiamondSpec, FccSpec, HoneycombSpec, KleinSpec, PrismSpec, Torus2dSpec, TriangularSpec,
    TwistedTorusSpec,
};

use super::{Neighbours, Rows, ShaderBuffer, Tiles, Topology, TopologyShader};
use crate::shader::module;
use forms::Form;
use glam::DVec3;
use std::ops::Range;

/// Runs shorter than this are not worth an answer each: a list is filled in. With rows of 128 both took as long, with 64 the
/// list took two thirds.
const SHORT: u32 = 128;

/// The entries of the shader's table.
const MOST_HOPS: usize = 32;

/// A lattice on a torus, a twisted torus or a Klein bottle.
#[derive(Clone, Debug)]
pub struct Lattice {
    form: Form,
    /// W, H and D.
    sides: [u32; 3],
    twist: u32,
    /// Where each link leads, slot by slot and site by site.
    hops: Vec<Hop>,
}

/// The way over a link.
#[derive(Clone, Copy, Debug)]
struct Hop {
    /// What it adds to the index, modulo 2^32, inside the box.
    offset: u32,
    /// −1, 0 or 1 cells in x, y and z.
    by: [i32; 3],
}

/// Where a node is.
#[derive(Clone, Copy, Debug)]
struct Place {
    site: u32,
    /// The cell.
    cell: [u32; 3],
    /// The index in the site's layer: y·W + x.
    at: u32,
}

/// Whether a step leaves a side of the box from this coordinate.
#[inline(always)]
fn leaves(by: i32, coordinate: u32, side: u32) -> bool {
    by == 1 && coordinate + 1 == side || by == -1 && coordinate == 0
}

/// `by` times `reach` modulo 2^32.
#[inline(always)]
fn times(by: i32, reach: u32) -> u32 {
    reach.wrapping_mul(by as u32)
}

impl Lattice {
    /// The lattice on a box whose sides, each at least the form's least, times the sites of a cell are at most
    /// [`super::MOST_NODES`]; `twist` is below the width, and zero but on the twisted torus.
    fn new(form: Form, sides: [u32; 3], twist: u32) -> Self {
        let [width, height, _] = sides;
        let layer = width * height;
        let hop = |slot: u32, site: u32| {
            let target = form.target(slot, site);
            let [x, y, z] = target.by;
            let from = layer.wrapping_mul(site);
            let offset = layer
                .wrapping_mul(target.site)
                .wrapping_sub(from)
                .wrapping_add(x as u32)
                .wrapping_add(times(y, width))
                .wrapping_add(times(z, layer.wrapping_mul(form.sites())));
            Hop { offset, by: target.by }
        };
        let slots = 0..form.degree();
        Self {
            form,
            sides,
            twist,
            hops: slots
                .flat_map(|slot| (0..form.sites()).map(move |site| hop(slot, site)))
                .collect(),
        }
    }

    /// Nodes in a layer of one site.
    fn layer(&self) -> u32 {
        self.sides[0] * self.sides[1]
    }

    fn place(&self, node: u32) -> Place {
        let (width, layer, sites) = (self.sides[0], self.layer(), self.form.sites());
        let (index, at) = (node / layer, node % layer);
        Place {
            site: index % sites,
            cell: [at % width, at / width, index / sites],
            at,
        }
    }

    fn hop(&self, slot: u32, site: u32) -> &Hop {
        &self.hops[(slot * self.form.sites() + site) as usize]
    }

    /// What wrapping in y, upwards or downwards, adds at x besides; and up to which x it is the same. Not for the Klein bottle.
    fn shift(&self, up: bool, x: u32) -> (u32, u32) {
        let width = self.sides[0];
        let shift = if up { self.twist } else { width - self.twist };
        if x < width - shift {
            (shift, width - shift)
        } else {
            (shift.wrapping_sub(width), width)
        }
    }

    /// The neighbour's index less the node's, modulo 2^32, for a node at `place`; and for how many nodes from there on, in the
    /// same layer, it is the same. Not for a wrap that turns x round.
    fn run(&self, hop: &Hop, place: &Place) -> (u32, u32) {
        let ([width, height, depth], [x, y, z], [dx, dy, dz]) = (self.sides, place.cell, hop.by);
        let (mut offset, mut count) = (hop.offset, self.layer() - place.at);
        match leaves(dx, x, width) {
            true => {
                offset = offset.wrapping_sub(times(dx, width));
                count = 1;
            }
            false if dx != 0 => count = width - x - u32::from(dx == 1),
            false => {}
        }
        match leaves(dy, y, height) {
            true => {
                let (shift, until) = self.shift(dy == 1, x);
                offset = offset.wrapping_sub(times(dy, self.layer())).wrapping_add(shift);
                count = count.min(until - x);
            }
            false if dy == 1 => count = count.min(self.layer() - width - place.at),
            false => {}
        }
        if leaves(dz, z, depth) {
            offset = offset.wrapping_sub(times(dz, self.nodes()));
        }
        (offset, count)
    }

    /// Writes the neighbours of the nodes from `first` on, at `place`, which are in one layer: first as if the box had no sides,
    /// then what leaves it is put right, row by row at the most.
    fn fill(&self, hop: &Hop, first: u32, place: &Place, list: &mut [u32]) {
        let ([width, height, depth], [x, _, z], [dx, dy, dz]) = (self.sides, place.cell, hop.by);
        let mut start = first.wrapping_add(hop.offset);
        if leaves(dz, z, depth) {
            start = start.wrapping_sub(times(dz, self.nodes()));
        }
        for (l, other) in list.iter_mut().enumerate() {
            *other = start.wrapping_add(l as u32);
        }
        if dx != 0 {
            let skipped = if dx == 1 { width - 1 - x } else { (width - x) % width };
            for other in list.iter_mut().skip(skipped as usize).step_by(width as usize) {
                *other = other.wrapping_sub(times(dx, width));
            }
        }
        if dy != 0 {
            // The row that leaves, as far as the list has it.
            let row = if dy == 1 { width * (height - 1) } else { 0 };
            let end = place.at + list.len() as u32;
            let (mut at, until) = (place.at.max(row), end.min(row + width));
            while at < until {
                let x = at - row;
                let of = |at: u32| (at - place.at) as usize;
                if self.form == Form::Klein {
                    // The list has the same x on the other side; going up, x becomes W − 1 − x.
                    for (x, other) in (x..).zip(&mut list[of(at)..of(until)]) {
                        let turned = (width - 1).wrapping_sub(2 * x);
                        *other = other.wrapping_sub(times(dy, self.layer())).wrapping_add(turned);
                    }
                    break;
                }
                let (shift, end) = self.shift(dy == 1, x);
                let end = until.min(row + end);
                let added = shift.wrapping_sub(times(dy, self.layer()));
                for other in &mut list[of(at)..of(end)] {
                    *other = other.wrapping_add(added);
                }
                at = end;
            }
        }
    }
}

impl Topology for Lattice {
    fn kind(&self) -> &'static str {
        self.form.kind()
    }

    fn nodes(&self) -> u32 {
        self.form.sites() * self.layer() * self.sides[2]
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes()) * u64::from(self.form.degree()) / 2
    }

    fn degree(&self, _node: u32) -> u32 {
        self.form.degree()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.form.degree())
    }

    fn slots(&self) -> u32 {
        self.form.degree()
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (first, len) = (nodes.start, nodes.end - nodes.start);
        let place = self.place(first);
        let hop = self.hop(slot, place.site);
        let is_turned = self.form == Form::Klein && leaves(hop.by[1], place.cell[1], self.sides[1]);
        if !is_turned {
            let (offset, alike) = self.run(hop, &place);
            let is_short = self.layer() < SHORT || hop.by[0] != 0 && self.sides[0] < SHORT;
            if alike >= len || !is_short {
                return (Neighbours::Run(first.wrapping_add(offset)), alike.min(len));
            }
        }
        let mut done = 0;
        while done < len {
            let place = self.place(first + done);
            let count = (self.layer() - place.at).min(len - done);
            let part = &mut list[done as usize..(done + count) as usize];
            self.fill(self.hop(slot, place.site), first + done, &place, part);
            done += count;
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(self.form.mirror(slot))
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn is_vertex_transitive(&self) -> bool {
        // Translations take each node to any other of its kind of site, and a point reflection swaps the kinds. On the Klein
        // bottle, some columns are nearer to themselves round it than others.
        self.form != Form::Klein
    }

    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        spectrum::laplacian(self.form, self.sides, self.twist)
    }

    fn shows_one_period(&self) -> bool {
        positions::is_open(self.form)
    }

    fn position(&self, node: u32) -> DVec3 {
        positions::position(self.form, self.sides, self.twist, self.place(node))
    }

    fn shader(&self) -> TopologyShader<'_> {
        let [width, height, depth] = self.sides;
        let entry = |hop: &Hop| [hop.offset, hop.by[0] as u32, hop.by[1] as u32, hop.by[2] as u32];
        let mut table: Vec<u32> = self.hops.iter().flat_map(entry).collect();
        table.resize(4 * MOST_HOPS, 0);
        TopologyShader {
            module: module!("topology/lattice")
                .with("WIDTH", width)
                .with("HEIGHT", height)
                .with("DEPTH", depth)
                .with("SITES", self.form.sites())
                .with("SLOTS", self.slots())
                .with("TWIST", self.twist)
                .with("IS_DEEP", u32::from(self.form.dimensions() == 3))
                .with("TURNS_ROUND", u32::from(self.form == Form::Klein)),
            buffers: vec![ShaderBuffer::Uniform(table)],
        }
    }

    fn tiles(&self) -> Option<Tiles> {
        tiles::tiles(self)
    }
}
