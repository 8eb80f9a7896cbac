// Dimension exchange on the Hamming graph H(L, 4): hierarchical averaging, level by level.
// Twin: src/part/exchange/step.rs, which says more.
//
// Reads: the beliefs of its group of four. Writes: its own next belief (and what it has taken from liars).
// Hazards: none; what it reads at others it does not write. All members of a group work out the same shares.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;

// Base-4 digits of an index.
override DIGITS: u32;

// The members of i's group that it exchanges with, itself among them: a bit for each value of the digit; 0 if they do not.
fn members_of(i: u32, level: u32, tick: u32) -> u32 {
    let shift = 2u * level;
    let base = i & ~(3u << shift);
    var members = 0u;
    var one_acts = false;
    for (var digit = 0u; digit < 4u; digit++) {
        let j = base | (digit << shift);
        if (j == i || meets(i, j)) {
            members |= 1u << digit;
            one_acts = one_acts || acts(j, tick);
        }
    }
    var carries = one_acts;
    for (var a = 0u; a < 3u; a++) {
        for (var b = a + 1u; b < 4u; b++) {
            let both = (1u << a) | (1u << b);
            let slot = 3u * level + (a ^ b) - 1u;
            if ((members & both) == both && !link_carries(base | (a << shift), base | (b << shift), slot, tick)) {
                carries = false;
            }
        }
    }
    return select(0u, members, carries);
}

// What the member with this digit takes of what the members hold.
fn share(members: u32, held: vec4<i32>, digit: u32, level: u32) -> i32 {
    let count = countOneBits(members);
    var sum = 0;
    sum += select(0, held.x, (members & 1u) != 0u);
    sum += select(0, held.y, (members & 2u) != 0u);
    sum += select(0, held.z, (members & 4u) != 0u);
    sum += select(0, held.w, (members & 8u) != 0u);
    let towards_zero = sum / i32(count);
    let quotient = towards_zero - select(0, 1, sum < towards_zero * i32(count));
    let rest = u32(sum - quotient * i32(count));
    let rank = countOneBits(members & ((1u << digit) - 1u));
    return quotient + select(0, 1, (rank + count - level % count) % count < rest);
}

// What i, which holds `own`, hears from its group's member with this digit.
fn held_by(i: u32, own: i32, base: u32, digit: u32, shift: u32, tick: u32) -> i32 {
    let j = base | (digit << shift);
    return i32(told(j, i, u32(belief[j]), u32(own), tick));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = belief[i];
    var next = own;
    if (takes_part(i)) {
        let level = clock.tick % DIGITS;
        let members = members_of(i, level, clock.tick);
        if (members != 0u) {
            let shift = 2u * level;
            let digit = (i >> shift) & 3u;
            let base = i & ~(3u << shift);
            var honest = members;
            for (var k = 0u; k < 4u; k++) {
                if (is_liar(base | (k << shift))) {
                    honest &= ~(1u << k);
                }
            }
            let held = vec4<i32>(
                held_by(i, own, base, 0u, shift, clock.tick),
                held_by(i, own, base, 1u, shift, clock.tick),
                held_by(i, own, base, 2u, shift, clock.tick),
                held_by(i, own, base, 3u, shift, clock.tick),
            );
            next = share(members, held, digit, level);
            count_injected(i, next - share(honest, held, digit, level));
        }
    }
    belief_next[i] = next;
}
