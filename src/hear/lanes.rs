//! The lane loops of the traffic: one pass each over masks, statuses or indices.

use crate::fault::bits;
use crate::number::draw_byte;
use crate::topology::Ids;
use multiversion::multiversion;

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn either(other: &[u32], masks: &mut [u32]) {
    for (mask, &other) in masks.iter_mut().zip(other) {
        *mask |= other;
    }
}

/// Whether anything stands between an own end and its other end: one is down or has a bit that it must not have, or a wall.
#[inline(always)]
pub(crate) fn is_blocked(own: u32, other: u32, (walls, barred): (u32, [u32; 2])) -> bool {
    own & (bits::DOWN | barred[0]) | other & (bits::DOWN | barred[1]) | (own ^ other) & walls != 0
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn unblock_run(own: &[u32], other: &[u32], bars: (u32, [u32; 2]), masks: &mut [u32]) {
    for ((mask, &own), &other) in masks.iter_mut().zip(own).zip(other) {
        *mask &= u32::from(!is_blocked(own, other, bars)).wrapping_neg();
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn unblock(own: Ids<'_>, others: Ids<'_>, status: &[u32], bars: (u32, [u32; 2]), masks: &mut [u32]) {
    for (l, mask) in masks.iter_mut().enumerate() {
        let (own, other) = (status[own.at(l) as usize], status[others.at(l) as usize]);
        *mask &= u32::from(!is_blocked(own, other, bars)).wrapping_neg();
    }
}

/// As [`unblock_run`], and clears the masks of lost exchanges, whose bytes are below `upper`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn gate_run(own: &[u32], other: &[u32], bars: (u32, [u32; 2]), drawn: &[u8], upper: u8, masks: &mut [u32]) {
    for (((mask, &own), &other), &byte) in masks.iter_mut().zip(own).zip(other).zip(drawn) {
        let passes = !is_blocked(own, other, bars) && byte >= upper;
        *mask &= u32::from(passes).wrapping_neg();
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn write_ids(ids: Ids<'_>, first: usize, out: &mut [u32]) {
    for (l, id) in out.iter_mut().enumerate() {
        *id = ids.at(first + l);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn lower_ends(own: &[u32], others: &[u32], low: &mut [u32], distance: &mut [u32]) {
    for (((&i, &j), low), distance) in own.iter().zip(others).zip(low).zip(distance) {
        *low = i.min(j);
        *distance = i.abs_diff(j);
    }
}

/// Draws a byte for each link, and clears the masks of those below `upper`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn lose_each(
    key: u32,
    low: &[u32],
    distance: &[u32],
    tick: u32,
    upper: u8,
    drawn: &mut [u8],
    masks: &mut [u32],
) {
    for (((&low, &distance), byte), mask) in low.iter().zip(distance).zip(drawn).zip(masks) {
        *byte = draw_byte([key, distance], low, tick) as u8;
        *mask &= u32::from(*byte >= upper).wrapping_neg();
    }
}

/// Flags the links of honest nodes to liars.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn flag_liars(own: &[u32], others: Ids<'_>, from: usize, status: &[u32], flags: &mut [u8]) {
    for (l, (flag, &own)) in flags.iter_mut().zip(own).enumerate() {
        *flag = u8::from(!own & status[others.at(from + l) as usize] & bits::LIAR != 0);
    }
}

/// Marks the liars; says whether there are any.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn liars(others: Ids<'_>, status: &[u32], lies: &mut [u32]) -> bool {
    let mut any = 0;
    if let Ids::Run(first) = others {
        let status = &status[first as usize..first as usize + lies.len()];
        for (lies, &status) in lies.iter_mut().zip(status) {
            *lies = u32::from(status & bits::LIAR != 0).wrapping_neg();
            any |= *lies;
        }
    } else {
        for (l, lies) in lies.iter_mut().enumerate() {
            *lies = u32::from(status[others.at(l) as usize] & bits::LIAR != 0).wrapping_neg();
            any |= *lies;
        }
    }
    any != 0
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn keep(status: &[u32], old: &[u32], words: &mut [u32]) {
    for ((word, &old), &status) in words.iter_mut().zip(old).zip(status) {
        let out = u32::from(status & (bits::DOWN | bits::LIAR) != 0).wrapping_neg();
        *word = old & out | *word & !out;
    }
}
