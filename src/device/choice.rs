//! Which devices there are, and which one is taken.

use super::cpu::CpuDevice;
use super::{Device, DeviceInfo};
use crate::error::Error;
use std::sync::Arc;

/// What a user asks for.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `auto`, `cpu`, `gpu`, an index or a part of a name as listed; empty means auto.
    pub device: String,
    /// Only this backend: vulkan, metal, dx12 or gl.
    pub backend: Option<String>,
    /// Threads on the CPU; 0 means one a core.
    pub threads: usize,
}

/// A device that could be taken.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Listed {
    /// Its number for `--device`.
    pub index: usize,
    /// What it is.
    #[serde(flatten)]
    pub info: DeviceInfo,
    /// Whether `auto` takes it.
    pub auto: bool,
    /// Why it does or does not.
    pub reason: &'static str,
}

/// Every device: the CPU first, then every adapter of every backend.
///
/// # Errors
/// [`Error::NoDevice`] if the CPU's threads cannot be started.
pub fn list(choice: &Choice) -> Result<Vec<Listed>, Error> {
    #[cfg_attr(
        not(feature = "gpu"),
        expect(unused_mut, reason = "adapters are added where there is a feature for them")
    )]
    let mut infos = vec![CpuDevice::new(choice.threads)?.info().clone()];
    #[cfg(feature = "gpu")]
    infos.extend(
        super::gpu::adapters(choice.backend.as_deref())?
            .iter()
            .map(super::gpu::describe),
    );
    let taken = auto_index(&infos);
    Ok(infos
        .into_iter()
        .enumerate()
        .map(|(index, info)| Listed {
            index,
            auto: index == taken,
            reason: reason(&info, index == taken),
            info,
        })
        .collect())
}

/// Which device `auto` takes: a discrete GPU, else an integrated one, else the CPU.
fn auto_index(infos: &[DeviceInfo]) -> usize {
    use super::DeviceKind::{DiscreteGpu, IntegratedGpu};
    let first = |kind| infos.iter().position(|info| info.kind == kind);
    first(DiscreteGpu).or_else(|| first(IntegratedGpu)).unwrap_or(0)
}

fn reason(info: &DeviceInfo, taken: bool) -> &'static str {
    use super::DeviceKind;
    match (info.kind, taken) {
        (DeviceKind::DiscreteGpu | DeviceKind::IntegratedGpu, true) => "taken by auto: the fastest kind that is there",
        (DeviceKind::Cpu, true) => "taken by auto: there is no hardware GPU",
        (DeviceKind::SoftwareGpu, _) => {
            "never taken by auto: it computes on the processor, where the CPU device is faster"
        }
        (DeviceKind::OtherGpu, _) => "not taken by auto: the driver does not tell whether it is hardware",
        _ => "not taken by auto: another comes first",
    }
}

/// Opens the device asked for; with it comes a note if `auto` had to do without what it would have preferred.
///
/// # Errors
/// [`Error::NoDevice`] if there is none of that name, or it cannot be opened.
pub fn choose(choice: &Choice) -> Result<(Arc<dyn Device>, Option<String>), Error> {
    let cpu = || CpuDevice::new(choice.threads).map(|d| Arc::new(d) as Arc<dyn Device>);
    let asked = choice.device.to_lowercase();
    match asked.as_str() {
        "cpu" if choice.backend.is_some() => Err(Error::NoDevice {
            asked: "cpu".into(),
            reason: "--backend names an interface to GPUs; leave one of the two out".into(),
        }),
        "cpu" => Ok((cpu()?, None)),
        "" | "auto" => match open_gpu(choice, "auto") {
            Ok(Some(device)) => Ok((device, None)),
            // A backend by name asks for a GPU.
            Ok(None) if choice.backend.is_some() => open_gpu(choice, "gpu")?
                .map(|d| (d, None))
                .ok_or_else(|| no_gpu(choice)),
            Ok(None) => Ok((cpu()?, None)),
            Err(error) if choice.backend.is_some() => Err(error),
            Err(error) => Ok((cpu()?, Some(format!("{error}; running on the CPU instead")))),
        },
        "0" if choice.backend.is_none() => Ok((cpu()?, None)),
        "0" => Err(Error::NoDevice {
            asked: "0".into(),
            reason: "that is the CPU, and --backend names an interface to GPUs; leave one of the two out".into(),
        }),
        _ => open_gpu(choice, &asked)?
            .map(|d| (d, None))
            .ok_or_else(|| no_gpu(choice)),
    }
}

fn no_gpu(choice: &Choice) -> Error {
    let backend = choice
        .backend
        .as_ref()
        .map_or(String::new(), |b| format!(" on the backend {b}"));
    let all = list(choice).unwrap_or_default();
    let found: Vec<String> = all
        .iter()
        .map(|l| format!("{} {} ({})", l.index, l.info.name, l.info.backend))
        .collect();
    Error::NoDevice {
        asked: if choice.device.is_empty() {
            "gpu".into()
        } else {
            choice.device.clone()
        },
        reason: format!("no such adapter was found{backend}, only {}", found.join(", ")),
    }
}

#[cfg(feature = "gpu")]
fn open_gpu(choice: &Choice, asked: &str) -> Result<Option<Arc<dyn Device>>, Error> {
    use super::gpu;
    let mut adapters = gpu::adapters(
        choice
            .backend
            .as_deref()
            .or(Some("auto").filter(|_| matches!(asked, "auto" | "gpu"))),
    )?;
    if adapters.is_empty() && asked == "gpu" {
        adapters = gpu::adapters(choice.backend.as_deref())?;
    }
    let infos: Vec<DeviceInfo> = adapters.iter().map(gpu::describe).collect();
    let hardware = |info: &DeviceInfo| {
        matches!(
            info.kind,
            super::DeviceKind::DiscreteGpu | super::DeviceKind::IntegratedGpu
        )
    };
    let best = {
        let mut order: Vec<usize> = (0..infos.len()).collect();
        order.sort_by_key(|&k| infos[k].kind as usize);
        order.first().copied()
    };
    let at = match asked {
        "auto" => best.filter(|&k| hardware(&infos[k])),
        "gpu" => best,
        _ => match asked.parse::<usize>() {
            Ok(index) => index.checked_sub(1).filter(|&k| k < infos.len()),
            Err(_) => infos.iter().position(|info| info.name.to_lowercase().contains(asked)),
        },
    };
    match at {
        Some(k) => Ok(Some(Arc::new(gpu::GpuDevice::open(&adapters[k])?))),
        None => Ok(None),
    }
}

#[cfg(not(feature = "gpu"))]
fn open_gpu(_choice: &Choice, asked: &str) -> Result<Option<Arc<dyn Device>>, Error> {
    if asked == "auto" {
        return Ok(None);
    }
    Err(Error::NoDevice {
        asked: asked.to_owned(),
        reason: "this program was built without the feature 'gpu'".into(),
    })
}
