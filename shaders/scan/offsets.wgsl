// What all groups before that of a value come to. Twin: PrefixStep in src/scan/prefix.rs.

@group(2) @binding(2) var<storage, read> offsets: array<u32>;

fn offset(i: u32) -> u32 {
    return offsets[i / 256u];
}
