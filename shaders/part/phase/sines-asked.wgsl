// The sines that a node hears from nodes that it draws: their sum, low word first, and how many there could be.
// Twin: src/part/phase/step/swarm.rs.
override SAMPLES: u32;

fn sines(i: u32, own: u32, tick: u32) -> vec3<u32> {
    var sum = 0;
    if (acts(i, tick)) {
        for (var draw = 0u; draw < SAMPLES; draw++) {
            let j = ask(i, draw, tick);
            if (!is_nobody(j)) {
                sum += sine(told(j, i, phase[j], own, tick) - own);
            }
        }
    }
    return vec3<u32>(u32(sum), u32(sum >> 31u), SAMPLES);
}
