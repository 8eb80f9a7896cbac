//! Work: the tasks that cells take in.

pub mod trace;
