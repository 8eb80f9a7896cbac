//! `tetraswarm bench --work`: the tick of cells that work; with `--growth` besides that of the same swarm with places for more.

use super::{Answer, answer, answer_json, copied, copy_words, short, tell};
use crate::cli::interrupt::Interrupt;
use crate::output::text::{grouped, table};
use serde::Serialize;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::bench::{Times, WorkFigures, copy, measure_growth, measure_work, work_agents};
use tetraswarm::device::{Device, DeviceInfo};

/// Agents where no number is asked for.
const SIZES: [u32; 4] = [1 << 16, 1 << 18, 1 << 20, 1 << 22];
/// Places for so many times as many agents, where cells may come and go.
const PLACES: [u32; 2] = [2, 4];
/// Words of the copy beside which a tick is put: far more than any cache holds.
const COPY_WORDS: u32 = 1 << 24;

#[derive(Serialize)]
struct Row {
    agents: u32,
    cells: u32,
    /// For how many times as many agents there are places; null where cells do not come and go.
    places: Option<u32>,
    /// One for each device; null where it does not fit.
    figures: Vec<Option<WorkFigures>>,
}

#[derive(Serialize)]
struct Report {
    devices: Vec<DeviceInfo>,
    copy_words: u32,
    copy: Vec<Times>,
    copy_bytes_per_second: Vec<f64>,
    rows: Vec<Row>,
    /// Whether the end was asked for before all were measured.
    interrupted: bool,
}

/// Measures with so many agents, or with each number that is usual.
pub fn run(
    devices: &[Arc<dyn Device>],
    (agents, growth): (Option<u32>, bool),
    json: bool,
    interrupt: &Interrupt,
) -> Answer {
    let sizes = agents.map_or_else(|| SIZES.to_vec(), |agents| vec![work_agents(agents)]);
    let places = std::iter::once(None).chain(PLACES.iter().copied().map(Some).filter(|_| growth));
    let places: Vec<Option<u32>> = places.collect();
    let report = measure(devices, (&sizes, &places), interrupt)?;
    if json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

fn measure(
    devices: &[Arc<dyn Device>],
    (sizes, places): (&[u32], &[Option<u32>]),
    interrupt: &Interrupt,
) -> Result<Report, Error> {
    let copies: Vec<Times> = devices
        .iter()
        .map(|device| copy(&**device, copy_words(&**device, COPY_WORDS)))
        .collect::<Result<_, _>>()?;
    let speeds: Vec<f64> = devices
        .iter()
        .zip(&copies)
        .map(|(device, copy)| 8.0 * f64::from(copy_words(&**device, COPY_WORDS)) / copy.median)
        .collect();
    let mut rows = Vec::new();
    for (agents, places) in sizes
        .iter()
        .flat_map(|&agents| places.iter().map(move |&places| (agents, places)))
    {
        if interrupt.is_asked() {
            break;
        }
        tell(&format!("measuring {} agents …", grouped(agents)));
        let on = |(device, &speed): (&Arc<dyn Device>, &f64)| match match places {
            None => measure_work(agents, &**device, speed, interrupt.halt()),
            Some(times) => measure_growth(agents, times, &**device, speed, interrupt.halt()),
        } {
            Ok(figures) => Ok(figures),
            // One size that does not fit spoils no table.
            Err(error @ Error::TooLarge { .. }) => {
                tell(&format!("note: {error}"));
                Ok(None)
            }
            Err(error) => Err(error),
        };
        let figures = devices.iter().zip(&speeds).map(on).collect::<Result<_, Error>>()?;
        // What was under way when the word came is no measurement.
        if interrupt.is_asked() {
            break;
        }
        rows.push(Row {
            agents,
            cells: agents / 4,
            places,
            figures,
        });
    }
    let interrupted = interrupt.is_asked();
    if interrupted {
        tell("interrupted: these were measured");
    }
    Ok(Report {
        devices: devices.iter().map(|device| device.info().clone()).collect(),
        copy_words: COPY_WORDS,
        copy: copies,
        copy_bytes_per_second: speeds,
        rows,
        interrupted,
    })
}

fn text(report: &Report) -> String {
    let mut all = String::new();
    for (k, device) in report.devices.iter().enumerate() {
        all += &copied(
            device,
            report.copy_words,
            report.copy[k],
            report.copy_bytes_per_second[k],
        );
    }
    let mut titles: Vec<String> = ["agents", "cells", "places", "bytes"].map(str::to_owned).to_vec();
    for device in &report.devices {
        titles.push(format!("{} ms/tick", short(device)));
        titles.extend(["spread", "ns/agent-tick", "M agent-ticks/s", "GB/s", "of copy"].map(str::to_owned));
    }
    let mut rows = vec![titles];
    for row in &report.rows {
        let bytes = row.figures.iter().flatten().next();
        let mut cells = vec![
            grouped(row.agents),
            grouped(row.cells),
            row.places.map_or("-".into(), |times| format!("{times} ×")),
            bytes.map_or("-".into(), |f| format!("{:.1}", f.bytes_per_agent_tick)),
        ];
        for figures in &row.figures {
            cells.extend(match figures {
                Some(f) => [
                    format!("{:.3}", f.tick.median * 1e3),
                    format!("{:.3}–{:.3}", f.tick.least * 1e3, f.tick.greatest * 1e3),
                    format!("{:.2}", f.nanoseconds_per_agent_tick),
                    format!("{:.1}", f.agent_ticks_per_second / 1e6),
                    format!("{:.2}", f.bandwidth / 1e9),
                    format!("{:.1} %", f.share_of_copy * 100.0),
                ],
                None => ["does not fit", "-", "-", "-", "-", "-"].map(str::to_owned),
            });
        }
        rows.push(cells);
    }
    all += "\norchestra without its events, from tick 50 on\n";
    all += &table(&rows);
    all += "bytes: for each agent and tick, every column that a step reads or writes counted once in full; cells look only at the \
            part of their queues that is filled, so typically less moves, and GB/s and its share of the copy's are upper bounds\n";
    all
}
