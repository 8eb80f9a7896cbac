//! Files as other programs write them, and what is right for each.

use super::*;

/// Twenty nodes and thirty-two links, drawn once.
const LINKS: [(u32, u32); 32] = [
    (0, 2),
    (0, 5),
    (0, 18),
    (0, 10),
    (1, 16),
    (1, 14),
    (1, 4),
    (1, 12),
    (2, 5),
    (2, 7),
    (3, 9),
    (3, 18),
    (3, 11),
    (4, 8),
    (4, 14),
    (5, 17),
    (6, 7),
    (6, 13),
    (6, 19),
    (7, 16),
    (8, 10),
    (8, 16),
    (9, 17),
    (9, 15),
    (10, 12),
    (10, 19),
    (11, 14),
    (11, 15),
    (12, 13),
    (12, 19),
    (13, 18),
    (15, 17),
];

#[track_caller]
fn reads(format: Format, content: impl AsRef<[u8]>, nodes: u32, links: u32) -> Imported {
    let read = import(content).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (read.format, read.graph.nodes(), read.graph.links()),
        (format, nodes, links)
    );
    read
}

/// Asserts that it is the graph of [`LINKS`].
#[track_caller]
fn reads_links(format: Format, content: impl AsRef<[u8]>) {
    let read = reads(format, content, 20, 32);
    let node = |name: u32| (0..20).find(|&i| read.ids.get(i) == name.to_string()).expect("a node");
    for (one, other) in LINKS {
        assert!(read.graph.linked(node(one), node(other)), "{one}-{other}");
    }
}

fn lines_of(line: impl Fn(u32, u32) -> String) -> String {
    LINKS.iter().map(|&(one, other)| line(one, other)).collect()
}

fn nodes_of(line: impl Fn(u32) -> String) -> String {
    (0..20).map(line).collect()
}

#[test]
fn dimacs_is_read() {
    let read = reads(
        Format::Dimacs,
        "c ring\np edge 6 7\ne 1 2\ne 2 3\ne 3 4\ne 4 5\ne 5 6\ne 6 1\ne 1 4\n",
        6,
        7,
    );
    assert!(read.notes.is_empty());
    let road = "c road\np sp 5 8\na 1 2 40\na 2 1 40\na 2 3 12\na 3 2 12\na 3 4 9\na 4 3 9\na 4 5 31\na 5 4 31\n";
    let read = reads(Format::Dimacs, road, 5, 4);
    assert_eq!(read.duplicates, 4);
    assert!(
        read.notes.iter().any(|note| note == "directions are not used"),
        "{:?}",
        read.notes
    );
    says(
        &refusal("p edge 3 5\ne 1 2\n"),
        &["g:1:", "5 links", "1 `e` lines", "DIMACS"],
    );
    says(&refusal("p edge 3 1\ne 1 4\n"), &["g:2:", "\"4\"", "1 to 3"]);
    says(
        &refusal("c PACE\np tw 3 2\n1 2\n2 3\n"),
        &["PACE", "not read", "DIMACS"],
    );
}

