//! The searches against each other.
