//! The parameters of each kind of lattice.

use super::Lattice;
use super::forms::Form;
use super::sides::Sides;
use crate::error::Error;
use crate::topology::{Build, Fit, Site, Topology};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The lattice in a box of `nodes` nodes.
fn build(sides: Sides, nodes: u32) -> Result<Arc<dyn Topology>, Error> {
    Ok(Arc::new(Lattice::new(sides.form, sides.of(nodes)?, 0)))
}

/// Parameters of lattices in the plane whose width may be given.
macro_rules! in_the_plane {
    ($(#[doc = $doc:literal] $name:ident($form:ident), $least:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Cells in a row; the rows that result must be no fewer than the least width. Left out: the rectangle nearest to a
            /// square, with the longer side in x.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = $least))]
            pub width: Option<u32>,
        }

        impl $name {
            fn sides(&self) -> Sides {
                Sides { form: Form::$form, width: self.width, height: None }
            }
        }

        impl Build for $name {
            fn fit(&self, nodes: u32) -> Fit {
                self.sides().fit(nodes)
            }

            fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
                build(self.sides(), nodes)
            }
        }
    )*};
}

in_the_plane! {
    /// Parameters of `torus2d`. Degree 4.
    Torus2dSpec(Torus2d), 3;
    /// Parameters of `klein`. Degree 4.
    KleinSpec(Klein), 3;
    /// Parameters of `triangular`. Degree 6.
    TriangularSpec(Triangular), 3;
    /// Parameters of `honeycomb`, which has two nodes a cell. Degree 3.
    HoneycombSpec(Honeycomb), 2;
}

/// Parameters of lattices in space, whose width and height may be given.
macro_rules! in_space {
    ($(#[doc = $doc:literal] $name:ident($form:ident), $least:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Cells in a row. Sides that are left out make the box nearest to a cube, the longest in x.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = $least))]
            pub width: Option<u32>,
            /// Rows in a layer.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = $least))]
            pub height: Option<u32>,
        }

        impl $name {
            fn sides(&self) -> Sides {
                Sides { form: Form::$form, width: self.width, height: self.height }
            }
        }

        impl Build for $name {
            fn fit(&self, nodes: u32) -> Fit {
                self.sides().fit(nodes)
            }

            fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
                build(self.sides(), nodes)
            }
        }
    )*};
}

in_space! {
    /// Parameters of `cubic`. Degree 6.
    CubicSpec(Cubic), 3;
    /// Parameters of `bcc`, which has two nodes a cell. Degree 8.
    BccSpec(Bcc), 2;
    /// Parameters of `fcc`, whose cells are the primitive ones. Degree 12.
    FccSpec(Fcc), 3;
    /// Parameters of `diamond`, whose cells are the conventional cubes of eight nodes. Degree 4.
    DiamondSpec(Diamond), 1;
}

/// Parameters of `twisted-torus`. Degree 4.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwistedTorusSpec {
    /// Nodes in a row, any width that leaves at least 3 rows. Left out: twice as many as there are rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3))]
    pub width: Option<u32>,
    /// How far wrapping in y shifts x, below the width. Left out: half the width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twist: Option<u32>,
}

impl TwistedTorusSpec {
    fn sides(&self, width: u32) -> Sides {
        Sides {
            form: Form::TwistedTorus,
            width: Some(width),
            height: None,
        }
    }
}

impl Build for TwistedTorusSpec {
    fn fit(&self, nodes: u32) -> Fit {
        match self.width {
            Some(width) => self.sides(width).fit(nodes),
            None => Fit::among((3..).map(|rows| 2 * rows * rows), nodes),
        }
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let width = self.width.unwrap_or(2 * (nodes / 2).isqrt());
        let sides = self.sides(width).of(nodes)?;
        let twist = self.twist.unwrap_or(width / 2);
        if twist >= width {
            return Err(Error::invalid(
                "topology.twist",
                format!("is {twist}; it must be below the width, {width}"),
            ));
        }
        Ok(Arc::new(Lattice::new(Form::TwistedTorus, sides, twist)))
    }
}

/// Parameters of `prism`: none. Degree 3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrismSpec {}

impl Build for PrismSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::search(nodes, |n| n >= 6 && n.is_multiple_of(2))
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Lattice::new(Form::Prism, [nodes / 2, 1, 1], 0)))
    }
}
