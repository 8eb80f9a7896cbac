//! Every shader, without a GPU: it parses, validates, translates for every backend, and agrees with the host on layouts,
//! bindings, workgroups and constants. The shaders come from the tables of topologies, timings and roundings.
#![cfg(feature = "gpu")]

mod support;

use naga::back::{glsl, hlsl, msl, pipeline_constants::process_overrides, spv};
use naga::proc::BoundsCheckPolicies;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Expression, Handle, Literal, ShaderStage, StorageAccess, Type, TypeInner};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem::offset_of;
use std::path::Path;
use support::{combinations, files};
use tetraswarm::device::gpu::{layout, shaders};
use tetraswarm::geometry::GOLDEN;
use tetraswarm::measure::Tally;
use tetraswarm::number::Stream;
use tetraswarm::plan::{Access, Plan};
use tetraswarm::shader::Shader;
use tetraswarm::swarm::Swarm;

/// A shader of a plan.
struct Case {
    label: String,
    shader: Shader,
    /// The columns that its group 2 must have, `true` where they are written.
    columns: Vec<bool>,
    /// The words of the topology's uniform block, and how many storage buffers it has.
    topology: (usize, usize),
    group: u32,
}

fn cases_of(label: &str, plan: &Plan) -> Vec<Case> {
    let topology = plan.topology.shader();
    let topology = (topology.uniform.len(), topology.storage.len());
    let all = shaders(plan);
    assert!(all.len() > plan.steps.len(), "{label}: no measurement");
    all.into_iter()
        .enumerate()
        .map(|(k, shader)| {
            let label = format!("{} for {label}", shader.name());
            let (columns, group) = match plan.steps.get(k) {
                Some(step) => {
                    assert_eq!(shader.name(), format!("step/{}", step.name()), "{label}");
                    (
                        step.bindings().iter().map(|b| b.access != Access::Read).collect(),
                        layout::STEP_GROUP,
                    )
                }
                None => (vec![false, true], layout::MEASURE_GROUP),
            };
            Case {
                label,
                shader,
                columns,
                topology,
                group,
            }
        })
        .collect()
}

/// Every different shader of every sample of every topology, timing and rounding.
fn cases() -> Vec<Case> {
    let folder = files();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    combinations(1, |label, scenario| {
        let plan = Swarm::plan(scenario, folder.path()).unwrap();
        for case in cases_of(label, &plan) {
            if seen.insert((case.shader.source(), case.shader.constants().collect::<Vec<_>>())) {
                all.push(case);
            }
        }
    });
    let copy = layout::copy_shader(1000);
    all.push(Case {
        label: "copy".into(),
        shader: copy,
        columns: vec![false, true],
        topology: (0, 0),
        group: layout::STEP_GROUP,
    });
    assert!(all.len() > 100);
    all
}

fn parse(label: &str, source: &str) -> (naga::Module, ModuleInfo) {
    let module =
        naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{label}: {}", e.emit_to_string(source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::default())
        .validate(&module)
        .unwrap_or_else(|e| panic!("{label}: {}", e.emit_to_string(source)));
    (module, info)
}

/// Parses each different source once and hands it to `f` with every case that has it.
fn each(mut f: impl FnMut(&Case, &naga::Module, &ModuleInfo)) {
    let mut parsed: HashMap<String, (naga::Module, ModuleInfo)> = HashMap::new();
    for case in cases() {
        let source = case.shader.source();
        let (module, info) = parsed
            .entry(source)
            .or_insert_with_key(|source| parse(&case.label, source));
        f(&case, module, info);
    }
}

