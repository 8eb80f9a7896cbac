//! Who proposes to whom: the first step of the pairwise rule. Twin of `shaders/part/pairwise/propose.wgsl`.
//!
//! A node that acts proposes with probability ½, over one of its places for links, each as likely; the word is the place and 1, or
//! 0 for a node that listens.

use crate::column::{Access, Binding, ColumnId};
use crate::number::{Stream, multiply_high, stream_key, threefry2x32};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ProposeStep {
    place: ColumnId,
    key: u32,
}

impl ProposeStep {
    /// The step that keeps the column `place`.
    #[must_use]
    pub fn new(seed: u32, place: ColumnId) -> Self {
        Self {
            place,
            key: stream_key(seed, Stream::Partner),
        }
    }
}

impl Step for ProposeStep {
    fn name(&self) -> &'static str {
        "propose"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.place, Access::Update)]
    }

    fn reads_links(&self) -> bool {
        // Of stored links it reads how many a node has, and the nodes' status.
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/pairwise/propose").with("PARTNER_KEY", self.key)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let places: &mut [u32] = outputs[0][0];
        let (topology, traffic) = (view.topology, &view.traffic);
        if traffic.is_open() && topology.rows().is_none() {
            propose(self.key, view.tick, block.start, topology.slots(), places);
            return;
        }
        for (place, node) in places.iter_mut().zip(block) {
            if traffic.takes_part(node) {
                let [at, coin] = threefry2x32([self.key, 0], [node, view.tick]);
                let links = topology.slots_of(node);
                let proposes = coin >> 31 != 0 && links > 0 && traffic.acts(node);
                *place = if proposes { 1 + multiply_high(at, links) } else { 0 };
            }
        }
    }

    fn describe(&self) -> String {
        "a node that acts proposes to one neighbour with probability 1/2".to_owned()
    }
}

/// What nodes with so many places each propose, if all of them act.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn propose(key: u32, tick: u32, first: u32, links: u32, places: &mut [u32]) {
    for (l, place) in places.iter_mut().enumerate() {
        let [at, coin] = threefry2x32([key, 0], [first.wrapping_add(l as u32), tick]);
        let proposes = (coin >> 31).wrapping_neg();
        *place = (1 + multiply_high(at, links)) & proposes;
    }
}
