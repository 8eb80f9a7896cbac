use super::*;

#[test]
fn links_are_undirected_sorted_and_single() {
    // 0-1 three times, 2-2 a self-loop, 1-2 once; node 3 only links to itself and so has no link.
    let read = import("# a comment\n0 1\n1\t0\n% another\n2 2\n\n  2   1  \n0 1 # c\n3 3\n").expect("valid");
    assert_eq!(rows(&read), [vec![1], vec![0, 2], vec![1], vec![]]);
    assert_eq!(read.ids, Ids::Same { nodes: 4 });
    assert_eq!((read.links_read, read.self_loops, read.duplicates), (6, 2, 2));
    assert_eq!(
        (read.graph.links(), read.graph.degree(1), read.format),
        (2, 2, Format::EdgeList)
    );
    assert_eq!(read.graph.offsets(), [0, 1, 3, 4, 4]);
    assert_eq!(read.graph.ends(), [1, 0, 2, 1]);
}

#[test]
fn sparse_integer_ids_are_numbered_in_increasing_order() {
    let read = import("4294967294 10\n10 007\n").expect("valid");
    assert_eq!(ids(&read), ["7", "10", "4294967294"]);
    assert_eq!(rows(&read), [vec![1], vec![0, 2], vec![1]]);
}

#[test]
fn commas_and_semicolons_separate_columns() {
    for text in [
        "1,2\n2,3\n",
        "1 , 2,\n2 ,3,0.5\n",
        "1;2;x\n2;\t3;y\n",
        "1 2\n+2 3 # end\n",
        "1,2,\n+2,3,\n",
    ] {
        let read = import(text).expect("valid");
        assert_eq!(rows(&read), [vec![1], vec![0, 2], vec![1]], "{text}");
        assert_eq!(read.ids, Ids::OneBased { nodes: 3 });
    }
}

#[test]
fn a_row_without_the_mark_of_the_others_is_named() {
    says(
        &refusal("a,b\n1,2\n3\n4,5\n"),
        &[":3:", "\"3\" has no comma", "3 of the 4 lines"],
    );
    says(
        &refusal("a;b\n# c\n1;2\n\n3\n"),
        &[":5:", "no semicolon", "2 of the 3 lines"],
    );
    // Where most lines have none, a comma is part of an id.
    says(&refusal("a,b\n1 2\n3 4\n"), &[":1:", "names one end"]);
}

#[test]
fn a_header_of_words_over_integers_is_skipped_and_reported() {
    for (header, body) in [
        ("source,target", "5,6\n6,8\n"),
        ("Source;Target;Weight", "5;6;1\n6;8;2\n"),
        ("come go", "5 6\n6 8\n"),
    ] {
        let read = import(format!("% c\n{header}\n{body}")).expect("valid");
        assert_eq!(ids(&read), ["5", "6", "8"]);
        assert_eq!(read.header.as_deref(), Some(header));
    }
    assert_eq!(import("0 1\n").expect("valid").header, None);
}

#[test]
fn a_familiar_header_is_one_with_nothing_below_it_too() {
    for text in ["source,target\n", "# c\nFromNodeId\tToNodeId\n", "src;dst"] {
        says(&refusal(text), &["0 nodes and 0 links"]);
    }
}

/// Whoever has a header of their own names finds out that it was read as a link.
#[test]
fn a_first_line_of_words_that_nothing_else_names_is_told() {
    let read = import("# my links\nhost1,host2\nalpha,beta\nbeta,gamma\n").expect("valid");
    let note = "first line \"host1,host2\" is taken as a link; if it is a header, set topology.columns = [\"host1\", \"host2\"]";
    assert_eq!(read.notes, [note]);
    let alone = import("host1,host2\n").expect("valid");
    assert_eq!(alone.notes, [note]);
    for text in [
        "alpha beta\nbeta gamma\n",
        "alpha beta\ngamma delta\nbeta alpha\n",
        "source target\nalpha beta\n",
        "7 alpha\nbeta gamma\n",
    ] {
        assert_eq!(import(text).expect("valid").notes, [""; 0], "{text}");
    }
}

#[test]
fn words_are_numbered_by_first_appearance() {
    let read = import("carol alice\n# comment\nbob zoë\nalice bob\nbob carol\nalice carol\n").expect("valid");
    assert_eq!(ids(&read), ["carol", "alice", "bob", "zoë"]);
    assert_eq!(rows(&read), [vec![1, 2], vec![0, 2], vec![0, 1, 3], vec![2]]);
    assert_eq!(read.duplicates, 1);
    let mut table = Vec::new();
    read.ids.write_csv(&mut table).expect("a vector takes everything");
    assert_eq!(
        String::from_utf8(table).expect("text"),
        "node,id\n0,carol\n1,alice\n2,bob\n3,zoë\n"
    );
}

#[test]
fn one_word_makes_all_ids_words() {
    // Nothing is out of range then, spelling counts, and a first line that is no header known by its names is a link.
    let read = import("come go\n7 07\n-1 99999999999999999999\n7 bob\n").expect("valid");
    assert_eq!(
        ids(&read),
        ["come", "go", "7", "07", "-1", "99999999999999999999", "bob"]
    );
    assert_eq!(read.header, None);
}

