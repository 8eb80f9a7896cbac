//! Gzip (RFC 1952) in several members, with zeros between and after them.
//!
//! `cat a.gz b.gz` and block compressors write several members; what was copied from a tape or a block device ends in zeros. Of
//! anything else after a member it cannot be known what it is, so it is refused.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Whether it starts as gzip does.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// The members of a gzip stream, one after the other.
pub(super) struct Members<R: BufRead> {
    /// None once all is read.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(compressed: R) -> Self {
        Self {
            member: Some(GzDecoder::new(compressed)),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let Some(mut compressed) = self.member.take().map(GzDecoder::into_inner) else {
                break;
            };
            self.member = match after_zeros(&mut compressed)? {
                None => None,
                Some(byte) if byte == MAGIC[0] => Some(GzDecoder::new(compressed)),
                Some(_) => {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "what follows its end is neither gzip nor zeros",
                    ));
                }
            };
        }
        Ok(0)
    }
}

/// The first byte that is not 0, which is left to be read; none at the end.
fn after_zeros(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        match buffer.iter().position(|&byte| byte != 0) {
            Some(at) => {
                let byte = buffer[at];
                reader.consume(at);
                return Ok(Some(byte));
            }
            None => {
                let zeros = buffer.len();
                reader.consume(zeros);
            }
        }
    }
}
