//! Links become strokes and nodes become discs, farthest first.

use super::colour::{INK, PAPER, Rgb};
use super::font::{self, Weight};
use super::legend::Key;
use super::scene::{Anchor, Curve, Mark, Place};
use super::view::View;
use super::{Network, ink};
use glam::DVec2;
use std::collections::BTreeMap;

/// Depths are told apart in so many slices; what lies in one is painted links first, then nodes.
const SLICES: usize = 24;
/// How much of the farthest links' colour is the paper's.
const FADE: f64 = 0.72;
/// The same of the farthest nodes, whose numbers are to be read.
const NODE_FADE: f64 = 0.55;
/// How many times the paper is covered at most, roughly: plane networks, and those in space, whose nearer links hide farther
/// ones rather than blend with them.
const COVER: [f32; 2] = [0.75, 2.2];
/// The most nodes whose numbers are shown.
const MOST_NUMBERS: usize = 100;
/// The least radius in pixels at which a number can be read.
const LEAST_NUMBERED: f32 = 7.0;
/// The most nodes that are shown even as mere points.
const MOST_SMALL_DISCS: usize = 3000;
/// The most links that are set off from what they cross.
const MOST_SET_OFF: usize = 6000;
/// How many times over they may cover the paper at most: more would hide each other.
const MOST_COVER_SET_OFF: f32 = 0.5;

/// Where on the paper the network is to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub size: (u32, u32),
    pub least: Place,
    pub most: Place,
    /// A 1600th of the width.
    pub unit: f32,
}

/// A view on paper.
struct Drawing<'a> {
    network: &'a Network<'a>,
    view: &'a View,
    key: &'a Key,
    frame: Frame,
    places: Vec<Place>,
    /// Pixels to the unit of the view.
    scale: f64,
    /// Pixels; the length of the shorter links.
    short: f32,
    /// The radius of a node in the middle of the depths; 0 if nodes are not shown.
    radius: f32,
    width: f32,
}

/// One link on paper.
struct Stroke {
    slice: usize,
    colour: usize,
    curve: Curve,
    width: f32,
}

/// Draws all links and nodes.
pub(super) fn marks(network: &Network<'_>, view: &View, key: &Key, frame: Frame) -> Vec<Mark> {
    let drawing = Drawing::new(network, view, key, frame);
    let strokes = drawing.strokes();
    let curves: Vec<(Curve, f32)> = strokes.iter().map(|s| (s.curve, s.width)).collect();
    let opacities = ink::opacities(&curves, frame.size, COVER[usize::from(!view.plane)]);
    let mut marks = Vec::new();
    let mut styles: BTreeMap<(usize, usize, u8), Vec<usize>> = BTreeMap::new();
    for (at, stroke) in strokes.iter().enumerate() {
        // Longer ones and lower levels first. Opacities in steps of an eighth of an octave.
        let order = if key.by_level() {
            stroke.colour
        } else {
            usize::MAX - stroke.colour
        };
        let step = (-8.0 * opacities[at].log2()).round() as u8;
        styles.entry((stroke.slice, order, step)).or_default().push(at);
    }
    let discs = drawing.discs();
    let ink: f32 = strokes.iter().map(|stroke| stroke.curve.length() * stroke.width).sum();
    let paper = frame.size.0 as f32 * frame.size.1 as f32;
    let set_off = !view.plane && strokes.len() <= MOST_SET_OFF && ink <= MOST_COVER_SET_OFF * paper;
    for (slice, discs) in discs.into_iter().enumerate() {
        let here = || styles.range((slice, 0, 0)..(slice + 1, 0, 0));
        if set_off {
            for members in here().map(|(_, members)| members) {
                let width = strokes[members[0]].width * 1.9 + 1.5 * frame.unit;
                marks.push(Mark::Strokes {
                    colour: PAPER,
                    width,
                    opacity: 1.0,
                    curves: members
                        .iter()
                        .filter_map(|&at| inner(&strokes[at].curve, width))
                        .collect(),
                });
            }
        }
        for (&(_, _, step), members) in here() {
            let first = &strokes[members[0]];
            marks.push(Mark::Strokes {
                colour: faded(key.colours[first.colour], slice, FADE),
                width: first.width,
                opacity: (-f32::from(step) / 8.0).exp2(),
                curves: members.iter().map(|&at| strokes[at].curve).collect(),
            });
        }
        marks.extend(discs);
    }
    marks
}

