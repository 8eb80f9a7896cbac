//! The normal distribution and Student's t, and their inverses.

/// The probability that a standard normal number is at most `x`.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The number that a standard normal one is at most with probability `p`, between 0 and 1; ±∞ at the ends.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    quantile(p, normal_cdf)
}

/// The probability that a number of Student's t with so many degrees of freedom, above 0, is at most `t`: by the incomplete beta
/// function (Abramowitz, Stegun 1964, 26.7.1).
#[must_use]
pub fn student_cdf(t: f64, freedom: f64) -> f64 {
    if t.is_infinite() {
        return if t > 0.0 { 1.0 } else { 0.0 };
    }
    let tail = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5);
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The number that one of Student's t is at most with probability `p`, between 0 and 1; ±∞ at the ends.
#[must_use]
pub fn student_quantile(p: f64, freedom: f64) -> f64 {
    quantile(p, |t| student_cdf(t, freedom))
}

/// Inverts a distribution that is symmetric about 0, by bisection: some tens of steps, as exact as the distribution itself.
fn quantile(p: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    if p.is_nan() || p <= 0.0 || p >= 1.0 {
        return match p {
            p if p >= 1.0 => f64::INFINITY,
            p if p <= 0.0 => f64::NEG_INFINITY,
            _ => f64::NAN,
        };
    }
    if p == 0.5 {
        return 0.0;
    }
    // In the lower tail, where probabilities are as exact as numbers are.
    let tail = p.min(1.0 - p);
    let mut low = -1.0;
    while cdf(low) > tail && low > -1e300 {
        low *= 2.0;
    }
    let mut high = 0.0;
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if cdf(middle) < tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    if p < 0.5 { high } else { -high }
}

/// I_x(a, b), the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method (1976).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // Where the fraction converges fast.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let front = (a * x.ln() + b * libm::log1p(-x) + libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)).exp() / a;
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..1000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for step in [even, odd] {
            d = 1.0 / away(1.0 + step * d);
            c = away(1.0 + step / c);
            fraction *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * fraction
}
