//! The rules by which nodes come to agree: what a scenario's `[consensus]` says, and the plan that it becomes.
//!
//! A rule is a file here with its parameters, the columns that it needs and their values at tick 0; one in `src/step/` with
//! its kernel, which has a shader of its name; and a line in the table below. What the nodes hold is read by a
//! [`crate::measure::Gauge`].

mod average;
mod draft;
mod phase;
mod start;

pub use average::{Average, Rounding};
pub use draft::Draft;
pub use phase::{Aligned, Arc, Constant, Draw, Everywhere, Frequencies, Gauss, Lorentz, Phase, PhaseStart, Uniform};
pub use start::{BELIEF_LIMIT, Interval, Point, Start, StartFile};

use crate::error::Error;
use crate::fault::Domain;
use crate::plan::Plan;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A rule with its parameters.
pub trait Rule {
    /// The files that it names, with their keys.
    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        Vec::new()
    }

    /// What nodes tell each other.
    fn domain(&self) -> Domain {
        Domain::Belief
    }

    /// Adds its columns, steps and gauge to the plan.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key if the parameters do not fit each other or the network.
    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error>;

    /// The words at tick 0 of its columns, in the order in which it made them; of those left out all are 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<Words>, Error>;
}

/// A rule as the table has it.
#[derive(Clone, Copy, Debug)]
pub struct RuleKind {
    /// The name in a scenario.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The parameters of its standard form, as TOML: what is benchmarked.
    pub standard: &'static str,
    /// The topology of its standard form, as TOML.
    pub topology: &'static str,
    /// Parameters, as TOML, that between them show all that it can do; the tests run each of them on every device.
    pub samples: &'static [&'static str],
    /// The only kind of topology that it works on, if not all.
    pub needs: Option<&'static str>,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident($spec:ty) = $name:literal {
        standard: $standard:expr, topology: $topology:expr, needs: $needs:expr, samples: $samples:expr $(,)?
    })*) => {
        /// The scenario's `[consensus]`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "rule")]
        pub enum Consensus {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant($spec),)*
        }

        /// Every rule.
        pub const RULES: &[RuleKind] = &[
            $(RuleKind {
                name: $name, summary: concat!($($doc),+).trim_ascii(), standard: $standard, topology: $topology,
                samples: $samples, needs: $needs,
            },)*
        ];

        impl Consensus {
            /// The rule's name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// The rule.
            #[must_use]
            pub fn rule(&self) -> &dyn Rule {
                match self { $(Self::$variant(spec) => spec,)* }
            }

            /// The rule, to change it.
            pub(crate) fn rule_mut(&mut self) -> &mut dyn Rule {
                match self { $(Self::$variant(spec) => spec,)* }
            }
        }
    };
}

/// Beliefs to start from in samples.
macro_rules! uniform {
    () => {
        "start = { kind = \"uniform\", low = -1000, high = 3000 }\n"
    };
}

rules! {
    /// Linked nodes move towards each other by a fixed share of their difference; the sum never changes.
    Average(Average) = "average" {
        standard: "rounding = \"trunc\"\nstart = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[
            concat!("rounding = \"trunc\"\n", uniform!()),
            concat!("rounding = \"random\"\n", uniform!()),
            concat!("rounding = \"golden\"\n", uniform!()),
            concat!("rounding = \"quasi\"\n", uniform!()),
        ],
    }

    /// Oscillators with frequencies of their own pull each other into step (Kuramoto).
    Phase(Phase) = "phase" {
        standard: "coupling = 2.0\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"uniform\" }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[
            "coupling = 2.0\nstep = 0.1\nfrequencies = { kind = \"lorentz\", width = 0.5, mean = 1.0 }\n\
             start = { kind = \"uniform\" }\n",
            "coupling = 3.0\nfrom = \"swarm\"\nfrequencies = { kind = \"gauss\", sigma = 1.0, draw = \"independent\" }\n\
             start = { kind = \"aligned\" }\n",
            "coupling = 1.5\nfrequencies = { kind = \"uniform\", half_width = 2.0 }\nstart = { kind = \"spread\", width = 3.0 }\n",
            "coupling = 1.0\nstep = 0.5\nfrom = \"swarm\"\nsamples = 3\nfrequencies = { kind = \"constant\", value = -2.5 }\n\
             start = { kind = \"uniform\" }\n",
        ],
    }
}