/// A colour at a depth; slice 0 is the farthest.
fn faded(colour: Rgb, slice: usize, most: f64) -> Rgb {
    let depth = 1.0 - slice as f64 / (SLICES - 1) as f64;
    colour.mixed(PAPER, most * depth)
}

/// The middle of a link, without its ends, where it meets others that it must not cut.
fn inner(curve: &Curve, width: f32) -> Option<Curve> {
    let share = (1.2 * width / curve.length().max(1e-3)).max(0.12);
    match curve {
        Curve::Line(_) if share < 0.45 => Some(Curve::Line([curve.at(share), curve.at(1.0 - share)])),
        _ => None,
    }
}

impl<'a> Drawing<'a> {
    fn new(network: &'a Network<'a>, view: &'a View, key: &'a Key, frame: Frame) -> Self {
        let (least, most) = bounds(view);
        let extent = most - least;
        let room = DVec2::new(
            f64::from(frame.most[0] - frame.least[0]),
            f64::from(frame.most[1] - frame.least[1]),
        );
        let scale = (room / extent.max(DVec2::splat(1e-9))).min_element();
        let scale = if extent.max_element() < 1e-9 { 1.0 } else { scale };
        let middle = DVec2::new(
            f64::from(frame.most[0] + frame.least[0]) / 2.0,
            f64::from(frame.most[1] + frame.least[1]) / 2.0,
        );
        let place = |p: &DVec2| {
            let from = (*p - (least + most) / 2.0) * scale;
            [(middle.x + from.x) as f32, (middle.y - from.y) as f32]
        };
        let places: Vec<Place> = view.places.iter().map(place).collect();
        let mut lengths: Vec<f64> = network
            .links
            .iter()
            .enumerate()
            .filter(|&(link, _)| key.shown(link))
            .map(|(_, &(a, b))| view.points[a as usize].distance(view.points[b as usize]) * scale)
            // Links between nodes in one place are not seen; the nodes are.
            .filter(|&length| length > 1e-6)
            .collect();
        lengths.sort_unstable_by(f64::total_cmp);
        let total = lengths.iter().sum::<f64>() as f32;
        // Of a network on a line, a strip.
        let area = (extent * scale).max(room / 40.0).element_product() as f32;
        let spacing = ink::spacing(&places, area);
        let short = lengths.get(lengths.len() / 10).map_or(spacing, |&length| length as f32);
        let unit = frame.unit;
        // Larger where they have numbers.
        let share = if places.len() <= MOST_NUMBERS { 0.23 } else { 0.17 };
        let radius = (share * short).min(0.3 * spacing).min(17.0 * unit);
        let visible = if places.len() <= MOST_SMALL_DISCS { 0.9 } else { 2.5 } * unit;
        // Where no link is seen, nodes are.
        let radius = if lengths.is_empty() {
            radius.max(visible)
        } else {
            radius
        };
        let width = (0.075 * short).max((0.1 * area / total).min(0.16 * short));
        Self {
            network,
            view,
            key,
            frame,
            places,
            scale,
            short,
            radius: if radius < visible { 0.0 } else { radius },
            width: width.clamp(0.8 * unit, 4.5 * unit),
        }
    }

    fn slice(&self, depth: f64) -> usize {
        if self.view.plane {
            SLICES - 1
        } else {
            (((1.0 - depth) * SLICES as f64) as usize).min(SLICES - 1)
        }
    }

    fn strokes(&self) -> Vec<Stroke> {
        let links = self.network.links.iter().enumerate();
        let shown = links.filter(|&(link, _)| self.key.shown(link));
        shown
            .map(|(link, &(a, b))| {
                let (a, b) = (a as usize, b as usize);
                let slice = self.slice((self.view.depths[a] + self.view.depths[b]) / 2.0);
                let colour = self.key.of[link];
                let near = slice as f32 / (SLICES - 1) as f32;
                let level = self.key.weight(colour);
                Stroke {
                    slice,
                    colour,
                    curve: self.curve(a, b),
                    width: self.width * level * (0.55 + 0.45 * near),
                }
            })
            .collect()
    }

