//! `tetraswarm claims`: the claims of this project, put to the test.

use super::compare::{Format, written};
use super::interrupt::Interrupt;
use super::selection::Selection;
use super::study::progress::Told;
use super::{Answer, answer, answer_json, tell};
use crate::output::study::{figure, percent, told, told_over};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tetraswarm::scenario::Registry;
use tetraswarm::study::{
    self, CLAIMS, Claim, Comparison, Design, Engine, Extent, Folder, Journal, LEFT_OUT, Results, STUDY, Study,
};
use tetraswarm::{Error, nearest, shown};

/// Put the claims that this project was founded on to the test, and print one table
///
/// Each claim has a folder of studies, which come with the program. What is chosen, as the best alternative, is chosen on other seeds than
/// those that compare.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A first look: fewer seeds, smaller swarms, fewer levels
    #[arg(long)]
    quick: bool,
    /// Only this claim; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// List the claims and their studies, and run nothing
    #[arg(long)]
    list: bool,
    /// Write to this folder [default: runs/claims, with --quick runs/claims-quick]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on in that folder: runs that are there are not done again
    #[arg(long)]
    resume: bool,
    /// Do the I-th of N parts of all runs
    #[arg(long, value_name = "I/N", value_parser = super::study::shard, conflicts_with = "merge")]
    shard: Option<(u32, u32)>,
    /// Put the folders of shards together, and run nothing
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with = "resume")]
    merge: Vec<PathBuf>,
    /// So many small runs side by side on a CPU [default: as many as it has threads]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Print the table as text, Markdown or CSV
    #[arg(long, value_enum, default_value = "text", conflicts_with = "json")]
    format: Format,
    /// Print the table as one JSON object
    #[arg(long)]
    json: bool,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    pub selection: Selection,
}

/// A line of the table: one figure of one study, over its levels.
#[derive(Clone, Debug, Serialize)]
struct Line {
    claim: &'static str,
    study: String,
    about: String,
    figure: String,
    choice: String,
    /// The best alternatives, by level where there are several.
    alternative: String,
    effect: String,
    verdict: String,
}

