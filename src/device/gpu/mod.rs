//! The GPU device: wgpu over Vulkan, Metal, DX12 or GL.

mod batch;
mod context;
mod execution;
mod fit;
mod program;

use super::{Device, DeviceInfo, DeviceKind, Execution};
use crate::error::Error;
use crate::plan::Plan;
use crate::shader::Shader;
use crate::swarm::Swarm;
use context::Context;
use pollster::block_on;
use std::sync::Arc;
use wgpu::{Adapter, Backend, Backends};

/// What the shaders and the host must agree on, for the tests that compare the two.
#[doc(hidden)]
pub mod layout {
    pub use super::program::{Clock, MEASURE_GROUP, PARTIAL_BYTES, PARTIAL_FINGERPRINT, STEP_GROUP, copy_shader};
}

/// The shaders that a plan needs: those of its steps, in the plan's order, then those of a measurement. Each compiles for
/// itself, with the constants that come with it; the entry point is `main`. Columns are bound in group 2, the topology in
/// group 1, the clock and the control block in group 0.
#[must_use]
pub fn shaders(plan: &Plan) -> Vec<Shader> {
    program::shaders(plan)
}

/// For each of [`shaders`], the bindings of its group 2, each with whether it is only read, and whether it reads the nodes'
/// status in group 3.
#[must_use]
pub fn bindings(plan: &Plan) -> Vec<(Vec<(u32, bool)>, bool)> {
    program::bindings(plan)
}

/// The backends by the names that a user gives.
pub const BACKENDS: [(&str, Backends); 4] = [
    ("vulkan", Backends::VULKAN),
    ("metal", Backends::METAL),
    ("dx12", Backends::DX12),
    ("gl", Backends::GL),
];

/// Every adapter of every backend, or of the one named; `auto` stands for Vulkan, Metal and DX12.
///
/// # Errors
/// [`Error::NoDevice`] if there is no backend of that name.
pub fn adapters(backend: Option<&str>) -> Result<Vec<Adapter>, Error> {
    let backends = match backend {
        // Asking GL opens connections to window systems that are mostly not there; `auto` never needs it.
        Some("auto") => Backends::PRIMARY,
        None => Backends::PRIMARY | Backends::GL,
        Some(name) => BACKENDS
            .iter()
            .find(|(known, _)| *known == name.to_lowercase())
            .map(|(_, b)| *b)
            .ok_or_else(|| Error::NoDevice {
                asked: name.into(),
                reason: "the backends are vulkan, metal, dx12 and gl".into(),
            })?,
    };
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = backends;
    descriptor.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(descriptor);
    Ok(block_on(instance.enumerate_adapters(backends)))
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

/// An opened adapter.
#[derive(Debug)]
pub struct GpuDevice {
    context: Arc<Context>,
}

impl GpuDevice {
    /// Opens an adapter with all that it can do.
    ///
    /// # Errors
    /// [`Error::NoDevice`] with the driver's word.
    pub fn open(adapter: &Adapter) -> Result<Self, Error> {
        let info = describe(adapter);
        let asked = format!("{} ({})", info.name, info.backend);
        if !adapter
            .get_downlevel_capabilities()
            .flags
            .contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        {
            return Err(Error::NoDevice {
                asked,
                reason: "it has no compute shaders".into(),
            });
        }
        let limits = adapter.limits();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("tetraswarm"),
            required_limits: limits.clone(),
            memory_hints: wgpu::MemoryHints::Performance,
            ..Default::default()
        };
        let (device, queue) = block_on(adapter.request_device(&descriptor)).map_err(|e| Error::NoDevice {
            asked,
            reason: format!("it cannot be opened: {e}"),
        })?;
        Ok(Self {
            context: Context::new(device, queue, limits, info),
        })
    }
}

impl Device for GpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.context.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        fit::check(&self.context, plan)
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        Ok(Box::new(execution::GpuExecution::new(
            Arc::clone(&self.context),
            swarm,
        )?))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        program::copy_seconds(&self.context, words, repetitions)
    }
}
