//! The lane loops of the average step: differences, rounding, exact division. Each is one pass over a few thousand
//! contiguous words that stay in the first-level cache, which is what the compiler vectorises best; each is compiled for
//! several instruction sets, and the best one that the machine has is taken at run time.

use crate::geometry::GOLDEN;
use crate::number::{Divisor, LINK_DISTANCE, LINK_LOW, bounded, finish_link_phase, link_phase, threefry2x32};
use crate::topology::Ids;
use multiversion::multiversion;

/// Writes the indices out.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn list(ids: Ids<'_>, out: &mut [u32]) {
    for (l, id) in out.iter_mut().enumerate() {
        *id = ids.at(l);
    }
}

/// Writes other − own + bias. Beliefs are within range, so that the results are below 2^31.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn differences(own: &[i32], other: &[i32], bias: u32, out: &mut [u32]) {
    for ((&x, &y), d) in own.iter().zip(other).zip(out) {
        *d = (y.wrapping_sub(x) as u32).wrapping_add(bias);
    }
}

/// As [`differences`], and adds q − 1 to the negative ones: their floor division then rounds towards zero.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn differences_towards_zero(own: &[i32], other: &[i32], q: u32, bias: u32, out: &mut [u32]) {
    for ((&x, &y), d) in own.iter().zip(other).zip(out) {
        let difference = y.wrapping_sub(x);
        let up = (difference >> 31) as u32 & (q - 1);
        *d = (difference as u32).wrapping_add(up).wrapping_add(bias);
    }
}

/// Divides every word less the divisor's increment, each below 2^31, rounding down.
///
/// Two words at a time: the even and the odd ones of a pair are multiplied as halves of 64-bit lanes, which needs no lane
/// to be moved.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn divide(words: &mut [u32], divisor: Divisor) {
    let m = u64::from(divisor.multiplier);
    let shift = divisor.shift & 31;
    let (head, pairs, tail) = bytemuck::pod_align_to_mut::<u32, u64>(words);
    for word in head.iter_mut().chain(tail) {
        *word = divisor.floor(*word - divisor.increment);
    }
    let upper = u64::from(u32::MAX) << 32;
    if shift == 0 {
        for pair in pairs {
            let low = (*pair & u64::from(u32::MAX)) * m;
            let high = (*pair >> 32) * m;
            *pair = low >> 32 | high & upper;
        }
    } else {
        let upper = upper >> shift & upper;
        for pair in pairs {
            let low = (*pair & u64::from(u32::MAX)) * m;
            let high = (*pair >> 32) * m;
            *pair = low >> (32 + shift) | high >> shift & upper;
        }
    }
}

/// The lower end of a link, and how much higher the other end is.
#[inline(always)]
pub(super) fn link(own: u32, other: u32) -> (u32, u32) {
    let low = own.min(other);
    (low, own.max(other) - low)
}

/// r from ρ: what the own end of the link adds before it rounds down.
#[inline(always)]
pub(super) fn seen_from(own: u32, other: u32, rho: u32, q: u32) -> u32 {
    if own > other { rho } else { q - 1 - rho }
}

/// Runs the body for every link, with its ends and its lane. A macro, because a closure would not be compiled into the
/// vectorised loops: it is not known to be called only where the instructions are there.
macro_rules! for_each_link {
    ($own:expr, $other:expr, $out:expr, |$i:ident, $j:ident, $lane:ident| $body:expr) => {
        match ($own, $other) {
            (Ids::Run(first), Ids::Run(other)) => {
                for (l, $lane) in $out.iter_mut().enumerate() {
                    let ($i, $j) = (first.wrapping_add(l as u32), other.wrapping_add(l as u32));
                    $body;
                }
            }
            (Ids::Run(first), Ids::List(others)) => {
                for (l, ($lane, &$j)) in $out.iter_mut().zip(others).enumerate() {
                    let $i = first.wrapping_add(l as u32);
                    $body;
                }
            }
            (Ids::Run(first), Ids::Xor { mask, .. }) => {
                for (l, $lane) in $out.iter_mut().enumerate() {
                    let $i = first.wrapping_add(l as u32);
                    let $j = $i ^ mask;
                    $body;
                }
            }
            (owns, others) => {
                for (l, $lane) in $out.iter_mut().enumerate() {
                    let ($i, $j) = (owns.at(l), others.at(l));
                    $body;
                }
            }
        }
    };
}

