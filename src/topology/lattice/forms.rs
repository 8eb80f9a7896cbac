//! The forms of lattices as data: how many sites a cell has, and where each link leads from each of them.
//!
//! Sources: Ashcroft and Mermin, *Solid State Physics* (1976), chapter 4, for the crystals; Séquin, *Doubly twisted torus
//! networks for VLSI processor arrays* (1981), for the twisted torus.

/// Which lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Torus2d,
    TwistedTorus,
    Klein,
    Prism,
    Triangular,
    Honeycomb,
    Cubic,
    Bcc,
    Fcc,
    Diamond,
}

/// Where a link leads: to a site in the cell at this distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub site: u32,
    /// −1, 0 or 1 in x, y and z.
    pub by: [i32; 3],
}

/// The four sites of the conventional face-centred cubic cell, in halves of its edge; with exclusive or of the indices for
/// addition modulo 2 they are a group.
pub(super) const FACE_CENTRED: [[i32; 3]; 4] = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]];

/// Half of the neighbours of a lattice with one site a cell; the others are opposite.
const SQUARE: &[[i32; 3]] = &[[1, 0, 0], [0, 1, 0]];
const TRIANGULAR: &[[i32; 3]] = &[[1, 0, 0], [0, 1, 0], [1, -1, 0]];
const CUBIC: &[[i32; 3]] = &[[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const FCC: &[[i32; 3]] = &[[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, -1, 0], [1, 0, -1], [0, 1, -1]];
/// The cells of site A's neighbours at site B, seen from A's cell.
const HONEYCOMB: &[[i32; 3]] = &[[0, 0, 0], [-1, 0, 0], [0, -1, 0]];
const BCC: &[[i32; 3]] = &[
    [0, 0, 0],
    [-1, 0, 0],
    [0, -1, 0],
    [-1, -1, 0],
    [0, 0, -1],
    [-1, 0, -1],
    [0, -1, -1],
    [-1, -1, -1],
];

/// How the links of a form are made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Links {
    /// One site a cell: along these vectors, and back.
    Opposite(&'static [[i32; 3]]),
    /// Two sites a cell: from A to B by these vectors, from B to A by their opposites.
    Alternate(&'static [[i32; 3]]),
    /// Two rings whose nodes are linked in pairs.
    Rings,
    /// The diamond: two face-centred cubic lattices of four sites a cell, the second a quarter of the diagonal further.
    Tetrahedral,
}

impl Form {
    /// The kind, as in the scenario.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Torus2d => "torus2d",
            Self::TwistedTorus => "twisted-torus",
            Self::Klein => "klein",
            Self::Prism => "prism",
            Self::Triangular => "triangular",
            Self::Honeycomb => "honeycomb",
            Self::Cubic => "cubic",
            Self::Bcc => "bcc",
            Self::Fcc => "fcc",
            Self::Diamond => "diamond",
        }
    }

    pub fn links(self) -> Links {
        match self {
            Self::Torus2d | Self::TwistedTorus | Self::Klein => Links::Opposite(SQUARE),
            Self::Triangular => Links::Opposite(TRIANGULAR),
            Self::Cubic => Links::Opposite(CUBIC),
            Self::Fcc => Links::Opposite(FCC),
            Self::Honeycomb => Links::Alternate(HONEYCOMB),
            Self::Bcc => Links::Alternate(BCC),
            Self::Prism => Links::Rings,
            Self::Diamond => Links::Tetrahedral,
        }
    }

    /// Sites a cell.
    pub fn sites(self) -> u32 {
        match self.links() {
            Links::Opposite(_) => 1,
            Links::Alternate(_) | Links::Rings => 2,
            Links::Tetrahedral => 8,
        }
    }

    /// Neighbours a node.
    pub fn degree(self) -> u32 {
        match self.links() {
            Links::Opposite(vectors) => 2 * vectors.len() as u32,
            Links::Alternate(vectors) => vectors.len() as u32,
            Links::Rings => 3,
            Links::Tetrahedral => 4,
        }
    }

    /// The sides that are a box's to choose: two in the plane, three in space.
    pub fn dimensions(self) -> usize {
        match self {
            Self::Cubic | Self::Bcc | Self::Fcc | Self::Diamond => 3,
            _ => 2,
        }
    }

    /// The least side with which no two links of a node coincide.
    pub fn least_side(self) -> u32 {
        match self.links() {
            Links::Opposite(_) | Links::Rings => 3,
            Links::Alternate(_) => 2,
            Links::Tetrahedral => 1,
        }
    }

    /// Where the link over `slot` leads from `site`.
    pub fn target(self, slot: u32, site: u32) -> Target {
        let along = |vector: [i32; 3], back: bool| if back { vector.map(|v| -v) } else { vector };
        match self.links() {
            Links::Opposite(vectors) => Target {
                site,
                by: along(vectors[slot as usize / 2], slot % 2 == 1),
            },
            Links::Alternate(vectors) => Target {
                site: 1 - site,
                by: along(vectors[slot as usize], site == 1),
            },
            Links::Rings => match slot {
                0 | 1 => Target {
                    site,
                    by: along([1, 0, 0], slot == 1),
                },
                _ => Target {
                    site: 1 - site,
                    by: [0; 3],
                },
            },
            Links::Tetrahedral => {
                // From A at p in the direction (1,1,1)/4 − F_k: to B at p − F_k.
                let (half, k) = (site / 4, slot);
                let other = (site % 4) ^ k;
                let from = if half == 0 { site } else { other };
                let at = |site: u32| FACE_CENTRED[site as usize % 4];
                let by = [0, 1, 2].map(|axis| (at(from)[axis] - at(k)[axis] - at(from ^ k)[axis]) / 2);
                Target {
                    site: other + 4 * (1 - half),
                    by: along(by, half == 1),
                }
            }
        }
    }

    /// The slot of the same link seen from its other end.
    pub fn mirror(self, slot: u32) -> u32 {
        match self.links() {
            Links::Opposite(_) => slot ^ 1,
            Links::Rings if slot < 2 => slot ^ 1,
            _ => slot,
        }
    }
}
