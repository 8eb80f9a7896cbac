//! Ranges of one swarm on the CPU, a thread each, beside one device with as many threads: what dividing a swarm costs.

use super::bench;
use crate::cli::interrupt::Interrupt;
use crate::cli::{Answer, answer, answer_json, tell};
use crate::output::text::{grouped, table};
use serde::Serialize;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::bench::{Tick, Times};
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::several::{Forecast, SeveralDevices};
use tetraswarm::part::average::Rounding;

/// Agents of a range where none are asked for.
const AGENTS: u32 = 1 << 20;

#[derive(Serialize)]
struct Row {
    what: &'static str,
    agents: u32,
    ranges: usize,
    /// Seconds a tick.
    tick: Times,
    /// The same on one device with as many threads.
    tick_of_one: Times,
    /// Bytes that are brought from range to range in a tick; null where that was not worked out.
    bytes_brought: Option<u64>,
}

#[derive(Serialize)]
struct Report {
    rows: Vec<Row>,
    /// Whether the end was asked for before all were measured.
    interrupted: bool,
}

/// Measures so many ranges, each of so many agents.
pub fn run(ranges: &[u32], agents: Option<u32>, json: bool, interrupt: &Interrupt) -> Answer {
    let mut rows = Vec::new();
    for &count in ranges {
        let all = agents.unwrap_or(AGENTS).saturating_mul(count);
        let count = count as usize;
        let several = several(count)?;
        let one = CpuDevice::new(count)?;
        tell(&format!("measuring {count} ranges: torus2d, orchestra …"));
        rows.extend(torus(all, count, [&several, &one], interrupt)?);
        rows.extend(orchestra(all, count, [&several, &one], interrupt)?);
        if interrupt.is_asked() {
            break;
        }
    }
    let interrupted = interrupt.is_asked();
    if interrupted {
        tell("interrupted: these were measured");
    }
    let report = Report { rows, interrupted };
    if json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

fn several(count: usize) -> Result<SeveralDevices, Error> {
    let one = || Ok(Arc::new(CpuDevice::new(1)?) as Arc<dyn Device>);
    let all = (0..count).map(|_| one()).collect::<Result<_, Error>>()?;
    SeveralDevices::new(all, &[])
}

fn torus(agents: u32, ranges: usize, devices: [&dyn Device; 2], interrupt: &Interrupt) -> Result<Option<Row>, Error> {
    let mut networks = bench::networks(agents).into_iter();
    let Some(network) = networks.find(|network| network.label == "torus2d") else {
        return Ok(None);
    };
    let topology = network.build()?;
    let tick = Tick::average(Rounding::Trunc);
    let forecast = Forecast::of(
        &tick.plan(&topology)?,
        &[],
        &vec!["cpu"; ranges],
        (&[(0..ranges).collect()], 1),
    )?;
    let measure = |device: &dyn Device| bench::measure(&topology, &tick, device, 1.0, interrupt.halt());
    let (Some(several), Some(one)) = (measure(devices[0])?, measure(devices[1])?) else {
        return Ok(None);
    };
    Ok(Some(Row {
        what: "torus2d, average",
        agents: topology.nodes(),
        ranges,
        tick: several.tick,
        tick_of_one: one.tick,
        bytes_brought: Some(forecast.tick().iter().sum()),
    }))
}

fn orchestra(
    agents: u32,
    ranges: usize,
    devices: [&dyn Device; 2],
    interrupt: &Interrupt,
) -> Result<Option<Row>, Error> {
    let agents = bench::work_agents(agents);
    let measure =
        |device: &dyn Device| bench::measure_work(agents, bench::Beside::Nothing, device, 1.0, interrupt.halt());
    let (Some(several), Some(one)) = (measure(devices[0])?, measure(devices[1])?) else {
        return Ok(None);
    };
    Ok(Some(Row {
        what: "orchestra",
        agents,
        ranges,
        tick: several.tick,
        tick_of_one: one.tick,
        bytes_brought: None,
    }))
}

fn text(report: &Report) -> String {
    let titles = [
        "what",
        "agents",
        "ranges",
        "ms/tick",
        "spread",
        "one, as many threads",
        "spread",
        "more",
        "bytes brought",
    ];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    let spread = |times: &Times| format!("{:.2}–{:.2}", times.least * 1e3, times.greatest * 1e3);
    rows.extend(report.rows.iter().map(|row| {
        vec![
            row.what.to_owned(),
            grouped(row.agents),
            grouped(row.ranges as u64),
            format!("{:.2}", row.tick.median * 1e3),
            spread(&row.tick),
            format!("{:.2}", row.tick_of_one.median * 1e3),
            spread(&row.tick_of_one),
            format!("{:+.0} %", 100.0 * (row.tick.median / row.tick_of_one.median - 1.0)),
            row.bytes_brought.map_or_else(|| "-".to_owned(), grouped),
        ]
    }));
    let mut text = table(&rows);
    text += "each range has one thread, and agents grow with their number; more: than one device with as many threads takes\n";
    text
}
