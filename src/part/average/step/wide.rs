//! The same arithmetic as in `flow.rs`, all of it in one pass over the links of a slot, for processors with AVX-512: nothing is stored between,
//! and what comes next is fetched ahead. Everybody else takes the passes; both give the same bits.

use super::super::Rounding;
use crate::number::Divisor;

/// The links of some consecutive nodes over one slot, whose other ends are consecutive too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends<'a> {
    /// The first of the own ends, and of the other ones.
    pub first: u32,
    pub other: u32,
    pub own_beliefs: &'a [i32],
    pub other_beliefs: &'a [i32],
}

/// What sums begin with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begun<'a> {
    Beliefs,
    /// What is already there.
    Here,
    Words(&'a [u32]),
}

/// The links of some nodes upwards, all of one length, and downwards.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair<'a> {
    pub distance: u32,
    /// A byte for each link upwards, beginning with those of [`NEAR`] nodes below: one that is not above what is lost is lost. Empty if
    /// nothing is.
    pub drawn: &'a [u8],
}

/// Where the flows over long links upwards are to be written, and where those from as many nodes below are.
#[derive(Debug)]
pub(super) struct Made<'a> {
    pub pair: Pair<'a>,
    pub words: &'a mut [u32],
    pub places: [usize; 2],
}

/// The longest links of which the flows of both ends are in a vector or in the one before. So many nodes there must be below.
pub(super) const NEAR: u32 = 16;

/// The most pairs of near nodes that are worked out together, and the most with one of far nodes.
pub(super) const TOGETHER: usize = 4;
pub(super) const BESIDE: usize = 1;

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
}

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
use avx512 as native;

/// Nowhere else.
#[cfg(not(target_arch = "x86_64"))]
mod native {
    use super::{Begun, Ends, Gates, Made, Pair, Terms};

    pub(in super::super) fn is_here(_: Terms) -> bool {
        false
    }

    pub(in super::super) fn flows(_: Ends<'_>, _: Terms, _: &mut [u32]) {}

    pub(in super::super) fn gated_flows(_: Ends<'_>, _: Terms, _: Gates<'_>, _: &[u8], _: &mut [u32]) {}

    pub(in super::super) fn gains(
        _: (&[i32], u32),
        _: Begun<'_>,
        _: (&[Pair<'_>], Option<Made<'_>>),
        _: Terms,
        _: Option<Gates<'_>>,
        _: (&mut [u32], bool),
    ) {
    }
}

pub(super) use native::{flows, gains, gated_flows, is_here};

#[cfg(test)]
mod tests;
