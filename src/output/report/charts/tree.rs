//! A family tree by depth: each level as wide as its cells are many, in the colour of what they hold.

use super::figure;
use crate::output::report::drawing::{Anchor, Drawing, Form, Role};

/// A level of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub depth: usize,
    pub cells: f64,
    /// Tasks that a cell there holds on average, if that is known.
    pub load: Option<f64>,
}

/// Draws the levels, the roots at the top.
pub fn draw(title: &str, levels: &[Level], width: f32) -> Drawing {
    const HIGH: f32 = 30.0;
    const GAP: f32 = 26.0;
    let left = if width < 500.0 { 64.0 } else { 96.0 };
    let top = 8.0;
    let room = width - left - 8.0;
    let bottom = top + levels.len() as f32 * (HIGH + GAP);
    let mut drawing = Drawing::new(width, bottom + 34.0, title);
    let most = levels.iter().map(|level| level.cells).fold(1.0, f64::max);
    let high = levels.iter().filter_map(|level| level.load).fold(0.0, f64::max);
    // One cell can still be seen.
    let wide = |cells: f64| ((cells / most) as f32 * room).max(3.0);
    let middle = left + room / 2.0;
    let at = |k: usize| top + k as f32 * (HIGH + GAP);
    for (k, pair) in levels.windows(2).enumerate() {
        let [above, below] = [wide(pair[0].cells) / 2.0, wide(pair[1].cells) / 2.0];
        let (from, to) = (at(k) + HIGH, at(k + 1));
        let outline = vec![
            [middle - above, from],
            [middle + above, from],
            [middle + below, to],
            [middle - below, to],
        ];
        drawing.put(Form::Area(outline, 0.5), Role::Grid);
    }
    for (k, level) in levels.iter().enumerate() {
        let (y, wide) = (at(k), wide(level.cells));
        let load = match level.load {
            Some(load) => format!("{} tasks each", figure(load)),
            None => "tasks not known".to_owned(),
        };
        let text = format!("{} cells, {load}", figure(level.cells));
        let tip = format!("depth {}: {text}", level.depth);
        let place = Form::Rect([middle - wide / 2.0, y, wide, HIGH]);
        let share = level
            .load
            .map(|load| if high > 0.0 { (load / high) as f32 } else { 0.0 });
        drawing.value(place, share.map_or(Role::Grid, Role::Heat), tip);
        let name = if width < 500.0 {
            format!("{}", level.depth)
        } else {
            format!("depth {}", level.depth)
        };
        drawing.put(
            Form::Text([left - 12.0, y + 19.0], Anchor::End, 12.0, false, name),
            Role::Ink,
        );
        // On the bar where there is room, else beneath it.
        let long = 1.18 * tetraswarm::picture::paper::width(&text, 12.0, false);
        let fits = long < wide - 8.0;
        let (below, role) = match share.filter(|_| fits) {
            Some(share) => (19.0, Role::OnHeat(share)),
            None if fits => (19.0, Role::Ink),
            None => (HIGH + 15.0, Role::Ink),
        };
        drawing.put(Form::Text([middle, y + below], Anchor::Middle, 12.0, false, text), role);
    }
    let bar = room.min(220.0);
    const STEPS: usize = 24;
    for k in 0..STEPS {
        let x = left + bar * k as f32 / STEPS as f32;
        let place = [x, bottom, bar / STEPS as f32 + 0.5, 8.0];
        drawing.put(Form::Rect(place), Role::Heat(k as f32 / (STEPS - 1) as f32));
    }
    drawing.text([left, bottom + 24.0], Anchor::Start, Role::Grey, "0");
    let end = format!("{} tasks a cell", figure(high));
    drawing.text([left + bar, bottom + 24.0], Anchor::End, Role::Grey, end);
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(drawing: &Drawing) -> Vec<(f32, Role)> {
        let values = drawing.marks.iter().filter(|mark| mark.tip.is_some());
        values
            .map(|mark| match mark.form {
                Form::Rect([_, _, wide, _]) => (wide, mark.role),
                _ => panic!("{:?}", mark.form),
            })
            .collect()
    }

    #[test]
    fn a_level_is_as_wide_as_it_has_cells_in_the_colour_of_its_load() {
        let level = |depth, cells, load| Level { depth, cells, load };
        let levels = [
            level(0, 100.0, Some(2.0)),
            level(1, 400.0, Some(8.0)),
            level(2, 4.0, None),
        ];
        for width in [820.0, 340.0] {
            let drawing = draw("Families", &levels, width);
            assert_eq!(drawing.values(), 3);
            let bars = bars(&drawing);
            assert!((4.0 * bars[0].0 - bars[1].0).abs() < 0.01, "{bars:?}");
            assert_eq!(bars[2].0, 3.0_f32.max(bars[1].0 / 100.0));
            assert_eq!(
                [bars[0].1, bars[1].1, bars[2].1],
                [Role::Heat(0.25), Role::Heat(1.0), Role::Grid]
            );
            let texts = drawing.marks.iter().filter_map(|mark| match &mark.form {
                Form::Text([x, _], _, _, _, text) => Some((*x, text)),
                _ => None,
            });
            assert!(texts.clone().any(|(_, text)| text == "400 cells, 8 tasks each"));
            assert!(texts.into_iter().all(|(x, _)| (0.0..=width).contains(&x)));
        }
    }
}
