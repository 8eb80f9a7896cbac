//! The rule `search`: Fibonacci search of one numeric parameter (Kiefer, *Sequential minimax search for a maximum*, 1953), of which each
//! comparison is decided by the majority of a node and its neighbours.

use crate::column::Extent;
use crate::error::Error;
use crate::part::learning::reward::Given;
use crate::part::learning::rule::Learns;
use crate::part::learning::site::Site;
use crate::part::learning::steps::{SearchStep, fibonacci};
use crate::part::learning::{SEARCHED, SearchGauge};
use crate::shown::Shown;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of F_m − 1 points a node looks at m − 2, one each time. At each comparison it goes the way that most of its neighbours that are as far
/// and itself would go, of equals its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {}

impl Learns for Search {
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error> {
        let Given::Scores(scores) = given else {
            let message = "is search, which looks for the best of many points; take the reward curve, or another rule";
            return Err(Error::invalid("learning.rule.kind", message));
        };
        let Some(stage) = (3..=25).find(|&k| fibonacci(k) == scores.points + 1) else {
            let below = (3..=25)
                .map(|k| fibonacci(k) - 1)
                .filter(|&points| points < scores.points)
                .max();
            let above = (3..=25)
                .map(|k| fibonacci(k) - 1)
                .find(|&points| points > scores.points);
            let near: Vec<String> = [below, above]
                .into_iter()
                .flatten()
                .map(|points| points.to_string())
                .collect();
            let message = format!(
                "is {}; a Fibonacci search is of a Fibonacci number less 1: the nearest are {}",
                scores.points,
                near.join(" and ")
            );
            return Err(Error::invalid("learning.reward.points", message));
        };
        let search = site.draft.column(SEARCHED, Extent::Node, true);
        let point = site.draft.column("learning.point", Extent::Node, false);
        let seen = site.draft.column("learning.scores", Extent::Words(2), false);
        site.draft.show(Shown::unsigned(
            ("point", "", "the best point that the node has seen, from 1; 0 for none"),
            point,
            |word| word,
        ));
        let step = SearchStep::new(site.base(), *scores, stage, [search, point, seen]);
        site.draft.step(step);
        site.draft.gauge(SearchGauge { point, search });
        Ok(())
    }

    fn about(&self) -> String {
        "search: a Fibonacci search, of which each comparison goes as most of the neighbours say".to_owned()
    }
}
