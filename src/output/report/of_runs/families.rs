//! Families by depth: the tree when most cells were there, and what cells of each depth held over time.

use crate::output::report::charts::{figure, heat, tree};
use crate::output::report::page::{About, Page, Table};
use crate::output::report::read::run::{Figure, Run};
use crate::output::report::slug;

/// The most ticks beside each other.
const TICKS: usize = 12;

/// A depth with its figures.
struct Depth<'a> {
    depth: usize,
    cells: &'a Figure,
    load: &'a Figure,
}

/// What a figure was last known to be at a tick.
fn at(figure: &Figure, tick: f64) -> Option<f64> {
    let points = &figure.series.points;
    let end = points.partition_point(|point| point.0 <= tick);
    points.get(end.checked_sub(1)?)?.1
}

/// The depths at which anybody ever was.
fn depths(run: &Run) -> Vec<Depth<'_>> {
    (0..=8)
        .filter_map(|depth| {
            let cells = run.figure(&format!("depth_{depth}_cells"))?;
            let load = run.figure(&format!("depth_{depth}_load"))?;
            let is_there = cells.series.greatest.is_some_and(|(_, most)| most > 0.0);
            is_there.then_some(Depth { depth, cells, load })
        })
        .collect()
}

/// The pictures of runs in which families came.
pub(super) fn families(page: &mut Page, runs: &[Run]) {
    let mut has_section = false;
    for run in runs {
        let depths = depths(run);
        let Some(peak) = run.figure("living_cells").and_then(|cells| cells.series.greatest) else {
            continue;
        };
        if depths.len() < 2 {
            continue;
        }
        if !std::mem::replace(&mut has_section, true) {
            page.section("Families");
        }
        let of = if runs.len() > 1 {
            format!(" of {}", run.label)
        } else {
            String::new()
        };
        put_tree(page, &of, &depths, peak.0);
        put_loads(page, &of, &depths);
    }
}

/// The tree at a tick.
fn put_tree(page: &mut Page, of: &str, depths: &[Depth<'_>], tick: f64) {
    let levels: Vec<tree::Level> = depths
        .iter()
        .map(|of| tree::Level {
            depth: of.depth,
            cells: at(of.cells, tick).unwrap_or(0.0),
            load: at(of.load, tick),
        })
        .filter(|level| level.cells > 0.0)
        .collect();
    let title = format!(
        "The family tree{of} at tick {}, when most cells were there",
        figure(tick)
    );
    let about = About {
        name: slug(&format!("families{of}")),
        title: title.clone(),
        axes: "A bar a depth, as wide as it has cells; its colour says how many tasks each holds on average".to_owned(),
        says: "Depth 0 are the cells that are there from the start, depth 1 their children, and so on.".to_owned(),
    };
    let mut table = Table::new(title.clone(), &["depth", "cells", "tasks a cell"], 0);
    for level in &levels {
        table.rows.push(vec![
            level.depth.to_string(),
            figure(level.cells),
            level.load.map_or_else(|| "not known".to_owned(), figure),
        ]);
    }
    page.drawing(&about, &table, |width| tree::draw(&title, &levels, width));
}

/// What cells of each depth held, from tick to tick.
fn put_loads(page: &mut Page, of: &str, depths: &[Depth<'_>]) {
    let measured: Vec<f64> = depths[0].cells.series.points.iter().map(|point| point.0).collect();
    let count = measured.len().min(TICKS);
    let ticks: Vec<f64> = (0..count)
        .map(|k| measured[k * (measured.len() - 1) / (count - 1).max(1)])
        .collect();
    let title = format!("What cells of each depth held{of}");
    let about = About {
        name: slug(&format!("depths{of}")),
        title: title.clone(),
        axes: "A column a tick, a row a depth; the number is how many tasks a cell there holds on average".to_owned(),
        says: "Where there is no cell at a depth nothing is known of it; the table says how many there are.".to_owned(),
    };
    let mut table = Table::new(title.clone(), &["tick", "depth", "cells", "tasks a cell"], 0);
    for &tick in &ticks {
        for of in depths {
            let known = |value: Option<f64>| value.map_or_else(|| "not known".to_owned(), figure);
            table.rows.push(vec![
                figure(tick),
                of.depth.to_string(),
                known(at(of.cells, tick)),
                known(at(of.load, tick)),
            ]);
        }
    }
    let field = heat::Field {
        title,
        across: ("tick".to_owned(), ticks.iter().map(|&tick| figure(tick)).collect()),
        down: (
            "depth".to_owned(),
            depths.iter().map(|of| of.depth.to_string()).collect(),
        ),
        values: depths
            .iter()
            .map(|of| ticks.iter().map(|&tick| at(of.load, tick)).collect())
            .collect(),
        unit: "tasks".to_owned(),
    };
    page.drawing(&about, &table, |width| heat::draw(&field, width));
}
