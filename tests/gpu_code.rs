//! What RADV, the Vulkan driver for AMD GPUs, makes of the shaders of every rule and of cells that work, on a machine without a GPU: all
//! compile, and no shader needs more registers than there are.
#![cfg(all(feature = "gpu", feature = "cli", target_os = "linux"))]

#[path = "../examples/gpu_statistics/code.rs"]
mod code;
#[path = "../examples/gpu_statistics/count.rs"]
mod count;
#[path = "../examples/gpu_statistics/driver.rs"]
#[allow(dead_code, reason = "the example uses all of it")]
mod driver;
#[path = "../examples/gpu_statistics/report.rs"]
#[allow(dead_code, reason = "the example uses all of it")]
mod report;
#[path = "../examples/gpu_statistics/swarms.rs"]
mod swarms;

use driver::Driver;
use report::{Family, Known, report};
use std::process::Command;

/// One with vector units of 16 lanes and one with units of 32.
const FAMILIES: [&str; 2] = ["vega10", "gfx1100"];
/// Set in the processes that compile, one for each family: the driver reads the family when it is loaded.
const FAMILY: &str = "RADV_FORCE_FAMILY";

#[test]
fn every_shader_compiles_and_nothing_spills() {
    if let Ok(family) = std::env::var(FAMILY) {
        return check(&compiled(&family));
    }
    let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
    if driver::manifest().is_none() {
        let is_required = required.split(',').any(|r| r == "radv");
        assert!(!is_required, "no RADV, but TETRASWARM_REQUIRE={required}");
        println!("skipped: RADV is not installed (package mesa-vulkan-drivers)");
        return;
    }
    for family in FAMILIES {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args([
            "gpu_code::every_shader_compiles_and_nothing_spills",
            "--exact",
            "--nocapture",
        ]);
        driver::force(&mut again, family).unwrap();
        let output = again.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{family}: {said}");
        assert!(said.contains("1 passed"), "{family}: {said}");
    }
}

fn compiled(family: &str) -> Family {
    let driver = Driver::open().unwrap_or_else(|error| panic!("{error}"));
    let plans = swarms::plans(&[], 1 << 16).unwrap();
    report(&driver, family, &plans, &Known::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn check(family: &Family) {
    let most = family.most_waves.expect("the driver counts waves");
    assert!(family.shaders.len() > 30, "{} shaders only", family.shaders.len());
    for row in &family.shaders {
        let label = format!("{} of {} on {}", row.shader, row.of[0], family.family);
        assert_eq!(row.spilled, Some(0), "{label} spills");
        let registers = row.vector_registers.expect("the driver counts registers");
        assert!((1..=256).contains(&registers), "{label}: {registers} registers");
        let waves = row.waves.expect("the driver counts waves");
        assert!((1..=most).contains(&waves), "{label}: {waves} waves of {most}");
        assert!(row.cycles.is_none_or(|cycles| cycles > 0.0), "{label}: no cycles");
    }
}
