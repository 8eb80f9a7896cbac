use super::*;

const TEXT: &str = "ticks = 5\nagents = 9\ntopology = [{ kind = \"ring\" }, { kind = \"circulant\", offsets = [2] }]\n\
                    [consensus]\nrule = \"average\"\nstart = { kind = \"uniform\", low = 0, high = 9 }\n";

fn document() -> Document {
    Document::parse("t", TEXT).unwrap()
}

#[test]
fn items_of_lists_are_reached_added_and_removed() {
    let mut document = document();
    document.set("a", "topology[1].offsets[0]", "3").unwrap();
    document.set("a", "topology[1].offsets[1]", "4").unwrap();
    let json = serde_json::to_value(document.scenario().unwrap()).unwrap();
    assert_eq!(json["topology"][1]["offsets"], serde_json::json!([3, 4]));
    document.unset("topology[1]").unwrap();
    document.unset("topology").unwrap();
    assert!(!document.has("topology") && document.has("consensus.start.low"));
    document.set("a", "topology[0].kind", "ring").unwrap();
    assert!(document.scenario().is_ok());
}

#[test]
fn a_kind_takes_the_place_of_a_list_in_any_order() {
    for order in [
        ["topology.kind=circulant", "topology.offsets=[1]"],
        ["topology.offsets=[1]", "topology.kind=circulant"],
    ] {
        let mut document = document();
        document.set_all(&order.map(str::to_owned)).unwrap();
        let json = serde_json::to_value(document.scenario().unwrap()).unwrap();
        assert_eq!(
            json["topology"],
            serde_json::json!({ "kind": "circulant", "offsets": [1] })
        );
    }
}

#[test]
fn what_is_not_there_is_said() {
    for (key, part) in [
        (
            "topology.stride",
            "topology is a list of 2; say which item, as in topology[0].stride",
        ),
        (
            "topology[3].kind",
            "topology has 2 items, [0] to [1]; [3] would leave a gap",
        ),
        ("agents[0]", "agents is no list"),
        ("topology[x]", "is no key"),
        ("topology[0", "is no key"),
    ] {
        let message = document().set("argument", key, "1").unwrap_err().to_string();
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
    for (key, part) in [
        ("agnets", "did you mean 'agents'?"),
        ("topology[2]", "the list has 2 items, [0] to [1]"),
        ("topology.kind", "topology is a list of 2"),
        ("ticks.x", "ticks has no parts"),
    ] {
        let message = document().unset(key).unwrap_err().to_string();
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
}

#[test]
fn a_value_that_begins_as_toml_must_be_toml() {
    for (value, part) in [
        (
            "[{kind=\"kill\",tick=5,who=all}]",
            "topology is not valid TOML at `all`: ",
        ),
        ("[{kind=\"kill\",tick=5,who=all}]", "; quote it, as in \"all\""),
        ("{ kind = \"ring\"", "is not valid TOML at its end: "),
        ("\"ring", "is not valid TOML at "),
    ] {
        let message = document().set("a", "topology", value).unwrap_err().to_string();
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
    document().set("a", "topology[0].file", "nets/a.txt").unwrap();
}

/// A shell would take the argument of the message as it was given.
#[test]
fn an_argument_is_told_as_a_shell_takes_it() {
    let odd = "topology={ kind = \"rng\" }".to_owned();
    let mut document = document();
    document.set_all(std::slice::from_ref(&odd)).unwrap();
    let message = document.scenario().unwrap_err().to_string();
    assert!(
        message.starts_with(&format!("argument --set '{odd}': topology.kind is \"rng\"")),
        "{message}"
    );
}

#[test]
fn a_mistyped_section_is_blamed_on_its_argument() {
    let mut document = document();
    document.set_all(&["topolgy.kind=ring".to_owned()]).unwrap();
    let message = document.scenario().unwrap_err().to_string();
    assert!(
        message.starts_with("argument --set topolgy.kind=ring: topolgy is no known key"),
        "{message}"
    );
}

#[test]
fn what_an_argument_makes_on_the_way_is_not_blamed_on_it() {
    let mut document = document();
    document.set("--flag", "measure.component", "true").unwrap();
    let message = document.locate(Error::invalid("measure.other", "is wrong")).to_string();
    assert_eq!(message, "t:1:1: measure.other is wrong");
    let message = document
        .locate(Error::invalid("measure.component", "is wrong"))
        .to_string();
    assert_eq!(message, "argument --flag: measure.component is wrong");
}
