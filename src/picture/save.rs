//! A file that is there whole or not at all: it is written beside its place under another name and takes its own at the end.

use crate::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const ACTION: &str = "write the picture";

/// A file that is removed unless it has been renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // Whoever comes here has an error to report already, or has just renamed the file.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes a file; an existing one of that name is replaced.
pub(super) fn whole(path: &Path, content: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<(), Error> {
    replace(path, content).map_err(|error| Error::file(path, ACTION, error))
}

fn replace(path: &Path, content: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<()> {
    if path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let (partial, mut file) = create(path)?;
    file.write_all(&content()?)?;
    // Down to the disk: some file systems say only then that there is no room.
    file.sync_all()?;
    drop(file);
    fs::rename(&partial.0, path)
}

/// A new file in the same folder, as a rename does not cross file systems.
fn create(path: &Path) -> io::Result<(Partial, fs::File)> {
    let mut number = 0;
    loop {
        let name = format!(".tetraswarm-{}-{number}.partial", std::process::id());
        let partial = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&partial) {
            Ok(file) => return Ok((Partial(partial), file)),
            // Another picture is being written, or a process of that number was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
        }
    }
}
