//! Reports in a browser: nothing goes wrong, every chart is drawn, and it answers to pointer, keys, slider, theme and width.
#![cfg(unix)]

use super::browser::Browser;
use super::command::Bench;
use super::report::{NASTY, run_cells, write_study};
use serde_json::{Value, json};
use std::path::Path;

/// Of each chart: its kind, how many values it shows, how many it should, and how many colours its canvas has.
const CHARTS: &str = "[...document.querySelectorAll('figure.chart')].map(figure => {
    const plot = figure.querySelector('.plot'), canvas = figure.querySelector('.plot canvas');
    const colours = canvas => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height), seen = new Set();
        for (let k = 0; k < data.length; k += 4)
            if (data[k + 3] > 200) seen.add(data[k] << 16 | data[k + 1] << 8 | data[k + 2]);
        return seen.size;
    };
    const title = figure.querySelector('h3').textContent, axes = figure.querySelector('.axes').textContent;
    const base = { title, axes, table: figure.querySelector('details') !== null };
    if (!plot) {
        const svg = [...figure.querySelectorAll('svg.drawing')].find(svg => svg.getClientRects().length);
        const boxes = [...svg.querySelectorAll('[data-tip]')].map(mark => mark.getBoundingClientRect());
        const values = boxes.filter(box => box.width + box.height > 0).length;
        return { ...base, kind: 'marks', values, expected: +svg.dataset.values };
    }
    if (plot.dataset.kind === 'network') {
        const { state, places } = plot.tetraswarm;
        return { ...base, kind: 'network', values: state.marks, expected: places.length / 2, colours: colours(canvas) };
    }
    const { data, series } = plot.uplot, buttons = figure.querySelectorAll('.legend button').length;
    return { ...base, kind: 'lines', values: data[0].length, expected: data[1].length, series: series.length - 1, buttons,
        colours: colours(canvas) };
})";

/// Opens a report, and looks at every chart of it.
#[track_caller]
fn charts(browser: &mut Browser, file: &Path, width: u32, is_dark: bool) -> Vec<Value> {
    browser.open(file, width, is_dark);
    let charts = browser.value(CHARTS).as_array().unwrap().clone();
    assert!(!charts.is_empty());
    for chart in &charts {
        let of = |key: &str| chart[key].as_u64().unwrap_or_default();
        assert!(of("values") > 0 && of("values") == of("expected"), "{chart}");
        assert!(
            chart["table"] == true && chart["title"] != "" && chart["axes"] != "",
            "{chart}"
        );
        if chart["kind"] == "lines" {
            assert!(of("series") > 0 && of("series") == of("buttons"), "{chart}");
            // The grid, the axes' letters, and the series.
            assert!(of("colours") > 2, "{chart}");
        }
        if chart["kind"] == "network" {
            assert!(of("colours") > 3, "{chart}");
        }
    }
    // No wider than the window, and nothing of a user's has been taken for more than text.
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.value(fits), true, "wider than {width}");
    assert_eq!(browser.value("window.pwned || 'no'"), "no");
    let unlabelled = "[...document.querySelectorAll('button, select, input, [tabindex], svg[role], [role=group]')].filter(it => \
                      !(it.textContent.trim() || it.getAttribute('aria-label') || it.closest('label'))).length";
    assert_eq!(browser.value(unlabelled), 0);
    assert_eq!(browser.troubles(), Vec::<String>::new());
    charts
}

