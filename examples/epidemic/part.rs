//! The section `[epidemic]`: its keys, its columns, and what becomes of them.

use crate::gauge::HealthGauge;
use crate::step::{INFECTED, InfectionStep, SUSCEPTIBLE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;
use tetraswarm::column::{ColumnId, Extent};
use tetraswarm::draft::Draft;
use tetraswarm::fault::Domain;
use tetraswarm::number::{Stream, multiply_high, stream_key, threefry2x32, threshold};
use tetraswarm::part::{Part, Place};
use tetraswarm::plan::Plan;
use tetraswarm::{Error, Shown, Words};

/// A disease that passes over links, and from which one recovers for good: SIR (Kermack and McKendrick 1927), in discrete time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Epidemic {
    /// The probability that an infected node infects a susceptible neighbour in a tick in which they meet.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub infection: f64,
    /// The probability that an infected node recovers in a tick.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub recovery: f64,
    /// How many nodes are infected at tick 0, drawn at random, each perhaps more than once.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub first: u32,
}

fn one() -> u32 {
    1
}

impl Part for Epidemic {
    fn place(&self) -> Place {
        Place::section("epidemic")
    }

    fn domain(&self) -> Option<Domain> {
        // A liar says that it is something else than it is.
        Some(Domain::Opinion(3))
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let state = draft.column("epidemic.state", Extent::Node, true);
        draft.step(InfectionStep {
            state,
            infection: threshold(self.infection),
            recovery: threshold(self.recovery),
            keys: [draft.key("epidemic.infection"), draft.key("epidemic.recovery")],
        });
        let about = "1 if the node is susceptible, 2 infected, 3 recovered";
        draft.show(Shown::unsigned(("health", "", about), state, |word| word));
        let nodes = draft.nodes();
        draft.gauge(HealthGauge { state, nodes });
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, _folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let nodes = plan.nodes();
        let mut words = vec![SUSCEPTIBLE; nodes as usize];
        for k in 0..self.first {
            let draw = threefry2x32([stream_key(seed, Stream::Start), 0], [k, 0])[0];
            words[multiply_high(draw, nodes) as usize] = INFECTED;
        }
        Ok(vec![(plan.column("epidemic.state")?, Words::from(&*words))])
    }

    fn describe(&self, _plan: &Plan) -> Vec<(&'static str, String)> {
        let text = format!(
            "an infected node infects a neighbour with {}, and recovers with {} a tick",
            self.infection, self.recovery
        );
        vec![("epidemic", text)]
    }
}
