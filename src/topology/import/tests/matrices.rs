use super::*;

const PATTERN: &str = "%%MatrixMarket matrix coordinate pattern symmetric\n";

#[test]
fn entries_are_links_and_the_size_gives_the_nodes() {
    // 2-1, 3-1, a diagonal entry, and nodes 4 and 5 without any.
    let read = import(format!("{PATTERN}% c\n\n5 5 3\n2 1\n% c\n3 1\n3 3\n")).expect("valid");
    assert_eq!(read.format, Format::MatrixMarket);
    assert_eq!(rows(&read), [vec![1, 2], vec![0], vec![0], vec![], vec![]]);
    assert_eq!(read.ids, Ids::OneBased { nodes: 5 });
    assert_eq!((read.links_read, read.self_loops, read.duplicates), (3, 1, 0));
}

#[test]
fn every_field_and_symmetry_is_read_alike() {
    for (field, value) in [
        ("pattern", ""),
        ("real", " -1.5e3"),
        ("integer", " 0"),
        ("Complex", " 1.0 2.0"),
    ] {
        for symmetry in ["general", "symmetric", "skew-symmetric", "HERMITIAN"] {
            let text = format!(
                "%%matrixmarket MATRIX Coordinate {field} {symmetry}\n3 3 3\n2 1{value}\n1 2{value}\n3 2{value}\n"
            );
            let read = import(&text).expect(&text);
            assert_eq!(rows(&read), [vec![1], vec![0, 2], vec![1]]);
            assert_eq!(read.duplicates, 1);
        }
    }
}

#[test]
fn banners_must_be_known() {
    let dense = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n";
    says(&refusal(dense), &["g:1:", "dense", "`array`", "coordinate"]);
    for (banner, reason) in [
        ("%%MatrixMarket matrix coordinate pattern", "five words"),
        ("%%MatrixMarket vector coordinate pattern general", "five words"),
        ("%%MatrixMarket matrix coordinate quaternion general", "a field"),
        ("%%MatrixMarket matrix coordinate real lopsided", "a symmetry"),
    ] {
        says(
            &refusal(format!("{banner}\n2 2 1\n1 2\n")),
            &["g:1:", &banner[..20], reason, "pattern|real|integer|complex"],
        );
    }
    says(
        &refusal_as(Format::MatrixMarket, "0 1\n"),
        &["g:1:", "\"0 1\"", "no Matrix Market banner"],
    );
}

#[test]
fn sizes_must_be_square_and_whole() {
    says(
        &refusal(format!("{PATTERN}% c\n3 4 1\n1 2\n")),
        &["g:3:", "rectangular", "3 by 4", "square"],
    );
    says(
        &refusal(format!("{PATTERN}3 3\n1 2\n")),
        &["g:2:", "\"3 3\"", "three whole numbers"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 x\n1 2\n")),
        &["g:2:", "\"3 3 x\"", "three whole numbers"],
    );
    says(
        &refusal(format!("{PATTERN}% end\n")),
        &["g:2:", "\"% end\"", "no size line"],
    );
    says(
        &refusal(format!("{PATTERN}5000000000 5000000000 1\n1 2\n")),
        &["5000000000 nodes", "4294967294"],
    );
    says(
        &refusal(format!("{PATTERN}1 1 1\n1 1\n")),
        &["1 node and", "at least two nodes"],
    );
}

#[test]
fn entries_must_be_as_many_as_claimed_and_in_range() {
    says(
        &refusal(format!("{PATTERN}3 3 2\n2 1\n")),
        &["g:2:", "gives 2 entries", "holds 1", "cut"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 1\n2 1\n3 1\n")),
        &["g:2:", "gives 1 entries", "holds 2"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 2\n2 1\n4 1\n")),
        &["g:4:", "\"4\"", "1 to 3"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 2\n2 0\n3 1\n")),
        &["g:3:", "\"0\"", "1 to 3"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 1\n2 1.5\n")),
        &["g:3:", "\"1.5\"", "whole number"],
    );
    says(
        &refusal(format!("{PATTERN}3 3 1\n2\n")),
        &["g:3:", "\"2\"", "1 columns", "have 2"],
    );
    let real = "%%MatrixMarket matrix coordinate real general\n3 3 1\n2 1\n";
    says(&refusal(real), &["g:3:", "\"2 1\"", "2 columns", "`real`", "have 3"]);
}

#[test]
fn a_claim_of_many_nodes_needs_entries_or_permission() {
    let text = format!("{PATTERN}2000000 2000000 1\n2 1\n");
    says(
        &refusal(&text),
        &["g:2:", "2000000 nodes for 1 entries", "1048576", "mostly_isolated"],
    );
    let limits = Limits {
        mostly_isolated: true,
        ..Limits::default()
    };
    let read = read_bytes("g", text.as_bytes(), limits).expect("allowed");
    assert_eq!((read.graph.nodes(), read.graph.links()), (2_000_000, 1));
    assert_eq!(
        import(format!("{PATTERN}1048576 1048576 1\n2 1\n"))
            .expect("valid")
            .graph
            .nodes(),
        1 << 20
    );
}
