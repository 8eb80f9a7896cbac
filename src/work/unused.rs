//! What a scenario says of work that has no effect.

use super::trace::LogSpec;
use super::{Need, WorkSpec};

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
        } else if self.log != LogSpec::default() {
            unused.push("work.log: the tasks are drawn by work.arrivals, and there is no work.trace".to_owned());
        }
        unused
    }
}
