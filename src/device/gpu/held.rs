//! Shaders for a device that holds the words of some nodes only. A shader speaks of all nodes of the swarm: wherever it names a word of a
//! column that is not held whole, its index is put through a function that says where that word is held. So whoever writes a shader need
//! not know of ranges, and where whole columns are held nothing is changed.

use super::program::columns_of;
use super::tiled::Tiled;
use crate::column::ColumnId;
use crate::device::Held;
use crate::plan::Plan;
use crate::shader::{Module, Shader};
use std::collections::HashMap;
use std::fmt::Write;

/// The groups of a shader's bindings in which columns are, and that of the nodes' status.
const COLUMNS: u32 = 2;
const STATUS: u32 = 3;

/// A buffer of a shader in which a column is: how many words a node has, and how many an element of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    lanes: u32,
    words: u32,
}

impl Place {
    /// The function that says where a word is held.
    fn function(self) -> String {
        format!("place_of_{}_by_{}", self.lanes, self.words)
    }

    /// It as WGSL.
    fn text(self, held: &Held, nodes: u32) -> String {
        let (first, count) = (held.first(), held.count());
        let goes_round = u64::from(first) + u64::from(count) > u64::from(nodes);
        let of = |node: &str| match goes_round {
            true => format!("{node} - {first}u + select(0u, {nodes}u, {node} < {first}u)"),
            false => format!("{node} - {first}u"),
        };
        let Self { lanes, words } = self;
        let name = self.function();
        match (lanes, words) {
            (1, 1) => format!("fn {name}(index: u32) -> u32 {{\n    return {};\n}}\n", of("index")),
            (1, _) => format!(
                "fn {name}(index: u32) -> u32 {{\n    let node = index * {words}u;\n    return ({}) / {words}u;\n}}\n",
                of("node")
            ),
            _ => format!(
                "fn {name}(index: u32) -> u32 {{\n    let word = index * {words}u;\n    let lane = word / {nodes}u;\n    \
                 let node = word - lane * {nodes}u;\n    return (lane * {count}u + {}) / {words}u;\n}}\n",
                of("node")
            ),
        }
    }
}

/// A shader of a plan as it is for what is held; `k` is its number, or that of the step whose form for tiles it is.
pub(super) fn translated(shader: Shader, plan: &Plan, k: usize, held: &Held) -> Shader {
    let mut places = Vec::new();
    let names: HashMap<String, Place> = named(&shader, plan, k, held)
        .into_iter()
        .filter_map(|(name, _, place)| Some((name, place.ok()?)))
        .collect();
    if names.is_empty() {
        return shader;
    }
    let turn = |module: Module| {
        let text = turned(&module.source, &names).ok();
        Module {
            source: text.map_or(module.source, Into::into),
            ..module
        }
    };
    let mut modules: Vec<Module> = shader.modules.into_iter().map(turn).collect();
    let mut text = String::new();
    for &place in names.values() {
        if !places.contains(&place) {
            places.push(place);
            text += &place.text(held, plan.nodes());
        }
    }
    // Order means nothing in WGSL; the last one names the shader.
    modules.insert(0, Module::made("held", text));
    Shader { modules }
}

/// What is held of a plan, but that columns are held whole of which some shader names words otherwise than by an index.
pub(super) fn as_shaders_can(plan: &Plan, mut held: Held) -> Held {
    let all = super::program::shaders(plan).into_iter().enumerate();
    let tiled = (0..plan.steps.len()).filter_map(|step| Some((step, Tiled::of(plan, step)?.shader)));
    for (k, shader) in all.chain(tiled) {
        let found = named(&shader, plan, k, &held);
        let names: HashMap<String, Place> = found
            .iter()
            .filter_map(|(name, _, place)| Some((name.clone(), (*place).ok()?)))
            .collect();
        let mut whole: Vec<ColumnId> = found
            .iter()
            .filter_map(|&(_, column, place)| place.is_err().then_some(column))
            .collect();
        for module in &shader.modules {
            if let Err(name) = turned(&module.source, &names) {
                whole.extend(found.iter().filter(|found| found.0 == name).map(|found| found.1));
            }
        }
        whole.into_iter().for_each(|column| held.with_whole(column));
    }
    held
}

