// What comes of a result, and what is done with a task that ends. Twin: src/part/work/cell/desk.rs.

override EPOCH: u32;
// The probabilities, in 2^-32, that a result is verified, and that an honest executor errs; 2^32 - 1 is certain.
override VERIFY: u32;
override ERROR: u32;
override MAX_TRIES: u32;
override RESULT_KEY: u32;

// A task leaves the swarm.
fn end_task(how: u32, task: vec2<u32>) {
    count_tier(how, task_tier(task.y), 1u);
    count_identities(SUM_ENDED, task_identity(task));
    job_ended(task, how == TIER_COMMITTED);
}

// A task that was not waiting waits again. There is room: it was counted among the tasks that the cell holds.
fn put_back_too(task: vec2<u32>) {
    put(queued, task);
    queued += 1u;
}

// Whether a draw means that something of this probability happens.
fn hits(draw: u32, threshold: u32) -> bool {
    return draw < threshold || threshold == 0xFFFFFFFFu;
}

// What comes of a result of a task, or of the part of it that a path says, submitted in a tick and rejected so often.
fn judged(origin: u32, about: vec2<u32>, path: u32) -> Verdict {
    let epoch = clock.tick / EPOCH;
    let executor = member(team.up, epoch, EXECUTOR);
    let lies = ((team.liars >> executor) & 1u) != 0u;
    var right = !lies;
    let share = verify_share();
    var is_verified = share == 0xFFFFFFFFu;
    var faces = 0u;
    if (ERROR != 0u || !is_verified || lies) {
        let tries = 2u * about.y;
        let key = vec2<u32>(key_of(path), origin);
        let draws = threefry2x32(key, vec2<u32>(about.x, tries));
        right = right && !hits(draws.x, ERROR);
        is_verified = is_verified || hits(draws.y, share);
        faces = 1u << (threefry2x32(key, vec2<u32>(about.x, tries + 1u)).x >> 30u);
    }
    var verdict = Verdict(true, !right, 0u);
    if (is_verified) {
        count_all(ALL_VERIFIED, 1u);
        verdict = agree(Matter(team.up, team.liars, executor, member(team.up, epoch, REFEREE), right, faces));
    }
    count_all(ALL_VOTES, verdict.votes);
    earn_messages(verdict.votes);
    return verdict;
}

// A task is done.
fn commit(task: vec2<u32>, is_wrong: bool) {
    earn_commit(task, is_wrong);
    count_time(1u, task_tier(task.y), clock.tick + 1u - task_tick(task.y));
    count_all(ALL_WRONG, select(0u, 1u, is_wrong));
    set_word(SCORE, word_of(SCORE) + 1u);
    end_task(TIER_COMMITTED, task);
}
