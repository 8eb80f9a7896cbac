//! A tick of the epidemic: who is infected by a neighbour, and who recovers. Twin of `infection.wgsl`.

use std::borrow::Cow;
use std::ops::Range;
use tetraswarm::column::{Access, Binding, ColumnId};
use tetraswarm::hear::NO_SLOT;
use tetraswarm::number::happens;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};

/// The words of nodes; 0, which a node has that has forgotten what it had, is susceptible too.
pub const SUSCEPTIBLE: u32 = 1;
pub const INFECTED: u32 = 2;
pub const RECOVERED: u32 = 3;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct InfectionStep {
    pub state: ColumnId,
    /// Probabilities, in 2^-32.
    pub infection: u32,
    pub recovery: u32,
    /// What the draws of either depend on.
    pub keys: [[u32; 2]; 2],
}

impl InfectionStep {
    /// Whether `from` infects `to` in a tick: a draw for each direction of each link.
    fn infects(&self, from: u32, to: u32, tick: u32) -> bool {
        let [key, salt] = self.keys[0];
        happens([key, salt.wrapping_add(from)], to, tick, self.infection)
    }

    fn next(&self, view: &View<'_>, node: u32) -> u32 {
        let states = view.reads[0];
        let own = states[node as usize];
        if !view.traffic.takes_part(node) {
            return own;
        }
        match own {
            INFECTED if happens(self.keys[1], node, view.tick, self.recovery) => RECOVERED,
            INFECTED | RECOVERED => own,
            _ => {
                let infects = |place: u32| {
                    let other = view.topology.neighbour(node, place);
                    let slot = if place < view.topology.slots() { place } else { NO_SLOT };
                    let told = || view.traffic.told(other, node, states[other as usize], own);
                    other != node
                        && view.traffic.hears(node, other, slot)
                        && told() == INFECTED
                        && self.infects(other, node, view.tick)
                };
                match (0..view.topology.slots_of(node)).any(infects) {
                    true => INFECTED,
                    false => SUSCEPTIBLE,
                }
            }
        }
    }
}

impl Step for InfectionStep {
    fn name(&self) -> &'static str {
        "infection"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.state, Access::Read),
            Binding::new(1, self.state, Access::Next),
        ]
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let constants = [
            ("INFECTION", self.infection),
            ("RECOVERY", self.recovery),
            ("INFECTION_KEY", self.keys[0][0]),
            ("INFECTION_SALT", self.keys[0][1]),
            ("RECOVERY_KEY", self.keys[1][0]),
            ("RECOVERY_SALT", self.keys[1][1]),
        ];
        vec![Module {
            name: "infection",
            source: Cow::Borrowed(include_str!("infection.wgsl")),
            constants: constants.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
        }]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        for (next, node) in outputs[0][0].iter_mut().zip(block) {
            *next = self.next(view, node);
        }
    }

    fn describe(&self) -> String {
        "the infected infect neighbours, and recover".to_owned()
    }
}
