//! Which device a run takes, which threads, and what is left alone.

use super::command::{Answer, Bench, SMALL, says};
use std::process::Command;

/// With nothing in the environment but what a newcomer has, and these variables.
fn bare(bench: &Bench, variables: &[(&str, &str)], arguments: &[&str]) -> Answer {
    let mut command: Command = bench.command(arguments);
    command.env_clear();
    for name in ["PATH", "HOME", "SystemRoot"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    Answer::of(command.envs(variables.iter().copied()).output().unwrap())
}

/// The places of the GPUs that are listed.
fn places(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let devices = json["devices"].as_array().unwrap().iter();
    devices
        .map(|device| device["place"].as_str().unwrap().to_owned())
        .collect()
}

/// The folder that drivers are given where the user has none.
#[cfg(unix)]
#[test]
fn a_private_folder_is_made_only_for_gpus() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let folder = bench.join("temporary");
    std::fs::create_dir(&folder).unwrap();
    let made = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()).next();
    let variables = [("TMPDIR", folder.to_str().unwrap())];
    let on_cpu = [&["run"], &SMALL[..], &["--no-out", "--quiet", "--device", "cpu"]].concat();
    let explained = [&["run"], &SMALL[..], &["--explain"]].concat();
    let verified = [&["verify"], &SMALL[..], &["--devices", "cpu:1,cpu:2"]].concat();
    for arguments in [&["--help"][..], &["schema"], &on_cpu, &explained, &verified] {
        let answer = bare(&bench, &variables, arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
        assert!(made().is_none(), "{arguments:?}");
    }
    assert_eq!(bare(&bench, &variables, &["devices"]).code, 0);
    let made = made().unwrap();
    assert!(made.file_name().to_str().unwrap().starts_with("tetraswarm-"));
    assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn drivers_say_nothing_in_a_bare_environment() {
    let bench = Bench::new();
    let run = [&["run"], &SMALL[..], &["--no-out", "--quiet"]].concat();
    for arguments in [&["devices"][..], &["devices", "--backend", "gl"], &run] {
        let answer = bare(&bench, &[], arguments);
        assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!answer.stdout.contains("XDG_RUNTIME_DIR"), "{}", answer.stdout);
    }
}

#[test]
fn devices_have_places_that_run_takes() {
    let bench = Bench::new();
    let all = bare(&bench, &[], &["devices", "--json"]);
    let json = all.json();
    assert_eq!(places(&all)[0], "cpu");
    for device in json["devices"].as_array().unwrap() {
        let (place, index) = (device["place"].as_str().unwrap(), device["index"].as_u64().unwrap());
        let name = device["name"].as_str().unwrap();
        let run = |device: &str| {
            bare(
                &bench,
                &[],
                &[&["run", "--device", device], &SMALL[..], &["--no-out", "--json"]].concat(),
            )
        };
        assert_eq!(run(place).json()["device"]["backend"], device["backend"], "{place}");
        if index > 0 {
            let first = name.split_whitespace().next().unwrap();
            assert_eq!(
                run(&format!("{index}={first}")).json()["device"]["name"],
                device["name"]
            );
            let answer = run(&format!("{place}=another"));
            says(
                answer.error(2),
                &["what stands there now is", name, "which has not that name"],
            );
        }
    }
    assert_eq!(
        bench
            .tetraswarm(&[&["run", "--device", "cpu:3"], &SMALL[..], &["--json", "--no-out"]].concat())
            .json()["device"]["name"],
        "CPU, 3 threads"
    );
}

