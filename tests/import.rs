//! Graph files from outside: damaged ones are read into a valid graph or refused, never more; real ones are read right.

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tetraswarm::topology::import::{Format, Graph, Ids, ImportError, Imported, Limits, read, read_bytes};

/// A valid file of some format, with up to thirty nodes.
fn valid_file() -> impl Strategy<Value = Vec<u8>> {
    let links = proptest::collection::vec((0..30_u32, 0..30_u32), 1..60);
    (0..5, links).prop_map(|(kind, links)| match kind {
        0 => links
            .iter()
            .map(|(one, other)| format!("{one}\t{other}\n"))
            .collect::<String>()
            .into_bytes(),
        1 => format!(
            "source,target\n{}",
            links
                .iter()
                .map(|(a, b)| format!("{},{}\r\n", a * 91, b * 91))
                .collect::<String>()
        )
        .into_bytes(),
        2 => links
            .iter()
            .map(|(one, other)| format!("n{one} n{other} 0.5 # c\n"))
            .collect::<String>()
            .into_bytes(),
        3 => metis_file(&links),
        _ => {
            let entries: String = links
                .iter()
                .map(|(a, b)| format!("{} {} 1.5\n", a + 1, b + 1))
                .collect();
            format!(
                "%%MatrixMarket matrix coordinate real general\n% c\n30 30 {}\n{entries}",
                links.len()
            )
            .into_bytes()
        }
    })
}

fn metis_file(links: &[(u32, u32)]) -> Vec<u8> {
    let graph = Graph::from_links(30, links).expect("ends below 30").graph;
    let mut text = format!("% c\n30 {}\n", graph.links());
    for node in 0..30 {
        let row: Vec<String> = graph.row(node).iter().map(|end| (end + 1).to_string()).collect();
        text += &(row.join(" ") + "\n");
    }
    text.into_bytes()
}

