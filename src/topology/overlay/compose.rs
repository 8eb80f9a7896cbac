//! One shader put together from those of several networks, none of which knows of the others.

use crate::shader::Module;
use crate::topology::{ShaderBuffer, TopologyShader};
use std::borrow::Cow;
use std::fmt::Write;

/// One shader from those of the parts: every name that a part declares gets the part's number, and functions of the plain
/// names ask one part after the other.
pub(super) fn compose<'a>(shaders: Vec<TopologyShader<'a>>, starts: &[u32]) -> TopologyShader<'a> {
    let mut source = String::new();
    let mut constants = Vec::new();
    let mut buffers: Vec<ShaderBuffer<'a>> = Vec::new();
    let parts = shaders.len();
    for (k, shader) in shaders.into_iter().enumerate() {
        source += &under_number(&shader.module.source, k, buffers.len());
        let renamed = |(name, value): (Cow<'static, str>, u32)| (Cow::Owned(format!("{name}_{k}")), value);
        constants.extend(shader.module.constants.into_iter().map(renamed));
        buffers.extend(shader.buffers);
    }
    let mut sums = [String::new(), String::new()];
    let (mut neighbour, mut link_end) = (String::new(), String::new());
    for (k, start) in starts.iter().enumerate() {
        let plus = if k == 0 { "" } else { " + " };
        let _ = write!(sums[0], "{plus}slots_{k}(i)");
        let _ = write!(sums[1], "{plus}degree_{k}(i)");
        let (found, at) = (
            format!("neighbour_{k}(i, rest)"),
            format!("{start}u * NODES + link_end_{k}(i, rest)"),
        );
        if k + 1 < parts {
            let ask = |answer: &str| {
                format!(
                    "    if (rest < slots_{k}(i)) {{\n        return {answer};\n    }}\n    rest -= slots_{k}(i);\n"
                )
            };
            neighbour += &ask(&found);
            link_end += &ask(&at);
        } else {
            let _ = writeln!(neighbour, "    return {found};");
            let _ = writeln!(link_end, "    return {at};");
        }
    }
    let _ = write!(
        source,
        "\nfn slots(i: u32) -> u32 {{\n    return {};\n}}\n\nfn degree(i: u32) -> u32 {{\n    return {};\n}}\n\n\
         fn neighbour(i: u32, k: u32) -> u32 {{\n    var rest = k;\n{neighbour}}}\n\n\
         fn link_end(i: u32, k: u32) -> u32 {{\n    var rest = k;\n{link_end}}}\n",
        sums[0], sums[1]
    );
    TopologyShader {
        module: Module {
            name: "topology/overlay",
            source: Cow::Owned(source),
            constants,
        },
        buffers,
    }
}

/// The words of a text: names and numbers apart from everything between them. Comments are left out.
fn words(source: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut all = Vec::new();
    for line in source.split_inclusive('\n') {
        let (mut code, ending) = match line.split_once("//") {
            Some((code, _)) => (code, "\n"),
            None => (line, ""),
        };
        while let Some(first) = code.chars().next() {
            let end = if is_part(first) {
                code.find(|c| !is_part(c)).unwrap_or(code.len())
            } else {
                first.len_utf8()
            };
            all.push(&code[..end]);
            code = &code[end..];
        }
        all.push(ending);
    }
    all
}

/// The text of a part: every name declared at module scope with `_k` behind it, bindings counted from `first` on.
pub(in crate::topology) fn under_number(source: &str, k: usize, first: usize) -> String {
    let words = words(source);
    let mut declared: Vec<&str> = Vec::new();
    let (mut depth, mut angle, mut awaits) = (0, 0, false);
    for &word in &words {
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            "<" if awaits => angle += 1,
            ">" if awaits => angle -= 1,
            "fn" | "struct" | "override" | "const" | "alias" | "var" if depth == 0 => awaits = true,
            // The address space of a variable stands between `var` and its name.
            name if awaits && angle == 0 && name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                declared.push(name);
                awaits = false;
            }
            _ => {}
        }
    }
    let mut text = String::with_capacity(source.len() * 2);
    for (at, &word) in words.iter().enumerate() {
        text.push_str(word);
        if declared.contains(&word) {
            let _ = write!(text, "_{k}");
        } else if at >= 2 && words[at - 2] == "binding" && words[at - 1] == "(" {
            text.truncate(text.len() - word.len());
            let binding = word
                .parse::<usize>()
                .map_or(word.to_owned(), |binding| (binding + first).to_string());
            text.push_str(&binding);
        }
    }
    text
}

/// The text with one word in the place of another, and without comments.
pub(in crate::topology) fn replaced(source: &str, word: &str, by: &str) -> String {
    let all = words(source).into_iter().map(|one| if one == word { by } else { one });
    all.collect()
}
