//! The lane loops of second-order diffusion: one pass over a batch of links each.

use crate::geometry::GOLDEN;
use crate::number::{Divisor, bounded, link_phase, threefry2x32};
use multiversion::multiversion;

/// β in 2^-16, taken apart so that products with it need 32 bits only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beta {
    pub value: u32,
    /// β mod 1, in 2^-16.
    part: u32,
    /// All ones if β is below 1.
    below: i32,
}

impl Beta {
    /// With which it is the first order.
    pub const ONE: Self = Self {
        value: 1 << 16,
        part: 0,
        below: 0,
    };

    pub fn new(value: u32) -> Self {
        let value = value.clamp(1, (1 << 17) - 1);
        Self {
            value,
            part: value & 0xFFFF,
            below: if value < 1 << 16 { -1 } else { 0 },
        }
    }

    /// (β − 1)·v: the floor, and what is above it in 2^-16.
    #[inline(always)]
    pub fn less_one(self, v: i32) -> (i32, u32) {
        let low = (v as u32 & 0xFFFF) * self.part;
        let whole = (v >> 16) * self.part as i32 + (low >> 16) as i32;
        (whole.wrapping_sub(v & self.below), low & 0xFFFF)
    }
}

/// The links of a batch.
pub(super) struct Links<'a> {
    pub own: &'a [u32],
    pub others: &'a [u32],
    pub own_beliefs: &'a [u32],
    pub other_beliefs: &'a [u32],
    pub divisors: &'a [u32],
}

/// Takes Z apart, so that it need not fit a word: Z = whole·q + rest, where whole = ⌊(β − 1)·y⌋.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn wanted(links: &Links<'_>, beta: Beta, flows: &[u32], whole: &mut [u32], rest: &mut [u32]) {
    let ends = links.own.iter().zip(links.others);
    let beliefs = links.own_beliefs.iter().zip(links.other_beliefs);
    let inputs = ends.zip(beliefs).zip(links.divisors).zip(flows);
    for ((((((&i, &j), (&x, &other)), &q), &y), whole), rest) in inputs.zip(whole).zip(rest) {
        let gap = x.wrapping_sub(other);
        let downhill = if i > j { gap.wrapping_neg() } else { gap } as i32;
        let (more, more_part) = beta.less_one(downhill);
        let (kept, kept_part) = beta.less_one(y as i32);
        // q·kept_part has up to 44 bits: half of q at a time.
        let low = ((q & 0xFFFF) * kept_part + more_part + 0x8000) >> 16;
        let high = (q >> 16) * kept_part;
        *whole = kept as u32;
        *rest = (downhill as u32)
            .wrapping_add(more as u32)
            .wrapping_add(high)
            .wrapping_add(low);
    }
}

/// ⌊n / q⌋ for 1 ≤ q < 2^31.
///
/// Through 64-bit floating point, which vectorises, and is exact here on every machine: both are integers below 2^53, IEEE 754
/// division is correctly rounded, and a quotient that is no integer is at least 1/q away from one, while its rounding error is
/// at most n/q · 2^-53 < 1/q. A negative number's floor is the complement of its complement's quotient.
#[inline(always)]
fn floor(n: u32, q: u32) -> u32 {
    let sign = ((n as i32) >> 31) as u32;
    let quotient = f64::from((n ^ sign) as i32) / f64::from(q as i32);
    quotient as i32 as u32 ^ sign
}

/// Writes Z/q rounded towards zero.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn towards_zero(whole: &[u32], rest: &[u32], divisors: &[u32], flows: &mut [u32]) {
    for (((flow, &whole), &rest), &q) in flows.iter_mut().zip(whole).zip(rest).zip(divisors) {
        let quotient = floor(rest, q);
        let is_broken = quotient.wrapping_mul(q) != rest;
        let sum = whole.wrapping_add(quotient);
        *flow = sum.wrapping_add(u32::from(is_broken && (sum as i32) < 0));
    }
}

/// What all links have in common where nothing goes wrong and they are rounded towards zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub beta: Beta,
    pub divisor: Divisor,
}

impl Terms {
    /// The new flow from the lower end to the upper one, as [`wanted`] and [`towards_zero`] have it.
    #[inline(always)]
    fn flow(self, downhill: u32, y: u32) -> u32 {
        let q = self.divisor.value;
        let (more, more_part) = self.beta.less_one(downhill as i32);
        let (kept, kept_part) = self.beta.less_one(y as i32);
        let low = ((q & 0xFFFF) * kept_part + more_part + 0x8000) >> 16;
        let high = (q >> 16) * kept_part;
        let rest = downhill.wrapping_add(more as u32).wrapping_add(high).wrapping_add(low);
        let sign = ((rest as i32) >> 31) as u32;
        let quotient = self.divisor.floor(rest ^ sign) ^ sign;
        let is_broken = quotient.wrapping_mul(q) != rest;
        let sum = (kept as u32).wrapping_add(quotient);
        sum.wrapping_add(u32::from(is_broken && (sum as i32) < 0))
    }
}