/// What the table is of.
#[derive(Debug, Serialize)]
struct Table {
    version: &'static str,
    quick: bool,
    runs: usize,
    seconds: f64,
    lines: Vec<Line>,
    left_out: Vec<(&'static str, &'static str)>,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let claims = chosen(&arguments.only)?;
    if arguments.list {
        let rows = claims.iter().flat_map(|claim| {
            claim.studies.iter().map(|(name, text)| {
                let about = Study::parse(name, text).map_or_else(|error| error.to_string(), |study| study.about);
                vec![claim.name.to_owned(), (*name).to_owned(), about]
            })
        });
        let mut rows: Vec<Vec<String>> = rows.collect();
        rows.extend(
            LEFT_OUT
                .iter()
                .map(|(name, why)| vec![(*name).to_owned(), "-".to_owned(), (*why).to_owned()]),
        );
        rows.insert(
            0,
            ["claim", "study", "what it asks, or why it is left out"]
                .map(str::to_owned)
                .to_vec(),
        );
        answer(&written(&rows, arguments.format))?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = arguments.out.clone().unwrap_or_else(|| {
        PathBuf::from(if arguments.quick {
            "runs/claims-quick"
        } else {
            "runs/claims"
        })
    });
    let (device, note) = arguments.selection.open()?;
    if let (Some(note), false) = (note, arguments.quiet) {
        tell(&format!("note: {note}"));
    }
    let interrupt = Interrupt::watch(arguments.quiet);
    let engine = Engine::new(&*device, arguments.jobs.unwrap_or(0) as usize, interrupt.halt().clone());
    let start = Instant::now();
    let mut table = Table {
        version: env!("CARGO_PKG_VERSION"),
        quick: arguments.quick,
        runs: 0,
        seconds: 0.0,
        lines: Vec::new(),
        left_out: LEFT_OUT.to_vec(),
    };
    let mut has_failed = false;
    // All of them are checked before the first run.
    let mut all = Vec::new();
    for claim in &claims {
        for (name, text) in claim.studies {
            let mut study = Study::parse(&format!("studies/{}/{name}.toml", claim.name), text)?;
            if arguments.quick {
                study = study.quick()?;
            }
            all.push((*claim, *name, Design::new(study, registry)?));
        }
    }
    for (claim, name, mut design) in all {
        let place = out.join(claim.name).join(name);
        let mut folder = Folder::open(&place, &design, arguments.resume)?;
        // A folder may be of some claims only, but each claim must be in one.
        let parts = arguments.merge.iter().map(|shard| shard.join(claim.name).join(name));
        let parts: Vec<PathBuf> = parts.filter(|part| part.is_dir()).collect();
        if parts.is_empty() && !arguments.merge.is_empty() {
            let message = format!(
                "has no folder with runs of {}/{name}; name one that has, or leave the claim out by --only",
                claim.name
            );
            return Err(Error::invalid("--merge", message).into());
        }
        for part in parts {
            folder.journal.take(&Journal::read(&part)?)?;
        }
        let about = super::study::about(&place, &*device);
        let mut told = Told::start(arguments.quiet, None);
        let results = if arguments.merge.is_empty() {
            if !arguments.quiet {
                tell(&format!("{}: {}", claim.claim, design.study.name));
            }
            let extent = Extent {
                shard: arguments.shard,
                time: None,
            };
            study::conduct(
                &mut design,
                &engine,
                &mut folder.journal,
                extent,
                &about,
                &mut |progress| told.tell(&progress),
            )?
        } else {
            Results::of(&design, &folder.journal, &about)
        };
        if let Some((count, first)) = told.finish() {
            has_failed = true;
            tell(&format!(
                "note: {count} runs of {} failed, the first: {first}",
                design.study.name
            ));
        }
        folder.finish(&design, &results)?;
        super::report::leave(folder.path())?;
        table.runs += folder.journal.len();
        table.lines.extend(lines(claim, &design, &results));
        if interrupt.is_asked() {
            break;
        }
    }
    table.seconds = start.elapsed().as_secs_f64();
    let rows = rows(&table);
    write(&out, "claims.md", &written(&rows, Format::Markdown))?;
    write(
        &out,
        "claims.json",
        &format!("{}\n", serde_json::to_string_pretty(&table).unwrap_or_default()),
    )?;
    if arguments.json {
        answer_json(&table)?;
    } else if arguments.format == Format::Text {
        answer(&text(&table))?;
        answer(&format!(
            "\nresults in {}, the studies of each claim in {STUDY} and results.json there\n",
            shown(&out)
        ))?;
    } else {
        answer(&written(&rows, arguments.format))?;
    }
    if interrupt.is_asked() {
        tell("note: ended early; --resume goes on");
        return Ok(interrupt.exit_code());
    }
    Ok(if has_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|error| Error::file(path, "write the table of claims", error))
}

fn chosen(only: &[String]) -> Result<Vec<&'static Claim>, Error> {
    if only.is_empty() {
        return Ok(CLAIMS.iter().collect());
    }
    let find = |name: &String| {
        CLAIMS.iter().find(|claim| claim.name == name).ok_or_else(|| {
            let names = || CLAIMS.iter().map(|claim| claim.name);
            let why = LEFT_OUT.iter().find(|(other, _)| other == name);
            let near = nearest(name, names()).map_or_else(String::new, |near| format!("did you mean '{near}'? "));
            let message = match why {
                Some((_, why)) => format!("is left out: {why}"),
                None => format!("is no claim; {near}there: {}", names().collect::<Vec<_>>().join(", ")),
            };
            Error::invalid(format!("--only {}", tetraswarm::escaped(name)), message)
        })
    };
    only.iter().map(find).collect()
}

/// The lines of a study: its figures, each over all levels.
fn lines(claim: &Claim, design: &Design, results: &Results) -> Vec<Line> {
    let line = |overall: &study::Overall| {
        let of: Vec<&Comparison> = results
            .comparisons
            .iter()
            .filter(|comparison| {
                comparison.figure == overall.figure && is_of(design, comparison.variant, &overall.variant)
            })
            .collect();
        let mut alternatives: Vec<String> = of.iter().map(|comparison| short(design, comparison.baseline)).collect();
        alternatives.dedup();
        let unique: std::collections::BTreeSet<&String> = alternatives.iter().collect();
        let alternative = if unique.len() > 1 {
            alternatives.join("; ")
        } else {
            alternatives.first().cloned().unwrap_or_default()
        };
        let effects: Vec<String> = of.iter().map(|comparison| effect(comparison)).collect();
        let cannot = overall.verdict == "cannot be told";
        let verdict = match of
            .iter()
            .find(|comparison| comparison.verdict == Some(study::Verdict::CannotBeTold))
        {
            Some(comparison) if cannot => told(comparison, results.smallest),
            _ if overall.verdict == study::Verdict::DoesNotHold.name() => told_over(&of, results.smallest),
            _ => overall.verdict.clone(),
        };
        Line {
            claim: claim.claim,
            study: design.study.name.clone(),
            about: design.study.about.clone(),
            figure: overall.figure.clone(),
            choice: of.first().map_or_else(
                || plain(&overall.variant),
                |comparison| short(design, comparison.variant),
            ),
            alternative,
            effect: effects.join("; "),
            verdict,
        }
    };
    results.verdicts.iter().map(line).collect()
}

