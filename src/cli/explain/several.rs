//! What several devices would hold and move.

use crate::cli::selection::is_cpu;
use crate::output::text::{bytes, grouped, table};
use crate::output::wrap::wrapped;
use tetraswarm::Error;
use tetraswarm::device::several::Forecast;
use tetraswarm::plan::Plan;

/// The most devices that have a column each.
const COLUMNS: usize = 4;

/// Who has which memory: the processor is one, however often it is named, every GPU another, and so is every rank.
pub fn places(devices: &[&str], are_ranks: bool) -> Vec<Vec<usize>> {
    let mut places: Vec<Vec<usize>> = Vec::new();
    let mut of_cpu: Option<usize> = None;
    for (at, device) in devices.iter().enumerate() {
        if are_ranks || !is_cpu(device) {
            places.push(vec![at]);
            continue;
        }
        match of_cpu {
            Some(cpu) => places[cpu].push(at),
            None => {
                of_cpu = Some(places.len());
                places.push(vec![at]);
            }
        }
    }
    places
}

/// The ranges, the memory, and what comes to each device in a tick, step by step; with the shares, and every how many ticks words are brought.
pub fn text(plan: &Plan, devices: &[&str], (split, halo): (&[u32], u32), are_ranks: bool) -> Result<String, Error> {
    let places = places(devices, are_ranks);
    let forecast = Forecast::of(plan, split, devices, (&places, halo))?;
    let (title, what) = match are_ranks {
        true => ("\nSeveral ranks, a range of the nodes each\n", "rank"),
        false => ("\nSeveral devices, a range of the nodes each\n", "device"),
    };
    let mut text = title.to_owned();
    let mut rows = vec![
        [what, "nodes", "of them", "memory for columns"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (at, (device, range)) in devices.iter().zip(&forecast.ranges).enumerate() {
        // Of several with one memory the first says how much it is.
        let place = forecast.places.iter().position(|place| place.contains(&at));
        let touched = place.map(|place| match forecast.places[place].first() == Some(&at) {
            true if are_ranks || is_cpu(device) => bytes(forecast.touched[place]),
            true => bytes(forecast.held[place]),
            false => "with the first".to_owned(),
        });
        rows.push(vec![
            (*device).to_owned(),
            format!("{} to {}", grouped(range.start), grouped(range.end - 1)),
            grouped(range.len() as u64),
            touched.unwrap_or_default(),
        ]);
    }
    text += &table(&rows);
    if plan.kinship.is_some() {
        let places = format!(
            "Ranges are of places, of which the first {} have a cell from the start: a range behind these has nothing to do until families come.",
            grouped(plan.founders())
        );
        text += &wrapped(&places, "", "");
    }
    // Where links are computed there are none to be held.
    let links = match plan.topology.stored_bytes() {
        0 => "",
        _ => " and stored links",
    };
    let takes = format!(
        "The CPU takes memory for what steps touch, once for all its ranges: columns{links} of a range, of the nodes linked to it, and of what is \
         read anywhere. A GPU holds one stretch of the nodes with all of these, where they are close together, as on a ring or a torus; else \
         whole columns."
    );
    text += &wrapped(&takes, "", "");
    text.push('\n');
    let moving = forecast.steps.iter().zip(&plan.steps).enumerate();
    let moving: Vec<_> = moving
        .filter(|(_, (bytes, _))| bytes.iter().any(|&bytes| bytes > 0))
        .collect();
    let tick = forecast.tick();
    if let Some((ticks, bytes)) = &forecast.deep {
        let most = bytes.iter().copied().max().unwrap_or(0);
        text += &format!(
            "Every {ticks} ticks {} bytes are brought in all, at most {} to one; between nothing is.\n",
            grouped(bytes.iter().sum::<u64>()),
            grouped(most)
        );
        return Ok(text);
    }
    if moving.is_empty() {
        text += "In a tick nothing is brought from device to device.\n";
        return Ok(text);
    }
    let cells = |of: &[u64]| -> Vec<String> {
        let sum = grouped(of.iter().sum::<u64>());
        match of.len() <= COLUMNS {
            true => of.iter().map(|&bytes| grouped(bytes)).chain([sum]).collect(),
            false => vec![grouped(of.iter().copied().max().unwrap_or(0)), sum],
        }
    };
    let mut head = vec!["bytes brought in a tick, to".to_owned()];
    let names = forecast.places.iter().map(|place| {
        let names: Vec<&str> = place.iter().map(|&at| devices[at]).collect();
        names.join(" + ")
    });
    match forecast.places.len() <= COLUMNS {
        true => head.extend(names),
        false => head.push("the one that gets most".to_owned()),
    }
    head.push("all".to_owned());
    let mut rows = vec![head];
    for (k, (bytes, step)) in moving {
        let name = format!("{}. {}", k + 1, step.name());
        rows.push(std::iter::once(name).chain(cells(bytes)).collect());
    }
    rows.push(std::iter::once("all steps".to_owned()).chain(cells(&tick)).collect());
    text += &table(&rows);
    text += &wrapped(
        "That is of a tick in which no step rests. A row measured besides brings what gauges read of neighbours, and a few words a device.",
        "",
        "",
    );
    Ok(text)
}
