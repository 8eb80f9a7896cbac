//! The rule `search`: Fibonacci search of one numeric parameter (Kiefer, *Sequential minimax search for a maximum*, 1953), of which each
//! comparison is decided by the majority of a node and its neighbours.

use crate::error::Error;
use crate::part::learning::reward::Given;
use crate::part::learning::rule::{Kept, Learns};
use crate::part::learning::site::Site;
use crate::part::learning::steps::{SearchStep, fibonacci};
use crate::part::learning::{SEARCHED, SearchGauge};
use crate::plan::Extent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of F_m − 1 points a node looks at m − 2, one each time. At each comparison it goes the way that most of its neighbours that are as far
/// and itself would go, of equals its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {}

/// The best point that a node has seen.
const POINT: Kept = Kept {
    column: "learning.point",
    names: &["point"],
    is_signed: false,
    about: "the best point that the node has seen, from 1; 0 for none",
};

/// How far it is.
const SEARCH: Kept = Kept {
    column: SEARCHED,
    names: &["search"],
    is_signed: false,
    about: "which points are left: before the first, in the lower 20 bits; k, of F_k - 1 points, above; and how they compare",
};

/// What it saw of the two points that it compares.
const SCORES: Kept = Kept {
    column: "learning.scores",
    names: &["score_left", "score_right"],
    is_signed: true,
    about: "what the node has seen of a point that it compares",
};

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
        let point = site.draft.column(POINT.column, Extent::Node, false);
        let seen = site.draft.column(SCORES.column, Extent::Words(2), false);
        for (kept, column, words) in [(POINT, point, 1), (SEARCH, search, 1), (SCORES, seen, 2)] {
            site.keep(kept, column, words);
        }
        let step = SearchStep::new(site.base(), *scores, stage, [search, point, seen]);
        site.draft.step(step);
        site.draft.gauge(SearchGauge { point, search });
        Ok(())
    }

    fn kept(&self) -> Vec<Kept> {
        vec![POINT, SEARCH, SCORES]
    }

    fn about(&self) -> String {
        "search: a Fibonacci search, of which each comparison goes as most of the neighbours say".to_owned()
    }
}
