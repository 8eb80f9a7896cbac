//! Scenarios of cells that cannot work: each refusal names the key, the value, what is allowed, and what to do.

use crate::works::refusal;

/// A scenario of two cells on a ring with these lines before its tables, and in `[work]`.
fn of(agents: u32, ticks: u64, work: &str) -> String {
    refusal(&format!(
        "agents = {agents}\nticks = {ticks}\ntopology = {{ kind = \"complete\" }}\n[work]\n{work}\n"
    ))
}

/// Says no to this in `[work]`, beside arrivals where it has none and no log, with all of these words.
fn assert_refused(work: &str, says: &[&str]) {
    let drawn = work.contains("arrivals") || work.contains("trace");
    let arrivals = if drawn { "" } else { "\narrivals = { load = 0.5 }" };
    assert_says(&of(8, 100, &format!("{work}{arrivals}")), says);
}

fn assert_says(found: &str, says: &[&str]) {
    println!("{found}");
    assert!(
        says.iter().all(|word| found.contains(word)),
        "{found}\nlacks one of {says:?}"
    );
}

#[test]
fn agents_form_cells() {
    for (agents, says) in [
        (10, "8 and 12"),
        (4, "8 and 12"),
        (2, "8 and 12"),
        // The largest complete network has 2^28 - 1 cells.
        (4_294_967_294, "the nearest that fits: 1073741820"),
    ] {
        let found = of(agents, 1, "arrivals = { load = 0.5 }");
        assert_says(&found, &[&format!("agents is {agents}; a cell has 4 agents"), says]);
    }
}

#[test]
fn queues_are_powers_of_two() {
    assert_refused(
        "queue = 12",
        &["work.queue is 12, which is no power of two; the nearest are 8 and 16"],
    );
    assert_refused("queue = 255", &["work.queue is 255", "128 and 256"]);
    assert_refused(
        "queue = 1",
        &["t:5:9: work.queue is 1; it must be an integer from 2 to 256"],
    );
    assert_refused("queue = 512", &["work.queue is 512", "from 2 to 256"]);
}

#[test]
fn numbers_have_ranges() {
    assert_refused("epoch = 0", &["work.epoch is 0", "from 1 to 4_294_967_295"]);
    assert_refused("lease = 0", &["work.lease is 0", "from 1 to 65_535"]);
    assert_refused("lease = 65536", &["work.lease is 65536", "from 1 to 65_535"]);
    assert_refused("max_tries = 16", &["work.max_tries is 16", "from 0 to 15"]);
    assert_refused("verify = 1.5", &["work.verify is 1.5", "from 0 to 1"]);
    assert_refused("error = -0.1", &["work.error is -0.1", "from 0 to 1"]);
    assert_refused(
        "retry = \"fibonaci\"",
        &["work.retry is \"fibonaci\"; did you mean 'fibonacci'?", "quadratic"],
    );
    assert_refused(
        "agreement = \"two\"",
        &["work.agreement is \"two\"", "trust, quorum, oral"],
    );
    assert_refused(
        "need = { kind = \"constant\", ticks = 0 }",
        &["work.need.ticks is 0", "from 1 to 2_147_483_647"],
    );
    assert_refused(
        "need = { kind = \"constant\", ticks = 2147483648 }",
        &["work.need.ticks is 2147483648"],
    );
    let reversed = "need = { kind = \"uniform\", low = 9, high = 3 }";
    assert_refused(reversed, &["work.need.low is 9, above high = 3; exchange the two"]);
    let uneven = "need = { kind = \"table\", ticks = [1, 2], weights = [1] }";
    assert_refused(uneven, &["work.need.weights has 1 weights for 2 needs; give one each"]);
    let nothing = "need = { kind = \"table\", ticks = [1, 2], weights = [0, 0] }";
    assert_refused(nothing, &["work.need.weights are all 0; give some needs a weight"]);
}

