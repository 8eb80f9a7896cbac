//! A network as a person would want to look at it: depth, and colour by the level of a link or by its length.
//!
//! A [`Network`] becomes a scene of strokes, discs and text in painter's order, which is written as SVG or PNG; both show the
//! same. Networks in space are seen from obliquely above, with nearer links over farther ones and farther ones fading into
//! the background; plane ones head on. The width and the opacity of the links follow from how much ink they are. A network
//! that is too large to be shown whole has an [`Excerpt`]; one without positions has a [`Layout`].

mod colour;
mod compose;
mod excerpt;
mod font;
mod ink;
mod layout;
mod legend;
mod lengths;
mod marks;
mod palette;
pub mod paper;
mod pivot;
mod png;
mod scene;
mod stress;
mod svg;
mod view;

pub use excerpt::Excerpt;
pub use layout::Layout;

use crate::error::Error;
use crate::whole_file;
use glam::{DVec2, DVec3};
use std::io::Write;
use std::path::Path;

/// The most nodes that a picture shows legibly.
pub const MOST_NODES: usize = 20_000;

/// What an error says could not be done.
const ACTION: &str = "write the picture";

/// What the colour of a link says.
#[derive(Clone, Copy, Debug)]
pub enum Colour<'a> {
    /// How long it is, in units of the shortest link.
    Length,
    /// Its level in a hierarchy, 0 being the innermost.
    Level {
        /// The level of each link.
        of: &'a [u32],
        /// What each level is called in the legend; a level without a name is called by its number.
        names: &'a [String],
    },
}

/// A network to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    /// The headline.
    pub title: &'a str,
    /// The line below it.
    pub subtitle: &'a str,
    /// What has to be known to read the picture, such as which part of the network it shows.
    pub caption: &'a str,
    /// Where the nodes are, in any unit; z points up. If all have the same z, the network is plane.
    pub positions: &'a [DVec3],
    /// Pairs of indices of `positions`, each link once.
    pub links: &'a [(u32, u32)],
    /// What colours mean.
    pub colour: Colour<'a>,
    /// For each link whether it closes a periodic network round the outside and is left out; empty if none does.
    /// See [`closing_links`].
    pub closing: &'a [bool],
    /// The numbers of the nodes; empty if they are 0, 1, 2, …
    pub ids: &'a [u32],
}

/// How large a picture is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// 200 to 8192.
    pub width: u32,
    /// 200 to 8192; if none, what suits the network, from 0.6 of the width to all of it.
    pub height: Option<u32>,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1600,
            height: None,
        }
    }
}

/// A picture that is ready to be written.
#[derive(Clone, Debug)]
pub struct Picture {
    scene: scene::Scene,
}

impl Picture {
    /// Draws a network.
    ///
    /// # Errors
    /// If a link names a node that is not there, the lists have different lengths, or the size is not in range.
    pub fn new(network: &Network<'_>, size: Size) -> Result<Self, Error> {
        check(network, size)?;
        Ok(Self {
            scene: compose::compose(network, size),
        })
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.scene.width, self.scene.height)
    }

    /// As an SVG document.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::write(&self.scene)
    }

    /// As a PNG file of 256 colours.
    ///
    /// # Errors
    /// If the encoder fails, which only a lack of memory brings about.
    pub fn to_png(&self) -> std::io::Result<Vec<u8>> {
        png::write(&self.scene)
    }

    /// Writes an SVG file, whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written there.
    pub fn write_svg(&self, path: &Path) -> Result<(), Error> {
        whole_file::write(path, ACTION, |to| to.write_all(self.to_svg().as_bytes()))
    }

    /// Writes a PNG file, whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written there.
    pub fn write_png(&self, path: &Path) -> Result<(), Error> {
        whole_file::write(path, ACTION, |to| to.write_all(&self.to_png()?))
    }
}

/// Where nodes appear in a picture of them, x to the right and y up, about the origin: plane networks head on, those in space in
/// perspective from obliquely above.
#[must_use]
pub fn appearance(positions: &[DVec3]) -> Vec<DVec2> {
    view::look(positions).places
}

/// Which links of a periodic lattice lead from one side round the outside to the other: all links of a lattice are equally
/// long, so those that seem longer than the shortest by more than half.
#[must_use]
pub fn closing_links(positions: &[DVec3], links: &[(u32, u32)]) -> Vec<bool> {
    let at = |node: u32| positions.get(node as usize).copied().unwrap_or_default();
    let lengths: Vec<f64> = links.iter().map(|&(a, b)| at(a).distance(at(b))).collect();
    let shortest = lengths.iter().copied().filter(|&l| l > 0.0).fold(f64::MAX, f64::min);
    lengths.into_iter().map(|length| length > 1.5 * shortest).collect()
}

fn check(network: &Network<'_>, size: Size) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::invalid("picture", message));
    for (name, value) in [("width", Some(size.width)), ("height", size.height)] {
        if let Some(pixels) = value.filter(|pixels| !(200..=8192).contains(pixels)) {
            return refuse(format!("has a {name} of {pixels} pixels, but may have 200 to 8192"));
        }
    }
    let (nodes, links) = (network.positions.len(), network.links.len());
    if let Some((a, b)) = network.links.iter().find(|&&(a, b)| a.max(b) as usize >= nodes) {
        return refuse(format!("links {a} to {b}, but has {nodes} nodes"));
    }
    if let Colour::Level { of, .. } = network.colour
        && of.len() != links
    {
        return refuse(format!("has levels for {} of {links} links", of.len()));
    }
    if !network.closing.is_empty() && network.closing.len() != links {
        return refuse(format!(
            "says of {} of {links} links whether they close",
            network.closing.len()
        ));
    }
    if !network.ids.is_empty() && network.ids.len() != nodes {
        return refuse(format!("has numbers for {} of {nodes} nodes", network.ids.len()));
    }
    Ok(())
}
