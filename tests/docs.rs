//! The pages for people: every link leads somewhere, every scenario in them is one, and every key of a scenario is explained.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tetraswarm::part::consensus::RULES;
use tetraswarm::scenario::{EMBEDDED, Registry, Scenario};
use tetraswarm::study::{Design, Study};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;
use tetraswarm::topology::KINDS;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages, from the repository's root.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
        .map(PathBuf::from)
        .to_vec();
    let docs = std::fs::read_dir(Path::new(ROOT).join("docs")).unwrap();
    let mut names: Vec<PathBuf> = docs
        .map(|entry| Path::new("docs").join(entry.unwrap().file_name()))
        .collect();
    names.retain(|name| name.extension().is_some_and(|ending| ending == "md"));
    names.sort();
    pages.extend(names);
    pages.push("studies/topologies/README.md".into());
    pages
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(page)).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// The text outside code blocks, and the blocks with what stands after their opening fence.
fn parts(text: &str) -> (String, Vec<(String, String)>) {
    let (mut prose, mut blocks) = (String::new(), Vec::new());
    let mut is_inside = false;
    for line in text.lines() {
        match (is_inside, line.strip_prefix("```")) {
            (false, Some(kind)) => {
                is_inside = true;
                blocks.push((kind.to_owned(), String::new()));
            }
            (true, Some("")) => is_inside = false,
            (true, _) => blocks.last_mut().unwrap().1 += &format!("{line}\n"),
            (false, None) => prose += &format!("{line}\n"),
        }
    }
    assert!(!is_inside, "a code block does not end");
    (prose, blocks)
}

/// What GitHub makes of a heading: lower case, blanks are hyphens, punctuation goes.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase().replace(' ', "-");
    kept.chars()
        .filter(|c| c.is_alphanumeric() || "-_".contains(*c))
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let (prose, _) = parts(text);
    prose
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect()
}

/// The targets of links and pictures, without those in code.
fn links(prose: &str) -> Vec<String> {
    let text: String = prose.split('`').step_by(2).collect();
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target.to_owned()))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = read(&page);
        for link in links(&parts(&text).0) {
            if link.starts_with("https://") {
                continue;
            }
            count += 1;
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let at = Path::new(ROOT).join(&target);
            assert!(at.exists(), "{}: there is no {link}", page.display());
            if !part.is_empty() {
                let there = anchors(&read(&target));
                assert!(there.contains(part), "{}: {link} is none of {there:?}", page.display());
            }
        }
    }
    assert!(count > 60, "only {count} links found");
}

#[test]
fn every_page_is_in_the_index() {
    let index = links(&parts(&read(Path::new("docs/README.md"))).0);
    for page in pages() {
        let Ok(name) = page.strip_prefix("docs") else { continue };
        let name = name.to_str().unwrap();
        assert!(
            name == "README.md" || index.iter().any(|link| link == name),
            "docs/README.md does not lead to {name}"
        );
    }
}

/// A ```toml block is a scenario, or sections of one.
#[test]
fn every_scenario_in_the_pages_is_one() {
    let mut count = 0;
    for page in pages() {
        for (kind, block) in parts(&read(&page)).1 {
            if kind != "toml" {
                continue;
            }
            let has = |key: &str| block.lines().any(|line| line.starts_with(key));
            if has("scenario = ") {
                let study = Study::parse("block", &block).and_then(|study| Design::new(study, &Registry::standard()));
                study.unwrap_or_else(|error| panic!("{}: {error}\n{block}", page.display()));
                continue;
            }
            let mut text = String::new();
            if !has("ticks") {
                text += "ticks = 1000\n";
            }
            if !has("topology") && !has("[topology") && !has("[[topology") {
                text += "topology.kind = \"torus2d\"\n";
            }
            if !has("agents") {
                text += "agents = 4096\n";
            }
            if !has("consensus") && !has("[consensus") && !has("[work") {
                text += "consensus = { rule = \"maximum\", start = { kind = \"point\", value = 1 } }\n";
            }
            text += &block;
            let plan = Scenario::from_toml("block", &text).and_then(|scenario| Swarm::plan(&scenario, Path::new(ROOT)));
            plan.unwrap_or_else(|error| panic!("{}: {error}\n{text}", page.display()));
            count += 1;
        }
    }
    assert!(count >= 2, "only {count} scenarios found");
}

/// The names of all keys below a schema.
fn keys(schema: &serde_json::Value, all: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(entries) => {
            for (name, entry) in entries {
                if let ("properties", Some(properties)) = (&**name, entry.as_object()) {
                    all.extend(properties.keys().cloned());
                }
                keys(entry, all);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, all)),
        _ => {}
    }
}

#[test]
fn every_key_of_a_scenario_is_explained() {
    let mut all = BTreeSet::new();
    keys(Scenario::schema(), &mut all);
    assert!(all.len() > 60, "only {} keys", all.len());
    let text: String = ["scenarios", "faults", "files"]
        .map(|page| read(&Path::new("docs").join(page).with_extension("md")))
        .concat();
    let missing: Vec<&String> = all
        .iter()
        .filter(|key| {
            !["`{}`", "`[{}]`", "{} = "]
                .iter()
                .any(|form| text.contains(&form.replace("{}", key)))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/scenarios.md, faults.md and files.md do not explain {missing:?}"
    );
}

#[test]
fn what_the_tables_list_is_to_be_found() {
    let named = |page: &str, names: &mut dyn Iterator<Item = &str>| {
        let text = read(Path::new(page));
        let missing: Vec<&str> = names.filter(|name| !text.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "{page} does not name {missing:?}");
    };
    named("docs/agreement.md", &mut RULES.iter().map(|rule| rule.name));
    named("docs/networks.md", &mut KINDS.iter().map(|kind| kind.name));
    named("docs/scenarios.md", &mut EMBEDDED.iter().map(|scenario| scenario.name));
    named("docs/scenarios.md", &mut Timing::KINDS.into_iter());
}