#[test]
fn node_link_json_is_read() {
    let nodes: Vec<String> = (0..20).map(|i| format!("{{\"id\": {i}}}")).collect();
    let links: Vec<String> = LINKS
        .iter()
        .map(|(a, b)| format!("{{\"source\": {a}, \"target\": {b}}}"))
        .collect();
    for key in ["links", "edges"] {
        let text = format!(
            "{{\"directed\": false, \"multigraph\": false, \"graph\": {{}}, \"nodes\": [{}], \"{key}\": [{}]}}",
            nodes.join(", "),
            links.join(", ")
        );
        reads_links(Format::NodeLink, text);
    }
    let d3 = r#"{"nodes":[{"name":"a"},{"name":"b"},{"name":"c"}],"links":[{"source":0,"target":2,"value":3}]}"#;
    let read = reads(Format::NodeLink, d3, 3, 1);
    assert_eq!(ids(&read), ["a", "b", "c"]);
    assert!(read.graph.linked(0, 2));
    assert_eq!(read.notes, ["weights in the links are not used"]);
    says(
        &refusal(r#"{"nodes":[{"id":1}],"links":[{"source":1,"target":2}]}"#),
        &["link 0", "\"2\"", "no node"],
    );
    says(&refusal(r#"{"elements":{"nodes":[]}}"#), &["nodes", "node_link_data"]);
    says(
        &refusal("{\"nodes\": [\n{\"id\": 1},\n{\"id\"\n"),
        &["g:", "node-link JSON"],
    );
}

#[test]
fn graphml_is_read() {
    let text = format!(
        "<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n<graph \
         edgedefault=\"undirected\">\n{}{}</graph>\n</graphml>\n",
        nodes_of(|i| format!("<node id=\"{i}\"/>\n")),
        lines_of(|a, b| format!("<edge source=\"{a}\" target=\"{b}\"/>\n"))
    );
    reads_links(Format::Graphml, &text);
    let named = "<graphml><key id=\"w\" for=\"edge\" attr.name=\"weight\"/><graph edgedefault=\"directed\"><edge source=\"a&amp;b\" \
                 target=\"c\"><data key=\"w\">2</data></edge><node id=\"a&amp;b\"/><node id=\"c\"/><node id=\"d\"/></graph></graphml>";
    let read = reads(Format::Graphml, named, 3, 1);
    assert_eq!(ids(&read), ["a&b", "c", "d"]);
    assert_eq!(
        read.notes,
        ["weights in the edges are not used", "directions are not used"]
    );
    says(&refusal(&text[..text.len() - 30]), &["g:", "GraphML"]);
    says(
        &refusal("<graphml>\n<graph><node id=\"1\"/><node id=\"1\"/></graph></graphml>"),
        &["g:2:", "twice"],
    );
    says(
        &refusal("<?xml version=\"1.0\"?>\n<gexf><graph/></gexf>"),
        &["GEXF", "GraphML"],
    );
    says(&refusal("<html><body/></html>"), &["XML", "GraphML"]);
}

#[test]
fn what_is_exported_is_read() {
    use crate::topology::GraphTopology;
    use crate::topology::export::{ExportFormat, write};
    use std::ops::ControlFlow;
    for source in [
        "0 1\n1 2\n",
        "7 9\n9 4000000000\n",
        "\"a & b\",c<d\nc<d,\"e \"\"f\"\"\"\n",
    ] {
        let imported = import(source).expect("valid");
        let topology = GraphTopology::new(imported.clone());
        for format in [
            ExportFormat::EdgeList,
            ExportFormat::MatrixMarket,
            ExportFormat::GraphMl,
        ] {
            let mut text = Vec::new();
            write(&topology, format, &mut text, &mut |_| ControlFlow::Continue(())).expect("a vector takes all");
            let again = import(&text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(again.graph.links(), imported.graph.links(), "{source}");
            if format != ExportFormat::MatrixMarket {
                assert_eq!(ids(&again), ids(&imported), "{source}");
            }
        }
    }
}

#[test]
fn gml_is_read() {
    let text = format!(
        "Creator \"me\"\ngraph [\n  directed 0\n{}{}]\n",
        nodes_of(|i| format!("  node [\n    id {i}\n    label \"{i}\"\n  ]\n")),
        lines_of(|a, b| format!("  edge [\n    source {a}\n    target {b}\n  ]\n"))
    );
    reads_links(Format::Gml, &text);
    let read = reads(
        Format::Gml,
        "graph [ directed 1 node [ id 5 label \"x\" graphics [ id 9 ] ] node [ id 7 label \"y\" ] edge [ source 5 target 7 value 2.5 ] ]",
        2,
        1,
    );
    assert_eq!(ids(&read), ["x", "y"]);
    assert_eq!(read.notes.len(), 2);
    says(
        &refusal("graph [\nnode [ id 1 ]\nedge [ source 1 target 2 ]\n]"),
        &["g:3:", "\"2\"", "GML"],
    );
    says(&refusal(&text[..text.len() - 5]), &["GML", "cut"]);
}

#[test]
fn pajek_is_read() {
    let text = format!(
        "*vertices 20\n{}*edges\n{}",
        nodes_of(|i| format!("{} {i} 0.0 0.0 ellipse\n", i + 1)),
        lines_of(|a, b| format!("{} {} 1.0\n", a + 1, b + 1))
    );
    reads_links(Format::Pajek, text);
    let read = reads(
        Format::Pajek,
        "*Vertices 3\r\n1 \"New York\"\r\n*Arcs\r\n1 2 5\r\n*Edgeslist\r\n1 2 3\r\n",
        3,
        2,
    );
    assert_eq!((read.ids.clone(), read.duplicates), (Ids::OneBased { nodes: 3 }, 1));
    assert_eq!(
        read.notes,
        ["weights in the third column are not used", "directions are not used"]
    );
    says(&refusal("*Vertices 2\n*Edges\n1 3\n"), &["g:3:", "\"3\"", "1 to 2"]);
}

#[test]
fn adjacency_lists_are_read() {
    let read = reads(Format::AdjacencyList, "#hello\n# GMT\n# \n0 1 2 3\n1 2\n2 3\n3\n", 4, 5);
    assert!(read.graph.linked(0, 3));
    reads(Format::AdjacencyList, "ann;bob\nbob;cho;dan\ncho;dan;eve\n", 5, 5);
    reads_links(Format::MultilineAdjacencyList, {
        let mut text = "#-\n# GMT Sat\n# \n".to_owned();
        for node in 0..20 {
            let others: Vec<u32> = LINKS.iter().filter(|(a, _)| *a == node).map(|(_, b)| *b).collect();
            text += &format!("{node} {}\n", others.len());
            others.iter().for_each(|other| text += &format!("{other} {{}}\n"));
        }
        text
    });
    // What may be either is asked for.
    let either = "0 1 2\n1 2 0\n2 0 1\n";
    says(&refusal(either), &["g:1:", "adjacency-list", "edge-list"]);
    assert_eq!(import_as(Format::AdjacencyList, either).expect("said").graph.links(), 3);
    assert_eq!(import_as(Format::EdgeList, either).expect("said").graph.links(), 3);
    says(&refusal("0,1\n1,2,0.5\n2,3\n"), &["g:2:", "3 columns", "edge-list"]);
}

#[test]
fn one_line_of_pairs_is_read() {
    reads(Format::EdgeList, "0 1 1 2 2 3 3 0\n", 4, 4);
}

#[test]
fn a_first_line_that_states_the_size_is_no_link() {
    let text = format!("20 32\n{}", lines_of(|a, b| format!("{a} {b}\n")));
    reads_links(Format::EdgeList, &text);
    let read = reads(Format::EdgeList, "5 5\n0 1\n1 2\n2 3\n3 4\n4 0\n", 5, 5);
    assert_eq!(read.notes, ["the first line is the size, 5 nodes and 5 links"]);
    assert_eq!(read.ids, Ids::Same { nodes: 5 });
    // Nodes without links count; from 1 as from 0; as Matrix Market has it.
    assert_eq!(
        reads(Format::EdgeList, "7,3\n1,2\n2,3\n3,7\n", 7, 3).ids,
        Ids::OneBased { nodes: 7 }
    );
    reads(Format::EdgeList, "4 4 3\n0 1\n1 2\n0 2\n", 4, 3);
    // Not borne out: a link like the others.
    reads(Format::EdgeList, "20 33\n0 1\n1 2\n", 5, 3);
}

#[test]
fn metis_whose_header_is_wrong_is_refused_as_metis() {
    says(
        &refusal("6 12\n2 6\n1 3\n2 4\n3 5\n4 6\n1 5\n"),
        &["g:1:", "METIS", "12 links", "to 6 links"],
    );
    says(
        &refusal("4 4\n1 3\n0 2\n1 3\n0 2\n"),
        &["g:", "METIS", "node 0", "from 1"],
    );
    let read = reads(Format::Metis, "3 4\n1 2 3\n1 3\n1 2\n", 3, 3);
    assert_eq!(read.self_loops, 1);
    assert_eq!(reads(Format::Metis, "3 3\n1 2 3\n1 3\n1 2\n", 3, 3).self_loops, 1);
}

#[test]
fn headers_choose_the_columns() {
    let cities = "source,target\nNew York,Boston\nNew Haven,New York\nBoston,New Haven\n";
    assert_eq!(
        ids(&reads(Format::EdgeList, cities, 3, 3)),
        ["New York", "Boston", "New Haven"]
    );
    let read = reads(
        Format::EdgeList,
        "id,source,target,weight\n0,10,11,1.0\n1,11,12,1.0\n2,12,13,1.0\n3,13,10,1.0\n",
        4,
        4,
    );
    assert_eq!(ids(&read), ["10", "11", "12", "13"]);
    assert_eq!(
        read.notes,
        [
            "weights in column 4 (\"weight\") are not used",
            "column 1 (\"id\") is not used"
        ]
    );
    assert_eq!(
        ids(&reads(Format::EdgeList, "FromNodeId\tToNodeId\nA\tB\nB\tC\n", 3, 2)),
        ["A", "B", "C"]
    );
    reads(
        Format::EdgeList,
        "\"\",\"from\",\"to\"\n\"1\",10,11\n\"2\",11,12\n\"3\",12,13\n\"4\",13,10\n",
        4,
        4,
    );
    reads(
        Format::EdgeList,
        ",source,target\n0,10,11\n1,11,12\n2,12,13\n3,13,10\n",
        4,
        4,
    );
    // As R writes between blanks: the names of rows have no name.
    reads(
        Format::EdgeList,
        "\"from\" \"to\"\n\"1\" \"a\" \"b c\"\n\"2\" \"b c\" \"d\"\n",
        3,
        2,
    );
    // Without a header rows that are counted are seen.
    says(
        &refusal("0,10,11\n1,11,12\n2,12,13\n3,13,10\n"),
        &["g:1:", "topology.columns=[2,3]"],
    );
}

#[test]
fn triples_and_arrows_need_their_columns() {
    let choose = |one, other| Limits {
        format: Some(Format::EdgeList),
        columns: Some([Column::Number(one), Column::Number(other)]),
        ..Limits::default()
    };
    let triples = "/m/1\t/people/born\t/m/2\n/m/2\t/people/born\t/m/3\n";
    says(&refusal(triples), &["g:1:", "triples", "SIF", "topology.columns=[1,3]"]);
    let read = read_bytes("g", triples.as_bytes(), choose(1, 3)).expect("said");
    assert_eq!((read.graph.nodes(), read.graph.links()), (3, 2));
    let arrows = "ann -> bob\nbob -> cho\ncho -> ann\n";
    says(&refusal(arrows), &["g:1:", "arrow", "topology.columns=[1,3]"]);
    let read = read_bytes("g", arrows.as_bytes(), choose(1, 3)).expect("said");
    assert_eq!((read.graph.nodes(), read.graph.links()), (3, 3));
    says(
        &read_bytes("g", arrows.as_bytes(), choose(1, 1))
            .expect_err("one column")
            .to_string(),
        &["column 1"],
    );
    let named = |name: &str| Limits {
        columns: Some([Column::Name("A".into()), Column::Name(name.into())]),
        ..Limits::default()
    };
    let table = "a,w,b\n1,5,2\n2,5,3\n";
    assert_eq!(
        read_bytes("g", table.as_bytes(), named("b"))
            .expect("said")
            .graph
            .nodes(),
        3
    );
    says(
        &read_bytes("g", table.as_bytes(), named("c"))
            .expect_err("no c")
            .to_string(),
        &["\"c\"", "\"b\""],
    );
}

#[test]
fn weights_may_be_errors() {
    let strict = Limits {
        weights: Weights::Error,
        ..Limits::default()
    };
    for text in [
        "0 1 0.5\n1 2 0.5\n",
        "source,target,weight\na,b,1\nb,c,2\n",
        "3 2 1\n2 9\n1 9 3 8\n2 8\n",
        "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 1.5\n2 3 1\n",
        "p sp 3 2\na 1 2 4\na 2 3 4\n",
    ] {
        let message = read_bytes("g", text.as_bytes(), strict.clone())
            .expect_err(text)
            .to_string();
        says(&message, &["g: links have weights", "topology.weights=ignore"]);
        assert!(
            import(text)
                .expect("ignored")
                .notes
                .iter()
                .any(|note| note.starts_with("weights in")),
            "{text}"
        );
    }
    assert!(read_bytes("g", b"0 1\n1 2\n", strict).is_ok());
}

#[test]
fn konect_is_read_on_two_sides() {
    let read = reads(
        Format::EdgeList,
        "% bip unweighted\n% 6 3 4\n1 1\n1 2\n2 2\n2 3\n3 3\n3 4\n",
        7,
        6,
    );
    assert_eq!(read.ids.get(0), "left:1");
    reads(Format::EdgeList, "% sym unweighted\n% 3 3 3\n1 2\n2 3\n3 1\n", 3, 3);
}

#[test]
fn matrix_market_as_others_write_it() {
    let one = "%MatrixMarket matrix coordinate pattern symmetric\n8 8 6\n2 1\n3 1\n3 2\n5 4\n6 5\n6 4\n";
    reads(Format::MatrixMarket, one, 8, 6);
    let scipy = "%%MatrixMarket matrix coordinate unsigned-integer general\n%\n3 3 2\n1 2 5\n2 3 6\n";
    reads(Format::MatrixMarket, scipy, 3, 2);
}

#[test]
fn zeros_after_gzip_are_nothing() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"1 2\n2 3\n3 1\n").expect("a vector takes all");
    let mut packed = encoder.finish().expect("a vector takes all");
    packed.resize(packed.len() + 512, 0);
    reads(Format::EdgeList, packed, 3, 3);
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let boeing = "A small symmetric pattern                                               tiny    \n             4             1             \
                  1             2\npsa                        4             4             6             0\n(26I3)          (26I3)      \
                  \n  1  3  5  6  7\n  1  2  2  3  3  4\n";
    let cases: [(&str, &[&str]); 16] = [
        (boeing, &["Rutherford-Boeing", "Matrix Market"]),
        ("4 7\n1 2\n1 7 5 6\n5 6 4\n2 3 4\n", &["hMETIS", "edge list"]),
        ("graph {\n  a -- b;\n}\n", &["DOT", "GML"]),
        ("// c\nstrict digraph \"x y\" {\n  a -> b\n}\n", &["DOT"]),
        ("Bw\n", &["graph6"]),
        (">>sparse6<<:Fa@x^\n", &["sparse6"]),
        ("# a\nb\nc\n# b\nc\n", &["LGL", "edge list"]),
        ("# a\nb 1.5\n# b\nc 0.25\n", &["LGL"]),
        ("1 First\n2 Second\n3 Third\n#\n1 2 edge\n2 3\n", &["TGF", "#"]),
        ("a pp b\nb pp c\nc pd a\n", &["SIF"]),
        ("p tw 3 2\n1 2\n2 3\n", &["PACE"]),
        ("PK\u{3}\u{4}\u{14}", &["zip", "unpack"]),
        ("PAR1\u{15}", &["Parquet", "CSV"]),
        ("arrival,need,user\n0,60,1\n30,600,8\n", &["job log", "work.trace"]),
        ("JobID,Submit,Elapsed\n1,2024-03-01,01:00:00\n", &["job log"]),
        (
            "; Version: 2.2\n 1 0 5 300 4 -1 -1 4 400 -1 1 3 1 -1 1 -1 -1 -1\n",
            &["job log", "work.trace"],
        ),
    ];
    for (text, parts) in cases {
        says(&refusal(text), parts);
    }
}