/// The golden rounding's word for a link and tick: a Weyl sequence over the ticks.
#[inline(always)]
pub(super) fn golden_word(low: u32, distance: u32, tick: u32) -> u32 {
    link_phase(low, distance).wrapping_add(tick.wrapping_mul(GOLDEN))
}

/// The random rounding's word for a link and tick. Four consecutive lower ends at the same distance share one draw of 64
/// bits, a quarter each, in the upper half of the word.
#[inline(always)]
pub(super) fn random_word(key: u32, low: u32, distance: u32, tick: u32) -> u32 {
    let [a, b] = threefry2x32([key, distance], [low >> 2, tick]);
    let word = if low & 2 == 0 { a } else { b };
    if low & 1 == 0 { word } else { word.rotate_left(16) }
}

/// As [`differences`], and adds r of the golden rounding.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn golden_differences(
    own: Ids<'_>,
    other: Ids<'_>,
    beliefs: (&[i32], &[i32]),
    tick: u32,
    q: u32,
    bias: u32,
    out: &mut [u32],
) {
    let links = beliefs.0.iter().zip(beliefs.1);
    match (own, other) {
        (Ids::Run(i), Ids::Run(j)) if q <= 1 << 16 => {
            // All links have the same direction and length. What `golden_word` multiplies is added up, and `bounded` needs
            // no choice.
            let (low, distance) = link(i, j);
            let (mut low, distance) = (low.wrapping_mul(LINK_LOW), distance.wrapping_mul(LINK_DISTANCE));
            let turn = tick.wrapping_mul(GOLDEN);
            let (upper, bias) = if i > j { (true, bias) } else { (false, bias + q - 1) };
            macro_rules! fill {
                ($add:ident) => {
                    for ((&x, &y), word) in links.zip(out) {
                        let rho = (finish_link_phase(low, distance).wrapping_add(turn) >> 16).wrapping_mul(q) >> 16;
                        *word = (y.wrapping_sub(x) as u32).wrapping_add(bias).$add(rho);
                        low = low.wrapping_add(LINK_LOW);
                    }
                };
            }
            if upper {
                fill!(wrapping_add)
            } else {
                fill!(wrapping_sub)
            }
        }
        _ => {
            differences(beliefs.0, beliefs.1, bias, out);
            for_each_link!(own, other, out, |i, j, word| {
                let (low, distance) = link(i, j);
                let rho = bounded(golden_word(low, distance, tick), q);
                *word = word.wrapping_add(seen_from(i, j, rho, q));
            })
        }
    }
}

/// Adds r of the random rounding. `draws` is scratch of at least half as many words as `out` and 8 more.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add_random(
    key: u32,
    own: Ids<'_>,
    other: Ids<'_>,
    tick: u32,
    q: u32,
    draws: &mut [u32],
    out: &mut [u32],
) {
    if let (Ids::Run(i), Ids::Run(j)) = (own, other) {
        let (low, distance) = link(i, j);
        let group = low >> 2;
        let skipped = (low & 3) as usize;
        let groups = (skipped + out.len()).div_ceil(4);
        let (first, second) = draws.split_at_mut(groups);
        for (l, (x, y)) in first.iter_mut().zip(second.iter_mut()).enumerate() {
            [*x, *y] = threefry2x32([key, distance], [group + l as u32, tick]);
        }
        let quarter = |lane: usize| {
            let at = skipped + lane;
            let word = if at & 2 == 0 { first[at >> 2] } else { second[at >> 2] };
            if at & 1 == 0 { word } else { word.rotate_left(16) }
        };
        let add = |word: &mut u32, draw: u32| {
            let rho = bounded(draw, q);
            *word = word.wrapping_add(if i > j { rho } else { q - 1 - rho });
        };
        // Whole groups of four lanes take their draws in order; the lanes before the first whole group and after the
        // last come one by one.
        let head = ((4 - skipped) % 4).min(out.len());
        for (lane, word) in out[..head].iter_mut().enumerate() {
            add(word, quarter(lane));
        }
        let whole = (out.len() - head) / 4;
        let from = usize::from(skipped != 0);
        let (middle, tail) = out[head..].split_at_mut(whole * 4);
        for ((four, &x), &y) in middle
            .as_chunks_mut::<4>()
            .0
            .iter_mut()
            .zip(&first[from..])
            .zip(&second[from..])
        {
            add(&mut four[0], x);
            add(&mut four[1], x.rotate_left(16));
            add(&mut four[2], y);
            add(&mut four[3], y.rotate_left(16));
        }
        for (lane, word) in tail.iter_mut().enumerate() {
            add(word, quarter(head + whole * 4 + lane));
        }
    } else {
        for_each_link!(own, other, out, |i, j, word| {
            let (low, distance) = link(i, j);
            let rho = bounded(random_word(key, low, distance, tick), q);
            *word = word.wrapping_add(seen_from(i, j, rho, q));
        })
    }
}

