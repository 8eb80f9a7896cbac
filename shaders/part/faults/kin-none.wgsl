// Nobody is named by their family. Twin: src/fault/kin.rs.

fn is_of_kin(kind: u32, number: u32, i: u32) -> bool {
    return false;
}
