use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn whole(bytes: &[u8]) -> Result<Vec<u8>, InputError> {
    Ok(Input::of_bytes("f", bytes, None)?.text()?.bytes().to_vec())
}

fn by_lines(bytes: &[u8]) -> Result<Vec<String>, InputError> {
    let mut lines = Input::of_bytes("f", bytes, None)?.lines(1 << 20)?;
    let mut all = Vec::new();
    while let Some(line) = lines.next()? {
        all.push(String::from_utf8_lossy(line).into_owned());
    }
    Ok(all)
}

/// The message of both forms, and of the same content in a file.
#[track_caller]
fn refused(bytes: &[u8], parts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    std::fs::write(&path, bytes).unwrap();
    let from_file = Input::open(&path, None).and_then(|input| input.text().map(|_| ()));
    for message in [
        whole(bytes).expect_err("whole").to_string(),
        by_lines(bytes).expect_err("by lines").to_string(),
        from_file.expect_err("from a file").to_string(),
    ] {
        for part in parts {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}

#[test]
fn members_zeros_and_byte_order_marks_change_nothing() {
    let plain = b"1 2\r\n2 3\n".to_vec();
    let marked = [b"\xef\xbb\xbf", &plain[..]].concat();
    let zeros = vec![0; 70_000];
    let variants = [
        plain.clone(),
        marked.clone(),
        gzip(&plain),
        gzip(&marked),
        [gzip(&plain[..4]), gzip(b""), gzip(&plain[4..])].concat(),
        [gzip(&plain), zeros.clone()].concat(),
        [gzip(&plain[..4]), zeros.clone(), gzip(&plain[4..]), zeros].concat(),
    ];
    for variant in variants {
        assert_eq!(whole(&variant).unwrap(), plain);
        assert_eq!(by_lines(&variant).unwrap(), ["1 2", "2 3"]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&variant).unwrap();
        let text = Input::open(file.path(), None).unwrap().text().unwrap();
        assert_eq!(text.bytes(), plain);
    }
}

#[test]
fn damaged_gzip_is_refused() {
    let packed = gzip(b"1 2\n2 3\n");
    refused(&packed[..packed.len() - 3], &["f: ", "cut"]);
    refused(&[&packed[..], b"more"].concat(), &["f: ", "neither gzip nor zeros"]);
    let mut flipped = packed.clone();
    let checksum = flipped.len() - 7;
    flipped[checksum] ^= 1;
    refused(&flipped, &["f: ", "damaged", "again"]);
}

#[test]
fn what_is_packed_otherwise_is_refused_by_name() {
    let mut tar = vec![b'a'; 257];
    tar.extend(b"ustar\x0000");
    let cases: [(&[u8], &[&str]); 14] = [
        (b"PK\x03\x04\x14\0", &["a zip archive", "unpack"]),
        (&tar, &["a tar archive", "tar -xf"]),
        (b"BZh91AY&SY", &["bzip2", "bunzip2"]),
        (b"\xfd7zXZ\0\0", &["xz", "unxz"]),
        (b"\x28\xb5\x2f\xfd\x04", &["zstd", "unzstd"]),
        (b"7z\xbc\xaf\x27\x1c", &["7-Zip"]),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            &["a picture (PNG)", "name the file with the data"],
        ),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", &["a picture (JPEG)"]),
        (b"GIF89a\x01\0", &["a picture (GIF)"]),
        (b"%PDF-1.7\n", &["a PDF document"]),
        (b"\x7fELF\x02\x01", &["a program"]),
        (b"\xff\xfe1\0\n\0", &["UTF-16 text", "UTF-8"]),
        (b"1\0 \x002\0\n\0", &["UTF-16LE text", "UTF-8"]),
        (b"\x001\0 \x002\0\n", &["UTF-16BE text", "UTF-8"]),
    ];
    for (bytes, parts) in cases {
        refused(bytes, parts);
        refused(&gzip(bytes), parts);
    }
    refused(&gzip(&gzip(b"1 2\n")), &["gzip inside gzip"]);
    // Words that begin as bzip2 does.
    assert!(whole(b"BZh Bob\n").is_ok());
}

#[test]
fn a_nul_byte_is_refused_with_its_line() {
    refused(b"1 2\n1 3\n4\x005\n", &["f:3:", "binary", "\\x00"]);
    refused(&[0; 1000], &["f:1:", "binary"]);
}

#[test]
fn what_a_small_file_stands_for_is_bounded() {
    let packed = gzip(&b"1 2\n".repeat(20 << 20));
    let Err(InputError::TooLarge { limit, read, .. }) = whole(&packed) else {
        panic!("80 MiB of text in {} bytes", packed.len());
    };
    assert!(limit == (64 << 20) + 32 * read && read <= packed.len() as u64);
    let within = Input::of_bytes("f", &packed, Some(128 << 20)).unwrap().text().unwrap();
    assert_eq!(within.bytes().len(), 80 << 20);
    let said = Input::of_bytes("f", &packed, Some(1 << 20)).unwrap().text();
    let message = said.err().unwrap().to_string();
    assert!(
        message.contains("1048576 bytes") && message.contains("--memory"),
        "{message}"
    );
}

#[test]
fn lines_hold_one_line_at_a_time() {
    // 21 MB of lines, none of which is held.
    let packed = gzip(&b"0 60 1\n".repeat(3 << 20));
    let mut lines = Input::of_bytes("f", &packed, None).unwrap().lines(100).unwrap();
    while lines.next().unwrap().is_some() {}
    assert_eq!(lines.number(), 3 << 20);
    let held = lines.meter.allow(48 * lines.number(), 0).unwrap_err().to_string();
    assert!(held.contains("f: takes more than"), "{held}");
    let long = by_lines(&[b'1'; 2 << 20]).unwrap_err().to_string();
    assert!(long.contains("f:1: a line of more than 1048576 bytes"), "{long}");
}

#[test]
fn a_line_is_given_once_more() {
    let mut lines = Input::of_bytes("f", b"a\nb\n", None).unwrap().lines(9).unwrap();
    assert_eq!(lines.next().unwrap(), Some(&b"a"[..]));
    lines.once_more();
    assert_eq!(lines.next().unwrap(), Some(&b"a"[..]));
    assert_eq!(lines.next().unwrap(), Some(&b"b"[..]));
    assert_eq!(lines.next().unwrap(), None);
}

#[test]
fn files_that_cannot_be_opened_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &Path| Input::open(path, None).err().unwrap().to_string();
    assert!(message(folder.path()).contains("a directory"));
    let missing = message(&folder.path().join("a\nb"));
    assert!(missing.contains("a\\nb: no such file"), "{missing}");
}

#[cfg(unix)]
#[test]
fn endless_zeros_end_in_a_message() {
    let input = Input::open(Path::new("/dev/zero"), None).unwrap();
    let message = input.text().err().unwrap().to_string();
    assert!(message.contains("/dev/zero:1: looks binary"), "{message}");
}
