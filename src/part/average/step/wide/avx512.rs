//! With AVX-512: sixteen links at a time.

use super::{Begun, Ends, Gates, Made, NEAR, Pair, Rounding, Terms};
use crate::geometry::GOLDEN as WEYL;
use crate::number::{LINK_DISTANCE, LINK_LOW};
use std::arch::x86_64::*;

/// Lanes of a vector.
const LANES: usize = 16;

/// How many words ahead beliefs are fetched: about what memory takes to answer.
const AHEAD: usize = 512;

/// Whether this processor has what it takes, and the rounding is one of those.
pub(in super::super) fn is_here(terms: Terms) -> bool {
    let rounds = match terms.rounding {
        Rounding::Trunc => true,
        Rounding::Golden => terms.q <= 1 << 16,
        Rounding::Random | Rounding::Quasi => false,
    };
    rounds
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

/// Writes what the own ends gain, biased.
pub(in super::super) fn flows(ends: Ends<'_>, terms: Terms, out: &mut [u32]) {
    assert!(is_here(terms));
    // SAFETY: the processor has the instructions.
    unsafe {
        match (terms.rounding, terms.divisor.shift != 0) {
            (Rounding::Trunc, false) => all::<false, false>(ends, terms, out),
            (Rounding::Trunc, true) => all::<false, true>(ends, terms, out),
            (_, false) => all::<true, false>(ends, terms, out),
            (_, true) => all::<true, true>(ends, terms, out),
        }
    }
}

/// The same, with nothing over the links that carry nothing. `drawn` has a byte for each link, or none if nothing is lost.
pub(in super::super) fn gated_flows(ends: Ends<'_>, terms: Terms, gates: Gates<'_>, drawn: &[u8], out: &mut [u32]) {
    assert!(is_here(terms));
    // SAFETY: the processor has the instructions.
    unsafe {
        match (terms.rounding, terms.divisor.shift != 0) {
            (Rounding::Trunc, false) => gated::<false, false>(ends, terms, gates, drawn, out),
            (Rounding::Trunc, true) => gated::<false, true>(ends, terms, gates, drawn, out),
            (_, false) => gated::<true, false>(ends, terms, gates, drawn, out),
            (_, true) => gated::<true, true>(ends, terms, gates, drawn, out),
        }
    }
}

/// Writes the sums of what they begin with and of what nodes gain over pairs of near nodes, [`TOGETHER`](super::TOGETHER) at the most, or
/// [`BESIDE`](super::BESIDE) and one of far nodes; the number is that of the first node. There are [`NEAR`] nodes below it, and all
/// ends are among those that have beliefs. They are written past the caches if the flag says so and `out` is a number of lines.
pub(in super::super) fn gains(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    (near, mut made): (&[Pair<'_>], Option<Made<'_>>),
    terms: Terms,
    gates: Option<Gates<'_>>,
    out: (&mut [u32], bool),
) {
    assert!(is_here(terms));
    macro_rules! of {
        ($($count:literal $made:literal,)*) => {
            match (terms.rounding, terms.divisor.shift != 0, gates.is_some(), near.len(), made.is_some()) {
                $((Rounding::Trunc, false, false, $count, $made) => of!(false, false, false, $count, $made),
                (Rounding::Trunc, true, false, $count, $made) => of!(false, true, false, $count, $made),
                (_, false, false, $count, $made) => of!(true, false, false, $count, $made),
                (_, true, false, $count, $made) => of!(true, true, false, $count, $made),
                (Rounding::Trunc, false, true, $count, $made) => of!(false, false, true, $count, $made),
                (Rounding::Trunc, true, true, $count, $made) => of!(false, true, true, $count, $made),
                (_, false, true, $count, $made) => of!(true, false, true, $count, $made),
                (_, true, true, $count, $made) => of!(true, true, true, $count, $made),)*
                (_, _, _, count, is_made) => unreachable!("{count} pairs together, and one more: {is_made}"),
            }
        };
        ($golden:literal, $shifted:literal, $gated:literal, $count:literal, $made:literal) => {{
            let pairs = (near, made.as_mut());
            // SAFETY: the processor has the instructions.
            unsafe {
                together::<$golden, $shifted, $gated, $count, $made>((beliefs, first), from, pairs, terms, gates, out)
            }
        }};
    }
    of!(1 false, 2 false, 3 false, 4 false, 0 true, 1 true,);
}

/// What all links have in common, a lane each.
#[derive(Clone, Copy)]
struct Common {
    multiplier: __m512i,
    shift: __m128i,
    up: __m512i,
    q: __m512i,
    turn: __m512i,
    finish: __m512i,
}

/// What the links over one slot have in common.
#[derive(Clone, Copy)]
struct Slot {
    distance: __m512i,
    /// Added before the division: bias and increment, and what the lower end rounds by.
    added: __m512i,
    /// All ones at the lower end, which takes off what the upper one adds: -ρ is the complement of ρ, and 1.
    flip: __m512i,
}

impl Slot {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new<const GOLDEN: bool>(ends: Ends<'_>, terms: Terms) -> Self {
        let distance = ends.first.abs_diff(ends.other);
        let is_upper = ends.first > ends.other;
        let bias = terms.bias.0 + terms.divisor.increment;
        let of = |word: u32| _mm512_set1_epi32(word as i32);
        Self {
            distance: of(distance.wrapping_mul(LINK_DISTANCE)),
            added: of(if GOLDEN && !is_upper { bias + terms.q } else { bias }),
            flip: of(if is_upper { 0 } else { u32::MAX }),
        }
    }
}

/// The quotients of some links; `product` is of the lower ends.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq")]
fn quotients<const GOLDEN: bool, const SHIFTED: bool>(
    common: &Common,
    slot: &Slot,
    (x, y): (__m512i, __m512i),
    product: __m512i,
) -> __m512i {
    let difference = _mm512_sub_epi32(y, x);
    let positive = _mm512_add_epi32(difference, slot.added);
    let dividend = if GOLDEN {
        let hash = _mm512_xor_si512(product, slot.distance);
        let hash = _mm512_xor_si512(hash, _mm512_srli_epi32::<16>(hash));
        let word = _mm512_add_epi32(_mm512_mullo_epi32(hash, common.finish), common.turn);
        let scaled = _mm512_mullo_epi32(_mm512_srli_epi32::<16>(word), common.q);
        let rho = _mm512_srli_epi32::<16>(scaled);
        _mm512_add_epi32(positive, _mm512_xor_si512(rho, slot.flip))
    } else {
        _mm512_mask_add_epi32(positive, _mm512_movepi32_mask(difference), positive, common.up)
    };
    let even = _mm512_mul_epu32(dividend, common.multiplier);
    let odd = _mm512_mul_epu32(odds(dividend), common.multiplier);
    let high = _mm512_mask_blend_epi32(0xAAAA, odds(even), odd);
    if SHIFTED {
        _mm512_srl_epi32(high, common.shift)
    } else {
        high
    }
}

impl Common {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn new(terms: Terms) -> Self {
        Self {
            multiplier: _mm512_set1_epi64(i64::from(terms.divisor.multiplier)),
            shift: _mm_cvtsi32_si128(terms.divisor.shift as i32 & 31),
            up: _mm512_set1_epi32(terms.q as i32 - 1),
            q: _mm512_set1_epi32(terms.q as i32),
            turn: _mm512_set1_epi32(terms.tick.wrapping_mul(WEYL) as i32),
            finish: _mm512_set1_epi32(0x85EB_CA6Bu32 as i32),
        }
    }
}

/// The numbers of sixteen nodes from the first on, times what makes hashes of links of them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq")]
fn products(first: u32) -> __m512i {
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let nodes = _mm512_add_epi32(_mm512_set1_epi32(first as i32), lanes);
    _mm512_mullo_epi32(nodes, _mm512_set1_epi32(LINK_LOW as i32))
}

/// What stands between ends, a lane each.
#[derive(Clone, Copy)]
struct Barrier {
    walls: __m512i,
    barred: __m512i,
    lost_to: __m128i,
    /// What is written where nothing flows.
    nothing: __m512i,
}

impl Barrier {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn new(gates: Gates<'_>, terms: Terms) -> Self {
        let of = |word: u32| _mm512_set1_epi32(word as i32);
        Self {
            walls: of(gates.walls),
            barred: of(gates.barred),
            lost_to: _mm_set1_epi8(gates.lost_to as i8),
            nothing: of(terms.bias.1),
        }
    }

    /// The flows between ends with these statuses; `drawn` are the links' bytes, if anything is lost.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn pass(&self, (own, other): (__m512i, __m512i), drawn: Option<__m128i>, flow: __m512i) -> __m512i {
        // (own | other) & barred | (own ^ other) & walls, as tables of three bits each.
        let apart = _mm512_ternarylogic_epi32::<0x28>(own, other, self.walls);
        let stands = _mm512_ternarylogic_epi32::<0xF8>(apart, _mm512_or_si512(own, other), self.barred);
        let mut open = _mm512_testn_epi32_mask(stands, stands);
        if let Some(bytes) = drawn {
            open &= _mm_cmpgt_epu8_mask(bytes, self.lost_to);
        }
        _mm512_mask_mov_epi32(self.nothing, open, flow)
    }
}

/// The first `left` lanes.
#[inline]
fn lanes(left: usize) -> __mmask16 {
    (u32::MAX >> (32 - left.clamp(1, LANES))) as __mmask16
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn gated<const GOLDEN: bool, const SHIFTED: bool>(
    ends: Ends<'_>,
    terms: Terms,
    gates: Gates<'_>,
    drawn: &[u8],
    out: &mut [u32],
) {
    let barrier = Barrier::new(gates, terms);
    let len = out.len();
    let of = |first: u32| {
        gates.status[first as usize..first as usize + len]
            .as_ptr()
            .cast::<i32>()
    };
    let status = [ends.first, ends.other].map(of);
    let drawn = (!drawn.is_empty()).then(|| drawn[..len].as_ptr().cast::<i8>());
    each_vector::<GOLDEN, SHIFTED>(ends, terms, out, |at, mask, flow| {
        // SAFETY: only as many lanes are read as there are left of the `len`.
        let [own, other] = status.map(|words| unsafe { _mm512_maskz_loadu_epi32(mask, words.wrapping_add(at)) });
        // SAFETY: as above.
        let drawn = drawn.map(|bytes| unsafe { _mm_maskz_loadu_epi8(mask, bytes.wrapping_add(at)) });
        barrier.pass((own, other), drawn, flow)
    });
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn all<const GOLDEN: bool, const SHIFTED: bool>(ends: Ends<'_>, terms: Terms, out: &mut [u32]) {
    each_vector::<GOLDEN, SHIFTED>(ends, terms, out, |_, _, flow| flow);
}

/// Works sixteen flows out at a time, of which the last may be fewer, and writes what `gate` makes of them: it gets where they are,
/// the lanes that there are, and the flows.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn each_vector<const GOLDEN: bool, const SHIFTED: bool>(
    ends: Ends<'_>,
    terms: Terms,
    out: &mut [u32],
    gate: impl Fn(usize, __mmask16, __m512i) -> __m512i,
) {
    let len = out.len();
    let [own, other] = [ends.own_beliefs, ends.other_beliefs].map(|beliefs| beliefs[..len].as_ptr());
    let (slot, common) = (Slot::new::<GOLDEN>(ends, terms), Common::new(terms));
    let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
    let mut product = products(ends.first.min(ends.other));
    let whole = len / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        // Wherever it leads: a prefetch reads nothing.
        _mm_prefetch::<_MM_HINT_T0>(other.wrapping_add(at + AHEAD).cast());
        // SAFETY: of each there are `len`, and at + 16 is no more.
        let [x, y] = [own, other].map(|words| unsafe { _mm512_loadu_si512(words.wrapping_add(at).cast()) });
        let flow = gate(at, !0, quotients::<GOLDEN, SHIFTED>(&common, &slot, (x, y), product));
        // SAFETY: as above, written.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().wrapping_add(at).cast(), flow) };
        product = _mm512_add_epi32(product, step);
    }
    if whole < len {
        let mask = lanes(len - whole);
        // SAFETY: only as many lanes are read as there are left of the `len`.
        let [x, y] = [own, other].map(|words| unsafe { _mm512_maskz_loadu_epi32(mask, words.wrapping_add(whole)) });
        let flow = gate(
            whole,
            mask,
            quotients::<GOLDEN, SHIFTED>(&common, &slot, (x, y), product),
        );
        // SAFETY: as above, written.
        unsafe { _mm512_mask_storeu_epi32(out.as_mut_ptr().wrapping_add(whole).cast(), mask, flow) };
    }
}

/// The links of a pair, as the loop has them.
#[derive(Clone, Copy)]
struct Both {
    slot: Slot,
    others: *const i32,
    status: *const i32,
    /// Of the nodes, not of those below; null if nothing is lost.
    drawn: *const i8,
    /// Which lanes of the vector before and of this one are the flows from below.
    below: __m512i,
    /// The flows from the sixteen nodes before.
    before: __m512i,
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn together<const GOLDEN: bool, const SHIFTED: bool, const GATED: bool, const PAIRS: usize, const MADE: bool>(
    (beliefs, first): (&[i32], u32),
    from: Begun<'_>,
    (near, made): (&[Pair<'_>], Option<&mut Made<'_>>),
    terms: Terms,
    gates: Option<Gates<'_>>,
    (out, is_streamed): (&mut [u32], bool),
) {
    let (len, start) = (out.len(), first as usize - LANES);
    let stretch = |words: &[i32], distance: u32| words[start + distance as usize..][..LANES + len][LANES..].as_ptr();
    let own = stretch(beliefs, 0);
    let to = out.as_mut_ptr().cast::<i32>();
    let from = match from {
        Begun::Beliefs => own,
        Begun::Here => to.cast_const(),
        Begun::Words(words) => words[..len].as_ptr().cast(),
    };
    let is_streamed = is_streamed && to.addr().is_multiple_of(64) && len.is_multiple_of(LANES);
    let status: &[i32] = bytemuck::cast_slice(gates.map_or(&[], |gates| gates.status));
    let of_status = |distance| if GATED { stretch(status, distance) } else { own };
    let own_status = of_status(0);
    let barrier = gates.map(|gates| Barrier::new(gates, terms));
    let common = Common::new(terms);
    let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
    let numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let both = |pair: &Pair<'_>| {
        let ends = Ends {
            first,
            other: first + pair.distance,
            own_beliefs: &[],
            other_beliefs: &[],
        };
        Both {
            slot: Slot::new::<GOLDEN>(ends, terms),
            others: stretch(beliefs, pair.distance),
            status: of_status(pair.distance),
            drawn: if pair.drawn.is_empty() {
                std::ptr::null()
            } else {
                pair.drawn[..LANES + len][LANES..].as_ptr().cast()
            },
            below: _mm512_add_epi32(
                numbers,
                _mm512_set1_epi32(LANES as i32 - pair.distance.min(NEAR) as i32),
            ),
            before: _mm512_setzero_si512(),
        }
    };
    let Ok(pairs) = <&[Pair<'_>; PAIRS]>::try_from(near) else {
        return;
    };
    assert!(pairs.iter().all(|pair| (1..=NEAR).contains(&pair.distance)));
    let mut all = pairs.each_ref().map(both);
    let far = made.map(|made| {
        let kept = made
            .places
            .map(|at| made.words[at..at + len].as_mut_ptr().cast::<i32>());
        (both(&made.pair), kept)
    });
    // The flows of sixteen links upwards, from the nodes at `at`.
    macro_rules! flows {
        ($both:expr, $at:expr, $own:expr, $product:expr, $load:expr, $bytes:expr) => {{
            let (both, at, (x, own_status)) = ($both, $at, $own);
            let y = $load(both.others.wrapping_offset(at));
            let flow = quotients::<GOLDEN, SHIFTED>(&common, &both.slot, (x, y), $product);
            match &barrier {
                Some(barrier) if GATED => {
                    let other = $load(both.status.wrapping_offset(at));
                    let drawn = (!both.drawn.is_null()).then(|| $bytes(both.drawn.wrapping_offset(at)));
                    barrier.pass((own_status, other), drawn, flow)
                }
                _ => flow,
            }
        }};
    }
    macro_rules! own {
        ($at:expr, $load:expr) => {{
            let x = $load(own.wrapping_offset($at));
            (
                x,
                if GATED {
                    $load(own_status.wrapping_offset($at))
                } else {
                    x
                },
            )
        }};
    }
    macro_rules! vector {
        ($at:expr, $product:expr, $load:expr, $bytes:expr, $store:expr, $last:expr) => {{
            let (at, load) = ($at, $load);
            let own = own!(at, load);
            let mut sum = load(from.wrapping_offset(at));
            for both in &mut all {
                let flow = flows!(&*both, at, own, $product, load, $bytes);
                let below = _mm512_permutex2var_epi32(both.before, both.below, flow);
                both.before = flow;
                sum = _mm512_sub_epi32(_mm512_add_epi32(sum, flow), below);
            }
            if let Some((both, [above, below])) = far.as_ref().filter(|_| MADE) {
                let flow = flows!(both, at, own, $product, load, $bytes);
                let below = load(below.wrapping_offset(at).cast_const());
                $store(above.wrapping_offset(at), flow);
                sum = _mm512_sub_epi32(_mm512_add_epi32(sum, flow), below);
            }
            $last(to.wrapping_offset(at), sum);
        }};
    }
    // SAFETY: of each there are sixteen words before the first and `len` from it on, and `at` is -16 or, with 16 more, no greater than
    // `len`; it is not -16 where words are written, or read that are kept.
    let load = |words: *const i32| unsafe { _mm512_loadu_si512(words.cast()) };
    // SAFETY: as above.
    let bytes = |bytes: *const i8| unsafe { _mm_loadu_si128(bytes.cast()) };
    // SAFETY: as above.
    let store = |words: *mut i32, sum: __m512i| unsafe { _mm512_storeu_si512(words.cast(), sum) };
    // SAFETY: as above; it begins at a line if it is streamed.
    let last = |words: *mut i32, sum: __m512i| unsafe {
        if is_streamed {
            _mm512_stream_si512(words.cast(), sum);
        } else {
            _mm512_storeu_si512(words.cast(), sum);
        }
    };
    if PAIRS > 0 {
        let at = -(LANES as isize);
        let words = own!(at, load);
        for both in &mut all {
            both.before = flows!(&*both, at, words, products(first - NEAR), load, bytes);
        }
    }
    // What comes next of what is highest.
    let highest = far
        .as_ref()
        .map_or((own, own_status), |(both, _)| (both.others, both.status));
    let mut product = products(first);
    let whole = len / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        // Wherever it leads: a prefetch reads nothing.
        _mm_prefetch::<_MM_HINT_T0>(highest.0.wrapping_add(at + AHEAD).cast());
        if GATED {
            _mm_prefetch::<_MM_HINT_T0>(highest.1.wrapping_add(at + AHEAD).cast());
        }
        vector!(at as isize, product, load, bytes, store, last);
        product = _mm512_add_epi32(product, step);
    }
    if whole < len {
        let mask = lanes(len - whole);
        // SAFETY: only as many lanes are read and written as there are left of the `len`.
        let load = |words: *const i32| unsafe { _mm512_maskz_loadu_epi32(mask, words) };
        // SAFETY: as above.
        let bytes = |bytes: *const i8| unsafe { _mm_maskz_loadu_epi8(mask, bytes) };
        // SAFETY: as above.
        let store = |words: *mut i32, sum: __m512i| unsafe { _mm512_mask_storeu_epi32(words, mask, sum) };
        vector!(whole as isize, product, load, bytes, store, store);
    }
    if is_streamed {
        // Before anybody is told that the words are there.
        _mm_sfence();
    }
}

/// The odd lanes in the places of the even ones.
#[inline]
#[target_feature(enable = "avx512f")]
fn odds(words: __m512i) -> __m512i {
    _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(words)))
}
