//! What a study has found, for a person: a table a figure.

use super::text::{grouped, list, table};
use super::units::duration;
use tetraswarm::study::{Better, Comparison, MeanResult, Results, Role, Verdict};

/// A number with as many digits as mean something.
pub fn figure(value: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let size = value.abs();
    match size {
        _ if size == size.trunc() && size < 1e15 => grouped(value as i128),
        1000.0.. => grouped(value.round() as i128),
        100.0.. => format!("{value:.1}"),
        10.0.. => format!("{value:.2}"),
        0.001.. => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    }
}

/// A share in percent, with its sign.
pub fn percent(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.abs() >= 100.0 => format!("{value:+.0} %"),
        Some(value) => format!("{value:+.1} %"),
    }
}

fn between(low: Option<f64>, high: Option<f64>, text: fn(Option<f64>) -> String) -> String {
    match low.zip(high) {
        Some((low, high)) => format!("{} to {}", text(Some(low)), text(Some(high))),
        None => "-".to_owned(),
    }
}

fn probability(p: Option<f64>) -> String {
    match p {
        None => "-".to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}

/// Of what is not better, whether it is worse or alike: where the whole interval lies, as shares of the baseline's mean.
fn side(comparison: &Comparison, smallest: f64) -> Option<&'static str> {
    let bound = smallest * 100.0;
    let (low, high) = comparison.percent_low.zip(comparison.percent_high)?;
    if low >= -bound && high <= bound {
        Some("alike")
    } else if low > bound || high < -bound {
        Some("worse")
    } else {
        None
    }
}

/// The verdict over these levels, of which none holds: worse or alike, if it is so at all of them.
pub fn told_over(comparisons: &[&Comparison], smallest: f64) -> String {
    let verdict = Verdict::DoesNotHold.name();
    let mut sides = comparisons.iter().map(|comparison| side(comparison, smallest));
    match sides.next().flatten() {
        Some(first) if sides.all(|side| side == Some(first)) => format!("{verdict}: {first}"),
        _ => verdict.to_owned(),
    }
}

/// The verdict at a level, and what could have been seen where it cannot be told; `smallest` is the difference that matters, as a share.
pub fn told(comparison: &Comparison, smallest: f64) -> String {
    let verdict = comparison.verdict.map_or("-", Verdict::name);
    if comparison.verdict == Some(Verdict::DoesNotHold) {
        return told_over(&[comparison], smallest);
    }
    if comparison.verdict != Some(Verdict::CannotBeTold) {
        return verdict.to_owned();
    }
    if comparison.missing > 0 {
        return format!(
            "{verdict} (not known on {} of {} seeds)",
            comparison.missing,
            comparison.missing + comparison.n
        );
    }
    match comparison.detectable {
        Some(seen) => format!("{verdict} (differences from {} on would be seen)", figure(Some(seen))),
        None => format!("{verdict} (one seed says nothing of chance)"),
    }
}

