//! A picture of a network: which nodes it shows, where they are, and what its colours mean.

use crate::output::excerpt::{excerpt, levels, positions};
use crate::output::text::grouped;
use std::path::Path;
use tetraswarm::Error;
use tetraswarm::picture::{Colour, Excerpt, Network, Picture, Size, closing_links};
use tetraswarm::topology::Topology;

/// The formats of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    Png,
    Svg,
}

impl PictureFormat {
    /// The format that a file's name asks for.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            _ => Err(Error::invalid(
                format!("--picture {}", tetraswarm::shown(path)),
                "has an ending that says no format; the endings are .png and .svg",
            )),
        }
    }
}

/// Draws a network to a file.
pub fn draw(topology: &dyn Topology, path: &Path, width: u32) -> Result<(), Error> {
    let format = PictureFormat::of(path)?;
    let shown = excerpt(topology);
    let Excerpt { nodes, links, caption } = &shown;
    let (positions, placed) = positions(topology, &shown);
    let levels = levels(topology, &shown);
    let colour = match &levels {
        Some((of, names)) => Colour::Level { of, names },
        None => Colour::Length,
    };
    let closing = if topology.shows_one_period() {
        closing_links(&positions, links)
    } else {
        Vec::new()
    };
    let mut captions = Vec::new();
    if nodes.len() < topology.nodes() as usize {
        captions.push(caption.clone());
    }
    captions.extend(placed);
    let subtitle = format!(
        "{} nodes, {} links",
        grouped(topology.nodes()),
        grouped(topology.links())
    );
    let network = Network {
        title: topology.kind(),
        subtitle: &subtitle,
        caption: &captions.join(" "),
        positions: &positions,
        links,
        colour,
        closing: &closing,
        ids: nodes,
    };
    let picture = Picture::new(&network, Size { width, height: None })?;
    match format {
        PictureFormat::Png => picture.write_png(path),
        PictureFormat::Svg => picture.write_svg(path),
    }
}
