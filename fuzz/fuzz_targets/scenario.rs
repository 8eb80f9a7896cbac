#![no_main]

use libfuzzer_sys::fuzz_target;
use tetraswarm::scenario::{Document, Scenario};

// The first line is an override, the rest a scenario: read, written and read again, or refused.
fuzz_target!(|text: &str| {
    let (assignment, text) = text.split_once('\n').unwrap_or(("", text));
    let Ok(mut document) = Document::parse("fuzzed", text) else { return };
    let _ = document.set_argument(assignment);
    if let Ok(scenario) = document.scenario() {
        let again = Scenario::from_toml("again", &scenario.to_toml());
        assert_eq!(again.ok(), Some(scenario));
    }
});
