//! Which values of the axes are run together.

use crate::error::Error;
use crate::study::axis::{Axis, Point, Role};
use crate::study::sampling::{SOBOL_AXES, latin, sobol};
use crate::study::spec::{Sample, Study};

/// Of each axis the place of its value; nothing where the scenario's own is left.
type Places = Vec<Option<usize>>;

/// The most variants that a study can have.
const MOST_VARIANTS: usize = 1_000_000;

/// The combinations of values, the last axis turning fastest.
fn combinations(counts: &[usize]) -> Vec<Vec<Option<usize>>> {
    let mut all = vec![Vec::new()];
    for &count in counts {
        all = all
            .iter()
            .flat_map(|places: &Vec<Option<usize>>| (0..count).map(move |k| [&places[..], &[Some(k)]].concat()))
            .collect();
    }
    all
}

/// Of each axis its values, and the combinations of them.
pub fn places(study: &Study) -> Result<(Vec<Vec<Point>>, Vec<Places>), Error> {
    let Some(sample) = study.sample else {
        let points: Vec<Vec<Point>> = study.axes.iter().map(|axis| axis.points()).collect();
        let counts: Vec<usize> = points.iter().map(Vec::len).collect();
        let all = counts.iter().try_fold(1usize, |all, count| all.checked_mul(*count));
        if all.is_none_or(|all| all > MOST_VARIANTS) {
            return Err(Error::invalid(
                "axis",
                format!(
                    "has values whose combinations are more than {MOST_VARIANTS}; give fewer, or take points of them: sample = {{ kind = \"sobol\", count = 64 }}"
                ),
            ));
        }
        let mut all = combinations(&counts);
        // With nothing to compare, what is tuned is compared with the scenario as it is.
        let has = |role: Role| study.axes.iter().any(|axis| axis.role == role);
        if has(Role::Tune) && !has(Role::Compare) {
            let own = |(at, &count): (usize, &usize)| {
                if study.axes[at].role == Role::Tune {
                    vec![None]
                } else {
                    (0..count).map(Some).collect()
                }
            };
            let mut untouched = vec![Vec::new()];
            for choices in counts.iter().enumerate().map(own) {
                untouched = untouched
                    .iter()
                    .flat_map(|places: &Vec<Option<usize>>| choices.iter().map(move |k| [&places[..], &[*k]].concat()))
                    .collect();
            }
            all.splice(0..0, untouched);
        }
        return Ok((points, all));
    };
    if let Some(axis) = study.axes.iter().find(|axis| !axis.is_range()) {
        return Err(Error::invalid(
            format!("axis {}", axis.title()),
            "has values, but a sample is taken of ranges; give it a range, or leave sample out",
        ));
    }
    let (count, places) = match sample {
        Sample::Latin { count } => (count, latin(count as usize, study.axes.len())),
        Sample::Sobol { .. } if study.axes.len() > SOBOL_AXES => {
            return Err(Error::invalid(
                "sample",
                format!(
                    "by Sobol's sequence takes at most {SOBOL_AXES} axes, and there are {}; say kind = \"latin\"",
                    study.axes.len()
                ),
            ));
        }
        Sample::Sobol { count } => (count, sobol(count as usize, study.axes.len())),
    };
    if !(2..=100_000).contains(&count) || study.axes.is_empty() {
        return Err(Error::invalid(
            "sample",
            "takes 2 to 100000 points of the ranges of at least one axis",
        ));
    }
    let of = |(at, axis): (usize, &Axis)| axis.points_at(places.iter().map(move |place| place[at]));
    let points = study.axes.iter().enumerate().map(of).collect();
    Ok((
        points,
        (0..count as usize).map(|k| vec![Some(k); study.axes.len()]).collect(),
    ))
}
