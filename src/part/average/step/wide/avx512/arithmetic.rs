//! Rounding and division, sixteen links at a time.

use super::super::{Gates, Rounding, Terms};
use crate::geometry::GOLDEN as WEYL;
use crate::number::{LINK_DISTANCE, LINK_LOW};
use std::arch::asm;
use std::arch::x86_64::*;
use std::hint::black_box;

/// What all links have in common, a lane each.
#[derive(Clone, Copy)]
pub(super) struct Common {
    multiplier: __m512i,
    shift: __m128i,
    /// q in the upper half of each lane.
    q: __m512i,
    /// The even lanes.
    even: __mmask16,
    turn: __m512i,
    finish: __m512i,
    walls: __m512i,
    barred: __m512i,
    lost_to: __m128i,
    /// The dividend of what carries nothing.
    nothing: __m512i,
}

/// What the links over one slot have in common.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// What hashes of links of this length have in common.
    distance: __m512i,
    /// Added before the division: bias and increment, and what the lower end rounds by: q, or, where ρ is taken off, q - 1.
    added: __m512i,
    /// All ones at the lower end, which takes off what the upper one adds: -ρ is the complement of ρ, and 1.
    flip: __m512i,
}

#[inline]
#[target_feature(enable = "avx512f")]
fn all(word: u32) -> __m512i {
    _mm512_set1_epi32(word as i32)
}

impl Slot {
    /// Of links between nodes from these two on; `LOWER` says that the own ones are the lower ends.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn new<const GOLDEN: bool, const LOWER: bool>(own: u32, other: u32, terms: Terms) -> Self {
        let distance = own.abs_diff(other).wrapping_mul(LINK_DISTANCE);
        let is_upper = own > other;
        let bias = terms.bias.0 + terms.divisor.increment - u32::from(GOLDEN && LOWER);
        Self {
            distance: all(distance ^ distance >> 16),
            added: all(if GOLDEN && !is_upper { bias + terms.q } else { bias }),
            flip: all(if is_upper { 0 } else { u32::MAX }),
        }
    }
}

impl Common {
    /// Whether quotients are shifted.
    pub fn is_shifted(terms: Terms) -> bool {
        Self::reciprocal(terms).1 != 0
    }

