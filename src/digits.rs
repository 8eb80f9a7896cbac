//! Integers for a person to read, and to write back.

/// An integer with a comma between every three digits.
#[must_use]
pub fn grouped(number: impl Into<i128>) -> String {
    separated(number.into(), ',')
}

/// A figure that is no integer: with as many digits as mean something at its size.
pub fn real(value: f64) -> String {
    match value {
        1000.0.. => grouped(value.round() as i128),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// As in "1 offer", "2 offers".
pub fn plural(count: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// What is known as `text` writes it, and a dash for what is not.
pub fn known<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), text)
}

/// An integer as a scenario may hold it: with an underscore between every three digits.
pub(crate) fn written(number: impl Into<i128>) -> String {
    separated(number.into(), '_')
}

fn separated(number: i128, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let expected = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (-100, "-100"),
        ];
        for (number, text) in expected {
            assert_eq!(grouped(number), text);
            assert_eq!(written(number), text.replace(',', "_"));
        }
    }
}
