// Tiles of the torus and of the Klein bottle: four nodes of a row and the four below them, whose ten inner links are worked out once each;
// see src/topology/lattice/tiles.rs. The height is a multiple of 2. Another piece says what the rows above and below are.
//
// Slots: 0 to the right, 1 to the left, 2 down (y + 1), 3 up.

fn tile(t: u32, front: u32) {
    let along = WIDTH / 4u;
    let pair = t / along;
    let x = 4u * (t - pair * along);
    let y = 2u * pair;
    let i = y * WIDTH + x;
    let below = i + WIDTH;
    let a = held4(i);
    let b = held4(below);
    let between = gained4(a, b, i, WIDTH, false, vec4<u32>(2u));
    let from_up = gained_up(a, i, x, y == 0u);
    let from_down = gained_down(b, below, x, y + 2u == HEIGHT);
    let at_left = x == 0u;
    let at_right = x + 4u == WIDTH;
    hold4(i, a + from_up + between + gained_in_row(a, i, 0u, 1u, at_left, at_right));
    hold4(below, b - between + from_down + gained_in_row(b, below, 0u, 1u, at_left, at_right));
}
