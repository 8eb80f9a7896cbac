//! `tetraswarm bench`: the tick on each topology, of each rule, and of cells that work, beside the device's own copy bandwidth.

mod against;
mod paths;
mod ranges;
mod work;

use super::interrupt::Interrupt;
use super::selection::Selection;
use super::{Answer, answer, answer_json, tell};
use crate::output::text::{bytes, grouped, table};
use serde::Serialize;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::bench::{self, Figures, Network, Tick, Times};
use tetraswarm::device::{self, Device, DeviceInfo, DeviceKind};
use tetraswarm::part::StandardForm;
use tetraswarm::part::average::Rounding;
use tetraswarm::scenario::Registry;

/// Measure the tick on each topology, of each rule, of learning, or of cells that work, against the copy bandwidth of the same device
///
/// Every figure is the median of seven repetitions after a warm-up. The share of copy is the bandwidth that a tick achieves
/// on the bytes that it must move, as a share of the bandwidth of a plain copy in the same run. Beside a GPU the CPU is
/// measured as well.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub selection: Selection,
    /// Agents, about: each topology takes the nearest number that it allows [default: 16777216; with --work 65536, 262144,
    /// 1048576 and 4194304]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=4_294_967_294))]
    agents: Option<u32>,
    /// Only this topology, or those whose label contains this [default: all; with --rule the rule's standard one, with --learning ring]
    #[arg(long, value_name = "all|KIND|TEXT")]
    topology: Option<String>,
    /// Every rule in its standard form, or this one, instead of the average rule with each rounding
    #[arg(long, value_name = "all|RULE", conflicts_with = "rounding")]
    rule: Option<String>,
    /// Cells that work, as in the scenario orchestra, instead of consensus
    #[arg(long, conflicts_with_all = ["rule", "rounding", "topology"])]
    work: bool,
    /// As --work, and beside it the same swarm with places for 2 and 4 times as many agents, where cells may come and go and none does
    #[arg(long, conflicts_with_all = ["rule", "rounding", "topology", "learning"])]
    growth: bool,
    /// Every rule of learning instead of consensus; on a ring unless a topology is given. With --work cells that learn beside cells that
    /// work and do not: of 1, 4 and 16 strategies, and of 4 with two balances
    #[arg(long, conflicts_with_all = ["rule", "rounding", "growth"])]
    learning: bool,
    /// The tick over a stored random graph beside the same graph's matrix-vector product elsewhere, both on one core
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["rule", "rounding", "topology", "work", "growth", "learning"])]
    against: Option<against::Other>,
    /// One swarm on so many ranges of the CPU, a thread each, beside one device with as many threads, as in 1,2,4: torus2d with so many
    /// agents a range [default: 1048576], and orchestra
    #[arg(long, value_name = "N,N…", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=256),
          conflicts_with_all = ["rule", "rounding", "work", "growth", "learning", "topology"])]
    ranges: Vec<u32>,
    /// Which paths cells that work take, as in the scenario orchestra, and how many of 64 take each at once: what a path costs a GPU
    /// [default: 1048576 agents]
    #[arg(long, conflicts_with_all = ["rule", "rounding", "topology", "work", "growth", "learning", "ranges", "against"])]
    paths: bool,
    /// Only these roundings: trunc, random, golden, quasi
    #[arg(long, value_name = "ROUNDING", value_delimiter = ',', value_parser = rounding, default_value = "trunc,golden,random")]
    rounding: Vec<Rounding>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// Agents where none are asked for.
const AGENTS: u32 = 1 << 24;

impl Arguments {
    /// About how many agents are asked for.
    fn agents(&self) -> u32 {
        self.agents.unwrap_or(AGENTS)
    }
}

fn rounding(name: &str) -> Result<Rounding, String> {
    let names = Rounding::ALL.map(Rounding::name).join(", ");
    let mut all = Rounding::ALL.into_iter();
    all.find(|r| r.name() == name)
        .ok_or_else(|| format!("it can be: {names}"))
}

#[derive(Serialize)]
struct Row {
    topology: String,
    nodes: u32,
    /// Neighbours of a node, on average.
    degree: f64,
    rule: String,
    /// One for each device; null where it does not fit.
    figures: Vec<Option<Figures>>,
    /// Seconds of a tick on one thread of the CPU; null where it has no more, or it does not fit.
    one_thread: Option<Times>,
}

