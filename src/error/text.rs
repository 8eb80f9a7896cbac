//! Words of a user in messages: on one line, short, and what they may have meant.

use super::excerpt;
use std::path::Path;

/// The longest word of a user that a message shows whole, in characters.
const LONGEST_WORD: usize = 64;

/// The most words that a message lists.
const MOST_WORDS: usize = 40;

/// A user's word on one line, whole if it is short, else its start, so that no message grows with what is wrong.
#[must_use]
pub fn escaped(text: &str) -> String {
    let head: String = text.chars().take(LONGEST_WORD + 1).collect();
    let whole = printable(&head);
    if whole.chars().count() > LONGEST_WORD {
        excerpt(text.as_bytes())
    } else {
        whole
    }
}

/// The first of a user's words, with commas between, and whether there are more.
pub(crate) fn listed(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut words = words.into_iter();
    let mut shown: Vec<String> = words
        .by_ref()
        .take(MOST_WORDS)
        .map(|word| escaped(word.as_ref()))
        .collect();
    if words.next().is_some() {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// A text with what cannot be printed escaped, so that it takes one line and is seen as it is.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let (plain, odd) = match c {
                // These are seen as they are.
                '\\' | '\'' | '"' => (Some(c), None),
                c => (None, Some(c.escape_debug())),
            };
            plain.into_iter().chain(odd.into_iter().flatten())
        })
        .collect()
}

/// A user's word in quotation marks, on one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A word as a shell takes it: in single quotes unless it is plain, so that it can be copied.
pub(crate) fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./=:,+@%^".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A path for a person to read: as it is if it is plain, else in quotation marks, with what cannot be printed escaped.
#[must_use]
pub fn shown(path: &Path) -> String {
    let is_plain = |c: char| !c.is_whitespace() && c != '"' && c.escape_debug().len() == 1 || c == '\\' || c == '\'';
    match path.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Some(text) => format!("\"{}\"", printable(text)),
        // With bytes that are no text.
        None => format!("{path:?}"),
    }
}

/// The longest name that another is compared with, in bytes.
const LONGEST_NAME: usize = 256;

/// The known name that is nearest to `name`, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody means a name by that much text, and comparing it takes as many words as both lengths multiplied.
    if name.len() > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|k| k.len() <= LONGEST_NAME)
        .map(|k| (strsim::damerau_levenshtein(name, k), k))
        .min()
        .filter(|&(distance, k)| distance <= 1 + k.len().max(name.len()) / 3)
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    #[test]
    fn messages_do_not_grow_with_what_is_wrong() {
        let long = "x".repeat(1 << 20);
        assert_eq!(quoted("a\n'b'"), "\"a\\n'b'\"");
        assert_eq!(quoted(&long), format!("\"{}…\"", "x".repeat(39)));
        assert_eq!(escaped(&long[..64]), long[..64]);
        assert!(escaped(&"\u{202e}".repeat(64)).chars().count() <= 40);
        assert!(Place::Argument("\u{202e}".repeat(1 << 20)).to_string().len() < 300);
        assert_eq!(nearest(&long, ["xx"]), None);
        assert_eq!(listed(["a", "b"]), "a, b");
        assert!(listed([&long; 1000]).ends_with("…, …"));
    }
}
