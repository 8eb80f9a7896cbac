//! The program as one of several that `mpirun` has started: the first does what it is told, the others what the first one says.

use super::interrupt::Interrupt;
use super::selection::Selection;
use super::{Command, tell};
use crate::output::wrap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use tetraswarm::Error;
use tetraswarm::checkpoint::InputFile;
use tetraswarm::device::several::{Errands, Membership, Ranks, Wants};
use tetraswarm::device::{Device, Halt};
use tetraswarm::scenario::{Document, Registry};
use tetraswarm::study::{self, Hand};
use tetraswarm::swarm::Swarm;

/// Which of the processes this is: MPI knows it of the process, and nobody else can be asked.
static RANKS: OnceLock<Ranks> = OnceLock::new();

/// The ranks, if there are several.
pub fn here() -> Option<Ranks> {
    RANKS.get().copied()
}

/// Taking part, which ends when this is dropped: then the others are told, too.
pub struct Part(Option<(Ranks, Membership)>);

impl Drop for Part {
    fn drop(&mut self) {
        if let Some((ranks, _)) = &self.0 {
            ranks.dismiss();
        }
    }
}

/// Takes part, if there is anything to take part in; where this is not the first rank, comes back with the exit code once all is done.
pub fn join(command: &Command, registry: &Registry) -> Result<Result<Part, ExitCode>, Error> {
    let Some((ranks, membership)) = Ranks::join()? else {
        return Ok(Ok(Part(None)));
    };
    if ranks.count() == 1 {
        return Ok(Ok(Part(Some((ranks, membership)))));
    }
    let _ = RANKS.set(ranks);
    let selection = command.ranked();
    if ranks.rank() == 0 {
        let part = Part(Some((ranks, membership)));
        if selection.is_none() {
            let message = "is no command for several ranks; these are: run, resume, study. Start it without mpirun";
            return Err(Error::invalid("the command", message));
        }
        return Ok(Ok(part));
    }
    // What ends a run is the first one's business; it is not left waiting.
    let _interrupt = Interrupt::watch(true);
    let own = match selection {
        Some(selection) => selection.open_own().map(|(device, _)| device),
        None => Err(Error::invalid("the command", "is none for several ranks")),
    };
    let build = |text: &str, wants: &Wants<'_>| {
        let scenario = Document::parse("the scenario", text)?.scenario_with(registry)?;
        let mut plan = Swarm::plan(&scenario, Path::new(""))?;
        plan.wanted = wants(&plan)?;
        let files = InputFile::seal(&scenario)?;
        Ok((Swarm::fill(plan, &scenario, Path::new(""))?, files))
    };
    let errand = |order: &str, device: &dyn Device, halt: &Halt| study::done(order, registry, device, halt);
    let served = ranks.serve(&own, build, errand);
    drop(membership);
    Ok(Err(match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&wrap::message(&format!("error: rank {}: {error}", ranks.rank())));
            ExitCode::FAILURE
        }
    }))
}

/// The word in a list of devices that is this rank's: one for all, or one for each.
pub fn own_of<'a>(devices: &[&'a str], ranks: Ranks) -> Result<&'a str, Error> {
    if devices.len() != ranks.count() {
        let message = format!(
            "names {} devices for {} ranks; name one for all, or as many",
            devices.len(),
            ranks.count()
        );
        return Err(Error::invalid("--device", message));
    }
    Ok(devices[ranks.rank()])
}

/// How many threads this rank is to have where nothing is said: those that it may use, or, where it may use all of the machine's, its share
/// of them.
pub fn default_threads(all: usize) -> usize {
    let machine = std::fs::read_to_string("/proc/cpuinfo").map_or(0, |text| text.matches("processor\t:").count());
    let variables = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"];
    let here = variables
        .iter()
        .find_map(|name| std::env::var(name).ok()?.parse::<usize>().ok())
        .unwrap_or(1);
    match all >= machine {
        true => (all / here.max(1)).max(1),
        false => all,
    }
}

/// The other ranks, who do runs of a study.
pub fn hands(ranks: Ranks) -> Vec<Box<dyn Hand>> {
    let errands = Arc::new(ranks.errands());
    let hand = |rank| {
        let errands = Arc::clone(&errands);
        Box::new(Rank { rank, errands }) as Box<dyn Hand>
    };
    (1..ranks.count()).map(hand).collect()
}

/// One of them.
#[derive(Debug)]
struct Rank {
    rank: usize,
    errands: Arc<Errands>,
}

impl Hand for Rank {
    fn ask(&self, order: &str, halt: &Halt) -> Option<Result<String, String>> {
        self.errands.ask(self.rank, order, halt).transpose()
    }
}

impl Selection {
    /// The share of a rank, see [`Ranks::device`].
    pub fn open_ranked(
        &self,
        ranks: Ranks,
    ) -> Result<(tetraswarm::device::several::RankedDevices, Option<String>), Error> {
        if self.is_measured() {
            let message = "is auto, which measures the devices of one process; give the shares of ranks, as in 3:1";
            return Err(tetraswarm::Error::invalid("--split", message));
        }
        let (own, note) = self.open_own()?;
        Ok((ranks.device(own, self.split())?.with_halo(self.halo()), note))
    }
}
