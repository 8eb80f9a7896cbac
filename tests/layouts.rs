//! What the shaders and the host must agree on, read off the shaders by reflection: bindings, workgroups, structures,
//! constants.
#![cfg(feature = "gpu")]

use crate::cases::each;
use naga::{AddressSpace, Expression, Handle, Literal, ShaderStage, StorageAccess, Type, TypeInner};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;
use tetraswarm::device::gpu::layout;
use tetraswarm::geometry::GOLDEN;
use tetraswarm::number::Stream;
use tetraswarm::part::work::{ALL_TAKEN, ATTEMPT_SHIFT, IDENTITY, OFFERS, TAKEN_SHIFT};
use tetraswarm::part::work::{EXECUTOR, REFEREE};

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
                let words = case.topology[at.binding as usize];
                assert_eq!(Some(size / 4), words, "{label}: size of the topology's block");
            }
        }
        let mut expected = BTreeMap::from([((0, 0), None), ((0, 1), Some(case.shader.name() == "gauge/row"))]);
        let walks = case.shader.modules.iter().any(|m| m.name.starts_with("topology/"));
        if walks {
            let of = |buffer: &Option<usize>| buffer.is_none().then_some(false);
            expected.extend((0..).zip(&case.topology).map(|(k, buffer)| ((1, k), of(buffer))));
        }
        expected.extend(case.columns.iter().map(|&(slot, written)| ((2, slot), Some(written))));
        if case.status {
            expected.insert((3, 0), Some(false));
        }
        assert_eq!(found, expected, "{label}");
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
    let mut seen = false;
    each(|case, module, _| {
        let label = &case.label;
        let (members, size) = structure(module, "Clock");
        let rust = [
            ("tick", offset_of!(layout::Clock, tick)),
            ("row", offset_of!(layout::Clock, row)),
            ("first", offset_of!(layout::Clock, first)),
            ("end", offset_of!(layout::Clock, end)),
            ("may_stop", offset_of!(layout::Clock, may_stop)),
            ("walls", offset_of!(layout::Clock, walls)),
            ("cuts", offset_of!(layout::Clock, cuts)),
            ("strike", offset_of!(layout::Clock, strike)),
            ("strikes", offset_of!(layout::Clock, strikes)),
            ("column", offset_of!(layout::Clock, column)),
            ("words", offset_of!(layout::Clock, words)),
            ("unused", offset_of!(layout::Clock, unused)),
        ];
        assert_eq!(members, rust.map(|(name, offset)| (name.to_owned(), offset)), "{label}");
        assert_eq!(size, size_of::<layout::Clock>(), "{label}");
        let (members, size) = structure(module, "Control");
        assert_eq!(
            (members, size),
            (vec![("stopped".into(), 0), ("tick".into(), 4)], 8),
            "{label}"
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
        ("part/average/rounding-golden", ("gain", &[GOLDEN])),
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
                // Where several stand side by side, the function has another name.
                let named = format!("fn {function}(");
                let first = |text: &str| text.split("fn ").nth(1)?.split('(').next().map(str::to_owned);
                let function = match piece.source.contains(&named) {
                    true => (*function).to_owned(),
                    false => first(&piece.source).unwrap(),
                };
                assert_eq!(
                    literals(module, &function),
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

/// What the shaders of cells that work call by name.
fn named() -> BTreeMap<&'static str, u32> {
    use tetraswarm::part::work::ledger::{of_all, of_tier, sum};
    use tetraswarm::part::work::{job, outbox, state, word};
    let places = [
        ("OFFERS", OFFERS),
        ("OUTBOX_HEADER", outbox::HEADER),
        ("OUTBOX_TARGETS", outbox::TARGETS),
        ("OUTBOX_TASKS", outbox::TASKS),
        ("RUNNING", word::RUNNING),
        ("REMAINING", word::REMAINING),
        ("CURSOR", word::CURSOR),
        ("NEXT", word::NEXT),
        ("NOT_BEFORE", word::NOT_BEFORE),
        ("WAITING", word::WAITING),
        ("SCORE", word::SCORE),
        ("ARRIVED", word::ARRIVED),
        ("JOB_START", job::START),
        ("JOB_END", job::END),
        ("JOB_ENDED", job::ENDED),
        ("JOB_TRIES", job::TRIES),
        ("JOB_HOPS", job::HOPS),
        ("JOB_FAILED", job::FAILED),
        ("TIER_SUBMITTED", of_tier::SUBMITTED),
        ("TIER_ADMITTED", of_tier::ADMITTED),
        ("TIER_COMMITTED", of_tier::COMMITTED),
        ("TIER_FAILED", of_tier::FAILED),
        ("TIER_DESTROYED", of_tier::DESTROYED),
        ("TIER_STARTED", of_tier::STARTED),
        ("TIER_WAITED", of_tier::WAITED),
        ("TIER_RESPONDED", of_tier::RESPONDED),
        ("TIER_ALL", of_tier::ALL),
        ("ALL_REFUSED", of_all::REFUSED),
        ("ALL_DISPATCHES", of_all::DISPATCHES),
        ("ALL_VOTES", of_all::VOTES),
        ("ALL_BUSY", of_all::BUSY),
        ("ALL_WRONG", of_all::WRONG),
        ("ALL_REPEATED", of_all::REPEATED),
        ("ALL_REJECTED", of_all::REJECTED),
        ("ALL_VERIFIED", of_all::VERIFIED),
        ("ALL_ALL", of_all::ALL),
        ("SUM_SUBMITTED", sum::SUBMITTED),
        ("SUM_ENDED", sum::ENDED),
        ("SUM_LONGEST", sum::LONGEST),
    ];
    let words = [
        ("QUEUED", state::QUEUED),
        ("BUSY", state::BUSY),
        ("ABANDONED", state::ABANDONED),
        ("CLOSED_SHIFT", state::CLOSED_SHIFT),
        ("OUTBOX_QUEUED_SHIFT", outbox::QUEUED_SHIFT),
        ("OUTBOX_MARKS_SHIFT", outbox::MARKS_SHIFT),
        ("ALL_TAKEN", ALL_TAKEN),
        ("TAKEN_SHIFT", TAKEN_SHIFT),
        ("IDENTITY", IDENTITY),
        ("GOLDEN", GOLDEN),
        ("ATTEMPT_SHIFT", ATTEMPT_SHIFT),
        ("NUMBER", (1 << ATTEMPT_SHIFT) - 1),
        ("EXECUTOR", EXECUTOR),
        ("REFEREE", REFEREE),
    ];
    places
        .map(|(name, at)| (name, at as u32))
        .into_iter()
        .chain(words)
        .chain(of_growth())
        .collect()
}

/// What those of cells that come and go do.
fn of_growth() -> Vec<(&'static str, u32)> {
    use tetraswarm::part::growth::{account, delegated, event, ledger, watched, wish};
    use tetraswarm::part::work::delegation::{order, part, result};
    use tetraswarm::part::work::state;
    let places = [
        ("TAKEN", account::TAKEN),
        ("AGAIN", account::AGAIN),
        ("EXECUTED", account::EXECUTED),
        ("GIVEN_UP", account::GIVEN_UP),
        ("PASSED", account::PASSED),
        ("LEAVES", account::LEAVES),
        ("GIVEN", account::GIVEN),
        ("WAITED", account::WAITED),
        ("JOINED", account::JOINED),
        ("RESPONDED", account::RESPONDED),
        ("SPANS", account::SPANS),
        ("NEEDED", account::NEEDED),
        ("WRONG", account::WRONG),
        ("ORDER_ORIGIN", order::ORIGIN),
        ("ORDER_RECORD", order::RECORD),
        ("ORDER_PATH", order::PATH),
        ("ORDER_SIZE", order::SIZE),
        ("ORDER_ATTEMPT", order::ATTEMPT),
        ("ORDER_PARTS", order::PARTS),
        ("ORDER_SINCE", order::SINCE),
        ("ORDER_STATE", order::STATE),
        ("ORDER_ALL", order::ALL),
        ("PART_ORIGIN", part::ORIGIN),
        ("PART_RECORD", part::RECORD),
        ("PART_PATH", part::PATH),
        ("PART_SIZE", part::SIZE),
        ("PART_ATTEMPT", part::ATTEMPT),
        ("PART_REMAINING", part::REMAINING),
        ("PART_STATE", part::STATE),
        ("PART_ALL", part::ALL),
        ("COUNTED", ledger::ALL),
        ("TAKE_COUNTED", delegated::ALL),
    ];
    let words = [
        ("RETIRING", state::RETIRING),
        ("YOUNG", state::YOUNG),
        ("APART", state::APART),
        ("PARTED", state::PARTED),
        ("DELEGATED", state::DELEGATED),
        ("WANTS", state::WANTS),
        ("OPEN", state::OPEN),
        ("ORDER_WAITS", order::WAITS),
        ("ORDER_OUT", order::OUT),
        ("ORDER_UNDIVIDED", order::UNDIVIDED),
        ("ORDER_DONE", order::DONE),
        ("ORDER_STANDS", order::STANDS),
        ("ORDER_RESULT_SHIFT", order::RESULT_SHIFT),
        ("ORDER_JUST_OUT", order::JUST_OUT),
        ("ORDER_JUST_UNDIVIDED", order::JUST_UNDIVIDED),
        ("ORDER_AGAIN_SHIFT", order::AGAIN_SHIFT),
        ("ORDER_ALONE", order::ALONE),
        ("PART_RESULT", part::RESULT),
        ("PART_OUT", part::OUT),
        ("PART_NEW", part::NEW),
        ("PART_INDEX_SHIFT", part::INDEX_SHIFT),
        ("PART_TRIES_SHIFT", part::TRIES_SHIFT),
        ("RESULT_NONE", result::NONE),
        ("RESULT_RIGHT", result::RIGHT),
        ("RESULT_WRONG", result::WRONG),
        ("RESULT_FAILED", result::FAILED),
        ("WISH_ASKS", wish::ASKS),
        ("WISH_FREE", wish::FREE),
        ("WISH_RETIRES", wish::RETIRES),
        ("WISH_GOES", wish::GOES),
        ("WISH_LOST", wish::LOST),
        ("WISH_KEEPS", wish::KEEPS),
        ("WISH_CALM", wish::CALM),
        ("NOTHING", event::NOTHING),
        ("BORN", event::BORN),
        ("GONE", event::GONE),
        ("FAMILY_RETIRES", event::RETIRES),
        ("FAMILY_KEEPS", event::KEEPS),
        ("LOADED", watched::LOADED),
        ("DEAD", watched::DEAD),
        ("IDLE_SHIFT", watched::IDLE_SHIFT),
        ("MOST_IDLE", watched::MOST_IDLE),
        ("FAMILY_SIZE", tetraswarm::topology::FAMILY),
    ];
    places
        .map(|(name, at)| (name, at as u32))
        .into_iter()
        .chain(words)
        .collect()
}

#[test]
fn named_constants_are_the_hosts() {
    // Those that only one file of either side knows, or that are written for each plan.
    const OWN: [&str; 15] = [
        "MOST_FAULTS",
        "GAIN",
        "NOBODY",
        "WAITS",
        "RUNS",
        "IS_HELD",
        "SAMPLED",
        "WITH_CHILDREN",
        "SEEN",
        "COPIES",
        "ARRIVING",
        "BEGINNING",
        "ENDING",
        "RIM",
        "NEAR",
    ];
    let named = named();
    let mut found = BTreeSet::new();
    each(|case, module, _| {
        for (_, constant) in module.constants.iter() {
            let name = constant.name.as_deref().unwrap();
            let word = match module.global_expressions[constant.init] {
                Expression::Literal(Literal::U32(word)) => word,
                ref other => panic!("{}: {name} is {other:?}", case.label),
            };
            if OWN.contains(&name) {
                continue;
            }
            assert_eq!(named.get(name), Some(&word), "{}: {name}", case.label);
            found.insert(name.to_owned());
        }
    });
    let expected: BTreeSet<String> = named.into_keys().map(str::to_owned).collect();
    assert_eq!(found, expected);
}
