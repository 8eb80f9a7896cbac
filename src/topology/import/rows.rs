//! Rows of neighbours, as they come, to rows as a graph has them: sorted, without repetitions and without the node
//! itself. In place, since rows are the largest thing there is.

use rayon::prelude::*;

/// Rows are tidied in blocks of about this many ends.
const BLOCK: u64 = 1 << 16;

/// Sorted rows, and the ends that were dropped.
pub(super) struct Tidied {
    pub(super) offsets: Vec<u32>,
    pub(super) ends: Vec<u32>,
    pub(super) to_self: u64,
    pub(super) repeated: u64,
}

/// Consecutive rows for one thread. `ends` starts at end number `start`; `offsets` are those at which the rows stop.
struct Block<'a> {
    first: u32,
    start: u32,
    offsets: &'a mut [u32],
    ends: &'a mut [u32],
}

/// Sorts each row, drops self-loops and repetitions, and closes the gaps, all in place.
pub(super) fn tidy(mut offsets: Vec<u32>, mut ends: Vec<u32>) -> Tidied {
    let tidied: Vec<(usize, u64, u64)> = blocks(&mut offsets[1..], &mut ends)
        .into_par_iter()
        .map(|block| {
            let rows = block.offsets.len();
            let (to_self, repeated) = tidy_block(block);
            (rows, to_self, repeated)
        })
        .collect();
    let to_self = tidied.iter().map(|block| block.1).sum();
    let repeated = tidied.iter().map(|block| block.2).sum();
    // Each block's offsets now count from the block's own start: move its ends down, then lift the offsets.
    let mut stops = &mut offsets[1..];
    let (mut from, mut to) = (0, 0);
    for (rows, to_self, repeated) in tidied {
        let (block, rest) = stops.split_at_mut(rows);
        let kept = block.last().map_or(0, |&last| last as usize);
        ends.copy_within(from..from + kept, to);
        block
            .par_iter_mut()
            .with_min_len(1 << 14)
            .for_each(|stop| *stop += to as u32); // at most 2^32 - 1 ends
        from += kept + (to_self + repeated) as usize;
        to += kept;
        stops = rest;
    }
    if to < ends.len() {
        ends.truncate(to);
        ends.shrink_to_fit();
    }
    Tidied {
        offsets,
        ends,
        to_self,
        repeated,
    }
}

/// Cuts rows, given by where they stop, into blocks of about [`BLOCK`] ends.
fn blocks<'a>(mut stops: &'a mut [u32], mut ends: &'a mut [u32]) -> Vec<Block<'a>> {
    let mut cut = Vec::new();
    let (mut first, mut start) = (0, 0);
    while !stops.is_empty() {
        let wanted = u64::from(start) + BLOCK;
        let rows = stops.partition_point(|&stop| u64::from(stop) <= wanted).max(1);
        let (these, later) = std::mem::take(&mut stops).split_at_mut(rows);
        let stop = these[rows - 1];
        let (these_ends, later_ends) = std::mem::take(&mut ends).split_at_mut((stop - start) as usize);
        cut.push(Block {
            first,
            start,
            offsets: these,
            ends: these_ends,
        });
        (stops, ends) = (later, later_ends);
        first += rows as u32; // at most 2^32 - 1 rows
        start = stop;
    }
    cut
}

/// Tidies the rows of one block; its offsets become those of the kept ends, counted from the block's start. Returns
/// the dropped ends: to the node itself, and repeated.
fn tidy_block(block: Block<'_>) -> (u64, u64) {
    let Block {
        first,
        start,
        offsets,
        ends,
    } = block;
    let (mut to_self, mut repeated) = (0, 0);
    let (mut from, mut kept) = (0, 0);
    for (node, stop) in (first..).zip(offsets) {
        let to = (*stop - start) as usize;
        ends[from..to].sort_unstable();
        let mut previous = None;
        for at in from..to {
            let end = ends[at];
            if end == node {
                to_self += 1;
            } else if previous == Some(end) {
                repeated += 1;
            } else {
                ends[kept] = end;
                kept += 1;
                previous = Some(end);
            }
        }
        *stop = kept as u32; // no more than before
        from = to;
    }
    (to_self, repeated)
}
