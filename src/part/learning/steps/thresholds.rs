//! A node takes up a task by its stimulus and its own threshold, or lays it down. Twin of `shaders/part/learning/thresholds.wgsl`.

use crate::column::{Access, Binding, ColumnId, Folded};
use crate::number::{multiply_high, threefry2x32};
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// s² / (s² + θ²) in 2^-31, rounded down, of the upper 15 bits of the greater and as many places of the other: within 2^-13. 0 of s = 0.
#[inline]
#[must_use]
pub fn respond(stimulus: u32, threshold: u32) -> u32 {
    let greater = stimulus.max(threshold);
    let shift = 17u32.saturating_sub(greater.leading_zeros());
    let (s, theta) = (u64::from(stimulus >> shift), u64::from(threshold >> shift));
    match s {
        0 => 0,
        s => (((s * s) << 31) / (s * s + theta * theta)) as u32,
    }
}

/// How nodes respond. Stimuli and thresholds are in 2^-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The least threshold at tick 0, and how much more the greatest is.
    pub low: u32,
    /// See `low`.
    pub width: u32,
    /// The probability to lay a task down, in 2^-31.
    pub quit: u32,
    /// By how much a threshold falls with doing.
    pub learn: u32,
    /// By how much it rises with not doing.
    pub forget: u32,
    /// The least and the greatest that it may become.
    pub range: [u32; 2],
    /// What thresholds at tick 0, and what responses depend on.
    pub keys: [[u32; 2]; 2],
}

impl Response {
    /// A node's threshold for a task at tick 0.
    #[inline]
    #[must_use]
    pub fn first(&self, node: u32, task: u32) -> u32 {
        if self.width == 0 {
            return self.low;
        }
        self.low + multiply_high(threefry2x32(self.keys[0], [node, task])[0], self.width + 1)
    }

    /// What a threshold has changed by once the node did the task, or did not.
    #[inline]
    fn adapted(&self, first: u32, change: u32, does: bool) -> u32 {
        let held = first.wrapping_add(change);
        let moved = if does {
            held.saturating_sub(self.learn)
        } else {
            held + self.forget
        };
        moved.clamp(self.range[0], self.range[1]).wrapping_sub(first)
    }
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ThresholdsStep {
    base: Base,
    stimulus: ColumnId,
    /// By how much each threshold has changed, if they change.
    changes: Option<ColumnId>,
    response: Response,
}

impl ThresholdsStep {
    /// The step.
    #[must_use]
    pub fn new(base: Base, stimulus: ColumnId, changes: Option<ColumnId>, response: Response) -> Self {
        Self {
            base,
            stimulus,
            changes,
            response,
        }
    }
}

impl Step for ThresholdsStep {
    fn name(&self) -> &'static str {
        "thresholds"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        bindings.push(Binding::new(3, self.stimulus, Access::Read));
        bindings.extend(self.changes.map(|changes| Binding::new(4, changes, Access::Update)));
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let response = self.response;
        let mut modules = self.base.modules();
        modules.push(match self.changes {
            Some(_) => module!("part/learning/thresholds-learnt")
                .with("TASKS", self.base.strategies)
                .with("LEARN", response.learn)
                .with("FORGET", response.forget)
                .with("LEAST_THRESHOLD", response.range[0])
                .with("MOST_THRESHOLD", response.range[1]),
            None => module!("part/learning/thresholds-fixed"),
        });
        modules.push(
            module!("part/learning/thresholds")
                .with("STRATEGIES", self.base.strategies)
                .with("LOW", response.low)
                .with("THRESHOLD_WIDTH", response.width)
                .with("QUIT", response.quit)
                .with("FIRST_KEY", response.keys[0][0])
                .with("FIRST_SALT", response.keys[0][1])
                .with("RESPONSE_KEY", response.keys[1][0])
                .with("RESPONSE_SALT", response.keys[1][1]),
        );
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let stimuli = view.reads[1];
        let [next, changes @ ..] = outputs.as_mut_slice() else {
            return;
        };
        let next = &mut *next[0];
        let response = &self.response;
        for (l, i) in block.enumerate() {
            next[l] = own[l];
            if !self.base.decides(view, i) {
                continue;
            }
            let [a, b] = threefry2x32(response.keys[1], [i, view.tick]);
            if own[l] != 0 {
                if b >> 1 < response.quit {
                    next[l] = 0;
                }
            } else {
                let task = multiply_high(a, self.base.strategies);
                let change = changes.first().map_or(0, |lanes| lanes[task as usize][l]);
                let threshold = response.first(i, task).wrapping_add(change);
                if b >> 1 < respond(stimuli[task as usize], threshold) {
                    next[l] = task + 1;
                }
            }
            for (task, lane) in (0..).zip(changes.iter_mut().flatten()) {
                lane[l] = response.adapted(response.first(i, task), lane[l], own[l] == task + 1);
            }
        }
        self.base.note_all(view, 0, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        let learns = if self.changes.is_some() {
            ", thresholds change with doing"
        } else {
            ""
        };
        format!("takes tasks up by stimulus and threshold, lays them down{learns}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_those_of_the_formula() {
        for (s, theta) in [
            (1u32, 1u32),
            (3 << 16, 10 << 16),
            (1000 << 16, 1),
            (7, 1 << 30),
            (1 << 31, 1 << 31),
            (12_345_678, 9_876_543),
        ] {
            let (x, y) = (f64::from(s), f64::from(theta));
            let exact = x * x / (x * x + y * y);
            let found = f64::from(respond(s, theta)) / 2_147_483_648.0;
            assert!((found - exact).abs() < 1.0 / 8192.0, "{s} {theta}: {found} for {exact}");
        }
        assert_eq!((respond(0, 0), respond(0, 5), respond(5, 0)), (0, 0, 1 << 31));
    }
}
