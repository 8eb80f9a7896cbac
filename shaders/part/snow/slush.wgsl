// Slush: a node holds the opinion of its last alpha-majority. Twin: src/part/snow/step.rs.
override SNOW_SAMPLE: u32;

fn learn(i: u32, own: u32, majority: u32) -> u32 {
    if (own != 0u) {
        return select(own, majority, majority != 0u);
    }
    // Without an opinion it takes that of one of the answers.
    var answers = 0u;
    for (var d = 0u; d < SNOW_SAMPLE; d++) {
        answers += select(0u, 1u, sampled[d] != 0u);
    }
    let taken = multiply_high(ask_word(i, SNOW_SAMPLE, clock.tick), answers);
    var place = 0u;
    var opinion = 0u;
    for (var d = 0u; d < SNOW_SAMPLE; d++) {
        if (sampled[d] != 0u) {
            opinion = select(opinion, sampled[d], place == taken);
            place++;
        }
    }
    return opinion;
}
