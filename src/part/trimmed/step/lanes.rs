//! The lane loops of the trimmed step: differences, lists of extremes, division.

use multiversion::multiversion;

/// One more neighbour of each node, where one is dropped on either side: adds the differences up, and holds the greatest and the
/// least of them.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn trim_one(own: &[i32], heard: &[i32], sums: &mut [i64], above: &mut [i32], below: &mut [i32]) {
    let lists = sums.iter_mut().zip(above).zip(below);
    for (((sum, most), least), (&x, &y)) in lists.zip(own.iter().zip(heard)) {
        let difference = y.wrapping_sub(x);
        *sum += i64::from(difference);
        *most = (*most).max(difference);
        *least = (*least).min(difference);
    }
}

/// As [`trim_one`], of those whose mask is set.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn trim_one_masked(
    own: &[i32],
    heard: &[i32],
    masks: &[u32],
    sums: &mut [i64],
    above: &mut [i32],
    below: &mut [i32],
) {
    let lists = sums.iter_mut().zip(above).zip(below);
    for ((((sum, most), least), (&x, &y)), &mask) in lists.zip(own.iter().zip(heard)).zip(masks) {
        let difference = y.wrapping_sub(x) & mask as i32;
        *sum += i64::from(difference);
        *most = (*most).max(difference);
        *least = (*least).min(difference);
    }
}

/// Adds the differences up, and writes those above 0 and those below, for the lists.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn differences(own: &[i32], heard: &[i32], sums: &mut [i64], rising: &mut [i32], falling: &mut [i32]) {
    let lists = sums.iter_mut().zip(rising).zip(falling);
    for (((sum, rising), falling), (&x, &y)) in lists.zip(own.iter().zip(heard)) {
        let difference = y.wrapping_sub(x);
        *sum += i64::from(difference);
        *rising = difference.max(0);
        *falling = difference.min(0);
    }
}

/// As [`differences`], of those whose mask is set.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn differences_masked(
    own: &[i32],
    heard: &[i32],
    masks: &[u32],
    sums: &mut [i64],
    rising: &mut [i32],
    falling: &mut [i32],
) {
    let lists = sums.iter_mut().zip(rising).zip(falling);
    for ((((sum, rising), falling), (&x, &y)), &mask) in lists.zip(own.iter().zip(heard)).zip(masks) {
        let difference = y.wrapping_sub(x) & mask as i32;
        *sum += i64::from(difference);
        *rising = difference.max(0);
        *falling = difference.min(0);
    }
}

/// Puts each difference into a rank of its list if it is greater than what stands there, which it takes on to the next rank.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn insert(rising: &mut [i32], rank: &mut [i32]) {
    for (rising, most) in rising.iter_mut().zip(rank) {
        (*most, *rising) = ((*most).max(*rising), (*most).min(*rising));
    }
}

/// As [`insert`], of the least.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn insert_least(falling: &mut [i32], rank: &mut [i32]) {
    for (falling, least) in falling.iter_mut().zip(rank) {
        (*least, *falling) = ((*least).min(*falling), (*least).max(*falling));
    }
}

/// Takes one off the count wherever nothing was heard.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn miss(masks: &[u32], counts: &mut [u32]) {
    for (count, &mask) in counts.iter_mut().zip(masks) {
        *count = count.wrapping_sub(u32::from(mask == 0));
    }
}

/// Takes a rank of both lists off the sums, and off the counts where it is not empty.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn drop_both(above: &[i32], below: &[i32], sums: &mut [i64], counts: &mut [u32]) {
    for (((sum, count), &most), &least) in sums.iter_mut().zip(counts).zip(above).zip(below) {
        // Opposite signs: the sum is a word.
        *sum -= i64::from(most + least);
        *count = count.wrapping_sub(u32::from(most != 0) + u32::from(least != 0));
    }
}

/// 1.5 · 2^52: the lower 32 bits of this number plus a whole one of 32 bits are that one's, in two's complement. Unlike a
/// conversion, adding it vectorises.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// Writes own + ⌊sum / (1 + count)⌋, where the sum is that of at most 2^22 differences of 31 bits.
///
/// Through 64-bit floating point, which vectorises, and is exact here on every machine: both are integers of at most 53 bits,
/// IEEE 754 division is correctly rounded, and a quotient that is no integer is at least 1/q away from one, while its rounding
/// error is at most n/q · 2^-53 < 1/q.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn means(own: &[u32], sums: &[i64], counts: &[u32], next: &mut [u32]) {
    for (((next, &own), &sum), &count) in next.iter_mut().zip(own).zip(sums).zip(counts) {
        let quotient = (sum as f64 / f64::from(1 + count as i32)).floor();
        *next = own.wrapping_add((quotient + WHOLE).to_bits() as u32);
    }
}

/// As [`means`], of any number of differences.
pub(super) fn means_of_many(own: &[u32], sums: &[i64], counts: &[u32], next: &mut [u32]) {
    for (((next, &own), &sum), &count) in next.iter_mut().zip(own).zip(sums).zip(counts) {
        *next = own.wrapping_add(sum.div_euclid(1 + i64::from(count)) as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::threefry2x32;

    #[test]
    fn both_divisions_are_exact_at_every_edge() {
        let largest = 1 << 22;
        let mut cases = Vec::new();
        for k in 0..20_000u32 {
            let [a, b] = threefry2x32([k, 1], [2, 3]);
            let count = (a >> (b & 31)) % (largest + 1);
            let q = i64::from(count) + 1;
            let most = i64::from(count) * ((1 << 30) - 1);
            let quotient = if count == 0 { 0 } else { (most / q) >> (b >> 5 & 31) };
            // Around the multiples of q, of either sign.
            for near in [-1, 0, 1, q - 1] {
                for sign in [-1, 1] {
                    cases.push((sign * (quotient * q + near).clamp(-most, most), count));
                }
            }
            cases.push((most, count));
            cases.push((-most, count));
        }
        let own: Vec<u32> = (0..cases.len() as u32)
            .map(|k| threefry2x32([k, 4], [5, 6])[0])
            .collect();
        let (sums, counts): (Vec<i64>, Vec<u32>) = cases.into_iter().unzip();
        let expected: Vec<u32> = (0..own.len())
            .map(|l| (i128::from(own[l]) + i128::from(sums[l]).div_euclid(i128::from(counts[l]) + 1)) as u32)
            .collect();
        for division in [means, means_of_many] {
            let mut found = vec![0; own.len()];
            division(&own, &sums, &counts, &mut found);
            let wrong = (0..own.len()).find(|&l| found[l] != expected[l]);
            assert_eq!(wrong.map(|l| (sums[l], counts[l], found[l], expected[l])), None);
        }
    }
}
