//! The GPU device: wgpu over Vulkan, Metal, DX12 or GL.

mod adapters;
mod batch;
mod cache;
mod context;
mod execution;
mod fit;
mod held;
#[cfg(test)]
mod order;
mod prints;
mod program;
mod range;
mod reach;
mod tiled;
mod timing;

pub use adapters::{BACKENDS, adapters, describe};

use super::several::fits_in_ranges;
use super::{Device, DeviceInfo, Execution, Held};
use crate::error::Error;
use crate::plan::Plan;
use crate::shader::Shader;
use crate::swarm::Swarm;
use crate::topology::TopologyShader;
use context::Context;
use pollster::block_on;
use std::sync::Arc;
use wgpu::{Adapter, Features};

/// What the shaders and the host must agree on, for the tests that compare the two.
#[doc(hidden)]
pub mod layout {
    pub use super::program::{Clock, MEASURE_GROUP, STEP_GROUP, checks, copy_shader};
}

/// The shaders that a plan needs: those of its steps, in the plan's order, then those of a measurement. Each compiles for
/// itself, with the constants that come with it; the entry point is `main`. Columns are bound in group 2, the topology in
/// group 1, the clock and the control block in group 0.
#[must_use]
pub fn shaders(plan: &Plan) -> Vec<Shader> {
    program::shaders(plan)
}

/// What the shaders of a plan need of its network: what they read in group 1.
#[must_use]
pub fn network(plan: &Plan) -> TopologyShader<'_> {
    program::network(plan)
}

/// The second forms of a plan's steps, in which an invocation does a tile of nodes: the step's number, and the shader, which binds what
/// the step's first form does.
#[must_use]
pub fn tiled_shaders(plan: &Plan) -> Vec<(usize, Shader)> {
    tiled::shaders(plan)
}

/// What a GPU holds of a plan where that is asked of it: columns are held whole of which some shader names words otherwise than by an index.
#[must_use]
pub fn holdable(plan: &Plan, held: &Held) -> Held {
    held::as_shaders_can(plan, held.clone())
}

/// For each of [`shaders`], the bindings of its group 2, each with whether it is only read, and whether it reads the nodes'
/// status in group 3.
#[must_use]
pub fn bindings(plan: &Plan) -> Vec<(Vec<(u32, bool)>, bool)> {
    program::bindings(plan)
}

/// What to do about a swarm that fits in several ranges.
const IN_RANGES: &str =
    "--split auto, which has this device run it in several ranges, or --device cpu, which has no such limit";

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
            // Each is done without where it is not there.
            required_features: adapter.features() & (Features::TIMESTAMP_QUERY | Features::PIPELINE_CACHE),
            memory_hints: wgpu::MemoryHints::Performance,
            ..Default::default()
        };
        let (device, queue) = block_on(adapter.request_device(&descriptor)).map_err(|e| Error::NoDevice {
            asked,
            reason: format!("it cannot be opened: {e}"),
        })?;
        Ok(Self {
            context: Context::new((device, queue), limits, info, adapter),
        })
    }

    /// The same, with buffers of at most so many bytes: as an adapter has it that can do less. Nothing changes once the device is shared.
    #[must_use]
    pub fn holding(mut self, bytes: u64) -> Self {
        if let Some(context) = Arc::get_mut(&mut self.context) {
            context.info.largest_column_bytes = context.info.largest_column_bytes.min(bytes);
            context.info.most_agents = context.info.most_agents.min(bytes / 4);
        }
        self
    }
}

impl Device for GpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.context.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        fit::check(&self.context, plan, None).map_err(|mut error| {
            if let Error::TooLarge {
                needed, limit, instead, ..
            } = &mut error
            {
                let fits = |held: &Held| self.check_range(plan, held).is_ok();
                if *limit > 0 && fits_in_ranges(plan, needed.div_ceil(*limit), fits) {
                    *instead = IN_RANGES;
                }
            }
            error
        })
    }

    fn check_range(&self, plan: &Plan, held: &Held) -> Result<(), Error> {
        let held = held::as_shaders_can(plan, held.clone());
        fit::check(&self.context, plan, Some(&held))
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        Ok(Box::new(execution::GpuExecution::new(
            Arc::clone(&self.context),
            swarm,
            None,
        )?))
    }

    fn load_range(&self, swarm: Swarm, held: &Held) -> Result<Box<dyn Execution>, Error> {
        let held = held::as_shaders_can(&swarm.plan, held.clone());
        Ok(Box::new(execution::GpuExecution::new(
            Arc::clone(&self.context),
            swarm,
            Some(held),
        )?))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        program::copy_seconds(&self.context, words, repetitions)
    }
}
