//! Sines of integer phases, the same on every device. Twins: `shaders/lib/sine*.wgsl`.
//!
//! A phase is a `u32` of which 2^32 are one turn; a sine is an integer of which 32767 are 1 (Q15). A table of a quarter turn in 256
//! steps is interpolated linearly, to the nearest integer: no sine is off by more than 3.3e-5. The table is mirrored, so that
//! sin(−x) = −sin(x) and sin(½ − x) = sin(x) hold exactly.

/// The sine of a quarter turn.
pub const SINE_ONE: i32 = 32_767;

/// round(32767 · sin(πi/512)) for i = 0..=256: a quarter turn.
#[rustfmt::skip]
pub const QUARTER_SINES: [u16; 257] = [
    0, 201, 402, 603, 804, 1005, 1206, 1407, 1608, 1809, 2009, 2210, 2410, 2611, 2811, 3012, 3212, 3412, 3612,
    3811, 4011, 4210, 4410, 4609, 4808, 5007, 5205, 5404, 5602, 5800, 5998, 6195, 6393, 6590, 6786, 6983, 7179,
    7375, 7571, 7767, 7962, 8157, 8351, 8545, 8739, 8933, 9126, 9319, 9512, 9704, 9896, 10087, 10278, 10469,
    10659, 10849, 11039, 11228, 11417, 11605, 11793, 11980, 12167, 12353, 12539, 12725, 12910, 13094, 13279,
    13462, 13645, 13828, 14010, 14191, 14372, 14553, 14732, 14912, 15090, 15269, 15446, 15623, 15800, 15976,
    16151, 16325, 16499, 16673, 16846, 17018, 17189, 17360, 17530, 17700, 17869, 18037, 18204, 18371, 18537,
    18703, 18868, 19032, 19195, 19357, 19519, 19680, 19841, 20000, 20159, 20317, 20475, 20631, 20787, 20942,
    21096, 21250, 21403, 21554, 21705, 21856, 22005, 22154, 22301, 22448, 22594, 22739, 22884, 23027, 23170,
    23311, 23452, 23592, 23731, 23870, 24007, 24143, 24279, 24413, 24547, 24680, 24811, 24942, 25072, 25201,
    25329, 25456, 25582, 25708, 25832, 25955, 26077, 26198, 26319, 26438, 26556, 26674, 26790, 26905, 27019,
    27133, 27245, 27356, 27466, 27575, 27683, 27790, 27896, 28001, 28105, 28208, 28310, 28411, 28510, 28609,
    28706, 28803, 28898, 28992, 29085, 29177, 29268, 29358, 29447, 29534, 29621, 29706, 29791, 29874, 29956,
    30037, 30117, 30195, 30273, 30349, 30424, 30498, 30571, 30643, 30714, 30783, 30852, 30919, 30985, 31050,
    31113, 31176, 31237, 31297, 31356, 31414, 31470, 31526, 31580, 31633, 31685, 31736, 31785, 31833, 31880,
    31926, 31971, 32014, 32057, 32098, 32137, 32176, 32213, 32250, 32285, 32318, 32351, 32382, 32412, 32441,
    32469, 32495, 32521, 32545, 32567, 32589, 32609, 32628, 32646, 32663, 32678, 32692, 32705, 32717, 32728,
    32737, 32745, 32752, 32757, 32761, 32765, 32766, 32767,];

/// How many low bits of a phase of half a turn in 2^31 lie between two entries of the table.
const BETWEEN: u32 = 23;

/// For each step of the table its sine, and in the upper half how much higher the next one is; as long as an index of nine bits
/// can reach, so that no look-up needs a check.
static STEPS: [u32; 512] = {
    let mut steps = [0; 512];
    let mut i = 0;
    while i < 256 {
        let (low, high) = (QUARTER_SINES[i] as u32, QUARTER_SINES[i + 1] as u32);
        steps[i] = low | (high - low) << 16;
        i += 1;
    }
    steps[256] = QUARTER_SINES[256] as u32;
    steps
};

/// The sine of a phase, within ±32767.
#[inline(always)]
#[must_use]
pub fn sine(phase: u32) -> i32 {
    // The upper bit is the sign; the second half of what is left goes back the way the first came.
    let folded = ((phase << 1) as i32).unsigned_abs();
    let step = STEPS[(folded >> BETWEEN) as usize];
    let beyond = folded & ((1 << BETWEEN) - 1);
    let rise = ((step >> 16) * beyond + (1 << (BETWEEN - 1))) >> BETWEEN;
    let size = (step & 0xFFFF) + rise;
    let sign = ((phase as i32) >> 31) as u32;
    (size ^ sign).wrapping_sub(sign) as i32
}

/// The cosine of a phase, within ±32767.
#[inline(always)]
#[must_use]
pub fn cosine(phase: u32) -> i32 {
    sine(phase.wrapping_add(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn the_table_has_its_checksums() {
        let sum: u32 = QUARTER_SINES.iter().map(|&q| u32::from(q)).sum();
        let weighted = (1u32..)
            .zip(QUARTER_SINES)
            .fold(0u32, |sum, (k, q)| sum.wrapping_add(k * u32::from(q)));
        assert_eq!((sum, weighted), (5_356_550, 879_868_197));
        assert_eq!(QUARTER_SINES[..5], [0, 201, 402, 603, 804]);
        assert_eq!(i32::from(QUARTER_SINES[256]), SINE_ONE);
    }

    #[test]
    fn no_sine_is_off_by_more_than_rounding_and_chords_explain() {
        let mut worst = 0.0f64;
        for k in 0..4_000_000u32 {
            let phase = k.wrapping_mul(0x9E37_78C1);
            let exact = (f64::from(phase) / 4_294_967_296.0 * TAU).sin();
            worst = worst.max((f64::from(sine(phase)) / f64::from(SINE_ONE) - exact).abs());
        }
        assert!(worst < 3.3e-5, "{worst}");
    }

    #[test]
    fn every_symmetry_is_exact() {
        assert_eq!([0, 1 << 30, 1 << 31, 3 << 30].map(sine), [0, SINE_ONE, 0, -SINE_ONE]);
        for k in 0..100_000u32 {
            let phase = k.wrapping_mul(0x9E37_78C1);
            assert_eq!(sine(phase.wrapping_neg()), -sine(phase));
            assert_eq!(sine((1u32 << 31).wrapping_sub(phase)), sine(phase));
            assert_eq!(sine(phase ^ 1 << 31), -sine(phase));
            assert_eq!(cosine(phase), cosine(phase.wrapping_neg()));
        }
    }
}
