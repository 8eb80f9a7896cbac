//! Reading graph files.