/// Replaces the word of every link that carries nothing by `still`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn rest(masks: &[u32], still: u32, out: &mut [u32]) {
    for (&mask, word) in masks.iter().zip(out) {
        *word = if mask == 0 { still } else { *word };
    }
}

/// Adds to `sums` those flows whose masks are set, each less what all of them have too much.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add_masked(flows: &[u32], masks: &[u32], excess: u32, sums: &mut [u32]) {
    for ((sum, &flow), &mask) in sums.iter_mut().zip(flows).zip(masks) {
        *sum = sum.wrapping_add(flow.wrapping_sub(excess) & mask);
    }
}

/// Adds `flows` to `sums`, and takes off from each what all of them have too much.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add(flows: &[u32], excess: u32, sums: &mut [u32]) {
    for (sum, &flow) in sums.iter_mut().zip(flows) {
        *sum = sum.wrapping_add(flow.wrapping_sub(excess));
    }
}

/// Adds signed words, of which most are 0, to 64-bit numbers in two lanes. A line of memory to which nothing is added is left alone.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add_wide(words: &[u32], low: &mut [u32], high: &mut [u32]) {
    const LINE: usize = 16;
    for ((words, low), high) in words.chunks(LINE).zip(low.chunks_mut(LINE)).zip(high.chunks_mut(LINE)) {
        if words.iter().fold(0, |all, word| all | word) == 0 {
            continue;
        }
        for ((&word, low), high) in words.iter().zip(low).zip(high) {
            let sum = low.wrapping_add(word);
            let carries = u32::from(sum < word);
            *low = sum;
            *high = high.wrapping_add(((word as i32) >> 31) as u32).wrapping_add(carries);
        }
    }
}

/// The same of a few, each with its place.
pub(super) fn add_wide_listed(listed: &[(u32, u32)], low: &mut [u32], high: &mut [u32]) {
    for &(at, word) in listed {
        crate::number::add_wide(&mut low[at as usize], &mut high[at as usize], word as i32);
    }
}

/// Adds `gained` to `sums` and subtracts `lost`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add_difference(gained: &[u32], lost: &[u32], sums: &mut [u32]) {
    for ((sum, &gain), &loss) in sums.iter_mut().zip(gained).zip(lost) {
        *sum = sum.wrapping_add(gain).wrapping_sub(loss);
    }
}

/// What the quasi rounding's links gain, with their accumulators advanced: acc += D, f = ⌊acc/q⌋, acc −= f·q, seen from the
/// own ends, the nodes from `first` on. Where `used` is zero nothing happens; an empty `used` means that all links are used.
#[allow(clippy::too_many_arguments, reason = "one slice a quantity, as in every lane loop")]
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn quasi(
    first: u32,
    other: Ids<'_>,
    own_beliefs: &[i32],
    other_beliefs: &[i32],
    used: &[u32],
    divisor: Divisor,
    bias: (u32, u32),
    carry: &mut [u32],
    out: &mut [u32],
) {
    let (bias, times) = bias;
    for (l, (acc, gain)) in carry.iter_mut().zip(out.iter_mut()).enumerate() {
        let upper = first.wrapping_add(l as u32) > other.at(l);
        let difference = own_beliefs[l].wrapping_sub(other_beliefs[l]);
        let downhill = if upper { difference.wrapping_neg() } else { difference };
        let total = (downhill as u32).wrapping_add(*acc).wrapping_add(bias);
        let quotient = divisor.floor(total);
        let flow = quotient.wrapping_sub(times);
        let is_used = used.is_empty() || used[l] != 0;
        if is_used {
            *acc = total.wrapping_sub(quotient.wrapping_mul(divisor.value));
        }
        let gained = if upper { flow } else { flow.wrapping_neg() };
        *gain = if is_used { gained } else { 0 };
    }
}
