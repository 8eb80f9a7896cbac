//! Functions of real numbers by additions, multiplications, divisions and square roots alone: IEEE 754 says what these are to the last
//! bit, so that tables made with them are the same on every machine.

/// exp(−z), for z from 0 to 700, within a few units in the last place.
pub fn exponential(z: f64) -> f64 {
    // z = halves · ln 2 + rest; the series of the rest, below 0.7, has 18 terms.
    const LN_2: f64 = std::f64::consts::LN_2;
    let halves = (z / LN_2) as i32;
    let rest = z - f64::from(halves) * LN_2;
    let series = (1..=18).rev().fold(1.0, |sum, k| 1.0 - sum * rest / f64::from(k));
    (0..halves).fold(series, |value, _| value * 0.5)
}

/// ln of 1, 2, …, 16.
pub fn logarithm(whole: u32) -> f64 {
    // ln k = ln (k − 1) + 2 artanh(1 / (2k − 1)).
    (2..=whole.min(16)).fold(0.0, |sum, k| {
        let x = 1.0 / f64::from(2 * k - 1);
        let series = (0..30)
            .rev()
            .fold(0.0, |series, n| series * x * x + 1.0 / f64::from(2 * n + 1));
        sum + 2.0 * x * series
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_those_of_the_library() {
        for k in 0..2300 {
            let z = f64::from(k) * 0.01;
            assert!((exponential(z) / (-z).exp() - 1.0).abs() < 1e-14, "{z}");
        }
        for k in 1..=16 {
            assert!((logarithm(k) - f64::from(k).ln()).abs() < 1e-14, "{k}");
        }
    }
}
