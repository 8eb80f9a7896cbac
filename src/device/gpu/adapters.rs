//! The adapters of each interface, and what they are.

use crate::device::{DeviceInfo, DeviceKind};
use crate::error::Error;
use pollster::block_on;
use wgpu::{Adapter, Backend, Backends};

/// The backends by the names that a user gives.
pub const BACKENDS: [(&str, Backends); 4] = [
    ("vulkan", Backends::VULKAN),
    ("metal", Backends::METAL),
    ("dx12", Backends::DX12),
    ("gl", Backends::GL),
];

/// The adapters of the backends named, with commas between. Without a name those of Vulkan, Metal and DX12, and of GL only if
/// there is none: whoever asks GL opens connections to window systems that are mostly not there, and drivers complain of that.
///
/// # Errors
/// [`Error::NoDevice`] if there is no backend of that name.
pub fn adapters(backends: Option<&str>) -> Result<Vec<Adapter>, Error> {
    match backends {
        Some(names) => Ok(enumerate(named(names)?)),
        None => {
            let primary = enumerate(Backends::PRIMARY);
            Ok(if primary.is_empty() {
                enumerate(Backends::GL)
            } else {
                primary
            })
        }
    }
}

/// The backends of those names.
fn named(names: &str) -> Result<Backends, Error> {
    let mut backends = Backends::empty();
    for name in names.split(',') {
        let name = name.trim().to_lowercase();
        let known = BACKENDS.iter().find(|(known, _)| *known == name);
        backends |= known.map(|(_, backend)| *backend).ok_or_else(|| Error::NoDevice {
            asked: name,
            reason: "the backends are vulkan, metal, dx12 and gl".into(),
        })?;
    }
    Ok(backends)
}

fn enumerate(backends: Backends) -> Vec<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = backends;
    descriptor.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(descriptor);
    block_on(instance.enumerate_adapters(backends))
}

fn backend_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Vulkan => "vulkan",
        Backend::Metal => "metal",
        Backend::Dx12 => "dx12",
        Backend::Gl => "gl",
        _ => "other",
    }
}

/// What an adapter is.
#[must_use]
pub fn describe(adapter: &Adapter) -> DeviceInfo {
    let (info, limits) = (adapter.get_info(), adapter.limits());
    let largest = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let driver = [info.driver.as_str(), info.driver_info.as_str()]
        .iter()
        .filter(|s| !s.is_empty())
        .copied()
        .collect::<Vec<_>>();
    DeviceInfo {
        kind: match info.device_type {
            wgpu::DeviceType::DiscreteGpu => DeviceKind::DiscreteGpu,
            wgpu::DeviceType::IntegratedGpu => DeviceKind::IntegratedGpu,
            wgpu::DeviceType::Cpu => DeviceKind::SoftwareGpu,
            wgpu::DeviceType::VirtualGpu | wgpu::DeviceType::Other => DeviceKind::OtherGpu,
        },
        name: info.name.clone(),
        backend: backend_name(info.backend),
        driver: driver.join(" "),
        threads: None,
        largest_column_bytes: largest,
        // So that the index of an invocation beyond the last node does not wrap.
        most_agents: (largest / 4).min((1 << 32) - (1 << 25)),
        subgroup: Some([info.subgroup_min_size, info.subgroup_max_size]),
    }
}
