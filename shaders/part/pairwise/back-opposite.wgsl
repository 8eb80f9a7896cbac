// Whether the place of j, the neighbour of i over slot k, leads back to i, where that is the k-th slot from the end.
override LAST_SLOT: u32;

fn leads_back(i: u32, k: u32, j: u32, place_of_j: u32) -> bool {
    return place_of_j == LAST_SLOT - k;
}
