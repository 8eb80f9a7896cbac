//! The arguments that choose a device and threads, shared by the commands that use them, and the variables that do the same.

mod interface;

use interface::threads;
pub use interface::{ADAPTER_VARIABLE, BACKEND_VARIABLE, BackendArgument, ThreadsArgument, variable};

use crate::output::text::plural;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::device::several::{FittedDevices, SeveralDevices};
use tetraswarm::device::{self, Choice, Device, DeviceKind};
use tetraswarm::plan::Plan;

/// Whether a device that is asked for is the CPU, and nothing else can be meant.
pub fn is_cpu(device: &str) -> bool {
    let word = device.trim().to_lowercase();
    word == "cpu" || word.starts_with("cpu:")
}

/// Devices, opened.
type Devices = Vec<Arc<dyn Device>>;

/// Shares of several devices.
#[derive(Clone, Debug, PartialEq)]
enum Split {
    Given(Vec<u32>),
    /// In proportion to how fast each copies memory.
    Auto,
}

fn split(text: &str) -> Result<Split, String> {
    if text == "auto" {
        return Ok(Split::Auto);
    }
    let shares: Option<Vec<u32>> = text.split(':').map(|share| share.parse().ok()).collect();
    let shares = shares.filter(|shares| !shares.contains(&0));
    shares
        .map(Split::Given)
        .ok_or_else(|| "it must be integers above 0 with colons between, as in 3:1, or auto".to_owned())
}

/// Words that are copied to see how fast a device is, and how often.
const COPIED: (usize, usize) = (1 << 22, 5);

/// Shares in proportion to how fast devices copy memory, which ticks of large swarms take as long as. The fastest has 1000.
fn speeds(devices: &[Arc<dyn Device>]) -> Result<Vec<u32>, Error> {
    let speed = |device: &Arc<dyn Device>| -> Result<f64, Error> {
        let seconds = device.copy_seconds(COPIED.0, COPIED.1)?;
        Ok(1.0 / seconds.into_iter().fold(f64::INFINITY, f64::min).max(1e-9))
    };
    let speeds = devices.iter().map(speed).collect::<Result<Vec<_>, _>>()?;
    let fastest = speeds.iter().copied().fold(0.0, f64::max);
    // From 1 to 1000.
    Ok(speeds
        .iter()
        .map(|speed| (1000.0 * speed / fastest).round().max(1.0) as u32)
        .collect())
}

/// Devices that run a swarm, or its share, in as many ranges as their buffers need, with shares in proportion to their speeds.
fn fitted(devices: Devices) -> Result<FittedDevices, Error> {
    let shares = match devices.len() {
        1 => Vec::new(),
        _ => speeds(&devices)?,
    };
    FittedDevices::new(devices, &shares)
}

/// The devices of a list with commas between; those in brackets belong to a name.
fn listed(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let is_end = |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    };
    text.split(is_end).map(str::trim).collect()
}

/// What to run on.
#[derive(Clone, Debug, clap::Args)]
pub struct Selection {
    /// auto, cpu, gpu, or a device that `tetraswarm devices` lists: by its place, as in vulkan:0, a part of its name, or its index;
    /// cpu:N is the CPU with N threads; vulkan:0=NAME or INDEX=NAME is refused if another device stands there now [default: what
    /// the variable WGPU_ADAPTER_NAME names, else auto]. Several with commas between run the swarm together, a range of the nodes
    /// each, as in cpu,gpu
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// The shares of several devices, as in 3:1; auto measures how fast each moves memory, and has a GPU run the swarm, or its share, in as
    /// many ranges as its buffers need [default: alike]
    #[arg(long, value_name = "A:B|auto", value_parser = split)]
    split: Option<Split>,
    /// Several ranks bring each other words every K ticks only, and work out between what they need of others' nodes: on rings, tori and
    /// lattices, on the CPU [default: 1]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1000))]
    halo: Option<u32>,
    #[command(flatten)]
    backend: BackendArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
}

impl Selection {
    /// Every how many ticks words are brought.
    pub fn halo(&self) -> u32 {
        self.halo.unwrap_or(1)
    }

    /// The device asked for. What an argument says comes before what a variable says.
    pub fn choice(&self) -> Result<Choice, Error> {
        self.choice_of(self.device.as_deref())
    }

