//! SVG, with marks of one style grouped, so that a link costs about twenty bytes.

use super::colour::{PAPER, Rgb};
use super::font::Weight;
use super::scene::{Anchor, Curve, Mark, Place, Scene};
use std::fmt::{self, Display, Formatter, Write};

/// A number with at most this many decimals, without trailing zeros.
fn number(f: &mut String, value: f32, decimals: usize) {
    let start = f.len();
    let _ = write!(f, "{value:.decimals$}");
    if f[start..].contains('.') {
        let kept = f.trim_end_matches('0').trim_end_matches('.').len();
        f.truncate(kept);
    }
    if &f[start..] == "-0" {
        f.replace_range(start.., "0");
    }
}

fn place(f: &mut String, command: char, [x, y]: Place) {
    f.push(command);
    number(f, x, 1);
    f.push(' ');
    number(f, y, 1);
}

impl Display for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A text with what means something to XML replaced, and without what XML cannot hold.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

fn curve(f: &mut String, curve: &Curve) {
    match *curve {
        Curve::Line([a, b]) => {
            place(f, 'M', a);
            place(f, 'L', b);
        }
        Curve::Cubic([a, b, c, d]) => {
            place(f, 'M', a);
            place(f, 'C', b);
            place(f, ' ', c);
            place(f, ' ', d);
        }
    }
}

fn mark(f: &mut String, mark: &Mark) {
    match mark {
        Mark::Strokes {
            colour,
            width,
            opacity,
            curves,
        } => {
            let _ = write!(f, "<g stroke=\"{colour}\" stroke-width=\"");
            number(f, *width, 2);
            if *opacity < 1.0 {
                f.push_str("\" stroke-opacity=\"");
                number(f, *opacity, 3);
            }
            f.push_str("\">\n");
            // Where strokes of one path cross, they are painted once: right for opaque ones only.
            let at_once = if *opacity < 1.0 { 1 } else { 512 };
            for some in curves.chunks(at_once) {
                f.push_str("<path d=\"");
                some.iter().for_each(|one| curve(f, one));
                f.push_str("\"/>\n");
            }
            f.push_str("</g>\n");
        }
        Mark::Discs {
            colour,
            radius,
            centres,
        } => {
            let _ = writeln!(f, "<g fill=\"{colour}\" stroke=\"none\">");
            for [x, y] in centres {
                f.push_str("<circle cx=\"");
                number(f, *x, 1);
                f.push_str("\" cy=\"");
                number(f, *y, 1);
                f.push_str("\" r=\"");
                number(f, *radius, 2);
                f.push_str("\"/>\n");
            }
            f.push_str("</g>\n");
        }
        Mark::Area {
            colour,
            opacity,
            points,
        } => {
            let _ = write!(f, "<path fill=\"{colour}\" stroke=\"none\" fill-opacity=\"");
            number(f, *opacity, 3);
            f.push_str("\" d=\"");
            for (k, point) in points.iter().enumerate() {
                place(f, if k == 0 { 'M' } else { 'L' }, *point);
            }
            f.push_str("Z\"/>\n");
        }
        Mark::Text {
            text,
            at: [x, y],
            anchor,
            size,
            weight,
            colour,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
            };
            let weight = match weight {
                Weight::Regular => 400,
                Weight::Medium => 500,
            };
            let _ = writeln!(
                f,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{colour}\" stroke=\"none\" font-size=\"{size:.1}\" \
                 font-weight=\"{weight}\" text-anchor=\"{anchor}\">{}</text>",
                escaped(text)
            );
        }
    }
}

/// The document.
pub(super) fn write(scene: &Scene) -> String {
    let Scene { width, height, .. } = scene;
    let mut f = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         fill=\"none\" font-family=\"Roboto, Helvetica, Arial, sans-serif\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n",
        escaped(&scene.title),
        escaped(&scene.description),
    );
    scene.marks.iter().for_each(|one| mark(&mut f, one));
    f.push_str("</svg>\n");
    f
}
