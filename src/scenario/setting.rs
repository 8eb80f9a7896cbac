//! What arguments do to a scenario's text: `--set KEY=VALUE` and `--unset KEY`, where a key reaches into tables by dots and into lists
//! by numbers in brackets, as in `faults.events[0].who.share`.

use super::document::{Document, Node, NodeKind, from_argument};
use crate::error::{Error, Place, escaped, for_shell, listed, nearest, quoted};
use std::fmt;
use toml::Value;
use toml::de::DeValue;

/// The most parts of a key: more than any has, and few enough to walk.
const MOST_PARTS: usize = 32;

/// A part of a key.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Name(String),
    /// An item of a list, counted from 0.
    Item(usize),
}

/// A key, part by part.
#[derive(Clone, Debug, PartialEq)]
struct Path(Vec<Part>);

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (k, part) in self.0.iter().enumerate() {
            match part {
                Part::Name(name) if k == 0 => text += name,
                Part::Name(name) => text += &format!(".{name}"),
                Part::Item(number) => text += &format!("[{number}]"),
            }
        }
        f.write_str(&escaped(&text))
    }
}

impl Path {
    fn of(key: &str, place: &Place) -> Result<Self, Error> {
        let wrong = || {
            Error::Invalid {
            place: Some(place.clone()),
            key: format!("'{}'", escaped(key)),
            message: "is no key; write KEY=VALUE with dots between the key's parts, as in topology.kind=ring, and numbers in brackets for the \
                      items of a list, as in faults.events[0].tick=100"
                .into(),
        }
        };
        let mut parts = Vec::new();
        for part in key.split('.') {
            let (name, mut rest) = match part.find('[') {
                Some(at) => part.split_at(at),
                None => (part, ""),
            };
            if name.trim().is_empty() {
                return Err(wrong());
            }
            parts.push(Part::Name(name.trim().to_owned()));
            while !rest.trim().is_empty() {
                let item = rest
                    .trim_start()
                    .strip_prefix('[')
                    .and_then(|rest| rest.split_once(']'));
                let number = item.and_then(|(number, after)| Some((number.trim().parse().ok()?, after)));
                let (number, after) = number.ok_or_else(wrong)?;
                parts.push(Part::Item(number));
                rest = after;
            }
        }
        if parts.len() > MOST_PARTS {
            return Err(Error::Invalid {
                place: None,
                key: format!("the key of --set with {} parts", parts.len()),
                message: "is no key of a scenario; `tetraswarm schema` lists them".into(),
            });
        }
        Ok(Self(parts))
    }

    /// The first `count` parts.
    fn up_to(&self, count: usize) -> Self {
        Self(self.0[..count].to_vec())
    }

    /// The table whose kind this is the key of.
    fn of_kind(&self) -> Option<Self> {
        let (last, table) = self.0.split_last()?;
        (*last == Part::Name("kind".into())).then(|| Self(table.to_vec()))
    }
}

/// A setting, parsed.
struct Setting<'a> {
    path: Path,
    value: &'a str,
    place: Place,
}

impl<'a> Setting<'a> {
    fn of(argument: &str, key: &str, value: &'a str) -> Result<Self, Error> {
        let place = Place::Argument(argument.into());
        Ok(Self {
            path: Path::of(key, &place)?,
            value,
            place,
        })
    }

    /// From an assignment `KEY=VALUE`.
    fn of_assignment(assignment: &'a str) -> Result<Self, Error> {
        let argument = format!("--set {}", for_shell(assignment));
        match assignment.split_once('=') {
            Some((key, value)) => Self::of(&argument, key, value.trim()),
            None => Err(Error::Invalid {
                place: Some(Place::Argument(argument)),
                key: format!("'{}'", escaped(assignment)),
                message: "has no '='; write --set KEY=VALUE, as in --set consensus.rounding=golden".into(),
            }),
        }
    }

    /// Its value: what begins as TOML must be TOML, and any other word is a text.
    fn node(&self) -> Result<Node, Error> {
        match DeValue::parse(self.value) {
            Ok(parsed) => Ok(from_argument(&self.place, parsed.get_ref())),
            Err(error) if self.value.starts_with(['[', '{', '"', '\'']) => {
                Err(self.fault(self.path.0.len(), wrong_toml(self.value, &error)))
            }
            Err(_) => Ok(Node {
                place: self.place.clone(),
                key_place: self.place.clone(),
                kind: NodeKind::Leaf(Value::String(self.value.into())),
            }),
        }
    }

