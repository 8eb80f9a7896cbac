//! `tetraswarm verify`: the same scenario on several devices, compared bit by bit.

use super::interrupt::Interrupt;
use super::run::Source;
use super::selection::{BackendArgument, is_cpu};
use super::{Answer, answer, answer_json, tell};
use crate::output::progress::{Progress, What};
use crate::output::text::{grouped, list};
use serde::Serialize;
use std::cell::RefCell;
use std::process::ExitCode;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::device::several::SeveralDevices;
use tetraswarm::device::{self, Choice, Device, DeviceInfo};
use tetraswarm::scenario::Registry;
use tetraswarm::swarm::Swarm;
use tetraswarm::verify::{Difference, Verification, Verifier};

/// Run a scenario on several devices in lockstep and compare their bits
///
/// Exits with 0 only if all agree. On a difference it repeats the run up to where they still agreed, goes on step by step,
/// and names the first tick, step, column and index at which they part.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The devices, as --device of run takes them; cpu:N is the CPU with N threads, cpu+gpu are two that run the swarm together [default: cpu:1, cpu, and every GPU; of GL only
    /// with --backend gl, or if there is no other]
    #[arg(long, value_name = "DEVICE,DEVICE…", value_delimiter = ',')]
    devices: Vec<String>,
    #[command(flatten)]
    backend: BackendArgument,
    /// Compare after every so many ticks
    #[arg(long, value_name = "K", default_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Flip one bit on the last device half-way through the run, to show that it is noticed
    #[arg(long)]
    perturb: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Whether it may open a GPU.
    pub fn may_open_gpu(&self) -> bool {
        let mut devices = self.devices.iter().flat_map(|device| device.split('+'));
        self.devices.is_empty() || !devices.all(is_cpu)
    }
}

/// How much of the standard scenario is compared where nothing is said: enough that each step has its work, and done in seconds.
const AGENTS: u32 = 16_384;
const TICKS: u32 = 60;

impl Arguments {
    /// How much may be held of files.
    pub fn memory(&self) -> &super::memory::MemoryArgument {
        &self.source.memory
    }
}

#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a str,
    /// Null where the end came before it was known.
    agree: Option<bool>,
    devices: Vec<&'a DeviceInfo>,
    #[serde(flatten)]
    verification: &'a Verification,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let source = if arguments.source.is_default() {
        tell(&format!(
            "note: {AGENTS} agents for {TICKS} ticks; say which scenario, or give --agents and --ticks, for more"
        ));
        &arguments.source.of_size(AGENTS, TICKS)
    } else {
        &arguments.source
    };
    let document = source.document()?;
    let located = |error| document.locate(error);
    let scenario = source.scenario(&document, registry)?;
    if arguments.perturb && scenario.ticks == 0 {
        return Err(Error::invalid(
            "--perturb",
            "needs at least one tick to flip a bit in, but there are 0; give --ticks 10",
        )
        .into());
    }
    let devices = open(arguments)?;
    let interrupt = Interrupt::watch(false);
    let borrowed: Vec<&dyn Device> = devices.iter().map(|d| &**d).collect();
    let progress = RefCell::new(Progress::start(scenario.ticks, What::Agreement, None, false));
    let verifier = Verifier {
        build: &|| Swarm::build(&scenario, document.folder()),
        devices: &borrowed,
        every: arguments.every,
        perturb: arguments.perturb,
        observer: &|tick| progress.borrow_mut().tell(tick, None),
        halt: interrupt.halt(),
    };
    // What fits nowhere is refused before any of it is built.
    Swarm::plan(&scenario, document.folder())
        .and_then(|plan| verifier.check(&plan))
        .map_err(|error| located(scenario.advise(error)))?;
    let found = verifier.run().map_err(located);
    progress.into_inner().finish();
    let found = found?;
    if arguments.json {
        let infos = devices.iter().map(|d| d.info()).collect();
        let agree = (!found.interrupted).then_some(found.difference.is_none());
        answer_json(&Report {
            scenario: &scenario.name,
            agree,
            devices: infos,
            verification: &found,
        })?;
    } else {
        answer(&text(&devices, &found))?;
    }
    if found.interrupted {
        return Ok(interrupt.exit_code());
    }
    if found.perturbation.is_some() && found.difference.is_none() {
        tell("error: a bit was flipped, but nothing was noticed");
    }
    let clean = found.difference.is_none() && !arguments.perturb;
    // Also where the word came when all was compared.
    Ok(if clean {
        interrupt.exit_code()
    } else {
        ExitCode::FAILURE
    })
}

