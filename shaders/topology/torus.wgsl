// The grid that wraps, twisted on request. Stores nothing. Twin: src/topology/torus.rs.
override WIDTH: u32;
override TWIST: u32;

fn slots(i: u32) -> u32 {
    return 4u;
}

fn degree(i: u32) -> u32 {
    return 4u;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let x = i % WIDTH;
    switch k {
        case 0u: {
            return select(i - x, i + 1u, x + 1u < WIDTH);
        }
        case 1u: {
            return select(i + WIDTH - 1u, i - 1u, x > 0u);
        }
        case 2u: {
            return select((x + TWIST) % WIDTH, i + WIDTH, i < NODES - WIDTH);
        }
        default: {
            return select(NODES - WIDTH + (x + WIDTH - TWIST) % WIDTH, i - WIDTH, i >= WIDTH);
        }
    }
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
