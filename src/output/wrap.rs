//! Lines that are no longer than a terminal is wide.

use super::text::table;

/// The longest line, in characters.
pub const WIDTH: usize = 100;

/// The words of a text in lines of at most [`WIDTH`] characters, the first after `first`, the others after `rest`.
pub fn wrapped(text: &str, first: &str, rest: &str) -> String {
    lines(text, WIDTH - first.chars().count().max(rest.chars().count()))
        .iter()
        .enumerate()
        .map(|(k, line)| format!("{}{line}\n", if k == 0 { first } else { rest }))
        .collect()
}

/// The words of a text in lines of at most `width` characters; a longer word has a line of its own.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    for word in text.split_whitespace() {
        let line = all.last_mut().expect("there is a first line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            all.push(word.to_owned());
        }
    }
    all
}

/// A table whose cells take several lines where they are wider than `widths` allow, if it would not fit otherwise. A column without a
/// width has the room that it takes.
pub fn fitted(rows: &[Vec<String>], widths: &[usize]) -> String {
    let natural = table(rows);
    if natural.lines().all(|line| line.chars().count() <= WIDTH) {
        return natural;
    }
    let mut all = Vec::new();
    for row in rows {
        let cells: Vec<Vec<String>> = row
            .iter()
            .enumerate()
            .map(|(c, cell)| match widths.get(c) {
                Some(&width) if cell.chars().count() > width => lines(cell, width),
                _ => vec![cell.clone()],
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for k in 0..height {
            let line = cells.iter().map(|cell| cell.get(k).cloned().unwrap_or_default());
            all.push(line.collect());
        }
    }
    table(&all)
}

/// Names and what each is, in lines that fit: what goes on stands below its beginning.
pub fn described(rows: &[Vec<String>]) -> String {
    let width = rows
        .iter()
        .filter_map(|row| row.first())
        .map(|name| name.chars().count())
        .max();
    let width = width.unwrap_or(0);
    rows.iter()
        .map(|row| {
            let (name, text) = (
                row.first().map_or("", String::as_str),
                row.get(1).map_or("", String::as_str),
            );
            wrapped(text, &format!("{name:<width$}  "), &" ".repeat(width + 2))
        })
        .collect()
}

/// How many items make a list long enough to be broken.
const ITEMS: usize = 8;

/// A message whose long lists of words are broken into lines; nothing else of it is, so that paths and commands stay whole.
pub fn message(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').collect();
    // Whether a line may end after a word.
    let mut ends = vec![false; words.len()];
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.+".contains(c));
    let is_item = |word: &str| word.strip_suffix(',').is_some_and(is_name);
    let mut k = 0;
    while k < words.len() {
        let count = words[k..].iter().take_while(|word| is_item(word)).count();
        if count >= ITEMS {
            ends[k.saturating_sub(1)..k + count].fill(true);
        }
        k += count.max(1);
    }
    let (mut all, mut line) = (String::new(), 0);
    let mut k = 0;
    while k < words.len() {
        let until = (k..words.len()).find(|&at| ends[at]).map_or(words.len(), |at| at + 1);
        let piece = words[k..until].join(" ");
        let length = piece.chars().count();
        if k > 0 && line + 1 + length > WIDTH {
            all.push_str("\n  ");
            line = 2;
        } else if k > 0 {
            all.push(' ');
            line += 1;
        }
        all.push_str(&piece);
        line += length;
        k = until;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_broken_and_commands_are_not() {
        let names: Vec<String> = (0..40).map(|k| format!("name{k}")).collect();
        let text = format!("a is wrong; it can be: {}", names.join(", "));
        let broken = message(&text);
        assert!(
            broken.lines().count() > 2 && broken.lines().all(|line| line.chars().count() <= WIDTH),
            "{broken}"
        );
        assert!(
            broken.lines().skip(1).all(|line| line.starts_with("  name")),
            "{broken}"
        );
        assert_eq!(broken.replace("\n  ", " "), text);
        let command = format!(
            "say it: tetraswarm run {} --set 'a = [1, 2, 3]'",
            "long/path ".repeat(20)
        );
        assert_eq!(message(&command), command);
    }

    #[test]
    fn what_goes_on_stands_below_its_beginning() {
        let rows = [
            ["one".to_owned(), "word ".repeat(30)],
            ["seven".to_owned(), "short".to_owned()],
        ]
        .map(|row| row.to_vec());
        let text = described(&rows);
        let starts: Vec<&str> = text.lines().map(|line| &line[..7]).collect();
        assert_eq!(starts, ["one    ", "       ", "seven  "], "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(wrapped("a b", "- ", "  "), "- a b\n");
    }
}
