//! Second-order diffusion with an exact sum: every link goes on with a share of its last flow. Twin of
//! `shaders/part/average/second_order.wgsl`.
//!
//! Ghosh, Muthukrishnan, Schultz, *First and second order diffusive methods for rapid, coarse, distributed load balancing*, SPAA
//! 1996: w(1) = M·w(0), then w(t + 1) = β·M·w(t) + (1 − β)·w(t − 1). Over a link of nodes i < j, with D = x_i − x_j and
//! q = 1 + max(d_i, d_j), flows y(t) ≈ (β − 1)·y(t − 1) + β·D/q: x_i −= y, x_j += y. In integers (Akbari, Berenbrink, Elsässer,
//! Kaaser, *Discrete load balancing in heterogeneous networks with a focus on second-order diffusion*, 2015), with β in 2^-16:
//! Z = ⌊(β·D + (β − 1)·q·y(t − 1)) + ½⌋, and y(t) is Z/q, rounded as the average rule rounds D/q. With β = 1 it is the average
//! rule, and in tick 0 it is, whatever β: that is the first of the published steps. A link that carries for the first time in a
//! later tick begins with β·D/q, so that the step need not know when that was.
//!
//! Both ends of a link hold y, from the lower end to the upper one. A link that carries nothing in a tick keeps it: its memory is
//! of the last exchange, so that a network that pauses goes on as if it had not. Unlike first-order diffusion, it overshoots:
//! beliefs may leave the range of the start state for a while.

mod all;
mod flow;

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::links::{Batch, for_each_batch, gather};
use crate::number::{Divisor, Stream, stream_key};
use crate::part::average::Rounding;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::{Ids, Topology};
use flow::{Beta, Links};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SecondOrderStep {
    rounding: Rounding,
    /// β in 2^-16.
    beta: Beta,
    belief: ColumnId,
    /// y, one a link end.
    flow: ColumnId,
    carry: Option<ColumnId>,
    ledger: Option<ColumnId>,
    /// q where all links have the same.
    divisor: Option<u32>,
    /// The key of the random numbers.
    key: u32,
}

impl SecondOrderStep {
    /// The step on a column of beliefs with the last flows in `flow`, one word a link end. `beta` is β in 2^-16, above 0 and
    /// below 2^17. `carry` is the accumulators' column, one word a link end, which `quasi` needs.
    #[must_use]
    pub fn new(
        rounding: Rounding,
        beta: u32,
        topology: &dyn Topology,
        seed: u32,
        belief: ColumnId,
        flow: ColumnId,
        carry: Option<ColumnId>,
    ) -> Self {
        Self {
            rounding,
            beta: Beta::new(beta),
            belief,
            flow,
            carry,
            ledger: None,
            divisor: topology.uniform_divisor(),
            key: stream_key(seed, Stream::Rounding),
        }
    }

    /// The step where there are liars: the wide column adds up, node by node, what it takes from them.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Option<ColumnId>) -> Self {
        self.ledger = ledger;
        self
    }

    /// Writes each link's divisor.
    fn divisors(&self, topology: &dyn Topology, batch: &Batch<'_>, divisors: &mut [u32]) {
        match self.divisor {
            Some(q) => divisors.fill(q),
            None => {
                for ((q, &i), &j) in divisors.iter_mut().zip(batch.own).zip(batch.others) {
                    *q = 1 + topology.degree(i).max(topology.degree(j));
                }
            }
        }
    }
}

