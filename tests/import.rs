//! Graph files from outside: damaged ones are read into a valid graph or refused, never more; real ones are read right.

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tetraswarm::topology::import::{Column, Format, Graph, Ids, ImportError, Imported, Limits, read, read_bytes};

/// A valid file of some format, with up to thirty nodes.
fn valid_file() -> impl Strategy<Value = Vec<u8>> {
    let links = proptest::collection::vec((0..30_u32, 0..30_u32), 1..60);
    (0..KINDS.len(), links).prop_map(|(kind, links)| {
        let line = |format: &dyn Fn(u32, u32) -> String| links.iter().map(|&(a, b)| format(a, b)).collect::<String>();
        let nodes = |format: &dyn Fn(u32) -> String| (0..30).map(format).collect::<String>();
        match KINDS[kind] {
            "metis" => metis_file(&links),
            kind => match kind {
                "plain" => line(&|a, b| format!("{a}\t{b}\n")),
                "size" => format!("30 {}\n{}", links.len(), line(&|a, b| format!("{a} {b}\n"))),
                "csv" => format!("source,target\n{}", line(&|a, b| format!("{},{}\r\n", a * 91, b * 91))),
                "quoted" => format!("\"\",\"from\",\"to\"\n{}", line(&|a, b| format!("\"1\",\"n {a}\",\"n {b}\"\n"))),
                "words" => line(&|a, b| format!("n{a} n{b} 0.5 # c\n")),
                "matrix" => format!(
                    "%%MatrixMarket matrix coordinate real general\n% c\n30 30 {}\n{}",
                    links.len(),
                    line(&|a, b| format!("{} {} 1.5\n", a + 1, b + 1))
                ),
                "graphml" => format!(
                    "<?xml version=\"1.0\"?>\n<graphml><key id=\"w\" for=\"edge\" attr.name=\"weight\"/><graph edgedefault=\"directed\">\n{}{}</graph></graphml>\n",
                    nodes(&|i| format!("<node id=\"n&lt;{i}\"/>\n")),
                    line(&|a, b| format!("<edge source=\"n&lt;{a}\" target=\"n&lt;{b}\"><data key=\"w\">1</data></edge>\n"))
                ),
                "gml" => format!(
                    "Creator \"x\"\ngraph [\n{}{}]\n",
                    nodes(&|i| format!("node [ id {i} label \"n {i}\" ]\n")),
                    line(&|a, b| format!("edge [ source {a} target {b} value 2 ]\n"))
                ),
                "pajek" => format!(
                    "*Vertices 30\n{}*Arcs\n{}*Edgeslist\n1 2 3\n",
                    nodes(&|i| format!("{} \"n {i}\"\n", i + 1)),
                    line(&|a, b| format!("{} {} 1\n", a + 1, b + 1))
                ),
                "dimacs" => format!("c x\np sp 30 {}\n{}", links.len(), line(&|a, b| format!("a {} {} 4\n", a + 1, b + 1))),
                "json" => {
                    let nodes: Vec<String> = (0..30).map(|i| format!("{{\"id\": \"n{i}\"}}")).collect();
                    let links: Vec<String> =
                        links.iter().map(|(a, b)| format!("{{\"source\": \"n{a}\", \"target\": \"n{b}\"}}")).collect();
                    format!("{{\"nodes\": [{}],\n\"links\": [{}]}}", nodes.join(",\n"), links.join(",\n"))
                }
                "adjacency" => nodes(&|i| {
                    let others = links.iter().filter(|(a, _)| *a == i).map(|(_, b)| format!(" {b}"));
                    format!("{i}{}\n", others.collect::<String>())
                }),
                _ => nodes(&|i| {
                    let others: Vec<u32> = links.iter().filter(|(a, _)| *a == i).map(|(_, b)| *b).collect();
                    let rows: String = others.iter().map(|b| format!("{b} {{}}\n")).collect();
                    format!("{i} {}\n{rows}", others.len())
                }),
            }
            .into_bytes(),
        }
    })
}

const KINDS: [&str; 14] = [
    "plain",
    "size",
    "csv",
    "quoted",
    "words",
    "metis",
    "matrix",
    "graphml",
    "gml",
    "pajek",
    "dimacs",
    "json",
    "adjacency",
    "multiline",
];

const FORMATS: [Format; 10] = [
    Format::EdgeList,
    Format::AdjacencyList,
    Format::MultilineAdjacencyList,
    Format::Metis,
    Format::MatrixMarket,
    Format::Graphml,
    Format::Gml,
    Format::Pajek,
    Format::Dimacs,
    Format::NodeLink,
];

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
    let telling = proptest::sample::select(&b"0123456789-+.,;%#\"\r\n\t \0\x1b\xff<>/&[]{}:*=pe"[..]);
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
            if matches!(imported.format, Format::EdgeList | Format::MatrixMarket) {
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
        format in proptest::option::of(proptest::sample::select(&FORMATS[..])),
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
    fn every_kind_is_told_and_read(file in valid_file()) {
        // Links of one node to itself alone make no swarm.
        if let Err(error) = read_bytes("file", &file, Limits::default()) {
            prop_assert!(matches!(error, ImportError::EmptyGraph { .. }), "{}\n{}", error, String::from_utf8_lossy(&file));
        }
    }

    #[test]
    fn the_fast_reader_and_the_slow_one_agree(
        links in proptest::collection::vec((0..400_u32, 0..400_u32), 2..40),
        separator in proptest::sample::select(&["\t", " ", "  ", ",", " , ", ";"][..]),
        more in proptest::sample::select(&["", "7", "0.5"][..]),
        plus in any::<bool>(),
        ends in proptest::sample::select(&["\n", "\r\n"][..]),
    ) {
        let plain: String = links.iter().map(|(a, b)| {
            let plus = if plus { "+" } else { "" };
            let more = if more.is_empty() { String::new() } else { format!("{separator}{more}") };
            format!("{plus}{a}{separator}{b}{more}{ends}")
        }).collect();
        // A first line that gives the number of links after it may be the size; whoever names the columns says that it is a link.
        let after = (links.len() - 1).to_string();
        prop_assume!(if more.is_empty() { links[0].1.to_string() } else { more.to_owned() } != after);
        let edges = Limits { format: Some(Format::EdgeList), ..Limits::default() };
        // Columns that are named are read by the slow reader, even if they are the first two.
        let columns = Limits { columns: Some([Column::Number(1), Column::Number(2)]), ..edges.clone() };
        let (fast, slow) = (read_bytes("file", plain.as_bytes(), edges), read_bytes("file", plain.as_bytes(), columns));
        match (fast, slow) {
            (Ok(fast), Ok(slow)) => prop_assert_eq!((fast.graph, fast.ids, fast.links_read), (slow.graph, slow.ids, slow.links_read)),
            (fast, slow) => prop_assert_eq!(fast.map_err(|e| e.to_string()), slow.map_err(|e| e.to_string())),
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
