//! What a plan makes of what devices have added up.

use super::Plan;
#[cfg(feature = "gpu")]
use crate::gauge::Places;
use crate::gauge::{Fingerprint, Gauge, Given, Measurement, Naming, Reason, Tallies, Tally};

impl Plan {
    /// What decides on how the nodes that are up, acted and sent are counted.
    pub(super) fn given(&self) -> Given<'_> {
        Given {
            topology: &self.topology,
            schedule: self.schedule,
            talk: &self.talk,
            has_faults: self.faults.is_some(),
        }
    }

    /// Where a device puts what it adds up.
    #[cfg(feature = "gpu")]
    pub(crate) fn places(&self) -> Places {
        Places::of(&self.measured(), |column| self.words(column))
    }
}

impl Tallies {
    /// Those of nobody.
    #[must_use]
    pub fn nothing(plan: &Plan) -> Self {
        Self {
            gauges: plan
                .measured()
                .iter()
                .map(|gauge| Tally::nothing(&gauge.accumulators()))
                .collect(),
            fingerprint: Fingerprint::default(),
        }
    }
}

impl Measurement {
    /// The row of the tallies after `tick` ticks of a plan.
    #[must_use]
    pub fn of(plan: &Plan, tick: u32, tallies: &Tallies) -> Self {
        let gauges = || plan.gauges.iter().zip(&tallies.gauges);
        let indicators: Vec<Vec<Option<i64>>> = gauges()
            .map(|(gauge, tally)| {
                gauge
                    .indicators()
                    .iter()
                    .map(|indicator| indicator.read(tally))
                    .collect()
            })
            .collect();
        let first = indicators.iter().find_map(|of| of.first()).copied().flatten();
        let ground = plan.given().read(tallies.gauges.get(plan.gauges.len()), tick);
        let counted = plan.since.as_ref().map(|since| {
            if tick == since.tick {
                since.counted.get_or_init(|| tallies.gauges.clone());
            }
            // Before that tick there is nothing to tell.
            (since.tick, since.counted.get().filter(|_| tick >= since.tick))
        });
        let reading = |(k, (gauge, tally)): (usize, (&std::sync::Arc<dyn Gauge>, &Tally))| match counted {
            Some((from, counted)) => {
                gauge.reading_since(tally, tick, (from, counted.and_then(|counted| counted.get(k))))
            }
            None => gauge.reading(tally, tick),
        };
        Self {
            tick,
            reason: plan.reason(tick).unwrap_or(Reason::End),
            // As a number without a sign: a sum that is beyond what the sign leaves is not small.
            spread: first.map(|spread| u32::try_from(spread as u64).unwrap_or(u32::MAX)),
            readings: gauges().enumerate().map(reading).collect(),
            indicators,
            up: ground.up,
            active: ground.active,
            exchanges: ground.exchanges,
            messages: ground.messages,
            component: None,
            fingerprint: tallies.fingerprint.bits(),
            naming: Naming::of(plan.has_cells(), &plan.talk, &plan.gauges),
        }
    }

    /// Whether the plan's stop conditions hold, all of them; of nobody none does.
    #[must_use]
    pub fn stops(&self, plan: &Plan) -> bool {
        let mut all = plan.stop.iter();
        plan.may_stop(self.tick) && !plan.stop.is_empty() && all.all(|condition| condition.holds(&self.indicators))
    }
}
