//! Where a few are among many: bytes, or words with a bit.

/// The most bytes that are looked through at a time.
pub(crate) const PART: usize = 512;

/// Room for the places of some of so many; two more, which are written and do not count.
pub(crate) type Places = [u16; PART + 2];

/// Writes where bytes are that equal either of two, and says how many there are. Of `bytes` there are [`PART`] at the most.
pub(crate) fn places_of(wanted: [u8; 2], bytes: &[u8], places: &mut Places) -> usize {
    let bytes = &bytes[..bytes.len().min(PART)];
    #[cfg(target_arch = "x86_64")]
    if avx512::is_here() {
        // SAFETY: the processor has the instructions.
        return unsafe { avx512::places_of(wanted, bytes, places) };
    }
    let mut count = 0;
    for (place, at) in places.iter_mut().zip(memchr::memchr2_iter(wanted[0], wanted[1], bytes)) {
        *place = at as u16;
        count += 1;
    }
    count
}

/// Writes the places where the word of `others` has all of `bits` and that of `own`, as many, has none, and says how many there are. Of `places` there are at
/// least as many, and sixteen more, which are written and do not count.
pub(crate) fn places_with(bits: u32, own: &[u32], others: &[u32], places: &mut [u32]) -> usize {
    debug_assert!(places.len() >= own.len() + 16);
    let len = own.len().min(others.len()).min(places.len().saturating_sub(16));
    let (own, others) = (&own[..len], &others[..len]);
    #[cfg(target_arch = "x86_64")]
    if avx512::is_here() {
        // SAFETY: the processor has the instructions.
        return unsafe { avx512::places_with(bits, own, others, places) };
    }
    let mut count = 0;
    for (l, (&own, &other)) in (0..).zip(own.iter().zip(others)) {
        // Written always, and kept by going on: which it is nobody can foresee.
        places[count] = l;
        count += usize::from(other & bits == bits && own & bits == 0);
    }
    count
}

/// Many at a time, and no branch on whether there is one: it could not be foreseen, and would take longer than all else.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::Places;
    use std::arch::x86_64::*;

    pub fn is_here() -> bool {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx512f,avx512bw,bmi1,popcnt")]
    pub fn places_of(wanted: [u8; 2], bytes: &[u8], places: &mut Places) -> usize {
        let [a, b] = wanted.map(|byte| _mm512_set1_epi8(byte as i8));
        let mut count = 0;
        for (k, some) in bytes.chunks(64).enumerate() {
            let there = u64::MAX >> (64 - some.len());
            // SAFETY: only as many bytes are read as there are.
            let some = unsafe { _mm512_maskz_loadu_epi8(there, some.as_ptr().cast()) };
            let mut left = (_mm512_cmpeq_epi8_mask(some, a) | _mm512_cmpeq_epi8_mask(some, b)) & there;
            let first = 64 * k as u32;
            // Where there is none, 64 is written, and written over.
            places[count] = (first + left.trailing_zeros()) as u16;
            let rest = left & left.wrapping_sub(1);
            places[count + 1] = (first + rest.trailing_zeros()) as u16;
            if left.count_ones() > 2 {
                while left != 0 {
                    places[count] = (first + left.trailing_zeros()) as u16;
                    count += 1;
                    left &= left - 1;
                }
            } else {
                count += left.count_ones() as usize;
            }
        }
        count
    }

    #[target_feature(enable = "avx512f,avx512bw,bmi1,popcnt")]
    pub fn places_with(bits: u32, own: &[u32], others: &[u32], places: &mut [u32]) -> usize {
        let bits = _mm512_set1_epi32(bits as i32);
        let numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let mut count = 0;
        for (k, (own, others)) in own.chunks(16).zip(others.chunks(16)).enumerate() {
            let there = u16::MAX >> (16 - own.len().min(others.len()));
            // SAFETY: only as many words are read as there are of both.
            let [own, others] =
                [own, others].map(|some| unsafe { _mm512_maskz_loadu_epi32(there, some.as_ptr().cast()) });
            let has = _mm512_cmpeq_epi32_mask(_mm512_and_si512(others, bits), bits);
            let found = _mm512_testn_epi32_mask(own, bits) & has & there;
            let all = _mm512_add_epi32(numbers, _mm512_set1_epi32(16 * k as i32));
            let sixteen = &mut places[count..count + 16];
            // SAFETY: there are sixteen words.
            unsafe { _mm512_storeu_si512(sixteen.as_mut_ptr().cast(), _mm512_maskz_compress_epi32(found, all)) };
            count += found.count_ones() as usize;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_bits_are_found() {
        let word = |i: u32| i.wrapping_mul(0x9E37_79B9) >> 24;
        let words: Vec<u32> = (0..1000).map(word).collect();
        for (from, len) in [(0, 0), (1, 1), (7, 15), (3, 16), (9, 333)] {
            let (own, others) = (&words[..len], &words[from..from + len]);
            let mut places = vec![9; len + 16];
            let count = places_with(6, own, others, &mut places);
            let has = |l: &usize| others[*l] & 6 == 6 && own[*l] & 6 == 0;
            let expected: Vec<u32> = (0..len).filter(has).map(|l| l as u32).collect();
            assert_eq!(places[..count], expected, "{from}, {len}");
        }
    }

    #[test]
    fn all_places_are_found() {
        let bytes: Vec<u8> = (0..1000u32)
            .map(|i| (i.wrapping_mul(0x9E37_79B9) >> 24) as u8)
            .collect();
        let mut places = [9; PART + 2];
        for (from, len) in [(0, 0), (1, 1), (2, 63), (3, 64), (4, 65), (5, 200), (100, PART)] {
            for wanted in [[7, 7], [0, 255], [12, 200]] {
                let bytes = &bytes[from..from + len];
                let count = places_of(wanted, bytes, &mut places);
                let expected: Vec<u16> = (0..len as u16)
                    .filter(|&l| wanted.contains(&bytes[usize::from(l)]))
                    .collect();
                assert_eq!(places[..count], expected, "{len}, {wanted:?}");
            }
        }
        // As many as there can be.
        assert_eq!(places_of([5, 5], &[5; PART], &mut places), PART);
        assert!((0..PART).all(|l| usize::from(places[l]) == l));
    }
}
