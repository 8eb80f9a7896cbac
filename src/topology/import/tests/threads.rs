use super::*;

/// Pseudo-random numbers below `limit` (a linear congruence; good enough to shuffle).
fn numbers(limit: u64) -> impl Iterator<Item = u64> {
    let mut state = 1_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    })
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads")
        .install(work)
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let mut ids = numbers(30_000);
    let mut text = String::new();
    for (line, (one, other)) in (0..400_000).map(|line| (line, (ids.next(), ids.next()))) {
        let ids = (one.unwrap_or(0) * 3, other.unwrap_or(0) * 3);
        text += &format!("{} {}\n", ids.0, ids.1);
        if line == 399_000 {
            text += "% late\n";
        }
    }
    assert!(text.len() > 3 << 20, "several chunks");
    let one = with_threads(1, || import(&text)).expect("valid");
    // Every id occurs, almost surely; and the rows are what a slow construction gives.
    assert_eq!(one.graph.nodes(), 30_000);
    let mut slow = vec![std::collections::BTreeSet::new(); 30_000];
    for line in text.lines().filter(|line| !line.starts_with('%')) {
        let (a, b) = line.split_once(' ').expect("two ids");
        let (a, b): (usize, usize) = (a.parse().expect("a number"), b.parse().expect("a number"));
        if a != b {
            slow[a / 3].insert(b as u32 / 3);
            slow[b / 3].insert(a as u32 / 3);
        }
    }
    assert_eq!(
        rows(&one),
        slow.into_iter()
            .map(|row| row.into_iter().collect::<Vec<_>>())
            .collect::<Vec<_>>()
    );
    for threads in [2, 3, 8] {
        assert_eq!(with_threads(threads, || import(&text)).expect("valid"), one);
    }
    // The same graph as rows and as a matrix.
    let mut metis = format!("{} {}\n", one.graph.nodes(), one.graph.links());
    let mut matrix = format!(
        "%%MatrixMarket matrix coordinate pattern symmetric\n30000 30000 {}\n",
        one.graph.links()
    );
    for node in 0..one.graph.nodes() {
        for &end in one.graph.row(node) {
            metis += &format!("{} ", end + 1);
            if end < node {
                matrix += &format!("{} {}\n", node + 1, end + 1);
            }
        }
        metis += "\n";
    }
    for text in [metis, matrix] {
        for threads in [1, 2, 8] {
            assert_eq!(with_threads(threads, || import(&text)).expect("valid").graph, one.graph);
        }
    }
}

#[test]
fn the_error_does_not_depend_on_the_number_of_threads() {
    let mut text = "1 2\n".repeat(900_000);
    text.insert_str(2_000_000, "9\n");
    text.insert_str(3_000_000, "8\n");
    for threads in [1, 2, 8] {
        says(&with_threads(threads, || refusal(&text)), &["g:500001:", "\"9\""]);
    }
}
