//! The arguments that choose a device, shared by the commands that use one.

use clap::ValueEnum;
use tetraswarm::device::Choice;

/// An interface to GPUs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Backend {
    Vulkan,
    Metal,
    Dx12,
    Gl,
}

impl Backend {
    fn name(self) -> &'static str {
        match self {
            Self::Vulkan => "vulkan",
            Self::Metal => "metal",
            Self::Dx12 => "dx12",
            Self::Gl => "gl",
        }
    }
}

/// Only the GPUs of one interface.
#[derive(Clone, Debug, clap::Args)]
pub struct BackendArgument {
    /// Use the GPUs of this interface only
    #[arg(long)]
    backend: Option<Backend>,
}

impl BackendArgument {
    /// Any device of that interface.
    pub fn choice(&self) -> Choice {
        Choice {
            backend: self.backend.map(|b| b.name().to_owned()),
            ..Choice::default()
        }
    }
}

/// A number of threads; more than there are processors is of use for tests only, and each takes memory.
fn threads(text: &str) -> Result<u16, &'static str> {
    text.parse()
        .ok()
        .filter(|n| (1..=1024).contains(n))
        .ok_or("it must be an integer from 1 to 1024")
}

/// What to run on.
#[derive(Clone, Debug, clap::Args)]
pub struct Selection {
    /// auto, cpu, gpu, or the index or a part of the name that `tetraswarm devices` lists
    #[arg(long, value_name = "auto|cpu|gpu|INDEX|NAME", default_value = "auto")]
    device: String,
    #[command(flatten)]
    backend: BackendArgument,
    /// Threads on the CPU, at most 1024 [default: one a core]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    threads: Option<u16>,
}

impl Selection {
    /// The device asked for.
    pub fn choice(&self) -> Choice {
        Choice {
            device: self.device.clone(),
            threads: self.threads.map_or(0, usize::from),
            ..self.backend.choice()
        }
    }

    /// Whether the choice is left to the program.
    pub fn is_auto(&self) -> bool {
        self.device == "auto" && self.backend.choice().backend.is_none()
    }

    /// The CPU, with the threads asked for.
    pub fn on_cpu(&self) -> Choice {
        Choice {
            device: "cpu".into(),
            backend: None,
            ..self.choice()
        }
    }
}
