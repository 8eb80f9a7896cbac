//! WGSL modules: pieces of source with the values of their `override` constants, put together into one shader.

use std::borrow::Cow;

/// A piece of WGSL. Pieces are concatenated, so names are shared; a later piece may call an earlier one.
#[derive(Clone, Debug)]
pub struct Module {
    /// Path below `shaders/`, without the ending.
    pub name: &'static str,
    /// The text.
    pub source: Cow<'static, str>,
    /// The values of the `override`s that this piece declares.
    pub constants: Vec<(Cow<'static, str>, u32)>,
}

impl Module {
    /// A piece without constants.
    #[must_use]
    pub fn new(name: &'static str, source: &'static str) -> Self {
        Self {
            name,
            source: Cow::Borrowed(source),
            constants: Vec::new(),
        }
    }

    /// Gives the value of one of the piece's `override`s.
    #[must_use]
    pub fn with(mut self, constant: &'static str, value: u32) -> Self {
        self.constants.push((Cow::Borrowed(constant), value));
        self
    }

    /// A piece that is put together.
    pub(crate) fn made(name: &'static str, text: String) -> Self {
        Self {
            name,
            source: Cow::Owned(text),
            constants: Vec::new(),
        }
    }

    /// The piece with another name for one of its functions, variables or constants, so that several may stand side by side.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (mut text, mut rest) = (String::with_capacity(self.source.len()), &*self.source);
        while let Some(at) = rest.find(from) {
            let (before, after) = (&rest[..at], &rest[at + from.len()..]);
            let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
            text.push_str(before);
            text.push_str(if is_whole { to } else { from });
            rest = after;
        }
        text.push_str(rest);
        self.source = Cow::Owned(text);
        for (name, _) in self.constants.iter_mut().filter(|(name, _)| name == from) {
            *name = Cow::Owned(to.to_owned());
        }
        self
    }

    /// The piece with a variable, which whoever calls it sets, in place of one of its constants.
    pub(crate) fn variable(self, constant: &str, variable: &str) -> Self {
        let mut piece = self.renamed(constant, variable);
        piece.constants.retain(|(name, _)| name != variable);
        let (before, after) = (
            format!("override {variable}: u32;"),
            format!("var<private> {variable}: u32;"),
        );
        piece.source = Cow::Owned(piece.source.replace(&before, &after));
        piece
    }
}

/// A whole shader: its pieces in order. The entry point is called `main`.
#[derive(Clone, Debug)]
pub struct Shader {
    /// The pieces, first to last.
    pub modules: Vec<Module>,
}

impl Shader {
    /// The text that the GPU compiles.
    #[must_use]
    pub fn source(&self) -> String {
        let mut text = String::new();
        for module in &self.modules {
            text.push_str(&module.source);
            text.push('\n');
        }
        text
    }

    /// Every constant's value.
    pub fn constants(&self) -> impl Iterator<Item = (&str, u32)> + '_ {
        self.modules
            .iter()
            .flat_map(|m| m.constants.iter().map(|(name, value)| (&**name, *value)))
    }

    /// The compiler's words with the places that they name in the whole text told as places in the pieces: `wgsl:382:14` as
    /// `step/average.wgsl:12:14`.
    #[must_use]
    pub fn located(&self, message: &str) -> String {
        const BEFORE: &str = "wgsl:";
        let mut text = String::with_capacity(message.len());
        let mut rest = message;
        while let Some(at) = rest.find(BEFORE) {
            let after = &rest[at + BEFORE.len()..];
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let place = after[..digits].parse().ok().and_then(|line| self.place(line));
            text.push_str(&rest[..at]);
            match place {
                Some((name, line)) => text.push_str(&format!("{name}.wgsl:{line}")),
                None => text.push_str(&rest[at..at + BEFORE.len() + digits]),
            }
            rest = &after[digits..];
        }
        text.push_str(rest);
        text
    }

    /// The piece that has a line of the whole text, counted from 1, and which of its lines that is.
    fn place(&self, line: usize) -> Option<(&'static str, usize)> {
        let mut before = 0;
        self.modules.iter().find_map(|module| {
            // Each piece is followed by the end of a line.
            let lines = module.source.matches('\n').count() + 1;
            let own = line.checked_sub(before).filter(|own| (1..=lines).contains(own));
            before += lines;
            own.map(|own| (module.name, own))
        })
    }

    /// The last piece's name, which is the step's.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.modules.last().map_or("", |m| m.name)
    }
}

/// A module from a file below `shaders/`.
macro_rules! module {
    ($path:literal) => {
        $crate::shader::Module::new(
            $path,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/", $path, ".wgsl")),
        )
    };
}
pub(crate) use module;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_renamed() {
        let piece = Module::new(
            "a",
            "override RATE: u32;\nfn f(RATED: u32) -> u32 { return RATE + RATE_1 + f_RATE; }",
        )
        .with("RATE", 3);
        let other = piece.clone().renamed("RATE", "PACE");
        assert_eq!(
            other.source,
            "override PACE: u32;\nfn f(RATED: u32) -> u32 { return PACE + RATE_1 + f_RATE; }"
        );
        assert_eq!(other.constants, [(Cow::Borrowed("PACE"), 3)]);
        let set = piece.variable("RATE", "pace");
        assert!(set.source.starts_with("var<private> pace: u32;\n") && set.constants.is_empty());
    }

    #[test]
    fn places_are_told_by_piece() {
        let shader = Shader {
            modules: vec![
                Module::new("lib/one", "a\nb\n"),
                Module::new("step/two", "c\nd"),
                Module::new("mine", "e\nf\n"),
            ],
        };
        // a, b and an empty line; c and d; e, f and an empty line.
        assert_eq!(
            shader.source().lines().collect::<Vec<_>>(),
            ["a", "b", "", "c", "d", "e", "f", ""]
        );
        let message = "bad:\n  wgsl:2:7\nand wgsl:5:1, wgsl:6:3 but wgsl:99:1 and wgsl:x";
        let located = shader.located(message);
        assert_eq!(
            located,
            "bad:\n  lib/one.wgsl:2:7\nand step/two.wgsl:2:1, mine.wgsl:1:3 but wgsl:99:1 and wgsl:x"
        );
    }
}
