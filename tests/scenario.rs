//! Scenarios and start files from outside: a damaged one is read or refused with a place and a remedy, and never more.

use crate::support::npy::npy;
use proptest::prelude::*;
use std::path::Path;
use tetraswarm::Error;
use tetraswarm::scenario::{Document, EMBEDDED, Scenario};
use tetraswarm::swarm::Swarm;

/// Cuts, overwrites or repeats a part of some bytes; places are fractions of the length.
fn damage(bytes: &[u8], kind: u8, place: f64, byte: u8) -> Vec<u8> {
    let at = ((bytes.len() as f64) * place) as usize;
    let mut damaged = bytes.to_vec();
    match kind {
        0 => damaged.truncate(at),
        1 if at < damaged.len() => damaged[at] = byte,
        2 => damaged.insert(at, byte),
        3 if at < damaged.len() => {
            damaged.remove(at);
        }
        _ => {
            let again = damaged[at..(at + 40).min(damaged.len())].to_vec();
            damaged.splice(at..at, again);
        }
    }
    damaged
}

/// Every error is one line of printable text.
fn is_one_line(error: &Error) -> bool {
    let text = error.to_string();
    !text.is_empty() && text.trim() == text && !text.lines().next().unwrap_or("").is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn damaged_scenarios_are_read_or_refused(
        which in 0..EMBEDDED.len(), kind in 0..5u8, place in 0.0..1.0f64, byte in any::<u8>(), again in 0..5u8, there in 0.0..1.0f64,
    ) {
        let once = damage(EMBEDDED[which].text.as_bytes(), kind, place, byte);
        let bytes = damage(&once, again, there, byte.rotate_left(3));
        let text = String::from_utf8_lossy(&bytes);
        match Scenario::from_toml("damaged", &text) {
            // What is read can be written and read again.
            Ok(scenario) => prop_assert_eq!(Scenario::from_toml("again", &scenario.to_toml().unwrap()).unwrap(), scenario),
            Err(error) => prop_assert!(is_one_line(&error) && error.is_usage(), "{error}"),
        }
    }

    #[test]
    fn any_override_is_taken_or_refused(key in "[a-z.\\[\\]\" =-]{0,20}", value in "[-a-z0-9.\"\\[\\]{}=, ]{0,12}") {
        let mut document = Document::open("agreement").unwrap();
        let result = document.set_argument(&format!("{key}={value}")).and_then(|()| document.scenario());
        if let Err(error) = result {
            prop_assert!(is_one_line(&error) && error.is_usage(), "{error}");
        }
    }

    #[test]
    fn damaged_start_files_are_read_or_refused(
        is_npy in any::<bool>(), kind in 0..5u8, place in 0.0..1.0f64, byte in any::<u8>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let bytes = damage(&if is_npy { npy(&[5, -6, 7, 1 << 28]) } else { b"5 # five\n-6\n\n7\n268435456\n".to_vec() }, kind, place, byte);
        std::fs::write(folder.path().join("start"), bytes).unwrap();
        match start_from_file(folder.path()) {
            Ok(words) => prop_assert!(words.len() == 4 && words.iter().all(|&w| (w as i32).unsigned_abs() <= 1 << 28)),
            Err(error) => prop_assert!(is_one_line(&error) && error.is_usage(), "{error}"),
        }
    }
}

fn start_from_file(folder: &Path) -> Result<Vec<u32>, Error> {
    let text = "agents = 4\nticks = 1\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\nstart = { kind = \"file\", file = \"start\" }\n";
    let scenario = Scenario::from_toml("start", text).unwrap();
    Swarm::build(&scenario, folder).map(|swarm| swarm.initial[0].to_vec())
}

#[test]
fn start_files_hold_one_number_for_each_node() {
    let folder = tempfile::tempdir().unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(folder.path().join("start"), bytes).unwrap();
        start_from_file(folder.path())
    };
    let expected: Vec<u32> = [5, -6, 7, 1 << 28].map(|n: i32| n as u32).to_vec();
    assert_eq!(with(&npy(&[5, -6, 7, 1 << 28])).unwrap(), expected);
    assert_eq!(with(b"5 # five\n-6\n\n7\n268435456\n").unwrap(), expected);
    let faults: [(&[u8], &str); 4] = [
        (b"1\n2\n3\n", "holds 3 numbers, but the swarm has 4 nodes"),
        (b"1\n2\nthree\n4\n", "start:3: 'three' is no whole number"),
        (b"1\n2\n3\n268435457\n", "start:4: 268435457 is outside"),
        (&npy(&[1, 2, 3, (1 << 28) + 1]), "[3]: 268435457 is outside"),
    ];
    for (bytes, message) in faults {
        let error = with(bytes).unwrap_err().to_string();
        assert!(
            error.contains(message) && error.contains("consensus.start.file"),
            "{error}"
        );
    }
}

#[test]
fn start_files_may_be_marked_gzipped_and_of_floats_that_are_whole() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(folder.path().join("start"), bytes).unwrap();
        start_from_file(folder.path())
    };
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let floats = |numbers: &[f64]| {
        let mut bytes = npy(&vec![0; numbers.len()]);
        bytes.truncate(bytes.len() - 4 * numbers.len());
        let at = bytes.windows(3).position(|word| word == b"<i4").unwrap();
        bytes[at..at + 3].copy_from_slice(b"<f8");
        bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
        bytes
    };
    let expected: Vec<u32> = [5, 6, 7, -8].map(|n: i32| n as u32).to_vec();
    let marked = "\u{feff}5\n6\n7\n-8".as_bytes();
    assert_eq!(with(marked).unwrap(), expected);
    assert_eq!(with(&gzip(marked)).unwrap(), expected);
    assert_eq!(with(b"5.0\n6.\n7e0 # seven\n-8.000\n").unwrap(), expected);
    assert_eq!(with(&floats(&[5.0, 6.0, 7.0, -8.0])).unwrap(), expected);
    assert_eq!(with(&gzip(&floats(&[5.0, 6.0, 7.0, -8.0]))).unwrap(), expected);
    let faults: [(&[u8], &str); 6] = [
        (b"1\n2\n3\n4.5\n", "start:4: '4.5' is no whole number"),
        (b"1\n2\n3\nnan\n", "start:4: 'nan' is no whole number"),
        (b"1\n2\n3\n1e30\n", "start:4: 1e30 is outside"),
        (&floats(&[1.0, 2.0, 2.5, 3.0]), "[2]: '2.5' is no whole number"),
        (b"\xff\xfe1\0\n\0", "UTF-16"),
        (b"1\n2\n3\n4\n5\n6\n", "holds 6 numbers, but the swarm has 4 nodes"),
    ];
    for (bytes, message) in faults {
        let error = with(bytes).unwrap_err().to_string();
        assert!(
            error.contains(message) && error.contains("consensus.start.file"),
            "{error}"
        );
    }
}

#[test]
fn scenarios_may_be_gzipped_and_marked() {
    use std::io::Write;
    use tetraswarm::scenario::Document;
    let text = "\u{feff}agents = 4\nticks = 1\ntopology.kind = \"ring\"\n";
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    file.write_all(&encoder.finish().unwrap()).unwrap();
    let scenario = Document::read(file.path()).unwrap().scenario().unwrap();
    assert_eq!(scenario.agents, Some(4));
    std::fs::write(file.path(), b"\xff\xfea\0").unwrap();
    let message = Document::read(file.path()).unwrap_err().to_string();
    assert!(message.contains("UTF-16") && message.contains("UTF-8"), "{message}");
}
