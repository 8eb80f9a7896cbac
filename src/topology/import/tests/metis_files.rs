use super::*;

/// A path 1-2-3, node 4 alone, and 5 linked to 1.
const SMALL: &str = "% comment\n5 3\n2 5\n1 3\n% in between\n2\n\n1\n";

#[test]
fn rows_are_nodes_and_empty_rows_have_no_links() {
    let read = import(SMALL).expect("valid");
    assert_eq!(read.format, Format::Metis);
    assert_eq!(rows(&read), [vec![1, 4], vec![0, 2], vec![1], vec![], vec![0]]);
    assert_eq!(read.ids, Ids::OneBased { nodes: 5 });
    assert_eq!((read.links_read, read.self_loops, read.duplicates), (3, 0, 0));
}

#[test]
fn the_last_row_may_be_empty_and_empty_lines_may_follow() {
    let read = import("3 1\n2\n1\n\n").expect("valid");
    assert_eq!(rows(&read), [vec![1], vec![0], vec![]]);
    assert_eq!(import("3 1\n2\n1\n\n\n \n\n").expect("valid"), read);
    // Without the line end there is no third row.
    says(
        &refusal_as(Format::Metis, "3 1\n2\n1\n"),
        &["g:3:", "2 rows for the 3 nodes"],
    );
}

#[test]
fn sizes_and_weights_are_skipped_by_fmt() {
    let path = [vec![1], vec![0, 2], vec![1]];
    for text in [
        "3 2 0\n2\n1 3\n2\n",
        "3 2 000\n2\n1 3\n2\n",
        "3 2 1\n2 9\n1 9 3 8\n2 8\n",
        "3 2 001\n2 0.5\n1 0.5 3 -1e3\n2 -1e3\n",
        "3 2 10\n7 2\n7 1 3\n7 2\n",
        "3 2 010\n7 2\n7 1 3\n7 2\n",
        "3 2 11\n7 2 9\n7 1 9 3 8\n7 2 8\n",
        "3 2 011 2\n7 7 2 9\n7 7 1 9 3 8\n7 7 2 8\n",
        "3 2 100\n4 2\n4 1 3\n4 2\n",
        "3 2 110 3\n4 7 7 7 2\n4 7 7 7 1 3\n4 7 7 7 2\n",
        "3 2 111\n4 7 2 9\n4 7 1 9 3 8\n4 7 2 8\n",
    ] {
        let read = import(text).expect(text);
        assert_eq!(read.format, Format::Metis, "{text}");
        assert_eq!(rows(&read), path, "{text}");
    }
}

#[test]
fn rows_may_be_unsorted_and_self_loops_and_repetitions_are_dropped() {
    // Row 1 lists 3, 2 and itself; 1-2 is listed twice at both ends: eight ends, as the header's four links say.
    let read = import_as(Format::Metis, "3 4\n3 2 1 2\n1 1\n1 3\n").expect("valid");
    assert_eq!(rows(&read), [vec![1, 2], vec![0], vec![0]]);
    assert_eq!((read.links_read, read.self_loops, read.duplicates), (4, 2, 1));
}

#[test]
fn rows_must_be_as_many_as_nodes() {
    let cut = "% c\n5 3\n2 5\n1 3\n2\n";
    says(&refusal(cut), &["g:5:", "3 rows", "5 nodes", "cut"]);
    says(
        &refusal_as(Format::Metis, "2 1\n2\n1\n\n1\n"),
        &["g:4:", "4 rows", "2 nodes"],
    );
    // A claim alone allocates nothing.
    says(
        &refusal_as(Format::Metis, "4000000000 7\n2\n1\n"),
        &["g:3:", "2 rows", "4000000000 nodes"],
    );
    says(
        &refusal_as(Format::Metis, "5000000000 7\n2\n1\n"),
        &["g:", "5000000000 nodes", "4294967294"],
    );
}

#[test]
fn ends_must_be_twice_the_links() {
    says(
        &refusal("% c\n4 4\n2 4\n1 3\n2\n1\n"),
        &["g:2:", "4 links", "8 link ends", "hold 6"],
    );
}

