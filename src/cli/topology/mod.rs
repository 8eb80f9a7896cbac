//! `tetraswarm topology`: what networks there are; one of them measured, drawn, or written for other programs; several side
//! by side.

mod catalogue;
mod compare;
mod draw;
mod facts;
mod request;

use super::interrupt::Interrupt;
use super::memory::MemoryArgument;
use super::selection::ThreadsArgument;
use super::{Answer, Failure, answer, answer_json, tell};
use crate::output::text::{bytes, grouped};
use crate::output::waiting::Waiting;
use request::Request;
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::analysis::{self, AnalysisError, Hints, Options, Report};
use tetraswarm::scenario::Registry;
use tetraswarm::topology::{Topology, export, order};

/// List the networks there are, or measure, compare, draw or export them
///
/// Without KIND: the catalogue. With KIND: its measures, each exact or marked as the estimate that it is. Several kinds with
/// a plus between are laid over each other, as in tetrahedral+fibonacci-chords.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A kind of the catalogue, or several with a plus between
    #[arg(conflicts_with = "compare")]
    kind: Option<String>,
    /// Measure these kinds side by side, each at the nearest number of nodes that it allows; all stands for the catalogue
    #[arg(long, value_name = "all|A,B,C", value_delimiter = ',')]
    compare: Vec<String>,
    /// How many nodes [default: the nearest to 1000 that the kind allows]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4_294_967_294))]
    nodes: Option<u32>,
    /// The seed of sampled networks
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,
    /// Set a parameter, as in --set width=30, or of one of several kinds, as in --set fibonacci-chords.stride=1; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Draw the network to a .png or .svg file instead of measuring it
    #[arg(long, value_name = "FILE", conflicts_with = "compare")]
    picture: Option<PathBuf>,
    /// The width of the picture in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 1600, requires = "picture", value_parser = clap::value_parser!(u32).range(200..=8192))]
    width: u32,
    /// Write the network to a file instead of measuring it: .txt, .edges or .tsv (edge list), .mtx, .graphml; also with .gz
    #[arg(long, value_name = "FILE", conflicts_with = "compare")]
    export: Option<PathBuf>,
    /// Write the nodes of a stored network in this order, to a .graphml file, which keeps it: a run on it is faster where neighbours stood far apart
    #[arg(long, value_name = "ORDER", requires = "export")]
    order: Option<Order>,
    /// Let --picture and --export overwrite files
    #[arg(long)]
    force: bool,
    /// About how many seconds two cores may take for each kind of measure; what would take longer is estimated
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = effort)]
    effort: f64,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub threads: ThreadsArgument,
    #[command(flatten)]
    pub memory: MemoryArgument,
}

/// An order of nodes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    /// Each node's neighbours after it, from a node with few links on; names are kept
    BreadthFirst,
}

fn effort(text: &str) -> Result<f64, &'static str> {
    let seconds = text.parse().ok().filter(|s: &f64| (0.0..=1e6).contains(s));
    seconds.ok_or("it must be a number of seconds from 0 to 1000000")
}

