//! The same arithmetic as in `flow.rs`, all of it in one pass over the nodes, for processors with AVX-512: what is between stays in registers, and
//! what comes next is fetched ahead. Everybody else takes the passes; both give the same bits.

use super::super::Rounding;
use super::DIFFERENCE;
use crate::number::Divisor;

/// What sums begin with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begun<'a> {
    Beliefs,
    /// What is already there.
    Here,
    Words(&'a [u32]),
}

/// Nodes whose words are a vector.
pub(super) const LANES: u32 = 16;

/// The words of a ring for links of some length: as many vectors as are between the ends, and one.
pub(super) const fn ring_words(distance: u32) -> usize {
    (distance / LANES + 1) as usize * LANES as usize
}

/// The links of some nodes upwards over a slot, and downwards over its mirror, all of one length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair<'a> {
    pub distance: u32,
    /// Where its ring begins among all, which holds the flows from the nodes below, [`ring_words`] of them; and where the lowest of those is. They
    /// go on from there, round to it.
    pub start: usize,
    pub at: usize,
    /// A byte for each link upwards: one that is not above what is lost is lost. Empty if nothing is.
    pub drawn: &'a [u8],
}

/// The links of some nodes over one slot to as many consecutive ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Single<'a> {
    /// The first of the other ends.
    pub other: u32,
    /// A byte for each link, or none, as above.
    pub drawn: &'a [u8],
}

/// The most pairs, or single slots, that are worked out together.
pub(super) const TOGETHER: usize = 4;

/// A bit for each line of memory of a chunk: those that are not written past the caches.
pub(super) type Lines = [u64; super::block::CHUNK / (64 * LANES as usize)];

/// What stands between ends, see [`Gate`](crate::hear::gate::Gate).
#[derive(Clone, Copy, Debug)]
pub(super) struct Gates<'a> {
    /// Of all nodes.
    pub status: &'a [u32],
    pub walls: u32,
    pub barred: u32,
    /// Bytes up to this one are of lost exchanges.
    pub lost_to: u8,
}

/// What all links have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub rounding: Rounding,
    pub tick: u32,
    pub q: u32,
    pub divisor: Divisor,
    /// See [`bias`](super::bias).
    pub bias: (u32, u32),
    /// See [`signed_reciprocal`].
    pub signed: Option<(u32, u32)>,
}

/// A reciprocal of `q` for signed numbers: (m, s), both below 2^31, such that for every magnitude n up to [`DIFFERENCE`] the floor of n·m / 2^(32 + s)
/// is that of n/q, and of -n·m it is one less than minus that, so that ones for negative numbers make it round towards zero.
///
/// With m = ⌊2^(32 + s)/q⌋ + 1 and e = m·q − 2^(32 + s), which is positive, n·m / 2^(32 + s) is above n/q by n·e / (q·2^(32 + s)): more than nothing, and less than
/// 1/q if n·e < 2^(32 + s) (Granlund and Montgomery, *Division by invariant integers using multiplication*, PLDI 1994). There is none for q = 1 and 2.
pub(super) fn signed_reciprocal(q: u32) -> Option<(u32, u32)> {
    let q = u64::from(q);
    (0..31).find_map(|s| {
        let power = 1u64 << (32 + s);
        let multiplier = power.checked_div(q)? + 1;
        let error = multiplier * q - power;
        let fits = multiplier < 1 << 31 && error * u64::from(DIFFERENCE) < power;
        fits.then_some((multiplier as u32, s))
    })
}

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
use avx512 as native;

/// Nowhere else.
#[cfg(not(target_arch = "x86_64"))]
mod native {
    use super::{Begun, Gates, Lines, Pair, Single, Terms};

    pub(in super::super) fn is_here(_: Terms) -> bool {
        false
    }

    pub(in super::super) fn wait_for_streams() {}

    pub(in super::super) fn fill(_: (&[i32], u32), _: u32, _: Terms, _: (Option<Gates<'_>>, &[u8]), _: &mut [u32]) {}

    pub(in super::super) fn gain_pairs(
        _: (&[i32], u32),
        _: Begun<'_>,
        _: (&mut [u32], &mut [Pair<'_>]),
        _: Terms,
        _: Option<Gates<'_>>,
        _: (&mut [u32], Option<&Lines>),
    ) {
    }

    pub(in super::super) fn gain_flips(
        _: (&[i32], u32),
        _: Begun<'_>,
        _: &[u32],
        _: Terms,
        _: (&mut [u32], Option<&Lines>),
    ) {
    }

    pub(in super::super) fn gain_singles(
        _: (&[i32], u32),
        _: Begun<'_>,
        _: &[Single<'_>],
        _: Terms,
        _: Option<Gates<'_>>,
        _: (&mut [u32], Option<&Lines>),
    ) {
    }
}

pub(super) use native::{fill, gain_flips, gain_pairs, gain_singles, is_here, wait_for_streams};

#[cfg(test)]
mod tests;
