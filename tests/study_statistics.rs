//! The statistics of studies against SciPy, statsmodels and worked values, and against what they promise over many repetitions.

use serde_json::Value;
use tetraswarm::number::threefry2x32;
use tetraswarm::study::statistics::{
    Mean, Paired, Slope, bca, bca_of, hedges_g, holm, mser5, normal_cdf, normal_quantile, resamples, student_cdf,
    student_quantile,
};
use tetraswarm::study::{Better, Verdict, latin, overall, sobol, verdict};

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/statistics.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

#[track_caller]
fn close(found: f64, expected: f64, within: f64) {
    assert!(
        (found - expected).abs() <= within * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}

/// Standard normal numbers (Box, Muller 1958), the same every time.
fn normal(seed: u32, k: u32) -> f64 {
    let [a, b] = threefry2x32([seed, 77], [k, 0]).map(|word| (f64::from(word) + 0.5) / 2f64.powi(32));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

#[test]
fn distributions_are_those_of_scipy() {
    let reference = reference();
    for row in reference["student_cdf"].as_array().unwrap() {
        let [t, freedom, p] = numbers(row)[..] else { panic!() };
        close(student_cdf(t, freedom), p, 1e-12);
    }
    for row in reference["student_quantile"].as_array().unwrap() {
        let [p, freedom, t] = numbers(row)[..] else { panic!() };
        close(student_quantile(p, freedom), t, 1e-10);
    }
    for row in reference["normal_quantile"].as_array().unwrap() {
        let [p, x] = numbers(row)[..] else { panic!() };
        close(normal_quantile(p), x, 1e-10);
        close(normal_cdf(x), p, 1e-12);
    }
    assert_eq!(student_quantile(0.5, 3.0), 0.0);
    assert_eq!(
        (normal_quantile(0.0), normal_quantile(1.0)),
        (f64::NEG_INFINITY, f64::INFINITY)
    );
}

#[test]
fn the_bootstrap_is_that_of_scipy_on_the_same_resamples() {
    let of = &reference()["bca"];
    let digits = |text: &Value| {
        text.as_str()
            .unwrap()
            .bytes()
            .map(|digit| usize::from(digit - b'0'))
            .collect::<Vec<_>>()
    };
    let all = of["resamples"].as_array().unwrap().iter().map(digits);
    let (low, high) = bca_of(&numbers(&of["values"]), all).unwrap();
    close(low, of["low"].as_f64().unwrap(), 1e-9);
    close(high, of["high"].as_f64().unwrap(), 1e-9);
    // The same every time, of all indices, and about the interval by t.
    let values: Vec<f64> = (0..30).map(|k| 5.0 + normal(1, k)).collect();
    assert_eq!(bca(&values), bca(&values));
    let mean = Mean::of(&values);
    let (low, high) = bca(&values).unwrap();
    assert!((low - mean.low.unwrap()).abs() < 0.1 && (high - mean.high.unwrap()).abs() < 0.1);
    let counts = resamples(4, 1000).flatten().fold([0; 4], |mut counts, k| {
        counts[k] += 1;
        counts
    });
    assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    assert_eq!(bca(&[2.0; 5]), Some((2.0, 2.0)));
    assert_eq!(bca(&[2.0]), None);
}

#[test]
fn corrections_and_paired_differences_are_those_of_statsmodels_and_scipy() {
    let reference = reference();
    let of = &reference["holm"];
    for (found, expected) in holm(&numbers(&of["p"])).into_iter().zip(numbers(&of["corrected"])) {
        close(found, expected, 1e-12);
    }
    let of = &reference["paired"];
    let pairs: Vec<(f64, f64)> = numbers(&of["variant"])
        .into_iter()
        .zip(numbers(&of["baseline"]))
        .collect();
    let paired = Paired::of(&pairs).unwrap();
    for (found, name) in [
        (paired.p, "p"),
        (paired.low, "low"),
        (paired.high, "high"),
        (paired.hedges_g, "hedges_g"),
    ] {
        close(found.unwrap(), of[name].as_f64().unwrap(), 1e-10);
    }
    let of = &reference["slope"];
    let points: Vec<(f64, f64)> = numbers(&of["x"]).into_iter().zip(numbers(&of["y"])).collect();
    let slope = Slope::of(&points).unwrap();
    for (found, name) in [
        (Some(slope.exponent), "exponent"),
        (slope.low, "low"),
        (slope.high, "high"),
    ] {
        close(found.unwrap(), of[name].as_f64().unwrap(), 1e-10);
    }
}

/// Borenstein, Hedges, Higgins, Rothstein, *Introduction to Meta-Analysis*, 2009, chapter 4: means 103 and 100, standard deviations 5.5 and
/// 4.5, 50 each: d = 0.5970, J = 0.9923 by the approximation, g = 0.5924.
#[test]
fn the_effect_size_is_a_worked_one() {
    let group = |mean: f64, sd: f64| {
        // Half of them above and half below, so that the standard deviation with n − 1 is as said.
        let away = sd * (49.0f64 / 50.0).sqrt();
        (0..50)
            .map(|k| if k % 2 == 0 { mean + away } else { mean - away })
            .collect::<Vec<f64>>()
    };
    close(hedges_g(&group(103.0, 5.5), &group(100.0, 4.5)).unwrap(), 0.5924, 1e-4);
    assert_eq!(hedges_g(&[1.0, 1.0], &[2.0, 2.0]), None);
}

#[test]
fn points_of_a_space_are_where_they_should_be() {
    for (found, expected) in sobol(16, 8).into_iter().zip(reference()["sobol"].as_array().unwrap()) {
        assert_eq!(found, numbers(expected));
    }
    let points = latin(50, 3);
    for axis in 0..3 {
        let mut parts: Vec<usize> = points.iter().map(|point| (50.0 * point[axis]) as usize).collect();
        parts.sort_unstable();
        assert_eq!(parts, (0..50).collect::<Vec<_>>());
    }
}

#[test]
fn a_warm_up_ends_where_the_series_settles() {
    let series: Vec<f64> = (0..400)
        .map(|k| if k < 60 { 40.0 - f64::from(k) / 2.0 } else { 10.0 } + normal(3, k))
        .collect();
    let left = mser5(&series).unwrap();
    assert!((45..=75).contains(&left), "{left}");
    assert_eq!(mser5(&series[..40]), None);
    let rising: Vec<f64> = (0..400).map(f64::from).collect();
    assert_eq!(mser5(&rising), None);
}

#[test]
fn of_nothing_and_of_one_nothing_is_said() {
    assert_eq!(Paired::of(&[]), None);
    let one = Paired::of(&[(1.0, 2.0)]).unwrap();
    assert_eq!((one.low, one.p, one.hedges_g), (None, None, None));
    assert_eq!(verdict(&one, Better::Less, 0.02), Verdict::CannotBeTold);
    let same = Paired::of(&[(3.0, 3.0); 4]).unwrap();
    assert_eq!((same.low, same.high, same.p), (Some(0.0), Some(0.0), Some(1.0)));
    assert_eq!(verdict(&same, Better::More, 0.02), Verdict::Identical);
    let none = Paired::of(&[(0.0, 0.0); 4]).unwrap();
    assert_eq!(verdict(&none, Better::More, 0.02), Verdict::Identical);
    assert_eq!(Mean::of(&[]).mean, None);
}

#[test]
fn verdicts_are_by_the_rule() {
    use Verdict::{CannotBeTold, DoesNotHold, Holds, Identical};
    // Eleven pairs about a difference, scattered by ±1, on a baseline of 100: the interval reaches 0.7 to either side.
    let about = |difference: f64| {
        let pairs: Vec<(f64, f64)> = (0..11)
            .map(|k| (100.0 + difference + f64::from(k % 2 * 2 - 1), 100.0))
            .collect();
        Paired::of(&pairs).unwrap()
    };
    for (difference, less, more) in [
        (-5.0, Holds, DoesNotHold),
        (-2.1, CannotBeTold, DoesNotHold),
        (-1.0, DoesNotHold, DoesNotHold),
        (0.0, DoesNotHold, DoesNotHold),
        (2.1, DoesNotHold, CannotBeTold),
        (5.0, DoesNotHold, Holds),
    ] {
        let paired = about(difference);
        assert_eq!(
            verdict(&paired, Better::Less, 0.02),
            less,
            "less, {difference}: {paired:?}"
        );
        assert_eq!(
            verdict(&paired, Better::More, 0.02),
            more,
            "more, {difference}: {paired:?}"
        );
    }
    let over = |verdicts: &[Verdict]| {
        overall(
            &["a", "b", "c"]
                .into_iter()
                .zip(verdicts.iter().copied())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(over(&[Holds, Holds, Holds]), "holds");
    assert_eq!(over(&[Holds, CannotBeTold, Holds]), "holds when a; c");
    assert_eq!(over(&[DoesNotHold, Identical, DoesNotHold]), "does not hold");
    assert_eq!(over(&[DoesNotHold, CannotBeTold, DoesNotHold]), "cannot be told");
    assert_eq!(over(&[Identical; 3]), "identical");
    assert_eq!(over(&[]), "cannot be told");
}

/// 400 studies of nothing: in 95 ± 3 % of them the interval of the difference holds 0.
#[test]
fn where_there_is_no_difference_none_is_seen() {
    let covers = (0..400).filter(|&study| {
        let pairs: Vec<(f64, f64)> = (0..20)
            .map(|k| (50.0 + normal(study, k), 50.0 + normal(study, 1000 + k)))
            .collect();
        let paired = Paired::of(&pairs).unwrap();
        paired.low.unwrap() <= 0.0 && paired.high.unwrap() >= 0.0
    });
    let share = covers.count() as f64 / 400.0;
    assert!((0.92..=0.98).contains(&share), "{share}");
}

/// A shift of 5 % of the mean, with differences that scatter by 6 % of it, on 20 seeds: found nine times in ten.
#[test]
fn a_shift_is_found() {
    let found = (0..400).filter(|&study| {
        let pairs: Vec<(f64, f64)> = (0..20)
            .map(|k| {
                let baseline = 100.0 + 3.0 * normal(study, 5000 + k);
                (baseline + 5.0 + 6.0 * normal(study, k), baseline)
            })
            .collect();
        holm(&[Paired::of(&pairs).unwrap().p.unwrap()])[0] < 0.05
    });
    let share = found.count() as f64 / 400.0;
    assert!(share >= 0.9, "{share}");
}
