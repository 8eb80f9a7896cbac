//! Which columns of a table hold what.

use crate::error::excerpt;
use crate::error::{Error, nearest};
use crate::trace::log::Log;
use crate::trace::spec::{ColumnName, Columns, Placement, TierBy};

/// The most names that a message lists.
const LISTED: usize = 20;

/// What a column may hold of a job; the keys of `work.log.columns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Arrival,
    Need,
    Start,
    End,
    Tier,
    Processors,
    User,
    Status,
    Job,
}

use Role::{Arrival, End, Job, Need, Processors, Start, Status, Tier, User};

/// All roles, as their keys are called, and their standard names: small letters without blanks, hyphens and underscores.
const ROLES: [(Role, &str, &[&str]); 9] = [
    (Arrival, "arrival", &["arrival", "submit", "submittime"]),
    (Need, "need", &["need", "runtime", "elapsed", "elapsedraw"]),
    (Start, "start", &["start", "starttime"]),
    (End, "end", &["end", "endtime"]),
    (Tier, "tier", &["tier"]),
    (Processors, "processors", &["processors", "alloccpus", "cpus", "cores"]),
    (User, "user", &["user", "userid"]),
    (Status, "status", &["status", "state"]),
    (Job, "job", &["jobid", "job"]),
];

impl Role {
    pub(super) fn key(self) -> &'static str {
        ROLES[self as usize].1
    }

    fn given(self, columns: &Columns) -> Option<&ColumnName> {
        let given = match self {
            Arrival => &columns.arrival,
            Need => &columns.need,
            Start => &columns.start,
            End => &columns.end,
            Tier => &columns.tier,
            Processors => &columns.processors,
            User => &columns.user,
            Status => &columns.status,
            Job => &columns.job,
        };
        given.as_ref().filter(|name| **name != ColumnName::Used(true))
    }
}

/// A column that is read.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its index.
    pub(super) at: usize,
    /// Its name, or its number where there are no names.
    name: String,
    numbered: bool,
}

impl Column {
    /// For a message.
    pub(super) fn called(&self) -> String {
        if self.numbered {
            format!("column {}", self.name)
        } else {
            format!("column '{}'", self.name)
        }
    }
}

/// How long jobs run.
#[derive(Clone, Debug)]
pub(super) enum Length {
    /// A column says.
    Need(Column),
    /// From one time to another.
    Between(Role, Column, Column),
}

/// Where a table has what.
#[derive(Debug)]
pub(super) struct Roles {
    /// When jobs arrive, and in which role the column says.
    pub(super) arrival: (Role, Column),
    pub(super) length: Length,
    pub(super) tier: Option<Column>,
    pub(super) processors: Option<Column>,
    pub(super) user: Option<Column>,
    pub(super) status: Option<Column>,
    pub(super) job: Option<Column>,
}

/// What a table's columns are called.
#[derive(Clone, Copy)]
pub(super) enum Header<'a> {
    /// By name.
    Names(&'a [String]),
    /// By number only: so many.
    Numbers(usize),
}

impl Roles {
    /// Finds the columns that the scenario names, and those of the standard names, and tells the log of them.
    ///
    /// # Errors
    /// A key of `work.log.columns` that is not there or not unique.
    #[cfg(feature = "tables")]
    pub(super) fn find(names: &[String], log: &mut Log<'_>) -> Result<Self, Error> {
        let roles = Self::search(Header::Names(names), log)?;
        roles.tell(Header::Names(names), log);
        Ok(roles)
    }

    /// As [`find`](Self::find), and tells nothing.
    pub(super) fn search(header: Header<'_>, log: &Log<'_>) -> Result<Self, Error> {
        let find = |role: Role| column(header, log, role);
        let is_given = |role: Role| {
            matches!(
                role.given(&log.spec().columns),
                Some(ColumnName::Name(_) | ColumnName::Number(_))
            )
        };
        if is_given(Need) && is_given(End) {
            let message = "says how long jobs run, and so does work.log.columns.end; leave one of the two out";
            return Err(log.error_of("columns.need", message));
        }
        let (start, end) = (find(Start)?, find(End)?);
        let arrival = match (find(Arrival)?, &start) {
            (Some(arrival), _) => (Arrival, arrival),
            (None, Some(start)) => (Start, start.clone()),
            (None, None) => return Err(missing(header, log, Arrival)),
        };
        // Whoever names an end means it.
        let need = if is_given(End) { None } else { find(Need)? };
        let length = match (need, end) {
            (Some(need), _) => Length::Need(need),
            (None, Some(end)) => match start {
                Some(start) => Length::Between(Start, start, end),
                None => Length::Between(arrival.0, arrival.1.clone(), end),
            },
            (None, None) => return Err(missing(header, log, Need)),
        };
        let is_by_size = log.spec().tier == TierBy::Size;
        Ok(Self {
            arrival,
            length,
            tier: if is_by_size { None } else { find(Tier)? },
            processors: find(Processors)?,
            user: find(User)?,
            status: find(Status)?,
            job: find(Job)?,
        })
    }

