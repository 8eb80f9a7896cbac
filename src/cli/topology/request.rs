//! From what a user asks for to a network: a kind, or several with a plus between, and their parameters.

use crate::output::identity::quoted;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::scenario::{Document, Registry};
use tetraswarm::topology::{KINDS, Kind, NetworkSpec, Site, Topology, TopologySpec};
use tetraswarm::{Error, Place};

/// A network that was asked for.
#[derive(Debug)]
pub struct Request {
    spec: NetworkSpec,
    pub seed: u32,
}

/// A parameter: whose it is, if that is said, and what it is set to.
struct Setting<'a> {
    kind: Option<&'a str>,
    key: &'a str,
    value: &'a str,
    /// As the user wrote it.
    argument: String,
}

impl<'a> Setting<'a> {
    fn of(argument: &'a str, registry: &Registry) -> Result<Self, Error> {
        let written = format!("--set {}", quoted(argument));
        let Some((path, value)) = argument.split_once('=') else {
            return Err(Error::invalid(
                written,
                "has no '='; write --set KEY=VALUE, as in --set width=30",
            ));
        };
        let path = path.trim();
        // What a scenario would call it is understood as well.
        let path = path.strip_prefix("topology.").unwrap_or(path);
        let (kind, key) = match path.split_once('.') {
            Some((kind, key)) if is_kind(kind, registry) => (Some(kind), key),
            _ => (None, path),
        };
        Ok(Self {
            kind,
            key,
            value,
            argument: written,
        })
    }
}

/// Whether a word means a kind of network, ours or a registered one.
pub fn is_kind(word: &str, registry: &Registry) -> bool {
    Kind::of(word).is_some() || registry.networks().any(|(own, _)| own == word)
}

/// The names of all kinds of ours.
pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

impl Request {
    /// The network of the kinds in `kinds` with the parameters that concern it.
    pub fn new(kinds: &str, set: &[String], seed: u32, registry: &Registry) -> Result<Self, Error> {
        let all = set
            .iter()
            .map(|setting| Setting::of(setting, registry))
            .collect::<Result<Vec<_>, _>>()?;
        let names: Vec<&str> = kinds.split('+').map(str::trim).collect();
        let spec = |(k, name): (usize, &&str)| {
            let several = names.len() > 1;
            // A key without a kind is that of the only one, or of the first.
            let own = all
                .iter()
                .filter(|setting| setting.kind.map_or(!several || k == 0, |kind| kind == *name));
            spec(name, own, registry)
        };
        let mut specs = names.iter().enumerate().map(spec).collect::<Result<Vec<_>, _>>()?;
        if let Some(stray) = all.iter().find(|s| s.kind.is_some_and(|kind| !names.contains(&kind))) {
            return Err(Error::invalid(
                stray.argument.clone(),
                format!("is a parameter of a kind that is not asked for; asked for: {kinds}"),
            ));
        }
        let spec = match specs.pop() {
            Some(only) if specs.is_empty() => NetworkSpec::One(only),
            last => {
                specs.extend(last);
                NetworkSpec::Overlay(specs)
            }
        };
        Ok(Self { spec, seed })
    }

    /// Builds it with `nodes` nodes, or if none are given with the nearest to `about` that it allows.
    pub fn build(&self, nodes: Option<u32>, about: u32) -> Result<Arc<dyn Topology>, Error> {
        let nodes = nodes.or_else(|| {
            // In an overlay all shapes must agree: the first decides, and the others say if they cannot.
            let mut fits = self.spec.parts().iter().map(|part| part.fit(about).nearest(about));
            if fits.clone().any(|fit| fit.is_none()) {
                None
            } else {
                // The pickiest is the one that is farthest off.
                fits.by_ref().flatten().max_by_key(|n| n.abs_diff(about))
            }
        });
        let site = Site {
            nodes,
            seed: self.seed,
            folder: Path::new(""),
        };
        self.spec.build(site).map_err(|error| match error {
            // Here the number of nodes is an argument.
            Error::Invalid { place, key, message } if key == "agents" => Error::Invalid {
                place,
                key: "--nodes".into(),
                message: message
                    .replace("give agents = N", "give --nodes N")
                    .replace("leave agents out", "leave --nodes out"),
            },
            other => other,
        })
    }

    /// The parameters as a scenario has them.
    pub fn parameters(&self) -> serde_json::Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }
}

/// The parameters of one kind: its standard ones, overridden.
fn spec<'a>(
    name: &str,
    settings: impl Iterator<Item = &'a Setting<'a>>,
    registry: &Registry,
) -> Result<TopologySpec, Error> {
    let standard = Kind::of(name).and_then(|kind| kind.standard).unwrap_or("");
    let base = "ticks = 0\n[consensus]\nrule = \"average\"\nstart = { kind = \"point\", value = 1 }\n[topology]\n";
    let mut document = Document::parse("topology", &format!("{base}{standard}\n"))?;
    document.set(name, "topology.kind", &format!("\"{name}\""))?;
    for setting in settings {
        document.set(
            &setting.argument,
            &format!("topology.{}", setting.key),
            setting.value.trim(),
        )?;
    }
    let scenario = document.scenario_with(registry).map_err(|error| match error {
        // The text is not the user's.
        Error::Invalid {
            place: Some(Place::Text { .. }),
            key,
            message,
        } if message.starts_with("is missing") => {
            let key = key.strip_prefix("topology.").unwrap_or(&key);
            let value = if key == "file" { "FILE" } else { "…" };
            Error::invalid(format!("{name}: {key}"), format!("{message}: --set {key}={value}"))
        }
        other => other,
    })?;
    match scenario.topology {
        NetworkSpec::One(spec) => Ok(spec),
        NetworkSpec::Overlay(_) => Err(Error::invalid(
            "topology",
            "is a list; name the kinds with a plus between",
        )),
    }
}
