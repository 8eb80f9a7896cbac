//! What the loops over vectors have in common. Macros, so that all of a loop is in one function and what it goes on with in registers.

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