    fn all(&self) -> Vec<(Role, &Column)> {
        let mut all = vec![(self.arrival.0, &self.arrival.1)];
        match &self.length {
            Length::Need(need) => all.push((Need, need)),
            Length::Between(role, from, to) => all.extend([(*role, from), (End, to)]),
        }
        let optional = [
            (Tier, &self.tier),
            (Processors, &self.processors),
            (User, &self.user),
            (Status, &self.status),
            (Job, &self.job),
        ];
        all.extend(
            optional
                .into_iter()
                .filter_map(|(role, column)| Some((role, column.as_ref()?))),
        );
        all
    }

    /// The columns that are read, in ascending order.
    #[cfg(feature = "tables")]
    pub(super) fn wanted(&self) -> Vec<usize> {
        let mut wanted: Vec<usize> = self.all().into_iter().map(|(_, column)| column.at).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Says what is read, and what is not.
    pub(super) fn tell(&self, header: Header<'_>, log: &mut Log<'_>) {
        log.has_users = self.user.is_some();
        // Users only say where jobs arrive.
        let has_place = log.spec().cells == Placement::User;
        let mut all = self.all();
        all.retain(|(role, _)| has_place || !matches!(role, User));
        log.columns = all
            .iter()
            .map(|(role, column)| (role.key(), column.name.clone()))
            .collect();
        let differ = all.iter().any(|(role, column)| column.name != role.key());
        if differ {
            let each: Vec<String> = ROLES
                .iter()
                .filter_map(|(_, key, _)| Some(format!("{key} is {}", log.columns.get(key)?)))
                .collect();
            log.notes.push(format!("columns: {}", each.join(", ")));
        }
        let mut unused: Vec<String> = match header {
            Header::Names(names) => (0..names.len())
                .filter(|at| all.iter().all(|(_, column)| column.at != *at))
                .map(|at| excerpt(names[at].as_bytes()))
                .collect(),
            Header::Numbers(count) => (0..count)
                .filter(|at| all.iter().all(|(_, column)| column.at != *at))
                .map(|at| (at + 1).to_string())
                .collect(),
        };
        if !unused.is_empty() {
            let count = unused.len();
            if count > LISTED {
                unused.truncate(LISTED);
                unused.push("…".to_owned());
            }
            let plural = if count == 1 { "" } else { "s" };
            log.notes
                .push(format!("not used: column{plural} {}", unused.join(", ")));
        }
        if self.processors.is_none() {
            log.notes
                .push("no column of processors, so every job takes 1".to_owned());
        }
        if self.tier.is_none() && log.tiers() > 1 && log.spec().tier == TierBy::Queue {
            log.notes
                .push("no column of tiers, so all jobs are of tier 0".to_owned());
        }
        if self.arrival.0 == Start {
            log.notes
                .push("no column of arrivals, so jobs arrive when they started".to_owned());
        }
        if let Length::Between(Arrival, ..) = self.length {
            let note = "no column of needs or starts, so jobs need the time from arrival to end, any wait included";
            log.notes.push(note.to_owned());
        }
    }
}

/// As standard names are compared.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

/// The column of a role, if there is one.
fn column(header: Header<'_>, log: &Log<'_>, role: Role) -> Result<Option<Column>, Error> {
    match (role.given(&log.spec().columns), header) {
        (Some(ColumnName::Used(_)), _) => Ok(None),
        (Some(ColumnName::Number(number)), _) => numbered(header, log, role, *number).map(Some),
        (Some(ColumnName::Name(name)), Header::Names(names)) => {
            let same: [&dyn Fn(&str) -> bool; 2] = [&|found| found == name, &|found| plain(found) == plain(name)];
            let found = same.iter().find_map(|is_same| unique(names, log, role, is_same));
            found.unwrap_or_else(|| Err(missing(header, log, role))).map(Some)
        }
        (Some(ColumnName::Name(name)), Header::Numbers(_)) => {
            let message = format!(
                "is '{}', but {} has no names of columns: its first line holds values; give the column's number, counted from 1",
                excerpt(name.as_bytes()),
                log.name()
            );
            Err(log.error_of(&format!("columns.{}", role.key()), message))
        }
        (None, Header::Numbers(_)) => Ok(None),
        (None, Header::Names(names)) => {
            // The key itself as it is, then in any writing, then the other names.
            let exact: &dyn Fn(&str) -> bool = &|found| found == role.key();
            let standard = ROLES[role as usize].2;
            let found = unique(names, log, role, &exact).or_else(|| {
                standard
                    .iter()
                    .find_map(|name| unique(names, log, role, &|found: &str| plain(found) == *name))
            });
            found.transpose()
        }
    }
}

/// The column that is so called; none if there is none, an error if there are several.
fn unique(
    names: &[String],
    log: &Log<'_>,
    role: Role,
    is_meant: &dyn Fn(&str) -> bool,
) -> Option<Result<Column, Error>> {
    let mut places = (0..names.len()).filter(|&at| is_meant(&names[at]));
    let at = places.next()?;
    if places.next().is_some() {
        let message = format!(
            "is '{}', which {} has more than one column of; rename one, or give the column's number, counted from 1",
            excerpt(names[at].as_bytes()),
            log.name()
        );
        return Some(Err(log.error_of(&format!("columns.{}", role.key()), message)));
    }
    let name = excerpt(names[at].as_bytes());
    Some(Ok(Column {
        at,
        name,
        numbered: false,
    }))
}

fn numbered(header: Header<'_>, log: &Log<'_>, role: Role, number: u32) -> Result<Column, Error> {
    let count = match header {
        Header::Names(names) => names.len(),
        Header::Numbers(count) => count,
    };
    let at = number as usize;
    if at == 0 || at > count {
        let message = format!("is {number}, but {} has the columns 1 to {count}", log.name());
        return Err(log.error_of(&format!("columns.{}", role.key()), message));
    }
    let (name, numbered) = match header {
        Header::Names(names) => (excerpt(names[at - 1].as_bytes()), false),
        Header::Numbers(_) => (number.to_string(), true),
    };
    Ok(Column {
        at: at - 1,
        name,
        numbered,
    })
}

fn missing(header: Header<'_>, log: &Log<'_>, role: Role) -> Error {
    let key = format!("columns.{}", role.key());
    let (file, format) = (log.name(), log.format.name());
    let Header::Names(names) = header else {
        let message = format!(
            "is left out, and {file}, read as {format}, has no names of columns: its first line holds values; give the columns' \
             numbers, counted from 1, as in --set 'work.log.columns={{arrival=1,need=2}}'"
        );
        return log.error_of(&key, message);
    };
    let given = match role.given(&log.spec().columns) {
        Some(ColumnName::Name(name)) => Some(name.as_str()),
        _ => None,
    };
    let near = nearest(given.unwrap_or(role.key()), names.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| {
        format!("did you mean '{}'? ", excerpt(near.as_bytes()))
    });
    let mut listed: Vec<String> = names.iter().take(LISTED).map(|name| excerpt(name.as_bytes())).collect();
    if names.len() > LISTED {
        listed.push("…".to_owned());
    }
    let listed = listed.join(", ");
    let message = match (given, role) {
        (Some(name), _) => format!(
            "is '{}', but {file}, read as {format}, has no such column; {near}it has: {listed}",
            excerpt(name.as_bytes())
        ),
        (None, Arrival) => format!(
            "is left out, and {file}, read as {format}, has no column called arrival, submit or start; {near}it has: {listed}; name one, as \
             in --set work.log.columns.arrival=NAME"
        ),
        (None, _) => format!(
            "is left out, and {file}, read as {format}, has no column called need, run time, elapsed or end; {near}it has: {listed}; name \
             one, as in --set work.log.columns.need=NAME"
        ),
    };
    log.error_of(&key, message)
}
