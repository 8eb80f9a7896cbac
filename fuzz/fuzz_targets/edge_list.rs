#![no_main]

use libfuzzer_sys::fuzz_target;
use tetraswarm::topology::import::Format;

fuzz_target!(|bytes: &[u8]| tetraswarm_fuzz::check(bytes, Some(Format::EdgeList)));
