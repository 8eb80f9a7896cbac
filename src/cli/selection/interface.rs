//! Which interface to GPUs is used, by an argument or by the variables that wgpu's programs heed, and how many threads of this process.

use clap::ValueEnum;
use std::env;
use tetraswarm::Error;
use tetraswarm::device::Choice;
use tetraswarm::device::cpu::{self, MOST_THREADS};

/// Which interfaces wgpu's programs use: a list of names with commas between.
pub const BACKEND_VARIABLE: &str = "WGPU_BACKEND";

/// A part of the name of the GPU that wgpu's programs use.
pub const ADAPTER_VARIABLE: &str = "WGPU_ADAPTER_NAME";

/// An interface to GPUs.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
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

    /// By the names that wgpu gives them.
    fn of_variable(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "vulkan" | "vk" => Some(Self::Vulkan),
            "metal" | "mtl" => Some(Self::Metal),
            "dx12" | "d3d12" => Some(Self::Dx12),
            "gl" | "gles" | "opengl" => Some(Self::Gl),
            _ => None,
        }
    }
}

/// What a variable says, if it says anything.
pub fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(text)) => Err(Error::invalid(
            format!("the variable {name}"),
            format!("is {text:?}, which is no UTF-8 text; unset it"),
        )),
    }
}

/// The interfaces that the variable allows, if it is set.
fn backends_of_variable() -> Result<Option<String>, Error> {
    let Some(text) = variable(BACKEND_VARIABLE)? else {
        return Ok(None);
    };
    let named = |name: &str| {
        Backend::of_variable(name).map(Backend::name).ok_or_else(|| {
            let message = format!("is {text:?}; it can be vulkan, metal, dx12, gl, or several with commas between: unset it, or say --backend");
            Error::invalid(format!("the variable {BACKEND_VARIABLE}"), message)
        })
    };
    let names: Vec<&str> = text.split(',').map(named).collect::<Result<_, _>>()?;
    Ok(Some(names.join(",")))
}

/// Only the GPUs of one interface.
#[derive(Clone, Debug, clap::Args)]
pub struct BackendArgument {
    /// Use the GPUs of this interface only [default: what the variable WGPU_BACKEND says, else any; GL only if there is no other]
    #[arg(long)]
    backend: Option<Backend>,
}

impl BackendArgument {
    /// Any device of that interface.
    pub fn choice(&self) -> Result<Choice, Error> {
        Ok(Choice {
            backend: match self.backend {
                Some(backend) => Some(backend.name().to_owned()),
                None => backends_of_variable()?,
            },
            ..Choice::default()
        })
    }

    /// Whether an argument names the interface.
    pub fn is_given(&self) -> bool {
        self.backend.is_some()
    }
}

/// A number of threads.
pub fn threads(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| (1..=MOST_THREADS).contains(n))
        .ok_or_else(|| format!("it must be an integer from 1 to {MOST_THREADS}"))
}

/// Threads of this process.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ThreadsArgument {
    /// Threads on the CPU, 1 to 1024 [default: what the variable RAYON_NUM_THREADS says, else one a core]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub(super) threads: Option<usize>,
}

impl ThreadsArgument {
    /// How many threads there are to be.
    pub fn count(&self) -> Result<usize, Error> {
        self.threads.map_or_else(cpu::default_threads, Ok)
    }
}