#[test]
fn ids_that_all_start_like_numbers_but_are_none_are_words() {
    let read = import("10.0.0.1 10.0.0.2\n10.0.0.2 10.0.0.3\n").expect("valid");
    assert_eq!(ids(&read), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
}

#[test]
fn a_slip_among_integers_is_refused() {
    says(&refusal("0 1\n\n1 2x\n"), &["g:3:", "\"2x\"", "whole number"]);
    says(&refusal("a b\n0 1.5\n1 2\n"), &["g:2:", "\"1.5\"", "whole number"]);
}

#[test]
fn ids_beyond_32_bits_are_refused() {
    says(
        &refusal("0 1\n2 4294967295\n"),
        &["g:2:", "id 4294967295 ", "0 to 4294967294", "renumber"],
    );
    says(
        &refusal("# c\r\n\r\n0 1\r\n-3 1\r\n"),
        &["g:4:", "id -3 ", "4294967294"],
    );
    says(
        &refusal("0 1\n1 123456789012345678901234567890\n"),
        &["g:2:", "123456789012345678901234567890"],
    );
}

#[test]
fn a_line_needs_two_ids() {
    for (text, line, shown) in [
        ("0 1\n2\n", "g:2:", "\"2\""),
        ("0 1\n2 # 3\n", "g:2:", "\"2 # 3\""),
        ("alice bob\ncarol\n", "g:2:", "\"carol\""),
        (",0,1\n", "g:1:", "\",0,1\""),
        ("0,1\n0,,1\n", "g:2:", "\"0,,1\""),
    ] {
        says(&refusal(text), &[line, shown, "two ids"]);
    }
}

#[test]
fn the_first_error_is_reported_wherever_chunks_end() {
    let good = "12 34\n".repeat(400_000);
    says(&refusal(format!("{good}5\n{good}6\n")), &["g:400001:", "\"5\""]);
    says(&refusal(format!("{good}{good}1 x7\n8\n")), &["g:800002:", "\"8\""]);
}

#[test]
fn of_several_errors_the_first_is_reported() {
    says(&refusal("1 2\n1 2x\n7\n4294967295 1\n"), &["g:2:", "\"2x\""]);
    says(&refusal("1 2\n7\n1 2x\n4294967295 1\n"), &["g:2:", "\"7\""]);
    says(&refusal("4294967295 1\n7\n1 2x\n"), &["g:1:", "id 4294967295"]);
}

#[test]
fn words_may_be_quoted_but_not_broken() {
    let read = import("bob,\"alice\"\n\"b, o\",bob\n").expect("valid");
    assert_eq!(ids(&read), ["bob", "alice", "b, o"]);
    says(&refusal("a,b\nb,\"c\nd,e\n"), &["g:2:", "quotation mark"]);
    says(
        &refusal(b"bob alice\nbob \xff\xfe\n"),
        &["g:2:", "binary", "\u{fffd}\u{fffd}"],
    );
    says(&refusal("bob alice\nb\u{7}b alice\n"), &["g:2:", "binary", "b\\x07b"]);
    says(&refusal("0 1\r1 2\r"), &["g:1:", "carriage return", "0 1\\x0d1 2"]);
    says(&refusal("0 1 w\r1 2 w\r\n"), &["g:1:", "carriage return"]);
}

#[test]
fn every_blank_separates() {
    for text in [
        "a\x0bb\nb \x0c c\n",
        "\x0ba b\n\x0b\nb\tc\x0b\n",
        "a b\x0b# c\n\x0b# d\nb c\n",
    ] {
        let read = import(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((read.graph.nodes(), read.graph.links()), (3, 2), "{text:?}");
    }
}

#[test]
fn a_swarm_needs_two_nodes_and_a_link() {
    says(&refusal("7 7\n"), &["g:", "1 node and 0 links", "at least two nodes"]);
    says(
        &refusal("7 7\n8 8\n"),
        &["g:", "2 nodes and 0 links", "at least two nodes"],
    );
}

#[test]
fn limits_on_nodes_hold() {
    let limits = Limits {
        max_nodes: 2,
        ..Limits::default()
    };
    for text in ["0 1\n1 2\n", "a b\nb c\n"] {
        let message = read_bytes("g", text.as_bytes(), limits.clone())
            .expect_err("3 nodes")
            .to_string();
        says(&message, &["g:", "3 nodes", "limit of 2", "max_nodes"]);
    }
    assert!(read_bytes("g", b"a b\n", limits).is_ok());
}

#[test]
fn links_make_the_same_graph_without_a_file() {
    let built = Graph::from_links(4, &[(3, 1), (1, 3), (2, 2), (1, 0)]).expect("valid");
    assert_eq!(built.graph.offsets(), [0, 1, 3, 3, 4]);
    assert_eq!(built.graph.ends(), [1, 0, 3, 1]);
    assert_eq!((built.self_loops, built.duplicates), (1, 1));
    let error = Graph::from_links(3, &[(0, 1), (1, 3)]).expect_err("3 is no node");
    assert_eq!(error, GraphError::EndOutOfRange { link: (1, 3), nodes: 3 });
    assert_eq!(Graph::from_links(0, &[]).expect("valid").graph.nodes(), 0);
}

#[test]
fn headers_that_name_no_ends_or_too_many_are_doubted() {
    for (text, words) in [
        (
            "id,weight\n1,2\n2,3\n",
            "whose column \"weight\", which sounds like a weight",
        ),
        (
            "source,target,kind\n1,2\n2,3\n",
            "a header of 3 columns above rows of 2",
        ),
    ] {
        let error = import(text).expect_err("refused").to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}
