//! The rules by which nodes come to agree: what a scenario's `[consensus]` says, and what rules share.
//!
//! A rule is a [`crate::part::Part`]: a folder beside this one with its parameters, the columns that it needs and their values at tick 0,
//! its kernels, whose shaders stand in the folder of its name below `shaders/part/`, and its gauge, if nodes hold neither beliefs nor
//! opinions; and a line in the table below.

mod gauge;
pub mod signal;
mod start;

pub use gauge::{BeliefGauge, Beliefs, DECIDED, OPINION, OpinionGauge, Opinions};
pub use signal::{Change, Drift, Jump, Load, Noise, Signal, SignalStep, Signals};
#[cfg(feature = "tables")]
pub(crate) use start::table;
pub use start::{Balanced, Interval, Lead, OpinionStart, Point, Shares, Start, StartFile};
pub(crate) use start::{beliefs, beliefs_of_all, by_shares};

use super::average::Average;
use super::exchange::Exchange;
use super::extremum::{Maximum, Minimum};
use super::majority::Majority;
use super::pairwise::Pairwise;
use super::phase::Phase;
use super::rumour::Rumour;
use super::snow::Snow;
use super::tracking::Tracking;
use super::trimmed::Trimmed;
use crate::error::Error;
use crate::part::{Place, Register, StandardForm};

/// The section that rules stand in, and the key that chooses one.
const SECTION: (&str, &str) = ("consensus", "rule");

/// Where a rule stands in a scenario.
pub(crate) const fn rule(name: &'static str) -> Place {
    Place::tagged(SECTION.0, SECTION.1, name)
}

/// The names of a conserved column of beliefs and of its ledgers.
pub(crate) const BELIEF: [&str; 3] = ["consensus.belief", "consensus.injected", "consensus.destroyed"];

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

