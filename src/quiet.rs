//! Panics of libraries that read what others wrote: they end no caller, and print nothing.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is expected.
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// What `read` returns; nothing if it panics. Whatever a panic leaves behind must be dropped. Other threads' panics, and this one's
/// outside of `read`, are told as before.
pub(crate) fn quietly<T>(read: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_EXPECTED.get() {
                before(panic);
            }
        }));
    });
    let was = IS_EXPECTED.replace(true);
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    IS_EXPECTED.set(was);
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_and_the_next_is_told_as_before() {
        assert_eq!(quietly(|| 7), Some(7));
        assert_eq!(quietly(|| -> u32 { panic!("a damaged page") }), None);
        assert!(!IS_EXPECTED.get());
        // One within another.
        let inner = quietly(|| {
            assert_eq!(quietly(|| -> u32 { panic!("a damaged page") }), None);
            IS_EXPECTED.get()
        });
        assert_eq!(inner, Some(true));
    }
}
