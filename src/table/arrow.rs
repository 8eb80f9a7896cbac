//! What programs that write Parquet by way of Arrow say of its columns besides: that integers are spans of time, and in which unit.
//! Parquet has no such type, so without this a span of a second would be read as 10^9.
//!
//! It stands in the metadata under `ARROW:schema`: base64 of an encapsulated message of Arrow's IPC format, a flatbuffer (Arrow's
//! `Schema.fbs` and `Message.fbs`). Whatever is not understood says nothing.

/// The key of the metadata.
pub(super) const KEY: &str = "ARROW:schema";

/// Arrow's number of the type of spans of time.
const DURATION: u8 = 18;

/// For each column, in their order: how many digits of a span of time are decimals of seconds, if it holds such.
pub(super) fn spans(text: &str) -> Vec<Option<u32>> {
    let bytes = base64(text).unwrap_or_default();
    schema(&bytes).unwrap_or_default()
}

/// Digits of six bits; what is none is left out, as padding is.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text
        .bytes()
        .filter(|&byte| byte != b'=')
        .map(digit)
        .collect::<Option<_>>()?;
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for four in digits.chunks(4) {
        let word = four.iter().fold(0u32, |word, &digit| word << 6 | u32::from(digit)) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&word.to_be_bytes()[1..four.len()]);
    }
    Some(bytes)
}

fn schema(bytes: &[u8]) -> Option<Vec<Option<u32>>> {
    // A mark, then the length, before the message; older writers leave the mark out.
    let start = if bytes.starts_with(&[0xff; 4]) { 8 } else { 4 };
    let buffer = Buffer(bytes.get(start..)?);
    let message = buffer.follow(0)?;
    let schema = buffer.follow(buffer.field(message, 2)?)?;
    let fields = buffer.follow(buffer.field(schema, 1)?)?;
    let count = usize::try_from(buffer.word(fields)?).ok()?;
    // Each takes four bytes.
    let places = (0..count.min(bytes.len() / 4)).map(|k| fields + 4 + 4 * k);
    Some(places.map(|place| buffer.span(place)).collect())
}

/// A flatbuffer.
struct Buffer<'a>(&'a [u8]);

impl Buffer<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    fn half(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    /// Where the offset at a place leads.
    fn follow(&self, at: usize) -> Option<usize> {
        at.checked_add(self.word(at)? as usize)
    }

    /// The place of a table's field; nothing if it is left out.
    fn field(&self, table: usize, field: usize) -> Option<usize> {
        let back = self.word(table)? as i32;
        let layout = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
        let entry = 4 + 2 * field;
        if entry + 2 > usize::from(self.half(layout)?) {
            return None;
        }
        match self.half(layout + entry)? {
            0 => None,
            offset => table.checked_add(offset.into()),
        }
    }

    /// The decimals of a column that holds spans of time; `place` leads to it.
    fn span(&self, place: usize) -> Option<u32> {
        let column = self.follow(place)?;
        let kind = *self.0.get(self.field(column, 2)?)?;
        if kind != DURATION {
            return None;
        }
        let about = self.follow(self.field(column, 3)?)?;
        // Seconds, milliseconds, microseconds, nanoseconds; milliseconds if it is left out.
        let unit = self.field(about, 0).and_then(|at| self.half(at)).unwrap_or(1);
        (unit <= 3).then_some(3 * u32::from(unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What pyarrow writes of the columns a: int64, b: duration[s], c: duration[ns], d: duration[ms].
    const WRITTEN: &str = include_str!("arrow-schema.txt");

    #[test]
    fn spans_are_told_from_integers() {
        assert_eq!(spans(WRITTEN.trim()), [None, Some(0), Some(9), Some(3)]);
    }

    #[test]
    fn what_is_not_understood_says_nothing() {
        let text = WRITTEN.trim();
        assert_eq!(spans("?"), []);
        for length in 0..text.len() {
            let _ = spans(&text[..length]);
        }
        let bytes = base64(text).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = schema(&damaged);
        }
    }
}