    /// The device of that name, or what is taken where none is named.
    fn choice_of(&self, device: Option<&str>) -> Result<Choice, Error> {
        let backend = self.backend.choice()?.backend;
        let threads = self.threads.threads.unwrap_or(0);
        let Some(device) = device else {
            let named = if self.backend.is_given() {
                None
            } else {
                variable(ADAPTER_VARIABLE)?
            };
            return Ok(Choice {
                device: named.unwrap_or_else(|| "auto".into()),
                backend,
                threads,
            });
        };
        // Whoever names a device need not heed which interfaces a variable prefers.
        let is_gpu_at_large = matches!(device, "" | "auto" | "gpu");
        Ok(Choice {
            device: device.to_owned(),
            backend: backend.filter(|_| self.backend.is_given() || is_gpu_at_large),
            threads,
        })
    }

    /// The devices of a list, if one is given.
    pub fn several(&self) -> Option<Vec<&str>> {
        let devices = listed(self.device.as_deref()?);
        (devices.len() > 1).then_some(devices)
    }

    /// The shares that are given.
    pub fn split(&self) -> &[u32] {
        match &self.split {
            Some(Split::Given(shares)) => shares,
            Some(Split::Auto) | None => &[],
        }
    }

    /// Whether shares are to be measured.
    pub fn is_measured(&self) -> bool {
        self.split == Some(Split::Auto)
    }

    /// Opens this rank's device.
    #[cfg(feature = "mpi")]
    pub fn open_own(&self) -> Result<(Arc<dyn Device>, Option<String>), Error> {
        let named = match (self.several(), super::ranks::here()) {
            (Some(devices), Some(ranks)) => Some(super::ranks::own_of(&devices, ranks)?.to_owned()),
            _ => self.device.clone(),
        };
        let mut choice = self.choice_of(named.as_deref())?;
        if choice.threads == 0 && std::env::var_os("RAYON_NUM_THREADS").is_none() {
            choice.threads = super::ranks::default_threads(self.threads.count()?);
        }
        device::choose(&choice)
    }

    /// Opens several devices, not yet put together. Those that are the CPU share its threads, unless they say how many they want.
    fn open_each(&self, devices: &[&str]) -> Result<(Devices, Option<String>), Error> {
        if let Some(empty) = devices.iter().position(|device| device.is_empty()) {
            let message = format!("names nothing in place {} of its list; take the comma out", empty + 1);
            return Err(Error::invalid("--device", message));
        }
        let cpus = devices.iter().filter(|device| is_cpu(device)).count().max(1);
        let threads = (self.threads.count()? / cpus).max(1);
        let open = |device: &&str| {
            let mut choice = self.choice_of(Some(device))?;
            if is_cpu(device) {
                choice.backend = None;
                // One that says how many it wants gets them.
                if !device.contains(':') {
                    choice.threads = threads;
                }
            }
            device::choose(&choice)
        };
        let opened = devices.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let (all, notes): (Vec<_>, Vec<_>) = opened.into_iter().unzip();
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        Ok((all, (!notes.is_empty()).then(|| notes.join("; "))))
    }

    /// Opens several devices.
    fn open_several(&self, devices: &[&str]) -> Result<(Arc<dyn Device>, Option<String>), Error> {
        let (all, note) = self.open_each(devices)?;
        let device: Arc<dyn Device> = match self.is_measured() {
            true if self.halo.is_none() => Arc::new(fitted(all)?),
            true => {
                let shares = speeds(&all)?;
                Arc::new(SeveralDevices::new(all, &shares)?.with_halo(self.halo()))
            }
            false => Arc::new(SeveralDevices::new(all, self.split())?.with_halo(self.halo())),
        };
        Ok((device, note))
    }

    /// Where shares are measured and there may be a GPU among the devices, the ranges of a plan: the name of the device that does each, and its
    /// share.
    pub fn cuts(&self, plan: &Plan) -> Result<Option<Vec<(String, u32)>>, Error> {
        if !self.is_measured() || !self.may_open_gpu() {
            return Ok(None);
        }
        let (names, devices): (Vec<String>, Devices) = match self.several() {
            Some(names) => {
                let devices = self.open_each(&names)?.0;
                (names.into_iter().map(str::to_owned).collect(), devices)
            }
            None => {
                let choice = self.choice()?;
                let (device, _) = device::choose(&choice)?;
                self.check_alone(&*device)?;
                (vec![choice.device], vec![device])
            }
        };
        let cuts = fitted(devices)?.cuts(plan)?;
        Ok(Some(
            cuts.into_iter().map(|(at, share)| (names[at].clone(), share)).collect(),
        ))
    }

