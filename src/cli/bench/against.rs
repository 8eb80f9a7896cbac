//! `tetraswarm bench --against scipy`: the tick over a stored random graph beside SciPy's sparse matrix-vector product over the same graph,
//! both on one core, in turns.

use super::{Answer, answer, answer_json};
use crate::cli::interrupt::Interrupt;
use crate::output::text::grouped;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use tetraswarm::Error;
use tetraswarm::bench::{Tick, Times, copy, measure, stored_random};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::average::Rounding;

/// Nodes where no number is asked for.
const NODES: u32 = 1_000_000;

const SCRIPT: &str = include_str!("../../../benches/against_scipy.py");

/// What a tick is compared with.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Other {
    /// SciPy's sparse matrix-vector product, which `python3` must have
    Scipy,
}

/// What the script prints.
#[derive(Deserialize)]
struct Printed {
    scipy: String,
    float32: Vec<f64>,
    float64: Vec<f64>,
}

#[derive(Serialize)]
struct Report {
    nodes: u32,
    link_ends: u64,
    /// Seconds of a tick of the rule average with rounding trunc on one thread: before SciPy's turn and after it.
    ticks: [Times; 2],
    scipy_version: String,
    /// Seconds of a product.
    float32: Times,
    float64: Times,
    /// The mean of the ticks' medians over the product's.
    of_float32: f64,
    of_float64: f64,
}

pub fn run(agents: Option<u32>, json: bool, interrupt: &Interrupt) -> Answer {
    let topology = stored_random(agents.unwrap_or(NODES));
    let rows = topology.rows();
    let (offsets, ends) = rows
        .as_ref()
        .map_or((&[][..], &[][..]), |rows| (rows.offsets, rows.ends));
    let device = CpuDevice::new(1)?;
    let copied = copy(&device, topology.nodes())?;
    let speed = 8.0 * f64::from(topology.nodes()) / copied.median;
    let tick = Tick::average(Rounding::Trunc);
    let turn = || measure(&topology, &tick, &device, speed, interrupt.halt());
    let Some(before) = turn()? else {
        return Ok(interrupt.exit_code());
    };
    let printed = product(offsets, ends)?;
    let Some(after) = turn()? else {
        return Ok(interrupt.exit_code());
    };
    let ours = (before.tick.median + after.tick.median) / 2.0;
    let (float32, float64) = (Times::of(printed.float32), Times::of(printed.float64));
    let report = Report {
        nodes: topology.nodes(),
        link_ends: ends.len() as u64,
        ticks: [before.tick, after.tick],
        scipy_version: printed.scipy,
        float32,
        float64,
        of_float32: ours / float32.median,
        of_float64: ours / float64.median,
    };
    if json {
        answer_json(&report)?;
    } else {
        answer(&text(&report))?;
    }
    Ok(interrupt.exit_code())
}

/// The products' seconds.
fn product(offsets: &[u32], ends: &[u32]) -> Result<Printed, Error> {
    let folder = Folder::new().map_err(|error| failed(&format!("no folder for the graph can be made: {error}")))?;
    let put = |name: &str, words: &[u32]| std::fs::write(folder.0.join(name), bytemuck::cast_slice(words));
    put("offsets", offsets)
        .and_then(|()| put("ends", ends))
        .and_then(|()| std::fs::write(folder.0.join("against_scipy.py"), SCRIPT))
        .map_err(|error| failed(&format!("{} cannot be written to: {error}", folder.0.display())))?;
    let output = Command::new("python3")
        .arg(folder.0.join("against_scipy.py"))
        .arg(&folder.0)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(&format!("python3 cannot be started: {error}; install Python and SciPy")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("nothing").to_owned();
        return Err(failed(&format!(
            "python3 says: {last}; SciPy must be installed: pip install scipy"
        )));
    }
    let printed = serde_json::from_slice::<Printed>(&output.stdout).ok();
    let is_whole = |printed: &Printed| !printed.float32.is_empty() && !printed.float64.is_empty();
    printed
        .filter(is_whole)
        .ok_or_else(|| failed("what python3 printed is no result of the script"))
}

fn failed(message: &str) -> Error {
    Error::invalid("--against", format!("cannot be done: {message}"))
}

/// A folder of its own below the system's for temporary files, which goes when this goes.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let name = format!("tetraswarm-against-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        // What stays behind is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(path);
    }
}

fn text(report: &Report) -> String {
    let line = |what: &str, times: Times, ratio: Option<f64>| {
        let ratio = ratio.map_or_else(String::new, |ratio| {
            format!("   the tick takes {ratio:.2} times as long")
        });
        format!(
            "{what:<34} {:>7.1} ms ({:.1} to {:.1}){ratio}\n",
            times.median * 1e3,
            times.least * 1e3,
            times.greatest * 1e3
        )
    };
    let [before, after] = report.ticks;
    format!(
        "random graph of {} nodes, {} link ends, one core\n{}{}{}{}",
        grouped(report.nodes),
        report.link_ends,
        line("tick, average trunc", before, None),
        line(
            &format!("SciPy {}, float32", report.scipy_version),
            report.float32,
            Some(report.of_float32)
        ),
        line(
            &format!("SciPy {}, float64", report.scipy_version),
            report.float64,
            Some(report.of_float64)
        ),
        line("tick, average trunc, once more", after, None),
    )
}
