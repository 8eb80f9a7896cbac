//! Cells that work: between them the samples have every order, retry, agreement, need, process, place, policy and fault.

use std::path::Path;
use tetraswarm::scenario::Scenario;

/// A scenario of cells that work.
pub struct Sample {
    pub name: &'static str,
    /// How many cells, 0 where a file brings them.
    pub cells: u32,
    /// The value of `topology`.
    pub topology: &'static str,
    /// When cells act.
    pub timing: &'static str,
    /// What stands below `[work]`.
    pub work: &'static str,
    /// What stands below `[faults]`; nothing if nothing goes wrong.
    pub faults: &'static str,
    /// When the run stops, if it does before [`TICKS`].
    pub stop: Option<u32>,
}

/// For how many ticks the samples run.
pub const TICKS: u32 = 150;

const ALWAYS: &str = "{ kind = \"synchronous\" }";
const GOLDEN: &str = "{ kind = \"golden\", rate = 0.5 }";

pub const SAMPLES: &[Sample] = &[
    Sample {
        name: "orchestra",
        cells: 1024,
        topology: "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]",
        timing: GOLDEN,
        work: "tiers = [0.2, 0.3, 0.5]\nneed = { kind = \"geometric\", mean = 10 }\norder = { kind = \"fibonacci\" }\nerror = 0.01\n\
               arrivals = { load = 0.8, place = { kind = \"hot-spots\", share = 0.05, multiple = 10 } }\n\
               balance = { policy = { kind = \"flow\" }, timing = { kind = \"golden\", rate = 0.25 } }",
        faults: "liars = { who = { kind = \"share\", share = 0.05 }, tell = { kind = \"against\" } }\n\
                 events = [{ kind = \"kill\", tick = 50, who = { kind = \"share\", share = 0.4, draw = 1 } }]",
        stop: None,
    },
    Sample {
        name: "one source, all refused at first",
        cells: 256,
        topology: "{ kind = \"tree\" }",
        timing: ALWAYS,
        work: "queue = 4\norder = { kind = \"fifo\" }\nretry = \"none\"\nagreement = \"trust\"\n\
               need = { kind = \"uniform\", low = 1, high = 6 }\n\
               arrivals = { load = 0.9, place = { kind = \"one\", cell = 0 } }\n\
               balance = { policy = { kind = \"flow\", rounding = \"golden\" } }",
        faults: "",
        stop: None,
    },
    Sample {
        name: "overload in bursts",
        cells: 600,
        topology: "{ kind = \"torus2d\", width = 30 }",
        timing: ALWAYS,
        work: "queue = 2\ntiers = [0.5, 0.5]\norder = { kind = \"strict\" }\nretry = \"binary\"\nagreement = \"oral\"\nverify = 0.7\nerror = 0.2\n\
               max_tries = 1\nneed = { kind = \"constant\", ticks = 3 }\n\
               arrivals = { load = 1.5, process = { kind = \"bursts\", size = 7 } }\nbalance = { policy = { kind = \"threshold\", bound = 1 } }",
        faults: "",
        stop: None,
    },
    Sample {
        name: "heavy tails on a hub, which crashes and comes back",
        cells: 0,
        topology: "{ kind = \"graph\", file = \"star.txt\" }",
        timing: "{ kind = \"bernoulli\", rate = 0.4 }",
        work: "queue = 64\ntiers = [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]\norder = { kind = \"golden\" }\n\
               retry = \"quadratic\"\nagreement = \"oral\"\nlease = 5\nepoch = 3\nerror = 0.1\nmax_tries = 0\n\
               need = { kind = \"table\", ticks = [1, 10, 100], weights = [80, 15, 5] }\n\
               arrivals = { rate = 0.3, process = { kind = \"poisson\" }, place = { kind = \"hot-spots\", share = 0.1, multiple = 30 } }\n\
               balance = { policy = { kind = \"two-choices\" }, timing = { kind = \"bernoulli\", rate = 0.5 } }",
        faults: "loss = 0.1\ncrash = 0.05\nrecovery = 0.1\n\
                 liars = { who = { kind = \"share\", share = 0.3 }, tell = { kind = \"against\" } }",
        stop: None,
    },
    Sample {
        name: "reset",
        cells: 997,
        topology: "[{ kind = \"ring\" }, { kind = \"ring\" }, { kind = \"circulant\", offsets = [2, 9] }]",
        timing: "{ kind = \"rotation\", rate = 0.6 }",
        work: "queue = 8\ntiers = [0.3, 0.3, 0.4]\norder = { kind = \"binary\" }\nlease = 3\nepoch = 1\nverify = 0.5\nerror = 0.05\n\
               need = { kind = \"geometric\", mean = 4 }\n\
               arrivals = { load = 0.7 }\nbalance = { policy = { kind = \"flow\", rounding = \"trunc\" } }",
        faults: "crash = 0.1\nrecovery = 0.15\nstate = \"reset\"\nliars = { who = { kind = \"role\", role = \"referee\" }, tell = { kind = \"against\" } }",
        stop: None,
    },
    Sample {
        name: "partitions, kills and revivals",
        cells: 2000,
        topology: "[{ kind = \"path\" }, { kind = \"graph\", file = \"long.txt\" }, { kind = \"chord\" }]",
        timing: "{ kind = \"equispaced\", rate = 0.7 }",
        work: "tiers = [0.1, 0.2, 0.3, 0.4]\norder = { kind = \"linear\", step = 3 }\nlease = 2\nneed = { kind = \"uniform\", low = 3, high = 9 }\n\
               arrivals = { load = 0.6, process = { kind = \"poisson\" } }\n\
               balance = { policy = { kind = \"flow\", rounding = \"random\" }, timing = { kind = \"rotation\", rate = 0.5 } }",
        faults: "loss = 0.05\nevents = [{ kind = \"kill\", tick = 20, who = { kind = \"range\", first = 100, last = 900 } }, \
                 { kind = \"partition\", tick = 30, along = { kind = \"ranges\", starts = [500, 1200] } }, { kind = \"heal\", tick = 90 }, \
                 { kind = \"revive\", tick = 70, who = { kind = \"range\", first = 100, last = 500 } }]",
        stop: None,
    },
    Sample {
        name: "a cut dimension, none moves but from the dead",
        cells: 512,
        topology: "{ kind = \"hypercube\" }",
        timing: ALWAYS,
        work: "tiers = [0.5, 0.25, 0.25]\norder = { kind = \"square-root\" }\nlease = 1\nneed = { kind = \"constant\", ticks = 2 }\n\
               arrivals = { load = 0.7 }\nbalance = { policy = { kind = \"none\" } }",
        faults: "crash = 0.02\nrecovery = 0.01\nevents = [{ kind = \"partition\", tick = 10, along = { kind = \"dimension\", dimension = 3 } }]",
        stop: None,
    },
    Sample {
        name: "equal shares until the end",
        cells: 300,
        topology: "{ kind = \"complete\" }",
        timing: "{ kind = \"random-phase\", rate = 0.5 }",
        work: "queue = 256\ntiers = [0.2, 0.8]\norder = { kind = \"equal\" }\nretry = \"fibonacci\"\nagreement = \"quorum\"\nerror = 0.3\nmax_tries = 15\n\
               arrivals = { rate = 0.3, until = 30, process = { kind = \"bursts\", size = 50 } }\n\
               balance = { policy = { kind = \"threshold\", bound = 5 } }",
        faults: "",
        stop: Some(1),
    },
    Sample {
        name: "given shares, many at one cell",
        cells: 1200,
        topology: "{ kind = \"random-regular\" }",
        timing: "{ kind = \"bit-reversal\", rate = 0.5 }",
        work: "queue = 32\ntiers = [0.3, 0.3, 0.4]\norder = { kind = \"weighted\", weights = [0.5, 0.3, 0.2] }\nretry = \"quadratic\"\n\
               agreement = \"trust\"\nverify = 0.2\nerror = 0.5\narrivals = { rate = 4.0, place = { kind = \"one\", cell = 77 } }\n\
               balance = { policy = { kind = \"two-choices\" } }",
        faults: "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }",
        stop: None,
    },
    Sample {
        name: "arrivals that change",
        cells: 300,
        topology: "{ kind = \"ring\" }",
        timing: GOLDEN,
        work: "queue = 8\ntiers = [0.5, 0.5]\nneed = { kind = \"uniform\", low = 1, high = 5 }\nbalance = { policy = { kind = \"two-choices\" } }\n\
               [work.arrivals]\nload = 0.6\nprocess = { kind = \"poisson\" }\nplace = { kind = \"hot-spots\", share = 0.1, multiple = 3 }\n\
               events = [{ tick = 20, until = 60, times = 2.5, who = { kind = \"share\", share = 0.3 } }, \
               { tick = 41, until = 90, times = 0.25, who = { kind = \"range\", first = 50, last = 200 } }, \
               { tick = 0, until = 45, times = 0.5, who = { kind = \"nodes\", nodes = [7, 60, 299] } }, \
               { tick = 100, until = 110, times = 0 }, { tick = 130, times = 4 }]",
        faults: "crash = 0.01\nrecovery = 0.1",
        stop: None,
    },
    Sample {
        name: "bursts that grow, until an event ends them",
        cells: 128,
        topology: "{ kind = \"hypercube\" }",
        timing: ALWAYS,
        work: "arrivals = { rate = 0.05, process = { kind = \"bursts\", size = 5 }, events = [{ tick = 10, until = 12, times = 150 }, \
               { tick = 11, until = 30, times = 0.5, who = { kind = \"best-connected\", share = 0.5 } }, { tick = 70, times = 0 }] }",
        faults: "",
        stop: Some(0),
    },
    Sample {
        name: "ten jobs",
        cells: 16,
        topology: "{ kind = \"tetrahedral\" }",
        timing: ALWAYS,
        work: "queue = 4\nneed = { kind = \"constant\", ticks = 1 }\ntrace = \"ten_jobs.swf\"\nlog = { tick_seconds = 1, lenient = true, cells = \"round-robin\" }",
        faults: "",
        stop: Some(0),
    },
    Sample {
        name: "a log of a thousand jobs, by user",
        cells: 64,
        topology: "[{ kind = \"ring\" }, { kind = \"hypercube\" }]",
        timing: GOLDEN,
        work: "queue = 8\ntiers = [0.5, 0.5]\norder = { kind = \"fibonacci\" }\nerror = 0.1\nmax_tries = 2\ntrace = \"thousand.swf\"\n\
               log = { tick_seconds = 10, cells = \"user\" }",
        faults: "crash = 0.02\nrecovery = 0.2\nstate = \"reset\"",
        stop: None,
    },
];

