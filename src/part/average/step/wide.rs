//! The same arithmetic as in `flow.rs`, in one pass, for processors with AVX-512: difference, rounding and division without a word of it
//! going through memory, two instructions for what the compiler needs four for, and the beliefs to come fetched ahead. Everybody else
//! takes the passes of `flow.rs`; both give the same bits.

use super::super::Rounding;
use crate::number::Divisor;
use std::ops::Range;

/// The links of some nodes over one slot, whose other ends are consecutive too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The first of the other ends.
    pub other: u32,
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
    use super::{Range, Run, Terms};

    pub(in super::super) fn is_here(_: Terms) -> bool {
        false
    }

    pub(in super::super) fn sums(_: &[i32], _: Range<u32>, _: &[Run], _: Terms, _: &mut [u32]) {}

    pub(in super::super) fn flows(_: &[i32], _: Range<u32>, _: Run, _: Terms, _: &mut [u32]) {}

    pub(in super::super) fn stream(from: &[u32], to: &mut [u32]) {
        to.copy_from_slice(from);
    }
}

#[cfg(target_arch = "x86_64")]
mod native {
    use super::{Range, Rounding, Run, Terms};
    use crate::geometry::GOLDEN;
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
    }

    /// Writes what `nodes` hold after they have gained over all `runs`.
    pub(in super::super) fn sums(beliefs: &[i32], nodes: Range<u32>, runs: &[Run], terms: Terms, out: &mut [u32]) {
        assert!(is_here(terms));
        // SAFETY: the processor has the instructions.
        unsafe {
            match terms.rounding {
                Rounding::Trunc => all::<false, true>(beliefs, nodes, runs, terms, out),
                _ => all::<true, true>(beliefs, nodes, runs, terms, out),
            }
        }
    }

    /// Writes what `nodes` gain over one run, with the bias.
    pub(in super::super) fn flows(beliefs: &[i32], nodes: Range<u32>, run: Run, terms: Terms, out: &mut [u32]) {
        assert!(is_here(terms));
        // SAFETY: the processor has the instructions.
        unsafe {
            match terms.rounding {
                Rounding::Trunc => all::<false, false>(beliefs, nodes, &[run], terms, out),
                _ => all::<true, false>(beliefs, nodes, &[run], terms, out),
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

    /// A slot's constants.
    #[derive(Clone, Copy)]
    struct Slot<'a> {
        others: &'a [i32],
        /// What the lower end's product is less than the own node's.
        low: u32,
        distance: u32,
        /// Added before the division: bias and increment, and what the lower end rounds by.
        added: u32,
        is_upper: bool,
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn all<const GOLDEN_ROUNDING: bool, const SUMS: bool>(
        beliefs: &[i32],
        nodes: Range<u32>,
        runs: &[Run],
        terms: Terms,
        out: &mut [u32],
    ) {
        /// Slots that are worked on together; there are no more in most networks.
        const MOST: usize = 8;
        let (first, len) = (nodes.start, out.len());
        let own = &beliefs[first as usize..first as usize + len];
        let mut slots = [Slot {
            others: own,
            low: 0,
            distance: 0,
            added: 0,
            is_upper: false,
        }; MOST];
        for (group, runs) in runs.chunks(MOST).enumerate() {
            for (slot, run) in slots.iter_mut().zip(runs) {
                let distance = first.abs_diff(run.other);
                let is_upper = first > run.other;
                let bias = terms.bias.0 + terms.divisor.increment;
                *slot = Slot {
                    others: &beliefs[run.other as usize..run.other as usize + len],
                    low: if is_upper { distance.wrapping_mul(LINK_LOW) } else { 0 },
                    distance: distance.wrapping_mul(LINK_DISTANCE),
                    added: if GOLDEN_ROUNDING && !is_upper {
                        bias + terms.q - 1
                    } else {
                        bias
                    },
                    is_upper,
                };
            }
            some::<GOLDEN_ROUNDING, SUMS>(own, first, &slots[..runs.len()], terms, group > 0, out);
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn some<const GOLDEN_ROUNDING: bool, const SUMS: bool>(
        own: &[i32],
        first: u32,
        slots: &[Slot<'_>],
        terms: Terms,
        goes_on: bool,
        out: &mut [u32],
    ) {
        let multiplier = _mm512_set1_epi64(i64::from(terms.divisor.multiplier));
        let shift = _mm_cvtsi32_si128(terms.divisor.shift as i32 & 31);
        let up = _mm512_set1_epi32(terms.q as i32 - 1);
        // In the upper halves of lanes, where the product with another upper half is looked for.
        let scale = _mm512_set1_epi32((terms.q << 16) as i32);
        let is_power = terms.q == 1 << 16;
        let turn = _mm512_set1_epi32(terms.tick.wrapping_mul(GOLDEN) as i32);
        let finish = _mm512_set1_epi32(0x85EB_CA6Bu32 as i32);
        let excess = _mm512_set1_epi32((slots.len() as u32).wrapping_mul(terms.bias.1) as i32);
        let step = _mm512_set1_epi32((LANES as u32).wrapping_mul(LINK_LOW) as i32);
        let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let nodes = _mm512_add_epi32(_mm512_set1_epi32(first as i32), lanes);
        let mut product = _mm512_mullo_epi32(nodes, _mm512_set1_epi32(LINK_LOW as i32));
        let mut at = 0;
        while at < out.len() {
            let lanes = LANES.min(out.len() - at);
            let mask = (u32::MAX >> (32 - lanes)) as __mmask16;
            let part = |words: &[i32]| {
                let words = &words[at..at + lanes];
                // SAFETY: as many lanes are read as `words` has.
                unsafe { _mm512_maskz_loadu_epi32(mask, words.as_ptr()) }
            };
            let x = part(own);
            let mut sum = _mm512_setzero_si512();
            for slot in slots {
                // Wherever it leads: a prefetch reads nothing.
                _mm_prefetch::<_MM_HINT_T0>(slot.others.as_ptr().wrapping_add(at + AHEAD).cast());
                let difference = _mm512_sub_epi32(part(slot.others), x);
                let positive = _mm512_add_epi32(difference, _mm512_set1_epi32(slot.added as i32));
                let dividend = if GOLDEN_ROUNDING {
                    let low = _mm512_sub_epi32(product, _mm512_set1_epi32(slot.low as i32));
                    let hash = _mm512_xor_si512(low, _mm512_set1_epi32(slot.distance as i32));
                    let hash = _mm512_xor_si512(hash, _mm512_srli_epi32::<16>(hash));
                    let word = _mm512_add_epi32(_mm512_mullo_epi32(hash, finish), turn);
                    let rho = match is_power {
                        true => _mm512_srli_epi32::<16>(word),
                        false => _mm512_srli_epi32::<16>(_mm512_mulhi_epu16(word, scale)),
                    };
                    match slot.is_upper {
                        true => _mm512_add_epi32(positive, rho),
                        false => _mm512_sub_epi32(positive, rho),
                    }
                } else {
                    _mm512_mask_add_epi32(positive, _mm512_movepi32_mask(difference), positive, up)
                };
                let even = _mm512_mul_epu32(dividend, multiplier);
                let odd = _mm512_mul_epu32(odds(dividend), multiplier);
                let high = _mm512_mask_blend_epi32(0xAAAA, odds(even), odd);
                sum = _mm512_add_epi32(sum, _mm512_srl_epi32(high, shift));
            }
            let out = &mut out[at..at + lanes];
            if SUMS {
                // SAFETY: as many lanes are read as `out` has.
                let before = if goes_on {
                    unsafe { _mm512_maskz_loadu_epi32(mask, out.as_ptr().cast()) }
                } else {
                    x
                };
                sum = _mm512_add_epi32(_mm512_sub_epi32(before, excess), sum);
            }
            // SAFETY: as many lanes are written as `out` has.
            unsafe { _mm512_mask_storeu_epi32(out.as_mut_ptr().cast(), mask, sum) };
            product = _mm512_add_epi32(product, step);
            at += lanes;
        }
    }

    /// The odd lanes in the places of the even ones.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn odds(words: __m512i) -> __m512i {
        _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(words)))
    }
}

pub(super) use native::{flows, is_here, stream, sums};

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
                    native::sums(&beliefs, nodes.clone(), &runs, terms, &mut sums);
                    let mut expected: Vec<u32> = nodes.clone().map(|i| beliefs[i as usize] as u32).collect();
                    for run in runs {
                        let flows = by_passes(&beliefs, nodes.clone(), run, terms);
                        let mut at_once = vec![0; nodes.len()];
                        native::flows(&beliefs, nodes.clone(), run, terms, &mut at_once);
                        assert_eq!(at_once, flows, "{rounding:?}, q = {q}, {nodes:?} and {}", run.other);
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
        native::sums(&beliefs, nodes.clone(), &runs, terms, &mut together);
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
