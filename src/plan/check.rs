//! What a plan must be so that every device does the same with it. Each device asks before it takes a swarm in.

use super::Plan;
use crate::column::{Access, Binding, Column, ColumnId, Extent, Folded, Space, TOP_LEVEL};
use crate::error::Error;
use crate::gauge::Op;
use crate::step::Step;

/// Whether there is one for the whole swarm.
fn is_swarm(column: &Column) -> bool {
    matches!(column.extent, Extent::Swarm(_))
}

fn is_table(column: &Column) -> bool {
    matches!(column.extent, Extent::Table(_))
}

impl Plan {
    /// Whether columns can be told apart, whether there are those that the steps and the gauge name, and whether what a step does with
    /// them has the same outcome in whatever order its nodes are taken.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the step or the gauge, and the column.
    pub fn check(&self) -> Result<(), Error> {
        self.check_columns()?;
        let mut folded = Vec::new();
        for step in &self.steps {
            self.check_step(&**step)?;
            self.check_folds(&**step, &mut folded)?;
        }
        self.check_gauges()?;
        let faults = self.faults.iter().map(|faults| ("the faults", faults.status));
        let noted = self.noted.iter().map(|noted| ("the rule", noted.column));
        for (whose, column) in faults.chain(noted) {
            self.known(whose, column)?;
        }
        Ok(())
    }

    /// The column that `whose` names.
    fn known(&self, whose: &str, column: ColumnId) -> Result<&Column, Error> {
        self.columns.get(column.0).ok_or_else(|| {
            let message = format!(
                "names the column {}, but the plan has {}, numbered from 0",
                column.0,
                self.columns.len()
            );
            Error::invalid(whose, message)
        })
    }

    /// Whether each column has a name that says whose it is, and that is its own: by the name the fingerprint tells columns apart.
    fn check_columns(&self) -> Result<(), Error> {
        for (at, column) in self.columns.iter().enumerate() {
            let name = column.name;
            let refuse = |message: String| Err(Error::invalid(format!("column '{name}'"), message));
            if name.split('.').count() < 2 || name.split('.').any(str::is_empty) {
                return refuse("does not say whose it is; a name is as in consensus.belief".into());
            }
            let before = &self.columns[..at];
            if let Some(other) = before.iter().find(|other| other.number() == column.number()) {
                return refuse(if other.name == name {
                    "is there twice; give each column a name of its own".into()
                } else {
                    format!(
                        "has the number {:08x} in the fingerprint, as '{}' has; rename one of the two",
                        column.number(),
                        other.name
                    )
                });
            }
            if column.doubled && (is_swarm(column) || is_table(column)) {
                return refuse(
                    "is of the whole swarm and doubled; such a column has one copy, which steps fold into".into(),
                );
            }
            if let Extent::Groups(level) = column.extent
                && !(1..=TOP_LEVEL).contains(&level)
            {
                return refuse(format!(
                    "is of groups of level {level}; the levels are 1 to {TOP_LEVEL}"
                ));
            }
        }
        Ok(())
    }

    /// Whether a step can do what it does with its columns.
    fn check_step(&self, step: &dyn Step) -> Result<(), Error> {
        let whose = format!("step '{}'", step.name());
        let bindings = step.bindings();
        if let Space::Groups(level) = step.space()
            && !(1..=TOP_LEVEL).contains(&level)
        {
            let message = format!("runs over groups of level {level}; the levels are 1 to {TOP_LEVEL}");
            return Err(Error::invalid(whose, message));
        }
        for (at, binding) in bindings.iter().enumerate() {
            let column = self.known(&whose, binding.column)?;
            let before = &bindings[..at];
            if let Some(other) = before.iter().find(|other| other.slot == binding.slot) {
                // The one before is known.
                let message = format!(
                    "binds slot {} twice, for the columns '{}' and '{}'; give each a slot of its own",
                    binding.slot, self.columns[other.column.0].name, column.name
                );
                return Err(Error::invalid(whose, message));
            }
        }
        if (step.reads_links() || step.hears()) && self.changes_links(step) {
            let message = "writes who is whose child and walks the links, which follow from that; make two steps of it";
            return Err(Error::invalid(whose, message));
        }
        for binding in &bindings {
            let column = &self.columns[binding.column.0];
            if let Some(problem) = self.problem(step, &bindings, *binding, column) {
                let message = format!("writes the column '{}' {problem}", column.name);
                return Err(Error::invalid(whose, message));
            }
        }
        Ok(())
    }