/// The variables of a shader that are columns of which not all is held; an error where what one is made of is not understood.
fn named(shader: &Shader, plan: &Plan, k: usize, held: &Held) -> Vec<(String, ColumnId, Result<Place, ()>)> {
    let slots = columns_of(plan, k);
    let column = |group: u32, binding: u32| match group {
        COLUMNS => slots
            .iter()
            .find(|(slot, _)| *slot == binding)
            .map(|(_, column)| *column),
        STATUS => plan.faults.as_ref().map(|faults| faults.status),
        _ => None,
    };
    let mut all = Vec::new();
    for module in &shader.modules {
        let text = bare(&module.source);
        let mut rest = &text[..];
        while let Some(at) = rest.find("var<storage") {
            let (before, after) = rest.split_at(at);
            let attributes = &before[before.rfind([';', '}']).map_or(0, |end| end + 1)..];
            let number = |of: &str| number_in(attributes, of);
            let declared = after.split(';').next().unwrap_or_default();
            let (name, kind) = declared
                .split_once('>')
                .and_then(|(_, declared)| declared.split_once(':'))
                .unwrap_or_default();
            let kind: String = kind.chars().filter(|c| !c.is_whitespace()).collect();
            let words = match &*kind {
                "array<u32>" | "array<i32>" | "array<f32>" | "array<atomic<u32>>" | "array<atomic<i32>>" => Ok(1),
                "array<vec4<u32>>" | "array<vec4<i32>>" => Ok(4),
                _ => Err(()),
            };
            if let (Some(group), Some(binding)) = (number("group("), number("binding("))
                && let Some((id, lanes)) = column(group, binding).and_then(|column| Some((column, held.lanes(column)?)))
            {
                // Fours of others than the own nodes are in place only if the lanes are whole fours.
                let is_apart =
                    words == Ok(4) && (lanes > 1 || before_is_read(after)) && !plan.nodes().is_multiple_of(4);
                let place = words.map(|words| Place { lanes, words });
                all.push((name.trim().to_owned(), id, if is_apart { Err(()) } else { place }));
            }
            rest = &after[declared.len()..];
        }
    }
    all
}

/// Whether a variable is one that is only read.
fn before_is_read(declared: &str) -> bool {
    declared.split('>').next().is_some_and(|kind| !kind.contains("write"))
}

/// The number behind a word, as in `group(2)`.
fn number_in(text: &str, word: &str) -> Option<u32> {
    let (_, after) = text.split_once(word)?;
    after.split(')').next()?.trim().parse().ok()
}

/// A shader's text with spaces for its comments, as long as it is.
fn bare(source: &str) -> String {
    let mut text = Vec::with_capacity(source.len());
    let (mut line, mut deep) = (false, 0u32);
    let mut bytes = source.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let next = bytes.peek().copied();
        match (byte, next) {
            (b'\n', _) => {
                line = false;
                text.push(byte);
            }
            (b'/', Some(b'/')) if deep == 0 => {
                line = true;
                text.push(b' ');
            }
            (b'/', Some(b'*')) if !line => {
                (deep, _) = (deep + 1, bytes.next());
                text.extend(b"  ");
            }
            (b'*', Some(b'/')) if deep > 0 => {
                (deep, _) = (deep - 1, bytes.next());
                text.extend(b"  ");
            }
            _ if line || deep > 0 => text.push(b' '),
            _ => text.push(byte),
        }
    }
    // Outside comments nothing has been changed, and comments are blank to the byte.
    String::from_utf8(text).unwrap_or_default()
}

/// The names of local variables, which may be those of others outside.
#[derive(Default)]
struct Scopes<'a> {
    /// Of each block that is open.
    blocks: Vec<Vec<&'a str>>,
    /// Of the block that is opened next: a function's parameters, or the variable of a loop.
    next: Vec<&'a str>,
    /// What is being declared, and is there from the end of the statement on.
    declared: Option<&'a str>,
    /// How many brackets are open, and in which the parameters of a function are.
    depth: usize,
    parameters: Option<usize>,
    is_struct: bool,
    /// Whether a name follows.
    is_declaration: bool,
}

impl<'a> Scopes<'a> {
    fn sign(&mut self, sign: u8) {
        match sign {
            b'(' => self.depth += 1,
            b')' => {
                self.depth = self.depth.saturating_sub(1);
                self.parameters = self.parameters.filter(|&of| of <= self.depth);
            }
            b'{' => self.blocks.push(std::mem::take(&mut self.next)),
            b'}' => {
                self.blocks.pop();
                self.is_struct = false;
            }
            b';' => {
                let declared = self.declared.take();
                match self.blocks.last_mut().filter(|_| self.depth == 0) {
                    Some(block) => block.extend(declared),
                    None if self.depth > 0 => self.next.extend(declared),
                    None => {}
                }
            }
            _ => {}
        }
    }

