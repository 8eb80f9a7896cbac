//! `tetraswarm completions`: what makes a shell complete our arguments.

use super::{Answer, answer};
use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell as Generator;
use std::process::ExitCode;

/// Print a script that makes a shell complete the arguments of tetraswarm
///
/// bash: tetraswarm completions bash > ~/.local/share/bash-completion/completions/tetraswarm
/// zsh: tetraswarm completions zsh > a folder of $fpath/_tetraswarm
/// fish: tetraswarm completions fish > ~/.config/fish/completions/tetraswarm.fish
/// powershell: tetraswarm completions powershell >> $PROFILE
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

#[expect(clippy::enum_variant_names, reason = "PowerShell is what it is called")]
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
}

pub fn run(arguments: &Arguments) -> Answer {
    let generator = match arguments.shell {
        Shell::Bash => Generator::Bash,
        Shell::Zsh => Generator::Zsh,
        Shell::Fish => Generator::Fish,
        Shell::PowerShell => Generator::PowerShell,
    };
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut super::Arguments::command(), "tetraswarm", &mut script);
    answer(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