/// Lets links flow whose own ends are consecutive, and all of which are the upper ends or none: `memory` takes what flows, and `next`
/// what the own ends gain.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn let_flow(terms: Terms, is_upper: bool, own: &[u32], other: &[u32], memory: &mut [u32], next: &mut [u32]) {
    // Negates if the own ends are the lower ones.
    let sign = u32::from(!is_upper).wrapping_neg();
    let links = own.iter().zip(other).zip(memory).zip(next);
    for (((&x, &other), y), next) in links {
        let gap = other.wrapping_sub(x);
        let flow = terms.flow((gap ^ sign).wrapping_sub(sign), *y);
        *y = flow;
        *next = next.wrapping_add((flow ^ sign).wrapping_sub(sign));
    }
}

/// Lets links flow as it is known from their other ends.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn flow_on(is_upper: bool, flows: &[u32], memory: &mut [u32], next: &mut [u32]) {
    let sign = u32::from(!is_upper).wrapping_neg();
    for ((&flow, y), next) in flows.iter().zip(memory).zip(next) {
        *y = flow;
        *next = next.wrapping_add((flow ^ sign).wrapping_sub(sign));
    }
}

/// As [`let_flow`], for the nodes from `first` on and listed others.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn let_flow_each(
    terms: Terms,
    (first, others): (u32, &[u32]),
    (own, other): (&[u32], &[u32]),
    memory: &mut [u32],
    next: &mut [u32],
) {
    let links = own.iter().zip(other).zip(others).zip(memory).zip(next);
    for (l, ((((&x, &other), &j), y), next)) in links.enumerate() {
        let i = first.wrapping_add(l as u32);
        let sign = if i > j { 0 } else { u32::MAX };
        let gap = other.wrapping_sub(x);
        let flow = terms.flow((gap ^ sign).wrapping_sub(sign), *y);
        *y = flow;
        *next = next.wrapping_add((flow ^ sign).wrapping_sub(sign));
    }
}

/// Writes ⌊(Z + ρ)/q⌋, where `flows` holds the words that ρ comes from.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn down(whole: &[u32], rest: &[u32], divisors: &[u32], flows: &mut [u32]) {
    for (((flow, &whole), &rest), &q) in flows.iter_mut().zip(whole).zip(rest).zip(divisors) {
        *flow = whole.wrapping_add(floor(rest.wrapping_add(bounded(*flow, q)), q));
    }
}

/// Writes ⌊(Z + acc)/q⌋ and advances the accumulators. Where `used` is zero they stay; an empty `used` means that all links are
/// used.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn carried(
    whole: &[u32],
    rest: &[u32],
    divisors: &[u32],
    used: &[u32],
    carry: &mut [u32],
    flows: &mut [u32],
) {
    for (l, (flow, acc)) in flows.iter_mut().zip(carry).enumerate() {
        let total = rest[l].wrapping_add(*acc);
        let quotient = floor(total, divisors[l]);
        *flow = whole[l].wrapping_add(quotient);
        if used.is_empty() || used[l] != 0 {
            *acc = total.wrapping_sub(quotient.wrapping_mul(divisors[l]));
        }
    }
}

/// Writes the words that the random rounding takes ρ from.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn random_words(key: u32, own: &[u32], others: &[u32], tick: u32, words: &mut [u32]) {
    for ((word, &i), &j) in words.iter_mut().zip(own).zip(others) {
        let low = i.min(j);
        let [a, b] = threefry2x32([key, i.max(j) - low], [low >> 2, tick]);
        let half = if low & 2 == 0 { a } else { b };
        *word = if low & 1 == 0 { half } else { half.rotate_left(16) };
    }
}

/// Writes the words that the golden rounding takes ρ from.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn golden_words(own: &[u32], others: &[u32], tick: u32, words: &mut [u32]) {
    let turn = tick.wrapping_mul(GOLDEN);
    for ((word, &i), &j) in words.iter_mut().zip(own).zip(others) {
        let low = i.min(j);
        *word = link_phase(low, i.max(j) - low).wrapping_add(turn);
    }
}

/// Lets the links flow: `memory` takes what flows, and `flows` becomes what the own ends gain. A link that is not used keeps its
/// memory, and its own end gains nothing.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn settle(own: &[u32], others: &[u32], used: &[u32], memory: &mut [u32], flows: &mut [u32]) {
    for (l, (flow, kept)) in flows.iter_mut().zip(memory).enumerate() {
        let mask = if used.is_empty() { u32::MAX } else { used[l] };
        *kept = *flow & mask | *kept & !mask;
        let gain = if own[l] > others[l] { *flow } else { flow.wrapping_neg() };
        *flow = gain & mask;
    }
}
