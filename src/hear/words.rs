//! The words of nodes that stand far apart.

use multiversion::multiversion;

/// Reads the words at listed indices, each of which there must be: one beyond the last is taken for the last, so that the
/// loop has no branch. It does nothing else, so that as many cache misses as possible are on their way at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn gather(words: &[u32], list: &[u32], out: &mut [u32]) {
    let Some(last) = words.len().checked_sub(1) else { return };
    for (word, &index) in out.iter_mut().zip(list) {
        *word = words[(index as usize).min(last)];
    }
}

/// Reads the words whose indices differ in the bits of `mask` from `first`, first + 1, first + 2, …
///
/// Whole groups of sixteen change places as `mask` says, and the lanes within each as its low bits say; those are the masks
/// that a digit of one or two bits has. What is no whole group comes word by word.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn swap(words: &[u32], first: u32, mask: u32, out: &mut [u32]) {
    let head = ((first.wrapping_neg() & 15) as usize).min(out.len());
    let (start, rest) = out.split_at_mut(head);
    let (groups, end) = rest.as_chunks_mut::<16>();
    let whole = (first as usize + head) / 16;
    let after = first as usize + head + 16 * groups.len();
    for (l, word) in start.iter_mut().enumerate() {
        *word = words[(first as usize + l) ^ mask as usize];
    }
    for (l, word) in end.iter_mut().enumerate() {
        *word = words[(after + l) ^ mask as usize];
    }
    let (all, far) = (words.as_chunks::<16>().0, (mask >> 4) as usize);
    macro_rules! lanes {
        ($from:ident, $m:literal) => {
            [
                $from[$m],
                $from[1 ^ $m],
                $from[2 ^ $m],
                $from[3 ^ $m],
                $from[4 ^ $m],
                $from[5 ^ $m],
                $from[6 ^ $m],
                $from[7 ^ $m],
                $from[8 ^ $m],
                $from[9 ^ $m],
                $from[10 ^ $m],
                $from[11 ^ $m],
                $from[12 ^ $m],
                $from[13 ^ $m],
                $from[14 ^ $m],
                $from[15 ^ $m],
            ]
        };
    }
    macro_rules! swap {
        ($($m:literal)*) => {
            match mask & 15 {
                $($m => {
                    for (g, group) in groups.iter_mut().enumerate() {
                        let from = &all[(whole + g) ^ far];
                        *group = lanes!(from, $m);
                    }
                })*
                near => {
                    for (g, group) in groups.iter_mut().enumerate() {
                        let from = &all[(whole + g) ^ far];
                        for (l, word) in group.iter_mut().enumerate() {
                            *word = from[(l ^ near as usize) & 15];
                        }
                    }
                }
            }
        };
    }
    swap!(0 1 2 3 4 8 12);
}
