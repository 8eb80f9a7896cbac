//! A timing of a user's own: a stateless function of node and tick, and its twin in WGSL.

use crate::own::Plain;
use crate::shader::Module;
use std::borrow::Cow;

/// A kind of timing: plain data that says who acts when.
pub trait TimingKind: Plain {
    /// The stateless function for a swarm of `nodes` nodes.
    fn schedule(&self, nodes: u32, seed: u32) -> OwnSchedule;
}

/// Who acts when, by a function of one's own.
#[derive(Clone, Copy, Debug)]
pub struct OwnSchedule {
    /// What messages about its WGSL call it.
    pub name: &'static str,
    /// Its numbers: rates, keys, whatever it depends on.
    pub numbers: [u32; 4],
    /// Given these numbers, whether a node acts in a tick: integers only, so that all devices have the same answer.
    pub acts: fn([u32; 4], node: u32, tick: u32) -> bool,
    /// The same in WGSL: `fn is_active(i: u32, tick: u32) -> bool`, and an `override` of the type `u32` for each of the names.
    pub source: &'static str,
    /// The names of the numbers in WGSL, at most four.
    pub names: &'static [&'static str],
}

/// One function has one name; what it depends on are its numbers.
impl PartialEq for OwnSchedule {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.numbers, self.source) == (other.name, other.numbers, other.source)
    }
}

impl Eq for OwnSchedule {}

impl OwnSchedule {
    /// The shader's side.
    pub(super) fn module(self) -> Module {
        let numbers = self.names.iter().zip(self.numbers);
        Module {
            name: self.name,
            source: Cow::Borrowed(self.source),
            constants: numbers.map(|(name, number)| (Cow::Borrowed(*name), number)).collect(),
        }
    }
}
