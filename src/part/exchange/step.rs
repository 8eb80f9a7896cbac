//! Dimension exchange on the Hamming graph H(L, 4): hierarchical averaging, level by level. Twin of
//! `shaders/part/exchange/step.wgsl`.
//!
//! Cybenko, *Dynamic load balancing for distributed memory multiprocessors*, 1989. In tick t the nodes that differ in base-4 digit
//! l = t mod L form a group. Those of it that are up and on the same side of every wall exchange if one of them acts and all links
//! between them carry; then of m members with the sum s = q·m + r, the one of rank k by the digit takes q, and one more if
//! (k − l) mod m < r. The sum is exact, and so that no digit's value is favoured, the first to take one more moves on with the
//! level.
//!
//! A liar is a member that lies, to each as it likes, and keeps what it has. What an honest member takes from it is what it holds
//! more than if the honest members had exchanged alone; those between them lose and gain nothing, so that the ledger is exact.
//! Beliefs stay within what was held or told, ±2^28, and a sum of four within ±2^30.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::{NO_SLOT, Traffic};
use crate::number::add_wide;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ExchangeStep {
    digits: u32,
    belief: ColumnId,
    ledger: Option<ColumnId>,
}

impl ExchangeStep {
    /// The step on a column of beliefs of 4^`digits` nodes.
    #[must_use]
    pub fn new(digits: u32, belief: ColumnId) -> Self {
        Self {
            digits,
            belief,
            ledger: None,
        }
    }

    /// The step where there are liars: the wide column adds up, node by node, what it takes from them.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Option<ColumnId>) -> Self {
        self.ledger = ledger;
        self
    }
}

/// The members of a node's group that it exchanges with, itself among them: a bit for each value of the digit. Nothing if they
/// do not exchange.
fn members(traffic: &Traffic<'_>, node: u32, level: u32) -> Option<u32> {
    let shift = 2 * level;
    let base = node & !(3 << shift);
    let mut members = 0;
    let mut one_acts = false;
    for digit in 0..4 {
        let other = base | digit << shift;
        if other == node || traffic.stands(node, other, NO_SLOT) {
            members |= 1 << digit;
            one_acts |= traffic.acts(other);
        }
    }
    for a in 0..3 {
        for b in a + 1..4u32 {
            let (low, high) = (base | a << shift, base | b << shift);
            let both = 1 << a | 1 << b;
            if members & both == both && !traffic.link_carries(low, high, 3 * level + (a ^ b) - 1) {
                return None;
            }
        }
    }
    one_acts.then_some(members)
}

/// What the member with this digit takes of what the members hold.
fn share(members: u32, held: [i32; 4], digit: u32, level: u32) -> i32 {
    let count = members.count_ones();
    let sum = (0..4)
        .filter(|k| members >> k & 1 != 0)
        .fold(0i32, |sum, k| sum.wrapping_add(held[k]));
    let (quotient, rest) = (sum.div_euclid(count as i32), sum.rem_euclid(count as i32));
    let rank = (members & ((1 << digit) - 1)).count_ones();
    quotient + i32::from((rank + count - level % count) % count < rest as u32)
}

impl Step for ExchangeStep {
    fn name(&self) -> &'static str {
        "exchange"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.belief, Access::Read).within(Reach::Links),
            Binding::new(1, self.belief, Access::Next),
        ];
        bindings.extend(self.ledger.map(|ledger| Binding::new(3, ledger, Access::Update)));
        bindings
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let ledger = match self.ledger {
            Some(_) => module!("lib/ledger"),
            None => module!("lib/ledger-none"),
        };
        vec![ledger, module!("part/exchange/step").with("DIGITS", self.digits)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let beliefs = view.reads[0];
        let level = view.tick % self.digits;
        let (next, rest) = outputs.split_at_mut(1);
        let next = &mut *next[0][0];
        if view.traffic.is_open() {
            all_share(beliefs, block.start, level, next);
            return;
        }
        let mut ledger = rest.first_mut();
        let traffic = &view.traffic;
        for (at, node) in block.enumerate() {
            let own = beliefs[node as usize];
            next[at] = own;
            if !traffic.takes_part(node) {
                continue;
            }
            let Some(members) = members(traffic, node, level) else {
                continue;
            };
            let (shift, mut honest) = (2 * level, members);
            let digit = node >> shift & 3;
            let mut held = [0; 4];
            for k in (0..4).filter(|k| members >> k & 1 != 0) {
                let other = node & !(3 << shift) | k << shift;
                held[k as usize] = traffic.told(other, node, beliefs[other as usize], own) as i32;
                honest &= !(u32::from(traffic.is_liar(other)) << k);
            }
            let taken = share(members, held, digit, level);
            next[at] = taken as u32;
            if let (Some([low, high]), true) = (ledger.as_deref_mut().map(Vec::as_mut_slice), honest != members) {
                let injected = taken.wrapping_sub(share(honest, held, digit, level));
                add_wide(&mut low[at], &mut high[at], injected);
            }
        }
    }

    fn describe(&self) -> String {
        format!("groups of four, digit by digit of {}", self.digits)
    }
}

/// All four of every group exchange.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn all_share(beliefs: &[u32], first: u32, level: u32, next: &mut [u32]) {
    let Some(last) = beliefs.len().checked_sub(1) else {
        return;
    };
    let shift = 2 * level;
    for (at, next) in next.iter_mut().enumerate() {
        let node = first.wrapping_add(at as u32);
        // There is none beyond the last; so the loop has no branch.
        let held = |other: u32| beliefs[(other as usize).min(last)] as i32;
        let one = held(node).wrapping_add(held(node ^ 1 << shift));
        let two = held(node ^ 2 << shift).wrapping_add(held(node ^ 3 << shift));
        let sum = one.wrapping_add(two);
        let turn = (node >> shift).wrapping_sub(level) & 3;
        *next = ((sum >> 2) as u32).wrapping_add(u32::from(turn < (sum as u32 & 3)));
    }
}
