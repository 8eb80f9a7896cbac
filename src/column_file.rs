//! The file of a column: NumPy's `.npy` (format 1.0), whose head follows from the shape, so that a reader need not trust it.

use crate::error::Error;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

/// What is done, for an error.
pub(crate) const ACTION: &str = "write the checkpoint";

/// Pieces that may wait to be written.
const WAITING: usize = 2;

/// Words that are in memory at a time.
pub(crate) const PIECE: usize = 1 << 21;

/// The head of an array of words of that shape.
pub(crate) fn head(shape: &[u64]) -> Vec<u8> {
    let shape = match shape {
        [one] => format!("({one},)"),
        all => format!("({})", all.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
    };
    let mut text = format!("{{'descr': '<u4', 'fortran_order': False, 'shape': {shape}, }}");
    // The data begin at a multiple of 64 bytes; the last byte of the head is a line feed.
    let before = 10;
    let length = (before + text.len() + 1).next_multiple_of(64) - before;
    text.extend(std::iter::repeat_n(' ', length - 1 - text.len()));
    text.push('\n');
    let mut head = b"\x93NUMPY\x01\x00".to_vec();
    // A shape of two numbers is far from 64 KiB.
    head.extend((length as u16).to_le_bytes());
    head.extend(text.as_bytes());
    head
}

/// Words as they are in a file.
pub(crate) fn bytes(words: &mut [u32]) -> &[u8] {
    if cfg!(target_endian = "big") {
        words.iter_mut().for_each(|word| *word = word.swap_bytes());
    }
    bytemuck::cast_slice(words)
}

/// As 64 hexadecimal digits.
pub(crate) fn hexadecimal(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What goes through it is hashed and counted.
pub(crate) struct Hashing<T> {
    pub inner: T,
    digest: Sha256,
    pub bytes: u64,
}

impl<T> Hashing<T> {
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    /// The hash of all of it.
    pub fn hash(&self) -> String {
        hexadecimal(self.digest.clone().finalize())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

/// A file on its way to the disk, compressed or not.
pub(crate) enum Sink {
    Plain(Hashing<File>),
    Compressed(zstd::Encoder<'static, Hashing<File>>),
}

impl Sink {
    pub fn new(file: File, compress: bool) -> io::Result<Self> {
        let hashing = Hashing::new(file);
        if compress {
            // The fastest level that is not "fast": a state has few bits to spare, and a run waits for it.
            return zstd::Encoder::new(hashing, 1).map(Self::Compressed);
        }
        Ok(Self::Plain(hashing))
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.write_all(bytes),
            Self::Compressed(to) => to.write_all(bytes),
        }
    }

    /// The file, to be brought down to the disk by somebody else, as far as it has come.
    pub fn handle(&self) -> io::Result<File> {
        match self {
            Self::Plain(to) => to.inner.try_clone(),
            Self::Compressed(to) => to.get_ref().inner.try_clone(),
        }
    }

    /// Ends the file; answers it, to be brought down to the disk, with its bytes and hash.
    pub fn finish(self) -> io::Result<(File, u64, String)> {
        let to = match self {
            Self::Plain(to) => to,
            Self::Compressed(to) => to.finish()?,
        };
        let (bytes, hash) = (to.bytes, to.hash());
        Ok((to.inner, bytes, hash))
    }
}

/// A file that is read, compressed or not.
pub(crate) enum Source {
    Plain(Hashing<File>),
    Compressed(Box<zstd::Decoder<'static, io::BufReader<Hashing<File>>>>),
}

impl Source {
    pub fn new(file: File, is_compressed: bool) -> io::Result<Self> {
        let hashing = Hashing::new(file);
        if is_compressed {
            let decoder = zstd::Decoder::with_buffer(io::BufReader::with_capacity(1 << 17, hashing))?;
            return Ok(Self::Compressed(Box::new(decoder)));
        }
        Ok(Self::Plain(hashing))
    }

    pub fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Plain(from) => from.read_exact(bytes),
            Self::Compressed(from) => from.read_exact(bytes),
        }
    }

    /// Reads what is left; answers how many bytes of content there were, the file's bytes, and its hash.
    pub fn finish(self) -> io::Result<(u64, u64, String)> {
        match self {
            Self::Plain(mut from) => {
                let left = io::copy(&mut from, &mut io::sink())?;
                Ok((left, from.bytes, from.hash()))
            }
            Self::Compressed(mut from) => {
                let left = io::copy(&mut *from, &mut io::sink())?;
                let mut from = from.finish();
                io::copy(&mut from, &mut io::sink())?;
                let from = from.into_inner();
                Ok((left, from.bytes, from.hash()))
            }
        }
    }
}

/// What the writing thread is handed.
pub(crate) enum Piece {
    Begin { name: String, head: Vec<u8> },
    Words(Vec<u32>),
    End,
}

/// Bytes after which what has been written of a file is sent down to the disk, while more is being written.
const STRETCH: usize = 32 << 20;

/// Brings files down to the disk, as they come with their names.
fn down(files: &Receiver<(String, File)>) -> Result<(), (String, io::Error)> {
    for (name, file) in files {
        file.sync_all().map_err(|error| (name, error))?;
    }
    Ok(())
}

/// Writes what comes; answers bytes and hash of each file. Which file it was that failed comes with the error.
fn files(
    folder: &Path,
    compress: bool,
    pieces: &Receiver<Piece>,
    down: &Sender<(String, File)>,
) -> Result<Vec<(u64, String)>, (String, io::Error)> {
    let mut all = Vec::new();
    let mut open: Option<Sink> = None;
    let mut current = String::new();
    let mut waiting = 0;
    for piece in pieces {
        let step = || -> io::Result<()> {
            match piece {
                Piece::Begin { name, head } => {
                    current.clone_from(&name);
                    let mut sink = Sink::new(File::create(folder.join(name))?, compress)?;
                    sink.write(&head)?;
                    open = Some(sink);
                }
                Piece::Words(mut words) => {
                    if let Some(sink) = &mut open {
                        sink.write(bytes(&mut words))?;
                        waiting += 4 * words.len();
                        if waiting >= STRETCH {
                            waiting = 0;
                            // If nobody takes it, that has failed and is told there.
                            let _ = down.send((current.clone(), sink.handle()?));
                        }
                    }
                }
                Piece::End => {
                    if let Some(sink) = open.take() {
                        let (file, bytes, hash) = sink.finish()?;
                        let _ = down.send((current.clone(), file));
                        all.push((bytes, hash));
                    }
                }
            }
            Ok(())
        };
        if let Err(error) = step() {
            return Err((current, error));
        }
    }
    Ok(all)
}

/// Writes files into a folder: `read` hands on what they hold, until it is told that nobody takes it any more. Beside its answer, bytes and hash
/// of each file.
///
/// # Errors
/// Those of `read`, and [`Error::File`].
pub(crate) fn write<T>(
    folder: &Path,
    compress: bool,
    read: impl FnOnce(&mut dyn FnMut(Piece) -> bool) -> Result<T, Error>,
) -> Result<(T, Vec<(u64, String)>), Error> {
    let (read, written) = thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        let (send_down, receive_down) = channel();
        let syncer = scope.spawn(move || down(&receive_down));
        let writer = scope.spawn(move || files(folder, compress, &receive, &send_down));
        let read = read(&mut |piece| send.send(piece).is_ok());
        drop(send);
        let written = writer.join();
        let synced = syncer.join();
        let both = written.and_then(|written| synced.map(|synced| written.and_then(|all| synced.map(|()| all))));
        (read, both)
    });
    let read = read?;
    let failed = |name: &str, error| Error::file(folder.join(name), ACTION, error);
    match written {
        Ok(Ok(written)) => Ok((read, written)),
        Ok(Err((name, error))) => Err(failed(&name, error)),
        Err(_) => Err(failed("", io::Error::other("the writing thread has ended"))),
    }
}

/// A name that any system takes for a file.
pub(crate) fn file_name(at: usize, column: &str, compress: bool, part: Option<usize>) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = column.chars().take(100).map(plain).collect();
    let part = part.map_or_else(String::new, |part| format!(".{part}"));
    format!("{at:02}-{name}{part}.npy{}", if compress { ".zst" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn heads_are_numpys() {
        for shape in [&[7][..], &[2, 1000], &[1, 4_294_967_294]] {
            let head = head(shape);
            assert_eq!(head.len() % 64, 0);
            let npy = npyz::NpyFile::new(&head[..]).unwrap();
            assert_eq!((npy.shape(), npy.dtype().descr()), (shape, "'<u4'".to_owned()));
        }
    }
}
