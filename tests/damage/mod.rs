//! Small inputs of every kind that people bring, and what may have happened to them on the way.

use crate::support::npy::npy;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// What reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Network,
    Log,
    Start,
    Scenario,
}

/// A whole file.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    pub kind: Kind,
    pub content: Vec<u8>,
}

const NETWORKS: [(&str, &str); 18] = [
    ("edges", "# a ring\n0 1\n1 2\n2 3\n3 4\n4 0\n"),
    ("edges sized", "5 5\n0 1\n1 2\n2 3\n3 4\n4 0\n"),
    (
        "edges csv",
        "source,target,weight\n\"New York\",Boston,1.5\nBoston,\"Los \"\"Angeles\"\"\",2\nNew Haven,Boston,1\n",
    ),
    ("edges tab", "FromNodeId\tToNodeId\nann\tbob\nbob\tcho\ncho\tann\n"),
    ("metis", "4 4 011 1\n7 2 1 3 1\n7 1 1 4 1\n7 1 1 4 1\n7 2 1 3 1\n"),
    ("metis plain", "% c\n4 4\n2 3\n1 4\n1 4\n2 3\n"),
    (
        "matrix",
        "%%MatrixMarket matrix coordinate real symmetric\n% c\n4 4 4\n2 1 1.5\n3 1 2\n4 2 3\n4 3 4e-3\n",
    ),
    (
        "matrix pattern",
        "%%MatrixMarket matrix coordinate pattern general\n3 3 3\n1 2\n2 3\n3 1\n",
    ),
    (
        "graphml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n<key id=\"d0\" for=\"edge\" \
         attr.name=\"w\" attr.type=\"double\"/>\n<graph edgedefault=\"undirected\">\n<node id=\"n0\"/><node id=\"n&amp;1\"/><node id=\"n2\"/>\n\
         <edge source=\"n0\" target=\"n&amp;1\"><data key=\"d0\">1.0</data></edge>\n<edge source=\"n&amp;1\" target=\"n2\"/>\n</graph></graphml>\n",
    ),
    (
        "gml",
        "graph [\n  directed 0\n  node [ id 0 label \"a\" ]\n  node [ id 1 label \"b\" ]\n  node [ id 2 label \"c\" ]\n  edge [ source 0 target 1 ]\n  \
         edge [ source 1 target 2 value 1.5 ]\n]\n",
    ),
    (
        "pajek",
        "*Vertices 3\n1 \"a b\" 0.0 0.0 ellipse\n2 \"b\"\n3 \"c\"\n*Edges\n1 2 1.0\n2 3\n*Arcs\n3 1\n",
    ),
    ("dimacs col", "c ring\np edge 4 4\ne 1 2\ne 2 3\ne 3 4\ne 4 1\n"),
    (
        "dimacs road",
        "c road\np sp 3 4\na 1 2 40\na 2 1 40\na 2 3 7\na 3 2 7\n",
    ),
    (
        "node-link",
        "{\"directed\": false, \"multigraph\": false, \"graph\": {}, \"nodes\": [{\"id\": 0}, {\"id\": \"b\"}, {\"id\": 2}], \"links\": [{\"source\": 0, \
         \"target\": \"b\"}, {\"source\": \"b\", \"target\": 2}]}\n",
    ),
    ("adjacency", "#made by hand\n# GMT\n# \n0 1 2 3\n1 2\n2 3\n3\n"),
    (
        "multiline adjacency",
        "#-\n# GMT\n# \n0 2\n1 {}\n2 {}\n1 1\n2 {}\n2 0\n",
    ),
    ("gephi", "ann;bob\nbob;cho;dan\ncho;dan;eve\n"),
    ("konect", "% bip unweighted\n% 4 3 3\n1 1\n1 2\n2 2\n3 3\n"),
];

