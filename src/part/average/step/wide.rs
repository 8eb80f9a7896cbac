//! The same arithmetic as in `flow.rs`, all of it in one pass over the beliefs, for processors with AVX-512. It takes as many instructions as
//! the passes do, but memory is read, with what comes next fetched ahead, and written while others are at work, where passes wait for
//! it by turns: on columns beyond the caches that halves the time. Everybody else takes the passes; both give the same bits.

use super::super::Rounding;
use crate::number::Divisor;
use std::ops::Range;

/// The links of some nodes over one slot, whose other ends are consecutive too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The first of the other ends.
    pub other: u32,
}

/// What stands between ends, see [`Gate`](crate::hear::gate::Gate).
#[derive(Clone, Copy, Debug)]
pub(super) struct Gates<'a> {
    pub status: &'a [u32],
    pub walls: u32,
    pub barred: u32,
    /// Run by run a byte for each link; one that is not above `lost_to` is lost.
    pub drawn: &'a [&'a [u8]],
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

#[cfg(not(target_arch = "x86_64"))]
mod native {
    use super::{Gates, Range, Run, Terms};

    pub(in super::super) fn is_here(_: Terms) -> bool {
        false
    }

    pub(in super::super) fn sums(_: &[i32], _: Range<u32>, _: &[Run], _: Terms, _: bool, _: &mut [u32]) {}

    pub(in super::super) fn gated_sums(_: &[i32], _: Range<u32>, _: &[Run], _: Terms, _: Gates<'_>, _: &mut [u32]) {}

    pub(in super::super) fn stream(from: &[u32], to: &mut [u32]) {
        to.copy_from_slice(from);
    }
}

#[cfg(target_arch = "x86_64")]
mod native {
    use super::{Gates, Range, Rounding, Run, Terms};
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

    /// Writes what `nodes` hold after they have gained over all `runs`: beginning with their beliefs, or going on with what is in `out`.
    pub(in super::super) fn sums(
        beliefs: &[i32],
        nodes: Range<u32>,
        runs: &[Run],
        terms: Terms,
        goes_on: bool,
        out: &mut [u32],
    ) {
        assert!(is_here(terms));
        // SAFETY: the processor has the instructions.
        unsafe {
            match terms.rounding {
                Rounding::Trunc => all::<false>(beliefs, nodes, runs, terms, goes_on, out),
                _ => all::<true>(beliefs, nodes, runs, terms, goes_on, out),
            }
        }
    }

    /// The same, beginning with the nodes' beliefs, over the links that carry anything.
    pub(in super::super) fn gated_sums(
        beliefs: &[i32],
        nodes: Range<u32>,
        runs: &[Run],
        terms: Terms,
        gates: Gates<'_>,
        out: &mut [u32],
    ) {
        assert!(is_here(terms));
        // SAFETY: the processor has the instructions.
        unsafe {
            match (terms.rounding, terms.divisor.shift != 0) {
                (Rounding::Trunc, false) => gated::<false, false>(beliefs, nodes.start, runs, terms, gates, out),
                (Rounding::Trunc, true) => gated::<false, true>(beliefs, nodes.start, runs, terms, gates, out),
                (_, false) => gated::<true, false>(beliefs, nodes.start, runs, terms, gates, out),
                (_, true) => gated::<true, true>(beliefs, nodes.start, runs, terms, gates, out),
            }
        }
    }

    /// Copies words past the caches, which then hold what is read again.
    pub(in super::super) fn stream(from: &[u32], to: &mut [u32]) {
        let is_aligned = to.as_ptr().addr().is_multiple_of(64) && to.len().is_multiple_of(LANES);
        if !is_aligned || from.len() != to.len() || !is_x86_feature_detected!("avx512f") {
            to.copy_from_slice(from);
            return;
        }
        // SAFETY: the processor has the instructions.
        unsafe { stream_lines(from, to) }
    }

