//! Beliefs, and sums of them in two words.

/// The largest magnitude of a belief in a start state: 2^28.
pub const BELIEF_LIMIT: i32 = 1 << 28;

/// The largest magnitude of a belief for which the arithmetic is exact: start values stay within 2^28, and rounding moves
/// an extreme by less than a degree a tick, if at all.
pub const BELIEF_RANGE: i32 = (1 << 28) + (1 << 27);

/// Adds a signed word to a 64-bit number in two words.
#[inline(always)]
pub fn add_wide(low: &mut u32, high: &mut u32, word: i32) {
    let sum = (u64::from(*high) << 32 | u64::from(*low)).wrapping_add(i64::from(word) as u64);
    (*low, *high) = (sum as u32, (sum >> 32) as u32);
}
