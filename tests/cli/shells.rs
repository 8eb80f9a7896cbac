//! Help, manual pages and completions.

use super::command::{Bench, says};

const COMMANDS: [&str; 12] = [
    "run",
    "report",
    "verify",
    "bench",
    "topology",
    "devices",
    "rules",
    "policies",
    "scenarios",
    "schema",
    "completions",
    "man",
];

#[test]
fn every_command_has_help_and_a_page() {
    let bench = Bench::new();
    for name in COMMANDS {
        let help = bench.tetraswarm(&["help", name]);
        assert_eq!(help.code, 0, "{}", help.stderr);
        says(&help.stdout, &["Usage: tetraswarm", name]);
        let page = bench.tetraswarm(&["man", name]);
        assert_eq!(page.code, 0, "{}", page.stderr);
        says(
            &page.stdout,
            &[
                &format!(".TH tetraswarm-{name} 1 \"\" \"tetraswarm "),
                ".SH NAME",
                ".SH SYNOPSIS",
                ".SH \"EXIT STATUS\"",
                ".SH ENVIRONMENT",
                ".SH SIGNALS",
                ".SH EXAMPLES",
            ],
        );
        // Only what reads files has a limit on them.
        let reads = ["run", "verify", "topology"].contains(&name);
        assert_eq!(help.stdout.contains("--memory"), reads, "{name}");
    }
    says(
        &bench.tetraswarm(&["man", "run"]).stdout,
        &[
            "[\\fB\\-\\-agents\\fR \\fIN\\fR]",
            "[\\fB\\-\\-set\\fR \\fIKEY=VALUE\\fR]",
            "[\\fISCENARIO\\fR]",
        ],
    );
    let page = bench.tetraswarm(&["man"]).stdout;
    says(&page, &[".TH tetraswarm 1", "tetraswarm\\-verify(1)"]);
    says(
        bench.tetraswarm(&["man", "rum"]).error(2),
        &["'rum' is no command", "verify"],
    );
    let written = bench.tetraswarm(&["man", "--out", "pages"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    says(
        bench.tetraswarm(&["man", "--out", "pages"]).error(2),
        &["exists already", "--force"],
    );
    assert_eq!(bench.tetraswarm(&["man", "--out", "pages", "--force"]).code, 0);
    let names = bench.names("pages");
    assert_eq!(names.len(), 1 + COMMANDS.len(), "{names:?}");
    assert!(names.contains(&"tetraswarm-run.1".to_owned()), "{names:?}");
}

#[test]
fn shells_complete_commands_and_words() {
    let bench = Bench::new();
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef tetraswarm"),
        ("fish", "complete -c tetraswarm"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = bench.tetraswarm(&["completions", shell]);
        assert_eq!(script.code, 0, "{}", script.stderr);
        says(&script.stdout, &[part, "policies", "--backend", "vulkan"]);
    }
    let unknown = bench.tetraswarm(&["completions", "tcsh"]);
    says(unknown.error(2), &["'tcsh'"]);
    says(&unknown.stderr, &["bash", "powershell"]);
}