    #[target_feature(enable = "avx512f")]
    fn stream_lines(from: &[u32], to: &mut [u32]) {
        let lines = to
            .as_chunks_mut::<LANES>()
            .0
            .iter_mut()
            .zip(from.as_chunks::<LANES>().0);
        for (to, from) in lines {
            // SAFETY: both are arrays of a vector's size, and the caller has looked at where `to` begins.
            unsafe { _mm512_stream_si512(to.as_mut_ptr().cast(), _mm512_loadu_si512(from.as_ptr().cast())) };
        }
        // Before anybody is told that the words are there.
        _mm_sfence();
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

    /// The links over one slot.
    #[derive(Clone, Copy)]
    struct Slot {
        /// The first of the other ends; as many follow as there are own ones.
        others: *const i32,
        /// What the lower end's product is less than the own node's.
        low: i32,
        distance: i32,
        /// Added before the division: bias and increment, and what the lower end rounds by.
        added: i32,
        /// All ones at the lower end, which takes off what the upper one adds: -ρ is the complement of ρ, and 1.
        flip: i32,
    }

    impl Slot {
        /// The slot whose first own end is `first`, and of which `len` links are worked on.
        fn new<const GOLDEN: bool>(beliefs: &[i32], first: u32, len: usize, run: Run, terms: Terms) -> Self {
            let distance = first.abs_diff(run.other);
            let is_upper = first > run.other;
            let bias = terms.bias.0 + terms.divisor.increment;
            Self {
                others: beliefs[run.other as usize..run.other as usize + len].as_ptr(),
                low: if is_upper {
                    distance.wrapping_mul(LINK_LOW) as i32
                } else {
                    0
                },
                distance: distance.wrapping_mul(LINK_DISTANCE) as i32,
                added: (if GOLDEN && !is_upper { bias + terms.q } else { bias }) as i32,
                flip: if is_upper { 0 } else { -1 },
            }
        }
    }

    /// The quotients of some links; `product` is of the own nodes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn quotients<const GOLDEN: bool, const SHIFTED: bool>(
        common: &Common,
        slot: &Slot,
        (x, y): (__m512i, __m512i),
        product: __m512i,
    ) -> __m512i {
        let difference = _mm512_sub_epi32(y, x);
        let positive = _mm512_add_epi32(difference, _mm512_set1_epi32(slot.added));
        let dividend = if GOLDEN {
            let low = _mm512_sub_epi32(product, _mm512_set1_epi32(slot.low));
            let hash = _mm512_xor_si512(low, _mm512_set1_epi32(slot.distance));
            let hash = _mm512_xor_si512(hash, _mm512_srli_epi32::<16>(hash));
            let word = _mm512_add_epi32(_mm512_mullo_epi32(hash, common.finish), common.turn);
            let scaled = _mm512_mullo_epi32(_mm512_srli_epi32::<16>(word), common.q);
            let rho = _mm512_srli_epi32::<16>(scaled);
            _mm512_add_epi32(positive, _mm512_xor_si512(rho, _mm512_set1_epi32(slot.flip)))
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

    /// A slot and what stands between its ends.
    #[derive(Clone, Copy)]
    struct Gated {
        slot: Slot,
        status: *const i32,
        drawn: *const i8,
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn gated<const GOLDEN: bool, const SHIFTED: bool>(
        beliefs: &[i32],
        first: u32,
        runs: &[Run],
        terms: Terms,
        gates: Gates<'_>,
        out: &mut [u32],
    ) {
        let len = out.len();
        let of = |first: u32| {
            gates.status[first as usize..first as usize + len]
                .as_ptr()
                .cast::<i32>()
        };
        let (own, own_status) = (beliefs[first as usize..first as usize + len].as_ptr(), of(first));
        let mut slots: [Option<Gated>; 8] = [None; 8];
        assert!(runs.len() <= slots.len());
        for ((slot, &run), drawn) in slots.iter_mut().zip(runs).zip(gates.drawn) {
            *slot = Some(Gated {
                slot: Slot::new::<GOLDEN>(beliefs, first, len, run, terms),
                status: of(run.other),
                drawn: drawn[..len].as_ptr().cast(),
            });
        }
        let common = Common::new(terms);
        let excess = _mm512_set1_epi32(terms.bias.1 as i32);
        let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
        let [walls, barred] = [gates.walls, gates.barred].map(|bits| _mm512_set1_epi32(bits as i32));
        let lost_to = _mm_set1_epi8(gates.lost_to as i8);
        let mut product = products(first);
        macro_rules! vector {
            ($at:expr, $load:expr, $bytes:expr, $store:expr) => {{
                let (at, load, bytes, store) = ($at, $load, $bytes, $store);
                let mut sum = load(own.wrapping_add(at));
                let (x, own_status) = (sum, load(own_status.wrapping_add(at)));
                let own_barred = _mm512_and_si512(own_status, barred);
                for gated in slots.iter().map_while(Option::as_ref) {
                    // Wherever it leads: a prefetch reads nothing.
                    _mm_prefetch::<_MM_HINT_T0>(gated.slot.others.wrapping_add(at + AHEAD).cast());
                    _mm_prefetch::<_MM_HINT_T0>(gated.status.wrapping_add(at + AHEAD).cast());
                    let y = load(gated.slot.others.wrapping_add(at));
                    let status = load(gated.status.wrapping_add(at));
                    // own | other & barred | (own ^ other) & walls, as tables of three bits each.
                    let apart = _mm512_ternarylogic_epi32::<0x28>(own_status, status, walls);
                    let stands = _mm512_ternarylogic_epi32::<0xF8>(_mm512_or_si512(own_barred, apart), status, barred);
                    let open = _mm512_testn_epi32_mask(stands, stands)
                        & _mm_cmpgt_epu8_mask(bytes(gated.drawn.wrapping_add(at)), lost_to);
                    let gain = quotients::<GOLDEN, SHIFTED>(&common, &gated.slot, (x, y), product);
                    sum = _mm512_mask_add_epi32(sum, open, sum, _mm512_sub_epi32(gain, excess));
                }
                store(out.as_mut_ptr().wrapping_add(at), sum);
            }};
        }
        let whole = len / LANES * LANES;
        for at in (0..whole).step_by(LANES) {
            // SAFETY: of `out`, of the own words and of each slot's there are `len`, and at + 16 is no more.
            let load = |words: *const i32| unsafe { _mm512_loadu_si512(words.cast()) };
            // SAFETY: as above.
            let bytes = |bytes: *const i8| unsafe { _mm_loadu_si128(bytes.cast()) };
            // SAFETY: as above.
            let store = |words: *mut u32, sum: __m512i| unsafe { _mm512_storeu_si512(words.cast(), sum) };
            vector!(at, load, bytes, store);
            product = _mm512_add_epi32(product, step);
        }
        if whole < len {
            let mask = ((1u32 << (len - whole)) - 1) as __mmask16;
            // SAFETY: only as many lanes are read and written as there are left of the `len`.
            let load = |words: *const i32| unsafe { _mm512_maskz_loadu_epi32(mask, words) };
            // SAFETY: as above.
            let bytes = |bytes: *const i8| unsafe { _mm_maskz_loadu_epi8(mask, bytes) };
            // SAFETY: as above.
            let store = |words: *mut u32, sum: __m512i| unsafe { _mm512_mask_storeu_epi32(words.cast(), mask, sum) };
            vector!(whole, load, bytes, store);
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn all<const GOLDEN: bool>(
        beliefs: &[i32],
        nodes: Range<u32>,
        runs: &[Run],
        terms: Terms,
        goes_on: bool,
        out: &mut [u32],
    ) {
        macro_rules! of {
            ($($count:literal)*) => {
                match (runs.len(), terms.divisor.shift != 0) {
                    $(($count, false) => some::<GOLDEN, false, $count>(beliefs, nodes.start, runs, terms, goes_on, out),
                    ($count, true) => some::<GOLDEN, true, $count>(beliefs, nodes.start, runs, terms, goes_on, out),)*
                    // One after the other.
                    (_, is_shifted) => {
                        for (k, run) in runs.iter().enumerate() {
                            let run = std::slice::from_ref(run);
                            match is_shifted {
                                false => some::<GOLDEN, false, 1>(beliefs, nodes.start, run, terms, goes_on || k > 0, out),
                                true => some::<GOLDEN, true, 1>(beliefs, nodes.start, run, terms, goes_on || k > 0, out),
                            }
                        }
                    }
                }
            };
        }
        of!(1 2 3 4 6);
    }

    /// The first `SLOTS` of the runs together; goes on with what is in `out`, or begins.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn some<const GOLDEN: bool, const SHIFTED: bool, const SLOTS: usize>(
        beliefs: &[i32],
        first: u32,
        runs: &[Run],
        terms: Terms,
        goes_on: bool,
        out: &mut [u32],
    ) {
        let len = out.len();
        let own = beliefs[first as usize..first as usize + len].as_ptr();
        let mut slots = [Slot::new::<GOLDEN>(beliefs, first, len, runs[0], terms); SLOTS];
        for (slot, &run) in slots.iter_mut().zip(runs) {
            *slot = Slot::new::<GOLDEN>(beliefs, first, len, run, terms);
        }
        let common = Common::new(terms);
        let excess = _mm512_set1_epi32((SLOTS as u32).wrapping_mul(terms.bias.1) as i32);
        let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
        let mut product = products(first);
        macro_rules! vector {
            ($at:expr, $load:expr, $store:expr) => {{
                let (at, load, store) = ($at, $load, $store);
                let x = load(own.wrapping_add(at));
                let mut sum = _mm512_setzero_si512();
                for slot in &slots {
                    // Wherever it leads: a prefetch reads nothing.
                    _mm_prefetch::<_MM_HINT_T0>(slot.others.wrapping_add(at + AHEAD).cast());
                    let y = load(slot.others.wrapping_add(at));
                    sum = _mm512_add_epi32(sum, quotients::<GOLDEN, SHIFTED>(&common, slot, (x, y), product));
                }
                let to = out.as_mut_ptr().wrapping_add(at);
                let before = if goes_on { load(to.cast_const().cast()) } else { x };
                store(to, _mm512_add_epi32(_mm512_sub_epi32(before, excess), sum));
            }};
        }
        let whole = len / LANES * LANES;
        for at in (0..whole).step_by(LANES) {
            // SAFETY: of `out`, of the own beliefs and of each slot's there are `len`, and at + 16 is no more.
            let load = |words: *const i32| unsafe { _mm512_loadu_si512(words.cast()) };
            // SAFETY: as above.
            let store = |words: *mut u32, sum: __m512i| unsafe { _mm512_storeu_si512(words.cast(), sum) };
            vector!(at, load, store);
            product = _mm512_add_epi32(product, step);
        }
        if whole < len {
            let mask = ((1u32 << (len - whole)) - 1) as __mmask16;
            // SAFETY: only as many lanes are read and written as there are left of the `len`.
            let load = |words: *const i32| unsafe { _mm512_maskz_loadu_epi32(mask, words) };
            // SAFETY: as above.
            let store = |words: *mut u32, sum: __m512i| unsafe { _mm512_mask_storeu_epi32(words.cast(), mask, sum) };
            vector!(whole, load, store);
        }
    }

    /// The odd lanes in the places of the even ones.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn odds(words: __m512i) -> __m512i {
        _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(words)))
    }
}

pub(super) use native::{gated_sums, is_here, stream, sums};

#[cfg(test)]
mod tests {
    use super::super::{bias, flow};
    use super::*;
    use crate::number::{BELIEF_RANGE, threefry2x32};
    use crate::topology::Ids;

