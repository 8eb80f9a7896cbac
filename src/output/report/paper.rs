//! A chart as a picture of its own, for white paper: SVG, or PNG of twice its size.

use super::drawing::{Anchor, Drawing, Form, Mark, Role, SERIES, Shape, corners, heat, on_heat};
use std::io;
use tetraswarm::picture::paper::{self, Ink, Sheet};

/// Pixels of a PNG for one of the drawing's.
const SCALE: f32 = 2.0;

const ON_WHITE: [[u8; 3]; SERIES] = [
    [0, 104, 163],
    [200, 80, 0],
    [0, 115, 84],
    [160, 70, 120],
    [150, 98, 0],
    [42, 130, 182],
    [70, 70, 80],
    [122, 98, 200],
];

fn colour(role: Role) -> [u8; 3] {
    match role {
        Role::Ink => [31, 36, 48],
        Role::Grey => [92, 98, 112],
        Role::Grid => [221, 224, 230],
        Role::Series(k) => ON_WHITE[k % SERIES],
        Role::Good => [0, 104, 163],
        Role::Bad => [200, 80, 0],
        Role::Neutral => [110, 116, 130],
        Role::Zone => [234, 236, 241],
        Role::Heat(at) => heat(at),
        Role::OnHeat(at) => on_heat(at),
    }
}

fn ink(mark: &Mark, scale: f32, to: &mut Vec<Ink>) {
    let rgb = colour(mark.role);
    let at = |[x, y]: [f32; 2]| [scale * x, scale * y];
    let all = |points: &[[f32; 2]]| points.iter().copied().map(at).collect::<Vec<_>>();
    match &mark.form {
        Form::Rect([x, y, w, h]) => {
            let points = [[*x, *y], [x + w, *y], [x + w, y + h], [*x, y + h]];
            to.push(Ink::Area(rgb, 1.0, all(&points)));
        }
        Form::Line(points, width, dashes) => {
            let dashes: Vec<f32> = dashes.iter().map(|dash| scale * dash).collect();
            to.push(Ink::Line(rgb, scale * width, dashes, all(points)));
        }
        Form::Strokes(lines, width) => {
            let line = |line: &[[f32; 2]; 2]| Ink::Line(rgb, scale * width, Vec::new(), all(line));
            to.extend(lines.iter().map(line));
        }
        Form::Area(points, opacity) => to.push(Ink::Area(rgb, *opacity, all(points))),
        Form::Dots(points, r) => to.extend(points.iter().map(|&point| Ink::Disc(rgb, at(point), scale * r))),
        Form::Point(place, r, shape @ (Shape::Disc | Shape::Ring)) => {
            to.push(Ink::Disc(rgb, at(*place), scale * r));
            if *shape == Shape::Ring {
                to.push(Ink::Disc([255, 255, 255], at(*place), scale * (r - 2.0).max(0.5)));
            }
        }
        Form::Point(place, r, shape) => to.push(Ink::Area(rgb, 1.0, all(&corners(*shape, *place, *r)))),
        Form::Text(place, anchor, size, heavy, text) => {
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => 0.5,
                Anchor::End => 1.0,
            };
            to.push(Ink::Text(rgb, at(*place), back, scale * size, *heavy, text.clone()));
        }
    }
}

fn sheet(drawing: &Drawing, scale: f32) -> Sheet {
    let mut ink_of = Vec::new();
    // The title stands above, as a picture on its own has no page round it.
    let head = 34.0;
    let title = Form::Text([12.0, 22.0], Anchor::Start, 16.0, true, drawing.title.clone());
    let title = Mark {
        form: title,
        role: Role::Ink,
        tip: None,
    };
    ink(&title, scale, &mut ink_of);
    for mark in &drawing.marks {
        let mut moved = Vec::new();
        ink(mark, scale, &mut moved);
        ink_of.extend(moved.into_iter().map(|ink| ink.down(scale * head)));
    }
    Sheet {
        width: (scale * drawing.width).ceil() as u32,
        height: (scale * (drawing.height + head)).ceil() as u32,
        title: drawing.title.clone(),
        description: drawing.description.clone(),
        ink: ink_of,
    }
}

/// As an SVG document.
pub fn svg(drawing: &Drawing) -> String {
    paper::svg(&sheet(drawing, 1.0))
}

/// As a PNG file.
///
/// # Errors
/// If the encoder fails, which only a lack of memory brings about.
pub fn png(drawing: &Drawing) -> io::Result<Vec<u8>> {
    paper::png(&sheet(drawing, SCALE))
}
