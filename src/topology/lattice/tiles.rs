//! Tiles of lattices: four sites of a kind that follow each other in x, and on the torus and the Klein bottle the four below them as well.
//! Where a tile is in the box is worked out once for all its links.

use super::{Form, Hop, Lattice};
use crate::shader::{Module, module};
use crate::topology::Tiles;
use std::borrow::Cow;
use std::fmt::Write;

/// With more kinds of sites the shader, which has a line for each link of each, gets too long.
const MOST_SITES: u32 = 2;

/// The tiles of a lattice, if its rows are made of whole ones.
pub(super) fn tiles(lattice: &Lattice) -> Option<Tiles> {
    let [width, height, _] = lattice.sides;
    let fits = width.is_multiple_of(4) && lattice.twist.is_multiple_of(4);
    if !fits || width < 8 {
        return None;
    }
    let mut modules = vec![module!("topology/tiles/lattice-hops")];
    let is_torus = matches!(lattice.form, Form::Torus2d | Form::Klein);
    match lattice.form {
        Form::Torus2d => modules.push(module!("topology/tiles/straight")),
        Form::Klein => modules.push(module!("topology/tiles/turned")),
        _ => {}
    }
    if is_torus && height.is_multiple_of(2) && height >= 4 {
        modules.push(module!("topology/tiles/torus"));
        return Some(Tiles {
            nodes: 8,
            grain: 2 * width,
            modules,
        });
    }
    modules.push(match lattice.form.sites() {
        0..=MOST_SITES => Module {
            name: "topology/tiles/lattice-written",
            source: Cow::Owned(written(lattice)),
            constants: Vec::new(),
        },
        _ => module!("topology/tiles/diamond"),
    });
    Some(Tiles {
        nodes: 4,
        grain: 4,
        modules,
    })
}

/// The function `tile` with a line for each link of each kind of site.
fn written(lattice: &Lattice) -> String {
    let sites = lattice.form.sites();
    let mut text = String::from(
        "// Tiles of a lattice, link after link; written by src/topology/lattice/tiles.rs.\n\n\
         fn tile(t: u32, front: u32) {\n    \
             let i = 4u * t;\n    \
             let layer = WIDTH * HEIGHT;\n    \
             let index = i / layer;\n    \
             let z = index / SITES;\n    \
             let at = i - index * layer;\n    \
             let y = at / WIDTH;\n    \
             let x = at - y * WIDTH;\n    \
             let at_left = x == 0u;\n    \
             let at_right = x + 4u == WIDTH;\n    \
             let own = held4(i);\n    \
             var gain = vec4<i32>(0);\n",
    );
    for site in 0..sites {
        let links = links(lattice, site);
        text += &match (sites, site) {
            (1, _) => links,
            (_, 0) => format!("    if (index - z * SITES == 0u) {{\n{links}    }}"),
            _ => format!(" else {{\n{links}    }}\n"),
        };
    }
    text + "    hold4(i, own + gain);\n}\n"
}

/// The lines for the links of a kind of site.
fn links(lattice: &Lattice, site: u32) -> String {
    let mut text = String::new();
    for slot in 0..lattice.form.degree() {
        let hop = lattice.hop(slot, site);
        let mirror = lattice.form.mirror(slot);
        let back = lattice.hop(mirror, site);
        let in_row = hop.offset == 1 && hop.by == [1, 0, 0] && back.by == [-1, 0, 0] && mirror != slot;
        let is_done = hop.offset == u32::MAX && hop.by == [-1, 0, 0] && back.by == [1, 0, 0] && mirror != slot;
        // Cannot fail: it writes to a string.
        let _ = match hop.by[0] {
            // Turned round in x, four sites that follow each other meet four in the opposite order.
            _ if lattice.form == Form::Klein && hop.by[1] == 1 => {
                writeln!(text, "    gain += gained_down(own, i, x, y + 1u == HEIGHT);")
            }
            _ if lattice.form == Form::Klein && hop.by[1] == -1 => {
                writeln!(text, "    gain += gained_up(own, i, x, y == 0u);")
            }
            _ if in_row => writeln!(
                text,
                "    gain += gained_in_row(own, i, {slot}u, {mirror}u, at_left, at_right);"
            ),
            _ if is_done => Ok(()),
            1 => writeln!(
                text,
                "    gain += gained_ahead(own, i, {}, {slot}u, at_right);",
                to(lattice, hop)
            ),
            -1 => writeln!(
                text,
                "    gain += gained_behind(own, i, {}, {slot}u, at_left);",
                to(lattice, hop)
            ),
            _ => writeln!(
                text,
                "    gain += gained_straight(own, i, {}, {slot}u);",
                to(lattice, hop)
            ),
        };
    }
    text
}

