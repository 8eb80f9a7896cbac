//! Which devices there are, what they are called, and which one is taken.

use super::cpu::CpuDevice;
use super::{Device, DeviceInfo, DeviceKind};
use crate::error::Error;
use std::sync::Arc;

/// What a user asks for.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `auto`; `cpu`, or `cpu:N` with N threads; `gpu`; a place as listed: an index, or an interface and a number as in
    /// `vulkan:0`, either with `=` and a part of the name that must stand there; a part of a name, alone or after an
    /// interface, as in `gl:llvmpipe`. Empty means auto.
    pub device: String,
    /// Only these backends, with commas between: vulkan, metal, dx12, gl. Without it GL is asked only if a device is of GL by its
    /// name, or there is no other GPU.
    pub backend: Option<String>,
    /// Threads on the CPU; 0 means as many as [`CpuDevice::new`] takes then.
    pub threads: usize,
}

/// A device that could be taken.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Listed {
    /// Its number for `--device`, in this list.
    pub index: usize,
    /// Its name for `--device` whatever else is listed: `cpu`, or its interface and its number there, as in `vulkan:0`.
    pub place: String,
    /// What it is.
    #[serde(flatten)]
    pub info: DeviceInfo,
    /// Whether `auto` takes it.
    pub auto: bool,
    /// Why it does or does not.
    pub reason: &'static str,
}

/// Every device: the CPU first, then every adapter of every backend, or of those asked for.
///
/// # Errors
/// [`Error::NoDevice`] if there is no backend of that name.
pub fn list(choice: &Choice) -> Result<Vec<Listed>, Error> {
    let mut infos = vec![CpuDevice::new(choice.threads)?.info().clone()];
    infos.extend(adapters(choice, true)?.into_iter().map(|adapter| adapter.info));
    let taken = auto_index(&infos);
    let mut listed: Vec<Listed> = Vec::new();
    for (index, info) in infos.into_iter().enumerate() {
        let number = listed.iter().filter(|other| other.info.backend == info.backend).count();
        listed.push(Listed {
            index,
            place: match info.kind {
                DeviceKind::Cpu => "cpu".to_owned(),
                _ => format!("{}:{number}", info.backend),
            },
            auto: index == taken,
            reason: reason(&info, index == taken),
            info,
        });
    }
    Ok(listed)
}

/// Which device `auto` takes: a discrete GPU, else an integrated one, else the CPU. GL comes in only where there is nothing else.
fn auto_index(infos: &[DeviceInfo]) -> usize {
    let is_gl_only = infos[1..].iter().all(|info| info.backend == "gl");
    let first = |kind| {
        infos
            .iter()
            .position(|info| info.kind == kind && (is_gl_only || info.backend != "gl"))
    };
    first(DeviceKind::DiscreteGpu)
        .or_else(|| first(DeviceKind::IntegratedGpu))
        .unwrap_or(0)
}

fn reason(info: &DeviceInfo, taken: bool) -> &'static str {
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

/// A user's word for a device, understood.
#[derive(Debug, PartialEq)]
enum Asked<'a> {
    Auto,
    /// With so many threads, if they are said.
    Cpu(Option<usize>),
    Gpu,
    /// Threads of the CPU that are no number.
    NoThreads,
    /// A number, of all devices or of one interface; what must be part of the name there.
    At(Option<&'a str>, usize, Option<&'a str>),
    /// A part of a name, on any interface or on one.
    Named(Option<&'a str>, &'a str),
}

impl<'a> Asked<'a> {
    /// `word` is in lower case.
    fn of(word: &'a str) -> Self {
        match word {
            "" | "auto" => return Self::Auto,
            "cpu" => return Self::Cpu(None),
            "gpu" => return Self::Gpu,
            _ => {}
        }
        let (interface, rest) = match word.split_once(':') {
            Some(("cpu", threads)) => {
                return threads
                    .parse()
                    .map_or(Self::NoThreads, |threads| Self::Cpu(Some(threads)));
            }
            Some((interface, rest)) if INTERFACES.contains(&interface) => (Some(interface), rest),
            _ => (None, word),
        };
        let (number, name) = match rest.split_once('=') {
            Some((number, name)) => (number, Some(name)),
            None => (rest, None),
        };
        match number.parse() {
            Ok(number) => Self::At(interface, number, name),
            Err(_) => Self::Named(interface, rest),
        }
    }

    /// Whether it is a GPU of GL by its name.
    #[cfg(feature = "gpu")]
    fn is_of_gl(&self) -> bool {
        matches!(self, Self::At(Some("gl"), ..) | Self::Named(Some("gl"), _))
    }
}

const INTERFACES: [&str; 4] = ["vulkan", "metal", "dx12", "gl"];

