//! What a result is of: said in `summary.json` and in the metadata of every table, so that a file found later tells how it was made.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use tetraswarm::Error;
use tetraswarm::part::work::{Policy, WorkSpec};
use tetraswarm::scenario::Scenario;

/// The run that a result is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Of the program.
    version: &'static str,
    /// The command line, quoted where a shell would need it.
    command: String,
    /// SHA-256 of the complete scenario as TOML, which is `scenario.toml` without the comments at its top, in hexadecimal digits.
    scenario_hash: String,
    /// Of all random numbers.
    seed: u32,
    /// What the swarm does, with a plus between: the rule by which nodes agree, the policy by which cells balance their work, the names
    /// of other parts.
    policy: String,
    /// The section, name and version of each part of the swarm, with commas between.
    parts: String,
    /// The kind of the network, and its file if it came from one.
    network: String,
}

impl Identity {
    /// Of a run of a scenario, complete and resolved, by a command line whose first word is the program.
    ///
    /// # Errors
    /// As [`Scenario::to_toml`].
    pub fn new(scenario: &Scenario, command: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let command = command.into_iter().enumerate().map(|(k, word)| match k {
            // However it was found.
            0 => "tetraswarm".to_owned(),
            _ => quoted(&word.to_string_lossy()),
        });
        let digest = Sha256::digest(scenario.to_toml()?);
        let names = scenario
            .parts
            .iter()
            .map(|part| match part.any().downcast_ref::<WorkSpec>() {
                Some(work) => policy(&work.balance.policy),
                None => part.name().to_owned(),
            });
        let policy = names.collect::<Vec<_>>().join(" + ");
        let parts = scenario
            .parts
            .iter()
            .map(|part| format!("{} {} {}", part.place().section, part.name(), part.version()));
        Ok(Self {
            parts: parts.collect::<Vec<_>>().join(", "),
            version: env!("CARGO_PKG_VERSION"),
            command: command.collect::<Vec<_>>().join(" "),
            scenario_hash: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            seed: scenario.seed,
            policy,
            network: network(scenario),
        })
    }

    /// The section, name and version of each part.
    pub fn parts(&self) -> &str {
        &self.parts
    }

    /// For the metadata of a table: keys that begin with `tetraswarm.`, and texts.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let seed = self.seed.to_string();
        let pairs = [
            ("version", self.version),
            ("command", &self.command),
            ("scenario_hash", &self.scenario_hash),
            ("seed", &seed),
            ("policy", &self.policy),
            ("parts", &self.parts),
            ("network", &self.network),
        ];
        pairs
            .map(|(key, value)| (format!("tetraswarm.{key}"), value.to_owned()))
            .to_vec()
    }
}

/// The name of a policy, as a scenario has it.
fn policy(policy: &Policy) -> String {
    let value = serde_json::to_value(policy).unwrap_or_default();
    value["kind"].as_str().unwrap_or_default().to_owned()
}

/// The kinds of the networks that are laid over each other, and the files that they came from.
fn network(scenario: &Scenario) -> String {
    let value = serde_json::to_value(&scenario.topology).unwrap_or_default();
    let one = |value: &serde_json::Value| {
        let kind = value["kind"].as_str().unwrap_or_default();
        match value["file"].as_str() {
            Some(file) => format!("{kind} {file}"),
            None => kind.to_owned(),
        }
    };
    match &value {
        serde_json::Value::Array(layers) => layers.iter().map(one).collect::<Vec<_>>().join(" + "),
        value => one(value),
    }
}

/// A word as a POSIX shell takes it.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_needs_it() {
        for (word, expected) in [
            ("--set", "--set"),
            ("topology.kind=ring", "topology.kind=ring"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("start={}", "'start={}'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