    /// Whether one GPU is named, and no other device can be meant.
    pub fn names_gpu(&self) -> bool {
        let is_named = self.device.is_some() || self.backend.is_given();
        is_named && self.several().is_none() && !self.is_auto() && self.may_open_gpu()
    }

    /// Of one GPU that is named, whether a plan fits it, in a sentence; nothing of other devices.
    pub fn room(&self, plan: &Plan, advise: impl Fn(Error) -> Error) -> Option<String> {
        if !self.names_gpu() {
            return None;
        }
        let opened = self.choice().and_then(|choice| device::choose(&choice));
        let fits = opened.and_then(|(device, _)| device.check(plan).map(|()| device.info().name.clone()));
        Some(match fits {
            Ok(name) => format!("Every column fits a buffer of {name}."),
            Err(error @ Error::NoDevice { .. }) => format!("Whether it fits that device is not known: {error}."),
            Err(error) => format!("It does not fit: {}.", advise(error)),
        })
    }

    /// Refuses shares of a device that is alone and cannot be cut.
    fn check_alone(&self, device: &dyn Device) -> Result<(), Error> {
        let Some(split) = &self.split else {
            return Ok(());
        };
        if *split == Split::Auto && device.info().kind != DeviceKind::Cpu {
            return Ok(());
        }
        let message = match split {
            Split::Given(shares) => format!(
                "has {}, but --device names no list of devices; name as many, as in --device cpu,gpu",
                plural(shares.len() as u64, "share")
            ),
            Split::Auto => format!(
                "is auto, but {} alone needs no ranges; name a GPU, which runs the swarm in as many as its buffers need, as in --device gpu, or \
                 several devices, as in --device cpu,gpu",
                device.info().name
            ),
        };
        Err(Error::invalid("--split", message))
    }

    /// Whether it may open a GPU.
    pub fn may_open_gpu(&self) -> bool {
        if let Some(devices) = self.several() {
            return devices.iter().any(|device| !is_cpu(device));
        }
        self.choice().is_ok_and(|choice| !is_cpu(&choice.device))
    }

    /// Opens that device; with it comes a note if something had to be done without what was preferred.
    pub fn open(&self) -> Result<(Arc<dyn Device>, Option<String>), Error> {
        #[cfg(feature = "mpi")]
        if let Some(ranks) = super::ranks::here() {
            let (device, note) = self.open_ranked(ranks)?;
            return Ok((Arc::new(device), note));
        }
        if let Some(devices) = self.several() {
            if self.halo.is_some() && devices.iter().all(|device| is_cpu(device)) {
                let message = "is for words that are brought from one memory to another, and the processor's ranges have one; leave it out, or run \
                               ranks of MPI";
                return Err(Error::invalid("--halo", message));
            }
            return self.open_several(&devices);
        }
        if self.halo.is_some() {
            let message = "is for several ranks or devices, and here is one; leave it out";
            return Err(Error::invalid("--halo", message));
        }
        let choice = self.choice()?;
        let is_of_variable = self.device.is_none() && choice.device != "auto";
        let opened = device::choose(&choice).map_err(|error| match error {
            Error::NoDevice { asked, reason } if is_of_variable => Error::NoDevice {
                asked,
                reason: format!("the variable {ADAPTER_VARIABLE} names it, but {reason}; unset it, or say --device"),
            },
            other => other,
        });
        let (device, note) = opened?;
        self.check_alone(&*device)?;
        match self.split {
            Some(_) => Ok((Arc::new(FittedDevices::new(vec![device], &[])?), note)),
            None => Ok((device, note)),
        }
    }

    /// Whether anything of it is said by an argument.
    pub fn is_given(&self) -> bool {
        let is_device = self.device.is_some() || self.backend.is_given();
        is_device || self.threads.threads.is_some() || self.split.is_some() || self.halo.is_some()
    }

    /// Whether the choice is left to the program.
    pub fn is_auto(&self) -> bool {
        let choice = self.choice();
        choice.is_ok_and(|choice| choice.device == "auto" && choice.backend.is_none())
    }

    /// The CPU, with the threads asked for.
    pub fn on_cpu(&self) -> Choice {
        Choice {
            device: "cpu".into(),
            backend: None,
            threads: self.threads.threads.unwrap_or(0),
        }
    }

    /// How many threads there are to be, for all that is done beside the ticks too.
    pub fn threads(&self) -> Result<usize, Error> {
        let of_device = self
            .device
            .as_deref()
            .and_then(|device| threads(device.strip_prefix("cpu:")?).ok());
        of_device.map_or_else(|| self.threads.count(), Ok)
    }
}