    /// Whether a step says what it does with each word that it folds into, one operation a word, as all other steps.
    fn check_folds<'a>(&'a self, step: &'a dyn Step, known: &mut Vec<(&'a str, Folded)>) -> Result<(), Error> {
        let whose = || format!("step '{}'", step.name());
        let bindings = step.bindings();
        let folds = step.folds();
        let bound = |column: ColumnId| bindings.iter().any(|b| b.column == column && b.access == Access::Fold);
        for binding in bindings.iter().filter(|binding| binding.access == Access::Fold) {
            if !folds.iter().any(|folded| folded.column == binding.column) {
                let name = self.columns[binding.column.0].name;
                let message = format!(
                    "folds into the column '{name}', and does not say by which operation; say so by Step::folds"
                );
                return Err(Error::invalid(whose(), message));
            }
        }
        for folded in folds {
            let column = self.known(&whose(), folded.column)?;
            let words = format!(
                "the words {}..{} of the column '{}'",
                folded.words.start, folded.words.end, column.name
            );
            if !bound(folded.column) {
                let message = format!("folds into {words}, which it does not bind for that; bind it with Access::Fold");
                return Err(Error::invalid(whose(), message));
            }
            if u64::from(folded.words.end) > self.words(folded.column) {
                let message = format!("folds into {words}, which has {}", self.words(folded.column));
                return Err(Error::invalid(whose(), message));
            }
            let meets = |other: &Folded| {
                other.column == folded.column
                    && other.words.start < folded.words.end
                    && folded.words.start < other.words.end
            };
            if let Some((by, other)) = known
                .iter()
                .find(|(_, other)| meets(other) && other.fold != folded.fold)
            {
                let message = format!(
                    "folds into {words} by {:?}, and step '{by}' by {:?}: the outcome would depend on the order; give each operation words of its own",
                    folded.fold, other.fold
                );
                return Err(Error::invalid(whose(), message));
            }
            known.push((step.name(), folded));
        }
        Ok(())
    }

    /// Why a step cannot do with a column what a binding of its says, if it cannot.
    fn problem(
        &self,
        step: &dyn Step,
        bindings: &[Binding],
        binding: Binding,
        column: &Column,
    ) -> Option<&'static str> {
        if binding.access == Access::Read {
            return None;
        }
        let others = || {
            bindings
                .iter()
                .filter(|other| **other != binding && other.column == binding.column)
        };
        let writes_twice = others().any(|other| other.access != Access::Read);
        let reads_too = others().any(|other| other.access == Access::Read);
        // What the engine reads for the step, to know who hears whom.
        let status = self
            .faults
            .as_ref()
            .filter(|_| step.hears())
            .map(|faults| faults.status);
        match binding.access {
            _ if is_table(column) => Some("which is a table that no step writes: read it"),
            Access::Next | Access::Update if is_swarm(column) => {
                Some("at each node's own index, but it is of the whole swarm: fold into it")
            }
            Access::Fold if !is_swarm(column) => Some(
                "in any order, but nodes or links have words of their own in it: write it as the next, or update it",
            ),
            Access::Fold if writes_twice || reads_too => {
                Some("in any order, and binds it a second time: leave the other binding out")
            }
            Access::Next | Access::Update if !step.space().owns(column.extent) => {
                Some("of which what it runs over has no words of its own: run it over what the column is of")
            }
            _ if writes_twice => Some("twice: which of the two comes last is not known; leave one out"),
            Access::Next if !column.doubled => {
                Some("as the next, but has no room for it: double the column, or update it")
            }
            Access::Update if reads_too => Some(
                "in place, and reads it anywhere: others would see some old words and some new; double it and write the next",
            ),
            Access::Update if status == Some(binding.column) => {
                Some("in place, and asks who hears whom, which reads it anywhere: do the two in two steps")
            }
            _ => None,
        }
    }

    /// Whether there is what the gauges read, can be recorded what they record, and has a name of its own what they add up.
    fn check_gauges(&self) -> Result<(), Error> {
        for gauge in &self.gauges {
            let whose = format!("the gauge of '{}'", gauge.name());
            for (slot, column) in gauge.columns() {
                self.known(&whose, column)?;
                if slot < 2 {
                    return Err(Error::invalid(
                        whose,
                        format!("binds slot {slot}; its slots begin with 2"),
                    ));
                }
            }
            let accumulators = gauge.accumulators();
            for (at, accumulator) in accumulators.iter().enumerate() {
                if accumulators[..at].iter().any(|other| other.name == accumulator.name) {
                    let message = format!("has two accumulators called '{}'; rename one", accumulator.name);
                    return Err(Error::invalid(whose, message));
                }
                let Op::Column(record) = accumulator.op else {
                    continue;
                };
                let column = self.known(&whose, record)?;
                if !is_swarm(column) {
                    let message = format!(
                        "records the column '{}', of which nodes or links have words of their own; only one of the whole swarm can be",
                        column.name
                    );
                    return Err(Error::invalid(whose, message));
                }
            }
        }
        Ok(())
    }
}