/// The values of a variant on the axes that compare.
fn compared(design: &Design, variant: usize) -> String {
    let places = design.part(variant, study::Role::Compare);
    let names = design.study.axes.iter().zip(&design.points).zip(places);
    let names: Vec<String> = names
        .filter_map(|((axis, points), place)| Some(format!("{}={}", axis.title(), points[place?].name)))
        .collect();
    if names.is_empty() {
        "as the scenario says".to_owned()
    } else {
        names.join(", ")
    }
}

/// The same, without the axis's name where there is one only.
fn short(design: &Design, variant: usize) -> String {
    let named = compared(design, variant);
    match design.of_role(study::Role::Compare)[..] {
        [only] => {
            let title = design.study.axes[only].title();
            named.strip_prefix(&format!("{title}=")).unwrap_or(&named).to_owned()
        }
        _ => named,
    }
}

fn is_of(design: &Design, variant: usize, name: &str) -> bool {
    let own = compared(design, variant);
    own == name || name == "as tuned"
}

/// Without the key, where there is one only.
fn plain(name: &str) -> String {
    match name.split_once('=') {
        Some((key, value)) if !name.contains(", ") && !key.contains('{') => value.to_owned(),
        _ => name.to_owned(),
    }
}

fn effect(comparison: &Comparison) -> String {
    let level = if comparison.level.is_empty() {
        String::new()
    } else {
        format!("{}: ", plain(&comparison.level))
    };
    match (comparison.percent, comparison.percent_low, comparison.percent_high) {
        (Some(_), Some(low), Some(high)) => format!(
            "{level}{} ({} to {})",
            percent(comparison.percent),
            percent(Some(low)),
            percent(Some(high))
        ),
        (None, _, _) if comparison.low.is_some() => format!(
            "{level}{} ({} to {})",
            figure(comparison.difference),
            figure(comparison.low),
            figure(comparison.high)
        ),
        _ => format!("{level}{}", percent(comparison.percent)),
    }
}

fn rows(table: &Table) -> Vec<Vec<String>> {
    let head = [
        "claim",
        "how it was tested",
        "figure",
        "the geometric choice",
        "the best alternative",
        "change, and its 95 % interval",
        "verdict",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(table.lines.iter().map(|line| {
        [
            line.claim,
            &line.about,
            &line.figure,
            &line.choice,
            &line.alternative,
            &line.effect,
            &line.verdict,
        ]
        .map(str::to_owned)
        .to_vec()
    }));
    rows.extend(table.left_out.iter().map(|(claim, why)| {
        [*claim, "-", "-", "-", "-", "-", &format!("left out: {why}")]
            .map(str::to_owned)
            .to_vec()
    }));
    rows
}

fn text(table: &Table) -> String {
    use crate::output::wrap::wrapped;
    let mut text = String::new();
    let mut last = "";
    for line in &table.lines {
        if line.claim != last {
            text += &format!("\n{}\n", line.claim);
            last = line.claim;
        }
        text += &wrapped(
            &format!(
                "{}: {} against {}: {}: {}",
                line.figure, line.choice, line.alternative, line.effect, line.verdict
            ),
            "  ",
            "      ",
        );
    }
    for (claim, why) in &table.left_out {
        text += &format!("\n{claim}\n");
        text += &wrapped(&format!("left out: {why}"), "  ", "      ");
    }
    text += &format!(
        "\n{} runs in {}\n",
        tetraswarm::grouped(table.runs as u64),
        crate::output::study::time(table.seconds)
    );
    text
}
