//! What several devices would hold and move.

use crate::output::text::{bytes, grouped, table};
use crate::output::wrap::wrapped;
use tetraswarm::Error;
use tetraswarm::device::several::Forecast;
use tetraswarm::plan::Plan;

/// The most devices that have a column each.
const COLUMNS: usize = 4;

/// The ranges, the memory, and what comes to each device in a tick, step by step.
pub fn text(plan: &Plan, devices: &[&str], shares: &[u32]) -> Result<String, Error> {
    let forecast = Forecast::of(plan, shares, devices)?;
    let mut text = "\nSeveral devices, a range of the nodes each\n".to_owned();
    let mut rows = vec![
        ["device", "nodes", "of them", "steps touch"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for ((device, range), touched) in devices.iter().zip(&forecast.ranges).zip(&forecast.touched) {
        rows.push(vec![
            (*device).to_owned(),
            format!("{} to {}", grouped(range.start), grouped(range.end - 1)),
            grouped(range.len() as u64),
            bytes(*touched),
        ]);
    }
    text += &table(&rows);
    text += &wrapped(
        "What steps touch are columns and stored links: of a range, of the nodes linked to it, and of what is read anywhere. The CPU takes \
         memory for no more; a GPU for all columns.",
        "",
        "",
    );
    text.push('\n');
    let moving = forecast.steps.iter().zip(&plan.steps).enumerate();
    let moving: Vec<_> = moving
        .filter(|(_, (bytes, _))| bytes.iter().any(|&bytes| bytes > 0))
        .collect();
    let tick = forecast.tick();
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
    match devices.len() <= COLUMNS {
        true => head.extend(devices.iter().map(|&device| device.to_owned())),
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
