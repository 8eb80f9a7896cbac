// How far the swarm is from being done: the tasks that cells hold and that sources hold back.
override FIRST_HELD: u32;
override END_HELD: u32;

fn spread(all: Tally) -> u32 {
    var tasks = all.sums[4];
    for (var k = FIRST_HELD; k < END_HELD; k++) {
        tasks = add64(tasks, vec2<u32>(bins[k], 0u));
    }
    return select(tasks.x, 0xFFFFFFFFu, tasks.y != 0u);
}