    /// Takes a word, and says whether it may be the name of a variable of the whole shader; `after` is what comes next.
    fn word(&mut self, word: &'a str, after: &str) -> bool {
        match word {
            "let" | "var" | "const" | "override" => {
                self.is_declaration = true;
                return false;
            }
            "fn" => {
                self.parameters = Some(self.depth + 1);
                return false;
            }
            "struct" => {
                self.is_struct = true;
                return false;
            }
            _ => {}
        }
        if self.is_struct {
            return false;
        }
        if self.parameters.is_some_and(|of| of == self.depth) && after.starts_with(':') {
            self.next.push(word);
            return false;
        }
        // What is between signs like those of var<private> is no name.
        let is_kind = after.starts_with('>') || after.starts_with(',');
        if self.is_declaration && !(is_kind && KINDS.contains(&word)) {
            (self.is_declaration, self.declared) = (false, Some(word));
            return false;
        }
        !self.next.contains(&word) && !self.blocks.iter().any(|block| block.contains(&word))
    }
}

/// Where variables are, as in var<storage, read>.
const KINDS: [&str; 8] = [
    "storage",
    "read",
    "write",
    "read_write",
    "uniform",
    "private",
    "workgroup",
    "function",
];

/// The text of a piece in which every index of some variables goes through the function that says where the word is held.
///
/// # Errors
/// The variable that is used otherwise than with an index.
fn turned(source: &str, names: &HashMap<String, Place>) -> Result<String, String> {
    let bare = bare(source);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let bytes = bare.as_bytes();
    let mut text = String::with_capacity(source.len());
    let mut scopes = Scopes::default();
    // For each bracket that is open, whether it is one of those.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if !is_part(byte) {
            match byte {
                b'[' => open.push(false),
                b']' if open.pop() == Some(true) => text.push_str("))"),
                _ => scopes.sign(byte),
            }
            // Comments are left out: what is in them needs no place.
            text.push(char::from(byte));
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|&&byte| is_part(byte)).count();
        let word = &bare[at..end];
        text.push_str(word);
        let rest = bare[end..].trim_start();
        let is_name = !bare[..at].trim_end().ends_with('.') && scopes.word(word, rest);
        if let Some(place) = names.get(word).filter(|_| is_name) {
            if !rest.starts_with('[') {
                return Err(word.to_owned());
            }
            let _ = write!(text, "[{}(u32(", place.function());
            open.push(true);
            at = bare.len() - rest.len() + 1;
            continue;
        }
        at = end;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> HashMap<String, Place> {
        let place = |lanes, words| Place { lanes, words };
        HashMap::from([("own".to_owned(), place(1, 1)), ("wide".to_owned(), place(2, 4))])
    }

    #[test]
    fn indices_are_put_through_a_function() {
        let turned = |text: &str| turned(text, &names());
        let of = "@group(2) @binding(0) var<storage, read> own: array<u32>;\n";
        assert_eq!(turned(of).unwrap(), of);
        assert_eq!(
            turned("let a = own [i + other[own[0]]] + x.own[3] + owner[1];").unwrap(),
            "let a = own[place_of_1_by_1(u32(i + other[own[place_of_1_by_1(u32(0))]]))] + x.own[3] + owner[1];"
        );
        assert_eq!(
            turned("atomicAdd(&own[j], 1u); wide[i >> 2u][i & 3u] = 1u; // own\n/* own /* */ own */")
                .unwrap()
                .trim_end(),
            "atomicAdd(&own[place_of_1_by_1(u32(j))], 1u); wide[place_of_2_by_4(u32(i >> 2u))][i & 3u] = 1u;"
        );
        for text in ["f(&own);", "arrayLength(&own)", "fn f(a: u32) { let b = &own; }"] {
            assert_eq!(turned(text), Err("own".to_owned()), "{text}");
        }
    }

    #[test]
    fn local_names_are_left_alone() {
        let turned = |text: &str| turned(text, &names()).unwrap();
        for text in [
            "fn f(@builtin(a) own: vec2<u32>, b: u32) -> u32 { return own[b] + own.x; }",
            "struct S { own: u32, }",
            "fn f() { for (var own = 0u; own < 9u; own++) { g(own); } }",
            "fn f() { var<function> own: array<u32, 4>; if (a) { own[1] = own[2]; } }",
            "var<workgroup> other: array<u32, 64>;",
        ] {
            assert_eq!(turned(text), text);
        }
        assert_eq!(
            turned("fn f() { { let own = own[1]; g(own); } own[2] = 3; }\nfn g() { own[4] = 5; }"),
            "fn f() { { let own = own[place_of_1_by_1(u32(1))]; g(own); } own[place_of_1_by_1(u32(2))] = 3; }\n\
             fn g() { own[place_of_1_by_1(u32(4))] = 5; }"
        );
    }
}
