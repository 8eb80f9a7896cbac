//! A run that goes on from a checkpoint, its own or that of another past.

use super::Simulation;
use crate::checkpoint::{self, Checkpoint, Memory, Setting, Written};
use crate::column::ColumnId;
use crate::error::Error;
use crate::fault::bits;
use crate::gauge::Measurement;
use std::path::Path;

/// How a run goes on.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// After how many ticks.
    pub tick: u32,
    /// The tick of the last row that was measured before, if one was: a record goes on after it.
    pub last_row: Option<u32>,
    /// A row that is due at that tick and was not measured before.
    pub row: Option<Measurement>,
    /// Columns that the past did not have: they begin as at tick 0. Only of a branch.
    pub new: Vec<&'static str>,
}

/// Whose past it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Of the same run.
    Own,
    /// Of another, whose scenario may differ from now on.
    Branch,
}

impl Simulation {
    /// Writes a checkpoint of the current state into an empty folder, see [`crate::checkpoint`]. What the run has measured is not in it,
    /// but up to which tick.
    ///
    /// # Errors
    /// [`Error::File`] naming the file that cannot be written, [`Error::DeviceFailed`]; [`Error::Invalid`] where the state is lost.
    pub fn checkpoint(&mut self, folder: &Path, setting: &Setting) -> Result<Written, Error> {
        self.check_state()?;
        let rows = &self.rows;
        let sightings = rows.before_end.as_ref().or(rows.recovery.as_ref());
        let memory = Memory {
            sightings: sightings.map(crate::gauge::Sightings::memory),
            last_row: rows.regular,
            start: rows.first().fingerprint,
        };
        checkpoint::write(&mut *self.execution, folder, setting, memory)
    }

    /// Goes on from a checkpoint of the same scenario, on any device. The simulation must be new. Of rows it then knows that of tick 0
    /// and perhaps that of now; whatever else was measured before is wherever it was put then.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a column is not as it was written: another checkpoint may be tried; [`Error::Invalid`] if it is of another
    /// swarm; [`Error::DeviceFailed`].
    pub fn resume(&mut self, from: &Checkpoint) -> Result<Resumed, Error> {
        let start = format!("{:016x}", self.rows.first().fingerprint);
        if start != from.manifest().start {
            let message = format!(
                "is of a swarm whose fingerprint at tick 0 is {}, and here it is {start}: the scenario, a file that it names, or the \
                 program is not what it was; run anew",
                from.manifest().start
            );
            return Err(Error::invalid(crate::error::shown(from.folder()), message));
        }
        self.go_on(from, Whose::Own)
    }

    /// Goes on from a checkpoint of another scenario, which may differ in what it does from then on, see `docs/checkpoints.md`: the same
    /// past, another future.
    ///
    /// # Errors
    /// As [`Simulation::resume`]; [`Error::Invalid`] naming the column if this scenario has no place for what the past held.
    pub fn branch(&mut self, from: &Checkpoint) -> Result<Resumed, Error> {
        self.go_on(from, Whose::Branch)
    }

    fn go_on(&mut self, from: &Checkpoint, whose: Whose) -> Result<Resumed, Error> {
        let name = || crate::error::shown(from.folder());
        if self.execution.tick() != 0 || self.is_lost {
            return Err(Error::invalid(name(), "can be taken up by a new simulation only"));
        }
        self.check_columns(from, whose)?;
        let new = self.read_columns(from)?;
        let past = from.past();
        self.execution.resume_at(past.tick)?;
        self.check_prints(from)?;
        let row = self.execution.measure()?;
        if whose == Whose::Own && format!("{:016x}", row.fingerprint) != from.manifest().fingerprint {
            let message = format!(
                "has the fingerprint {}, but the device's state {:016x}; the device is unreliable, or the program is not what it was: \
                 try --device cpu",
                from.manifest().fingerprint,
                row.fingerprint
            );
            return Err(Error::invalid(name(), message));
        }
        if let Some((own, then)) = self.rows.recovery.as_mut().zip(past.sightings) {
            own.recall(then);
        }
        let (regular, was_measured) = (past.last_row, past.last_row == Some(past.tick));
        let is_due = self.plan().is_measured(past.tick) && past.tick < self.plan().ticks;
        self.rows.regular = regular;
        let due = (is_due && !was_measured) || whose == Whose::Branch;
        let rows = &mut self.rows;
        rows.kept.truncate(1);
        if due && !was_measured {
            rows.push(row.clone());
        } else if was_measured {
            rows.kept.push(row.clone());
        }
        Ok(Resumed {
            tick: past.tick,
            last_row: regular,
            row: due.then_some(row),
            new,
        })
    }

