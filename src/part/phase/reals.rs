//! A real number for each node, from a file.

use crate::error::{Error, escaped};
use crate::input::locate;
use crate::input::{Input, InputError, reason};
use npyz::{DType, NpyFile, TypeChar};
use std::path::Path;

/// The largest magnitude of a number: of radians that is far more than anybody means, and few enough whole turns to count exactly.
const LIMIT: f64 = 1e6;

/// Reads text, one number a line, or a one-dimensional .npy array. `key` is that of the file's name.
pub(super) fn read(key: &'static str, folder: &Path, file: &Path, nodes: u32) -> Result<Vec<f64>, Error> {
    if file.as_os_str().is_empty() {
        return Err(Error::invalid(
            key,
            "is empty; name the file that holds a number for each node",
        ));
    }
    let path = locate(folder, file);
    let refused = |error: InputError| Error::invalid(key, error.to_string());
    let input = Input::open(&path, None).map_err(refused)?;
    let name = input.name();
    let fault = |at: String, message: String| Error::invalid(key, format!("{name}{at}: {message}"));
    let numbers = if input.starts_with(b"\x93NUMPY") {
        from_npy(&input.bytes().map_err(refused)?, &fault)?
    } else {
        let text = input.text().map_err(refused)?;
        from_text(text.utf_8().map_err(refused)?, &fault)?
    };
    if numbers.len() != nodes as usize {
        let message = format!(
            "holds {} numbers, but the swarm has {nodes} nodes; it needs one for each",
            numbers.len()
        );
        return Err(fault(String::new(), message));
    }
    Ok(numbers)
}

fn is_allowed(number: f64) -> bool {
    number.abs() <= LIMIT
}

fn from_text(text: &str, fault: &dyn Fn(String, String) -> Error) -> Result<Vec<f64>, Error> {
    let mut numbers = Vec::new();
    for (k, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        match line.parse::<f64>() {
            Ok(number) if is_allowed(number) => numbers.push(number),
            _ => {
                let shown: String = line.chars().take(40).flat_map(char::escape_debug).collect();
                let message = format!("'{shown}' is no number within ±{LIMIT}; write one number a line, in radians");
                return Err(fault(format!(":{}", k + 1), message));
            }
        }
    }
    Ok(numbers)
}

fn from_npy(bytes: &[u8], fault: &dyn Fn(String, String) -> Error) -> Result<Vec<f64>, Error> {
    let broken = |e: std::io::Error| fault(String::new(), format!("is no readable .npy file: {}", reason(&e)));
    let file = NpyFile::new(bytes).map_err(broken)?;
    if file.shape().len() != 1 {
        let message = format!(
            "has the shape {}; it must be one-dimensional",
            escaped(&format!("{:?}", file.shape()))
        );
        return Err(fault(String::new(), message));
    }
    let kind = match file.dtype() {
        DType::Plain(kind) => kind.clone(),
        other => {
            return Err(fault(
                String::new(),
                format!("holds {}; it must hold numbers", other.descr()),
            ));
        }
    };
    macro_rules! numbers {
        ($t:ty) => {{
            let all = file.data::<$t>().map_err(|e| fault(String::new(), e.to_string()))?;
            all.map(|number| number.map(f64::from))
                .collect::<std::io::Result<Vec<f64>>>()
                .map_err(broken)?
        }};
    }
    let numbers = match (kind.type_char(), kind.num_bytes()) {
        (TypeChar::Float, Some(4)) => numbers!(f32),
        (TypeChar::Float, Some(8)) => numbers!(f64),
        (TypeChar::Int, Some(4)) => numbers!(i32),
        _ => {
            let message = format!("holds {kind}; it must hold numbers, as numpy.astype('float64') makes them");
            return Err(fault(String::new(), message));
        }
    };
    match numbers.iter().position(|&number| !is_allowed(number)) {
        Some(at) => Err(fault(
            format!("[{at}]"),
            format!("{} is no number within ±{LIMIT}", numbers[at]),
        )),
        None => Ok(numbers),
    }
}
