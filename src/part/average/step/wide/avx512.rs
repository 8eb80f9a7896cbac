//! With AVX-512: sixteen nodes at a time.

#[macro_use]
mod vectors;
mod arithmetic;
mod pairs;
mod singles;

use super::{Begun, Gates, LANES as VECTOR, Lines, Pair, Rounding, Single, Terms};
use arithmetic::Common;
use pairs::{flows, of_pairs};
use singles::{of_flips, of_singles};
use std::arch::x86_64::*;

/// Lanes of a vector.
const LANES: usize = VECTOR as usize;

/// How many words ahead beliefs are fetched: about what memory takes to answer.
const AHEAD: usize = 512;

/// Whether this processor has what it takes, and the rounding is one of those.
pub(in super::super) fn is_here(terms: Terms) -> bool {
    let rounds = match terms.rounding {
        Rounding::Trunc => terms.signed.is_some(),
        Rounding::Golden => terms.q < 1 << 16,
        Rounding::Random | Rounding::Quasi => false,
    };
    rounds && has_instructions()
}

fn has_instructions() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

/// Calls a function for the rounding, whether quotients are shifted, whether something stands between ends, and, if one is given, for one of four counts.
macro_rules! for_terms {
    ($terms:expr, $gates:expr, $function:ident($($argument:expr),*)) => {
        for_terms!(@ $terms, $gates, $function, (), ($($argument),*))
    };
    ($terms:expr, $gates:expr, $count:expr, $function:ident($($argument:expr),*)) => {
        match $count {
            1 => for_terms!(@ $terms, $gates, $function, (1), ($($argument),*)),
            2 => for_terms!(@ $terms, $gates, $function, (2), ($($argument),*)),
            3 => for_terms!(@ $terms, $gates, $function, (3), ($($argument),*)),
            4 => for_terms!(@ $terms, $gates, $function, (4), ($($argument),*)),
            count => unreachable!("{count} slots together"),
        }
    };
    (@ $terms:expr, $gates:expr, $function:ident, ($($count:literal)?), $arguments:tt) => {{
        let (terms, is_gated): (Terms, bool) = ($terms, $gates.is_some());
        assert!(is_here(terms));
        // SAFETY: the processor has the instructions.
        unsafe {
            match (terms.rounding, Common::is_shifted(terms), is_gated) {
                (Rounding::Trunc, false, false) => for_terms!(@@ $function, (false, false, false $(, $count)?), $arguments),
                (Rounding::Trunc, true, false) => for_terms!(@@ $function, (false, true, false $(, $count)?), $arguments),
                (_, false, false) => for_terms!(@@ $function, (true, false, false $(, $count)?), $arguments),
                (_, true, false) => for_terms!(@@ $function, (true, true, false $(, $count)?), $arguments),
                (Rounding::Trunc, false, true) => for_terms!(@@ $function, (false, false, true $(, $count)?), $arguments),
                (Rounding::Trunc, true, true) => for_terms!(@@ $function, (false, true, true $(, $count)?), $arguments),
                (_, false, true) => for_terms!(@@ $function, (true, false, true $(, $count)?), $arguments),
                (_, true, true) => for_terms!(@@ $function, (true, true, true $(, $count)?), $arguments),
            }
        }
    }};
    (@@ $function:ident, ($($of:literal),*), ($($argument:expr),*)) => {
        $function::<$($of),*>($($argument),*)
    };
}