    /// Refuses a checkpoint whose columns are not those of the plan.
    fn check_columns(&self, from: &Checkpoint, whose: Whose) -> Result<(), Error> {
        let plan = self.plan();
        let refuse = |name: &str, what: String| {
            let message = format!("of the checkpoint {} {what}", crate::error::shown(from.folder()));
            Err(Error::invalid(format!("column '{name}'"), message))
        };
        for saved in &from.manifest().columns {
            let Some(at) = plan.columns.iter().position(|column| column.name == saved.name) else {
                let message = "has no place in this scenario; leave the parts and the faults that the past had";
                return refuse(&saved.name, message.to_owned());
            };
            let (own, then) = (plan.words(ColumnId(at)), saved.shape.iter().product::<u64>());
            if own != then && plan.kinship.is_some() && plan.columns[at].extent.lanes().is_some() {
                let places =
                    |words: u64| crate::grouped(words / u64::from(plan.columns[at].extent.lanes().unwrap_or(1).max(1)));
                let message = format!(
                    "decides for how many cells there is room, {} here and {} in the checkpoint {}; leave it as it was",
                    places(own),
                    places(then),
                    crate::error::shown(from.folder())
                );
                return Err(Error::invalid("growth.max_agents", message));
            }
            if own != then && !(whose == Whose::Branch && self.is_of_events(ColumnId(at))) {
                return refuse(
                    &saved.name,
                    format!(
                        "has {} numbers, and in this scenario {}; leave the part that has them as it was, with its keys",
                        crate::grouped(then as i128),
                        crate::grouped(own as i128)
                    ),
                );
            }
        }
        let is_saved = |name: &str| from.manifest().columns.iter().any(|saved| saved.name == name);
        let missing = plan
            .columns
            .iter()
            .find(|column| column.is_state() && !is_saved(column.name));
        match missing.filter(|_| whose == Whose::Own) {
            Some(column) => refuse(
                column.name,
                "is missing; the scenario is not what it was: run anew".to_owned(),
            ),
            None => Ok(()),
        }
    }

    /// Whether a column has a word for each event: of a branch they may be more or fewer, and those that have happened come first.
    fn is_of_events(&self, column: ColumnId) -> bool {
        let struck = self.plan().faults.as_ref().and_then(|faults| faults.struck);
        struck.is_some_and(|struck| struck.changed == column)
    }

    /// Puts the columns of a checkpoint onto the device; answers which it does not have.
    fn read_columns(&mut self, from: &Checkpoint) -> Result<Vec<&'static str>, Error> {
        let status = self.plan().faults.as_ref().map(|faults| faults.status);
        for saved in &from.manifest().columns {
            let Some(at) = self.plan().columns.iter().position(|column| column.name == saved.name) else {
                continue;
            };
            let id = ColumnId(at);
            let words = self.plan().words(id);
            let execution = &mut self.execution;
            from.read(saved, |first, piece| {
                let count = words.saturating_sub(first).min(piece.len() as u64) as usize;
                let piece = &piece[..count];
                if status != Some(id) {
                    return execution.write_range(id, first, piece);
                }
                // On which side of a partition a node is says the scenario, whatever happened: it may have got other partitions.
                let sides = u32::MAX << bits::FIRST_SIDE;
                let mut own = execution.read_range(id, first..first + count as u64)?;
                for (own, then) in own.iter_mut().zip(piece) {
                    *own = *own & sides | *then & !sides;
                }
                execution.write_range(id, first, &own)
            })?;
        }
        self.inherit_sides()?;
        let is_saved = |name: &str| from.manifest().columns.iter().any(|saved| saved.name == name);
        let columns = self.plan().columns.iter();
        let new = columns.filter(|column| column.is_state() && !is_saved(column.name));
        Ok(new.map(|column| column.name).collect())
    }

    /// Where nodes come and go, a child is on the side of every partition on which the one from the start is that it descends from.
    fn inherit_sides(&mut self) -> Result<(), Error> {
        let plan = self.execution.plan();
        let Some((kin, faults)) = plan.kinship.zip(plan.faults.as_ref()) else {
            return Ok(());
        };
        let (founders, status) = (plan.founders() as usize, faults.status);
        let sides = u32::MAX << bits::FIRST_SIDE;
        let parents = self.execution.read(kin.parents)?;
        let mut words = self.execution.read(status)?;
        let parent = |node: usize| parents.get(node).and_then(|word| (*word as usize).checked_sub(1));
        for node in founders..words.len() {
            // No deeper than there are levels, whatever a file says.
            let mut root = node;
            for _ in 0..=crate::part::growth::DEEPEST {
                root = parent(root).unwrap_or(root);
            }
            if let Some(of_root) = words.get(root).copied().filter(|_| root < founders) {
                words[node] = words[node] & !sides | of_root & sides;
            }
        }
        self.execution.write_range(status, founders as u64, &words[founders..])
    }

    /// Compares what the device holds with what was read.
    fn check_prints(&mut self, from: &Checkpoint) -> Result<(), Error> {
        let prints = self.execution.fingerprints()?;
        let status = self.plan().faults.as_ref().map(|faults| faults.status);
        for saved in &from.manifest().columns {
            let columns = &self.plan().columns;
            let Some(at) = columns.iter().position(|column| column.name == saved.name) else {
                continue;
            };
            let id = ColumnId(at);
            let is_whole = self.plan().words(id) == saved.shape.iter().product::<u64>();
            // Where nodes come and go, not all words that are saved are of the state; what is, is compared as a whole.
            let is_state = self.plan().kinship.is_none() || columns[at].extent.lanes().is_none();
            let differs = format!("{:016x}", prints[at].bits()) != saved.fingerprint;
            if is_state && differs && is_whole && status != Some(id) {
                let message = format!(
                    "does not hold on {} what was read from {}; the device is unreliable: try --device cpu",
                    self.device.name,
                    crate::error::shown(from.folder())
                );
                return Err(Error::invalid(format!("column '{}'", saved.name), message));
            }
        }
        Ok(())
    }
}
