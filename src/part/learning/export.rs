//! Where a scenario wants what was learned, see [`crate::learned`].

use crate::error::Error;
use std::path::Path;

/// The key.
pub(crate) const KEY: &str = "learning.export";

/// Whether a name is one that a scenario can have.
pub(super) fn check(file: &Path) -> Result<(), Error> {
    if file.extension().is_some_and(|ending| ending == "toml") {
        return Ok(());
    }
    let message = format!(
        "is {}; name a file that ends in .toml, beside which a table .parquet is written",
        crate::error::shown(file)
    );
    Err(Error::invalid(KEY, message))
}