/// Writes to a ring, from its begin on, what the lower ends gain over links of one length, `ring_words` or a part of it that is a number of vectors. The
/// number is that of the first node; all ends have beliefs. `drawn` has a byte for each link, or none if nothing is lost.
pub(in super::super) fn fill(
    (beliefs, first): (&[i32], u32),
    distance: u32,
    terms: Terms,
    (gates, drawn): (Option<Gates<'_>>, &[u8]),
    out: &mut [u32],
) {
    for_terms!(
        terms,
        gates,
        flows((beliefs, first), distance, terms, (gates, drawn), out)
    );
}

/// Writes the sums of what they begin with and of what nodes gain over pairs of slots, four at the most; the number is that of the first node. All
/// ends are among those that have beliefs. They are written past the caches, but for the lines that are named, if any are and `out` is a number of
/// lines; see [`wait_for_streams`]. The rings then hold the
/// flows from the nodes below those that come next, if they are whole vectors.
pub(in super::super) fn gain_pairs(
    begin: (&[i32], u32),
    from: Begun<'_>,
    (rings, pairs): (&mut [u32], &mut [Pair<'_>]),
    terms: Terms,
    gates: Option<Gates<'_>>,
    out: (&mut [u32], Option<&Lines>),
) {
    for_terms!(
        terms,
        gates,
        pairs.len(),
        of_pairs(begin, from, (rings, pairs), terms, gates, out)
    );
}

/// The same over single slots.
pub(in super::super) fn gain_singles(
    begin: (&[i32], u32),
    from: Begun<'_>,
    singles: &[Single<'_>],
    terms: Terms,
    gates: Option<Gates<'_>>,
    out: (&mut [u32], Option<&Lines>),
) {
    for_terms!(
        terms,
        gates,
        singles.len(),
        of_singles(begin, from, singles, terms, gates, out)
    );
}

/// The same, with `trunc` and where nothing stands between ends, over slots of which each link joins two nodes that differ in the bits of a mask. The
/// nodes and all of `out` are whole vectors, and there are beliefs for as many nodes as a power of two says that is above all ends.
pub(in super::super) fn gain_flips(
    begin: (&[i32], u32),
    from: Begun<'_>,
    masks: &[u32],
    terms: Terms,
    out: (&mut [u32], Option<&Lines>),
) {
    assert!(is_here(terms) && terms.rounding == Rounding::Trunc);
    macro_rules! of {
        ($($count:literal)*) => {
            match (masks.len(), Common::is_shifted(terms)) {
                // SAFETY: the processor has the instructions.
                $(($count, false) => unsafe { of_flips::<false, $count>(begin, from, masks, terms, out) },
                // SAFETY: as above.
                ($count, true) => unsafe { of_flips::<true, $count>(begin, from, masks, terms, out) },)*
                (count, _) => unreachable!("{count} slots together"),
            }
        };
    }
    of!(1 2 3 4);
}

/// Waits for what has been written past the caches: before anybody is told that it is there. As it waits for memory, it is for many words together.
pub(in super::super) fn wait_for_streams() {
    // SAFETY: every x86-64 processor has it.
    unsafe { _mm_sfence() };
}

/// Words and statuses of some consecutive nodes, and bytes of their links.
#[derive(Clone, Copy)]
struct Ends {
    words: *const i32,
    status: *const i32,
    /// Null if nothing is lost.
    drawn: *const i8,
}

/// The loops' view of what they read.
#[derive(Clone, Copy)]
struct Reads<'a> {
    beliefs: &'a [i32],
    status: &'a [i32],
    len: usize,
}

impl<'a> Reads<'a> {
    fn new(beliefs: &'a [i32], gates: Option<Gates<'a>>, len: usize) -> Self {
        Self {
            beliefs,
            status: gates.map_or(&[], |gates| bytemuck::cast_slice(gates.status)),
            len,
        }
    }

    /// Those of the nodes from `first` on, of which there are `len`.
    fn of<const GATED: bool>(&self, first: u32, drawn: &[u8]) -> Ends {
        let first = first as usize;
        let words = self.beliefs[first..first + self.len].as_ptr();
        Ends {
            words,
            status: if GATED {
                self.status[first..first + self.len].as_ptr()
            } else {
                words
            },
            drawn: if drawn.is_empty() {
                std::ptr::null()
            } else {
                drawn[..self.len].as_ptr().cast()
            },
        }
    }
}