/// Where a link of the tile's first node leads in y and z, and in x as if the box had no sides.
fn to(lattice: &Lattice, hop: &Hop) -> String {
    let [width, ..] = lattice.sides;
    let (layer, nodes) = (
        lattice.layer(),
        lattice.form.sites() * lattice.layer() * lattice.sides[2],
    );
    let [_, dy, dz] = hop.by;
    let mut text = format!("i + {}u", hop.offset);
    if dy != 0 {
        let (edge, back) = match dy {
            1 => ("y + 1u == HEIGHT", layer.wrapping_neg()),
            _ => ("y == 0u", layer),
        };
        // What goes round in y is shifted in x, the same way for the whole tile.
        let shift = if dy == 1 {
            lattice.twist
        } else {
            (width - lattice.twist) % width
        };
        let back = match shift {
            0 => format!("{back}u"),
            _ => {
                let (near, far) = (back.wrapping_add(shift), back.wrapping_add(shift).wrapping_sub(width));
                format!("select({near}u, {far}u, x >= {}u)", width - shift)
            }
        };
        text += &format!(" + select(0u, {back}, {edge})");
    }
    if dz != 0 {
        let (edge, back) = match dz {
            1 => ("z + 1u == DEPTH", nodes.wrapping_neg()),
            _ => ("z == 0u", nodes),
        };
        text += &format!(" + select(0u, {back}u, {edge})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(form: Form, sides: [u32; 3], twist: u32) -> Option<Tiles> {
        tiles(&Lattice::new(form, sides, twist))
    }

    #[test]
    fn rows_must_be_whole_tiles() {
        assert!(of(Form::Torus2d, [10, 8, 1], 0).is_none());
        assert!(of(Form::TwistedTorus, [16, 8, 1], 3).is_none());
        assert!(of(Form::Klein, [10, 8, 1], 0).is_none());
        assert!(of(Form::Diamond, [4, 8, 8], 0).is_none());
        let torus = of(Form::Torus2d, [16, 8, 1], 0).unwrap();
        assert_eq!((torus.nodes, torus.grain), (8, 32));
        // Rows that are no pairs.
        let torus = of(Form::Torus2d, [16, 9, 1], 0).unwrap();
        assert_eq!((torus.nodes, torus.grain), (4, 4));
    }

    #[test]
    fn links_are_written_with_where_they_lead() {
        let cubic = of(Form::Cubic, [8, 4, 4], 0).unwrap().modules[1].source.clone();
        for line in [
            "gain += gained_in_row(own, i, 0u, 1u, at_left, at_right);",
            "gain += gained_straight(own, i, i + 8u + select(0u, 4294967264u, y + 1u == HEIGHT), 2u);",
            "gain += gained_straight(own, i, i + 4294967264u + select(0u, 128u, z == 0u), 5u);",
        ] {
            assert!(cubic.contains(line), "{cubic}");
        }
        assert_eq!(cubic.matches("gain +=").count(), 5, "{cubic}");
        let twisted = of(Form::TwistedTorus, [16, 9, 1], 4).unwrap().modules[1].source.clone();
        assert!(
            twisted.contains("select(0u, select(4294967156u, 4294967140u, x >= 12u), y + 1u == HEIGHT)"),
            "{twisted}"
        );
    }
}