#[test]
fn variables_choose_and_flags_win() {
    let bench = Bench::new();
    let run = |variables: &[(&str, &str)], arguments: &[&str]| {
        bare(
            &bench,
            variables,
            &[&["run"], &SMALL[..], &["--no-out", "--json"], arguments].concat(),
        )
    };
    // Nothing that a flag says otherwise counts.
    let answer = run(
        &[("WGPU_BACKEND", "gl"), ("WGPU_ADAPTER_NAME", "none such")],
        &["--device", "cpu"],
    );
    assert_eq!(answer.json()["device"]["backend"], "cpu");
    says(
        run(&[("WGPU_BACKEND", "cuda")], &[]).error(2),
        &["the variable WGPU_BACKEND is \"cuda\"", "vulkan, metal, dx12, gl"],
    );
    says(
        run(&[("WGPU_ADAPTER_NAME", "none such")], &[]).error(2),
        &["no device 'none such': the variable WGPU_ADAPTER_NAME names it"],
    );
    let listed = bare(
        &bench,
        &[("WGPU_BACKEND", "vk,gl"), ("WGPU_ADAPTER_NAME", "none such")],
        &["devices"],
    );
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    says(
        &listed.stdout,
        &[
            "WGPU_BACKEND=vk,gl",
            "WGPU_ADAPTER_NAME=none such",
            "names no GPU that is there, so that run fails",
        ],
    );
    for backend in ["vulkan", "gl"] {
        let all = bare(&bench, &[("WGPU_BACKEND", backend)], &["devices", "--json"]);
        if places(&all).len() > 1 {
            assert!(places(&all)[1].starts_with(backend), "{}", all.stdout);
            let answer = run(&[("WGPU_BACKEND", backend)], &[]);
            assert_eq!(answer.json()["device"]["backend"], backend);
        }
    }
}

#[test]
fn the_variable_of_threads_is_bounded_like_the_flag() {
    let bench = Bench::new();
    let run = |threads: &str| {
        bare(
            &bench,
            &[("RAYON_NUM_THREADS", threads)],
            &[&["run", "--device", "cpu"], &SMALL[..], &["--no-out", "--json"]].concat(),
        )
    };
    assert_eq!(run("3").json()["device"]["name"], "CPU, 3 threads");
    for wrong in ["1025", "100000", "many", "-1"] {
        says(run(wrong).error(2), &["RAYON_NUM_THREADS is", wrong, "from 1 to 1024"]);
    }
    assert_eq!(run("0").code, 0);
}