/// A network and what was found of it.
#[derive(Debug, Serialize)]
struct Measured {
    /// The kind, or the kinds that are laid over each other.
    topology: String,
    /// Its parameters, as a scenario has them.
    parameters: serde_json::Value,
    seed: u32,
    /// The bytes that its links take in memory.
    stored_bytes: u64,
    #[serde(flatten)]
    report: Report,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    if !arguments.compare.is_empty() {
        return compare::run(arguments, registry);
    }
    let Some(kind) = &arguments.kind else {
        let is_asked = arguments.nodes.is_some()
            || !arguments.set.is_empty()
            || arguments.picture.is_some()
            || arguments.export.is_some();
        if is_asked {
            let message = "is missing: say of which network, as in `tetraswarm topology tetrahedral`";
            return Err(Error::invalid("KIND", message).into());
        }
        return catalogue::run(arguments.json, registry);
    };
    super::meant::kind(kind)?;
    // What is wrong with a file's name need not wait for the network.
    let files = [("--picture", &arguments.picture), ("--export", &arguments.export)];
    for (option, path) in files.iter().filter_map(|(option, path)| Some((option, path.as_ref()?))) {
        super::has_folder(option, path)?;
        if !arguments.force {
            super::may_write(option, path)?;
        }
    }
    if let Some(path) = &arguments.picture {
        draw::PictureFormat::of(path)?;
    }
    if let Some(path) = &arguments.export {
        let (format, _) = export::ExportFormat::of(path)?;
        if arguments.order.is_some() && format != export::ExportFormat::GraphMl {
            let message =
                "needs a file that keeps the order of nodes: give --export one that ends in .graphml or .graphml.gz";
            return Err(Error::invalid("--order", message).into());
        }
    }
    let request = Request::new(kind, &arguments.set, arguments.seed, registry)?;
    let topology = request.build(arguments.nodes, 1000)?;
    if let Some(Order::BreadthFirst) = arguments.order {
        return write(arguments, &order::breadth_first(&*topology)?);
    }
    if arguments.picture.is_some() || arguments.export.is_some() {
        return write(arguments, &*topology);
    }
    let interrupt = Interrupt::watch(false);
    let Some(report) = measure(&*topology, arguments.effort, &interrupt)? else {
        return Ok(interrupt.exit_code());
    };
    let measured = Measured::new(&request, &*topology, report);
    if arguments.json {
        answer_json(&measured)?;
    } else {
        answer(&facts::text(&measured, &*topology))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Measured {
    fn new(request: &Request, topology: &dyn Topology, report: Report) -> Self {
        Self {
            topology: topology.kind().to_owned(),
            parameters: request.parameters(),
            seed: request.seed,
            stored_bytes: topology.stored_bytes(),
            report,
        }
    }
}

/// Measures a network, with a progress bar if it takes long; nothing if the user had enough.
fn measure(topology: &dyn Topology, effort: f64, interrupt: &Interrupt) -> Result<Option<Report>, Error> {
    let options = Options {
        hints: Hints {
            vertex_transitive: topology.is_vertex_transitive(),
            laplacian_spectrum: topology.laplacian_spectrum(),
        },
        effort,
    };
    let mut waiting = Waiting::default();
    let report = analysis::analyse(topology, options, &mut |progress| {
        waiting.tell(
            &format!("{}: {}", topology.kind(), progress.stage.name()),
            progress.fraction,
        );
        go_on(interrupt)
    });
    waiting.finish();
    match report {
        Ok(report) => Ok(Some(report)),
        Err(AnalysisError::Stopped) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn go_on(interrupt: &Interrupt) -> ControlFlow<()> {
    if interrupt.is_asked() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Draws and exports, and says what was written.
fn write(arguments: &Arguments, topology: &dyn Topology) -> Answer {
    let mut files = Vec::new();
    if let Some(path) = &arguments.picture {
        // Before anybody listens for Ctrl-C, which so ends it at once.
        draw::draw(topology, path, arguments.width)?;
        files.push(path);
    }
    let interrupt = Interrupt::watch(false);
    if let Some(path) = &arguments.export {
        let mut waiting = Waiting::default();
        let nodes = f64::from(topology.nodes().max(1));
        let saved = export::save(topology, path, &mut |done| {
            waiting.tell("writing", f64::from(done) / nodes);
            go_on(&interrupt)
        });
        waiting.finish();
        match saved {
            Err(_) if interrupt.is_asked() => return Ok(interrupt.exit_code()),
            other => other?,
        }
        files.push(path);
        say_isolated(topology, path)?;
    }
    if arguments.json {
        let files: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
        let written = serde_json::json!({
            "topology": topology.kind(), "nodes": topology.nodes(), "links": topology.links(), "files": files,
        });
        answer_json(&written)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!(
        "{}: {} nodes, {} links\n",
        topology.kind(),
        grouped(topology.nodes()),
        grouped(topology.links())
    );
    for path in files {
        let size = std::fs::metadata(path).map_or(0, |file| file.len());
        text += &format!("wrote {} ({})\n", tetraswarm::shown(path), bytes(size));
    }
    answer(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// An edge list does not hold nodes without links: whoever reads it back should know.
fn say_isolated(topology: &dyn Topology, path: &std::path::Path) -> Result<(), Failure> {
    if export::ExportFormat::of(path)?.0 == export::ExportFormat::EdgeList && topology.regular_degree().is_none() {
        let isolated = (0..topology.nodes()).filter(|&node| topology.degree(node) == 0).count();
        if isolated > 0 {
            tell(&format!(
                "note: {} nodes have no link and so do not occur in an edge list; .mtx and .graphml hold them",
                grouped(isolated as u64)
            ));
        }
    }
    Ok(())
}
