//! `tetraswarm report`: what runs or a study came to, as one page for a browser, and its charts as pictures.

use super::{Answer, answer, tell};
use crate::output::report::{self, NAME, Options, is_ours};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use tetraswarm::{Error, shown};

/// Show what a run, several runs, or a study came to as one HTML file
#[derive(Debug, clap::Args)]
#[command(after_help = "The file needs nothing else and no network: it can be sent to somebody as it is.")]
pub struct Arguments {
    /// Folders that `run` has left (at most 24, beside each other), or one that `study` has
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Write it to this file [default: report.html in the folder; of several, in the current one]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What stands at its top [default: what it is of]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Show it in a browser
    #[arg(long)]
    open: bool,
    /// Also write its charts as PNG files to this folder, which is made if need be
    #[arg(long, value_name = "DIR")]
    png: Option<PathBuf>,
    /// Also write its charts as SVG files to this folder
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    /// Overwrite a file that is no report
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments) -> Answer {
    let out = match (&arguments.out, &arguments.folders[..]) {
        (Some(out), _) => out.clone(),
        (None, [only]) => only.join(NAME),
        (None, _) => PathBuf::from(NAME),
    };
    if arguments.out.is_some() {
        super::has_folder("--out", &out)?;
    }
    check(&out, arguments.force)?;
    for (option, folder) in [("--png", &arguments.png), ("--svg", &arguments.svg)] {
        if let Some(folder) = folder.as_ref().filter(|folder| folder.exists() && !folder.is_dir()) {
            let message = "is no folder; name a new one, as in pictures";
            return Err(Error::invalid(format!("{option} {}", shown(folder)), message).into());
        }
    }
    let options = Options {
        title: arguments.title.clone(),
    };
    let report = report::of(&arguments.folders, &options)?;
    report.write(&out)?;
    let mut told = format!("report       {}\n", shown(&out));
    for (name, folder) in [("png", &arguments.png), ("svg", &arguments.svg)] {
        if let Some(folder) = folder {
            let written = match name {
                "png" => report.write_png(folder)?,
                _ => report.write_svg(folder)?,
            };
            let count = crate::output::text::plural(written.len() as u64, "picture");
            told += &format!("{name:<13}{count} in {}\n", shown(folder));
        }
    }
    answer(&told)?;
    if arguments.open && !open(&out) {
        tell(&format!(
            "note: no browser could be started; open {} in one",
            shown(&out)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Leaves the report of a study's folder in it.
///
/// # Errors
/// As [`report::of`], and [`Error::File`].
pub(super) fn leave(folder: &Path) -> Result<(), Error> {
    report::of(&[folder.to_owned()], &Options::default())?.write(&folder.join(NAME))
}

/// Refuses to replace what is no report.
fn check(out: &Path, force: bool) -> Result<(), Error> {
    if out.is_dir() {
        let message = format!("is a folder; name a file, as in --out {}", shown(&out.join(NAME)));
        return Err(Error::invalid(format!("--out {}", shown(out)), message));
    }
    if force || out.symlink_metadata().is_err() || is_ours(out) {
        return Ok(());
    }
    let message = "is there and is no report of this program; name another file by --out, or overwrite it by --force";
    Err(Error::invalid(shown(out), message))
}

/// Whether the system's own command for that has shown a file.
fn open(file: &Path) -> bool {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let mut command = if cfg!(windows) {
        let mut command = Command::new("explorer");
        command.arg(&file);
        command
    } else {
        let mut command = Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
        command.arg(&file);
        command
    };
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Explorer answers with 1 even where it has done so.
    quiet.status().is_ok_and(|status| status.success() || cfg!(windows))
}