#[test]
fn shares_sum_to_one() {
    let sum = "work.tiers sums to 0.9, and must sum to 1; make work.tiers[0] 0.6";
    assert_refused("tiers = [0.5, 0.4]", &[sum]);
    assert_refused(
        "tiers = [0.5, 0.6]",
        &["work.tiers sums to 1.1", "make work.tiers[0] 0.4"],
    );
    assert_refused("tiers = [1.5, -0.5]", &["work.tiers[0] is 1.5; a share is from 0 to 1"]);
    assert_refused("tiers = []", &["work.tiers has 0 items; it must have 1 to 8"]);
    let weighted =
        |weights: &str| format!("tiers = [0.5, 0.5]\norder = {{ kind = \"weighted\", weights = {weights} }}");
    assert_refused(&weighted("[0.5, 0.4]"), &["work.order.weights sums to 0.9"]);
    assert_refused(
        &weighted("[1.0]"),
        &["work.order.weights has 1 weights, but there are 2 tiers; give one each"],
    );
    assert_refused(
        &weighted("[nan, 1.0]"),
        &["work.order.weights[0] is NaN; a share is from 0 to 1"],
    );
}

#[test]
fn tasks_come_from_one_place() {
    let neither = of(8, 1, "queue = 4");
    assert_says(
        &neither,
        &[
            "work says not where tasks come from; give work.arrivals, as in",
            "work.trace = \"FILE\"",
        ],
    );
    let both = "trace = \"log.swf\"\narrivals = { load = 0.5 }";
    assert_refused(
        both,
        &["work.trace stands beside work.arrivals", "leave one of the two out"],
    );
    assert_refused(
        "trace = \"nowhere.swf\"",
        &["work.trace", "nowhere.swf: no such file", "check the path"],
    );
    assert_refused(
        "arrivals = {}",
        &["work.arrivals has neither load nor rate; give one of the two, as in load = 0.7"],
    );
    assert_refused(
        "arrivals = { load = 0.5, rate = 0.5 }",
        &["work.arrivals has load and rate; leave one of the two out, as by --unset work.arrivals.load"],
    );
    assert_refused("arrivals = { load = -1 }", &["work.arrivals.load is -1", "from 0 to 2"]);
    // A share in percent is 7,000 %; whoever wants that much says so by a rate.
    assert_refused(
        "arrivals = { load = 70 }",
        &[
            "work.arrivals.load is 70; it must be a number from 0 to 2; did you mean 0.7?",
            "More than twice what cells can execute is asked for by rate",
        ],
    );
    assert_refused("arrivals = { load = 5000 }", &["from 0 to 2. More than twice"]);
    assert_refused(
        "trace = \"log.swf\"\nlog.columns.user = [1]",
        &["work.log.columns.user is a list; it must be a text in quotation marks, or an integer, or true or false"],
    );
    assert_refused(
        "trace = \"log.swf\"\nlog.columns.user = 0",
        &["work.log.columns.user is 0; it must be an integer from 1 to 1_000_000"],
    );
    assert_refused(
        "arrivals = { load = 0.5, until = 0 }",
        &["work.arrivals.until is 0", "from 1 to 4_294_967_295"],
    );
    let beyond = "arrivals = { load = 0.5, place = { kind = \"one\", cell = 2 } }";
    let says = "work.arrivals.place.cell is 2, but there are 2 cells, numbered from 0 to 1; name one of those, or have more agents";
    assert_refused(beyond, &[says]);
    let nowhere = "arrivals = { load = 0.5, place = { kind = \"hot-spots\", share = 1.0, multiple = 0 } }";
    assert_refused(nowhere, &["work.arrivals.place leaves no cell", "let share be below 1"]);
}

