//! The page: one HTML file with all that it needs, sections of charts with the tables behind them.

use super::charts::WIDTHS;
use super::drawing::Drawing;
use super::escape::{html, script};
use serde_json::{Map, Value};

/// What tells our own pages from others.
pub const GENERATOR: &str = concat!("tetraswarm ", env!("CARGO_PKG_VERSION"));

const LIBRARY: &str = include_str!("assets/uPlot.iife.min.js");
const LIBRARY_STYLE: &str = include_str!("assets/uPlot.min.css");
const LICENCE: &str = include_str!("assets/uPlot.LICENSE");
const STYLE: &str = include_str!("assets/report.css");
const SCRIPTS: [&str; 3] = [
    include_str!("assets/lines.js"),
    include_str!("assets/network.js"),
    include_str!("assets/report.js"),
];

/// The most rows of a table that a page holds.
pub const MOST_ROWS: usize = 300;

/// A page on its way.
#[derive(Debug, Default)]
pub struct Page {
    title: String,
    lead: String,
    body: String,
    /// Anchors and headings of its sections.
    sections: Vec<(String, String)>,
    is_open: bool,
    charts: usize,
    /// What its scripts draw.
    data: Map<String, Value>,
    /// Its charts as pictures, by a file's name.
    pub pictures: Vec<(String, Drawing)>,
}

/// What stands round a chart.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The name of its picture's file, without the ending.
    pub name: String,
    pub title: String,
    /// What its axes are, with units.
    pub axes: String,
    /// What it says, in a sentence or two.
    pub says: String,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub caption: String,
    pub heads: Vec<String>,
    /// Texts, not yet as HTML.
    pub rows: Vec<Vec<String>>,
    /// How many columns at the left are words.
    pub words: usize,
}

impl Table {
    pub fn new(caption: impl Into<String>, heads: &[&str], words: usize) -> Self {
        Self {
            caption: caption.into(),
            heads: heads.iter().map(|&head| head.to_owned()).collect(),
            rows: Vec::new(),
            words,
        }
    }

    /// As HTML; of very many rows the first.
    pub fn html(&self) -> String {
        let mut f = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}",
            html(&self.caption)
        );
        if self.rows.len() > MOST_ROWS {
            let (shown, all) = (
                super::charts::figure(MOST_ROWS as f64),
                super::charts::figure(self.rows.len() as f64),
            );
            f += &format!(" (the first {shown} of {all} rows)");
        }
        f += "</caption><thead><tr>";
        for (k, head) in self.heads.iter().enumerate() {
            let class = if k < self.words { "" } else { " class=\"n\"" };
            f += &format!("<th scope=\"col\"{class}>{}</th>", html(head));
        }
        f += "</tr></thead><tbody>";
        for row in self.rows.iter().take(MOST_ROWS) {
            f += "<tr>";
            for (k, cell) in row.iter().enumerate() {
                f += &match k {
                    0 => format!("<th scope=\"row\">{}</th>", html(cell)),
                    k if k < self.words => format!("<td>{}</td>", html(cell)),
                    _ => format!("<td class=\"n\">{}</td>", html(cell)),
                };
            }
            f += "</tr>";
        }
        f + "</tbody></table></div>"
    }
}

