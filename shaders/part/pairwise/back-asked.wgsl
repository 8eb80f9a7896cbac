// Whether the place of j, the neighbour of i over slot k, leads back to i, where only the network knows.

fn leads_back(i: u32, k: u32, j: u32, place_of_j: u32) -> bool {
    return neighbour(j, place_of_j) == i;
}
