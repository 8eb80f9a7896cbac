//! Studies: whether A beats B, when, by how much and how surely.
//!
//! A [`Study`] is a scenario, axes along which it varies, seeds, and figures. A [`Design`] is what that comes to: variants, all of them
//! checked. An [`Engine`] runs them, each with every seed, and a [`Journal`] keeps the runs as they end. [`Results`] are what they say.
//! The same seed gives every variant the same arrivals, faults and start, so differences are taken seed by seed.

mod axis;
mod choice;
mod claims;
mod conduct;
mod design;
mod elsewhere;
mod engine;
mod figure;
mod folder;
mod journal;
mod key;
mod results;
mod sampling;
mod spec;
pub mod statistics;
mod table;
mod verdict;
mod within;

pub use axis::{Axis, NamedVariant, Point, Role};
pub use choice::{Choice, Pair, Step, choose};
pub use claims::{CLAIMS, Claim, LEFT_OUT};
pub use conduct::{Extent, conduct, merge};
pub use design::{Design, Task, Variant};
pub use elsewhere::{Hand, done};
pub use engine::{Engine, Outcome, Progress, run, series};
pub use figure::{Better, FigureSpec, How, Known, known};
pub use folder::{Folder, RUNS, STUDY, load};
pub use journal::{JOURNAL, Journal, Record};
pub use key::key;
pub use results::{About, AxisResult, Comparison, FigureResult, MeanResult, Overall, RESULTS, Results, VariantResult};
pub use sampling::{SOBOL_AXES, latin, sobol};
pub use spec::{Against, Base, Quick, Sample, Seeds, Study, Tune};
pub use verdict::{Verdict, overall, verdict};
pub use within::{UNDER_WAY, When, Within};

/// A value as `--set` takes it: what is no TOML is a word.
#[must_use]
pub fn toml_value(text: &str) -> toml::Value {
    let parsed = toml::from_str::<toml::Table>(&format!("value = {text}"));
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| toml::Value::String(text.to_owned()))
}
