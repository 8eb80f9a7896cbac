//! Slots and their mirrors: the flow over a link is worked out once for both ends.

use super::super::{Begun, Gates, Lines, Pair, Terms, ring_words};
use super::arithmetic::{Common, Slot, folded, products};
use super::{AHEAD, Ends, LANES, Reads};
use crate::number::LINK_LOW;
use std::arch::x86_64::*;

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) fn flows<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool>(
    (beliefs, first): (&[i32], u32),
    distance: u32,
    terms: Terms,
    (gates, drawn): (Option<Gates<'_>>, &[u8]),
    out: &mut [u32],
) {
    let (len, to) = (out.len() / LANES * LANES, out.as_mut_ptr().cast::<i32>());
    let reads = Reads::new(beliefs, gates, len);
    let (own, others) = (
        reads.of::<GATED>(first, &[]),
        reads.of::<GATED>(first + distance, drawn),
    );
    let (common, slot) = (
        Common::new(terms, gates),
        Slot::new::<GOLDEN, true>(first, first + distance, terms),
    );
    let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
    let (mut product, (load, bytes)) = (products(first), reading!());
    for at in (0..len).step_by(LANES) {
        // At + 16 is no more than the `len` words that there are of each.
        let x = load(own.words.wrapping_add(at));
        let own = if GATED { load(own.status.wrapping_add(at)) } else { x };
        let dividend = dividends!(
            true,
            common,
            &slot,
            (x, own),
            &others,
            at,
            folded(product),
            (load, bytes)
        );
        let flow = common.quotients::<GOLDEN, SHIFTED>(dividend);
        // SAFETY: as above, written.
        unsafe { _mm512_storeu_si512(to.wrapping_add(at).cast(), flow) };
        product = _mm512_add_epi32(product, step);
    }
}

/// A pair, as the loop has it.
#[derive(Clone, Copy)]
struct Both {
    slot: Slot,
    others: Ends,
    /// Which lanes of two vectors of flows are those from below.
    below: __m512i,
    /// The lower one of those.
    before: __m512i,
    /// Where it is in its ring, which is from `start` to `end`.
    at: usize,
    start: usize,
    end: usize,
}

impl Both {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn new<const GOLDEN: bool, const GATED: bool>(
        reads: Reads<'_>,
        first: u32,
        rings: &[u32],
        pair: &Pair<'_>,
        terms: Terms,
    ) -> Self {
        let (distance, at, start) = (pair.distance, pair.at, pair.start);
        let end = start + ring_words(distance);
        assert!(end <= rings.len() && (start..end).contains(&at) && (at - start).is_multiple_of(LANES));
        let numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        Self {
            slot: Slot::new::<GOLDEN, true>(first, first + distance, terms),
            others: reads.of::<GATED>(first + distance, pair.drawn),
            below: _mm512_add_epi32(
                numbers,
                _mm512_set1_epi32((LANES as u32 - distance % LANES as u32) as i32),
            ),
            // SAFETY: the ring has whole vectors, and one begins there.
            before: unsafe { _mm512_loadu_si512(rings.as_ptr().wrapping_add(at).cast()) },
            at,
            start,
            end,
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) fn of_pairs<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool, const PAIRS: usize>(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    (rings, pairs): (&mut [u32], &mut [Pair<'_>]),
    terms: Terms,
    gates: Option<Gates<'_>>,
    (out, near): (&mut [u32], Option<&Lines>),
) {
    let len = out.len();
    let reads = Reads::new(beliefs, gates, len);
    let own = reads.of::<GATED>(first, &[]);
    let common = Common::new(terms, gates);
    let Ok(pairs) = <&mut [Pair<'_>; PAIRS]>::try_from(pairs) else {
        return;
    };
    let ring = rings.as_mut_ptr().cast::<i32>();
    let mut all = [Both::new::<GOLDEN, GATED>(reads, first, rings, &pairs[0], terms); PAIRS];
    // One by one, so that they are in registers and not in an array.
    if PAIRS > 1 {
        all[1] = Both::new::<GOLDEN, GATED>(reads, first, rings, &pairs[1], terms);
    }
    if PAIRS > 2 {
        all[2] = Both::new::<GOLDEN, GATED>(reads, first, rings, &pairs[2], terms);
    }
    if PAIRS > 3 {
        all[3] = Both::new::<GOLDEN, GATED>(reads, first, rings, &pairs[3], terms);
    }
    let highest = pairs.iter().map(|pair| pair.distance).max().unwrap_or(0);
    let ahead = reads.of::<GATED>(first + highest, &[]);
    macro_rules! gained {
        ($at:expr, $own:expr, $sum:expr, $product:expr, $reads:expr) => {{
            let (mut sum, (x, own_status), folded) = ($sum, $own, folded($product));
            for both in &mut all {
                let dividend = dividends!(true, common, &both.slot, (x, own_status), &both.others, $at, folded, $reads);
                let flow = common.quotients::<GOLDEN, SHIFTED>(dividend);
                let next = if both.at + LANES == both.end { both.start } else { both.at + LANES };
                // SAFETY: both are the begins of vectors of the ring, which is among `rings`: see where it is made. What is read is the lowest that is
                // there, or, where the ring is one vector, what has just been written.
                let here = unsafe {
                    _mm512_storeu_si512(ring.wrapping_add(both.at).cast(), flow);
                    _mm512_loadu_si512(ring.wrapping_add(next).cast())
                };
                let below = _mm512_permutex2var_epi32(both.before, both.below, here);
                (both.before, both.at) = (here, next);
                sum = _mm512_sub_epi32(_mm512_add_epi32(sum, flow), below);
            }
            sum
        }};
    }
    each_vector!(own, ahead, first, from, (out, near), gained);
    for (pair, both) in pairs.iter_mut().zip(&all) {
        pair.at = both.at;
    }
}
