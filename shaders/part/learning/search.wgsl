// A step of the Fibonacci search: a node goes left or right as most say, and looks at one more point.
// Twin: src/part/learning/steps/search.rs, which says more.
//
// Reads: its own and its neighbours' searches. Writes: its own next search, its best point, and what it has seen of two points.
// Folds: how many were asked.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> search: array<u32>;
@group(2) @binding(1) var<storage, read_write> search_next: array<u32>;
@group(2) @binding(2) var<storage, read_write> point: array<u32>;
@group(2) @binding(3) var<storage, read_write> seen: array<u32>;

override FIRST_STAGE: u32;

fn fibonacci(k: u32) -> u32 {
    var a = 0u;
    var b = 1u;
    for (var at = 0u; at < k; at++) {
        let sum = a + b;
        a = b;
        b = sum;
    }
    return a;
}

// Goes on from a word: `right` is what most say.
fn after(i: u32, word: u32, right: bool, tick: u32) -> u32 {
    var a = word & 0xFFFFFu;
    var k = (word >> 20u) & 31u;
    if (k == 0u) {
        seen[i] = u32(score(i, fibonacci(FIRST_STAGE - 2u), tick));
        return (FIRST_STAGE << 20u) | select(0u, 0x20000000u, FIRST_STAGE > 3u);
    }
    if ((word & 0x20000000u) != 0u) {
        seen[NODES + i] = u32(score(i, a + fibonacci(k - 1u), tick));
    } else if (k > 3u) {
        if (right) {
            a += fibonacci(k - 2u);
            seen[i] = seen[NODES + i];
        } else {
            seen[NODES + i] = seen[i];
        }
        k -= 1u;
        if (k > 3u) {
            let to = a + fibonacci(select(k - 2u, k - 1u, right));
            seen[select(0u, NODES, right) + i] = u32(score(i, to, tick));
        }
    }
    let is_right = k > 3u && i32(seen[NODES + i]) > i32(seen[i]);
    return a | (k << 20u) | select(0u, 0x40000000u, is_right);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var asked = 0u;
    if (i < clock.end && control.stopped == 0u) {
        let own = search[i];
        var next = own;
        if (decides(i, clock.tick)) {
            let mine = (own & 0x40000000u) != 0u;
            // How many more say right than left.
            var balance = select(-1, 1, mine);
            if ((own & 0x20000000u) == 0u && ((own >> 20u) & 31u) > 3u) {
                let links = slots(i);
                for (var k = 0u; k < links; k++) {
                    let j = neighbour(i, k);
                    if (j == i || !link_carries(i, j, k, clock.tick)) {
                        continue;
                    }
                    asked++;
                    let other = search[j];
                    if (((other ^ own) & ~0x40000000u) == 0u) {
                        let word = 1u + ((other >> 30u) & 1u);
                        balance += select(-1, 1, told(j, i, word, word, clock.tick) == 2u);
                    }
                }
            }
            next = after(i, own, (balance > 0) || (balance == 0 && mine), clock.tick);
            let stage = (next >> 20u) & 31u;
            point[i] = (next & 0xFFFFFu) + fibonacci(select(stage - 2u, stage - 1u, (next & 0x40000000u) != 0u));
        }
        search_next[i] = next;
    }
    note(place, asked, false);
}
