//! How many lied, and whether those who did not are where honest ones could have come to.

use super::text::grouped;
use serde::Serialize;
use tetraswarm::gauge::Measurement;
use tetraswarm::part::tracking::Tracking;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;

/// The liars of a run.
#[derive(Debug, Serialize)]
pub struct Liars {
    /// How many there are.
    count: u32,
    /// Of how many, as in "of 1,000 nodes".
    #[serde(skip)]
    all: String,
    /// Whether what the honest hold at the end lies in the range of what they held at the start, or the opinion that leads among
    /// them is one that an honest node had; null where that says nothing, or no honest node is up.
    within_honest_range: Option<bool>,
    /// That range, of beliefs.
    #[serde(skip_serializing_if = "Option::is_none")]
    honest_range: Option<[i32; 2]>,
    /// What is said of it.
    #[serde(skip)]
    verdict: Option<String>,
}

impl Liars {
    /// Those of a plan, if it has any, and what the rows say.
    pub fn of(scenario: &Scenario, plan: &Plan, rows: &[Measurement]) -> Option<Self> {
        let follows_inputs = scenario.part::<Tracking>().is_some();
        let faults = plan.faults.as_ref()?;
        let mut liars = Self {
            count: faults.liars.or(faults.false_members)?,
            all: faults.all.clone(),
            within_honest_range: None,
            honest_range: None,
            verdict: None,
        };
        if faults.lies_change {
            // Where the honest ones began says nothing of those who are honest at the end.
            let about = faults
                .false_members
                .map(|count| format!("{} lie about what cells tell each other", grouped(count)));
            let events = faults
                .has_lie_events()
                .then(|| "this is at the start, events change who lies".to_owned());
            let all: Vec<String> = about.into_iter().chain(events).collect();
            liars.verdict = (!all.is_empty()).then(|| all.join("; "));
            return Some(liars);
        }
        let (first, last) = (rows.first()?, rows.last()?);
        let beliefs = first.beliefs().zip(last.beliefs());
        match (beliefs, first.opinions().zip(last.opinions())) {
            // Whoever follows inputs that change leaves the range of the first ones, liars or not.
            (Some((start, end)), _) if !follows_inputs => {
                let range = start.minimum.zip(start.maximum);
                liars.honest_range = range.map(|(least, most)| [least, most]);
                let within = range.zip(end.minimum.zip(end.maximum));
                let within = within.map(|((low, high), (least, most))| low <= least && most <= high);
                liars.within_honest_range = within;
                liars.verdict = range.zip(within).map(|((low, high), is)| {
                    let place = if is { "within" } else { "outside" };
                    format!(
                        "the honest end {place} the range in which they began, {} to {}",
                        grouped(low),
                        grouped(high)
                    )
                });
            }
            (_, Some((start, end))) => {
                let was_held = |leader: u32| start.opinions.get(leader as usize - 1).is_some_and(|&nodes| nodes > 0);
                liars.within_honest_range = end.leader.map(was_held);
                liars.verdict = end.leader.map(|leader| {
                    let whose = if was_held(leader) { "an" } else { "no" };
                    format!("opinion {leader}, which leads, is one that {whose} honest node had at the start")
                });
            }
            _ => {}
        }
        Some(liars)
    }

    /// For a person.
    pub fn text(&self) -> String {
        let mut text = format!("{} {}", grouped(self.count), self.all);
        if let Some(verdict) = &self.verdict {
            text += "; ";
            text += verdict;
        }
        text
    }
}