/// The greatest number of threads that a process has had at once would be hard to see from outside; but a process that may start none
/// shows it.
#[cfg(target_os = "linux")]
#[test]
fn one_thread_starts_no_other_and_what_cannot_be_started_is_done_without() {
    use std::os::unix::process::CommandExt;
    let bench = Bench::new();
    bench.write("net.txt", "0 1\n1 2\n2 3\n3 0\n");
    let limited = |arguments: &[&str]| {
        let mut command = bench.command(arguments);
        // SAFETY: the limit is set by a system call alone, which is allowed between fork and exec.
        unsafe {
            command.pre_exec(|| {
                let none = libc::rlimit {
                    rlim_cur: 0,
                    rlim_max: 0,
                };
                // Root is bound by no limit of processes; a user who is nobody is.
                if libc::geteuid() == 0 && libc::setuid(54_321) != 0 {
                    return Err(std::io::Error::last_os_error());
                }
                match libc::setrlimit(libc::RLIMIT_NPROC, &raw const none) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        command.output().ok().map(Answer::of)
    };
    let file = bench.join("net.txt");
    let set = format!("topology.file={}", file.display());
    let run = [
        "run", "gnutella", "--ticks", "5", "--device", "cpu", "--no-out", "--json", "--set", &set,
    ];
    // Where the program itself may not be read by nobody, there is nothing to see.
    let Some(alone) = limited(&[&run[..], &["--threads", "1"]].concat()) else {
        return;
    };
    assert_eq!(alone.json()["device"]["name"], "CPU, 1 thread");
    assert!(!alone.stderr.contains("threads cannot be started"), "{}", alone.stderr);
    if let Some(answer) = limited(&[&run[..], &["--threads", "4"]].concat()) {
        says(
            &answer.stderr,
            &["note: 4 threads cannot be started", "one does all the work"],
        );
        assert_eq!(answer.json()["fingerprint"], alone.json()["fingerprint"]);
    }
    if let Some(answer) = limited(&["topology", "ring", "--nodes", "50", "--threads", "1"]) {
        assert_eq!(answer.code, 0, "{}", answer.stderr);
    }
}

#[test]
fn a_swarm_that_fits_nowhere_is_refused_before_it_is_built() {
    let bench = Bench::new();
    bench.write(
        "vast.toml",
        "agents = 4294967293\nticks = 1\n[topology]\nkind = \"small-world\"\nrewire = 0.9999999998835847\n[consensus]\nrule = \"maximum\"\n\
         start = { kind = \"ramp\", low = 63, high = 257 }\n[measure]\nevery = 5\ncomponent = true\n",
    );
    let started = std::time::Instant::now();
    for command in [
        &["run", "--device", "cpu"][..],
        &["verify", "--devices", "cpu:2,1"],
        &["verify", "--devices", "cpu:2,cpu:1"],
    ] {
        let answer = bench.tetraswarm(&[command, &["vast.toml"]].concat());
        assert_eq!(answer.code, 2, "{}", answer.stderr);
    }
    assert!(started.elapsed().as_secs() < 20);
}

/// Compiled pipelines are kept where the driver takes them back, and whatever becomes of the file, runs are the same.
#[test]
fn pipelines_are_kept_and_what_is_wrong_with_them_does_no_harm() {
    let bench = Bench::new();
    if !places(&bare(&bench, &[], &["devices", "--json"]))
        .iter()
        .any(|place| place == "vulkan:0")
    {
        let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
        assert!(!required.contains("vulkan"), "there is no Vulkan device");
        return;
    }
    bench.write("file", "");
    let run = |cache: &str| {
        let cache = bench.join(cache);
        let arguments = [&["run"][..], &SMALL, &["--device", "vulkan:0", "--no-out", "--json"]].concat();
        let json = bare(&bench, &[("XDG_CACHE_HOME", cache.to_str().unwrap())], &arguments).json();
        json["fingerprint"].clone()
    };
    let expected = run("cache");
    // Not every driver keeps any.
    for name in bench.names("cache/tetraswarm") {
        let file = format!("cache/tetraswarm/{name}");
        let whole = std::fs::read(bench.join(&file)).unwrap();
        for damaged in [
            &whole[..whole.len() / 2],
            &[whole.clone(), vec![1]].concat(),
            b"",
            b"nonsense",
        ] {
            bench.write(&file, damaged);
            assert_eq!(run("cache"), expected);
            let again = std::fs::read(bench.join(&file)).unwrap();
            assert_ne!(again, damaged, "it is written anew");
        }
    }
    assert_eq!(run("cache"), expected);
    assert_eq!(run("file"), expected, "a folder that cannot be made");
}

/// How long each step takes, by a clock of the device's own.
#[test]
fn steps_are_timed_where_the_device_can() {
    let bench = Bench::new();
    let all = places(&bare(&bench, &[], &["devices", "--json"]));
    let gpus = ["vulkan:0", "gl:0"]
        .into_iter()
        .filter(|gpu| all.iter().any(|place| place == gpu));
    for device in std::iter::once("cpu:1").chain(gpus) {
        let arguments = [
            "bench", "--device", device, "--agents", "4096", "--rule", "tracking", "--json",
        ];
        let json = bare(&bench, &[], &arguments).json();
        let figures = json["rows"][0]["figures"].as_array().unwrap();
        for (k, figures) in figures.iter().enumerate() {
            // The last is the CPU, which always has one.
            let Some(steps) = figures["steps"].as_array() else {
                assert!(k + 1 < json["devices"].as_array().unwrap().len(), "{json}");
                continue;
            };
            let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
            assert_eq!(names, ["signal", "track", "average"], "{device}");
            let seconds: f64 = steps.iter().map(|step| step["seconds"].as_f64().unwrap()).sum();
            assert!(seconds > 0.0 && seconds < 1.0, "{device}: {json}");
        }
    }
}

#[test]
fn several_devices_run_one_swarm_with_the_same_bits() {
    let bench = Bench::new();
    let cells = [
        "blackout",
        "--agents",
        "4096",
        "--ticks",
        "120",
        "--set",
        "measure.every=7",
        "--json",
    ];
    let run = |arguments: &[&str]| bench.tetraswarm(&[&["run"], &cells[..], arguments].concat());
    let one = run(&["--device", "cpu:1", "--no-out"]).json();
    let split = ["--device", "cpu:1,cpu:2,cpu:1", "--split", "3:1:2"];
    let three = run(&[&split[..], &["--checkpoint", "50", "--out", "three"]].concat()).json();
    assert_eq!(
        (&three["fingerprint"], &three["measurement"]),
        (&one["fingerprint"], &one["measurement"])
    );
    assert_eq!(three["device"]["backend"], "several");
    // And goes on on others.
    let resumed = |half: &str, arguments: &[&str]| {
        let from = ["resume", half, "--quiet", "--json"];
        bench.tetraswarm(&[&from[..], arguments].concat()).json()
    };
    for arguments in [
        &["--device", "cpu:1,cpu:1", "--split", "auto"][..],
        &["--device", "cpu:2"],
    ] {
        let json = resumed("three/checkpoints/tick-0000000100", arguments);
        assert_eq!(json["fingerprint"], one["fingerprint"]);
        assert_eq!(json["events"], one["events"]);
    }
    // And the other way round.
    run(&["--device", "cpu:1", "--checkpoint", "50", "--out", "one"]).json();
    let json = resumed("one/checkpoints/tick-0000000100", &["--device", "cpu,cpu"]);
    assert_eq!(json["fingerprint"], one["fingerprint"]);
    for (arguments, parts) in [
        (
            &["--device", "cpu:1,cpu:1", "--split", "1:2:3"][..],
            &["--split has 3 shares for 2 devices"][..],
        ),
        (&["--device", "cpu:1,nothing"], &["no device 'nothing'"]),
        (&["--device", "cpu,"], &["--device names nothing in place 2"]),
        (&["--device", "cpu,cpu", "--split", "1:0"], &["--split", "above 0"]),
        (
            &["--device", "cpu", "--split", "1:2"],
            &["--split has 2 shares, but --device names no list"],
        ),
        (
            &["--device", "cpu,cpu", "--split", "1:100000"],
            &["--split is 1:100000", "leaves none of the 4,096 nodes"],
        ),
        (&["--device", "cpu", "--halo", "2"], &["--halo is for several"]),
        (
            &["--device", "cpu,cpu", "--halo", "2"],
            &["--halo is for words", "ranges have one"],
        ),
        (
            &["--device", "cpu", "--split", "auto"],
            &["--split is auto, but CPU", "name a GPU", "--device gpu"],
        ),
        (
            &["--device", "cpu", "--split", "3"],
            &["--split has 1 share, but --device names no list"],
        ),
        (
            &["--device", "cpu,cpu", "--split", "100000000:1"],
            &["--split is 100000000:1", "leaves none of the 4,096 nodes to number 2"],
        ),
    ] {
        says(run(arguments).error(2), parts);
    }
    let few = [
        "run",
        "agreement",
        "--agents",
        "3",
        "--set",
        "topology.kind=ring",
        "--device",
        "cpu,cpu,cpu,cpu",
    ];
    says(
        bench.tetraswarm(&few).error(2),
        &["--device is 4 devices for 3 nodes", "at most 3"],
    );
}

/// What no buffer of a GPU holds is refused before its links are looked at, each of which is worked out: here they are 160 million.
#[test]
fn what_does_not_fit_a_gpu_is_refused_at_once() {
    let bench = Bench::new();
    let run = |words: &[&str]| bench.tetraswarm(&[&["run"], words].concat());
    let devices: serde_json::Value = bench.tetraswarm(&["devices", "--json"]).json();
    let is_small = |device: &&serde_json::Value| device["most_agents"].as_u64().is_some_and(|most| most < 40_000_000);
    let all = devices["devices"].as_array().unwrap();
    let Some(gpu) = all.iter().find(is_small) else { return };
    let place = gpu["place"].as_str().unwrap();
    let many = [
        "agreement",
        "--agents",
        "40000000",
        "--set",
        "topology.kind=small-world",
        "--device",
        place,
    ];
    let start = std::time::Instant::now();
    let answer = run(&[&many[..], &["--no-out"]].concat());
    says(
        answer.error(2),
        &[
            "the column 'consensus.belief' needs",
            "agents of this scenario would fit: give --agents ",
        ],
    );
    assert!(!answer.stderr.contains("--split auto"), "{}", answer.stderr);
    let answer = run(&[&many[..], &["--explain"]].concat());
    says(
        &answer.stdout,
        &["It does not fit: ", "--device cpu, which has no such limit."],
    );
    // It took minutes where all links were looked at.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    let torus = [
        "agreement",
        "--agents",
        "40000000",
        "--set",
        "topology.kind=torus2d",
        "--set",
        "topology.width=5000",
        "--device",
        place,
    ];
    says(
        run(&[&torus[..], &["--no-out"]].concat()).error(2),
        &["or use --split auto"],
    );
    let few = ["agreement", "--agents", "4096", "--device", place, "--explain"];
    says(&run(&few).stdout, &["Every column fits a buffer of "]);
}

#[test]
fn what_a_gpu_holds_besides_is_told() {
    let bench = Bench::new();
    let run = |words: &[&str]| bench.tetraswarm(&[&["run"], words].concat());
    if !bench.tetraswarm(&["devices"]).stdout.contains("vulkan") {
        return;
    }
    let answer = run(&[
        "agreement",
        "--agents",
        "4096",
        "--ticks",
        "5",
        "--no-out",
        "--device",
        "vulkan:0",
    ]);
    says(
        &answer.stdout,
        &["of columns and links, ", "for measurements and the engine"],
    );
    let answer = run(&["agreement", "--agents", "4096", "--explain"]);
    says(&answer.stdout, &["That is what the swarm takes. A GPU holds buffers"]);
}

#[test]
fn what_several_devices_move_is_explained() {
    let bench = Bench::new();
    let explain = |arguments: &[&str]| {
        let torus = [
            "run",
            "agreement",
            "--agents",
            "4096",
            "--set",
            "topology.kind=torus2d",
            "--explain",
        ];
        bench.tetraswarm(&[&torus[..], arguments].concat()).stdout
    };
    let text = explain(&["--device", "cpu,gpu", "--split", "3:1"]);
    for part in [
        "Several devices",
        "0 to 3,071",
        "3,072 to 4,095",
        "bytes brought in a tick",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    // Two rows of 64 nodes to each.
    let row = text.lines().find(|line| line.starts_with("all steps")).unwrap();
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words[2..], ["512", "512", "1,024"], "{row}");
    assert!(!explain(&["--device", "cpu"]).contains("Several devices"));
    // The processor is one memory, however often it is named; ranks have one each.
    let text = explain(&["--device", "cpu,cpu"]);
    assert!(
        text.contains("nothing is brought") && text.contains("with the first"),
        "{text}"
    );
    let text = explain(&["--ranks", "2"]);
    assert!(text.contains("Several ranks"), "{text}");
    let row = text.lines().find(|line| line.starts_with("all steps")).unwrap();
    assert!(row.ends_with("1,024"), "{row}");
    // Five rows on either side at once.
    let text = explain(&["--ranks", "2", "--halo", "5"]);
    let line = "Every 5 ticks 5,120 bytes are brought in all, at most 2,560 to one";
    assert!(text.contains(line), "{text}");
}

#[test]
fn several_devices_are_verified() {
    let bench = Bench::new();
    let cells = ["verify", "blackout", "--agents", "4096", "--ticks", "30"];
    let text = bench
        .tetraswarm(&[&cells[..], &["--devices", "cpu:1,cpu:1+cpu:1"]].concat())
        .stdout;
    assert!(text.contains("all agree, bit for bit"), "{text}");
    let perturbed = [&cells[..], &["--devices", "cpu:1,cpu:1+cpu:1", "--perturb"]].concat();
    assert_eq!(bench.tetraswarm(&perturbed).code, 1);
}

#[test]
fn ranges_are_measured() {
    let bench = Bench::new();
    let json = bench
        .tetraswarm(&["bench", "--ranges", "2", "--agents", "512", "--json"])
        .json();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["ranges"], &rows[0]["agents"]),
        (2, &2.into(), &1024.into())
    );
    // They are of the same columns.
    assert_eq!(rows[0]["bytes_brought"], 0);
    assert!(rows[1]["tick"]["median"].as_f64().unwrap() > 0.0);
}
