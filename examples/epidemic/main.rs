//! A part of one's own, with all that the program does: an epidemic on any network.
//!
//! ```text
//! cargo run --release --example epidemic -- run examples/epidemic/epidemic.toml
//! cargo run --release --example epidemic -- verify examples/epidemic/epidemic.toml --agents 10000 --ticks 50
//! cargo run --release --example epidemic -- schema epidemic
//! cargo run --release --example epidemic -- bench --rule epidemic --agents 1000000
//! ```

mod gauge;
mod part;
mod step;
#[cfg(test)]
mod tests;

use part::Epidemic;
use std::process::ExitCode;
use tetraswarm::scenario::Registry;
use tetraswarm::{Error, cli};

/// The parts of the library, and this one.
fn registry() -> Result<Registry, Error> {
    let mut registry = Registry::standard();
    let epidemic = registry.section::<Epidemic>("epidemic")?;
    // What `bench --rule epidemic` measures, and `rules epidemic` prints.
    epidemic.standard("infection = 0.05\nrecovery = 0.1\nfirst = 10", "kind = \"torus2d\"");
    Ok(registry)
}

fn main() -> Result<ExitCode, Error> {
    Ok(cli::main(&registry()?))
}