impl Page {
    pub fn new(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lead: lead.into(),
            ..Self::default()
        }
    }

    /// How many charts there are.
    pub fn charts(&self) -> usize {
        self.charts
    }

    /// Begins a section.
    pub fn section(&mut self, heading: &str) {
        self.end_section();
        self.is_open = true;
        let anchor = format!("s{}", self.sections.len() + 1);
        self.body += &format!(
            "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-h\"><h2 id=\"{anchor}-h\">{}</h2>",
            html(heading)
        );
        self.sections.push((anchor, heading.to_owned()));
    }

    fn end_section(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.body += "</section>";
        }
    }

    /// A paragraph.
    pub fn say(&mut self, text: &str) {
        self.body += &format!("<p>{}</p>", html(text));
    }

    /// A warning.
    pub fn warn(&mut self, text: &str) {
        self.body += &format!("<p class=\"warn\"><strong>Note:</strong> {}</p>", html(text));
    }

    /// Names and what belongs to them.
    pub fn facts(&mut self, facts: &[(&str, String)]) {
        self.body += "<dl class=\"facts\">";
        for (name, text) in facts {
            self.body += &format!("<div><dt>{}</dt><dd>{}</dd></div>", html(name), html(text));
        }
        self.body += "</dl>";
    }

    /// A text as it stands, folded away.
    pub fn text(&mut self, heading: &str, text: &str) {
        let (heading, text) = (html(heading), html(text));
        self.body +=
            &format!("<details><summary>{heading}</summary><pre tabindex=\"0\"><code>{text}</code></pre></details>");
    }

    /// A command that can be copied.
    pub fn command(&mut self, label: &str, command: &str) {
        let (label, command) = (html(label), html(command));
        self.body += &format!(
            "<p class=\"command-label\">{label}</p><pre class=\"command\" tabindex=\"0\"><code>{command}</code></pre>"
        );
    }

    /// A table that is open.
    pub fn table(&mut self, table: &Table) {
        self.body += &table.html();
    }

    /// A table that is folded away.
    pub fn folded(&mut self, heading: &str, table: &Table) {
        self.body += &format!(
            "<details><summary>{}</summary>{}</details>",
            html(heading),
            table.html()
        );
    }

    fn head(&mut self, about: &About) -> String {
        self.charts += 1;
        let id = format!("c{}", self.charts);
        let says = match about.says.is_empty() {
            true => String::new(),
            false => format!("<p>{}</p>", html(&about.says)),
        };
        self.body += &format!(
            "<figure class=\"chart\" id=\"{id}\"><figcaption><h3>{}</h3><p class=\"axes\">{}</p>{says}</figcaption>",
            html(&about.title),
            html(&about.axes)
        );
        id
    }

    /// A chart of marks: once for a screen, once for a phone.
    pub fn drawing(&mut self, about: &About, table: &Table, draw: impl Fn(f32) -> Drawing) {
        self.head(about);
        let [wide, narrow] = WIDTHS.map(|width| {
            let mut drawing = draw(width);
            drawing.description = about.says.clone();
            drawing
        });
        let (of_screen, of_phone) = (wide.inline("drawing wide"), narrow.inline("drawing narrow"));
        self.body +=
            &format!("<div class=\"drawn\">{of_screen}{of_phone}</div><p class=\"read\" aria-live=\"polite\"></p>");
        self.body += &format!("<details><summary>Table</summary>{}</details></figure>", table.html());
        self.pictures.push((about.name.clone(), wide));
    }

    /// A chart that the page's script draws on a canvas; `words` say what its series do. Its table is made of its data.
    pub fn canvas(&mut self, about: &About, kind: &str, words: &[String], data: Value, controls: &str) {
        let id = self.head(about);
        let words: String = words.iter().map(|word| format!("<li>{}</li>", html(word))).collect();
        self.body += &format!(
            "{controls}<div class=\"legend\" role=\"group\" aria-label=\"Series: press to hide or show one\"></div>\
             <div class=\"plot\" data-chart=\"{id}\" data-kind=\"{kind}\" tabindex=\"0\" role=\"group\" aria-describedby=\"{id}-words\" \
             aria-label=\"{}. The arrow keys move from value to value.\"></div>\
             <p class=\"read\" aria-live=\"polite\"></p>\
             <details class=\"behind\" data-of=\"{id}\"><summary>Table and words</summary><ul id=\"{id}-words\">{words}</ul>\
             <div class=\"filled\"></div></details></figure>",
            html(&about.title)
        );
        let charts = self.data.entry("charts").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(charts) = charts {
            charts.insert(id, data);
        }
    }

    /// The network: a canvas with a slider.
    pub fn network(&mut self, about: &About, controls: &str, table: &Table, data: Value) {
        let id = self.head(about);
        self.body += &format!(
            "{controls}<div class=\"plot network\" data-chart=\"{id}\" data-kind=\"network\" tabindex=\"0\" role=\"img\" \
             aria-label=\"{}. {}\"></div><p class=\"read\" aria-live=\"polite\"></p><div class=\"key\"></div>\
             <details><summary>Table</summary>{}</details></figure>",
            html(&about.title),
            html(&about.says),
            table.html()
        );
        let charts = self.data.entry("charts").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(charts) = charts {
            charts.insert(id, data);
        }
    }

    /// What several of its charts share.
    pub fn share(&mut self, name: &str, data: Value) {
        self.data.insert(name.to_owned(), data);
    }

    /// The file.
    pub fn finish(&mut self) -> String {
        self.end_section();
        let title = html(&self.title);
        let links: String = self
            .sections
            .iter()
            .map(|(anchor, heading)| format!("<li><a href=\"#{anchor}\">{}</a></li>", html(heading)))
            .collect();
        let mut f = String::with_capacity(self.body.len() + LIBRARY.len() + (1 << 16));
        f += "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
        // Nothing is fetched, whatever stands in a text.
        f += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ";
        f += "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">";
        f += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">";
        f += &format!("<meta name=\"generator\" content=\"{GENERATOR}\"><title>{title}</title>");
        f += &format!("<style>{LIBRARY_STYLE}\n{STYLE}</style></head><body>");
        f += "<a class=\"skip\" href=\"#main\">To the content</a><header><div><h1>";
        f += &title;
        f += &format!("</h1><p class=\"lead\">{}</p></div>", html(&self.lead));
        f += "<button type=\"button\" id=\"theme\" hidden>Colours: as the system</button></header>";
        f += &format!(
            "<nav aria-label=\"Sections\"><ul>{links}</ul></nav><noscript><p class=\"warn\">Charts on a canvas need JavaScript; "
        );
        f += "the other charts, the tables and the texts do not.</p></noscript><main id=\"main\">";
        f += &self.body;
        f += &format!(
            "</main><footer><p>Written by {GENERATOR}. Curves are drawn by uPlot (MIT licence, in the source of this page).</p></footer>"
        );
        f += "<div id=\"tip\" role=\"tooltip\" hidden></div>";
        let data = script(&Value::Object(std::mem::take(&mut self.data)));
        f += &format!("<script type=\"application/json\" id=\"data\">{data}</script>\n");
        f += &format!("<script>/*\n{LICENCE}*/\n{LIBRARY}</script>\n<script>\"use strict\";\n");
        SCRIPTS.iter().for_each(|script| f += script);
        f + "</script></body></html>\n"
    }
}
