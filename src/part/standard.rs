//! Parts in their standard form: what `bench` measures and `rules NAME` prints, ours as a user's.

use super::Place;

/// A part with parameters that are a good start, on a network that suits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardForm {
    /// Where it stands.
    pub place: Place,
    /// Its keys but the one that chooses it, as TOML.
    pub keys: &'static str,
    /// The section `[topology]`, as TOML.
    pub topology: &'static str,
}

impl StandardForm {
    /// Its section, as TOML.
    #[must_use]
    pub fn section(&self) -> String {
        let Place { section, tag } = self.place;
        let tag = tag.map_or_else(String::new, |(key, word)| format!("{key} = \"{word}\"\n"));
        format!("[{section}]\n{tag}{}\n", self.keys.trim_end())
    }

    /// A scenario of it alone.
    #[must_use]
    pub fn scenario(&self) -> String {
        format!(
            "name = \"{}\"\nagents = 65_536\nticks = 100\n\n[topology]\n{}\n\n{}",
            self.place.name(),
            self.topology.trim_end(),
            self.section()
        )
    }
}
