//! Children of the cells that are shown, where cells have families: who they are at a tick, and where they appear. A family stands round its
//! parent, and its cells' families round them, each level smaller: the same picture at every scale.

use tetraswarm::topology::FAMILY;
use tetraswarm::{Error, Simulation};

/// How far from its parent a child appears, as a share of how far that is from its nearest neighbour, and of how far its own parent is from
/// it.
const FAR: f64 = 0.45;
const FARTHER: f64 = 0.4;

/// Those of a tick; a child stands behind its parent.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    pub nodes: Vec<u32>,
    /// Whose each is.
    pub parents: Vec<u32>,
    pub places: Vec<[f64; 2]>,
}

/// How far each of some places is from the nearest to which a link leads from it, but no farther than places are from each other where
/// there is one in each of as many fields.
pub(super) fn spaces(places: &[[f64; 2]], links: &[(u32, u32)]) -> Vec<f64> {
    let fold = |axis: usize, start: f64, with: fn(f64, f64) -> f64| places.iter().map(|at| at[axis]).fold(start, with);
    let extent = [0, 1].map(|axis| fold(axis, f64::NEG_INFINITY, f64::max) - fold(axis, f64::INFINITY, f64::min));
    let longer = extent[0].max(extent[1]).max(1e-9);
    let even = (extent[0].max(0.05 * longer) * extent[1].max(0.05 * longer) / places.len().max(1) as f64).sqrt();
    let mut all = vec![even; places.len()];
    for &(a, b) in links {
        let [a, b] = [a as usize, b as usize];
        let far = (places[a][0] - places[b][0]).hypot(places[a][1] - places[b][1]);
        if far > 1e-6 * longer {
            all[a] = all[a].min(far);
            all[b] = all[b].min(far);
        }
    }
    all
}

/// The children of `nodes`, which appear at `places` with so much space round each, and theirs.
///
/// # Errors
/// As [`Simulation::column`].
pub(super) fn children(
    simulation: &mut Simulation,
    nodes: &[u32],
    (places, spaces): (&[[f64; 2]], &[f64]),
) -> Result<Children, Error> {
    let Some(kin) = simulation.plan().kinship else {
        return Ok(Children::default());
    };
    let name = simulation.plan().columns[kin.families.0].name;
    let families = simulation.column(name)?;
    let family = |node: u32| families.get(node as usize).copied().filter(|&family| family != 0);
    let mut all = Children::default();
    let mut level: Vec<(u32, [f64; 2], f64)> = nodes
        .iter()
        .zip(places.iter().zip(spaces))
        .map(|(&node, (&place, &space))| (node, place, FAR * space))
        .collect();
    while !level.is_empty() {
        let mut next = Vec::new();
        for &(parent, at, far) in &level {
            for (k, child) in family(parent)
                .into_iter()
                .flat_map(|first| first..first + FAMILY)
                .enumerate()
            {
                // Upper right, upper left, lower left, lower right.
                let [right, up] = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]][k % 4];
                let place = [at[0] + right * far * 0.7, at[1] + up * far * 0.7];
                all.nodes.push(child);
                all.parents.push(parent);
                all.places.push(place);
                next.push((child, place, FARTHER * far));
            }
        }
        level = next;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::spaces;

    #[test]
    fn no_family_reaches_its_parents_neighbours() {
        // Nine in a grid, of which two are nearer; a link from a place to itself is none.
        let mut places: Vec<[f64; 2]> = (0..9).map(|k| [f64::from(k % 3), f64::from(k / 3)]).collect();
        places[1] = [0.1, 0.0];
        let all = spaces(&places, &[(0, 1), (1, 2), (4, 4), (0, 8)]);
        assert!((all[0] - 0.1).abs() < 1e-12 && (all[1] - 0.1).abs() < 1e-12, "{all:?}");
        assert!(
            all[2..].iter().all(|&space| (space - 2.0 / 3.0).abs() < 1e-12),
            "{all:?}"
        );
    }
}
