//! Charts of series.

use crate::output::report::charts::lines;
use crate::output::report::drawing::SERIES;
use crate::output::report::escape::html;
use crate::output::report::page::{About, Page};
use crate::output::report::read::run::{Figure, Run};
use crate::output::report::{series, slug};
use serde_json::{Value, json};

/// How wide the pictures of series are.
pub(super) const WIDTH: f32 = 860.0;

/// The charts of series.
pub(super) fn over_time(page: &mut Page, runs: &[Run]) {
    page.section("Over time");
    page.share("runs", series::packed_runs(runs));
    let events = series::events(runs).iter().map(|event| json!([event.tick, event.text]));
    page.share("events", events.collect());
    let thinned = runs
        .iter()
        .any(|run| run.figures.iter().any(|figure| figure.series.is_thinned()));
    if thinned {
        page.say("There are more rows than a page can hold: of each stretch of rows the least and the greatest value are shown, so that no peak \
             is lost. The files hold all of them.");
    }
    if let [run] = runs {
        for group in series::groups(run) {
            let figures: Vec<&Figure> = group.figures.iter().filter_map(|name| run.figure(name)).collect();
            let some: Vec<(usize, &Figure, String)> = figures
                .into_iter()
                .map(|figure| (0, figure, figure.name.clone()))
                .collect();
            put(page, runs, &group.title, &some);
        }
    } else {
        for name in series::compared(runs) {
            let of = runs
                .iter()
                .enumerate()
                .filter_map(|(k, run)| Some((k, run.figure(&name)?, run.label.clone())));
            let some: Vec<(usize, &Figure, String)> = of.collect();
            let about = some.first().map_or("", |(_, figure, _)| &*figure.about);
            // What it is when it is nothing is in its words.
            let about = about.split(';').next().unwrap_or(about);
            put(page, runs, &format!("{name}: {about}"), &some);
        }
    }
    let about = About {
        name: "any".to_owned(),
        title: "Any figure".to_owned(),
        axes: "As chosen, over ticks".to_owned(),
        says: "Every figure that was measured can be looked at here.".to_owned(),
    };
    let mut names: Vec<&Figure> = Vec::new();
    for figure in runs.iter().flat_map(|run| &run.figures) {
        if !names.iter().any(|other| other.name == figure.name) {
            names.push(figure);
        }
    }
    let options: String = names
        .iter()
        .map(|figure| {
            let name = html(&figure.name);
            format!("<option value=\"{name}\">{name}: {}</option>", html(&figure.about))
        })
        .collect();
    let controls =
        format!("<p class=\"controls\"><label>Figure <select class=\"choose\">{options}</select></label></p>");
    page.canvas(&about, "lines", &[], json!({ "any": true, "series": [] }), &controls);
}

/// A chart of series: which run, which figure, what it is called.
pub(super) fn put(page: &mut Page, runs: &[Run], title: &str, some: &[(usize, &Figure, String)]) {
    let mut units: Vec<&str> = Vec::new();
    for (_, figure, _) in some {
        if !figure.unit.is_empty() && !units.contains(&&*figure.unit) {
            units.push(&figure.unit);
        }
    }
    let unit = if units.is_empty() {
        "a number".to_owned()
    } else {
        units.join(", ")
    };
    let events: Vec<u64> = series::events(runs).iter().map(|event| event.tick).collect();
    let marked = if !events.is_empty() {
        "; the numbered lines are events, see the table above"
    } else {
        ""
    };
    let about = About {
        name: slug(title),
        title: title.to_owned(),
        axes: format!("In {unit}, over ticks{marked}"),
        says: String::new(),
    };
    let words: Vec<String> = some
        .iter()
        .map(|(_, figure, label)| series::words(label, figure))
        .collect();
    let of: Vec<Value> = some
        .iter()
        .map(|(run, figure, label)| json!([run, figure.name, label]))
        .collect();
    page.canvas(&about, "lines", &words, json!({ "unit": unit, "series": of }), "");
    let drawn: Vec<lines::Series<'_>> = some
        .iter()
        .take(SERIES)
        .map(|(_, figure, label)| (label.clone(), figure.series.points.as_slice()))
        .collect();
    let drawing = lines::draw(&drawn, &events, title, &unit, WIDTH);
    page.pictures.push((slug(title), drawing));
}