#[test]
fn arrivals_can_be_counted() {
    let poisson = "arrivals = { rate = 600, process = { kind = \"poisson\" }, place = { kind = \"one\" } }";
    let says = [
        "work.arrivals.process.kind is poisson, and 1200 tasks",
        "at most 1000 can: use bernoulli",
    ];
    assert_refused(poisson, &says);
    let at_once = "arrivals = { rate = 1000, place = { kind = \"one\" } }";
    let agents = 4 * 200_000;
    let found = refusal(&format!(
        "agents = {agents}\nticks = 5\ntopology = {{ kind = \"ring\" }}\n[work]\n{at_once}\n"
    ));
    assert_says(
        &found,
        &[
            "work.arrivals brings up to 200000001 tasks to one cell in a tick; at most 134217728 are possible: let less arrive",
        ],
    );
    // A word numbers cell and task: of a burst of 65,536 at 2^17 cells it has no room for all.
    let burst = "arrivals = { rate = 0.1, process = { kind = \"bursts\", size = 65536 } }";
    let found = refusal(&format!(
        "agents = 524288\nticks = 5\ntopology = {{ kind = \"ring\" }}\n[work]\n{burst}\n"
    ));
    assert_says(
        &found,
        &[
            "brings up to 65536 tasks of one source at once",
            "131072 sources at most 32768",
            "have fewer cells",
        ],
    );
    // What a source holds back is counted in a word.
    let found = of(4000, 10_000_000, "arrivals = { rate = 1, place = { kind = \"one\" } }");
    let says = [
        "work.arrivals brings 1000 tasks a tick to one cell",
        "in 10000000 ticks more than the 2147483647",
        "until = 2147483",
    ];
    assert_says(&found, &says);
}

#[test]
fn ticks_fit_into_a_task() {
    let found = of(8, 1 << 29, "arrivals = { load = 0.5 }");
    assert_says(
        &found,
        &[
            "ticks is 536870912, but with so many tiers and tries a task can tell at most 536870911 ticks apart",
            "a lesser work.max_tries",
        ],
    );
}

#[test]
fn square_root_needs_a_load_below_one() {
    let order = "order = { kind = \"square-root\" }\ntiers = [0.5, 0.5]\n";
    let says = [
        "work.order.kind is square-root",
        "the load is 1.5; let less arrive",
        "below 1, or use another order",
    ];
    assert_refused(&format!("{order}arrivals = {{ load = 1.5 }}"), &says);
    assert_refused(&format!("{order}arrivals = {{ load = 1 }}"), &["the load is 1;"]);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/ten_jobs.swf");
    let log = [
        "work.order.kind is square-root, which needs to know the load, but a job log",
        "use work.arrivals, or another order",
    ];
    assert_refused(&format!("{order}trace = '{file}'"), &log);
}

#[test]
fn a_swarm_agrees_or_works_or_both() {
    let load = "agents = 8\nticks = 1\ntopology = { kind = \"ring\" }\n[consensus]\nrule = \"tracking\"\n\
                signal = { kind = \"load\" }\nstart = { kind = \"point\", node = 0, value = 1 }\n";
    assert_says(
        &refusal(load),
        &["consensus.signal is the load of cells, but this swarm does no work; give [work] too"],
    );
    let neither = refusal("agents = 8\nticks = 1\ntopology = { kind = \"ring\" }\n");
    assert_says(&neither, &["consensus is missing, and so is work"]);
    let unknown = of(8, 1, "arrival = { load = 0.5 }");
    assert_says(&unknown, &["work.arrival is no known key; did you mean 'arrivals'?"]);
}

/// Liars of cells vote against the truth; numbers they have none to tell.
#[test]
fn liars_in_cells_are_against_the_truth() {
    let found = refusal(
        "agents = 8\nticks = 1\ntopology = { kind = \"ring\" }\n[work]\narrivals = { load = 0.5 }\n\
         [faults]\nliars = { who = { kind = \"share\", share = 0.25 }, tell = { kind = \"constant\", value = 1 } }\n",
    );
    assert_says(&found, &["faults.liars", "constant", "use against"]);
}