/// Opens the devices asked for, or all there are.
fn open(arguments: &Arguments) -> Result<Vec<Arc<dyn Device>>, Error> {
    let mut names = arguments.devices.clone();
    if names.is_empty() {
        names = vec!["cpu:1".into(), "cpu".into()];
        // GL comes in where it is asked for, or there is nothing else.
        let all = device::list(&arguments.backend.choice()?)?;
        let gpus = || all.iter().skip(1);
        let is_gl_only = gpus().all(|listed| listed.info.backend == "gl");
        let compared = gpus().filter(|listed| is_gl_only || listed.info.backend != "gl");
        names.extend(compared.map(|listed| listed.place.clone()));
    }
    if names.len() < 2 {
        return Err(Error::invalid(
            "--devices",
            format!(
                "names {}; it takes at least two to compare, as in cpu:1,cpu",
                names.len()
            ),
        ));
    }
    let opened = names.iter().map(|name| -> Result<Arc<dyn Device>, Error> {
        let together: Vec<&str> = name.split('+').map(str::trim).collect();
        if together.len() == 1 || together.contains(&"") {
            return one(arguments, name);
        }
        let parts = together.iter().map(|name| one(arguments, name));
        let several = SeveralDevices::new(parts.collect::<Result<_, _>>()?, &[])?;
        Ok(Arc::new(several))
    });
    opened.collect()
}

/// Opens one device.
fn one(arguments: &Arguments, name: &str) -> Result<Arc<dyn Device>, Error> {
    // An index counts all devices of the chosen interface; the CPU has none.
    let choice = Choice {
        device: name.to_owned(),
        backend: if is_cpu(name) {
            None
        } else {
            arguments.backend.choice()?.backend
        },
        threads: 0,
    };
    let (device, note) = device::choose(&choice)?;
    if let Some(note) = note {
        tell(&format!("note: {note}"));
    }
    Ok(device)
}

fn name(device: &Arc<dyn Device>) -> String {
    let info = device.info();
    format!("{} ({}, {})", info.name, info.backend, info.driver)
}

fn text(devices: &[Arc<dyn Device>], found: &Verification) -> String {
    let mut facts: Vec<(&str, String)> = devices.iter().map(|device| ("device", name(device))).collect();
    facts.push(("ticks", grouped(found.ticks)));
    facts.push(("comparisons", grouped(found.comparisons)));
    if let Some(flip) = &found.perturbation {
        let text = format!(
            "bit {} of {}[{}] on the last device, in tick {}",
            flip.bit,
            flip.column,
            grouped(flip.index as i128),
            grouped(flip.tick)
        );
        facts.push(("flipped", text));
    }
    match &found.difference {
        None if found.interrupted => facts.push((
            "result",
            match found.agreed {
                Some(tick) => format!("interrupted: all agreed, bit for bit, up to tick {}", grouped(tick)),
                None => "interrupted: nothing was compared".to_owned(),
            },
        )),
        None => {
            facts.push(("result", "all agree, bit for bit".into()));
            facts.extend(found.fingerprint.map(|bits| ("fingerprint", format!("{bits:016x}"))));
        }
        Some(difference) => facts.extend(describe(devices, difference)),
    }
    list(&facts)
}

fn describe(devices: &[Arc<dyn Device>], difference: &Difference) -> Vec<(&'static str, String)> {
    let Difference {
        tick,
        step,
        column,
        index,
        words,
        device,
    } = difference;
    let place = match (tick, step) {
        (Some(tick), Some(step)) => format!("in tick {}, step {step}: ", grouped(*tick)),
        _ => "before the first tick: ".to_owned(),
    };
    let show = |word: u32| format!("{:08x} ({})", word, grouped(word as i32));
    vec![
        (
            "result",
            format!("DIFFERENT {place}column {column}, index {}", grouped(*index as i128)),
        ),
        ("there", format!("{} on {}", show(words[0]), name(&devices[0]))),
        ("", format!("{} on {}", show(words[1]), name(&devices[*device]))),
    ]
}
