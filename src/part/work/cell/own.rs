//! What a cell's strategy sets besides numbers: who is served first, and in which ticks a task is dispatched. On the CPU the policy itself
//! is looked up; on a GPU its word and its number, in the column `workload`, and the shader is put together of the policies that any
//! strategy uses: their pieces under names of their own, and a switch.

use super::order::{Ageing, Next};
use super::source::Stretch;
use crate::part::work::choices::Switch;
use crate::part::work::source::put;
use crate::shader::{Module, module};
use crate::timing::Schedule;
use std::fmt::Write;

/// Who is served first, by strategy.
#[derive(Clone, Debug)]
pub struct Orders {
    /// Of a cell that holds nothing, and of each strategy.
    pub list: Vec<Next>,
    /// The same as two words each: which, and its number.
    pub table: Stretch,
}

/// In which ticks a cell dispatches, by strategy.
#[derive(Clone, Debug)]
pub struct Dispatches {
    /// Of a cell that holds nothing, and of each strategy; nothing where it is the scenario's timing.
    pub list: Vec<Option<Schedule>>,
    /// The same as two words each: which, and its rate.
    pub table: Stretch,
}

/// An order's word in the table, and its number.
fn order_words(next: &Next) -> [u32; 2] {
    match next {
        Next::Fifo => [0, 0],
        Next::Ageing(Ageing::Strict) => [1, 0],
        Next::Ageing(Ageing::Fibonacci) => [2, 0],
        Next::Ageing(Ageing::Binary) => [3, 0],
        Next::Ageing(Ageing::Linear(step)) => [4, *step],
        Next::Shares(weights) => [5, weights.start as u32],
    }
}

impl Orders {
    /// With their table.
    pub(in crate::part::work) fn new(list: Vec<Next>, tables: &mut Vec<u32>) -> Self {
        let table = put(tables, list.iter().flat_map(order_words));
        Self { list, table }
    }

    /// The shader's side, in place of a single order's.
    pub(super) fn modules(&self) -> Vec<Module> {
        let uses = |which: u32| self.list.iter().any(|next| order_words(next)[0] == which);
        let mut all = Vec::new();
        let (mut sets, mut cases) = (String::new(), String::new());
        if uses(0) {
            cases += "        case 0u: { return 0; }\n";
        }
        if uses(1) {
            cases += "        case 1u: { return i32(task_tier(record)); }\n";
        }
        let ageing = [
            (2, "levels_fibonacci", module!("part/work/age-fibonacci")),
            (3, "levels_binary", module!("part/work/age-binary")),
            (
                4,
                "levels_linear",
                module!("part/work/age-linear").variable("AGE_STEP", "own_age_step"),
            ),
        ];
        for (which, name, piece) in ageing {
            if uses(which) {
                all.push(piece.renamed("levels", name));
                let _ = writeln!(
                    cases,
                    "        case {which}u: {{ return i32(task_tier(record)) - i32({name}(clock.tick - task_tick(record))); }}"
                );
            }
        }
        if uses(4) {
            sets += "    own_age_step = number;\n";
        }
        if uses(5) {
            let shares = module!("part/work/order-shares").variable("WEIGHTS_AT", "own_weights_at");
            all.push(
                shares
                    .renamed("prepare_order", "prepare_shares")
                    .renamed("urgency", "urgency_of_shares"),
            );
            sets += "    own_weights_at = number;\n    if (own_order == 5u) {\n        prepare_shares();\n    }\n";
            cases += "        case 5u: { return urgency_of_shares(record); }\n";
        }
        let number = if sets.is_empty() {
            ""
        } else {
            "    let number = workload[at + 1u];\n"
        };
        let text = format!(
            "// Which order a cell serves its tasks in is of its strategy. Twin: src/part/work/cell/own.rs.\n\n\
             override ORDERS_AT: u32;\n\nvar<private> own_order: u32;\n\n\
             fn prepare_order() {{\n    let at = ORDERS_AT + 2u * strategies[own_cell];\n    own_order = workload[at];\n{number}{sets}}}\n\n\
             fn urgency(record: u32) -> i32 {{\n    switch (own_order) {{\n{cases}        default: {{ return 0; }}\n    }}\n}}\n"
        );
        all.push(Module::made("part/work/order-own", text).with("ORDERS_AT", self.table.start as u32));
        all
    }
}