/// The files that the samples name, put beside those of [`super::files`].
pub fn put_files(folder: &Path) {
    let jobs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/ten_jobs.swf");
    std::fs::copy(jobs, folder.join("ten_jobs.swf")).unwrap();
    let line = |k: u32| {
        let (submit, run, tasks) = (k * 7 / 6, 1 + k * 37 % 90, 1 + k * k % 5);
        format!(
            "{k} {submit} -1 {run} {tasks} -1 -1 {tasks} -1 -1 1 {} 1 -1 {} -1 -1 -1\n",
            k % 23,
            k % 3
        )
    };
    let log: String = (1..=1000).map(line).collect();
    std::fs::write(folder.join("thousand.swf"), log).unwrap();
    let long: String = (0..1500)
        .map(|k| format!("{} {}\n", 3 * k % 1999, (17 * k + 1) % 2000))
        .collect();
    let ends: String = (0..1999).map(|k| format!("{k} {}\n", k + 1)).collect();
    std::fs::write(folder.join("long.txt"), long + &ends).unwrap();
}

impl Sample {
    /// The scenario, measured after every so many ticks.
    pub fn scenario(&self, every: u32) -> Scenario {
        let agents = match self.cells {
            0 => String::new(),
            cells => format!("agents = {}\n", 4 * cells),
        };
        let faults = match self.faults {
            "" => String::new(),
            faults => format!("[faults]\n{faults}\n"),
        };
        let stop = self
            .stop
            .map_or(String::new(), |spread| format!("[stop]\nspread = {spread}\n"));
        let text = format!(
            "name = \"test\"\n{agents}ticks = {TICKS}\nseed = 11\ntopology = {}\ntiming = {}\n[work]\n{}\n{faults}{stop}\
             [measure]\nevery = {every}\n",
            self.topology, self.timing, self.work
        );
        Scenario::from_toml(self.name, &text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", self.name))
    }
}
