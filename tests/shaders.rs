//! Every shader, without a GPU: it parses, validates and translates for every backend, with the constants that it is given,
//! and every file is used. The shaders come from the tables of topologies, timings and roundings.
#![cfg(feature = "gpu")]

use crate::cases::{cases, each};
use crate::support::counting;
use naga::ShaderStage;
use naga::back::{glsl, hlsl, msl, pipeline_constants::process_overrides, spv};
use naga::proc::BoundsCheckPolicies;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use tetraswarm::device::gpu::shaders;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// For every backend with the constants of the first case of a source; with those of the others for one of them in turn.
#[test]
fn every_shader_translates_for_every_backend() {
    let mut count = 0;
    let mut known = HashSet::new();
    each(|case, module, info| {
        let label = &case.label;
        // Which sources there are, by where they were parsed to.
        let is_new = known.insert(std::ptr::from_ref(module));
        count += 1;
        let is_due = |backend: usize| is_new || count % 4 == backend;
        let constants = case
            .shader
            .constants()
            .map(|(name, value)| (name.to_owned(), f64::from(value)))
            .collect();
        let entry = (ShaderStage::Compute, "main".to_owned());
        let (module, info) = process_overrides(module, info, Some((entry.0, &entry.1)), &constants)
            .unwrap_or_else(|e| panic!("{label}: {e}"));

        if is_due(0) {
            let (mut text, options) = (String::new(), hlsl::Options::default());
            let pipeline = hlsl::PipelineOptions {
                entry_point: Some(entry.clone()),
            };
            let mut writer = hlsl::Writer::new(&mut text, &options, &pipeline);
            writer
                .write(&module, &info, None)
                .unwrap_or_else(|e| panic!("{label}, HLSL: {e}"));
            assert!(text.contains("numthreads"), "{label}, HLSL");
        }
        if is_due(1) {
            let pipeline = msl::PipelineOptions {
                entry_point: Some(entry.clone()),
                ..Default::default()
            };
            // Metal 2.1, of 2018, is the first that can reverse bits.
            let options = msl::Options {
                lang_version: (2, 1),
                ..Default::default()
            };
            let (text, _) =
                msl::write_string(&module, &info, &options, &pipeline).unwrap_or_else(|e| panic!("{label}, MSL: {e}"));
            assert!(text.contains("kernel void"), "{label}, MSL");
        }
        if is_due(2) {
            let pipeline = spv::PipelineOptions {
                shader_stage: entry.0,
                entry_point: entry.1.clone(),
            };
            let words = spv::write_vec(&module, &info, &spv::Options::default(), Some(&pipeline))
                .unwrap_or_else(|e| panic!("{label}, SPIR-V: {e}"));
            assert_eq!(words[0], 0x0723_0203, "{label}, SPIR-V");
        }
        if is_due(3) {
            let (mut text, options) = (
                String::new(),
                glsl::Options {
                    version: glsl::Version::new_gles(310),
                    ..Default::default()
                },
            );
            let pipeline = glsl::PipelineOptions {
                shader_stage: entry.0,
                entry_point: entry.1,
                multiview: None,
            };
            glsl::Writer::new(
                &mut text,
                &module,
                &info,
                &options,
                &pipeline,
                BoundsCheckPolicies::default(),
            )
            .and_then(|mut writer| writer.write())
            .unwrap_or_else(|e| panic!("{label}, GLSL: {e}"));
            assert!(text.contains("local_size_x"), "{label}, GLSL");
        }
    });
    assert!(count > 100, "{count} shaders only");
}

