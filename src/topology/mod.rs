//! Who may talk to whom.
pub mod import;