impl Step for SecondOrderStep {
    fn name(&self) -> &'static str {
        "second_order"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.belief, Access::Read).within(Reach::Links),
            Binding::new(1, self.belief, Access::Next),
        ];
        bindings.extend(self.carry.map(|carry| Binding::new(2, carry, Access::Update)));
        bindings.extend(self.ledger.map(|ledger| Binding::new(3, ledger, Access::Update)));
        bindings.push(Binding::new(4, self.flow, Access::Update));
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
        let (rounding, order) = match self.rounding {
            Rounding::Trunc => (
                module!("part/average/rounding-trunc"),
                module!("part/average/second-order-trunc"),
            ),
            Rounding::Random => (
                module!("part/average/rounding-random").with("ROUNDING_KEY", self.key),
                module!("part/average/second-order-floor"),
            ),
            Rounding::Golden => (
                module!("part/average/rounding-golden"),
                module!("part/average/second-order-floor"),
            ),
            Rounding::Quasi => (
                module!("part/average/rounding-quasi"),
                module!("part/average/second-order-floor"),
            ),
        };
        let ledger = match self.ledger {
            Some(_) => module!("lib/ledger"),
            None => module!("lib/ledger-none"),
        };
        let step = module!("part/average/second_order").with("BETA", self.beta.value);
        vec![divisor, module!("lib/flow"), rounding, order, ledger, step]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let beliefs = view.reads[0];
        let beta = if view.tick == 0 { Beta::ONE } else { self.beta };
        let mut outputs = outputs.iter_mut();
        let Some(next) = outputs.next() else { return };
        let next: &mut [u32] = next[0];
        next.copy_from_slice(&beliefs[block.start as usize..block.end as usize]);
        let mut carry = self.carry.and_then(|_| outputs.next());
        let mut ledger = self.ledger.and_then(|_| outputs.next());
        let Some(memory) = outputs.next() else { return };
        if let (Rounding::Trunc, Some(q), None) = (self.rounding, self.divisor, view.topology.rows())
            && view.traffic.is_open()
            && q > 1
        {
            let divisor = Divisor::new(q);
            let all = all::All::new(view, block, flow::Terms { beta, divisor });
            return all.flow(memory, next, scratch);
        }
        let mut words = [(); 9].map(|()| scratch.take(crate::hear::links::BATCH));
        for_each_batch(view.topology, block.clone(), scratch, |batch, _| {
            let len = batch.len();
            let [own_beliefs, gathered, divisors, whole, rest, flows, masks, spare, lies] =
                words.each_mut().map(|words| &mut words[..len]);
            gather(beliefs, batch.own, own_beliefs);
            gather(beliefs, batch.others, gathered);
            let traffic = &view.traffic;
            let lied = ledger.is_some() && traffic.tell(batch.ids.0, batch.ids.1, own_beliefs, gathered, lies);
            let masked = traffic.masks(batch.ids.0, batch.ids.1, batch.slot, spare, masks);
            let used: &[u32] = if masked { masks } else { &[] };
            self.divisors(view.topology, batch, divisors);
            let links = Links {
                own: batch.own,
                others: batch.others,
                own_beliefs,
                other_beliefs: gathered,
                divisors,
            };
            let memory = &mut memory[batch.lane][batch.at.clone()];
            flow::wanted(&links, beta, memory, whole, rest);
            match (self.rounding, carry.as_deref_mut()) {
                (Rounding::Quasi, Some(carry)) => {
                    let carry = &mut carry[batch.lane][batch.at.clone()];
                    flow::carried(whole, rest, divisors, used, carry, flows);
                }
                (Rounding::Trunc | Rounding::Quasi, _) => flow::towards_zero(whole, rest, divisors, flows),
                (rounding, _) => {
                    match rounding {
                        Rounding::Random => {
                            flow::random_words(self.key, batch.own, batch.others, view.tick, flows);
                        }
                        _ => flow::golden_words(batch.own, batch.others, view.tick, flows),
                    }
                    flow::down(whole, rest, divisors, flows);
                }
            }
            flow::settle(batch.own, batch.others, used, memory, flows);
            add(batch, flows, block.start, next);
            if let (Some([low, high]), true) = (ledger.as_deref_mut().map(Vec::as_mut_slice), lied) {
                for ((&i, &gain), &lie) in batch.own.iter().zip(&*flows).zip(&*lies) {
                    let at = (i - block.start) as usize;
                    crate::number::add_wide(&mut low[at], &mut high[at], (gain & lie) as i32);
                }
            }
        });
        words.into_iter().for_each(|words| scratch.give(words));
    }

    fn describe(&self) -> String {
        let q = self.divisor.map_or("1 + max(d_i, d_j)".to_owned(), |q| q.to_string());
        let beta = f64::from(self.beta.value) / 65_536.0;
        format!(
            "rounding {}, divisor q = {q}, β = {beta:.6}, in tick 0 it is 1",
            self.rounding.name()
        )
    }
}

/// Adds the gains to the own ends' words in `next`, whose first is that of node `first`.
fn add(batch: &Batch<'_>, gains: &[u32], first: u32, next: &mut [u32]) {
    if let Ids::Run(start) = batch.ids.0 {
        let at = (start - first) as usize;
        for (word, &gain) in next[at..at + gains.len()].iter_mut().zip(gains) {
            *word = word.wrapping_add(gain);
        }
    } else {
        for (&i, &gain) in batch.own.iter().zip(gains) {
            let word = &mut next[(i - first) as usize];
            *word = word.wrapping_add(gain);
        }
    }
}
