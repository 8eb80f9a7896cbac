//! `devices`, `scenarios` and `schema`.

use super::command::{Bench, says};
use serde_json::Value;

#[test]
fn the_cpu_is_always_listed_and_one_device_is_taken() {
    let bench = Bench::new();
    let json = bench.tetraswarm(&["devices", "--json"]).json();
    let devices = json["devices"].as_array().unwrap();
    assert_eq!((&devices[0]["index"], &devices[0]["kind"]), (&0.into(), &"cpu".into()));
    assert!(devices[0]["most_agents"].as_u64().unwrap() > 0);
    assert_eq!(devices.iter().filter(|device| device["auto"] == true).count(), 1);
    let answer = bench.tetraswarm(&["devices"]);
    assert_eq!(answer.code, 0);
    says(
        &answer.stdout,
        &["index  device", "most agents", "CPU, ", "taken by auto"],
    );
}

#[test]
fn an_embedded_scenario_can_be_saved_edited_and_run() {
    let bench = Bench::new();
    let list = bench.tetraswarm(&["scenarios"]).stdout;
    let names: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    says(&names.join(" "), &["agreement", "tetrahedral", "gnutella"]);
    for name in names {
        bench.write("mine.toml", bench.tetraswarm(&["scenarios", name]).stdout);
        bench.write("path.txt", "0 1\n1 2\n");
        let mut arguments = vec!["mine.toml", "--explain"];
        match name {
            "gnutella" => arguments.extend(["--set", "topology.file=path.txt"]),
            "hpc2n" => {
                bench.write("jobs.swf", include_str!("../cases/ten_jobs.swf"));
                arguments.extend(["--set", "work.trace=jobs.swf", "--lenient"]);
            }
            _ => {}
        }
        assert_eq!(bench.run(&arguments).code, 0, "{name}");
    }
    says(
        bench.tetraswarm(&["scenarios", "agreemint"]).error(2),
        &["'agreemint'", "did you mean 'agreement'?"],
    );
}

#[test]
fn the_schema_is_one_closed_object() {
    let schema = Bench::new().tetraswarm(&["schema"]).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(
        (&schema["type"], &schema["additionalProperties"]),
        (&"object".into(), &Value::Bool(false))
    );
    let part = |key: &str| Bench::new().tetraswarm(&["schema", key]);
    assert_eq!(part("faults.events[0].tick").json()["type"], "integer");
    assert_eq!(
        part("measure.every").json(),
        schema["properties"]["measure"]["properties"]["every"]
    );
    says(
        part("measure.evry").error(2),
        &["'evry' is no key of measure; did you mean 'every'? known there: component, every"],
    );
    assert_eq!(schema["required"], serde_json::json!(["ticks", "topology"]));
    assert_eq!(
        (
            &schema["properties"]["agents"]["minimum"],
            &schema["properties"]["agents"]["maximum"]
        ),
        (&2.into(), &4_294_967_294u32.into())
    );
}

#[test]
fn a_mistyped_word_is_asked_about() {
    let bench = Bench::new();
    for (arguments, meant) in [
        (&["schema", "work.queu"][..], "'queue'"),
        (&["policies", "tresh"], "'threshold'"),
        (&["rules", "trimed"], "'trimmed'"),
        (&["man", "rnu"], "'run'"),
        (&["rnu"], "'run'"),
        (&["help", "rnu"], "'run'"),
        (&["scenarios", "agreemint"], "'agreement'"),
    ] {
        says(
            bench.tetraswarm(arguments).error(2),
            &[&format!("did you mean {meant}?")],
        );
    }
}

/// A terminal of a hundred columns shows each line as one.
#[test]
fn no_line_of_a_listing_is_longer_than_a_hundred_characters() {
    let bench = Bench::new();
    for arguments in [
        &["topology"][..],
        &["policies"],
        &["policies", "work.order"],
        &["scenarios"],
        &["devices"],
        &["rules"],
        &["run", "agreement", "--set", "topology.kind=rng"],
        &["topology", "rng"],
        &["help", "rnu"],
        &["run", "concert", "--explain"],
        &["run", "orchestra", "--explain"],
        &["run", "gossip", "--explain"],
    ] {
        let answer = bench.tetraswarm(arguments);
        let all = answer.stdout + &answer.stderr;
        for line in all.lines() {
            assert!(line.chars().count() <= 100, "{arguments:?}: {line}");
        }
    }
}
