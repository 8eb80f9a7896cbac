use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

const EDGES: &[u8] = b"# c\n0 1\n1 2\n";
const METIS: &[u8] = b"3 2\n2\n1 3\n2\n";
const MATRIX: &[u8] = b"%%MatrixMarket matrix coordinate pattern general\n3 3 2\n1 2\n2 3\n";

#[test]
fn gzip_in_members_a_byte_order_mark_and_cr_lf_change_nothing() {
    for plain in [EDGES, METIS, MATRIX] {
        let expected = import(plain).expect("valid");
        assert_eq!(rows(&expected), [vec![1], vec![0, 2], vec![1]]);
        let marked = [b"\xef\xbb\xbf", plain].concat();
        let cr_lf = String::from_utf8_lossy(plain).replace('\n', "\r\n").into_bytes();
        let open_end = plain.trim_ascii_end().to_vec();
        let (head, tail) = plain.split_at(plain.len() / 2);
        let members = [gzip(head), gzip(b""), gzip(tail)].concat();
        for variant in [marked.clone(), cr_lf, open_end, gzip(plain), gzip(&marked), members] {
            assert_eq!(import(&variant).expect("valid"), expected);
        }
    }
}

#[test]
fn files_are_read_as_buffers_are() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [
        ("a.mtx", EDGES.to_vec()),
        ("b", gzip(METIS)),
        ("c.txt", MATRIX.to_vec()),
    ] {
        // The name says nothing: each is told by its content.
        let path = folder.path().join(name);
        std::fs::write(&path, &content).expect("written");
        assert_eq!(
            read(&path, Limits::default()).expect("valid"),
            import(&content).expect("valid")
        );
    }
    let missing = folder.path().join("none.txt");
    says(
        &read(&missing, Limits::default()).expect_err("missing").to_string(),
        &["none.txt", "no such file"],
    );
    says(
        &read(folder.path(), Limits::default())
            .expect_err("a folder")
            .to_string(),
        &["a directory"],
    );
    let empty = folder.path().join("empty.txt");
    std::fs::write(&empty, "").expect("written");
    says(
        &read(&empty, Limits::default()).expect_err("empty").to_string(),
        &["empty.txt: empty"],
    );
    let bad = folder.path().join("bad.txt");
    std::fs::write(&bad, "0 1\n2\n").expect("written");
    says(
        &read(&bad, Limits::default()).expect_err("bad").to_string(),
        &["bad.txt:2:"],
    );
}

#[test]
fn gzip_that_is_cut_or_damaged_is_refused() {
    let whole = gzip(EDGES);
    for length in 2..whole.len() {
        says(&refusal(&whole[..length]), &["g: ", "gzip", "cut"]);
    }
    let mut damaged = whole.clone();
    let checksum = damaged.len() - 6;
    damaged[checksum] ^= 1;
    says(&refusal(&damaged), &["g: ", "gzip", "damaged", "again"]);
    says(&refusal([&whole[..], b"junk"].concat()), &["g: ", "gzip"]);
}

#[test]
fn the_limit_on_memory_holds_before_and_after_decompression() {
    let limits = Limits {
        memory: Some(1000),
        ..Limits::default()
    };
    let large = b"0 1\n".repeat(1000);
    let folder = tempfile::tempdir().expect("a folder");
    for content in [large.clone(), gzip(&large)] {
        let path = folder.path().join("large");
        std::fs::write(&path, &content).expect("written");
        for result in [
            read(&path, limits.clone()),
            read_bytes("large", &content, limits.clone()),
        ] {
            says(
                &result.expect_err("too large").to_string(),
                &["large: ", "1000 bytes", "--memory"],
            );
        }
    }
    assert!(read_bytes("g", &large[..1000], limits).is_ok());
}

#[test]
fn files_without_links_are_refused() {
    says(&refusal(""), &["g: empty"]);
    says(&refusal(" \r\n\n\t"), &["g: empty"]);
    says(&refusal("\u{feff}"), &["g: empty"]);
    says(&refusal("# a\n% b\n\n#c"), &["g: 4 lines of comments"]);
    says(&refusal_as(Format::EdgeList, "# a\n"), &["g: 1 line of comments"]);
}

#[test]
fn binary_files_are_refused() {
    says(&refusal(b"0 1\n\x7fELF\0\x01"), &["g:2:", "binary", "\\x00"]);
    says(&refusal(b"\xff\xfe0\0 \x001\0"), &["g: UTF-16 text", "iconv"]);
    says(&refusal(gzip(&gzip(EDGES))), &["g: gzip inside gzip"]);
}

#[test]
fn formats_have_stable_names() {
    for (format, name) in [
        (Format::EdgeList, "edge-list"),
        (Format::Metis, "metis"),
        (Format::MatrixMarket, "matrix-market"),
        (Format::Graphml, "graphml"),
        (Format::NodeLink, "node-link"),
        (Format::MultilineAdjacencyList, "multiline-adjacency-list"),
    ] {
        assert_eq!(serde_json::to_value(format).expect("a name"), name);
        assert_eq!(serde_json::from_value::<Format>(name.into()).expect("a format"), format);
    }
}
