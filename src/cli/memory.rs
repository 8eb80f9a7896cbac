//! `--memory`: how much may be held of a file that is read.

use tetraswarm::input::limit_memory;

/// The argument, of every command that reads files.
#[derive(Clone, Debug, clap::Args)]
pub struct MemoryArgument {
    /// Hold at most so many bytes of each file that is read, as in 8G [default: 64M and 32 times the file's bytes]
    #[arg(long, value_name = "BYTES", value_parser = bytes, allow_negative_numbers = true)]
    memory: Option<u64>,
}

impl MemoryArgument {
    /// Makes it hold for all that this process reads.
    pub fn apply(&self) {
        if let Some(bytes) = self.memory {
            limit_memory(bytes);
        }
    }
}

/// A number of bytes, which may end in K, M, G or T (of 1024), with or without B or iB.
fn bytes(text: &str) -> Result<u64, &'static str> {
    const WRONG: &str = "it must be a number of bytes from 1 on, as in 500000, 512M or 2.5G";
    let lower = text.trim().to_ascii_lowercase();
    let plain = lower.strip_suffix("ib").or(lower.strip_suffix('b')).unwrap_or(&lower);
    let units = ["k", "m", "g", "t"];
    let unit = units.iter().position(|unit| plain.ends_with(unit));
    let number = plain.trim_end_matches(['k', 'm', 'g', 't']).trim_end();
    if plain.len() > number.len() + 1 + usize::from(plain.contains(' ')) {
        return Err(WRONG);
    }
    let scale = unit.map_or(1.0, |unit| 1024_f64.powi(unit as i32 + 1));
    match number.replace('_', "").parse::<f64>() {
        // 2^53, to which floats are exact, is more memory than there is.
        Ok(count) if (1.0..9e15).contains(&(count * scale)) => Ok((count * scale) as u64),
        _ => Err(WRONG),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn units_are_of_1024() {
        for (text, count) in [
            ("500000", 500_000),
            ("2k", 2048),
            ("1.5 GiB", 3 << 29),
            ("64MB", 64 << 20),
            ("1_000", 1000),
        ] {
            assert_eq!(bytes(text), Ok(count), "{text}");
        }
        for text in ["", "0", "-1", "nan", "inf", "1kk", "G", "1e99", "2x"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
