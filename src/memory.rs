//! How much memory the host can still give.
//!
//! Asking for it does not tell: Linux promises more than it has, and kills who believes it. So its own account is read,
//! in two text files; a crate for that would be a dependency of the library for these few lines. Elsewhere allocation
//! itself gives the answer.

use crate::error::Error;
use crate::words::Words;

/// Bytes that can be had without driving anything out: memory and swap, within the limit of the control group that the
/// process runs in. Nothing where the system does not say.
pub(crate) fn available() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let host = linux::host(&std::fs::read_to_string("/proc/meminfo").ok()?)?;
        Some(linux::group().map_or(host, |group| group.min(host)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        None
    }
}

/// Refuses what needs more bytes than there are, before any of them is asked for; `agents` are those that need them.
pub(crate) fn room(what: &str, bytes: u64, agents: u32) -> Result<(), Error> {
    match available() {
        Some(limit) if bytes > limit => Err(Error::TooLarge {
            device: "this machine".into(),
            what: what.into(),
            needed: bytes,
            limit,
            agents_fit: (u128::from(agents) * u128::from(limit) / u128::from(bytes)) as u64,
            instead: "a machine with more memory",
        }),
        _ => Ok(()),
    }
}

/// So many zeros, or else the number of bytes that can be had instead. They are not written here, so the system would promise them
/// and kill whoever writes them.
pub(crate) fn zeros(words: u64) -> Result<Words, u64> {
    if let Some(limit) = available().filter(|limit| words.saturating_mul(4) > *limit) {
        return Err(limit);
    }
    let zeros = |words: u64| usize::try_from(words).ok().and_then(Words::try_zeros);
    zeros(words).ok_or_else(|| {
        let mut less = words / 2;
        while less > 0 && zeros(less).is_none() {
            less /= 2;
        }
        4 * less
    })
}

/// A column of zeros for the state at tick 0 of a swarm that holds `words` words a node in the end, or an error that says how
/// many nodes would fit.
pub(crate) fn column(nodes: u32, words: u64) -> Result<Words, Error> {
    zeros(nodes.into()).map_err(|available| Error::TooLarge {
        device: "this machine".into(),
        what: "the start state".into(),
        needed: 4 * u64::from(nodes),
        limit: available,
        agents_fit: available / (4 * words),
        instead: "a machine with more memory",
    })
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::read_to_string;
    use std::path::Path;

    /// What `/proc/meminfo` says.
    pub fn host(text: &str) -> Option<u64> {
        let kibibytes = |key: &str| -> Option<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(key))?;
            line.strip_prefix(':')?.trim().strip_suffix(" kB")?.parse().ok()
        };
        Some(1024 * (kibibytes("MemAvailable")? + kibibytes("SwapFree").unwrap_or(0)))
    }

    /// What the control group (version 2) and those above it leave, if any has a limit.
    pub fn group() -> Option<u64> {
        let groups = read_to_string("/proc/self/cgroup").ok()?;
        let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
        let within = |folder: &Path| -> Option<u64> {
            let number = |file: &str| read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
            // Cached files count as used, but give way.
            let statistics = read_to_string(folder.join("memory.stat")).unwrap_or_default();
            let cached = statistics.lines().find_map(|line| line.strip_prefix("inactive_file "));
            let cached: u64 = cached.and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
            let used = number("memory.current")?.saturating_sub(cached);
            Some(number("memory.max")?.saturating_sub(used))
        };
        Path::new(own)
            .ancestors()
            .filter_map(|group| within(&Path::new("/sys/fs/cgroup").join(group)))
            .min()
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn more_than_there_is_is_refused_before_it_is_taken() {
            let error = crate::memory::room("a list", 1 << 60, 1 << 30).unwrap_err().to_string();
            assert!(
                error.contains("this machine: a list needs") && error.contains("would fit"),
                "{error}"
            );
            assert!(crate::memory::room("a list", 1 << 20, 1 << 10).is_ok());
            let limit = crate::memory::zeros(1 << 58).unwrap_err();
            assert!(limit < 1 << 50, "{limit}");
            assert_eq!(crate::memory::zeros(100).unwrap().len(), 100);
        }

        #[test]
        fn memory_and_swap_count() {
            let text =
                "MemTotal:       100 kB\nMemFree:  7 kB\nMemAvailable:   20 kB\nSwapTotal: 9 kB\nSwapFree:  3 kB\n";
            assert_eq!(super::host(text), Some(23 * 1024));
            assert_eq!(super::host("MemTotal: 5 kB\n"), None);
        }
    }
}
