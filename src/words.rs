//! Columns in the host's memory: 32-bit words that begin at a cache line.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Words of a cache line, which is also the widest vector.
const LINE: usize = 16;

/// So many words, aligned to 64 bytes: a vector of 16 that straddled two cache lines would cost twice.
///
/// Zeros are asked of the system as such, with room to begin at a cache line, and not written: on Linux and the like no memory is taken for
/// those that nobody touches. An allocation that is itself aligned so would be filled.
#[derive(Default)]
pub struct Words {
    all: Vec<u32>,
    /// Where the first word is, and how many there are.
    first: usize,
    len: usize,
}

impl Words {
    /// Those of some zeros with a line more than there are to be words.
    fn of(all: Vec<u32>, len: usize) -> Self {
        let first = if len > 0 {
            // Less than a line, for which there is room.
            all.as_ptr().align_offset(4 * LINE).min(LINE)
        } else {
            0
        };
        Self { all, first, len }
    }

    /// Zeros, or nothing if there is no memory for them.
    #[must_use]
    pub fn try_zeros(len: usize) -> Option<Self> {
        let room = len.checked_add(LINE).filter(|_| len > 0).or((len == 0).then_some(0))?;
        let all = bytemuck::allocation::try_zeroed_vec(room).ok()?;
        Some(Self::of(all, len))
    }

    /// Zeros.
    ///
    /// # Panics
    /// If there is no memory for them.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        let room = if len > 0 { len + LINE } else { 0 };
        Self::of(bytemuck::zeroed_vec(room), len)
    }

    /// Bytes that are held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (self.all.capacity() * size_of::<u32>()) as u64
    }
}

impl Clone for Words {
    fn clone(&self) -> Self {
        Self::from(&**self)
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
        &self.all[self.first..self.first + self.len]
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [u32] {
        &mut self.all[self.first..self.first + self.len]
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
        // The smallest that is large enough: steps ask for several sizes, block after block.
        let fitting = self.pool.iter().enumerate().filter(|(_, words)| words.len() >= len);
        match fitting.min_by_key(|(_, words)| words.len()).map(|(at, _)| at) {
            Some(at) => self.pool.swap_remove(at),
            None => Words::zeros(len),
        }
    }

    /// Hands a buffer back.
    pub fn give(&mut self, words: Words) {
        if !words.is_empty() {
            self.pool.push(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_begin_at_cache_lines() {
        for len in [0, 1, 15, 16, 17, 1000, 1 << 20] {
            let mut words = Words::zeros(len);
            let is_aligned = |words: &Words| len == 0 || (words.as_ptr() as usize).is_multiple_of(64);
            assert!(is_aligned(&words) && words.len() == len && words.iter().all(|&word| word == 0));
            words.fill(7);
            let same = words.clone();
            assert!(is_aligned(&same) && same[..] == words[..]);
        }
        assert!(Words::try_zeros(usize::MAX).is_none());
    }

    #[test]
    fn what_is_handed_back_is_used_again() {
        let mut scratch = super::Scratch::default();
        let (small, large) = (scratch.take(100), scratch.take(3000));
        let places = [small.as_ptr(), large.as_ptr()];
        scratch.give(large);
        scratch.give(small);
        let (large, small) = (scratch.take(2000), scratch.take(90));
        assert_eq!([small.as_ptr(), large.as_ptr()], places);
    }

    /// What nobody touches takes no memory.
    #[cfg(target_os = "linux")]
    #[test]
    fn zeros_are_not_written() {
        let resident = || {
            let text = std::fs::read_to_string("/proc/self/statm").unwrap();
            text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4096
        };
        let before = resident();
        let words = Words::try_zeros(1 << 28).unwrap();
        assert_eq!(words[1 << 27], 0);
        // Other tests run at the same time; all of it would be 1 GiB.
        assert!(resident() < before + (1 << 29));
    }
}
