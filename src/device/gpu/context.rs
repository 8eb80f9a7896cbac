//! An opened adapter: its queue, its limits, and what went wrong.

use super::cache::Cache;
use crate::device::DeviceInfo;
use crate::error::Error;
use pollster::block_on;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use wgpu::{Buffer, BufferUsages, CommandBuffer, PollType, SubmissionIndex};

/// How much is uploaded or read back at a time.
const STAGING: u64 = 32 << 20;

/// A device, its queue, and the first failure.
#[derive(Debug)]
pub(super) struct Context {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub limits: wgpu::Limits,
    pub info: DeviceInfo,
    /// The pipelines that were compiled before.
    pub cache: Option<Cache>,
    /// Whether a buffer of the device can say how much of a shader is run.
    pub is_indirect: bool,
    failure: Arc<Mutex<Option<String>>>,
    allocated: AtomicU64,
}

impl Context {
    pub fn new(
        (device, queue): (wgpu::Device, wgpu::Queue),
        limits: wgpu::Limits,
        info: DeviceInfo,
        adapter: &wgpu::Adapter,
    ) -> Arc<Self> {
        let can = adapter.get_downlevel_capabilities().flags;
        let failure = Arc::new(Mutex::new(None));
        let note = |failure: &Arc<Mutex<Option<String>>>| {
            let failure = Arc::clone(failure);
            move |message: String| {
                failure
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get_or_insert(message);
            }
        };
        // Without these, wgpu would panic on the first error.
        let uncaptured = note(&failure);
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| uncaptured(e.to_string())));
        let lost = note(&failure);
        device.set_device_lost_callback(move |reason, message| {
            if reason != wgpu::DeviceLostReason::Destroyed {
                lost(format!("the device was lost: {message}"));
            }
        });
        Arc::new(Self {
            cache: Cache::open(&device, &adapter.get_info()),
            is_indirect: can.contains(wgpu::DownlevelFlags::INDIRECT_EXECUTION),
            device,
            queue,
            limits,
            info,
            failure,
            allocated: AtomicU64::new(0),
        })
    }

    /// The device's name, with its interface.
    pub fn name(&self) -> String {
        format!("{} ({})", self.info.name, self.info.backend)
    }

    pub fn failed(&self, message: impl ToString) -> Error {
        Error::DeviceFailed {
            device: self.name(),
            message: message.to_string(),
        }
    }

    /// The first failure that was noted, if any was.
    pub fn check(&self) -> Result<(), Error> {
        match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(message) => Err(self.failed(message)),
            None => Ok(()),
        }
    }

    /// Creates a buffer; running out of memory is an error and no panic.
    pub fn buffer(&self, label: &str, bytes: u64, usage: BufferUsages) -> Result<Buffer, Error> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes.next_multiple_of(4).max(16),
            usage,
            mapped_at_creation: false,
        });
        let invalid = block_on(validation.pop());
        let no_memory = block_on(memory.pop());
        if let Some(error) = invalid {
            return Err(self.failed(format!("a buffer of {bytes} bytes for {label} was refused: {error}")));
        }
        if no_memory.is_some() {
            return Err(Error::TooLarge {
                device: self.name(),
                what: label.to_owned(),
                needed: bytes,
                limit: 0,
                agents_fit: 0,
                instead: "--device cpu",
            });
        }
        self.allocated.fetch_add(bytes, Ordering::Relaxed);
        Ok(buffer)
    }

    /// The bytes of all buffers that have been created so far.
    pub fn allocated(&self) -> u64 {
        self.allocated.load(Ordering::Relaxed)
    }

    /// A storage buffer.
    pub fn storage(&self, label: &str, bytes: u64) -> Result<Buffer, Error> {
        self.buffer(
            label,
            bytes,
            BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST,
        )
    }

    /// Fills a buffer from its beginning, piece by piece so that no second copy of a large column is held.
    pub fn upload(&self, buffer: &Buffer, words: &[u32]) -> Result<(), Error> {
        self.upload_at(buffer, 0, words)
    }

    /// The same from the `first`-th word of the buffer on.
    pub fn upload_at(&self, buffer: &Buffer, first: u64, words: &[u32]) -> Result<(), Error> {
        let piece = (STAGING / 4) as usize;
        for (k, part) in words.chunks(piece).enumerate() {
            let at = 4 * first + k as u64 * STAGING;
            self.queue.write_buffer(buffer, at, bytemuck::cast_slice(part));
            if words.len() > piece {
                let index = self.queue.submit([]);
                self.wait(index)?;
            }
        }
        self.check()
    }

    /// Reads some words of a buffer.
    pub fn download(&self, buffer: &Buffer, words: Range<u64>) -> Result<Vec<u32>, Error> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let (first, words) = (4 * words.start, words.end - words.start);
        let mut all = Vec::with_capacity(words as usize);
        let staging = self.buffer(
            "read-back",
            STAGING.min(4 * words),
            BufferUsages::MAP_READ | BufferUsages::COPY_DST,
        )?;
        let mut at = 0;
        while at < 4 * words {
            let bytes = STAGING.min(4 * words - at);
            let mut encoder = self.device.create_command_encoder(&Default::default());
            encoder.copy_buffer_to_buffer(buffer, first + at, &staging, 0, bytes);
            let index = self.queue.submit([encoder.finish()]);
            all.extend(self.map(&staging, bytes, index)?);
            at += bytes;
        }
        Ok(all)
    }

    /// Reads stretches of a buffer, one after the other, with as few submissions as there is room for.
    pub fn download_all(&self, buffer: &Buffer, stretches: &[Range<u64>]) -> Result<Vec<u32>, Error> {
        let count = |of: &Range<u64>| of.end.saturating_sub(of.start);
        let words: u64 = stretches.iter().map(count).sum();
        if stretches.len() < 2 || 4 * words > STAGING {
            let parts = stretches.iter().map(|words| self.download(buffer, words.clone()));
            return Ok(parts.collect::<Result<Vec<_>, _>>()?.concat());
        }
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let staging = self.buffer("read-back", (4 * words).max(4), usage)?;
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut at = 0;
        for stretch in stretches.iter().filter(|stretch| count(stretch) > 0) {
            let bytes = 4 * count(stretch);
            encoder.copy_buffer_to_buffer(buffer, 4 * stretch.start, &staging, at, bytes);
            at += bytes;
        }
        let index = self.queue.submit([encoder.finish()]);
        self.map(&staging, 4 * words, index)
    }

    /// Waits for a submission and reads what it copied into a mappable buffer.
    pub fn map(&self, staging: &Buffer, bytes: u64, index: SubmissionIndex) -> Result<Vec<u32>, Error> {
        let (sender, receiver) = std::sync::mpsc::channel();
        staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
            // The receiver is only gone if waiting has failed already.
            let _ = sender.send(result);
        });
        self.wait(index)?;
        let mapped = loop {
            match receiver.try_recv() {
                Ok(result) => break result,
                Err(std::sync::mpsc::TryRecvError::Empty) => {
                    self.device
                        .poll(PollType::wait_indefinitely())
                        .map_err(|e| self.failed(e))?;
                }
                Err(e) => return Err(self.failed(e)),
            }
        };
        mapped.map_err(|e| self.failed(e))?;
        let words = {
            let view = staging.get_mapped_range(0..bytes).map_err(|e| self.failed(e))?;
            bytemuck::pod_collect_to_vec::<u8, u32>(&view)
        };
        staging.unmap();
        Ok(words)
    }

    /// Submits commands.
    pub fn submit(&self, commands: CommandBuffer) -> SubmissionIndex {
        self.queue.submit([commands])
    }

    /// Waits for a submission.
    pub fn wait(&self, index: SubmissionIndex) -> Result<(), Error> {
        let wait = PollType::Wait {
            submission_index: Some(index),
            timeout: None,
        };
        self.device.poll(wait).map_err(|e| self.failed(e))?;
        self.check()
    }
}