    fn fault(&self, parts: usize, message: String) -> Error {
        Error::Invalid {
            place: Some(self.place.clone()),
            key: self.path.up_to(parts).to_string(),
            message,
        }
    }
}

/// What is at fault in a value that begins as a list, a table or a text of TOML and is none.
fn wrong_toml(value: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(value.len(), |span| span.start);
    let rest = value.get(start..).unwrap_or("").trim_start();
    let ends = |c: char| c.is_whitespace() || ",;=[]{}\"'".contains(c);
    let word = rest.split(ends).next().unwrap_or("");
    let place = match (rest.chars().next(), word) {
        (None, _) => "its end".to_owned(),
        (Some(mark), "") => format!("`{mark}`"),
        _ => format!("`{}`", crate::error::excerpt(word.as_bytes())),
    };
    let reason = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = word.starts_with(|c: char| c.is_alphabetic()) || word.contains(['.', '/']);
    let remedy = match is_word {
        true => format!("; quote it, as in {}", quoted(&crate::error::excerpt(word.as_bytes()))),
        false => String::new(),
    };
    format!("is not valid TOML at {place}: {reason}{remedy}")
}

/// A node for what an argument makes on the way to its value: it stands where what it stands in does, but its name is the argument's.
fn made(parent: &Node, setting: &Setting<'_>, kind: NodeKind) -> Node {
    Node {
        place: parent.place.clone(),
        key_place: setting.place.clone(),
        kind,
    }
}

/// Puts the setting's value at its path below `node`, of which the first `done` parts are walked. A list becomes a table where
/// `kinds` say that its kind is set.
fn put(node: &mut Node, setting: &Setting<'_>, done: usize, kinds: &[Path]) -> Result<(), Error> {
    let Some(part) = setting.path.0.get(done) else {
        *node = setting.node()?;
        return Ok(());
    };
    match part {
        Part::Name(name) => {
            if let NodeKind::Array(items) = &node.kind {
                let here = setting.path.up_to(done);
                if !kinds.contains(&here) {
                    let message = format!(
                        "is a list of {}; say which item, as in {here}[0].{}",
                        items.len(),
                        escaped(name)
                    );
                    return Err(setting.fault(done, message));
                }
            }
            if !matches!(node.kind, NodeKind::Table(_)) {
                *node = made(node, setting, NodeKind::Table(Vec::new()));
            }
            let new = made(node, setting, NodeKind::Table(Vec::new()));
            let NodeKind::Table(entries) = &mut node.kind else {
                return Ok(());
            };
            let at = entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                entries.push((name.clone(), new));
                entries.len() - 1
            });
            if matches!(setting.path.0.get(done + 1), Some(Part::Item(_))) && entries[at].1.is_empty_table() {
                entries[at].1.kind = NodeKind::Array(Vec::new());
            }
            put(&mut entries[at].1, setting, done + 1, kinds)
        }
        Part::Item(number) => {
            let new = made(node, setting, NodeKind::Table(Vec::new()));
            let NodeKind::Array(items) = &mut node.kind else {
                return Err(setting.fault(
                    done,
                    format!("is no list, so it has no item [{number}]; leave the number out"),
                ));
            };
            let count = items.len();
            if *number > count {
                let message = format!("has {}; [{number}] would leave a gap", counted(count));
                return Err(setting.fault(done, message));
            }
            if *number == count {
                items.push(new);
            }
            put(&mut items[*number], setting, done + 1, kinds)
        }
    }
}

/// So many items, by their numbers.
fn counted(count: usize) -> String {
    match count {
        0 => "no items, so the first is [0]".to_owned(),
        1 => "one item, [0]".to_owned(),
        _ => format!("{count} items, [0] to [{}]", count - 1),
    }
}

impl Node {
    fn is_empty_table(&self) -> bool {
        matches!(&self.kind, NodeKind::Table(entries) if entries.is_empty())
    }
}

