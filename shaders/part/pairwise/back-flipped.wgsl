// Whether the place of j, the neighbour of i over slot k, leads back to i, where that is slot k with some bits flipped.
override BACK: u32;

fn leads_back(i: u32, k: u32, j: u32, place_of_j: u32) -> bool {
    return place_of_j == (k ^ BACK);
}
