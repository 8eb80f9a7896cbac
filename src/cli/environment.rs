//! What the process has around it: the threads that a command works in, and the folder that drivers ask for.

use super::tell;
use rayon::ThreadPoolBuilder;
use std::thread::Builder;

/// Does `work` in a pool of so many threads, so that nothing in it starts others, and waits for them to end. One thread is the one that
/// is there already; so it is too where the system starts no more.
pub fn with_threads<R: Send>(count: usize, work: impl FnOnce() -> R + Send) -> R {
    if count > 1 {
        let mut threads = Vec::new();
        let pool = ThreadPoolBuilder::new()
            .num_threads(count)
            .spawn_handler(|thread| {
                let name = format!("tetraswarm-{}", thread.index());
                threads.push(Builder::new().name(name).spawn(|| thread.run())?);
                Ok(())
            })
            .build();
        match pool {
            Ok(pool) => {
                let done = pool.install(work);
                drop(pool);
                // Drivers hold memory for each thread that has called them, and free it when the process ends: a thread that ended at
                // the same time would free it as well.
                for thread in threads {
                    drop(thread.join());
                }
                return done;
            }
            Err(error) => tell(&format!(
                "note: {count} threads cannot be started ({error}), so one does all the work"
            )),
        }
    }
    let alone = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    // No thread is started for it, so it is there.
    debug_assert!(alone.is_ok());
    work()
}

/// The variable that names the folder of a user's sockets.
#[cfg(unix)]
const RUNTIME_FOLDER: &str = "XDG_RUNTIME_DIR";

/// Names a private folder to the drivers of GL, which look for a window system's sockets and otherwise complain on stderr that
/// they have none to look in. To be called before any thread is started.
#[cfg(unix)]
pub fn name_runtime_folder() {
    let named = std::env::var_os(RUNTIME_FOLDER);
    if named.is_some_and(|folder| std::path::Path::new(&folder).is_absolute()) {
        return;
    }
    if let Some(folder) = private_folder() {
        // SAFETY: no other thread has been started yet, so none reads the environment meanwhile.
        unsafe { std::env::set_var(RUNTIME_FOLDER, folder) };
    }
}

#[cfg(not(unix))]
pub fn name_runtime_folder() {}

/// A folder of temporary files that nobody else can write to.
#[cfg(unix)]
fn private_folder() -> Option<std::path::PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // SAFETY: it has no preconditions, touches no memory and always succeeds.
    let user = unsafe { libc::geteuid() };
    let folder = std::path::absolute(std::env::temp_dir())
        .ok()?
        .join(format!("tetraswarm-{user}"));
    let made = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    if let Err(error) = made
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return None;
    }
    // Whoever made it before: it must be ours alone.
    let found = folder.symlink_metadata().ok()?;
    (found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0).then_some(folder)
}
