//! What AMD GPUs make of the shaders: registers, waves, instructions, cycles, on a machine without a GPU.
//!
//! ```text
//! cargo run --release --example gpu_statistics -- --family gfx1100,navi21 average orchestra
//! ```

#[cfg(target_os = "linux")]
mod code;
#[cfg(target_os = "linux")]
mod count;
#[cfg(target_os = "linux")]
mod driver;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod swarms;

#[cfg(target_os = "linux")]
mod linux {
    use crate::count::Share;
    use crate::driver::{Driver, FAMILIES, force};
    use crate::report::{Family, Known, report, table};
    use crate::swarms::plans;
    use clap::Parser;
    use std::process::{Command, Stdio};
    use tetraswarm::device::gpu::{shaders, tiled_shaders};

    /// What AMD GPUs make of the shaders of a swarm, compiled by Mesa's RADV on a machine without a GPU.
    ///
    /// Each different shader is a line: vector and scalar registers of an invocation; what did not fit into registers (spilled); waves
    /// that a SIMD holds, of how many; instructions; bytes of code; bytes of memory that a workgroup shares; cycles of the vector unit
    /// for one wave, every path taken and every loop turned 8 times; loops; the rules and scenarios that have it.
    #[derive(Debug, Parser)]
    #[command(name = "gpu_statistics")]
    struct Arguments {
        /// Rules in their standard form, scenarios' files, or embedded scenarios [default: every rule, and orchestra]
        names: Vec<String>,
        /// The GPUs to compile for, as RADV calls them: vega10, navi21, gfx1100 and others
        #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "gfx1100")]
        family: Vec<String>,
        /// Nodes of the rules' networks: shaders contain them
        #[arg(long, default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(16..))]
        agents: u32,
        /// How often the loops of a shader turn, in the order of its code, as in step/average=10
        #[arg(long, value_name = "SHADER=N,N...", value_parser = turns)]
        turns: Vec<(String, Vec<f64>)>,
        /// How many of its waves, from 0 to 1, enter some blocks of a shader, as in part/work/cell=12-40:0.3,41:0
        #[arg(long, value_name = "SHADER=BLOCKS:SHARE,...", value_parser = shares)]
        shares: Vec<(String, Vec<Share>)>,
        /// Prints the code of these shaders too, with the cycles of each block
        #[arg(long, value_name = "SHADERS", value_delimiter = ',')]
        assembly: Vec<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        /// This process compiles for one family, which its environment says, and prints what its parent reads.
        #[arg(long, hide = true)]
        one: Option<String>,
    }

    fn turns(text: &str) -> Result<(String, Vec<f64>), String> {
        let wrong = || {
            "say a shader and how often each of its loops turns, as in step/average=10 or step/offer=30,4".to_owned()
        };
        let (name, turns) = text.split_once('=').ok_or_else(wrong)?;
        let turns = turns
            .split(',')
            .map(|turns| turns.parse().ok().filter(|&n: &f64| n.is_finite() && n >= 0.0));
        Ok((name.to_owned(), turns.collect::<Option<_>>().ok_or_else(wrong)?))
    }

    fn shares(text: &str) -> Result<(String, Vec<Share>), String> {
        let wrong = || {
            "say a shader and how many of its waves enter which blocks, from 0 to 1, as in part/work/cell=12-40:0.3,41:0".to_owned()
        };
        let share = |text: &str| {
            let (blocks, share) = text.split_once(':')?;
            let (first, last) = blocks.split_once('-').unwrap_or((blocks, blocks));
            let share: f64 = share.parse().ok()?;
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last && (0.0..=1.0).contains(&share)).then_some(Share { first, last, share })
        };
        let (name, all) = text.split_once('=').ok_or_else(wrong)?;
        let all = all.split(',').map(share).collect::<Option<_>>().ok_or_else(wrong)?;
        Ok((name.to_owned(), all))
    }

    pub fn run() -> Result<(), String> {
        let arguments = Arguments::parse();
        if let Some(family) = &arguments.one {
            let plans = plans(&arguments.names, arguments.agents)?;
            let known = Known {
                turns: arguments.turns.iter().cloned().collect(),
                shares: arguments.shares.iter().cloned().collect(),
                shown: arguments.assembly.clone(),
            };
            let unknown = |name: &&String| {
                !plans.iter().any(|p| {
                    let tiled = tiled_shaders(&p.plan).into_iter().map(|(_, shader)| shader);
                    shaders(&p.plan).into_iter().chain(tiled).any(|s| s.name() == *name)
                })
            };
            let names = known.turns.keys().chain(known.shares.keys()).chain(&known.shown);
            if let Some(name) = names.into_iter().find(unknown) {
                return Err(format!(
                    "--turns, --shares or --assembly names {name}, which none of the swarms has; the table's second column has the names"
                ));
            }
            let family = report(&Driver::open()?, family, &plans, &known)?;
            println!("{}", serde_json::to_string(&family).map_err(|e| e.to_string())?);
            return Ok(());
        }
        let families = arguments
            .family
            .iter()
            .map(|family| of(family))
            .collect::<Result<Vec<_>, _>>()?;
        match arguments.json {
            true => println!(
                "{}",
                serde_json::to_string_pretty(&families).map_err(|e| e.to_string())?
            ),
            false => {
                print!("{}", table(&families));
                for row in families.iter().flat_map(|family| &family.shaders) {
                    if let Some(assembly) = &row.assembly {
                        println!("\n{} of {}\n{assembly}", row.shader, row.of.join("; "));
                    }
                }
            }
        }
        Ok(())
    }

    /// The figures of a family, from a process of its own: the driver reads the family's name when it is loaded.
    fn of(family: &str) -> Result<Family, String> {
        if family.is_empty() {
            return Err(format!(
                "--family is empty; among the families are {}",
                FAMILIES.join(", ")
            ));
        }
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut command = Command::new(program);
        command.args(std::env::args_os().skip(1)).arg(format!("--one={family}"));
        force(&mut command, family)?;
        let output = command.stderr(Stdio::piped()).output().map_err(|e| e.to_string())?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim();
            // The driver's own warnings come before; a family that it does not know makes it end the process.
            return Err(match said.split_once("error: ") {
                Some((_, error)) => error.to_owned(),
                None => format!(
                    "RADV gave up on the family '{family}' ({said}); among the families are {}",
                    FAMILIES.join(", ")
                ),
            });
        }
        serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())
    }
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    match linux::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!(
        "error: RADV, the driver that compiles for GPUs that are not there, is for Linux only: run this on Linux, in a container or elsewhere"
    );
    std::process::ExitCode::FAILURE
}