    /// A straight line between the rims of two nodes; on a circle, an arc that meets it at right angles, as a straight line of
    /// hyperbolic geometry does in Poincaré's disc, so that even short chords part from the rim.
    fn curve(&self, a: usize, b: usize) -> Curve {
        let (from, to) = (self.places[a], self.places[b]);
        let line = Curve::Line([from, to]);
        let Some(centre) = self.view.circle else {
            let length = line.length();
            let rim = |node: usize| self.radius * 0.8 * self.view.scales[node] as f32 / length;
            return if rim(a) + rim(b) < 0.8 {
                Curve::Line([line.at(rim(a)), line.at(1.0 - rim(b))])
            } else {
                line
            };
        };
        let (p, q) = (self.view.places[a] - centre, self.view.places[b] - centre);
        let (radius, half) = (p.length(), p.distance(q) / 2.0);
        let sine = (half / radius).min(1.0);
        let cosine = (1.0 - sine * sine).sqrt();
        // The arc's own radius is R tan α and its angle is 180° − 2α, where the chord's is 2α.
        let quarter = libm::tan((std::f64::consts::FRAC_PI_2 - libm::asin(sine)) / 2.0);
        let handle = if cosine < 1e-6 {
            0.0
        } else {
            4.0 / 3.0 * quarter * sine / cosine
        };
        // Neighbours on the circle are joined by nearly straight lines.
        let handle =
            handle * (1.0 - self.short.min(2.0 * half as f32 * self.scale as f32) as f64 / (2.0 * half * self.scale));
        if handle < 1e-3 {
            return line;
        }
        let pull = |from: Place, p: DVec2| {
            let by = p * (handle * self.scale);
            [from[0] - by.x as f32, from[1] + by.y as f32]
        };
        Curve::Cubic([from, pull(from, p), pull(to, q), to])
    }

    /// The nodes of each slice.
    fn discs(&self) -> Vec<Vec<Mark>> {
        let mut linked = vec![false; self.places.len()];
        for (link, &(a, b)) in self.network.links.iter().enumerate() {
            if self.key.shown(link) {
                linked[a as usize] = true;
                linked[b as usize] = true;
            }
        }
        let mut slices: Vec<Vec<usize>> = vec![Vec::new(); SLICES];
        for (node, &linked) in linked.iter().enumerate() {
            if self.radius > 0.0 || !linked {
                slices[self.slice(self.view.depths[node])].push(node);
            }
        }
        let numbered = self.places.len() <= MOST_NUMBERS && self.radius >= LEAST_NUMBERED;
        let marks = slices.into_iter().enumerate().map(|(slice, nodes)| {
            let Some(&first) = nodes.first() else {
                return Vec::new();
            };
            let radius = self.radius.max(1.3 * self.frame.unit) * self.view.scales[first] as f32;
            let centres: Vec<Place> = nodes.iter().map(|&node| self.places[node]).collect();
            let mut marks = Vec::new();
            let disc = |colour, radius, centres| Mark::Discs {
                colour,
                radius,
                centres,
            };
            if !numbered {
                if radius > 2.0 * self.frame.unit {
                    marks.push(disc(PAPER, radius * 1.12 + 0.6 * self.frame.unit, centres.clone()));
                }
                marks.push(disc(faded(INK, slice, NODE_FADE), radius, centres));
                return marks;
            }
            // One after the other, so that no number lies on another node.
            for (&node, centre) in nodes.iter().zip(centres) {
                marks.push(disc(PAPER, radius * 1.12 + 0.6 * self.frame.unit, vec![centre]));
                marks.push(disc(faded(INK, slice, NODE_FADE), radius, vec![centre]));
                marks.push(self.number(node, centre, radius));
            }
            marks
        });
        marks.collect()
    }

    fn number(&self, node: usize, [x, y]: Place, radius: f32) -> Mark {
        let text = self.network.ids.get(node).map_or(node, |&id| id as usize).to_string();
        let wide = font::width(&text, 1.0, Weight::Medium);
        let size = (1.1 * radius).min(1.5 * radius / wide);
        Mark::Text {
            text,
            at: [x, y + 0.355 * size],
            anchor: Anchor::Middle,
            size,
            weight: Weight::Medium,
            colour: PAPER,
        }
    }
}

/// The corners of what is seen.
pub(super) fn bounds(view: &View) -> (DVec2, DVec2) {
    if view.places.is_empty() {
        return (DVec2::ZERO, DVec2::ZERO);
    }
    let least = view.places.iter().copied().fold(DVec2::MAX, DVec2::min);
    let most = view.places.iter().copied().fold(DVec2::MIN, DVec2::max);
    (least, most)
}