#[test]
fn a_run_is_drawn_and_answers() {
    let Some(mut browser) = Browser::start() else { return };
    let bench = Bench::new();
    run_cells(&bench, "out", &["--report"]);
    let file = bench.join("out/report.html");
    for (width, is_dark) in [(360, true), (1200, true), (360, false)] {
        charts(&mut browser, &file, width, is_dark);
    }
    let all = charts(&mut browser, &file, 1200, false);
    let count = |kind: &str| all.iter().filter(|chart| chart["kind"] == kind).count();
    assert_eq!((count("network"), count("marks")), (1, 3));
    assert!(count("lines") > 8, "{}", count("lines"));
    let where_tasks_are = all.iter().find(|chart| chart["title"] == "Where tasks are").unwrap();
    // At 0, 10 … 120, and at the event and before it.
    assert!(where_tasks_are["values"].as_u64().unwrap() >= 13, "{where_tasks_are}");

    // The pointer, over lines, over marks, over the network.
    let middle = "[box.x + box.width / 2, box.y + box.height / 2]";
    let node = "(([x, y]) => [box.x + x, box.y + y])(it.parentElement.tetraswarm.at(7))";
    for (over, place, says) in [
        (".plot .u-over", middle, "tick"),
        ("svg.wide [data-tip]", middle, "tasks"),
        (".network canvas", node, "node 7: "),
    ] {
        browser.value("document.getElementById('tip').hidden = true");
        browser.point_at(over, place);
        let tip = browser
            .value("document.getElementById('tip').hidden ? 'hidden' : document.getElementById('tip').textContent");
        assert!(tip.as_str().unwrap().contains(says), "{over}: {tip}");
    }
    // Keys: what is told of two values next to each other differs.
    for of in [".plot[data-kind=lines]", "svg.wide", ".network"] {
        browser.value(&format!("document.querySelector({of:?}).focus()"));
        let read = format!("document.querySelector({of:?}).closest('figure').querySelector('.read').textContent");
        browser.press("ArrowRight");
        browser.value("new Promise(done => requestAnimationFrame(() => done(1)))");
        let first = browser.value(&read);
        browser.press("ArrowRight");
        browser.value("new Promise(done => requestAnimationFrame(() => done(1)))");
        assert!(first != "" && first != browser.value(&read), "{of}: {first}");
    }
    // The slider, by its key.
    let state = "(() => { const it = document.querySelector('.network').tetraswarm; \
                 return [it.state.tick, document.querySelector('.at').textContent, \
                 it.canvas.toDataURL().length] })()";
    let before = browser.value(state);
    browser.value("document.querySelector('.slider').focus()");
    browser.press("End");
    let after = browser.value(state);
    assert_eq!((&before[0], &after[0]), (&json!(0), &json!(120)));
    assert_eq!(after[1], "tick 120");
    assert_ne!(before[2], after[2], "another picture");
    // A series is hidden and comes back.
    let hide = "(() => { const button = document.querySelector('.legend button'); button.click(); \
                return [button.getAttribute('aria-pressed'), document.querySelector('.plot').uplot.series[1].show] })()";
    assert_eq!(browser.value(hide), json!(["false", false]));
    assert_eq!(browser.value(hide), json!(["true", true]));
    // Any figure.
    let any = "(() => { const is = it => it.querySelector('.choose') && !it.querySelector('.network'); \
               const figure = [...document.querySelectorAll('figure')].find(is); \
               const choose = figure.querySelector('.choose'); choose.value = 'hops'; choose.dispatchEvent(new Event('change')); \
               return figure.querySelector('.legend').textContent })()";
    assert_eq!(browser.value(any), "hops");
    // The table behind a chart.
    let rows = "(() => { const details = document.querySelector('details.behind'); details.open = true; \
                return new Promise(done => setTimeout(() => done(details.querySelectorAll('tbody tr').length), 100)) })()";
    assert_eq!(browser.value(rows), where_tasks_are["values"]);
    // Colours: system, light, dark.
    let paper = "getComputedStyle(document.documentElement).backgroundColor";
    let light = browser.value(paper);
    browser.value("document.getElementById('theme').click()");
    assert_eq!(browser.value(paper), light);
    browser.value("document.getElementById('theme').click()");
    assert_ne!(browser.value(paper), light);
    // On paper there is nothing to press, and all fits.
    browser.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    assert_eq!(
        browser.value("getComputedStyle(document.querySelector('nav')).display"),
        "none"
    );
    let printed = browser.call("Page.printToPDF", json!({}));
    assert!(printed["data"].as_str().unwrap().len() > 20_000);
    assert_eq!(browser.troubles(), Vec::<String>::new());
}

