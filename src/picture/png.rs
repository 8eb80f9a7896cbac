//! PNG, painted by tiny-skia and reduced to the 256 colours that suit the picture best.

use super::colour::{PAPER, Rgb};
use super::scene::{Anchor, Curve, Mark, Scene};
use super::{font, palette};
use std::io;
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

/// The file.
pub(super) fn write(scene: &Scene) -> io::Result<Vec<u8>> {
    let mut paper = Pixmap::new(scene.width, scene.height).ok_or(io::ErrorKind::OutOfMemory)?;
    paper.fill(colour(PAPER, 1.0));
    for mark in &scene.marks {
        paint(&mut paper, mark);
    }
    let pixels: Vec<Rgb> = paper
        .pixels()
        .iter()
        .map(|p| Rgb(p.red(), p.green(), p.blue()))
        .collect();
    encode(scene, &pixels)
}

fn colour(Rgb(red, green, blue): Rgb, opacity: f32) -> Color {
    let mut colour = Color::from_rgba8(red, green, blue, 255);
    colour.set_alpha(opacity);
    colour
}

fn paint(paper: &mut Pixmap, mark: &Mark) {
    let mut with = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    match mark {
        Mark::Strokes {
            colour: rgb,
            width,
            opacity,
            curves,
        } => {
            with.set_color(colour(*rgb, *opacity));
            let stroke = Stroke {
                width: *width,
                ..Stroke::default()
            };
            // As in SVG, those that can be seen through are painted one by one. The opaque ones are too: it is quicker.
            for path in curves.iter().filter_map(path) {
                paper.stroke_path(&path, &with, &stroke, Transform::identity(), None);
            }
        }
        Mark::Discs {
            colour: rgb,
            radius,
            centres,
        } => {
            with.set_color(colour(*rgb, 1.0));
            for path in centres
                .iter()
                .filter_map(|&[x, y]| PathBuilder::from_circle(x, y, *radius))
            {
                paper.fill_path(&path, &with, FillRule::Winding, Transform::identity(), None);
            }
        }
        Mark::Area {
            colour: rgb,
            opacity,
            points,
        } => {
            with.set_color(colour(*rgb, *opacity));
            let mut outline = PathBuilder::new();
            for (k, &[x, y]) in points.iter().enumerate() {
                match k {
                    0 => outline.move_to(x, y),
                    _ => outline.line_to(x, y),
                }
            }
            outline.close();
            if let Some(path) = outline.finish() {
                paper.fill_path(&path, &with, FillRule::Winding, Transform::identity(), None);
            }
        }
        Mark::Text {
            text,
            at: [x, y],
            anchor,
            size,
            weight,
            colour: rgb,
        } => {
            with.set_color(colour(*rgb, 1.0));
            let left = match anchor {
                Anchor::Start => *x,
                Anchor::Middle => x - font::width(text, *size, *weight) / 2.0,
            };
            if let Some(path) = font::outline(text, *size, *weight, left, *y).finish() {
                paper.fill_path(&path, &with, FillRule::Winding, Transform::identity(), None);
            }
        }
    }
}

fn path(curve: &Curve) -> Option<Path> {
    let mut path = PathBuilder::new();
    match *curve {
        Curve::Line([a, b]) => {
            path.move_to(a[0], a[1]);
            path.line_to(b[0], b[1]);
        }
        Curve::Cubic([a, b, c, d]) => {
            path.move_to(a[0], a[1]);
            path.cubic_to(b[0], b[1], c[0], c[1], d[0], d[1]);
        }
    }
    path.finish()
}

fn encode(scene: &Scene, pixels: &[Rgb]) -> io::Result<Vec<u8>> {
    let (palette, indices) = palette::reduced(pixels);
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, scene.width, scene.height);
    encoder.set_color(::png::ColorType::Indexed);
    encoder.set_palette(palette.iter().flat_map(|c| [c.0, c.1, c.2]).collect::<Vec<u8>>());
    encoder.set_compression(::png::Compression::High);
    // Indices that are near each other are no colours that are.
    encoder.set_filter(::png::Filter::NoFilter);
    encoder.write_header()?.write_image_data(&indices)?;
    Ok(file)
}
