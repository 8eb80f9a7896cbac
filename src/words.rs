//! Columns in the host's memory: 32-bit words that begin at a cache line.

use bytemuck::{Pod, Zeroable};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A cache line, which is also the widest vector.
#[repr(C, align(64))]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Line([u32; Line::WORDS]);

impl Line {
    const WORDS: usize = 16;
}

/// So many words, aligned to 64 bytes: a vector of 16 that straddled two cache lines would cost twice.
#[derive(Clone, Default)]
pub struct Words {
    lines: Vec<Line>,
    len: usize,
}

impl Words {
    /// Zeros, or nothing if there is no memory for them.
    #[must_use]
    pub fn try_zeros(len: usize) -> Option<Self> {
        let lines = bytemuck::allocation::try_zeroed_vec(len.div_ceil(Line::WORDS)).ok()?;
        Some(Self { lines, len })
    }

    /// Zeros.
    ///
    /// # Panics
    /// If there is no memory for them.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self {
            lines: bytemuck::zeroed_vec(len.div_ceil(Line::WORDS)),
            len,
        }
    }

    /// Bytes that are held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (self.lines.capacity() * size_of::<Line>()) as u64
    }
}

impl From<&[u32]> for Words {
    fn from(words: &[u32]) -> Self {
        let mut all = Self::zeros(words.len());
        all.copy_from_slice(words);
        all
    }
}

impl Deref for Words {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [u32] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} words", self.len)
    }
}

/// Has the processor fetch a word that is soon to be read or written, while it goes on with others. A word that there is not is none to fetch.
#[inline(always)]
pub(crate) fn fetch(words: &[u32], at: usize) {
    // Wherever it leads: a prefetch reads nothing.
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let at = words.as_ptr().wrapping_add(at).cast();
        // SAFETY: every x86-64 has the instruction, and it does no harm at any address.
        #[allow(
            unused_unsafe,
            reason = "whether the intrinsic counts as safe depends on the compiler"
        )]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(at);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (words, at);
}

/// Memory that one worker of the CPU device reuses from block to block.
#[derive(Debug, Default)]
pub struct Scratch {
    pool: Vec<Words>,
}

impl Scratch {
    /// A buffer of at least `len` words with arbitrary content.
    pub fn take(&mut self, len: usize) -> Words {
        match self.pool.pop() {
            Some(words) if words.len() >= len => words,
            _ => Words::zeros(len),
        }
    }

    /// Hands a buffer back.
    pub fn give(&mut self, words: Words) {
        self.pool.push(words);
    }
}