#[test]
fn neighbours_must_be_nodes() {
    says(
        &refusal_as(Format::Metis, "3 2\n2\n1 4\n2\n"),
        &["g:3:", "\"4\"", "1 to 3"],
    );
    says(
        &refusal_as(Format::Metis, "3 2\n2\n1 0\n2\n"),
        &["g:3:", "node 0", "from 1 to 3"],
    );
    says(
        &refusal_as(Format::Metis, "3 2\n2\n1 -2\n2\n"),
        &["g:3:", "\"-2\"", "1 to 3"],
    );
    says(
        &refusal_as(Format::Metis, "3 2\n2\n1 x\n2\n"),
        &["g:3:", "\"x\"", "a whole number", "edge-list"],
    );
}

#[test]
fn links_must_be_listed_at_both_ends() {
    // Row 2 lists 3, row 3 lists 1 instead.
    says(
        &refusal("% c\n3 2\n2\n% c\n1 3\n1\n"),
        &["g:5:", "node 2 lists 3", "both ends"],
    );
}

#[test]
fn weights_must_be_there_and_be_numbers() {
    says(
        &refusal_as(Format::Metis, "2 1 1\n2 5\n1\n"),
        &["g:3:", "\"1\"", "weight of a link"],
    );
    says(
        &refusal_as(Format::Metis, "2 1 110\n5 6 2\n5\n"),
        &["g:3:", "\"5\"", "vertex size or weight"],
    );
    says(
        &refusal_as(Format::Metis, "2 1 1\n2 x\n1 x\n"),
        &["g:2:", "\"x\"", "a weight"],
    );
}

#[test]
fn headers_must_be_usable() {
    let header = |text: &str| refusal_as(Format::Metis, text);
    says(
        &header("3\n"),
        &["g:1:", "\"3\"", "two to four columns", "nodes links [fmt [ncon]]"],
    );
    says(&header("3 2 1 1 1\n"), &["g:1:", "two to four columns"]);
    says(&header("%\n3 x\n"), &["g:2:", "\"3 x\"", "no whole number"]);
    says(&header("3 -2\n"), &["g:1:", "below zero"]);
    says(&header("3 2 2\n"), &["g:1:", "fmt"]);
    says(&header("3 2 0000\n"), &["g:1:", "fmt"]);
    says(&header("3 2 1 2\n"), &["g:1:", "ncon"]);
    says(&header("% only\n% comments\n"), &["2 lines of comments"]);
    says(&header("1 0\n\n"), &["1 node and", "at least two nodes"]);
    says(&header("2 0\n\n\n"), &["2 nodes and 0 links"]);
}

#[test]
fn formats_are_told_apart() {
    let told = |text: &str| match detect::tell(text.as_bytes()) {
        detect::Told::Read(format) => format,
        detect::Told::Refused(name, _) => panic!("{text}: {name}"),
    };
    // A triangle in both; METIS is preferred where the header is borne out.
    assert_eq!(told("3 3\n2 3\n1 3\n1 2\n"), Format::Metis);
    assert_eq!(told("3 3\n2 3\n1 3\n"), Format::EdgeList);
    // A star, cut: rows are ragged.
    assert_eq!(told("6 5\n2 3 4 5 6\n1\n1\n"), Format::Metis);
    assert_eq!(told("3 2\n2\n1 3\n"), Format::Metis);
    // Links with and without weights are ragged too, but none has one column.
    assert_eq!(told("9 5\n1 2 7\n3 4\n5 6 7\n7 8\n"), Format::EdgeList);
    // Not a header: more links than pairs, no pair at all, or words and commas.
    assert_eq!(told("3 4\n5\n"), Format::EdgeList);
    assert_eq!(told("1 0\n\n"), Format::EdgeList);
    assert_eq!(told("0 1\n5\n"), Format::EdgeList);
    assert_eq!(told("2,1\n2\n1\n"), Format::EdgeList);
    assert_eq!(told("2 1\n2\n1\n# c\n"), Format::EdgeList);
    assert_eq!(told("2 0\n\n\n"), Format::Metis);
    // Three columns throughout: an edge list with weights.
    assert_eq!(told("9 5 1\n1 2 1\n3 4 1\n"), Format::EdgeList);
    assert_eq!(told("%%matrixmarket matrix"), Format::MatrixMarket);
    assert_eq!(told("% %MatrixMarket\n"), Format::EdgeList);
    // Its first line is the size then.
    let links = import_as(Format::EdgeList, "3 3\n2 3\n1 3\n1 2\n").expect("valid");
    assert_eq!((links.self_loops, links.graph.links()), (0, 3));
}
