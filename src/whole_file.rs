//! A file that is there whole or not at all: it is written beside its place under another name and takes its own at the end.

use crate::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// A file that is removed unless it has been renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // Whoever comes here has an error to report already, or has just renamed the file.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes a file; an existing one of that name is replaced. `action` says in an error what could not be done, as in
/// "write the picture".
pub(crate) fn write(
    path: &Path,
    action: &'static str,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Error> {
    replace(path, content).map_err(|error| Error::file(path, action, error))
}

/// Sees to it that a file can be written there, and leaves none.
#[cfg(feature = "tables")]
pub(crate) fn probe(path: &Path, action: &'static str) -> Result<(), Error> {
    named(path)
        .and_then(|()| create(path).map(drop))
        .map_err(|error| Error::file(path, action, error))
}

/// Whether a path is one that a file can have.
fn named(path: &Path) -> io::Result<()> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(())
}

fn replace(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    named(path)?;
    let (partial, file) = create(path)?;
    let mut buffered = BufWriter::with_capacity(1 << 20, file);
    content(&mut buffered)?;
    let file = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
    // Down to the disk: some file systems say only then that there is no room.
    file.sync_all()?;
    drop(file);
    fs::rename(&partial.0, path)
}

/// A new file in the same folder, as a rename does not cross file systems.
fn create(path: &Path) -> io::Result<(Partial, File)> {
    let mut number = 0;
    loop {
        let name = format!(".tetraswarm-{}-{number}.partial", std::process::id());
        let partial = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&partial) {
            Ok(file) => return Ok((Partial(partial), file)),
            // Another file is being written, or a process of that number was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
        }
    }
}