/// The whole, in lines.
pub fn text(results: &Results) -> String {
    let roles = |role: Role| {
        results
            .axes
            .iter()
            .filter(move |axis| axis.role == role)
            .map(|axis| format!("{} ({})", axis.key, axis.values.len()))
    };
    let all: Vec<String> = [Role::Compare, Role::Level, Role::Tune]
        .into_iter()
        .flat_map(roles)
        .collect();
    let mut facts = vec![(
        "study",
        format!("{}, of the scenario {}", results.name, results.scenario),
    )];
    if !results.about.is_empty() {
        facts.push(("asks", results.about.clone()));
    }
    facts.push(("device", results.device.clone()));
    facts.push((
        "axes",
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.join(", ")
        },
    ));
    let seeds = |seeds: &[u32]| match seeds {
        [] => "none".to_owned(),
        [one] => format!("1: {one}"),
        [first, .., last] => format!("{}: {first} to {last}", grouped(seeds.len() as u64)),
    };
    facts.push(("seeds", seeds(&results.seeds)));
    if !results.tune_seeds.is_empty() {
        facts.push((
            "chosen on",
            format!("{}, on which nothing is compared", seeds(&results.tune_seeds)),
        ));
    }
    if results.missing > 0 {
        facts.push((
            "missing",
            format!(
                "{} runs have not been done; go on with --resume",
                grouped(results.missing as u64)
            ),
        ));
    }
    if let Some(why) = &results.unchosen {
        facts.push(("compared", format!("nothing: {why}")));
    }
    let mut text = list(&facts);
    for figure in &results.figures {
        text += &of_figure(results, figure);
    }
    if !results.verdicts.is_empty() {
        text += &format!(
            "\nverdicts: better by more than {} % of the baseline's mean, at 95 %\n",
            100.0 * results.smallest
        );
        let rows = results.verdicts.iter().map(|one| {
            vec![
                one.figure.clone(),
                format!("{} against {}", one.variant, one.baseline),
                one.verdict.clone(),
            ]
        });
        text += &indented(&table(&rows.collect::<Vec<_>>()));
    }
    if !results.growth.is_empty() {
        text += "\ngrowth: the exponent of the level, with its 95 % interval\n";
        let rows = results.growth.iter().map(|one| {
            let slope = &one.slope;
            vec![
                one.figure.clone(),
                one.variant.clone(),
                format!("{:.3}", slope.exponent),
                between(slope.low, slope.high, |value| {
                    value.map_or_else(String::new, |value| format!("{value:.3}"))
                }),
            ]
        });
        text += &indented(&table(&rows.collect::<Vec<_>>()));
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn of_figure(results: &Results, about: &tetraswarm::study::FigureResult) -> String {
    let better = match about.better {
        Some(Better::Less) => ", less is better",
        Some(Better::More) => ", more is better",
        None => "",
    };
    let unit = about
        .unit
        .as_deref()
        .map_or_else(String::new, |unit| format!(", in {unit}"));
    let mut text = format!("\n{}{unit}{better}\n", about.name);
    let mut rows = vec![
        [
            "variant",
            "runs",
            "mean",
            "95 % interval",
            "change",
            "95 % interval",
            "p (Holm)",
            "verdict",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let of = |variant: usize| {
        results
            .variants
            .iter()
            .find(|other| other.id == variant)
            .map_or("", |other| other.name.as_str())
    };
    let is_of = |result: &&MeanResult| result.figure == about.name;
    for result in results.results.iter().filter(is_of) {
        let compared = results
            .comparisons
            .iter()
            .find(|comparison| comparison.figure == about.name && comparison.variant == result.variant);
        let mean = &result.mean;
        let runs = if result.failed == 0 {
            mean.n.to_string()
        } else {
            format!("{} of {}", mean.n, mean.n + result.failed)
        };
        let mut row = vec![
            of(result.variant).to_owned(),
            runs,
            figure(mean.mean),
            between(mean.low, mean.high, figure),
        ];
        let is_baseline = results
            .comparisons
            .iter()
            .any(|comparison| comparison.figure == about.name && comparison.baseline == result.variant);
        match compared {
            Some(one) if one.percent.is_some() => row.extend([
                percent(one.percent),
                between(one.percent_low, one.percent_high, percent),
            ]),
            Some(one) => row.extend([figure(one.difference), between(one.low, one.high, figure)]),
            None if is_baseline => row.push("baseline".to_owned()),
            None => {}
        }
        if let Some(one) = compared {
            row.extend([probability(one.p_holm), told(one, results.smallest)]);
        }
        rows.push(row);
    }
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize(widest, String::new());
    }
    if widest <= 4 {
        rows[0].truncate(4);
    }
    text += &indented(&table(&rows));
    text
}

/// So much time, in words.
pub fn time(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        duration(seconds)
    }
}
