//! `tetraswarm bench --work`: the tick of cells that work; with `--growth` besides that of the same swarm with places for more, with
//! `--learning` that of cells that learn.

use super::{Answer, answer, answer_json, copied, copy_words, short, tell};
use crate::cli::interrupt::Interrupt;
use crate::output::text::{grouped, table};
use serde::Serialize;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::bench::{Beside, Times, WorkFigures, copy, measure_work, work_agents};
use tetraswarm::device::{Device, DeviceInfo};

/// Agents where no number is asked for.
const SIZES: [u32; 4] = [1 << 16, 1 << 18, 1 << 20, 1 << 22];
/// What is measured beside the plain swarm with `--growth`.
const GROWTH: [Beside; 2] = [Beside::Places(2), Beside::Places(4)];
/// And with `--learning`.
const LEARNING: [Beside; 4] = [
    Beside::Strategies {
        count: 1,
        balances: false,
    },
    Beside::Strategies {
        count: 4,
        balances: false,
    },
    Beside::Strategies {
        count: 16,
        balances: false,
    },
    Beside::Strategies {
        count: 4,
        balances: true,
    },
];
/// Words of the copy beside which a tick is put: far more than any cache holds.
const COPY_WORDS: u32 = 1 << 24;

#[derive(Serialize)]
struct Row {
    agents: u32,
    cells: u32,
    /// What the swarm has besides; null for nothing.
    beside: Option<String>,
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
    (agents, growth, learning): (Option<u32>, bool, bool),
    json: bool,
    interrupt: &Interrupt,
) -> Answer {
    let sizes = agents.map_or_else(|| SIZES.to_vec(), |agents| vec![work_agents(agents)]);
    let mut besides = vec![Beside::Nothing];
    besides.extend(GROWTH.iter().filter(|_| growth));
    besides.extend(LEARNING.iter().filter(|_| learning));
    let report = measure(devices, (&sizes, &besides), interrupt)?;
    if json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

fn measure(
    devices: &[Arc<dyn Device>],
    (sizes, besides): (&[u32], &[Beside]),
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
    for (agents, beside) in sizes
        .iter()
        .flat_map(|&agents| besides.iter().map(move |&beside| (agents, beside)))
    {
        if interrupt.is_asked() {
            break;
        }
        let about = beside.about();
        let with = about.as_ref().map_or_else(String::new, |about| format!(", {about}"));
        tell(&format!("measuring {} agents{with} …", grouped(agents)));
        let on = |(device, &speed): (&Arc<dyn Device>, &f64)| match measure_work(
            agents,
            beside,
            &**device,
            speed,
            interrupt.halt(),
        ) {
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
            beside: about,
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

/// How many times as long the tick is as that of the plain swarm of the same size on the same device; nothing of that itself.
fn to_plain(report: &Report, row: &Row, device: usize, figures: &WorkFigures) -> Option<f64> {
    row.beside.as_ref()?;
    let is_plain = |other: &&Row| other.agents == row.agents && other.beside.is_none();
    let plain = report.rows.iter().find(is_plain)?.figures.get(device)?.as_ref()?;
    Some(figures.tick.median / plain.tick.median)
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
    let mut titles: Vec<String> = ["agents", "cells", "besides", "bytes"].map(str::to_owned).to_vec();
    for device in &report.devices {
        titles.push(format!("{} ms/tick", short(device)));
        titles.extend(
            [
                "spread",
                "to plain",
                "ns/agent-tick",
                "M agent-ticks/s",
                "GB/s",
                "of copy",
            ]
            .map(str::to_owned),
        );
    }
    let mut rows = vec![titles];
    for row in &report.rows {
        let bytes = row.figures.iter().flatten().next();
        let mut cells = vec![
            grouped(row.agents),
            grouped(row.cells),
            row.beside.clone().unwrap_or_else(|| "-".to_owned()),
            bytes.map_or("-".into(), |f| format!("{:.1}", f.bytes_per_agent_tick)),
        ];
        for (k, figures) in row.figures.iter().enumerate() {
            cells.extend(match figures {
                Some(f) => [
                    format!("{:.3}", f.tick.median * 1e3),
                    format!("{:.3}–{:.3}", f.tick.least * 1e3, f.tick.greatest * 1e3),
                    to_plain(report, row, k, f).map_or_else(|| "-".to_owned(), |times| format!("{times:.2} ×")),
                    format!("{:.2}", f.nanoseconds_per_agent_tick),
                    format!("{:.1}", f.agent_ticks_per_second / 1e6),
                    format!("{:.2}", f.bandwidth / 1e9),
                    format!("{:.1} %", f.share_of_copy * 100.0),
                ],
                None => ["does not fit", "-", "-", "-", "-", "-", "-"].map(str::to_owned),
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
