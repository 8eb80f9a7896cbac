//! A text as a whole.

use super::{Input, InputError, Meter, Rest, packed};
use std::borrow::Cow;
use std::io::Read;

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The least that is asked for at a time.
const LEAST: u64 = 1 << 16;

/// A text in memory: decompressed, without a byte order mark, and free of NUL bytes.
pub(crate) struct Text<'a> {
    meter: Meter,
    content: Cow<'a, [u8]>,
    start: usize,
}

impl<'a> Text<'a> {
    /// The text's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.content[self.start..]
    }

    /// The file's name, for messages.
    pub(crate) fn name(&self) -> String {
        self.meter.name()
    }

    /// Accounts for what is held of the text, itself included.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The number, from 1, of the line that holds byte `at`.
    pub(crate) fn line(&self, at: usize) -> u64 {
        let before = &self.bytes()[..at.min(self.bytes().len())];
        1 + memchr::memchr_iter(b'\n', before).count() as u64
    }

    /// The text as UTF-8.
    ///
    /// # Errors
    /// The line of the first byte that is not.
    pub(crate) fn utf_8(&self) -> Result<&str, InputError> {
        std::str::from_utf8(self.bytes()).map_err(|error| {
            let at = error.valid_up_to();
            InputError::NotUtf8 {
                file: self.name(),
                line: self.line(at),
                text: super::excerpt(&self.bytes()[at.saturating_sub(8)..]),
            }
        })
    }
}

/// The whole of a text.
pub(super) fn whole(input: Input<'_>) -> Result<Text<'_>, InputError> {
    let meter = input.meter.clone();
    let content = match input.rest {
        Rest::Buffer(bytes) => {
            meter.allow(bytes.len() as u64, 0)?;
            packed::no_nul(&meter, bytes, 0)?;
            Cow::Borrowed(bytes)
        }
        _ => Cow::Owned(bytes(input, true)?),
    };
    let start = if content.starts_with(&BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    Ok(Text { meter, content, start })
}

/// The whole of a content; of a text NUL bytes are looked for on the way, so that what is none ends early.
pub(super) fn bytes(input: Input<'_>, is_text: bool) -> Result<Vec<u8>, InputError> {
    let (meter, gzip, length) = (input.meter.clone(), input.gzip, input.length);
    let mut reader = input.into_reader();
    let mut content = Vec::new();
    // A file's length is the folder's claim, not the content's: whoever has that much has it on a disk.
    let mut wanted = length.map_or(LEAST, |length| length.saturating_add(1).max(LEAST));
    if let Some(length) = length {
        meter.allow_whole(length, length)?;
    }
    loop {
        let (held, limit) = (content.len() as u64, meter.limit());
        if held > limit {
            return Err(meter.exceeded());
        }
        if length.is_none() || held > 0 {
            wanted = held.max(LEAST).min(limit + 1 - held);
            meter.allow(held, wanted)?;
        }
        let room = usize::try_from(wanted).unwrap_or(usize::MAX);
        if content.try_reserve_exact(room).is_err() {
            return Err(InputError::NoMemory {
                file: meter.name(),
                needed: held.saturating_add(wanted),
                free: crate::memory::available().unwrap_or(0),
            });
        }
        let from = content.len();
        let read = reader.by_ref().take(wanted).read_to_end(&mut content);
        let read = read.map_err(|error| match gzip {
            true => InputError::of_gzip(meter.name(), &error),
            false => InputError::of_system(meter.name(), error),
        })?;
        if is_text {
            packed::no_nul(&meter, &content, from)?;
        }
        if (read as u64) < wanted {
            break;
        }
    }
    if content.len() as u64 > meter.limit() {
        return Err(meter.exceeded());
    }
    content.shrink_to_fit();
    Ok(content)
}
