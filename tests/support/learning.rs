//! Samples of rules of learning, with networks and faults.

use super::{FAULTS, timing_text};
use std::path::Path;
use tetraswarm::Error;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;

/// Rules with rewards, which between them show all that they can do: the section without its header.
pub const SAMPLES: &[&str] = &[
    "rule = { kind = \"social\", explore = 0.1, adopt = 0.7, from = \"swarm\" }\nreward = { kind = \"bandit\", rates = [0.8, 0.3, 0.5] }",
    "rule = { kind = \"social\", explore = 0.2, adopt = 0.8, from = \"swarm\", idle = \"sit-out\" }\n\
     reward = { kind = \"bandit\", signal = \"own\", rates = [0.9, 0.1], \
     changes = [{ tick = 4, rates = [0.2, 1.0] }, { tick = 6, rates = [0, 0.5] }] }",
    "rule = { kind = \"social\", explore = 0.05, adopt = 1.0 }\n\
     reward = { kind = \"bandit\", signal = \"own\", rates = [0.6, 0.5, 0.4, 0.3, 0.2] }\n\
     start = { kind = \"shares\", shares = [0.1, 0.2, 0.3, 0.4, 0] }",
    "rule = { kind = \"social\", explore = 0.5, adopt = 0.3, allow = true, idle = \"sit-out\" }\n\
     reward = { kind = \"bandit\", rates = [1, 0] }\ndecide_every = 2",
    "rule = { kind = \"imitation\", strength = 0.3 }\nreward = { kind = \"game\", payoffs = [[3, 0], [5, -1]], self = true }\n\
     strategy = [{ name = \"cooperate\" }, { name = \"defect\" }]",
    "rule = { kind = \"imitation\", how = \"fermi\", strength = 0.0001, from = \"swarm\" }\n\
     reward = { kind = \"game\", payoffs = [[3000, 0, 1], [5000, -10000, 2], [0, 1, 2]] }\n\
     start = { kind = \"point\", node = 1, strategy = 3, others = 2 }",
    "rule = { kind = \"imitation\", how = \"best\" }\nreward = { kind = \"game\", payoffs = [[20, 0], [37, 0]], self = true }",
    "rule = { kind = \"imitation\", how = \"best\" }\nreward = { kind = \"bandit\", signal = \"own\", rates = [0.5, 0.7, 0.1] }",
    "rule = { kind = \"imitation\", strength = 2, from = \"swarm\" }\nreward = { kind = \"bandit\", rates = [0.5, 0.7, 0.1] }",
    "rule = { kind = \"hedge\", rate = 0.4 }\nreward = { kind = \"bandit\", rates = [0.5, 0.7, 0.1] }",
    "rule = { kind = \"hedge\", horizon = 20 }\nreward = { kind = \"bandit\", signal = \"own\", rates = [0.5, 0.7, 0.1, 0.2, 0.9] }",
    "rule = { kind = \"hedge\", rate = 0.3, from = \"neighbours\" }\n\
     reward = { kind = \"bandit\", signal = \"own\", rates = [0.5, 0.7, 0.1] }",
    "rule = { kind = \"hedge\", rate = 0.2, from = \"swarm\" }\nreward = { kind = \"bandit\", signal = \"own\", rates = [0.5, 0.9] }",
    "rule = { kind = \"thresholds\", low = 0.5, high = 6 }\nreward = { kind = \"stimulus\", tasks = 1 }\nstart = { kind = \"idle\" }",
    "rule = { kind = \"thresholds\", low = 1, high = 4, learn = 0.25, forget = 0.125, least = 0.5, most = 5 }\n\
     reward = { kind = \"stimulus\", tasks = 3, growth = 0.5, relief = 2 }",
    "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 88, peak = 60, noise = 4 }",
    "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 7, peak = 2 }",
    "rule = { kind = \"fixed\" }\nreward = { kind = \"game\", payoffs = [[1, 2], [3, 4]] }",
    "rule = { kind = \"random\" }\nreward = { kind = \"bandit\", rates = [0.5, 0.7, 0.1] }",
];

/// Networks: implicit and stored links, regular and not.
const NETWORKS: &[(u32, &str)] = &[
    (3000, "kind = \"ring\""),
    (1024, "kind = \"torus2d\""),
    (700, "kind = \"circulant\"\noffsets = [1, 24, 25, 26]"),
    (600, "kind = \"small-world\"\ndegree = 4"),
    (1000, "kind = \"random-regular\""),
    (60, "kind = \"complete\""),
    (0, "kind = \"graph\"\nfile = \"star.txt\""),
    (64, "kind = \"tetrahedral\""),
];

/// Every sample in turn with every network and fault. Liars are refused by what tells nothing, or cannot be lied about so.
pub fn every(folder: &Path, mut f: impl FnMut(&str, &Scenario)) {
    let mut ran = vec![0; SAMPLES.len()];
    for (at, sample) in SAMPLES.iter().enumerate() {
        for turn in 0..=FAULTS.len() {
            let (nodes, topology) = NETWORKS[(at + turn) % NETWORKS.len()];
            let faults = match turn {
                0 => String::new(),
                k => format!("[faults]\n{}\n", FAULTS[k - 1]),
            };
            let agents = if nodes == 0 {
                String::new()
            } else {
                format!("agents = {nodes}\n")
            };
            let timing = timing_text(Timing::KINDS[(at + turn) % Timing::KINDS.len()]);
            let text = format!(
                "name = \"test\"\n{agents}ticks = 9\nseed = {}\n[topology]\n{topology}\n[timing]\n{timing}\n[learning]\n{sample}\n\
                 [measure]\nevery = 4\n{faults}",
                turn + 3
            );
            let scenario = Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            match Swarm::plan(&scenario, folder) {
                Ok(_) => {
                    ran[at] += 1;
                    f(&text.replace('\n', "; "), &scenario);
                }
                Err(Error::Invalid { key, .. }) if key.starts_with("faults.liars") => {}
                Err(error) => panic!("{error}\n{text}"),
            }
        }
    }
    assert!(ran.iter().all(|&ran| ran >= 7), "{ran:?}");
}
