//! From the `[stop]` of a scenario to the conditions that devices look at.

use super::{Condition, Gauge, Relation, bounds};
use crate::error::Error;
use std::sync::Arc;

/// The integers that conditions may name: whose each is, and what it is called.
fn names(gauges: &[Arc<dyn Gauge>]) -> Vec<(usize, usize, &'static str, &'static str)> {
    let of = |(k, gauge): (usize, &Arc<dyn Gauge>)| {
        let part = gauge.name();
        let indicators = gauge.indicators().into_iter().enumerate();
        indicators
            .map(|(at, indicator)| (k, at, part, indicator.name))
            .collect::<Vec<_>>()
    };
    gauges.iter().enumerate().flat_map(of).collect()
}

/// The place of the integer that `name` means, whole or where it is the only one of that name.
fn find(gauges: &[Arc<dyn Gauge>], key: &str, name: &str) -> Result<(usize, usize), Error> {
    let all = names(gauges);
    let whole = |part: &str, called: &str| format!("{part}.{called}");
    let found: Vec<_> = all
        .iter()
        .filter(|(_, _, part, called)| *called == name || whole(part, called) == name)
        .collect();
    match &*found {
        [(gauge, at, ..)] => Ok((*gauge, *at)),
        [] => {
            let list: Vec<String> = all.iter().map(|(_, _, part, called)| whole(part, called)).collect();
            // Of several as near, the first says how far the swarm is from its aim.
            let distance = |called: &str| -> f64 {
                let last = name.rsplit('.').next().unwrap_or(name);
                strsim::jaro_winkler(last, called)
            };
            let nearest = all
                .iter()
                .max_by(|a, b| distance(a.3).total_cmp(&distance(b.3)))
                .filter(|near| distance(near.3) > 0.8)
                .or(all.first())
                .map(|(_, _, part, called)| format!("; the nearest is {}", whole(part, called)));
            let message = format!(
                "names {}, which is no integer of this swarm that a condition can look at{}; there are: {}",
                crate::error::excerpt(name.as_bytes()),
                nearest.unwrap_or_default(),
                list.join(", ")
            );
            Err(Error::invalid(key, message))
        }
        several => {
            let list: Vec<String> = several.iter().map(|(_, _, part, called)| whole(part, called)).collect();
            let message = format!("may mean {}; give the whole name", list.join(" or "));
            Err(Error::invalid(key, message))
        }
    }
}

/// One condition, as in `work.outstanding <= 0`.
fn parse(gauges: &[Arc<dyn Gauge>], nodes: u32, key: &str, text: &str) -> Result<Condition, Error> {
    let example =
        "a condition is a name, a comparison (<=, <, >=, >, ==, !=) and a whole number, as in \"spread <= 100\"";
    let shown = || crate::error::excerpt(text.as_bytes());
    if let Some(sign) = ["=>", "=<"].into_iter().find(|sign| text.contains(sign)) {
        let meant = if sign == "=>" { ">=" } else { "<=" };
        let message = format!("is '{}', but {sign} is no comparison; did you mean {meant}?", shown());
        return Err(Error::invalid(key, message));
    }
    let split = Relation::ALL
        .into_iter()
        .find_map(|(sign, relation)| text.split_once(sign).map(|(name, bound)| (name, relation, bound)));
    let Some((name, relation, bound)) = split else {
        return Err(Error::invalid(key, format!("is '{}'; {example}", shown())));
    };
    let bound: i64 = bound.trim().replace('_', "").parse().map_err(|_| {
        Error::invalid(
            key,
            format!("is '{}', with no whole number behind the sign; {example}", shown()),
        )
    })?;
    let (gauge, indicator) = find(gauges, key, name.trim())?;
    let condition = Condition {
        gauge,
        indicator,
        relation,
        bound,
    };
    let range = gauges[gauge].indicators()[indicator].range(&gauges[gauge].accumulators(), nodes);
    if !relation.may_hold(&range, bound) {
        let message = format!(
            "is '{}', which can never hold: in this swarm {} {}; take a number that it can come to, or leave the condition out",
            shown(),
            name.trim(),
            bounds::told(&range)
        );
        return Err(Error::invalid(key, message));
    }
    Ok(condition)
}

/// The conditions of a scenario's `[stop]`, all of which are to hold.
///
/// # Errors
/// [`Error::Invalid`] naming the key, and the integers that there are; or that a condition can never hold.
pub(crate) fn conditions(
    gauges: &[Arc<dyn Gauge>],
    nodes: u32,
    spread: Option<u32>,
    when: &[String],
) -> Result<Vec<Condition>, Error> {
    let mut all = Vec::new();
    if let Some(bound) = spread {
        let aims: Vec<(usize, String)> = gauges
            .iter()
            .enumerate()
            .filter_map(|(k, gauge)| {
                let first = gauge.indicators().first()?.name;
                Some((k, format!("{}.{first}", gauge.name())))
            })
            .collect();
        match &*aims {
            [] => {
                return Err(Error::invalid(
                    "stop.spread",
                    "is given, but no part of this swarm has a spread; leave it out",
                ));
            }
            [(gauge, _)] => all.push(Condition {
                gauge: *gauge,
                ..Condition::spread(bound)
            }),
            several => {
                let names: Vec<&str> = several.iter().map(|(_, name)| &**name).collect();
                let message = format!(
                    "may mean {}; say which, as in stop.when = [\"{} <= {bound}\"]",
                    names.join(" or "),
                    names[0]
                );
                return Err(Error::invalid("stop.spread", message));
            }
        }
    }
    for (k, text) in when.iter().enumerate() {
        all.push(parse(gauges, nodes, &format!("stop.when[{k}]"), text)?);
    }
    Ok(all)
}
