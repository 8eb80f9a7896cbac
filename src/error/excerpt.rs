//! What a message shows of a file: short, on one line, printable.

use std::path::Path;

/// The longest excerpt of a file that a message shows, in characters.
const EXCERPT: usize = 40;

/// At most 40 printable characters of `bytes`: control characters and other invisible ones are escaped, invalid UTF-8
/// is shown as U+FFFD, and `…` says that there is more.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    // A character is at most four bytes, so the head is enough to fill an excerpt and to know that it is cut.
    let head = &bytes[..bytes.len().min(4 * (EXCERPT + 1))];
    let mut shown = String::new();
    let mut length = 0;
    for character in String::from_utf8_lossy(head).trim_ascii().chars() {
        let printed: String = match character {
            '"' | '\'' => character.to_string(),
            '\u{0}'..='\u{1f}' => format!("\\x{:02x}", u32::from(character)),
            _ => character.escape_debug().collect(),
        };
        let width = printed.chars().count();
        if length + width > EXCERPT {
            // The mark needs room of its own.
            while length > EXCERPT - 1 {
                shown.pop();
                length -= 1;
            }
            shown.push('…');
            return shown;
        }
        shown.push_str(&printed);
        length += width;
    }
    shown
}

/// A library's word on what is wrong, as part of a message: its first line, at most 200 printable characters.
pub(crate) fn reason(error: &impl std::fmt::Display) -> String {
    let whole = error.to_string();
    let line = whole.lines().next().unwrap_or_default().trim_end();
    line.chars().take(200).flat_map(char::escape_debug).collect()
}

/// A path for a message, its control characters escaped.
pub(crate) fn plain(path: &Path) -> String {
    let mut shown = String::new();
    for character in path.display().to_string().chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_short_and_printable() {
        assert_eq!(excerpt(b"7 8 9"), "7 8 9");
        assert_eq!(excerpt(b" a\x00\x1b[2Jb "), "a\\x00\\x1b[2Jb");
        assert_eq!(excerpt(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(excerpt("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        let long = excerpt(&[b'x'; 1000]);
        assert_eq!(long, format!("{}…", "x".repeat(39)));
        assert_eq!(excerpt(&[b'x'; 40]), "x".repeat(40));
        assert!(excerpt(&[0; 1000]).chars().count() <= 40);
    }
}
