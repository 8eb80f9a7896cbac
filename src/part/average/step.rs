//! Average consensus with an exact sum: discrete diffusion with Metropolis weights. Twin of `shaders/part/average/step.wgsl`.
//!
//! Over a link of nodes i < j, with D = x_i − x_j and q = 1 + max(d_i, d_j) (Xiao, Boyd, *Fast linear iterations for
//! distributed averaging*, 2004), the integer f ≈ D/q flows: x_i −= f, x_j += f. How f is rounded decides how far the
//! swarm agrees in the end (Friedrich, Gairing, Sauerwald, *Quasirandom load balancing*, 2012). As a gather, seen from
//! either end: own += ⌊(other − own + r)/q⌋, with r = ρ at the upper end and r = q − 1 − ρ at the lower one, because
//! −⌊(D + ρ)/q⌋ = ⌊(−D + q − 1 − ρ)/q⌋.

mod block;
mod each;
pub(super) mod flow;
mod flow_each;
mod lies;
mod odd;
mod pairs;
mod regular;
mod rings;
mod rows;
mod wide;

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::number::BELIEF_RANGE;
use crate::number::{Stream, stream_key};
use crate::part::average::Rounding;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::Topology;
use std::ops::Range;

/// The largest difference of two beliefs within range.
const DIFFERENCE: u32 = 2 * BELIEF_RANGE as u32;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct AverageStep {
    rounding: Rounding,
    belief: ColumnId,
    carry: Option<ColumnId>,
    ledger: Option<ColumnId>,
    /// q where all links have the same.
    divisor: Option<u32>,
    /// q of the links of tiles.
    tiled_divisor: Option<u32>,
    /// The key of the random numbers.
    key: u32,
}

impl AverageStep {
    /// The step on a column of beliefs. `carry` is the accumulators' column, one word a link end, which `quasi` needs.
    #[must_use]
    pub fn new(
        rounding: Rounding,
        topology: &dyn Topology,
        seed: u32,
        belief: ColumnId,
        carry: Option<ColumnId>,
    ) -> Self {
        Self {
            rounding,
            belief,
            carry,
            ledger: None,
            divisor: topology.uniform_divisor(),
            tiled_divisor: topology.tiled_divisor(),
            key: stream_key(seed, Stream::Rounding),
        }
    }

    /// The step where there are liars: the wide column adds up, node by node, what it takes from them.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Option<ColumnId>) -> Self {
        self.ledger = ledger;
        self
    }
}

impl AverageStep {
    /// The WGSL, by how the divisor of a link is found and how it divides.
    fn with_divisor(&self, divisor: Module, flow: Module) -> Vec<Module> {
        let rounding = match self.rounding {
            Rounding::Trunc => module!("part/average/rounding-trunc"),
            Rounding::Random => module!("part/average/rounding-random").with("ROUNDING_KEY", self.key),
            Rounding::Golden => module!("part/average/rounding-golden"),
            Rounding::Quasi => module!("part/average/rounding-quasi"),
        };
        let ledger = match self.ledger {
            Some(_) => module!("lib/ledger"),
            None => module!("lib/ledger-none"),
        };
        vec![divisor, flow, rounding, ledger, module!("part/average/step")]
    }
}

/// What is added to every difference to make it positive: the multiple of q that is at least the largest difference; and
/// which multiple it is, to be subtracted again from the quotient.
fn bias(q: u32) -> (u32, u32) {
    let times = DIFFERENCE.div_ceil(q);
    (times * q, times)
}

impl Step for AverageStep {
    fn name(&self) -> &'static str {
        "average"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.belief, Access::Read).within(Reach::Links),
            Binding::new(1, self.belief, Access::Next),
        ];
        bindings.extend(self.carry.map(|carry| Binding::new(2, carry, Access::Update)));
        bindings.extend(self.ledger.map(|ledger| Binding::new(3, ledger, Access::Update)));
        bindings
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let divisor = match self.divisor {
            Some(q) => module!("part/average/divisor-uniform").with("DIVISOR", q),
            None => module!("part/average/divisor-metropolis"),
        };
        self.with_divisor(divisor, module!("lib/flow"))
    }

    fn classed_modules(&self) -> Option<Vec<Module>> {
        let divisor = module!("part/average/divisor-classed");
        let differs = self.divisor.is_none();
        differs.then(|| self.with_divisor(divisor, module!("lib/flow-classed")))
    }

    fn tiled(&self) -> Option<Vec<Module>> {
        // What flows over a link must be the same from both ends, and kept by neither.
        let q = self.tiled_divisor.filter(|&q| q <= 1 << 16 && self.ledger.is_none())?;
        let (bias, times) = bias(q);
        let divided = module!("part/average/share-divided")
            .with("DIVISOR", q)
            .with("BIAS", bias)
            .with("TIMES", times);
        let random = || module!("part/average/share-random").with("ROUNDING_KEY", self.key);
        let mut modules = match self.rounding {
            Rounding::Trunc => vec![module!("part/average/share-trunc").with("DIVISOR", q)],
            Rounding::Golden => vec![divided, module!("part/average/share-golden")],
            Rounding::Random => vec![divided, random()],
            Rounding::Quasi => return None,
        };
        modules.push(module!("part/average/tiled"));
        Some(modules)
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        block::run(self, view, block, outputs, scratch);
    }

    fn describe(&self) -> String {
        let q = self.divisor.map_or("1 + max(d_i, d_j)".to_owned(), |q| q.to_string());
        format!("rounding {}, divisor q = {q}", self.rounding.name())
    }
}
