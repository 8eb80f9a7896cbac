//! `tetraswarm man`: the manual's pages.

use super::{Answer, Failure, answer};
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
}

pub fn run(arguments: &Arguments) -> Answer {
    let mut all = super::Arguments::command().disable_help_subcommand(true);
    all.build();
    match (&arguments.command, &arguments.out) {
        (None, None) => answer(&page(all)?)?,
        (Some(name), _) => {
            let Some(command) = all.find_subcommand(name) else {
                let names: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
                let message = format!("is no command; the commands are: {}", names.join(", "));
                return Err(Error::invalid(format!("'{}'", tetraswarm::escaped(name)), message).into());
            };
            answer(&page(command.clone())?)?;
        }
        (None, Some(folder)) => {
            let failed = |error| Error::file(folder, "write the manual's pages", error);
            std::fs::create_dir_all(folder).map_err(failed)?;
            let commands: Vec<Command> = all.get_subcommands().cloned().collect();
            let mut written = String::new();
            for command in std::iter::once(all).chain(commands) {
                let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
                let path = folder.join(format!("{name}.1"));
                std::fs::write(&path, page(command)?).map_err(failed)?;
                written += &format!("wrote {}\n", shown(&path));
            }
            answer(&written)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A command's page.
fn page(command: Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(Failure::Stdout)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
