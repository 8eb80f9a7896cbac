// Nothing is sent that is counted here.
fn talk(i: u32, tick: u32) -> vec2<u32> {
    return vec2<u32>();
}
