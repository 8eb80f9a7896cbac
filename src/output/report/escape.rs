//! Texts of a user's (names of files and scenarios, errors, settings) on their way into a page, where they must mean nothing but
//! themselves.

/// A text as HTML or XML holds it, between tags or in quotes.
pub fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(letter),
            // What neither HTML nor XML can hold.
            '\0'..='\x1f' | '\x7f' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// A value as JSON that can stand in a `<script>`: nothing in it ends the element or begins a comment of HTML.
pub fn script(value: &serde_json::Value) -> String {
    let text = value.to_string();
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // Only texts can have these, and there an escape means the same.
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_user_ends_what_it_stands_in() {
        let nasty = "</script><script>alert('1')</script><!-- & \"\u{0}";
        let text = html(nasty);
        assert!(!text.contains(['<', '>', '"', '\'', '\0']), "{text}");
        let json = script(&serde_json::json!({ "name": nasty }));
        assert!(!json.contains(['<', '>', '&']), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["name"], nasty);
    }
}
