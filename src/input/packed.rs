//! Telling from its first bytes what is packed, encoded or binary in a way that no reader of text undoes.

use super::{InputError, Meter, excerpt};

/// Something that is told by a few bytes at a place.
struct Packed {
    at: usize,
    magic: &'static [u8],
    name: &'static str,
    remedy: &'static str,
}

const fn packed(magic: &'static [u8], name: &'static str, remedy: &'static str) -> Packed {
    Packed {
        at: 0,
        magic,
        name,
        remedy,
    }
}

const UNPACK: &str = "unpack it, and name the file inside";

/// What is refused by name.
const KNOWN: [Packed; 27] = [
    packed(b"PK\x03\x04", "a zip archive", UNPACK),
    packed(b"PK\x05\x06", "an empty zip archive", UNPACK),
    packed(b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    packed(b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    Packed {
        at: 257,
        magic: b"ustar",
        name: "a tar archive",
        remedy: "unpack it (`tar -xf`), and name the file inside",
    },
    packed(
        b"BZh",
        "compressed with bzip2",
        "decompress it (`bunzip2`), or compress it with gzip",
    ),
    packed(
        b"\xfd7zXZ\0",
        "compressed with xz",
        "decompress it (`unxz`), or compress it with gzip",
    ),
    packed(
        b"\x28\xb5\x2f\xfd",
        "compressed with zstd",
        "decompress it (`unzstd`), or compress it with gzip",
    ),
    packed(
        b"\x04\x22\x4d\x18",
        "compressed with lz4",
        "decompress it (`unlz4`), or compress it with gzip",
    ),
    packed(
        b"\x1f\x9d",
        "compressed with compress",
        "decompress it (`uncompress`), or compress it with gzip",
    ),
    packed(b"\x1f\x8b", "gzip inside gzip", "decompress it once (`gunzip`)"),
    packed(
        b"\x89HDF\r\n\x1a\n",
        "an HDF5 file (or a MATLAB one of version 7.3)",
        "write what it holds as text",
    ),
    packed(
        b"MATLAB 5.0 MAT-file",
        "a MATLAB file",
        "write what it holds as text, of a matrix as Matrix Market (scipy.io.mmwrite)",
    ),
    packed(b"SQLite format 3\0", "an SQLite database", "write the table as CSV"),
    packed(b"PAR1", "a Parquet table", "write it as CSV"),
    packed(b"ARROW1", "an Arrow (Feather) table", "write it as CSV"),
    packed(b"%PDF-", "a PDF document", "name the file with the data"),
    packed(b"\x7fELF", "a program", "name the file with the data"),
    packed(b"\0asm", "a program", "name the file with the data"),
    packed(b"\x89PNG\r\n\x1a\n", "a picture (PNG)", "name the file with the data"),
    packed(b"\xff\xd8\xff", "a picture (JPEG)", "name the file with the data"),
    packed(b"GIF87a", "a picture (GIF)", "name the file with the data"),
    packed(b"GIF89a", "a picture (GIF)", "name the file with the data"),
    packed(b"II*\0", "a picture (TIFF)", "name the file with the data"),
    packed(b"MM\0*", "a picture (TIFF)", "name the file with the data"),
    packed(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document",
        "save its table as CSV",
    ),
    packed(
        b"\x93NUMPY",
        "a NumPy array",
        "write what it holds as text (numpy.savetxt)",
    ),
];

/// What the content is packed as, if it is.
fn told(head: &[u8]) -> Option<&'static Packed> {
    KNOWN.iter().find(|packed| {
        let found = head.get(packed.at..packed.at + packed.magic.len());
        // Words may start with the letters of bzip2's, so its block size and the mark of its first block are asked for.
        let is_bzip2 = || matches!(head.get(3), Some(b'1'..=b'9')) && matches!(head.get(4), Some(0x31 | 0x17));
        found == Some(packed.magic) && (packed.magic != b"BZh" || is_bzip2())
    })
}

/// Whether the content can be a text in UTF-8.
///
/// # Errors
/// Packed in a way that is not undone; text in 16 or 32 bits a character, told by a byte order mark or by where its NUL bytes are; a NUL byte otherwise.
pub(super) fn is_text(meter: &Meter, head: &[u8]) -> Result<(), InputError> {
    if let Some(packed) = told(head) {
        return Err(InputError::Packed {
            file: meter.name(),
            what: packed.name,
            remedy: packed.remedy,
        });
    }
    let encoding = match head {
        [0xff, 0xfe, 0, 0, ..] => Some("UTF-32LE"),
        [0, 0, 0xfe, 0xff, ..] => Some("UTF-32BE"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => by_zeros(head),
    };
    if let Some(encoding) = encoding {
        return Err(InputError::Wide {
            file: meter.name(),
            encoding,
        });
    }
    no_nul(meter, head, 0)
}

/// Which places of letters of the alphabet are NUL where each has two bytes.
fn by_zeros(head: &[u8]) -> Option<&'static str> {
    let pairs = head[..head.len().min(64)].chunks_exact(2);
    let count = pairs.len();
    let zeros = |place: usize| {
        pairs
            .clone()
            .filter(|pair| pair[place] == 0 && pair[1 - place] != 0)
            .count()
    };
    match (zeros(0), zeros(1)) {
        _ if count < 2 => None,
        (_, high) if 4 * high >= 3 * count => Some("UTF-16LE"),
        (high, _) if 4 * high >= 3 * count => Some("UTF-16BE"),
        _ => None,
    }
}

/// Whether a text has no NUL byte from `from` on.
///
/// # Errors
/// The line of the first.
pub(super) fn no_nul(meter: &Meter, text: &[u8], from: usize) -> Result<(), InputError> {
    let Some(at) = memchr::memchr(0, &text[from..]).map(|at| from + at) else {
        return Ok(());
    };
    Err(InputError::Binary {
        file: meter.name(),
        line: 1 + memchr::memchr_iter(b'\n', &text[..at]).count() as u64,
        // A little of what stands before shows where it is.
        text: excerpt(&text[at.saturating_sub(8)..]),
    })
}
