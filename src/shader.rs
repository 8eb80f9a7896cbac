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
