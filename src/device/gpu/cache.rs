//! Compiled pipelines, kept from one run to the next where the driver can take them back (Vulkan): in the user's folder for what can be
//! made again. A file that cannot be read, is damaged, or is another driver's is as good as none, and one that cannot be written costs
//! nothing but the next compilation.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use wgpu::{AdapterInfo, Device, Features, PipelineCache, PipelineCacheDescriptor};

/// What a file begins with.
const MAGIC: &[u8] = b"tetraswarm pipelines 1\n";

/// The most bytes that are kept: beyond, one begins anew.
const MOST: u64 = 64 << 20;

/// The pipelines of an adapter.
#[derive(Debug)]
pub(super) struct Cache {
    pub pipelines: PipelineCache,
    file: PathBuf,
    /// The hash of what the file holds.
    stored: AtomicU64,
}

impl Cache {
    /// What is known of an adapter's pipelines; nothing where its driver or the system keeps none.
    pub fn open(device: &Device, info: &AdapterInfo) -> Option<Self> {
        if !device.features().contains(Features::PIPELINE_CACHE) {
            return None;
        }
        let key = wgpu::util::pipeline_cache_key(info)?;
        let whose = format!("{}\n{}\n{}", info.name, info.driver, info.driver_info);
        let file = folder()?.join(format!("{key}-{:016x}", hash(whose.as_bytes())));
        let data = read(&file);
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let descriptor = PipelineCacheDescriptor {
            label: Some("pipelines"),
            data: data.as_deref(),
            fallback: true,
        };
        // SAFETY: the data, if there are any, are what `get_data` gave: only `keep` below writes such a file, under a name of this adapter
        // and driver, whole or not at all, and `read` has compared the length and the hash that were written with it. wgpu and the driver
        // check besides for which device and version they are. Whoever forges a file with a right hash in the user's own folder could
        // as well replace this program.
        let pipelines = unsafe { device.create_pipeline_cache(&descriptor) };
        if pollster::block_on(scope.pop()).is_some() {
            return None;
        }
        Some(Self {
            pipelines,
            file,
            stored: AtomicU64::new(data.map_or(0, |data| hash(&data))),
        })
    }

    /// Writes what there is now, if it is anything new.
    pub fn keep(&self) {
        let Some(data) = self.pipelines.get_data() else { return };
        let now = hash(&data);
        if self.stored.swap(now, Ordering::Relaxed) != now {
            write(&self.file, &data);
        }
    }
}

/// The user's folder for what can be made again, on this system.
fn folder() -> Option<PathBuf> {
    let of = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let home = if cfg!(windows) {
        of("LOCALAPPDATA")
    } else {
        of("XDG_CACHE_HOME").or_else(|| of("HOME").map(|home| home.join(".cache")))
    };
    home.map(|home| home.join("tetraswarm"))
}

/// FNV-1a (Fowler, Noll, Vo 1991), 64 bits: against damage, not against malice.
fn hash(data: &[u8]) -> u64 {
    data.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// What a file holds, if it is whole.
fn read(file: &Path) -> Option<Vec<u8>> {
    let file = File::open(file).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.len() > MOST {
        return None;
    }
    let mut content = Vec::new();
    file.take(MOST).read_to_end(&mut content).ok()?;
    let rest = content.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (known, data) = rest.split_first_chunk::<8>()?;
    let is_whole = u64::from_le_bytes(*length) == data.len() as u64 && u64::from_le_bytes(*known) == hash(data);
    is_whole.then(|| data.to_vec())
}

/// Puts a whole file in the place of what there was, or leaves that.
fn write(file: &Path, data: &[u8]) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    if data.len() as u64 + 64 > MOST {
        let _ = fs::remove_file(file);
        return;
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let partial = file.with_extension(format!("{}-{number}", std::process::id()));
    let put = || {
        fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
        let mut to = File::create(&partial)?;
        to.write_all(MAGIC)?;
        to.write_all(&(data.len() as u64).to_le_bytes())?;
        to.write_all(&hash(data).to_le_bytes())?;
        to.write_all(data)?;
        drop(to);
        fs::rename(&partial, file)
    };
    if put().is_err() {
        let _ = fs::remove_file(&partial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below/that/pipelines");
        assert_eq!(read(&file), None);
        write(&file, b"some data");
        assert_eq!(read(&file).as_deref(), Some(&b"some data"[..]));
        write(&file, b"");
        assert_eq!(read(&file).as_deref(), Some(&b""[..]));
        write(&file, b"other data");
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&file, &damaged).unwrap();
            assert_eq!(read(&file), None, "byte {at}");
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(read(&file), None, "cut at {at}");
        }
        fs::write(&file, [&whole[..], b"x"].concat()).unwrap();
        assert_eq!(read(&file), None);
        // Nothing else is left behind.
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_takes_nothing_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let no_folder = folder.path().join("file");
        fs::write(&no_folder, "").unwrap();
        let file = no_folder.join("pipelines");
        write(&file, b"data");
        assert_eq!(read(&file), None);
        // Nor is one of that name.
        fs::create_dir(folder.path().join("pipelines")).unwrap();
        write(&folder.path().join("pipelines"), b"data");
        assert_eq!(read(&folder.path().join("pipelines")), None);
    }
}
