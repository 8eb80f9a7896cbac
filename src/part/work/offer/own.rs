//! What a cell offers by its strategy, and what a policy is on a GPU: a word and a number in the column `workload`, and the pieces of the
//! policies that any strategy uses, under names of their own, behind one switch.

use super::OfferStep;
use crate::column::ColumnId;
use crate::part::work::source::put;
use crate::part::work::{FlowRounding, Policy, Stretch};
use crate::shader::{Module, module};
use crate::step::View;
use std::fmt::Write;
use std::ops::Range;

/// What cells offer, by strategy.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The column of what each cell holds: 0 for nothing, or 1 + the strategy's place in the list.
    pub strategy: ColumnId,
    /// Of a cell that holds nothing, and of each strategy.
    pub list: Vec<Policy>,
    /// The same as two words each in the column `workload`: which, and its number.
    pub table: Stretch,
}

/// A policy's word in the table, and its number.
const fn words(policy: &Policy) -> [u32; 2] {
    match policy {
        Policy::None => [0, 0],
        Policy::Flow(flow) => match flow.rounding {
            FlowRounding::Random => [1, 0],
            FlowRounding::Golden => [2, 0],
            FlowRounding::Trunc => [3, 0],
        },
        Policy::Threshold(threshold) => [4, threshold.bound],
        Policy::TwoChoices => [5, 0],
    }
}

/// The pieces of one policy for all cells.
pub(super) fn modules(policy: &Policy, step: &OfferStep) -> Vec<Module> {
    let key = step.key;
    let links = || links(step);
    let flow = || vec![links(), module!("part/work/offer-flow")];
    match policy {
        Policy::None => vec![module!("part/work/offer-none")],
        Policy::Flow(of) => match of.rounding {
            FlowRounding::Random => {
                let start = module!("part/work/offer-flow-random").with("OFFER_KEY", key);
                [flow(), vec![start]].concat()
            }
            FlowRounding::Golden => [flow(), vec![module!("part/work/offer-flow-golden")]].concat(),
            FlowRounding::Trunc => vec![links(), module!("part/work/offer-flow-trunc")],
        },
        Policy::Threshold(threshold) => {
            let bound = module!("part/work/offer-threshold").with("BOUND", threshold.bound);
            vec![links(), bound]
        }
        Policy::TwoChoices => vec![module!("part/work/offer-two-choices").with("OFFER_KEY", key)],
    }
}

/// The piece that looks at all links, and what it divides by.
fn links(step: &OfferStep) -> Module {
    let [fewest, most] = step.degrees;
    let factors = match most - fewest.min(most) {
        0 | 1 => factors(1 + most, step.capacity + 2),
        _ => None,
    };
    // Where the numbers of neighbours are many, or great, it divides.
    let (parts, [fewer, more], shift) = factors.unwrap_or_default();
    module!("part/work/offer-links")
        .with("MOST_PARTS", parts)
        .with("FACTOR", more)
        .with("FACTOR_OF_FEWER", fewer)
        .with("SHIFT", shift)
}

/// How ⌊2^16 n / parts⌋ and ⌊2^16 n / (parts − 1)⌋ are one product and a shift for every n up to `most`: the parts, the factor of each, that of
/// the fewer first, the shift; nothing where they are not.
fn factors(parts: u32, most: u32) -> Option<(u32, [u32; 2], u32)> {
    let of = |parts: u32, shift: u32| {
        let (parts, most, whole) = (u64::from(parts.max(1)), u64::from(most), 1u64 << (16 + shift));
        let factor = whole.div_ceil(parts);
        // The quotients are too great by less than what any lacks to the next whole.
        let is_exact = factor * most <= u64::from(u32::MAX) && most * (factor * parts - whole) < 1 << shift;
        is_exact.then_some(factor as u32)
    };
    let at = |shift: u32| Some((parts, [of(parts - 1, shift)?, of(parts, shift)?], shift));
    (0..16).rev().find_map(at)
}

/// A policy's words for a person.
pub(super) fn describe(policy: &Policy) -> String {
    match policy {
        Policy::None => "none but what abandoned cells hold".to_owned(),
        Policy::Flow(flow) => format!("flow, rounding {}", format!("{:?}", flow.rounding).to_lowercase()),
        Policy::Threshold(threshold) => format!("what is above {} waiting tasks", threshold.bound),
        Policy::TwoChoices => "to the less loaded of two neighbours".to_owned(),
    }
}

impl Policies {
    /// With their table.
    pub(in crate::part::work) fn new(strategy: ColumnId, list: Vec<Policy>, tables: &mut Vec<u32>) -> Self {
        let table = put(tables, list.iter().flat_map(words));
        Self { strategy, list, table }
    }

    fn uses(&self, which: u32) -> bool {
        self.list.iter().any(|policy| words(policy)[0] == which)
    }

