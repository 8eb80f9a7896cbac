//! Whatever a file holds, it is read or refused, and every line is accounted for.

use super::*;
use proptest::prelude::*;

/// Reads leniently in every format of text and checks what comes back.
fn check(content: &[u8]) {
    let by_number: LogSpec = toml::from_str(
        "format = \"csv\"\nlenient = true\ncolumns = { arrival = 1, end = 2, user = 3, tier = 4, status = 5, job = 6 }",
    )
    .unwrap();
    let formats = [TraceFormat::Auto, TraceFormat::Swf, TraceFormat::Csv].map(|format| LogSpec { format, ..lenient() });
    for spec in formats.into_iter().chain([by_number]) {
        match import(&spec, content) {
            Ok(Trace { jobs, account }) => {
                assert_eq!(account.jobs, jobs.len() as u64);
                let counted = account.jobs + account.cancelled + account.partial + account.skipped() + account.other;
                assert_eq!(account.lines, counted);
                assert!(jobs.is_sorted_by_key(|job| job.arrival) && jobs[0].arrival == 0);
                for job in &jobs {
                    assert!((1..=MOST_NEED).contains(&job.need) && job.arrival <= MOST_NEED);
                    assert!((1..=MOST_TASKS).contains(&job.tasks) && job.tier < 2);
                }
                // A log of nothing but usable jobs is read strictly too.
                let strict = import(&LogSpec { lenient: false, ..spec }, content);
                assert_eq!(strict.is_ok(), account.skipped.is_empty());
            }
            Err(error) => {
                let message = error.to_string();
                assert!(
                    message.starts_with("work.trace ") || message.starts_with("work.log."),
                    "{message}"
                );
                assert!(!message.chars().any(char::is_control), "unprintable: {message:?}");
            }
        }
    }
}

/// Things that lines are made of.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (-2_i64..30).prop_map(|number| number.to_string()),
        1 => "[0-9]{1,22}",
        1 => "-?[0-9]{0,4}\\.[0-9]{0,9}",
        1 => "[-+.e0-9x\";\u{0}\u{e9}]{0,6}",
        1 => Just("1e300".to_owned()),
        1 => Just("NaN".to_owned()),
        1 => "20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})?",
        1 => "([0-9]{1,3}(-| days? ?,? ?))?[0-9]{1,3}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?",
        1 => "-?P[0-9]{0,4}[DWMY]?(T[0-9]{0,6}[HMS])?",
        1 => prop::sample::select(vec!["Unknown", "CANCELLED by 7", "ann", "7.batch", "\r", "\t"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(content in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&content);
        check(&[&[0x1f, 0x8b, 8, 0][..], &content].concat());
        check(&[b"arrival,need\n", &content[..]].concat());
    }

    #[test]
    fn lenient_accounts_add_up(
        rows in prop::collection::vec((prop::collection::vec(word(), 17..20), any::<bool>()), 1..20),
        comma in any::<bool>(),
    ) {
        let separator = if comma { "," } else { " " };
        let mut content = String::new();
        if comma {
            content += "arrival,need,tier,processors,user,a,b,c,d,e,f,g,h,i,j,k,l,m\n";
        }
        for (words, blank) in rows {
            content += &words.join(separator);
            content += if blank { "\r\n\n" } else { "\n" };
        }
        check(content.as_bytes());
    }

    #[test]
    fn a_log_that_is_changed_in_one_place_is_still_accounted_for(at in 0..TEN.len(), byte in any::<u8>()) {
        let mut content = TEN.as_bytes().to_vec();
        content[at] = byte;
        check(&content);
    }
}
