#![no_main]

use libfuzzer_sys::fuzz_target;
use tetraswarm::topology::import::Format;

// The first byte chooses the format.
fuzz_target!(|bytes: &[u8]| {
    let formats = [
        Format::AdjacencyList,
        Format::MultilineAdjacencyList,
        Format::Graphml,
        Format::Gml,
        Format::Pajek,
        Format::Dimacs,
        Format::NodeLink,
    ];
    if let Some((first, rest)) = bytes.split_first() {
        tetraswarm_fuzz::check(rest, Some(formats[*first as usize % formats.len()]));
    }
});