    /// The pieces of those that are used, and a switch.
    pub(super) fn modules(&self, step: &OfferStep) -> Vec<Module> {
        let key = step.key;
        let mut all = Vec::new();
        let (mut begins, mut shares, mut offers) = (String::new(), String::new(), String::new());
        let flows = [
            (
                1,
                "start_random",
                module!("part/work/offer-flow-random").with("OFFER_KEY", key),
            ),
            (2, "start_golden", module!("part/work/offer-flow-golden")),
        ];
        let mut has_flow = false;
        for (which, name, piece) in flows {
            if self.uses(which) {
                all.push(piece.renamed("flow_start", name));
                let _ = writeln!(begins, "        case {which}u: {{ flow = {name}(i, tick); }}");
                let _ = writeln!(
                    shares,
                    "        case {which}u: {{ return share_of_flow(i, j, own, theirs); }}"
                );
                has_flow = true;
            }
        }
        if has_flow {
            // Where its flows begin is said for each rounding here.
            let flow = module!("part/work/offer-flow")
                .renamed("begin_flows", "begin_flow")
                .renamed("share", "share_of_flow");
            all.push(flow);
            all.push(Module::made(
                "part/work/offer-flow-own",
                "fn flow_start(i: u32, tick: u32) -> u32 {\n    return 0u;\n}\n".to_owned(),
            ));
        }
        if self.uses(3) {
            let trunc = module!("part/work/offer-flow-trunc").renamed("begin_flows", "begin_trunc");
            all.push(trunc.renamed("share", "share_trunc"));
            shares += "        case 3u: { return share_trunc(i, j, own, theirs); }\n";
        }
        if self.uses(4) {
            let threshold = module!("part/work/offer-threshold").variable("BOUND", "own_bound");
            all.push(
                threshold
                    .renamed("begin_flows", "begin_threshold")
                    .renamed("share", "share_threshold"),
            );
            shares += "        case 4u: { return share_threshold(i, j, own, theirs); }\n";
            begins += "        case 4u: { own_bound = workload[POLICIES_AT + 2u * strategies[i] + 1u]; }\n";
        }
        if !shares.is_empty() {
            all.push(links(step).renamed("offer", "offer_over_links"));
            offers += "        case 1u, 2u, 3u, 4u: { offer_over_links(i, own, tick); }\n";
        }
        if self.uses(5) {
            let two = module!("part/work/offer-two-choices").with("OFFER_KEY", key);
            all.push(
                two.renamed("OFFER_KEY", "CHOICE_KEY")
                    .renamed("offer", "offer_by_two_choices"),
            );
            offers += "        case 5u: { offer_by_two_choices(i, own, tick); }\n";
        }
        let over_links = if shares.is_empty() {
            String::new()
        } else {
            format!(
                "fn begin_flows(i: u32, tick: u32) {{\n    switch (own_policy) {{\n{begins}        default: {{}}\n    }}\n}}\n\n\
                 fn share(i: u32, j: u32, own: u32, theirs: u32) -> u32 {{\n    switch (own_policy) {{\n{shares}        default: {{ return 0u; }}\n    \
                 }}\n}}\n\n"
            )
        };
        let text = format!(
            "// What a cell offers is of its strategy. Twin: src/part/work/offer/own.rs.\n\n\
             @group(2) @binding(4) var<storage, read> workload: array<u32>;\n\
             @group(2) @binding(5) var<storage, read> strategies: array<u32>;\n\n\
             override POLICIES_AT: u32;\n\nvar<private> own_policy: u32;\n\n{over_links}\
             fn offer(i: u32, own: u32, tick: u32) {{\n    own_policy = workload[POLICIES_AT + 2u * strategies[i]];\n    switch (own_policy) {{\n{offers}\
             \x20       default: {{}}\n    }}\n}}\n"
        );
        all.push(Module::made("part/work/offer-own", text).with("POLICIES_AT", self.table.start as u32));
        all
    }

    /// The different policies for a person.
    pub(super) fn describe(&self) -> String {
        let mut all: Vec<String> = Vec::new();
        for text in self.list.iter().map(describe) {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        format!("by strategy: {}", all.join("; or "))
    }
}

impl OfferStep {
    /// Whether any cell may have such a policy.
    pub(super) fn any_policy(&self, is_such: impl Fn(&Policy) -> bool) -> bool {
        match &self.policies {
            Some(policies) => policies.list.iter().any(is_such),
            None => is_such(&self.policy),
        }
    }

    /// What the cells of a block hold, if what they offer depends on it.
    pub(super) fn strategies<'a>(&self, view: &View<'a>, block: &Range<u32>) -> Option<&'a [u32]> {
        self.policies.as_ref()?;
        let strategies = *view.reads.last()?;
        strategies.get(block.start as usize..block.end as usize)
    }

    /// The policy of the cell at a place in the block.
    #[inline(always)]
    pub(super) fn policy_of(&self, strategies: Option<&[u32]>, at: usize) -> &Policy {
        match (&self.policies, strategies) {
            (Some(policies), Some(strategies)) => policies.list.get(strategies[at] as usize).unwrap_or(&self.policy),
            _ => &self.policy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::factors;

    #[test]
    fn one_product_divides_exactly() {
        let mut known = 0;
        for parts in (1..200).chain([1000, 4097, 1 << 20]) {
            for most in [3, 18, 66, 258, 514] {
                let Some((of, both, shift)) = factors(parts, most) else {
                    assert!(parts > 40 || most > 100, "{parts} {most}");
                    continue;
                };
                known += 1;
                for (parts, factor) in [parts - 1, of].into_iter().zip(both) {
                    for n in 0..=most {
                        let quotient = u64::from(n.wrapping_mul(factor)) >> shift;
                        let exact = (u64::from(n) << 16).checked_div(parts.into());
                        assert!(exact.is_none_or(|exact| exact == quotient), "{n} of {parts}");
                    }
                }
                assert_eq!(of, parts);
            }
        }
        assert!(known > 300, "{known}");
    }
}
