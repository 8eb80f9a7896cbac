//! A chart as marks in painter's order, whatever it is shown as: SVG within a page, whose colours follow the page's, or a picture of its
//! own for white paper.

use super::escape::html;
use std::fmt::Write;

/// What a mark's colour says; which colour that is, the page or the paper decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Text and axes.
    Ink,
    /// Text of less weight.
    Grey,
    /// Lines of a grid.
    Grid,
    /// One of eight that can be told apart, also by the colour-blind.
    Series(usize),
    /// Better, as the figure says what is better.
    Good,
    /// Worse.
    Bad,
    /// Neither, or not known.
    Neutral,
    /// The zone within which a difference does not matter.
    Zone,
    /// On a scale from 0 to 1.
    Heat(f32),
    /// Text on a field of that scale.
    OnHeat(f32),
}

/// How many series can be told apart.
pub const SERIES: usize = 8;

/// Which shape a point has, so that series can be told apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Disc,
    Square,
    Diamond,
    Triangle,
    Ring,
}

impl Shape {
    /// That of a series.
    pub fn of(series: usize) -> Self {
        [Self::Disc, Self::Square, Self::Diamond, Self::Triangle, Self::Ring][series % 5]
    }
}

/// The dashes of a series' line, in pixels; none for a whole line.
pub fn dashes(series: usize) -> &'static [f32] {
    const ALL: [&[f32]; SERIES] = [
        &[],
        &[8.0, 4.0],
        &[2.0, 3.0],
        &[10.0, 3.0, 2.0, 3.0],
        &[5.0, 2.0],
        &[14.0, 4.0],
        &[2.0, 6.0],
        &[8.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    ];
    ALL[series % SERIES]
}

/// Which side of its place a text lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A form on the paper, in pixels, y pointing down.
#[derive(Clone, Debug)]
pub enum Form {
    /// A rectangle: left, top, width, height.
    Rect([f32; 4]),
    /// A line through these points, of that width, with these dashes.
    Line(Vec<[f32; 2]>, f32, &'static [f32]),
    /// Lines from one point to another, all of that width.
    Strokes(Vec<[[f32; 2]; 2]>, f32),
    /// A filled outline, of that opacity.
    Area(Vec<[f32; 2]>, f32),
    /// Many points of one radius, none of which counts as a value.
    Dots(Vec<[f32; 2]>, f32),
    /// A point of that radius.
    Point([f32; 2], f32, Shape),
    /// A line of text: the baseline, its size, whether it is heavy.
    Text([f32; 2], Anchor, f32, bool, String),
}

/// A form with what it says.
#[derive(Clone, Debug)]
pub struct Mark {
    pub form: Form,
    pub role: Role,
    /// What is to be told of it: it then counts as a value of the chart.
    pub tip: Option<String>,
}

/// A chart.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    pub width: f32,
    pub height: f32,
    /// What it is a chart of, for those who cannot see it.
    pub title: String,
    pub description: String,
    pub marks: Vec<Mark>,
}

impl Drawing {
    pub fn new(width: f32, height: f32, title: impl Into<String>) -> Self {
        Self {
            width,
            height,
            title: title.into(),
            ..Self::default()
        }
    }

    pub fn put(&mut self, form: Form, role: Role) {
        self.marks.push(Mark { form, role, tip: None });
    }

    /// Puts a value of the chart.
    pub fn value(&mut self, form: Form, role: Role, tip: impl Into<String>) {
        let tip = Some(tip.into());
        self.marks.push(Mark { form, role, tip });
    }

    pub fn line(&mut self, points: impl Into<Vec<[f32; 2]>>, width: f32, role: Role) {
        self.put(Form::Line(points.into(), width, &[]), role);
    }

    pub fn text(&mut self, at: [f32; 2], anchor: Anchor, role: Role, text: impl Into<String>) {
        self.put(Form::Text(at, anchor, 13.0, false, text.into()), role);
    }

    /// How many values it shows.
    pub fn values(&self) -> usize {
        self.marks.iter().filter(|mark| mark.tip.is_some()).count()
    }

    /// As SVG within a page.
    pub fn inline(&self, class: &str) -> String {
        let mut f = format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {w:.0} {h:.0}\" role=\"group\" tabindex=\"0\" aria-label=\"{}. {}\" data-values=\"{}\">",
            html(&self.title),
            html(&self.description),
            self.values(),
            w = self.width,
            h = self.height,
        );
        for mark in &self.marks {
            inline(&mut f, mark);
        }
        f.push_str("</svg>");
        f
    }
}

/// The class of a role, and the colour where it is the same on any paper.
fn class(role: Role) -> (String, Option<String>) {
    match role {
        Role::Ink => ("ink".into(), None),
        Role::Grey => ("grey".into(), None),
        Role::Grid => ("grid".into(), None),
        Role::Series(k) => (format!("s{}", k % SERIES), None),
        Role::Good => ("good".into(), None),
        Role::Bad => ("bad".into(), None),
        Role::Neutral => ("neutral".into(), None),
        Role::Zone => ("zone".into(), None),
        Role::Heat(at) => (String::new(), Some(hex(heat(at)))),
        Role::OnHeat(at) => (String::new(), Some(hex(on_heat(at)))),
    }
}