/// Opens the device asked for; with it comes a note if something had to be done without what was preferred.
///
/// # Errors
/// [`Error::NoDevice`] if there is none of that name, or it cannot be opened.
pub fn choose(choice: &Choice) -> Result<(Arc<dyn Device>, Option<String>), Error> {
    let word = choice.device.trim().to_lowercase();
    let asked = Asked::of(&word);
    let only_gpus = |what: &str| Error::NoDevice {
        asked: choice.device.clone(),
        reason: format!("{what}, and --backend names an interface to GPUs; leave one of the two out"),
    };
    match asked {
        Asked::NoThreads => Err(Error::NoDevice {
            asked: choice.device.clone(),
            reason: format!("cpu:N takes a number of threads from 1 to {}", super::cpu::MOST_THREADS),
        }),
        Asked::Cpu(_) if choice.backend.is_some() => Err(only_gpus("that is the CPU")),
        Asked::Cpu(Some(threads)) if !(1..=super::cpu::MOST_THREADS).contains(&threads) => Err(Error::NoDevice {
            asked: choice.device.clone(),
            reason: format!("cpu:N takes a number of threads from 1 to {}", super::cpu::MOST_THREADS),
        }),
        Asked::Cpu(Some(threads)) if ![0, threads].contains(&choice.threads) => Err(Error::NoDevice {
            asked: choice.device.clone(),
            reason: format!("--threads says {}; leave one of the two out", choice.threads),
        }),
        Asked::Cpu(threads) => cpu(threads.unwrap_or(choice.threads)),
        Asked::At(None, 0, name) => {
            if choice.backend.is_some() {
                return Err(only_gpus("0 is the CPU"));
            }
            match name {
                Some(name) if !"cpu".contains(name) => Err(Error::NoDevice {
                    asked: choice.device.clone(),
                    reason: "0 is the CPU".into(),
                }),
                _ => cpu(choice.threads),
            }
        }
        // A backend by name asks for a GPU.
        Asked::Auto if choice.backend.is_some() => match open_gpu(choice, &Asked::Auto)? {
            Some(device) => Ok((device, None)),
            None => open_gpu(choice, &Asked::Gpu)?
                .map(|device| (device, None))
                .ok_or_else(|| no_gpu(choice)),
        },
        Asked::Auto => match open_gpu(choice, &Asked::Auto) {
            Ok(Some(device)) => Ok((device, None)),
            Ok(None) => cpu(choice.threads),
            Err(error) => {
                let (device, note) = cpu(choice.threads)?;
                let note = note.map_or_else(String::new, |note| format!("; {note}"));
                Ok((device, Some(format!("{error}; running on the CPU instead{note}"))))
            }
        },
        other => open_gpu(choice, &other)?
            .map(|device| (device, None))
            .ok_or_else(|| no_gpu(choice)),
    }
}

fn cpu(threads: usize) -> Result<(Arc<dyn Device>, Option<String>), Error> {
    let device = CpuDevice::new(threads)?;
    let note = device.shortage().map(str::to_owned);
    Ok((Arc::new(device), note))
}

fn no_gpu(choice: &Choice) -> Error {
    let backend = choice
        .backend
        .as_ref()
        .map_or(String::new(), |b| format!(" on the backend {b}"));
    let all = list(choice).unwrap_or_default();
    let found: Vec<String> = all
        .iter()
        .map(|listed| match listed.info.kind {
            DeviceKind::Cpu => format!("{}: {}", listed.index, listed.info.name),
            _ => format!("{}: {} ({})", listed.index, listed.info.name, listed.place),
        })
        .collect();
    Error::NoDevice {
        asked: if choice.device.is_empty() {
            "gpu".into()
        } else {
            choice.device.clone()
        },
        reason: format!("no such adapter was found{backend}; there are {}", found.join("; ")),
    }
}

/// An adapter with what it is.
#[derive(Debug)]
struct Found {
    info: DeviceInfo,
    #[cfg(feature = "gpu")]
    adapter: wgpu::Adapter,
}

/// The adapters of the backends asked for; without a backend those of all but GL, which come last, if `gl` asks for them or
/// there are no others.
#[cfg(feature = "gpu")]
fn adapters(choice: &Choice, gl: bool) -> Result<Vec<Found>, Error> {
    use super::gpu;
    let mut adapters = gpu::adapters(choice.backend.as_deref())?;
    let has_gl = |adapters: &[wgpu::Adapter]| adapters.iter().any(|a| a.get_info().backend == wgpu::Backend::Gl);
    if gl && choice.backend.is_none() && !has_gl(&adapters) {
        adapters.extend(gpu::adapters(Some("gl"))?);
    }
    let found = |adapter| Found {
        info: gpu::describe(&adapter),
        adapter,
    };
    Ok(adapters.into_iter().map(found).collect())
}

#[cfg(not(feature = "gpu"))]
fn adapters(_choice: &Choice, _gl: bool) -> Result<Vec<Found>, Error> {
    Ok(Vec::new())
}

