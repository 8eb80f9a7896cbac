//! The heads of Parquet's pages, as far as memory depends on them: how many bytes a page unpacks to, and how many values its
//! dictionary has. The parquet crate takes that memory on the word of the head, so it is looked at before.
//!
//! Heads are in Thrift's compact protocol (the Thrift project's `doc/specs/thrift-compact-protocol.md`), as `PageHeader` of the Parquet
//! format's `parquet.thrift`.

use std::io::{self, Read};

/// What a page's head says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageHead {
    /// Its size after decompression, in bytes.
    pub unpacked: u64,
    /// Its size in the file.
    pub packed: u64,
    /// How many values its dictionary has; 0 of a page of data.
    pub dictionary: u64,
}

/// The most structures within structures.
const DEEPEST: u32 = 8;

/// A reader of the compact protocol, which counts the bytes that it takes.
struct Compact<R> {
    from: R,
    taken: u64,
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a page's head has {what}"))
}

/// Reads the head of a page: what it says, and how many bytes it takes.
pub(super) fn page_head(from: impl Read) -> io::Result<(PageHead, u64)> {
    let mut compact = Compact { from, taken: 0 };
    let mut head = PageHead::default();
    let mut field = 0;
    while let Some((number, kind)) = compact.field(field)? {
        field = number;
        match (number, kind) {
            (2, 5) => head.unpacked = compact.size()?,
            (3, 5) => head.packed = compact.size()?,
            (7, 12) => head.dictionary = compact.dictionary()?,
            _ => compact.skip(kind, DEEPEST)?,
        }
    }
    Ok((head, compact.taken))
}

impl<R: Read> Compact<R> {
    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.from.read_exact(&mut byte)?;
        self.taken += 1;
        Ok(byte[0])
    }

    /// A number of seven bits a byte, the lowest first.
    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged("a number of more than 64 bits"))
    }

    /// A signed number, its sign in the lowest bit.
    fn signed(&mut self) -> io::Result<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn size(&mut self) -> io::Result<u64> {
        u64::try_from(self.signed()?).map_err(|_| damaged("a negative size"))
    }

    /// The next field of a structure after the field `last`: number and kind; nothing at its end.
    fn field(&mut self, last: i64) -> io::Result<Option<(i64, u8)>> {
        let byte = self.byte()?;
        let (step, kind) = (byte >> 4, byte & 0x0f);
        if kind == 0 {
            return Ok(None);
        }
        let number = match step {
            0 => self.signed()?,
            step => last.wrapping_add(step.into()),
        };
        Ok(Some((number, kind)))
    }

    /// How many values a dictionary has, of its page's own head.
    fn dictionary(&mut self) -> io::Result<u64> {
        let (mut values, mut field) = (0, 0);
        while let Some((number, kind)) = self.field(field)? {
            field = number;
            match (number, kind) {
                (1, 5) => values = self.size()?,
                _ => self.skip(kind, DEEPEST)?,
            }
        }
        Ok(values)
    }

    fn skip_bytes(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.from.by_ref().take(count), &mut io::sink())?;
        self.taken += skipped;
        if skipped < count {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Passes over a value of a kind.
    fn skip(&mut self, kind: u8, depth: u32) -> io::Result<()> {
        if depth == 0 {
            return Err(damaged("structures too deep within structures"));
        }
        match kind {
            // Of a field, the kind is the truth value.
            1 | 2 => Ok(()),
            3 => self.skip_bytes(1),
            4..=6 => self.number().map(drop),
            7 => self.skip_bytes(8),
            8 => {
                let length = self.number()?;
                self.skip_bytes(length)
            }
            9 | 10 => {
                let byte = self.byte()?;
                let (count, kind) = (byte >> 4, byte & 0x0f);
                let count = if count == 15 { self.number()? } else { count.into() };
                for _ in 0..count {
                    self.skip_element(kind, depth - 1)?;
                }
                Ok(())
            }
            11 => {
                let count = self.number()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                for _ in 0..count {
                    self.skip_element(kinds >> 4, depth - 1)?;
                    self.skip_element(kinds & 0x0f, depth - 1)?;
                }
                Ok(())
            }
            12 => {
                let mut field = 0;
                while let Some((number, kind)) = self.field(field)? {
                    field = number;
                    self.skip(kind, depth - 1)?;
                }
                Ok(())
            }
            _ => Err(damaged("a value of no known kind")),
        }
    }

    /// Passes over an element of a list or a map, where truth values take a byte.
    fn skip_element(&mut self, kind: u8, depth: u32) -> io::Result<()> {
        match kind {
            1 | 2 => self.skip_bytes(1),
            kind => self.skip(kind, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_past_what_it_does_not_need() {
        // A dictionary page of 300 bytes, 70 in the file, with a checksum and 5 values.
        let head = [
            0x15, 0x04, 0x15, 0xd8, 0x04, 0x15, 0x8c, 0x01, 0x15, 0x02, 0x3c, 0x15, 0x0a, 0x15, 0x00, 0x11, 0x00, 0x00,
            0xff,
        ];
        let (read, taken) = page_head(&head[..]).unwrap();
        let expected = PageHead {
            unpacked: 300,
            packed: 70,
            dictionary: 5,
        };
        assert_eq!((read, taken), (expected, 18));
        for cut in 0..18 {
            assert!(page_head(&head[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn damage_is_refused() {
        for (bytes, message) in [
            (&[0x25, 0x01][..], "a negative size"),
            (&[0x1e], "a value of no known kind"),
            (
                &[0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                "a number of more than 64 bits",
            ),
            (&[0x1c; 20], "structures too deep within structures"),
        ] {
            let error = page_head(bytes).unwrap_err();
            assert_eq!(error.to_string(), format!("a page's head has {message}"));
        }
    }
}
