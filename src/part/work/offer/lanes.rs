//! Which links anything moves over: one pass over states and masks.

use super::GAIN;
use crate::part::work::state;
use multiversion::multiversion;

/// Sets a flag where the own end has tasks that wait, the other is open and holds less by [`super::GAIN`] or more, and the link carries messages. A
/// node without a link is its own other end, which does not hold less.
pub(super) fn flag(own: &[u32], others: &[u32], masks: Option<&[u32]>, flags: &mut [u8]) {
    match masks {
        Some(masks) => flag_masked(own, others, masks, flags),
        None => flag_all(own, others, flags),
    }
}

#[inline(always)]
fn gains(own: u32, other: u32) -> bool {
    own & state::QUEUED != 0 && !state::is_closed(other) && state::load(own) >= state::load(other) + GAIN
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn flag_all(own: &[u32], others: &[u32], flags: &mut [u8]) {
    for ((flag, &own), &other) in flags.iter_mut().zip(own).zip(others) {
        *flag = u8::from(gains(own, other));
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn flag_masked(own: &[u32], others: &[u32], masks: &[u32], flags: &mut [u8]) {
    for (((flag, &own), &other), &mask) in flags.iter_mut().zip(own).zip(others).zip(masks) {
        *flag = u8::from(gains(own, other)) & mask as u8 & 1;
    }
}
