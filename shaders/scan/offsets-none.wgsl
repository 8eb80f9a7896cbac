// There is one group only. Twin: PrefixStep in src/scan/prefix.rs.

fn offset(i: u32) -> u32 {
    return 0u;
}