impl RuleKind {
    /// In its standard form.
    #[must_use]
    pub fn standard_form(&self) -> StandardForm {
        StandardForm {
            place: rule(self.name),
            keys: self.standard,
            topology: self.topology,
        }
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $spec:ty = $name:literal {
        standard: $standard:expr, topology: $topology:expr, needs: $needs:expr, samples: $samples:expr $(,)?
    })*) => {
        /// Every rule.
        pub const RULES: &[RuleKind] = &[
            $(RuleKind {
                name: $name, summary: concat!($($doc),+).trim_ascii(), standard: $standard, topology: $topology,
                samples: $samples, needs: $needs,
            },)*
        ];

        /// Registers every rule.
        ///
        /// # Errors
        /// Those of the registry.
        pub(crate) fn register(registry: &mut impl Register) -> Result<(), Error> {
            $(registry.put_part::<$spec>(rule($name), concat!($($doc),+).trim_ascii(), Some(($standard, $topology)))?;)*
            registry.put_section(SECTION.0, "How nodes come to agree.");
            Ok(())
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
    Average = "average" {
        standard: "rounding = \"trunc\"\nstart = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[
            concat!("rounding = \"trunc\"\n", uniform!()),
            concat!("rounding = \"random\"\n", uniform!()),
            concat!("rounding = \"golden\"\n", uniform!()),
            concat!("rounding = \"quasi\"\n", uniform!()),
            concat!("order = 2\nbeta = 1.5\nrounding = \"trunc\"\n", uniform!()),
            concat!("order = 2\nbeta = 1.5\nrounding = \"random\"\n", uniform!()),
            concat!("order = 2\nbeta = 0.8\nrounding = \"golden\"\n", uniform!()),
            concat!("order = 2\nbeta = 1.5\nrounding = \"quasi\"\n", uniform!()),
        ],
    }
    /// Beliefs follow the average of inputs that change: each gains what its input gains, and they diffuse.
    Tracking = "tracking" {
        standard: "rounding = \"trunc\"\nsignal = { kind = \"noise\", amplitude = 1000 }\nstart = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[
            concat!("rounding = \"trunc\"\nsignal = { kind = \"step\", tick = 2, by = 5000 }\n", uniform!()),
            concat!("rounding = \"random\"\nsignal = { kind = \"drift\", low = -7, high = 30 }\n", uniform!()),
            concat!("rounding = \"golden\"\nsignal = { kind = \"noise\", amplitude = 900 }\n", uniform!()),
            concat!(
                "rounding = \"quasi\"\nsignal = [{ kind = \"step\", tick = 1, by = -800, who = { kind = \"share\", share = 0.3 } }, \
                 { kind = \"drift\", low = 5, high = 5 }, { kind = \"noise\", amplitude = 3, who = { kind = \"nodes\", nodes = [1] } }]\n",
                uniform!()
            ),
        ],
    }
    /// The four nodes that differ in one base-4 digit share evenly, a digit a tick; the sum never changes.
    Exchange = "exchange" {
        standard: "start = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"hamming\"",
        needs: Some("hamming"),
        samples: &[
            uniform!(),
            "start = { kind = \"point\", value = 268435456 }\n",
        ],
    }
    /// Random pairs of linked nodes take the average of the two; the sum never changes.
    Pairwise = "pairwise" {
        standard: "start = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"random-regular\"\ndegree = 20",
        needs: None,
        samples: &[
            uniform!(),
            "start = { kind = \"two-blocks\", low = -268435456, high = 268435456 }\n",
        ],
    }

    /// Nodes ask one to three others for their opinions and adopt what they hear agree; in the end all hold one opinion.
    Majority = "majority" {
        standard: "kind = \"three-majority\"\nfrom = \"swarm\"\nopinions = 2",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[
            "kind = \"voter\"\nfrom = \"swarm\"\nopinions = 5\n",
            "kind = \"voter\"\nfrom = \"neighbours\"\n",
            "kind = \"two-choices\"\nfrom = \"neighbours\"\nopinions = 5\nstart = { kind = \"lead\", lead = 3 }\n",
            "kind = \"three-majority\"\nfrom = \"swarm\"\nopinions = 2\n",
            "kind = \"three-majority\"\nfrom = \"neighbours\"\nopinions = 5\n\
             start = { kind = \"shares\", shares = [0.1, 0.3, 0, 0.35, 0.25] }\n",
            "kind = \"undecided-state\"\nfrom = \"neighbours\"\nopinions = 5\nstart = { kind = \"balanced\" }\n",
        ],
    }
    /// Every node drops what it hears farthest above and below its own belief, and moves to the mean of the rest: resilient
    /// to liars.
    Trimmed = "trimmed" {
        standard: "faults = 1\nstart = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"circulant\"\noffsets = [1, 2, 3]",
        needs: None,
        samples: &[concat!("faults = 1\n", uniform!()), concat!("faults = 2\n", uniform!())],
    }
    /// Every node takes over the greatest belief that it hears: leader election, alarms.
    Maximum = "maximum" {
        standard: "start = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[uniform!(), "start = { kind = \"point\", node = 1, value = 3000 }\n"],
    }
    /// Every node takes over the least belief that it hears.
    Minimum = "minimum" {
        standard: "start = { kind = \"uniform\", low = 0, high = 16777216 }",
        topology: "kind = \"torus2d\"",
        needs: None,
        samples: &[uniform!(), "start = { kind = \"point\", node = 1, value = -1000 }\n"],
    }

    /// Repeated samples of k nodes, whose α-majorities sway a node until it decides: slush, snowflake and snowball.
    Snow = "snow" {
        standard: "kind = \"snowball\"\nopinions = 2\nk = 20\nalpha = 15\nbeta = 20\nfrom = \"swarm\"",
        topology: "kind = \"ring\"",
        needs: None,
        samples: &[
            "kind = \"slush\"\nopinions = 2\nk = 2\nalpha = 2\nfrom = \"swarm\"",
            "kind = \"slush\"\nopinions = 3\nk = 4\nalpha = 3\nfrom = \"neighbours\"",
            "kind = \"snowflake\"\nopinions = 3\nk = 2\nalpha = 2\nbeta = 3\nfrom = \"swarm\"",
            "kind = \"snowflake\"\nopinions = 2\nk = 5\nalpha = 3\nbeta = 4\nfrom = \"neighbours\"",
            "kind = \"snowball\"\nopinions = 2\nk = 2\nalpha = 2\nbeta = 4\nfrom = \"swarm\"",
            "kind = \"snowball\"\nopinions = 3\nk = 3\nalpha = 2\nbeta = 3\nfrom = \"neighbours\"",
        ],
    }
    /// A rumour that those who know it tell, or those who do not ask for: push, pull, push-pull.
    Rumour = "rumour" {
        standard: "kind = \"push-pull\"\nfrom = \"swarm\"",
        topology: "kind = \"ring\"",
        needs: None,
        samples: &[
            "kind = \"push\"\nfrom = \"swarm\"",
            "kind = \"push\"\nfrom = \"neighbours\"",
            "kind = \"pull\"\nfrom = \"swarm\"\nstart = { kind = \"nodes\", nodes = [0, 1] }",
            "kind = \"pull\"\nfrom = \"neighbours\"",
            "kind = \"push-pull\"\nfrom = \"swarm\"",
            "kind = \"push-pull\"\nfrom = \"neighbours\"\nstart = { kind = \"share\", share = 0.25 }",
        ],
    }

    /// Oscillators with frequencies of their own pull each other into step (Kuramoto).
    Phase = "phase" {
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
