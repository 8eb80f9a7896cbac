//! What arguments of `study` mean: axes, ranges, points of a space, shares and times.

use std::time::Duration;
use tetraswarm::study::{Axis, Role, Sample, toml_value};
use tetraswarm::{Error, escaped};

/// The parts of a text between commas that stand in no bracket and no quotation mark.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut quote, mut start) = (Vec::new(), 0i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).collect()
}

/// KEY=V1,V2,… or KEY=LOW..HIGH[:COUNT][:log].
pub fn axis(option: &str, word: &str, role: Role) -> Result<Axis, Error> {
    let named = format!("{option} {}", escaped(word));
    let fault = |message: &str| Err(Error::invalid(named.clone(), message));
    let Some((key, values)) = word.split_once('=') else {
        return fault(
            "has no '='; write KEY=VALUE,VALUE,… as in work.balance.policy=flow,none, or KEY=LOW..HIGH as in work.lease=8..89",
        );
    };
    let key = key.trim();
    let is_range = !values.starts_with(['[', '{', '"', '\'']) && values.contains("..");
    if is_range {
        return range(&named, key, values, role);
    }
    let parts = split(values);
    if parts.iter().any(|part| part.is_empty()) {
        return fault("has an empty value; write values with commas between, as in work.balance.policy=flow,none");
    }
    Ok(Axis::of(key, parts.into_iter().map(toml_value).collect(), role))
}

/// LOW..HIGH[:COUNT][:log].
fn range(named: &str, key: &str, text: &str, role: Role) -> Result<Axis, Error> {
    let wrong = || {
        Error::invalid(
            named,
            "is no range; write KEY=LOW..HIGH, with :COUNT or :log behind it if need be, as in work.lease=8..89:6:log",
        )
    };
    let mut parts = text.split(':');
    let (low, high) = parts.next().and_then(|ends| ends.split_once("..")).ok_or_else(wrong)?;
    let mut axis = Axis {
        role,
        range: Some([low, high].map(|end| toml_value(end.trim()))),
        ..Axis::of(key, Vec::new(), role)
    };
    for part in parts {
        match part.trim() {
            "log" => axis.log = true,
            count => axis.count = Some(count.parse().map_err(|_| wrong())?),
        }
    }
    Ok(axis)
}

/// latin:N or sobol:N.
pub fn sample(word: &str) -> Result<Sample, String> {
    let wrong = || "it must be latin:N or sobol:N, N being the number of points, as in sobol:64".to_owned();
    let (kind, count) = word.split_once(':').ok_or_else(wrong)?;
    let count = count.parse().map_err(|_| wrong())?;
    match kind {
        "latin" => Ok(Sample::Latin { count }),
        "sobol" => Ok(Sample::Sobol { count }),
        _ => Err(wrong()),
    }
}

/// 2% or 0.02.
pub fn share(word: &str) -> Result<f64, String> {
    let text = word.trim();
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse::<f64>(),
    };
    match number {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("it must be a share above 0 and below 100 %, as in 2%".to_owned()),
    }
}

/// 90s, 10m or 2h.
pub fn time(word: &str) -> Result<Duration, String> {
    let text = word.trim();
    let scale = match text.chars().last() {
        Some('s') => 1.0,
        Some('m') => 60.0,
        Some('h') => 3600.0,
        _ => 0.0,
    };
    let number = text
        .get(..text.len().saturating_sub(1))
        .unwrap_or("")
        .trim()
        .parse::<f64>();
    match number {
        Ok(count) if scale > 0.0 && count > 0.0 && count * scale < 1e8 => Ok(Duration::from_secs_f64(count * scale)),
        _ => Err("it must be a number of seconds, minutes or hours, as in 90s, 10m or 2h".to_owned()),
    }
}

/// I/N.
pub fn shard(word: &str) -> Result<(u32, u32), String> {
    let parts = word
        .split_once('/')
        .and_then(|(k, count)| Some((k.trim().parse().ok()?, count.trim().parse().ok()?)));
    match parts {
        Some((k, count)) if k >= 1 && k <= count => Ok((k, count)),
        Some((k, count)) => Err(format!(
            "there is no shard {k} of {count}; they are 1/{count} to {count}/{count}"
        )),
        None => Err("it must be I/N, the I-th of N shards, as in 3/8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_between_commas_that_are_in_no_brackets() {
        assert_eq!(
            split("flow, {kind=\"threshold\",bound=2},'a,b'"),
            ["flow", "{kind=\"threshold\",bound=2}", "'a,b'"]
        );
        assert_eq!(axis("--axis", "a=1,2.5,x", Role::Compare).unwrap().points().len(), 3);
        assert!(axis("--axis", "a=1,,2", Role::Compare).is_err());
        assert!(axis("--axis", "a", Role::Compare).is_err());
        let range = axis("--axis", "a=8..512:7:log", Role::Tune).unwrap();
        let names: Vec<String> = range.points().into_iter().map(|point| point.name).collect();
        assert_eq!(names, ["8", "16", "32", "64", "128", "256", "512"]);
        assert!(axis("--axis", "a=8..x:y", Role::Tune).is_err());
    }

    #[test]
    fn shares_times_and_shards_are_what_they_say() {
        assert_eq!((share("2%"), share("0.5")), (Ok(0.02), Ok(0.5)));
        assert!(share("0").is_err() && share("100%").is_err() && share("x").is_err());
        assert_eq!(time("10m"), Ok(Duration::from_secs(600)));
        assert!(time("10").is_err() && time("m").is_err() && time("-1s").is_err());
        assert_eq!(shard("3/8"), Ok((3, 8)));
        assert!(shard("9/8").is_err() && shard("0/8").is_err() && shard("3").is_err());
        assert_eq!(sample("sobol:64"), Ok(Sample::Sobol { count: 64 }));
    }
}