/// One thing that goes wrong with files. Places are fractions of the length.
#[derive(Clone, Debug)]
enum Damage {
    Byte(f64, u8),
    Insert(f64, Vec<u8>),
    Truncate(f64),
    DeleteLine(f64),
    RepeatLine(f64),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = || 0.0..1.0;
    let telling = proptest::sample::select(&b"0123456789-+.,;%#\"\r\n\t \0\x1b\xff"[..]);
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (place(), telling.clone()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (place(), proptest::collection::vec(telling, 1..20)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        place().prop_map(Damage::Truncate),
        place().prop_map(Damage::DeleteLine),
        place().prop_map(Damage::RepeatLine),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>) {
    let place = |at: f64, length: usize| ((at * length as f64) as usize).min(length.saturating_sub(1));
    if bytes.is_empty() {
        return;
    }
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    match damage {
        Damage::Byte(at, byte) => {
            let at = place(*at, bytes.len());
            bytes[at] = *byte;
        }
        Damage::Insert(at, inserted) => {
            let at = place(*at, bytes.len());
            bytes.splice(at..at, inserted.iter().copied());
        }
        Damage::Truncate(at) => bytes.truncate(place(*at, bytes.len())),
        Damage::DeleteLine(at) => {
            lines.remove(place(*at, lines.len()));
            *bytes = lines.concat();
        }
        Damage::RepeatLine(at) => {
            let at = place(*at, lines.len());
            lines.insert(at, lines[at]);
            *bytes = lines.concat();
        }
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// Panics unless the result is a valid graph or a refusal in one printable line that names the file.
fn assert_sound(result: &Result<Imported, ImportError>) {
    match result {
        Ok(imported) => {
            let graph = &imported.graph;
            assert!(graph.nodes() >= 2 && graph.links() >= 1);
            assert_eq!(graph.offsets().len(), graph.nodes() as usize + 1);
            assert_eq!(graph.ends().len(), 2 * graph.links() as usize);
            assert_eq!(imported.ids.len(), graph.nodes());
            for node in 0..graph.nodes() {
                let row = graph.row(node);
                assert!(row.windows(2).all(|pair| pair[0] < pair[1]), "ascending, single");
                assert!(
                    row.iter()
                        .all(|&end| end < graph.nodes() && end != node && graph.linked(end, node))
                );
            }
            if imported.format != Format::Metis {
                let dropped = imported.self_loops + imported.duplicates;
                assert_eq!(imported.links_read, u64::from(graph.links()) + dropped);
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("file:"), "{message}");
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn damaged_files_are_read_or_refused(
        file in valid_file(),
        before in proptest::collection::vec(damage(), 0..4),
        compress in any::<bool>(),
        after in proptest::collection::vec(damage(), 0..2),
        format in proptest::option::of(proptest::sample::select(&[Format::EdgeList, Format::Metis, Format::MatrixMarket][..])),
    ) {
        let mut bytes = file;
        before.iter().for_each(|damage| apply(damage, &mut bytes));
        if compress {
            bytes = gzip(&bytes);
            after.iter().for_each(|damage| apply(damage, &mut bytes));
        }
        let limits = Limits { memory: Some(1 << 20), format, ..Limits::default() };
        assert_sound(&read_bytes("file", &bytes, limits));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert_sound(&read_bytes("file", &bytes, Limits::default()));
    }

    #[test]
    fn one_word_changes_what_ids_are_and_nothing_else(
        lines in proptest::collection::vec("[ \t]?[+]?[0-9]{1,3}( ?[,;]|[ \t])[ ]?[0-9]{1,10}([ ,;][.x0-9\r]{0,2})?[+.,;#x\r-]?", 1..8),
    ) {
        // A line out of the ordinary sends the whole file down the slow path; a word makes it a file of words. Where
        // the fast path reads integers, the slow path must see nothing to refuse but that word.
        let plain = lines.join("\n");
        let edges = Limits { format: Some(Format::EdgeList), ..Limits::default() };
        let fast = read_bytes("file", plain.as_bytes(), edges.clone());
        assert_sound(&fast);
        let words = read_bytes("file", format!("{plain}\nword other").as_bytes(), edges);
        if let Ok(fast) = fast {
            let words = words.expect("the same lines, and one of words");
            prop_assert_eq!(words.links_read, fast.links_read + 1);
            prop_assert!(matches!(words.ids, Ids::Words(_)));
        }
    }
}

/// A file of the folder that `TETRASWARM_DATA` names, if it names one.
fn real_file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TETRASWARM_DATA");
    if folder.is_none() {
        println!("skipped {name}: set TETRASWARM_DATA to the folder that holds it");
    }
    Some(PathBuf::from(folder?).join(name))
}

fn assert_real(name: &str, format: Format, nodes: u32, links: u32) -> Option<Imported> {
    let imported = read(&real_file(name)?, Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (imported.format, imported.graph.nodes(), imported.graph.links()),
        (format, nodes, links)
    );
    Some(imported)
}

#[test]
fn gnutella_is_read() {
    if let Some(imported) = assert_real("p2p-Gnutella31.txt", Format::EdgeList, 62_586, 147_892) {
        // The file lists each pair once, and its hosts are numbered without gaps.
        assert_eq!((imported.self_loops, imported.duplicates), (0, 0));
        assert_eq!(imported.ids, Ids::Same { nodes: 62_586 });
        assert!(imported.graph.linked(62_580, 56_795));
    }
}

#[test]
fn the_power_grid_is_read() {
    if let Some(imported) = assert_real("power.graph", Format::Metis, 4941, 6594) {
        assert_eq!(imported.graph.row(0), [386, 395, 451]);
    }
}

#[test]
fn the_airfoil_is_read() {
    if let Some(imported) = assert_real("airfoil1.graph", Format::Metis, 4253, 12_289) {
        assert_eq!(imported.graph.row(0), [1, 17, 21]);
    }
}

#[test]
fn the_chesapeake_food_web_is_read() {
    if let Some(imported) = assert_real("chesapeake.mtx", Format::MatrixMarket, 39, 170) {
        assert!(imported.graph.linked(6, 0) && imported.graph.linked(0, 6));
    }
}
