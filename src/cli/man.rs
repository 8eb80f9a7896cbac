//! `tetraswarm man`: the manual's pages.

use super::{Answer, Failure, answer, may_write, unknown_command};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::path::PathBuf;
use std::process::ExitCode;
use tetraswarm::{Error, shown};

/// Print the manual page of tetraswarm, or of one of its commands
///
/// To read it: tetraswarm man > t.1 && man ./t.1. To install all pages: tetraswarm man --out ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The command whose page is printed, as in run
    command: Option<String>,
    /// Write the pages of tetraswarm and of all its commands to this folder, which is made if need be
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
    /// Let --out overwrite pages
    #[arg(long, requires = "out")]
    force: bool,
}

pub fn run(arguments: &Arguments) -> Answer {
    let mut all = super::Arguments::command().disable_help_subcommand(true);
    all.build();
    match (&arguments.command, &arguments.out) {
        (None, None) => answer(&page(all)?)?,
        (Some(name), _) => {
            let Some(command) = all.find_subcommand(name) else {
                let names: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
                return Err(unknown_command(name, &names).into());
            };
            answer(&page(command.clone())?)?;
        }
        (None, Some(folder)) => {
            let failed = |error| Error::file(folder, "write the manual's pages", error);
            let commands: Vec<Command> = all.get_subcommands().cloned().collect();
            let file = |command: &Command| {
                let name = command.get_display_name().unwrap_or(command.get_name());
                folder.join(format!("{name}.1"))
            };
            if !arguments.force {
                for command in std::iter::once(&all).chain(&commands) {
                    may_write("--out", &file(command))?;
                }
            }
            std::fs::create_dir_all(folder).map_err(failed)?;
            let mut written = String::new();
            for command in std::iter::once(all).chain(commands) {
                let path = file(&command);
                std::fs::write(&path, page(command)?).map_err(failed)?;
                written += &format!("wrote {}\n", shown(&path));
            }
            answer(&written)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A command's page: what clap knows of it, and what it does not.
fn page(command: Command) -> Result<String, Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let synopsis = synopsis(&command);
    let mut page = Vec::new();
    // What stands below the help stands in sections of its own here.
    Man::new(command.after_help(""))
        .render(&mut page)
        .map_err(Failure::Stdout)?;
    let mut text = String::new();
    let mut is_synopsis = false;
    for line in String::from_utf8_lossy(&page).lines() {
        if line.starts_with(".TH ") {
            let version = env!("CARGO_PKG_VERSION");
            text += &format!(".TH {name} 1 \"\" \"tetraswarm {version}\" \"tetraswarm\"\n");
        } else if is_synopsis {
            text += &format!("{synopsis}\n");
        } else if line.starts_with(".SH VERSION") {
            text += sections(&name);
            text += &format!("{line}\n");
        } else {
            text += &format!("{line}\n");
        }
        // clap has one for what stands below the help, which is nothing here.
        text = text.replace(".SH EXTRA\n", "");
        is_synopsis = line == ".SH SYNOPSIS";
    }
    if !text.contains(".SH \"EXIT STATUS\"") {
        text += sections(&name);
    }
    Ok(text)
}

/// How a command is called, with what its options take.
fn synopsis(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut parts = vec![format!("\\fB{}\\fR", escaped(name))];
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let values: Vec<String> = argument
            .get_value_names()
            .into_iter()
            .flatten()
            .map(|value| format!("\\fI{}\\fR", escaped(value)))
            .collect();
        let takes = argument.get_action().takes_values();
        let value = if takes { values.join(" ") } else { String::new() };
        let part = match (argument.get_long(), argument.get_short()) {
            (Some(long), short) => {
                let short = short.map_or_else(String::new, |short| format!("\\fB\\-{short}\\fR|"));
                let gap = if value.is_empty() { "" } else { " " };
                format!("{short}\\fB\\-\\-{}\\fR{gap}{value}", escaped(long))
            }
            _ => value,
        };
        parts.push(if argument.is_required_set() {
            part
        } else {
            format!("[{part}]")
        });
    }
    if command.has_subcommands() {
        parts.push("\\fICOMMAND\\fR".to_owned());
    }
    parts.join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('-', "\\-")
}

/// What is true of every command, and examples of some.
fn sections(name: &str) -> &'static str {
    macro_rules! with {
        ($examples:literal) => {
            concat!(
                r#".SH "EXIT STATUS"
.TP
\fB0\fR
done
.TP
\fB1\fR
the run failed, \fBverify\fR found a difference, or results could not be written where asked
.TP
\fB2\fR
the request was at fault: an argument, a scenario or a file that it names
.TP
\fB129\fR, \fB130\fR, \fB143\fR
ended by hang\-up, by Ctrl\-C, by termination
.SH ENVIRONMENT
.TP
\fBWGPU_BACKEND\fR
what \fB\-\-backend\fR says, if it does not; also several, as in vulkan,gl
.TP
\fBWGPU_ADAPTER_NAME\fR
a part of the device's name, if \fB\-\-device\fR does not say one
.TP
\fBRAYON_NUM_THREADS\fR
what \fB\-\-threads\fR says, if it does not; 0 is one a core
.SH SIGNALS
Ctrl\-C, termination and hang\-up ask for an end: what is under way is finished, and results up to there are written.
The second signal ends at once, without results.
A signal that is ignored when the program starts stays ignored.
"#,
                ".SH EXAMPLES\n.nf\n",
                $examples,
                "\n.fi\n"
            )
        };
    }
    match name {
        "tetraswarm-run" => with!(
            "tetraswarm run agreement \\-\\-agents 65536\ntetraswarm run agreement \\-\\-set topology.kind=ring \\-\\-explain"
        ),
        "tetraswarm-verify" => with!("tetraswarm verify agreement \\-\\-agents 16384 \\-\\-ticks 60"),
        "tetraswarm-study" => with!(
            "tetraswarm study orchestra \\-\\-agents 4096 \\-\\-axis work.balance.policy=flow,none\ntetraswarm study rerun runs/study\\-orchestra 7"
        ),
        "tetraswarm-compare" => with!("tetraswarm compare runs/orchestra\\-1 runs/orchestra\\-1\\-2"),
        "tetraswarm-claims" => with!("tetraswarm claims \\-\\-quick \\-\\-only golden\\-timing"),
        "tetraswarm-bench" => with!("tetraswarm bench \\-\\-work \\-\\-device cpu \\-\\-agents 65536"),
        "tetraswarm-topology" => with!(
            "tetraswarm topology tetrahedral \\-\\-nodes 1024\ntetraswarm topology \\-\\-compare ring,chord \\-\\-nodes 1000"
        ),
        "tetraswarm-devices" => with!("tetraswarm devices \\-\\-json"),
        "tetraswarm-rules" => with!("tetraswarm rules average > mine.toml"),
        "tetraswarm-policies" => with!("tetraswarm policies work.order"),
        "tetraswarm-scenarios" => with!("tetraswarm scenarios agreement > mine.toml"),
        "tetraswarm-schema" => with!("tetraswarm schema work.balance.policy"),
        "tetraswarm-completions" => with!("tetraswarm completions bash > tetraswarm.bash"),
        "tetraswarm-man" => with!("tetraswarm man run > run.1 && man ./run.1"),
        _ => with!("tetraswarm run\ntetraswarm scenarios"),
    }
}