/// The rate of a schedule, of those that have one.
fn rate(schedule: Schedule) -> u32 {
    match schedule {
        Schedule::Carry { rate, .. } | Schedule::Rotation { rate } | Schedule::Bernoulli { rate, .. } => rate,
        Schedule::Always | Schedule::Own(_) => 0,
    }
}

impl Dispatches {
    /// With their table.
    pub(in crate::part::work) fn new(list: Vec<Option<Schedule>>, tables: &mut Vec<u32>) -> Self {
        let kinds = kinds(&list);
        let words = |schedule: &Option<Schedule>| match schedule {
            None => [0, 0],
            Some(schedule) => {
                let is_it = |kind: &Schedule| kind.module().name == schedule.module().name;
                let which = kinds.iter().position(is_it).map_or(0, |at| 1 + at as u32);
                [which, rate(*schedule)]
            }
        };
        let table = put(tables, list.iter().flat_map(words));
        Self { list, table }
    }

    fn modules(&self) -> Vec<Module> {
        let mut all = Vec::new();
        let (mut rates, mut cases) = (String::new(), String::new());
        for (which, kind) in (1..).zip(kinds(&self.list)) {
            let mut piece = kind.module().renamed("is_active", &format!("acts_{which}"));
            // The plan's timing may be one of the same kind, with constants of its own.
            for constant in ["SEED", "STEP_HIGH", "STEP_LOW"] {
                piece = piece.renamed(constant, &format!("{constant}_{which}"));
            }
            if !kind.is_always() {
                piece = piece.variable("RATE", &format!("rate_{which}"));
                let _ = writeln!(rates, "    rate_{which} = rate;");
            }
            all.push(piece);
            let _ = writeln!(cases, "        case {which}u: {{ return acts_{which}(i, tick); }}");
        }
        let rate = if rates.is_empty() {
            ""
        } else {
            "    let rate = workload[at + 1u];\n"
        };
        let text = format!(
            "// In which ticks a cell dispatches is of its strategy. Twin: src/part/work/cell/own.rs.\n\n\
             override DISPATCHES_AT: u32;\n\n\
             fn acts_by_choice(i: u32, tick: u32) -> bool {{\n    let at = DISPATCHES_AT + 2u * strategies[i];\n{rate}{rates}\
             \x20   switch (workload[at]) {{\n{cases}        default: {{ return is_active(i, tick); }}\n    }}\n}}\n"
        );
        all.push(Module::made("part/work/dispatch-own", text).with("DISPATCHES_AT", self.table.start as u32));
        all
    }
}

/// The different kinds of schedules.
fn kinds(list: &[Option<Schedule>]) -> Vec<Schedule> {
    let mut kinds: Vec<Schedule> = Vec::new();
    for schedule in list.iter().flatten() {
        if kinds.iter().all(|kind| kind.module().name != schedule.module().name) {
            kinds.push(*schedule);
        }
    }
    kinds
}

/// Whether a cell that held `before` when all last decided, and now holds `own`, is still changing.
#[inline(always)]
pub(super) fn is_changing(change: Switch, tick: u32, before: u32, own: u32) -> bool {
    tick % change.every < change.ticks && before != own && before != 0 && own != 0
}

/// The pieces that say `may_dispatch`, if it is of a cell's choice.
pub(super) fn dispatch_modules(dispatches: Option<&Dispatches>, change: Switch) -> Vec<Module> {
    let (mut all, mut says) = (Vec::new(), Vec::new());
    if change.ticks > 0 {
        all.push(
            module!("part/work/changing")
                .with("CHANGE_TICKS", change.ticks)
                .with("DECIDE_EVERY", change.every),
        );
        says.push("!is_changing(i, tick)");
    }
    says.push(match dispatches {
        Some(dispatches) => {
            all.extend(dispatches.modules());
            "acts_by_choice(i, tick)"
        }
        None => "is_active(i, tick)",
    });
    if all.is_empty() {
        return all;
    }
    let text = format!(
        "// Whether a cell's coordinator may dispatch. Twin: src/part/work/cell/own.rs.\n\n\
         fn may_dispatch(i: u32, tick: u32) -> bool {{\n    return {};\n}}\n",
        says.join(" && ")
    );
    all.push(Module::made("part/work/may-dispatch", text));
    all
}