/// Where among the GPUs the one that was asked for is.
#[cfg(any(feature = "gpu", test))]
fn position(infos: &[&DeviceInfo], asked: &Asked<'_>, choice: &Choice) -> Result<Option<usize>, Error> {
    let contains = |info: &DeviceInfo, part: &str| info.name.to_lowercase().contains(part);
    let named = |interface: Option<&str>, part: &str| {
        infos
            .iter()
            .position(|info| interface.is_none_or(|i| info.backend == i) && contains(info, part))
    };
    let (interface, number, name) = match *asked {
        Asked::Auto | Asked::Gpu => {
            let best = (0..infos.len()).min_by_key(|&k| infos[k].kind as usize);
            let is_hardware = |&k: &usize| matches!(infos[k].kind, DeviceKind::DiscreteGpu | DeviceKind::IntegratedGpu);
            return Ok(best.filter(|k| *asked == Asked::Gpu || is_hardware(k)));
        }
        Asked::Cpu(_) | Asked::NoThreads => return Ok(None),
        Asked::Named(interface, part) => return Ok(named(interface, part)),
        Asked::At(interface, number, name) => (interface, number, name),
    };
    let at = match interface {
        Some(interface) => {
            let of_interface = |k: &usize| infos[*k].backend == interface;
            (0..infos.len()).filter(of_interface).nth(number)
        }
        // The CPU has number 0.
        None => number.checked_sub(1).filter(|&k| k < infos.len()),
    };
    match (at, name) {
        (Some(k), Some(name)) if !contains(infos[k], name) => Err(Error::NoDevice {
            asked: choice.device.clone(),
            reason: format!(
                "what stands there now is {} ({}), which has not that name",
                infos[k].name, infos[k].backend
            ),
        }),
        // Of so many devices none is the number; it is part of a name, as in 4090.
        (None, None) if number >= 100 => Ok(named(interface, &number.to_string())),
        (at, _) => Ok(at),
    }
}

#[cfg(feature = "gpu")]
fn open_gpu(choice: &Choice, asked: &Asked<'_>) -> Result<Option<Arc<dyn Device>>, Error> {
    let opened = |gl: bool| -> Result<Option<Arc<dyn Device>>, Error> {
        let found = adapters(choice, gl)?;
        let infos: Vec<&DeviceInfo> = found.iter().map(|found| &found.info).collect();
        match position(&infos, asked, choice)? {
            Some(k) => Ok(Some(Arc::new(super::gpu::GpuDevice::open(&found[k].adapter)?))),
            None => Ok(None),
        }
    };
    let first = opened(asked.is_of_gl())?;
    // Only what is not found elsewhere is looked for on GL.
    let may_be_of_gl = choice.backend.is_none() && matches!(asked, Asked::At(None, ..) | Asked::Named(None, _));
    match first {
        None if may_be_of_gl => opened(true),
        first => Ok(first),
    }
}

#[cfg(not(feature = "gpu"))]
fn open_gpu(choice: &Choice, asked: &Asked<'_>) -> Result<Option<Arc<dyn Device>>, Error> {
    if *asked == Asked::Auto && choice.backend.is_none() {
        return Ok(None);
    }
    Err(Error::NoDevice {
        asked: choice.device.clone(),
        reason: "this program was built without the feature 'gpu'".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(kind: DeviceKind, name: &str, backend: &'static str) -> DeviceInfo {
        DeviceInfo {
            kind,
            name: name.into(),
            backend,
            driver: String::new(),
            threads: None,
            largest_column_bytes: 0,
            most_agents: 0,
            subgroup: None,
        }
    }

    #[test]
    fn devices_are_found_by_place_and_name() {
        let all = [
            info(DeviceKind::IntegratedGpu, "Radeon 780M", "vulkan"),
            info(DeviceKind::DiscreteGpu, "GeForce RTX 4090", "vulkan"),
            info(DeviceKind::DiscreteGpu, "GeForce RTX 4090", "gl"),
        ];
        let infos: Vec<&DeviceInfo> = all.iter().collect();
        let at = |word: &str| position(&infos, &Asked::of(word), &Choice::default());
        for (word, expected) in [
            ("auto", Some(1)),
            ("gpu", Some(1)),
            ("1", Some(0)),
            ("3", Some(2)),
            ("4", None),
            ("vulkan:0", Some(0)),
            ("vulkan:1=4090", Some(1)),
            ("gl:0", Some(2)),
            ("gl:1", None),
            ("gl:geforce", Some(2)),
            ("metal:0", None),
            ("radeon", Some(0)),
            ("4090", Some(1)),
            ("2=rtx", Some(1)),
        ] {
            assert_eq!(at(word).unwrap(), expected, "{word}");
        }
        for word in ["1=4090", "vulkan:0=4090"] {
            let message = at(word).unwrap_err().to_string();
            assert!(message.contains("Radeon 780M (vulkan)"), "{message}");
        }
        assert_eq!(Asked::of("cpu:3"), Asked::Cpu(Some(3)));
        assert_eq!(Asked::of("cpu:x"), Asked::NoThreads);
    }
}
