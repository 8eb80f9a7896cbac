//! Integer arithmetic that means the same on every device: random numbers without state, exact division
//! by invariant integers, hashing. What the shaders need of it has a twin in `shaders/lib/number.wgsl`, and a
//! test that compares the two over random and extreme inputs.

mod chance;
mod divide;
mod find;
mod hash;
mod permutation;
mod sine;
mod threefry;
mod wide;

pub(crate) use chance::{TOGETHER, bytes, draw_byte, finely, finely_each, room};
pub use chance::{happenings, happens};
pub use divide::{Divisor, bounded, multiply_high};
pub(crate) use find::{PART, places_of, places_with};
pub(crate) use hash::{LINK_DISTANCE, LINK_LOW, finish_link_phase};
pub use hash::{hash_name, link_phase, mix};
pub use permutation::{HALF_ROUNDS, Permutation, Permutations, scramble};
pub use sine::{QUARTER_SINES, SINE_ONE, cosine, sine};
pub use threefry::{Stream, stream_key, threefry2x32, threefry2x32_13};
pub use wide::{BELIEF_LIMIT, BELIEF_RANGE, add_wide};

/// The threshold `round(share · 2^32)` below which a uniform `u32` falls with probability `share`.
///
/// `share` is in 0..=1; at 1 the result saturates at `u32::MAX`, so callers that mean *certain* must
/// treat 1 apart.
#[must_use]
pub fn threshold(share: f64) -> u32 {
    // Exact: scaling by a power of two loses nothing, and the cast saturates.
    (share * 4_294_967_296.0).round() as u32
}