const LOGS: [(&str, &str); 6] = [
    (
        "swf",
        "; Version: 2.2\n; MaxProcs: 16\n1 0 5 300 4 -1 -1 4 400 -1 1 3 1 -1 1 -1 -1 -1\n2 60 0 30 1 -1 -1 1 60 -1 1 4 1 -1 1 -1 -1 -1\n3 90 0 0 2 -1 -1 2 60 -1 5 4 1 -1 1 -1 -1 -1\n",
    ),
    (
        "log csv",
        "arrival,need,processors,user,tier\n0,60,1,ann,0\n30,600.5,8,\"b,ob\",1\n45,10,2,ann,2\n",
    ),
    ("log semicolon", "arrival;need;processors\n0;60;1\n30;600;8\n"),
    (
        "log sacct",
        "JobID,User,Partition,AllocCPUS,Submit,Start,End,Elapsed,State\n1001,ann,batch,4,2024-03-01T08:00:00,2024-03-01T08:00:05,2024-03-01T09:00:05,01:00:00,COMPLETED\n\
         1002,bob,batch,8,2024-03-01T08:10:00,2024-03-01T08:10:03,2024-03-02T08:10:03,1-00:00:00,COMPLETED\n",
    ),
    (
        "log iso",
        "arrival,need\n2024-03-01T08:00:00,60\n2024-03-01T08:00:30+01:00,01:00:00\n2024-02-29 23:59:59.5Z,2-03:00:00\n",
    ),
    ("log tab", "arrival\tneed\n0\t1\n5\t2\n"),
];

const STARTS: [(&str, &str); 2] = [
    ("start", "# five\n1\n2.0\n-3\n4\n5 # last\n"),
    ("start bom", "\u{feff}1\n2\n3\n4\n5\n"),
];

/// All of them, some gzipped too.
pub fn samples() -> Vec<Sample> {
    let of = |kind| {
        move |&(name, content): &(&str, &str)| Sample {
            name: name.to_owned(),
            kind,
            content: content.as_bytes().to_vec(),
        }
    };
    let mut all: Vec<Sample> = NETWORKS.iter().map(of(Kind::Network)).collect();
    all.extend(LOGS.iter().map(of(Kind::Log)));
    all.extend(STARTS.iter().map(of(Kind::Start)));
    let gzipped: Vec<Sample> = all
        .iter()
        .step_by(5)
        .map(|sample| Sample {
            name: format!("{}, gzipped", sample.name),
            kind: sample.kind,
            content: gzip(&sample.content),
        })
        .collect();
    all.extend(gzipped);
    all.push(Sample {
        name: "start npy".to_owned(),
        kind: Kind::Start,
        content: npy(&[1, 2, 3, 4, 5]),
    });
    for name in ["agreement", "orchestra", "blackout"] {
        all.push(Sample {
            name: format!("scenario {name}"),
            kind: Kind::Scenario,
            content: fs(name),
        });
    }
    all
}

fn fs(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// What stands in files where nobody expects it.
const TOKENS: [&[u8]; 24] = [
    b"0",
    b"-1",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"18446744073709551616",
    b"1e308",
    b"nan",
    b"-inf",
    b"\0",
    b"\r",
    b"\n\n",
    b"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b" ",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<![CDATA[",
    b"[[[[[[[[",
    b"{\"a\":",
    b"2024-13-40T25:61:61",
];

/// A generator of numbers (SplitMix64, Steele, Lea, Flood 2014).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// The `number`-th damaged form of a sample: one to four wounds.
pub fn damaged(sample: &Sample, number: u64) -> Vec<u8> {
    let mut draw = Draw(number);
    let mut bytes = sample.content.clone();
    for _ in 0..=draw.below(4) {
        wound(&mut bytes, &mut draw);
    }
    bytes
}

fn wound(bytes: &mut Vec<u8>, draw: &mut Draw) {
    let at = draw.below(bytes.len() + 1);
    let end = (at + draw.below(40)).min(bytes.len());
    match draw.below(8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 if at < bytes.len() => bytes[at] ^= 1 << draw.below(8),
        3 => {
            // A piece again, up to a hundred thousand times.
            let piece = bytes[at..end].to_vec();
            let times = 1 << draw.below(if piece.len() < 8 { 17 } else { 10 });
            bytes.splice(at..at, piece.repeat(times));
        }
        4 => {
            // A piece elsewhere.
            let piece: Vec<u8> = bytes.drain(at..end).collect();
            let to = draw.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        5 => {
            // A number becomes another.
            let digits = bytes[at..].iter().position(u8::is_ascii_digit).map(|from| at + from);
            if let Some(from) = digits {
                let past = bytes[from..].iter().position(|byte| !byte.is_ascii_digit());
                let to = past.map_or(bytes.len(), |past| from + past);
                bytes.splice(from..to, TOKENS[draw.below(9)].iter().copied());
            }
        }
        _ => drop(bytes.splice(at..at, TOKENS[draw.below(TOKENS.len())].iter().copied())),
    }
}
