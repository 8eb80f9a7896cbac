//! A shader as wgpu hands it to a Vulkan driver: WGSL with its constants becomes SPIR-V by naga, with the engine's own checks.

use naga::back::{pipeline_constants::process_overrides, spv};
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::{Capabilities, ValidationFlags, Validator};
use naga::{AddressSpace, ShaderStage};
use tetraswarm::device::gpu::layout::checks;
use tetraswarm::shader::Shader;

/// What is bound to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Uniform,
    /// A uniform block whose place is given at each dispatch: the clock.
    Moving,
    Storage,
}

/// A shader in SPIR-V.
#[derive(Clone, Debug)]
pub struct Code {
    pub words: Vec<u32>,
    /// Group, slot and kind of everything that it declares, which the tests hold equal to what the engine binds.
    pub bindings: Vec<(u32, u32, Bound)>,
}

/// What a driver can do that changes the code it is given.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub spirv: (u8, u8),
    /// Whether the driver itself keeps accesses within their buffers.
    pub keeps_bounds: bool,
}

/// Translates a shader; an error is the compiler's text.
pub fn translate(shader: &Shader, target: Target) -> Result<Code, String> {
    let constants = shader
        .constants()
        .map(|(name, value)| (name.to_owned(), f64::from(value)))
        .collect();
    translate_text(&shader.source(), &constants, target)
}

/// Translates WGSL whose entry point is `main`.
pub fn translate_text(source: &str, constants: &naga::back::PipelineConstants, target: Target) -> Result<Code, String> {
    let module = naga::front::wgsl::parse_str(source).map_err(|e| e.emit_to_string(source))?;
    let info = Validator::new(ValidationFlags::all(), Capabilities::default())
        .validate(&module)
        .map_err(|e| e.emit_to_string(source))?;
    let entry = (ShaderStage::Compute, "main");
    let (module, info) = process_overrides(&module, &info, Some(entry), constants).map_err(|e| e.to_string())?;
    let pipeline = spv::PipelineOptions {
        shader_stage: entry.0,
        entry_point: entry.1.to_owned(),
    };
    let words = spv::write_vec(&module, &info, &options(target), Some(&pipeline)).map_err(|error| error.to_string())?;
    let bindings = module.global_variables.iter().filter_map(|(_, variable)| {
        let place = variable.binding?;
        let bound = match variable.space {
            AddressSpace::Uniform if place.group == 0 => Bound::Moving,
            AddressSpace::Uniform => Bound::Uniform,
            _ => Bound::Storage,
        };
        Some((place.group, place.binding, bound))
    });
    Ok(Code {
        words,
        bindings: bindings.collect(),
    })
}

/// The options of wgpu's Vulkan backend for a shader that is compiled with the engine's checks and without zeros in workgroup memory.
fn options(target: Target) -> spv::Options<'static> {
    let checks = checks();
    let policy = |is_needed| match is_needed {
        true => BoundsCheckPolicy::Restrict,
        false => BoundsCheckPolicy::Unchecked,
    };
    spv::Options {
        lang_version: target.spirv,
        flags: spv::WriterFlags::LABEL_VARYINGS | spv::WriterFlags::FORCE_POINT_SIZE,
        bounds_check_policies: BoundsCheckPolicies {
            index: policy(checks.bounds_checks),
            buffer: policy(checks.bounds_checks && !target.keeps_bounds),
            ..Default::default()
        },
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: checks.force_loop_bounding,
        emit_int_div_checks: checks.int_div_checks,
        ..Default::default()
    }
}
