//! Asking for memory before it is needed.
//!
//! The steps work chunk by chunk, and within a chunk pass by pass: the processor's own prefetchers see the memory beyond the
//! chunk only when the next one begins, and computing and moving memory would take turns instead of overlapping.

/// Words in a cache line.
const LINE: usize = 16;

/// Asks for the lines of `words` to be read soon.
#[inline(always)]
pub(crate) fn for_reading(words: &[u32]) {
    #[cfg(target_arch = "x86_64")]
    for line in words.chunks(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch changes nothing but the cache, and does not fault, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = words;
}
