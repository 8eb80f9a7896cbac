//! What a scenario says of work that has no effect.

use super::{Need, WorkSpec};
use crate::trace::{ColumnName, LogSpec, Placement, TierBy};

impl WorkSpec {
    /// What is not used of it, and why, a line each.
    pub(super) fn without_effect(&self) -> Vec<String> {
        let mut unused = Vec::new();
        if self.trace.is_some() {
            if self.need != Need::default() {
                unused.push("work.need: the jobs of a log bring their own".to_owned());
            }
            if self.tiers.len() > 1 {
                unused.push(
                    "the shares of work.tiers: the jobs of a log bring their tiers, and only how many there are counts"
                        .to_owned(),
                );
            }
            let columns = &self.log.columns;
            let is_named =
                |column: &Option<ColumnName>| matches!(column, Some(ColumnName::Name(_) | ColumnName::Number(_)));
            if self.log.tier == TierBy::Size && is_named(&columns.tier) {
                unused.push("work.log.columns.tier: work.log.tier is \"size\"".to_owned());
            }
            if self.log.cells != Placement::User && is_named(&columns.user) {
                let cells = serde_json::to_value(self.log.cells).unwrap_or_default();
                unused.push(format!(
                    "work.log.columns.user: work.log.cells is {cells}, and not \"user\""
                ));
            }
        } else if self.log != LogSpec::default() {
            unused.push("work.log: the tasks are drawn by work.arrivals, and there is no work.trace".to_owned());
        }
        for (arrivals, until) in self
            .arrivals
            .iter()
            .filter_map(|arrivals| Some((arrivals, arrivals.until?)))
        {
            let late = arrivals
                .events
                .iter()
                .enumerate()
                .filter(|(_, event)| event.tick >= until);
            unused.extend(
                late.map(|(k, _)| format!("work.arrivals.events[{k}]: arrivals end before, with work.arrivals.until")),
            );
        }
        unused
    }
}