impl Row {
    /// How many times as fast all threads of the CPU are as one.
    fn speedup(&self, devices: &[DeviceInfo]) -> Option<f64> {
        let of = |(device, figures): (&DeviceInfo, &Option<Figures>)| {
            figures
                .as_ref()
                .filter(|_| device.kind == DeviceKind::Cpu)
                .map(|figures| figures.tick.median)
        };
        let all = devices.iter().zip(&self.figures).find_map(of)?;
        self.one_thread.map(|one| one.median / all)
    }
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

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    if let Some(against::Other::Scipy) = arguments.against {
        return against::run(arguments.agents, arguments.json, &Interrupt::watch(false));
    }
    if !arguments.ranges.is_empty() {
        let interrupt = Interrupt::watch(false);
        return ranges::run(&arguments.ranges, arguments.agents, arguments.json, &interrupt);
    }
    if arguments.paths {
        if arguments.selection.is_given() {
            let message = "counts what cells do, which is the same on every device, and has no use for --device, --backend, --threads or --split; leave \
                           them out";
            return Err(tetraswarm::Error::invalid("--paths", message).into());
        }
        return paths::run(arguments.agents, arguments.json, &Interrupt::watch(false));
    }
    let (chosen, note) = arguments.selection.open()?;
    if let Some(note) = note {
        tell(&format!("note: {note}"));
    }
    let mut devices = vec![chosen];
    if devices[0].info().kind != DeviceKind::Cpu {
        devices.push(device::choose(&arguments.selection.on_cpu())?.0);
    }
    let interrupt = Interrupt::watch(false);
    if arguments.work || arguments.growth {
        let what = (arguments.agents, arguments.growth, arguments.learning);
        return work::run(&devices, what, arguments.json, &interrupt);
    }
    let cases = cases(arguments, registry)?;
    let report = measure(&devices, arguments, &cases, &interrupt)?;
    if arguments.json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

/// What is measured on which network.
fn cases(arguments: &Arguments, registry: &Registry) -> Result<Vec<(Network, Vec<Tick>)>, Error> {
    let agents = arguments.agents();
    let asked = arguments.topology.as_deref();
    if arguments.learning {
        let networks = meant(asked.unwrap_or("ring"), agents)?;
        return Ok(networks
            .into_iter()
            .map(|network| (network, Tick::learning()))
            .collect());
    }
    let Some(rule) = &arguments.rule else {
        let ticks: Vec<Tick> = arguments
            .rounding
            .iter()
            .map(|&rounding| Tick::average(rounding))
            .collect();
        let networks = meant(asked.unwrap_or("all"), agents)?;
        return Ok(networks.into_iter().map(|network| (network, ticks.clone())).collect());
    };
    let registry = Arc::new(registry.clone());
    let forms: Vec<StandardForm> = registry
        .standard_forms()
        .filter(|form| rule == "all" || form.place.name() == rule)
        .collect();
    if forms.is_empty() {
        return Err(unknown(rule, &registry));
    }
    let mut all = Vec::new();
    for form in &forms {
        let networks = match asked {
            Some(asked) => meant(asked, agents)?,
            None => vec![bench::standard_network(form, agents)?],
        };
        let ticks = Tick::of(form, &registry);
        all.extend(networks.into_iter().map(|network| (network, ticks.clone())));
    }
    Ok(all)
}

/// Why a part cannot be measured.
fn unknown(name: &str, registry: &Registry) -> Error {
    let names: Vec<&str> = registry.standard_forms().map(|form| form.place.name()).collect();
    let message = match registry.kinds().any(|(place, _)| place.name() == name) {
        true => format!(
            "is {name}, which has no standard form to measure: register it with one; these have: {}",
            names.join(", ")
        ),
        false => format!("is {name}, which is no rule; the rules are: {}", names.join(", ")),
    };
    Error::invalid("--rule", message)
}

/// The networks that an argument means: all of them, the one of that name, or those whose label contains it.
fn meant(asked: &str, agents: u32) -> Result<Vec<Network>, Error> {
    let all = bench::networks(agents);
    if asked == "all" {
        return Ok(all);
    }
    let is_name = all.iter().any(|network| network.label == asked);
    let is_meant = |label: &str| if is_name { label == asked } else { label.contains(asked) };
    let labels: Vec<String> = all.iter().map(|network| network.label.clone()).collect();
    let networks: Vec<Network> = all.into_iter().filter(|network| is_meant(&network.label)).collect();
    if networks.is_empty() {
        return Err(Error::invalid(
            "--topology",
            format!("{asked} is part of no label; the labels are: {}", labels.join(", ")),
        ));
    }
    Ok(networks)
}

fn measure(
    devices: &[Arc<dyn Device>],
    arguments: &Arguments,
    cases: &[(Network, Vec<Tick>)],
    interrupt: &Interrupt,
) -> Result<Report, Error> {
    let agents = arguments.agents();
    let copy: Vec<Times> = devices
        .iter()
        .map(|d| bench::copy(&**d, copy_words(&**d, agents)))
        .collect::<Result<_, _>>()?;
    let speed = |k: usize| 8.0 * f64::from(copy_words(&*devices[k], agents)) / copy[k].median;
    let speeds: Vec<f64> = (0..devices.len()).map(speed).collect();
    let mut rows = Vec::new();
    for (network, ticks) in cases {
        if interrupt.is_asked() {
            break;
        }
        let topology = network.build()?;
        for tick in ticks {
            tell(&format!("measuring {}, {} …", network.label, tick.label));
            let on = |(device, &speed): (&Arc<dyn Device>, &f64)| {
                match bench::measure(&topology, tick, &**device, speed, interrupt.halt()) {
                    Ok(figures) => Ok(figures),
                    // One network that does not fit, or has too large a hub for a software GPU, spoils no table.
                    Err(error @ (Error::TooLarge { .. } | Error::Invalid { .. })) => {
                        tell(&format!("note: {error}"));
                        Ok(None)
                    }
                    Err(error) => Err(error),
                }
            };
            let figures = devices.iter().zip(&speeds).map(on).collect::<Result<_, Error>>()?;
            let has_more = devices
                .iter()
                .any(|device| device.info().threads.is_some_and(|threads| threads > 1));
            let one_thread = match has_more {
                true => bench::measure_on_one_thread(&topology, tick, interrupt.halt()).unwrap_or(None),
                false => None,
            };
            // What was under way when the word came is no measurement.
            if interrupt.is_asked() {
                break;
            }
            rows.push(Row {
                topology: network.label.clone(),
                nodes: topology.nodes(),
                degree: 2.0 * topology.links() as f64 / f64::from(topology.nodes()),
                rule: tick.label.clone(),
                figures,
                one_thread,
            });
        }
    }
    let interrupted = interrupt.is_asked();
    if interrupted {
        tell("interrupted: these were measured");
    }
    Ok(Report {
        devices: devices.iter().map(|d| d.info().clone()).collect(),
        copy_words: agents,
        copy,
        copy_bytes_per_second: speeds,
        rows,
        interrupted,
    })
}

/// As many words as a column has, or as fit the device.
fn copy_words(device: &dyn Device, agents: u32) -> u32 {
    u64::from(agents).min(device.info().largest_column_bytes / 4) as u32
}

fn rate(bytes_per_second: f64) -> String {
    format!("{:.1} GB/s", bytes_per_second / 1e9)
}

/// What a device is, and how fast it copies.
fn copied(device: &DeviceInfo, words: u32, times: Times, speed: f64) -> String {
    format!(
        "{} ({}, {})\n  copy of {}: {:.2} ms ({:.2} to {:.2}), {}\n",
        device.name,
        device.backend,
        device.driver,
        bytes(4 * u64::from(words).min(device.largest_column_bytes / 4)),
        times.median * 1e3,
        times.least * 1e3,
        times.greatest * 1e3,
        rate(speed)
    )
}

/// What the columns of a device are called.
fn short(device: &DeviceInfo) -> &'static str {
    match device.kind {
        DeviceKind::Cpu => "CPU",
        _ => device.backend,
    }
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
    let mut titles = vec![
        "topology".to_owned(),
        "nodes".into(),
        "degree".into(),
        "rule".into(),
        "bytes".into(),
    ];
    for device in &report.devices {
        titles.extend([
            format!("{} ms/tick", short(device)),
            "spread".into(),
            "M node-ticks/s".into(),
            "GB/s".into(),
            "of copy".into(),
        ]);
    }
    titles.push("one thread".into());
    let mut rows = vec![titles];
    for row in &report.rows {
        let needed = row
            .figures
            .iter()
            .flatten()
            .next()
            .map_or("-".into(), |f| format!("{:.1}", f.bytes_per_node_tick));
        let mut cells = vec![
            row.topology.clone(),
            grouped(row.nodes),
            format!("{:.1}", row.degree),
            row.rule.clone(),
            needed,
        ];
        for figures in &row.figures {
            cells.extend(match figures {
                Some(f) => [
                    format!("{:.2}", f.tick.median * 1e3),
                    format!("{:.2}–{:.2}", f.tick.least * 1e3, f.tick.greatest * 1e3),
                    format!("{:.1}", f.node_ticks_per_second / 1e6),
                    format!("{:.2}", f.bandwidth / 1e9),
                    format!("{:.1} %", f.share_of_copy * 100.0),
                ],
                None => ["does not fit".into(), "-".into(), "-".into(), "-".into(), "-".into()],
            });
        }
        let speedup = row.speedup(&report.devices);
        cells.push(speedup.map_or_else(|| "-".into(), |times| format!("{times:.2} ×")));
        rows.push(cells);
    }
    all += "\n";
    all += &table(&rows);
    all += "bytes: that must move for each node and tick; of copy: those bytes a second, as a share of the copy's\n\
            one thread: how many times as long a tick takes on one thread of the CPU\n";
    all
}
