//! Steps by tiles: where a step has a form for whole tiles and the network has tiles, one invocation does all nodes of a tile, and only
//! what of a range is no whole tile is done node by node.

use super::program::{STEP_GROUP, clock_module, grid, preamble};
use crate::column::Space;
use crate::plan::Plan;
use crate::shader::{Module, Shader, module};
use crate::topology::Tiles;
use std::ops::Range;

/// A step of a plan by tiles.
#[derive(Debug)]
pub(super) struct Tiled {
    pub shader: Shader,
    pub tiles: Tiles,
}

impl Tiled {
    /// Of a step of a plan, if it has a form for tiles and the network has any.
    pub fn of(plan: &Plan, step: usize) -> Option<Self> {
        let step = &plan.steps[step];
        let schedule = step.schedule().unwrap_or(plan.schedule);
        let lies = plan.faults.as_ref().is_some_and(|faults| faults.lie.is_some());
        if step.space() != Space::Nodes || !schedule.is_always() || lies || plan.kinship.is_some() {
            return None;
        }
        let (tiles, own) = (plan.topology.tiles()?, step.tiled()?);
        if tiles.nodes == 0 || !tiles.grain.is_multiple_of(tiles.nodes) || plan.nodes() < tiles.grain {
            return None;
        }
        let faults = if step.hears() { plan.faults.as_ref() } else { None };
        let mut modules = preamble(plan, plan.nodes(), schedule, faults);
        modules[0] = clock_module(plan.nodes(), plan.nodes() / tiles.nodes);
        modules.push(match faults {
            Some(_) => module!("lib/four-faulty"),
            None => module!("lib/four-open"),
        });
        modules.extend(tiles.modules.iter().cloned());
        modules.extend(own.into_iter().map(|piece| sized(piece, &tiles)));
        Some(Self {
            shader: Shader { modules },
            tiles,
        })
    }

    /// Workgroups for all tiles of the swarm.
    pub fn groups(&self, plan: &Plan) -> [u32; 2] {
        grid(plan.nodes() / self.tiles.nodes)
    }
}

/// The constant by which an entry point knows how large a tile is.
const TILE: &str = "override TILE: u32;";

fn sized(piece: Module, tiles: &Tiles) -> Module {
    if piece.source.contains(TILE) {
        return piece.with("TILE", tiles.nodes);
    }
    piece
}

/// See [`super::tiled_shaders`].
pub(super) fn shaders(plan: &Plan) -> Vec<(usize, Shader)> {
    (0..plan.steps.len())
        .filter_map(|step| Some((step, Tiled::of(plan, step)?.shader)))
        .collect()
}

/// The parts of a range of which no tiles are done: before the whole tiles and after them.
pub(super) fn ends(range: &Range<u32>, inside: &Range<u32>) -> impl Iterator<Item = Range<u32>> + use<> {
    [range.start..inside.start, inside.end..range.end]
        .into_iter()
        .filter(|end| !end.is_empty())
}

/// Workgroups for so many nodes one by one, or tiles, in rows that are as long as those of the whole swarm.
pub(super) fn groups(items: u32, whole: [u32; 2]) -> [u32; 2] {
    let groups = items.div_ceil(STEP_GROUP).max(1);
    [groups.min(whole[0]), groups.div_ceil(whole[0])]
}