    /// Every fourth belief is at an end of the range.
    fn beliefs(count: u32) -> Vec<i32> {
        let of = |i: u32| {
            let [word, kind] = threefry2x32([5, 6], [i, 7]);
            match kind % 8 {
                0 => BELIEF_RANGE,
                1 => -BELIEF_RANGE,
                _ => (word as i32) >> 3,
            }
        };
        (0..count).map(of).collect()
    }

    /// What the passes of `flow.rs` make of it.
    fn by_passes(beliefs: &[i32], nodes: Range<u32>, run: Run, terms: Terms) -> Vec<u32> {
        let len = nodes.len();
        let mut out = vec![0; len];
        let of = |first: u32| &beliefs[first as usize..first as usize + len];
        let (own, other) = (of(nodes.start), of(run.other));
        let (q, bias) = (terms.q, terms.bias.0 + terms.divisor.increment);
        match terms.rounding {
            Rounding::Trunc => flow::differences_towards_zero(own, other, q, bias, &mut out),
            _ => {
                let ends = (Ids::Run(nodes.start), Ids::Run(run.other));
                flow::golden_differences(ends.0, ends.1, (own, other), terms.tick, q, bias, &mut out);
            }
        }
        flow::divide(&mut out, terms.divisor);
        out
    }

    #[test]
    fn one_pass_is_the_same_as_many() {
        let beliefs = beliefs(500);
        for rounding in [Rounding::Trunc, Rounding::Golden] {
            for q in [2, 3, 4, 5, 7, 9, 17, 35, 255, 257, 65_535, 65_536, 1 << 20] {
                let terms = Terms {
                    rounding,
                    tick: 77 + q,
                    q,
                    divisor: Divisor::new(q),
                    bias: bias(q),
                };
                if !is_here(terms) {
                    continue;
                }
                for (nodes, others) in [
                    (100..101, [99, 101]),
                    (1..16, [0, 2]),
                    (64..128, [0, 300]),
                    (33..102, [90, 31]),
                    (200..333, [100, 367]),
                ] {
                    let runs = others.map(|other| Run { other });
                    let mut sums = vec![0; nodes.len()];
                    native::sums(&beliefs, nodes.clone(), &runs, terms, false, &mut sums);
                    let mut expected: Vec<u32> = nodes.clone().map(|i| beliefs[i as usize] as u32).collect();
                    for run in runs {
                        let flows = by_passes(&beliefs, nodes.clone(), run, terms);
                        for (sum, flow) in expected.iter_mut().zip(flows) {
                            *sum = sum.wrapping_add(flow.wrapping_sub(terms.bias.1));
                        }
                    }
                    assert_eq!(sums, expected, "{rounding:?}, q = {q}, {nodes:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_barred_or_lost_moves_nothing() {
        let beliefs = beliefs(500);
        let status: Vec<u32> = (0..500)
            .map(|i| threefry2x32([7, 8], [i, 0])[0] & threefry2x32([9, 8], [i, 0])[0])
            .collect();
        let drawn: Vec<u8> = (0..500).map(|i| threefry2x32([1, 8], [i, 0])[0] as u8).collect();
        for rounding in [Rounding::Trunc, Rounding::Golden] {
            for (q, nodes) in [(5, 33..102), (7, 200..216), (4, 250..253)] {
                let terms = Terms {
                    rounding,
                    tick: 3,
                    q,
                    divisor: Divisor::new(q),
                    bias: bias(q),
                };
                if !is_here(terms) {
                    continue;
                }
                let runs = [90, 31, nodes.start - 1, nodes.start + 1].map(|other| Run { other });
                let len = nodes.len();
                let gates = Gates {
                    status: &status,
                    walls: 0x30,
                    barred: 0x7,
                    drawn: &[&drawn[..len], &drawn[50..50 + len], &drawn[7..7 + len], &drawn[..len]],
                    lost_to: 60,
                };
                let mut sums = vec![0; len];
                gated_sums(&beliefs, nodes.clone(), &runs, terms, gates, &mut sums);
                let mut expected: Vec<u32> = nodes.clone().map(|i| beliefs[i as usize] as u32).collect();
                let mut open = 0;
                for (run, drawn) in runs.iter().zip(gates.drawn) {
                    let flows = by_passes(&beliefs, nodes.clone(), *run, terms);
                    for (l, expected) in expected.iter_mut().enumerate() {
                        let [a, b] = [nodes.start, run.other].map(|first| status[first as usize + l]);
                        if (a | b) & 7 == 0 && (a ^ b) & 0x30 == 0 && drawn[l] > 60 {
                            *expected = expected.wrapping_add(flows[l].wrapping_sub(terms.bias.1));
                            open += 1;
                        }
                    }
                }
                assert_eq!(sums, expected, "{rounding:?}, q = {q}, {nodes:?}");
                assert!(open < 4 * len && (open > 0 || len < 10));
            }
        }
    }

    #[test]
    fn more_slots_than_go_together_come_to_the_same() {
        let beliefs = beliefs(500);
        let terms = Terms {
            rounding: Rounding::Trunc,
            tick: 0,
            q: 21,
            divisor: Divisor::new(21),
            bias: bias(21),
        };
        if !is_here(terms) {
            return;
        }
        let runs: Vec<Run> = (0..20).map(|k| Run { other: 20 * k }).collect();
        let (nodes, mut together) = (30..61, vec![0; 31]);
        native::sums(&beliefs, nodes.clone(), &runs, terms, false, &mut together);
        let gains = |i: usize| {
            let of = |run: &Run| (beliefs[run.other as usize + i] - beliefs[30 + i]) / 21;
            runs.iter().map(of).sum::<i32>()
        };
        let apart: Vec<u32> = (0..31).map(|i| (beliefs[30 + i] + gains(i)) as u32).collect();
        assert_eq!(together, apart);
    }

    #[test]
    fn what_goes_past_the_caches_arrives() {
        let from: Vec<u32> = (0..1000).collect();
        for (first, len) in [(0, 960), (16, 32), (1, 33), (5, 0)] {
            let mut to = crate::words::Words::zeros(1000);
            stream(&from[first..first + len], &mut to[first..first + len]);
            assert_eq!(to[first..first + len], from[first..first + len]);
        }
    }
}