#[test]
fn every_override_has_one_value_and_every_value_an_override() {
    each(|case, module, _| {
        let declared: BTreeSet<&str> = module
            .overrides
            .iter()
            .map(|(_, o)| o.name.as_deref().unwrap())
            .collect();
        let given: Vec<&str> = case.shader.constants().map(|(name, _)| name).collect();
        assert_eq!(
            given.iter().copied().collect::<BTreeSet<_>>(),
            declared,
            "{}",
            case.label
        );
        assert_eq!(given.len(), declared.len(), "{}: a value is given twice", case.label);
        for piece in &case.shader.modules {
            for (name, _) in &piece.constants {
                assert!(
                    piece.source.contains(&format!("override {name}: u32;")),
                    "{}: {name} of {}",
                    case.label,
                    piece.name
                );
            }
        }
    });
}

#[test]
fn every_file_is_used_and_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut on_disk = BTreeSet::new();
    let mut folders = vec![root.join("shaders")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root.join("shaders")).unwrap().with_extension("");
            let text = std::fs::read_to_string(&path).unwrap();
            let header: Vec<&str> = text.lines().take_while(|l| l.starts_with("//")).collect();
            assert!(
                header.concat().len() > 15,
                "{} does not say what it is for",
                path.display()
            );
            for word in header
                .iter()
                .flat_map(|l| l.split([' ', ',', ';', '(']))
                .map(|w| w.trim_end_matches('.'))
            {
                if word.starts_with("src/") && !word.contains('*') {
                    assert!(
                        root.join(word).exists(),
                        "{} names {word}, which is not there",
                        path.display()
                    );
                }
            }
            on_disk.insert(name.to_str().unwrap().replace('\\', "/"));
        }
    }
    let mut used: BTreeSet<String> = cases()
        .iter()
        .flat_map(|c| &c.shader.modules)
        .map(|m| m.name.to_owned())
        .collect();
    assert!(
        used.remove("topology/overlay"),
        "put together from the files of its parts"
    );
    // Written for each plan from what its gauges add up, from its columns, from its network's links, and from the policies that cells
    // choose from.
    for written in [
        "gauge/adding",
        "gauge/putting-together",
        "gauge/holding",
        "gauge/columns",
        "topology/tiles/circulant-written",
        "topology/tiles/lattice-written",
        "topology/tiles/small-world-written",
        "lib/sample-size",
        "lib/sample-written",
        "part/growth/emptied",
        "part/work/dispatch-own",
        "part/work/may-dispatch",
        "part/work/offer-flow-own",
        "part/work/offer-own",
        "part/learning/lead-seen",
        "part/work/order-own",
    ] {
        assert!(used.remove(written), "{written}");
    }
    for own in counting::MODULES {
        used.remove(own);
    }
    assert_eq!(used, on_disk);
}

/// What `docs/shaders.md` says that a shader may rely on is there, with faults and without.
#[test]
fn the_page_says_what_is_there() {
    let page = include_str!("../docs/shaders.md");
    let blocks = page
        .split("```wgsl\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap());
    let blocks: Vec<&str> = blocks.collect();
    assert_eq!(blocks.len(), 5, "time and place, network, traffic, numbers, gauges");
    let text = |faults: &str| {
        format!(
            "agents = 16\nticks = 1\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n\
             start = {{ kind = \"uniform\", low = 0, high = 9 }}\n{faults}"
        )
    };
    let faulty = "[faults]\ncrash = 0.1\nrecovery = 0.1\nloss = 0.1\n\
                  liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 1 } }\n";
    for text in [text(""), text(faulty)] {
        let scenario = Scenario::from_toml("page", &text).unwrap();
        let plan = Swarm::plan(&scenario, Path::new("")).unwrap();
        let all = shaders(&plan);
        let step = all
            .iter()
            .find(|shader| shader.name() == "part/average/step")
            .unwrap()
            .source();
        let gauge = all
            .iter()
            .find(|shader| shader.name() == "gauge/tally")
            .unwrap()
            .source();
        for (k, block) in blocks.iter().enumerate() {
            for line in block.lines() {
                assert!(gauge.contains(line), "a gauge has no {line}");
                assert!(k == 4 || step.contains(line), "a step has no {line}");
            }
        }
    }
}
