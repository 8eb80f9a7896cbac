mod support;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::Scenario;
use std::time::Instant;

#[test]
#[ignore]
fn speed() {
    let cpu = CpuDevice::new(2).unwrap();
    for (label, topology, rule) in [
        ("torus", "kind=\"torus2d\"", "coupling=2.0\nstart={kind=\"uniform\"}"),
        ("ring-average-ref", "kind=\"ring\"", "coupling=2.0\nstart={kind=\"uniform\"}"),
        ("regular", "kind=\"random-regular\"", "coupling=2.0\nstart={kind=\"uniform\"}"),
        ("swarm8", "kind=\"torus2d\"", "coupling=2.0\nfrom=\"swarm\"\nstart={kind=\"uniform\"}"),
    ] {
        let text = format!("agents=1048576\nticks=100000\n[topology]\n{topology}\n[consensus]\nrule=\"phase\"\nfrequencies={{kind=\"lorentz\",width=0.5}}\n{rule}\n[measure]\nevery=100000\n");
        let t = Instant::now();
        let s = Scenario::from_toml("x", &text).unwrap();
        let mut sim = Simulation::new(&s, &cpu).unwrap();
        println!("{label} build {:?}", t.elapsed());
        let ticks = if label.starts_with("swarm") { 20 } else { 100 };
        let mut best = f64::MAX;
        for k in 1..=5 {
            let t = Instant::now();
            sim.run_until(k * ticks, |_| std::ops::ControlFlow::Continue(())).unwrap();
            best = best.min(t.elapsed().as_secs_f64());
        }
        println!("{label}: {:.1} M node-ticks/s, {:?}", 1.048576 * ticks as f64 / best, sim.measurements().last().unwrap().reading);
    }
}