impl Document {
    /// The node under this key, if there is one.
    fn node(&self, key: &str) -> Option<&Node> {
        let path = Path::of(key, &Place::Argument(key.into())).ok()?;
        path.0.iter().try_fold(&self.root, |node, part| match part {
            Part::Name(name) => match &node.kind {
                NodeKind::Table(_) => node.get(name),
                _ => None,
            },
            Part::Item(number) => match &node.kind {
                NodeKind::Array(items) => items.get(*number),
                _ => None,
            },
        })
    }

    /// Whether there is a value under this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    /// Whether an argument gave the value under this key, or a part of it.
    #[must_use]
    pub fn is_overridden(&self, key: &str) -> bool {
        self.node(key).is_some_and(Node::is_touched)
    }

    /// The word under this key, if it is one.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&str> {
        match &self.node(key)?.kind {
            NodeKind::Leaf(Value::String(word)) => Some(word),
            _ => None,
        }
    }

    /// The integer under this key, if it is one.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        match &self.node(key)?.kind {
            NodeKind::Leaf(Value::Integer(integer)) => Some(*integer),
            _ => None,
        }
    }

    /// Overrides one value. `key` is dotted, with numbers in brackets for items of lists, of which the one behind the last is new;
    /// `value` is a TOML value; what is no TOML value is taken as a string. `argument` stands for it in error messages.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the key is empty or malformed, or does not fit the lists that are there.
    pub fn set(&mut self, argument: &str, key: &str, value: &str) -> Result<(), Error> {
        let setting = Setting::of(argument, key, value)?;
        let kinds: Vec<Path> = setting.path.of_kind().into_iter().collect();
        put(&mut self.root, &setting, 0, &kinds)
    }

    /// Overrides one value from an argument `KEY=VALUE`.
    ///
    /// # Errors
    /// As [`Document::set_all`].
    pub fn set_argument(&mut self, assignment: &str) -> Result<(), Error> {
        self.set_all(&[assignment.to_owned()])
    }

    /// Overrides values from arguments `KEY=VALUE`, one after the other. Where one of them sets the kind of what is a list, as of a
    /// topology of several, the list gives way to one table.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no `=` or no key, or it does not fit the lists that are there.
    pub fn set_all(&mut self, assignments: &[String]) -> Result<(), Error> {
        let settings: Vec<Setting<'_>> = assignments
            .iter()
            .map(|assignment| Setting::of_assignment(assignment))
            .collect::<Result<_, _>>()?;
        let kinds: Vec<Path> = settings.iter().filter_map(|setting| setting.path.of_kind()).collect();
        settings
            .iter()
            .try_for_each(|setting| put(&mut self.root, setting, 0, &kinds))
    }

    /// Removes a key with all that is below it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is none.
    pub fn unset(&mut self, key: &str) -> Result<(), Error> {
        let place = Place::Argument(format!("--unset {}", for_shell(key)));
        let path = Path::of(key, &place)?;
        let mut node = &mut self.root;
        for (k, part) in path.0.iter().enumerate() {
            let is_last = k + 1 == path.0.len();
            let fault = |message: String| {
                Err(Error::Invalid {
                    place: Some(place.clone()),
                    key: path.up_to(k + 1).to_string(),
                    message,
                })
            };
            node = match (part, &mut node.kind) {
                (Part::Name(name), NodeKind::Table(entries)) => {
                    let Some(at) = entries.iter().position(|(known, _)| known == name) else {
                        let known: Vec<&str> = entries.iter().map(|(known, _)| known.as_str()).collect();
                        let meant = nearest(name, known.iter().copied());
                        let meant = meant.map_or_else(String::new, |near| format!("did you mean '{near}'? "));
                        return fault(format!(
                            "is not in the scenario, so it needs no unsetting; {meant}there: {}",
                            listed(known)
                        ));
                    };
                    if is_last {
                        entries.remove(at);
                        return Ok(());
                    }
                    &mut entries[at].1
                }
                (Part::Item(number), NodeKind::Array(items)) => {
                    if *number >= items.len() {
                        return fault(format!("is not there: the list has {}", counted(items.len())));
                    }
                    if is_last {
                        items.remove(*number);
                        return Ok(());
                    }
                    &mut items[*number]
                }
                (Part::Name(_), NodeKind::Array(items)) => {
                    return fault(format!(
                        "is not there: {} is a list of {}; say which item, as in {0}[0]",
                        path.up_to(k),
                        items.len()
                    ));
                }
                _ => return fault(format!("is not there: {} has no parts of that kind", path.up_to(k))),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
