//! With AVX-512: sixteen nodes at a time.

mod arithmetic;

use super::{Begun, Gates, LANES as VECTOR, Lines, Pair, Rounding, Single, Terms, ring_words};
use crate::number::LINK_LOW;
use arithmetic::{Common, Slot, folded, products};
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

/// Writes to a ring, from its begin on, what the lower ends gain over links of one length, [`ring_words`] or a part of it that is a number of vectors. The
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

/// Writes the sums of what they begin with and of what nodes gain over pairs of slots, [`TOGETHER`] at the most; the number is that of the first node. All
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

/// How vectors are read and written: whole ones.
macro_rules! reading {
    () => {
        (
            // SAFETY: there are sixteen words from there on: see where it is called.
            |words: *const i32| unsafe { _mm512_loadu_si512(words.cast()) },
            // SAFETY: as above.
            |bytes: *const i8| unsafe { _mm_loadu_si128(bytes.cast()) },
        )
    };
    ($mask:expr) => {{
        let mask = $mask;
        (
            // SAFETY: as many words are read as there are from there on: see where it is called.
            move |words: *const i32| unsafe { _mm512_maskz_loadu_epi32(mask, words) },
            // SAFETY: as above.
            move |bytes: *const i8| unsafe { _mm_maskz_loadu_epi8(mask, bytes) },
        )
    }};
}

/// The dividends of sixteen links.
macro_rules! dividends {
    ($lower:literal, $common:expr, $slot:expr, ($x:expr, $own:expr), $ends:expr, $at:expr, $folded:expr, $reads:expr) => {{
        let (ends, at, (load, bytes)): (&Ends, usize, _) = ($ends, $at, $reads);
        let y = load(ends.words.wrapping_add(at));
        let open = if GATED {
            let status = ($own, load(ends.status.wrapping_add(at)));
            let drawn = (!ends.drawn.is_null()).then(|| bytes(ends.drawn.wrapping_add(at)));
            $common.open(status, drawn)
        } else {
            !0
        };
        $common.dividends::<GOLDEN, GATED, { $lower }>($slot, ($x, y), $folded, open)
    }};
}

/// Goes through sixteen nodes at a time, of which the last may be fewer, and writes what `gained` makes of the sums that there are: it gets where the nodes are,
/// their words and statuses, the sums, the products of their numbers, and how to read.
macro_rules! each_vector {
    ($own:expr, $ahead:expr, $first:expr, $from:expr, ($out:expr, $near:expr), $gained:ident) => {{
        let (own, ahead, out): (Ends, Ends, &mut [u32]) = ($own, $ahead, $out);
        let (len, to) = (out.len(), out.as_mut_ptr().cast::<i32>());
        let from = match $from {
            Begun::Beliefs => own.words,
            Begun::Here => to.cast_const(),
            Begun::Words(words) => words[..len].as_ptr().cast(),
        };
        let near: Option<&Lines> = $near;
        let near = near.filter(|_| to.addr().is_multiple_of(64) && len.is_multiple_of(LANES));
        let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
        let mut product = products($first);
        let whole = len / LANES * LANES;
        let reads = reading!();
        macro_rules! vectors {
            (|$there:ident, $sum:ident, $line:ident| $write:expr) => {
                for at in (0..whole).step_by(LANES) {
                    // Wherever it leads: a prefetch reads nothing.
                    _mm_prefetch::<_MM_HINT_T0>(ahead.words.wrapping_add(at + AHEAD).cast());
                    if GATED {
                        _mm_prefetch::<_MM_HINT_T0>(ahead.status.wrapping_add(at + AHEAD).cast());
                    }
                    // At + 16 is no more than the `len` words that there are of each.
                    let x = reads.0(own.words.wrapping_add(at));
                    let status = if GATED {
                        reads.0(own.status.wrapping_add(at))
                    } else {
                        x
                    };
                    let $sum = $gained!(at, (x, status), reads.0(from.wrapping_add(at)), product, reads);
                    let ($there, $line) = (to.wrapping_add(at).cast(), at / LANES);
                    $write;
                    product = _mm512_add_epi32(product, step);
                }
            };
        }
        // Two loops: a choice in it keeps it from what else it has to do.
        match near {
            Some(near) => vectors!(|there, sum, line| {
                // SAFETY: as above, written; it begins at a line.
                unsafe {
                    if near[line / 64] >> (line % 64) & 1 == 0 {
                        _mm512_stream_si512(there, sum);
                    } else {
                        _mm512_storeu_si512(there, sum);
                    }
                }
            }),
            None => vectors!(|there, sum, _line| {
                // SAFETY: as above, written.
                unsafe { _mm512_storeu_si512(there, sum) };
            }),
        }
        if whole < len {
            let mask = (u32::MAX >> (32 - (len - whole))) as __mmask16;
            // Only as many words are read as there are left of the `len`.
            let reads = reading!(mask);
            let x = reads.0(own.words.wrapping_add(whole));
            let status = if GATED {
                reads.0(own.status.wrapping_add(whole))
            } else {
                x
            };
            let sum = $gained!(whole, (x, status), reads.0(from.wrapping_add(whole)), product, reads);
            // SAFETY: as above, written.
            unsafe { _mm512_mask_storeu_epi32(to.wrapping_add(whole), mask, sum) };
        }
    }};
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn flows<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool>(
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
        Common::new::<GOLDEN>(terms, gates),
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
fn of_pairs<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool, const PAIRS: usize>(
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
    let common = Common::new::<GOLDEN>(terms, gates);
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
                // SAFETY: both are the begins of vectors of the ring. What is read is as far above what it has come to as the ring is long,
                // or, where that is one vector, what has just been written.
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
fn of_singles<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool, const SINGLES: usize>(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    singles: &[Single<'_>],
    terms: Terms,
    gates: Option<Gates<'_>>,
    (out, near): (&mut [u32], Option<&Lines>),
) {
    let reads = Reads::new(beliefs, gates, out.len());
    let own = reads.of::<GATED>(first, &[]);
    let common = Common::new::<GOLDEN>(terms, gates);
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
fn of_flips<const SHIFTED: bool, const FLIPS: usize>(
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
    let common = Common::new::<false>(terms, None);
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