/// The colours of the scale, plasma (Smith and van der Walt 2015), whose lightness rises all the way, so that it stays in order for
/// the colour-blind and in print.
pub const SCALE: [[u8; 3]; 10] = [
    [13, 8, 135],
    [70, 3, 159],
    [114, 1, 168],
    [156, 23, 158],
    [189, 55, 134],
    [216, 87, 107],
    [237, 121, 83],
    [251, 159, 58],
    [253, 202, 38],
    [240, 249, 33],
];

/// The colour at 0 to 1 of the scale.
pub fn heat(at: f32) -> [u8; 3] {
    let at = at.clamp(0.0, 1.0) * (SCALE.len() - 1) as f32;
    let below = (at as usize).min(SCALE.len() - 2);
    let share = at - below as f32;
    std::array::from_fn(|k| {
        let (low, high) = (f32::from(SCALE[below][k]), f32::from(SCALE[below + 1][k]));
        (low + (high - low) * share).round() as u8
    })
}

/// What can be read on it.
pub fn on_heat(at: f32) -> [u8; 3] {
    if at > 0.55 { [20, 20, 30] } else { [255, 255, 255] }
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A number with at most one decimal.
fn short(value: f32) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn path(points: &[[f32; 2]]) -> String {
    let mut f = String::new();
    for (k, [x, y]) in points.iter().enumerate() {
        let _ = write!(f, "{}{} {}", if k == 0 { 'M' } else { 'L' }, short(*x), short(*y));
    }
    f
}

/// The corners of a point's shape; none of a round one.
pub fn corners(shape: Shape, [x, y]: [f32; 2], r: f32) -> Vec<[f32; 2]> {
    let s = 0.9 * r;
    match shape {
        Shape::Disc | Shape::Ring => Vec::new(),
        Shape::Square => vec![[x - s, y - s], [x + s, y - s], [x + s, y + s], [x - s, y + s]],
        Shape::Diamond => {
            let d = 1.3 * r;
            vec![[x, y - d], [x + d, y], [x, y + d], [x - d, y]]
        }
        Shape::Triangle => vec![[x, y - 1.2 * r], [x + 1.1 * r, y + 0.9 * r], [x - 1.1 * r, y + 0.9 * r]],
    }
}

fn inline(f: &mut String, mark: &Mark) {
    let (class, colour) = class(mark.role);
    // The page's script makes of it what a screen reader says; without one there is the table.
    let tip = mark.tip.as_ref();
    let tip = tip.map_or_else(String::new, |tip| format!(" data-tip=\"{}\"", html(tip)));
    let fill = match &colour {
        Some(colour) => format!("fill=\"{colour}\""),
        None => format!("class=\"f-{class}\""),
    };
    let stroke = match &colour {
        Some(colour) => format!("stroke=\"{colour}\""),
        None => format!("class=\"l-{class}\""),
    };
    let _ = match &mark.form {
        Form::Rect([x, y, w, h]) => write!(
            f,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {fill}{tip}/>",
            short(*x),
            short(*y),
            short(*w),
            short(*h)
        ),
        Form::Line(points, width, dashes) => {
            let dash: Vec<String> = dashes.iter().map(|one| short(*one)).collect();
            let dash = match dash.is_empty() {
                true => String::new(),
                false => format!(" stroke-dasharray=\"{}\"", dash.join(" ")),
            };
            write!(
                f,
                "<path d=\"{}\" fill=\"none\" stroke-width=\"{}\"{dash} {stroke}{tip}/>",
                path(points),
                short(*width)
            )
        }
        Form::Area(points, opacity) => {
            write!(
                f,
                "<path d=\"{}Z\" opacity=\"{opacity:.2}\" {fill}{tip}/>",
                path(points)
            )
        }
        Form::Strokes(lines, width) => {
            let lines: String = lines.iter().map(|line| path(line)).collect();
            write!(f, "<path d=\"{lines}\" stroke-width=\"{}\" {stroke}/>", short(*width))
        }
        Form::Dots(points, r) => {
            let dots: String = points
                .iter()
                .map(|[x, y]| format!("M{} {}h0", short(*x), short(*y)))
                .collect();
            let width = short(2.0 * r);
            write!(
                f,
                "<path d=\"{dots}\" stroke-linecap=\"round\" stroke-width=\"{width}\" {stroke}/>"
            )
        }
        Form::Point(at, r, Shape::Ring) => write!(
            f,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\" stroke-width=\"2\" {stroke}{tip}/>",
            short(at[0]),
            short(at[1]),
            short(*r)
        ),
        Form::Point(at, r, Shape::Disc) => {
            write!(
                f,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {fill}{tip}/>",
                short(at[0]),
                short(at[1]),
                short(*r)
            )
        }
        Form::Point(at, r, shape) => write!(f, "<path d=\"{}Z\" {fill}{tip}/>", path(&corners(*shape, *at, *r))),
        Form::Text(at, anchor, size, heavy, text) => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = if *heavy { " font-weight=\"600\"" } else { "" };
            write!(
                f,
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight} {fill}{tip}>{}</text>",
                short(at[0]),
                short(at[1]),
                short(*size),
                html(text)
            )
        }
    };
}
