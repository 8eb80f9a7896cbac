//! Where a file is that is named in another.

use std::path::{Path, PathBuf};

/// The file that a scenario in `folder` means by `file`: beside the scenario if it is there, else from the current folder.
pub(crate) fn locate(folder: &Path, file: &Path) -> PathBuf {
    let beside = folder.join(file);
    if beside.exists() { beside } else { file.to_owned() }
}