#[test]
fn every_shader_translates_for_every_backend() {
    let mut count = 0;
    each(|case, module, info| {
        let label = &case.label;
        let constants = case
            .shader
            .constants()
            .map(|(name, value)| (name.to_owned(), f64::from(value)))
            .collect();
        let entry = (ShaderStage::Compute, "main".to_owned());
        let (module, info) = process_overrides(module, info, Some((entry.0, &entry.1)), &constants)
            .unwrap_or_else(|e| panic!("{label}: {e}"));

        let (mut text, options) = (String::new(), hlsl::Options::default());
        let pipeline = hlsl::PipelineOptions {
            entry_point: Some(entry.clone()),
        };
        let mut writer = hlsl::Writer::new(&mut text, &options, &pipeline);
        writer
            .write(&module, &info, None)
            .unwrap_or_else(|e| panic!("{label}, HLSL: {e}"));
        assert!(text.contains("numthreads"), "{label}, HLSL");

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

        let pipeline = spv::PipelineOptions {
            shader_stage: entry.0,
            entry_point: entry.1.clone(),
        };
        let words = spv::write_vec(&module, &info, &spv::Options::default(), Some(&pipeline))
            .unwrap_or_else(|e| panic!("{label}, SPIR-V: {e}"));
        assert_eq!(words[0], 0x0723_0203, "{label}, SPIR-V");

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
        count += 1;
    });
    assert!(count > 100, "{count} shaders only");
}

