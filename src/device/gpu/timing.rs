//! How long each step of a tick takes by the device's own clock.

use super::context::Context;
use super::execution::GpuExecution;
use crate::device::Execution;
use crate::error::Error;
use wgpu::{BufferUsages, ComputePassDescriptor, ComputePassTimestampWrites, Features, QueryType};

/// The most steps that are timed: each takes two of the moments that a set can have.
const MOST: usize = wgpu::QUERY_SET_MAX_QUERIES as usize / 2;

impl GpuExecution {
    /// See [`Execution::timed_tick`](crate::device::Execution::timed_tick).
    pub(super) fn time_tick(&mut self) -> Result<Option<Vec<f64>>, Error> {
        let steps = self.plan().steps.len();
        let has_clock = self.context.device.features().contains(Features::TIMESTAMP_QUERY);
        if !has_clock || steps == 0 || steps > MOST {
            return Ok(None);
        }
        let moments = 2 * steps as u32;
        let bytes = 8 * u64::from(moments);
        let set = self.context.device.create_query_set(&wgpu::QuerySetDescriptor {
            label: Some("steps"),
            ty: QueryType::Timestamp,
            count: moments,
        });
        let usage = BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC;
        let resolved = self.context.buffer("moments", bytes, usage)?;
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let staging = self.context.buffer("moments read-back", bytes, usage)?;
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        for (step, offset) in self.begin_tick() {
            let first = 2 * step as u32;
            let mut recorder = encoder.begin_compute_pass(&ComputePassDescriptor {
                label: None,
                timestamp_writes: Some(ComputePassTimestampWrites {
                    query_set: &set,
                    beginning_of_pass_write_index: Some(first),
                    end_of_pass_write_index: Some(first + 1),
                }),
            });
            if let Some(offset) = offset {
                let range = 0..self.plan().items(self.plan().steps[step].space());
                let tick = self.tick();
                self.record_step(&mut recorder, step, 0, (tick, range), offset);
            }
        }
        encoder.resolve_query_set(&set, 0..moments, &resolved, 0);
        encoder.copy_buffer_to_buffer(&resolved, 0, &staging, 0, bytes);
        let index = self.end_tick(encoder);
        let words = self.context.map(&staging, bytes, index)?;
        Ok(seconds(&self.context, &words))
    }
}

/// What the moments say of each step; nothing where the clock stood still.
fn seconds(context: &Context, words: &[u32]) -> Option<Vec<f64>> {
    let moments: Vec<u64> = words
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&[low, high]| u64::from(low) | u64::from(high) << 32)
        .collect();
    // Nanoseconds between two of its readings.
    let period = f64::from(context.queue.get_timestamp_period());
    let all: Vec<f64> = moments
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&[begin, end]| end.saturating_sub(begin) as f64 * period * 1e-9)
        .collect();
    all.iter().any(|&seconds| seconds > 0.0).then_some(all)
}