    fn reciprocal(terms: Terms) -> (u32, u32) {
        match terms.rounding {
            Rounding::Trunc => terms.signed.unwrap_or_default(),
            _ => (terms.divisor.multiplier, terms.divisor.shift),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    pub fn new(terms: Terms, gates: Option<Gates<'_>>) -> Self {
        let (multiplier, shift) = Self::reciprocal(terms);
        let gate = |of: fn(&Gates<'_>) -> u32| all(gates.as_ref().map_or(0, of));
        Self {
            multiplier: _mm512_set1_epi64(i64::from(multiplier)),
            shift: _mm_cvtsi32_si128(shift as i32 & 31),
            q: all(terms.q << 16),
            // Not known to the compiler, which would take two shuffles for one that is masked.
            even: black_box(0x5555),
            turn: all(terms.tick.wrapping_mul(WEYL)),
            finish: all(0x85EB_CA6B),
            walls: gate(|gates| gates.walls),
            barred: gate(|gates| gates.barred),
            lost_to: _mm_set1_epi8(gates.map_or(0, |gates| gates.lost_to) as i8),
            nothing: all(terms.bias.0 + terms.divisor.increment),
        }
    }

    /// Which links carry something between ends with these statuses; `drawn` are the links' bytes, if anything is lost.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    pub fn open(&self, (own, other): (__m512i, __m512i), drawn: Option<__m128i>) -> __mmask16 {
        // (own | other) & barred | (own ^ other) & walls, as tables of three bits each.
        let apart = _mm512_ternarylogic_epi32::<0x28>(own, other, self.walls);
        let stands = _mm512_ternarylogic_epi32::<0xF8>(apart, _mm512_or_si512(own, other), self.barred);
        match drawn {
            Some(bytes) => _mm512_mask_testn_epi32_mask(_mm_cmpgt_epu8_mask(bytes, self.lost_to), stands, stands),
            None => _mm512_testn_epi32_mask(stands, stands),
        }
    }

    /// What is divided of links with these words at their ends, and [`folded`] products of the lower ends: with `trunc` the differences, with `golden` what
    /// has been added to, to be positive.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    pub fn dividends<const GOLDEN: bool, const GATED: bool, const LOWER: bool>(
        &self,
        slot: &Slot,
        (x, y): (__m512i, __m512i),
        folded: __m512i,
        open: __mmask16,
    ) -> __m512i {
        if !GOLDEN {
            return if GATED {
                _mm512_maskz_sub_epi32(open, y, x)
            } else {
                _mm512_sub_epi32(y, x)
            };
        }
        let positive = _mm512_add_epi32(_mm512_sub_epi32(y, x), slot.added);
        let hash = _mm512_xor_si512(folded, slot.distance);
        let word = _mm512_add_epi32(_mm512_mullo_epi32(hash, self.finish), self.turn);
        // The upper half of the word times q; of the lower half nothing comes.
        let rho = _mm512_srli_epi32::<16>(upper_halves(word, self.q));
        if LOWER {
            return if GATED {
                _mm512_mask_sub_epi32(self.nothing, open, positive, rho)
            } else {
                _mm512_sub_epi32(positive, rho)
            };
        }
        let flipped = _mm512_xor_si512(rho, slot.flip);
        if GATED {
            _mm512_mask_add_epi32(self.nothing, open, positive, flipped)
        } else {
            _mm512_add_epi32(positive, flipped)
        }
    }

    /// The quotients: with `trunc` rounded towards zero, with `golden` down.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    pub fn quotients<const GOLDEN: bool, const SHIFTED: bool>(&self, dividend: __m512i) -> __m512i {
        const ODD: i32 = 0b11_11_01_01;
        let odd = _mm512_shuffle_epi32::<ODD>(dividend);
        let (even, odd) = if GOLDEN {
            (
                _mm512_mul_epu32(dividend, self.multiplier),
                _mm512_mul_epu32(odd, self.multiplier),
            )
        } else {
            (
                signed_products(dividend, self.multiplier),
                signed_products(odd, self.multiplier),
            )
        };
        // The upper words of both.
        let high = _mm512_mask_shuffle_epi32::<ODD>(odd, self.even, even);
        match (GOLDEN, SHIFTED) {
            (true, false) => high,
            (true, true) => _mm512_srl_epi32(high, self.shift),
            (false, _) => {
                let high = if SHIFTED {
                    _mm512_sra_epi32(high, self.shift)
                } else {
                    high
                };
                _mm512_sub_epi32(high, _mm512_srai_epi32::<31>(dividend))
            }
        }
    }
}

/// Instructions by name. The compiler knows what they do, and makes something else of it in a loop: six for the first, and of the second products of 64 bits, which take
/// three times as long.
macro_rules! instruction {
    ($(#[$doc:meta])* $function:ident, $text:literal) => {
        $(#[$doc])*
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
        fn $function(a: __m512i, b: __m512i) -> __m512i {
            let product: __m512i;
            // SAFETY: the processor has the instruction, which reads and writes these registers and nothing else.
            unsafe {
                asm!(
                    $text,
                    product = out(zmm_reg) product,
                    a = in(zmm_reg) a,
                    b = in(zmm_reg) b,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
            product
        }
    };
}

instruction!(
    /// The upper halves of the products of halves of words.
    upper_halves, "vpmulhuw {product}, {a}, {b}"
);
instruction!(
    /// The products of the even words, which have signs.
    signed_products, "vpmuldq {product}, {a}, {b}"
);

/// The numbers of sixteen nodes from the first on, times what makes hashes of links of them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq")]
pub(super) fn products(first: u32) -> __m512i {
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let nodes = _mm512_add_epi32(all(first), lanes);
    _mm512_mullo_epi32(nodes, all(LINK_LOW))
}

/// Products with their upper halves in their lower ones: the hash of (p ^ d) ^ (p ^ d) >> 16 is that of p and of d apart.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq")]
pub(super) fn folded(product: __m512i) -> __m512i {
    _mm512_xor_si512(product, _mm512_srli_epi32::<16>(product))
}