#[test]
fn bindings_and_workgroups_are_what_the_host_makes() {
    each(|case, module, _| {
        let label = &case.label;
        let entry = &module.entry_points[0];
        assert_eq!((module.entry_points.len(), entry.name.as_str()), (1, "main"), "{label}");
        assert_eq!(
            (entry.stage, entry.workgroup_size),
            (ShaderStage::Compute, [case.group, 1, 1]),
            "{label}"
        );
        // (group, binding) → whether it is written; a uniform is `None`.
        let mut found = BTreeMap::new();
        for (_, global) in module.global_variables.iter() {
            let Some(at) = &global.binding else { continue };
            let written = match global.space {
                AddressSpace::Uniform => None,
                AddressSpace::Storage { access } => Some(access.contains(StorageAccess::STORE)),
                other => panic!("{label}: a binding in {other:?}"),
            };
            assert!(
                found.insert((at.group, at.binding), written).is_none(),
                "{label}: bound twice"
            );
            if at.group == 1 && written.is_none() {
                let size = module.types[global.ty].inner.size(module.to_ctx()) as usize;
                assert_eq!(size, 4 * case.topology.0, "{label}: size of the topology's block");
            }
        }
        let mut expected = BTreeMap::from([((0, 0), None), ((0, 1), Some(true))]);
        let walks = case.shader.modules.iter().any(|m| m.name.starts_with("topology/"));
        if walks && case.topology.0 > 0 {
            expected.insert((1, 0), None);
        }
        if walks {
            expected.extend((0..case.topology.1).map(|k| ((1, k as u32 + 1), Some(false))));
        }
        expected.extend(
            case.columns
                .iter()
                .enumerate()
                .map(|(k, &written)| ((2, k as u32), Some(written))),
        );
        assert_eq!(found, expected, "{label}");
    });
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

/// Name and offset of each member, and the size.
fn structure(module: &naga::Module, name: &str) -> (Vec<(String, usize)>, usize) {
    let is = |ty: &Type| ty.name.as_deref() == Some(name);
    let ty = module
        .types
        .iter()
        .map(|(_, ty)| ty)
        .find(|ty| is(ty))
        .unwrap_or_else(|| panic!("no struct {name}"));
    let TypeInner::Struct { members, span } = &ty.inner else {
        panic!("{name} is no struct")
    };
    (
        members
            .iter()
            .map(|m| (m.name.clone().unwrap(), m.offset as usize))
            .collect(),
        *span as usize,
    )
}

#[test]
fn structures_are_laid_out_as_on_the_host() {
    let mut seen = (false, false);
    each(|case, module, _| {
        let label = &case.label;
        let (members, size) = structure(module, "Clock");
        let rust = [
            ("tick", offset_of!(layout::Clock, tick)),
            ("row", offset_of!(layout::Clock, row)),
            ("first", offset_of!(layout::Clock, first)),
            ("end", offset_of!(layout::Clock, end)),
            ("may_stop", offset_of!(layout::Clock, may_stop)),
            ("unused_a", offset_of!(layout::Clock, unused)),
            ("unused_b", offset_of!(layout::Clock, unused) + 4),
            ("unused_c", offset_of!(layout::Clock, unused) + 8),
        ];
        assert_eq!(members, rust.map(|(name, offset)| (name.to_owned(), offset)), "{label}");
        assert_eq!(size, size_of::<layout::Clock>(), "{label}");
        let (members, size) = structure(module, "Control");
        assert_eq!(
            (members, size),
            (vec![("stopped".into(), 0), ("tick".into(), 4)], 8),
            "{label}"
        );
        seen.0 = true;
        if case.shader.modules.iter().any(|m| m.name == "lib/tally") {
            let (members, size) = structure(module, "Tally");
            assert_eq!(size as u64, layout::PARTIAL_BYTES, "{label}");
            assert_eq!(
                members.last(),
                Some(&("fingerprint".into(), 4 * layout::PARTIAL_FINGERPRINT)),
                "{label}"
            );
            seen.1 = true;
        }
    });
    assert_eq!(seen, (true, true));
}

/// Parity compares the words themselves; here, that the shader writes as many as the host reads, row behind row.
#[test]
fn a_row_has_as_many_words_as_the_host_reads() {
    let mut seen = false;
    each(|case, module, _| {
        let Some((rows, _)) = module
            .global_variables
            .iter()
            .find(|(_, g)| g.name.as_deref() == Some("rows"))
        else {
            return;
        };
        let body = &module.entry_points[0].function.expressions;
        let is_rows = |e: Handle<Expression>| matches!(body[e], Expression::GlobalVariable(g) if g == rows);
        let written = body
            .iter()
            .filter(|(_, e)| matches!(e, Expression::Access { base, .. } if is_rows(*base)))
            .count();
        assert_eq!(written, Tally::WORDS, "{}", case.label);
        let stride = Expression::Literal(Literal::U32(Tally::WORDS as u32));
        assert!(
            body.iter().any(|(_, e)| *e == stride),
            "{}: rows are not {} words apart",
            case.label,
            Tally::WORDS
        );
        seen = true;
    });
    assert!(seen);
}

/// The unsigned literals in a function's body.
fn literals(module: &naga::Module, name: &str) -> Option<BTreeSet<u32>> {
    let function = module
        .functions
        .iter()
        .map(|(_, f)| f)
        .find(|f| f.name.as_deref() == Some(name))?;
    let word = |(_, e): (Handle<Expression>, &Expression)| match e {
        Expression::Literal(Literal::U32(word)) => Some(*word),
        _ => None,
    };
    Some(function.expressions.iter().filter_map(word).collect())
}

#[test]
fn constants_are_the_same_on_both_sides() {
    let table: BTreeMap<&str, (&str, &[u32])> = BTreeMap::from([
        ("timing/golden", ("is_active", &[GOLDEN][..])),
        ("timing/rotation", ("is_active", &[GOLDEN])),
        ("timing/bernoulli", ("is_active", &[Stream::Timing as u32])),
        ("timing/random-phase", ("is_active", &[0, Stream::Phase as u32])),
        ("rounding/golden", ("gain", &[GOLDEN])),
    ]);
    let mut found = BTreeSet::new();
    each(|case, module, _| {
        for name in ["is_active", "gain"] {
            for word in literals(module, name).into_iter().flatten() {
                // A constant that was meant to be the golden one.
                assert!(
                    word >> 24 != GOLDEN >> 24 || word == GOLDEN,
                    "{}: {word:#X} in {name}",
                    case.label
                );
            }
        }
        for piece in &case.shader.modules {
            if let Some((function, words)) = table.get(piece.name) {
                let expected = words.iter().copied().collect();
                assert_eq!(
                    literals(module, function),
                    Some(expected),
                    "{}: {}",
                    case.label,
                    piece.name
                );
                found.insert(piece.name);
            }
        }
    });
    assert_eq!(found, table.keys().copied().collect());
}

#[test]
fn every_file_is_used_and_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut on_disk = BTreeSet::new();
    for folder in std::fs::read_dir(root.join("shaders")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
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
    let used: BTreeSet<String> = cases()
        .iter()
        .flat_map(|c| &c.shader.modules)
        .map(|m| m.name.to_owned())
        .collect();
    assert_eq!(used, on_disk);
}
