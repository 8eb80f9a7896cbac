//! Logs that are tables with named columns: CSV and Parquet.

pub(super) mod csv;
#[cfg(feature = "tables")]
pub(super) mod parquet;

use super::cell::Cell;
use super::log::{Draft, Log, Trouble};
use super::reason::{Field, Kind};
use super::spec::Columns;
use crate::error::{Error, nearest};
use crate::topology::import::excerpt;

/// The most names that a message lists.
const LISTED: usize = 20;

/// Where a table has what: indices of columns and their names.
#[derive(Debug)]
struct Roles {
    arrival: (usize, String),
    need: (usize, String),
    tier: Option<(usize, String)>,
    processors: Option<(usize, String)>,
    user: Option<(usize, String)>,
}

impl Roles {
    /// Finds the columns that the scenario names, or else those of the standard names.
    fn find(names: &[String], log: &Log<'_>) -> Result<Self, Error> {
        let find = |role: &str, name: &str| {
            let mut places = (0..names.len()).filter(|&at| names[at] == name);
            match (places.next(), places.next()) {
                (Some(at), None) => Ok((at, name.to_owned())),
                (None, _) => Err(missing(names, log, role, name)),
                (Some(_), Some(_)) => {
                    let message = format!(
                        "is '{name}', which {} has more than one column of; rename one",
                        log.name()
                    );
                    Err(log.error_of(&format!("columns.{role}"), message))
                }
            }
        };
        let optional = |role: &str, name: Option<&String>| name.map(|name| find(role, name)).transpose();
        let standard = |name: &str| names.iter().any(|n| n == name).then(|| name.to_owned());
        let standard = || Columns {
            arrival: "arrival".to_owned(),
            need: "need".to_owned(),
            tier: standard("tier"),
            processors: standard("processors"),
            user: standard("user"),
        };
        let columns = log.spec().columns.clone().unwrap_or_else(standard);
        Ok(Self {
            arrival: find("arrival", &columns.arrival)?,
            need: find("need", &columns.need)?,
            tier: optional("tier", columns.tier.as_ref())?,
            processors: optional("processors", columns.processors.as_ref())?,
            user: optional("user", columns.user.as_ref())?,
        })
    }

    /// The columns that are read, in ascending order.
    #[cfg(feature = "cli")]
    fn wanted(&self) -> Vec<usize> {
        let optional = [&self.tier, &self.processors, &self.user].into_iter().flatten();
        let mut wanted: Vec<usize> = [&self.arrival, &self.need]
            .into_iter()
            .chain(optional)
            .map(|role| role.0)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Takes a row that begins in this line, of which `cell` gives the columns.
    fn take<'a>(&self, row: u64, line: u64, log: &mut Log<'_>, cell: impl Fn(usize) -> Cell<'a>) -> Result<(), Error> {
        let read = self.job(row, line, log, cell);
        log.take(line, read)
    }

    /// The job of a row, of which `cell` gives the columns.
    fn job<'a>(&self, row: u64, line: u64, log: &Log<'_>, cell: impl Fn(usize) -> Cell<'a>) -> Result<Draft, Trouble> {
        let refuse = |field: Field, (at, name): &(usize, String), kind: Kind| {
            log.trouble(
                field,
                kind,
                &format!("column '{}'", excerpt(name.as_bytes())),
                cell(*at),
            )
        };
        let optional =
            |field: Field, role: &Option<(usize, String)>, default, read: &dyn Fn(Cell<'a>) -> Result<u32, Kind>| {
                role.as_ref().map_or(Ok(default), |role| {
                    read(cell(role.0)).map_err(|kind| refuse(field, role, kind))
                })
            };
        Ok(Draft {
            submit: Log::arrival(cell(self.arrival.0)).map_err(|kind| refuse(Field::Arrival, &self.arrival, kind))?,
            need: log
                .need(cell(self.need.0))
                .map_err(|kind| refuse(Field::Need, &self.need, kind))?,
            mark: optional(Field::Tier, &self.tier, 0, &|cell| log.mark(cell))?,
            tasks: optional(Field::Processors, &self.processors, 1, &Log::tasks)?,
            user: optional(Field::User, &self.user, 0, &Log::user)?,
            number: row,
            line,
        })
    }
}

fn missing(names: &[String], log: &Log<'_>, role: &str, name: &str) -> Error {
    let near = nearest(name, names.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| {
        format!("did you mean '{}'? ", excerpt(near.as_bytes()))
    });
    let mut listed: Vec<String> = names.iter().take(LISTED).map(|name| excerpt(name.as_bytes())).collect();
    if names.len() > LISTED {
        listed.push("…".to_owned());
    }
    let is = if log.spec().columns.is_some() {
        "is"
    } else {
        "is left out, which means"
    };
    let message = format!(
        "{is} '{}', but {}, read as {}, has no such column; {near}it has: {}",
        excerpt(name.as_bytes()),
        log.name(),
        log.format.name(),
        listed.join(", ")
    );
    log.error_of(&format!("columns.{role}"), message)
}
