//! Slots by themselves: what the own ends gain.

use super::super::{Begun, Gates, LANES as VECTOR, Lines, Single, Terms};
use super::arithmetic::{Common, Slot, folded, products};
use super::{AHEAD, Ends, LANES, Reads};
use crate::number::LINK_LOW;
use std::arch::x86_64::*;

/// A slot, as the loop has it.
#[derive(Clone, Copy)]
struct One {
    slot: Slot,
    others: Ends,
    /// What makes products of own numbers those of the lower ends.
    lower: __m512i,
}

impl One {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn new<const GOLDEN: bool, const GATED: bool>(
        reads: Reads<'_>,
        first: u32,
        single: &Single<'_>,
        terms: Terms,
    ) -> Self {
        let low = single.other.min(first);
        Self {
            slot: Slot::new::<GOLDEN, false>(first, single.other, terms),
            others: reads.of::<GATED>(single.other, single.drawn),
            lower: _mm512_set1_epi32(low.wrapping_sub(first).wrapping_mul(LINK_LOW) as i32),
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) fn of_singles<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool, const SINGLES: usize>(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    singles: &[Single<'_>],
    terms: Terms,
    gates: Option<Gates<'_>>,
    (out, near): (&mut [u32], Option<&Lines>),
) {
    let reads = Reads::new(beliefs, gates, out.len());
    let own = reads.of::<GATED>(first, &[]);
    let common = Common::new(terms, gates);
    let Ok(singles) = <&[Single<'_>; SINGLES]>::try_from(singles) else {
        return;
    };
    let mut all = [One::new::<GOLDEN, GATED>(reads, first, &singles[0], terms); SINGLES];
    if SINGLES > 1 {
        all[1] = One::new::<GOLDEN, GATED>(reads, first, &singles[1], terms);
    }
    if SINGLES > 2 {
        all[2] = One::new::<GOLDEN, GATED>(reads, first, &singles[2], terms);
    }
    if SINGLES > 3 {
        all[3] = One::new::<GOLDEN, GATED>(reads, first, &singles[3], terms);
    }
    // What all quotients together have too much.
    let excess = _mm512_set1_epi32(if GOLDEN {
        terms.bias.1.wrapping_mul(SINGLES as u32) as i32
    } else {
        0
    });
    macro_rules! gained {
        ($at:expr, $own:expr, $sum:expr, $product:expr, $reads:expr) => {{
            let (sum, (x, own_status), product) = ($sum, $own, $product);
            let mut sum = if GOLDEN { _mm512_sub_epi32(sum, excess) } else { sum };
            for one in &all {
                // Wherever it leads: a prefetch reads nothing.
                _mm_prefetch::<_MM_HINT_T0>(one.others.words.wrapping_add($at + AHEAD).cast());
                let folded = folded(_mm512_add_epi32(product, one.lower));
                let dividend = dividends!(
                    false,
                    common,
                    &one.slot,
                    (x, own_status),
                    &one.others,
                    $at,
                    folded,
                    $reads
                );
                sum = _mm512_add_epi32(sum, common.quotients::<GOLDEN, SHIFTED>(dividend));
            }
            sum
        }};
    }
    each_vector!(own, own, first, from, (out, near), gained);
}

/// A slot of which each link joins two nodes that differ in the same bits, as the loop has it.
#[derive(Clone, Copy)]
struct Flip {
    /// The bits that say which vector the other ends are in.
    vectors: usize,
    /// Which of its lanes they are in.
    lanes: __m512i,
}

impl Flip {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn new(mask: u32) -> Self {
        let numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let low = mask % VECTOR;
        Self {
            vectors: (mask - low) as usize,
            lanes: _mm512_xor_si512(numbers, _mm512_set1_epi32(low as i32)),
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) fn of_flips<const SHIFTED: bool, const FLIPS: usize>(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    masks: &[u32],
    terms: Terms,
    (out, near): (&mut [u32], Option<&Lines>),
) {
    const GATED: bool = false;
    let (first_at, len) = (first as usize, out.len());
    let Ok(masks) = <&[u32; FLIPS]>::try_from(masks) else {
        return;
    };
    // No index has a bit that neither the greatest of the nodes nor a mask has room for.
    let all_bits = masks.iter().fold(first_at + len - 1, |all, &mask| all | mask as usize);
    assert!(
        (all_bits + 1).next_power_of_two() <= beliefs.len()
            && first_at.is_multiple_of(LANES)
            && len.is_multiple_of(LANES)
    );
    let common = Common::new(terms, None);
    let own = Reads::new(beliefs, None, len).of::<false>(first, &[]);
    let slot = Slot::new::<false, false>(0, 0, terms);
    let mut all = [Flip::new(masks[0]); FLIPS];
    if FLIPS > 1 {
        all[1] = Flip::new(masks[1]);
    }
    if FLIPS > 2 {
        all[2] = Flip::new(masks[2]);
    }
    if FLIPS > 3 {
        all[3] = Flip::new(masks[3]);
    }
    macro_rules! gained {
        ($at:expr, $own:expr, $sum:expr, $product:expr, $reads:expr) => {{
            let (mut sum, (x, _), product) = ($sum, $own, $product);
            for flip in &all {
                let there = beliefs.as_ptr().wrapping_add((first_at + $at) ^ flip.vectors);
                let y = _mm512_permutexvar_epi32(flip.lanes, $reads.0(there));
                let dividend = common.dividends::<false, false, false>(&slot, (x, y), product, !0);
                sum = _mm512_add_epi32(sum, common.quotients::<false, SHIFTED>(dividend));
            }
            sum
        }};
    }
    each_vector!(own, own, first, from, (out, near), gained);
}