#[test]
fn several_runs_are_beside_each_other() {
    let Some(mut browser) = Browser::start() else { return };
    let bench = Bench::new();
    run_cells(&bench, "a", &["--set", "work.balance.policy=none"]);
    run_cells(
        &bench,
        "b",
        &["--set", "measure.every=7", "--unset", "measure.snapshots"],
    );
    run_cells(&bench, "c", &["--ticks", "90", "--unset", "measure.snapshots"]);
    let answer = bench.tetraswarm(&["report", "a", "b", "c", "--out", "three.html", "--title", NASTY]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    for (width, is_dark) in [(360, true), (1200, false)] {
        let all = charts(&mut browser, &bench.join("three.html"), width, is_dark);
        let lines: Vec<&Value> = all.iter().filter(|chart| chart["kind"] == "lines").collect();
        assert!(
            lines.len() > 5 && lines.iter().all(|chart| chart["series"] == 3),
            "{lines:?}"
        );
    }
    assert_eq!(browser.value("document.querySelector('h1').textContent"), NASTY);
    // Where only others were measured a run has no value, and its line goes on.
    let gaps = "(() => { const { data } = document.querySelector('.plot').uplot; \
                return [data[1].includes(undefined), data[1].filter(value => value != null).length] })()";
    let gaps = browser.value(gaps);
    assert_eq!(gaps[0], true);
    assert!(gaps[1].as_u64().unwrap() >= 13, "{gaps}");
}

#[test]
fn a_study_is_drawn_whatever_its_names_are() {
    let Some(mut browser) = Browser::start() else { return };
    let bench = Bench::new();
    write_study(&bench, "study", 8, &[0.5, 0.7, 0.9]);
    let answer = bench.tetraswarm(&["report", "study"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    for (width, is_dark) in [(360, true), (360, false), (1200, true), (1200, false)] {
        let all = charts(&mut browser, &bench.join("study/report.html"), width, is_dark);
        // Of each figure means, differences, curves over the load, and a field: nine variants, less the baseline for differences.
        let values: Vec<u64> = all.iter().map(|chart| chart["values"].as_u64().unwrap()).collect();
        assert_eq!(values, [9, 8, 9, 9, 9, 8, 9, 9], "{width}");
    }
    browser.point("svg.wide [data-tip]");
    let tip = browser.value("document.getElementById('tip').textContent");
    assert!(tip.as_str().unwrap().contains("policy=flow, load=0.5"), "{tip}");
    assert_eq!(
        browser.value("document.querySelector('h1').textContent"),
        format!("Study {NASTY}")
    );
}

/// What these tests look for is seen where it is: a value that is not drawn, a request, an error, a name that is taken for HTML.
#[test]
fn what_is_wrong_is_seen() {
    let Some(mut browser) = Browser::start() else { return };
    let bench = Bench::new();
    write_study(&bench, "study", 3, &[0.5, 0.7, 0.9]);
    let answer = bench.tetraswarm(&["report", "study"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let html = bench.read("study/report.html");
    let mut opened = |from: &str, to: &str| {
        assert!(html.contains(from), "{from}");
        bench.write("wrong.html", html.replace(from, to));
        browser.open(&bench.join("wrong.html"), 1200, false);
        let charts = browser.value(CHARTS).as_array().unwrap().clone();
        let differ = charts
            .iter()
            .filter(|chart| chart["values"] != chart["expected"])
            .count();
        let pwned = browser.value("window.pwned || 'no'");
        (differ, pwned != "no", browser.troubles())
    };
    let (differ, pwned, troubles) = opened("data-values=\"9\"", "data-values=\"10\"");
    assert!(differ > 0 && !pwned && troubles.is_empty(), "{differ} {troubles:?}");
    let (_, _, troubles) = opened(
        "<main id=\"main\">",
        "<main id=\"main\"><img src=\"https://example.org/x.png\">",
    );
    assert!(
        troubles.iter().any(|trouble| trouble.contains("example.org")),
        "{troubles:?}"
    );
    let (_, _, troubles) = opened("\"use strict\";", "console.error('wrong');");
    assert!(troubles.iter().any(|trouble| trouble.contains("wrong")), "{troubles:?}");
    let (_, pwned, _) = opened(
        "&lt;/script&gt;&lt;script&gt;window.pwned = 1&lt;/script&gt;",
        "<script>window.pwned = 1</script>",
    );
    assert!(pwned);
}
