//! Calls a WGSL function of words for thousands of inputs in one dispatch, through a shader that is generated from the
//! function's signature.

use naga::{ScalarKind, TypeInner};
use pollster::block_on;
use std::path::Path;
use tetraswarm::number::threefry2x32;

/// Inputs of one function in one dispatch.
pub const CASES: usize = 20_000;

/// What a function's input must satisfy; an input that does not is mapped to one that does.
pub type Domain = fn(&mut [u32]);
/// The words in, the words out.
pub type Function = dyn Fn(&[u32]) -> Vec<u32>;

/// A piece of WGSL: of the library, or with its folder below `shaders/`.
pub fn library(file: &str) -> String {
    let file = if file.contains('/') {
        file.to_owned()
    } else {
        format!("lib/{file}")
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("shaders/{file}.wgsl"));
    std::fs::read_to_string(path).unwrap()
}

/// A function's signature as far as words make it up: each argument's type with its number of words, and the result's.
#[derive(Debug)]
pub struct Signature {
    pub name: String,
    pub arguments: Vec<(String, usize)>,
    pub result: (String, usize),
}

impl Signature {
    pub fn inputs(&self) -> usize {
        self.arguments.iter().map(|a| a.1).sum()
    }

    /// A shader that calls the function for every input.
    fn shader(&self, library: &str) -> String {
        let mut at = 0;
        let mut arguments = Vec::new();
        for (ty, words) in &self.arguments {
            let words: Vec<String> = (at..at + words).map(|k| format!("source[start + {k}u]")).collect();
            at += words.len();
            arguments.push(format!("{ty}({})", words.join(", ")));
        }
        let (ty, words) = &self.result;
        let write = match (ty.as_str(), words) {
            ("bool", _) => "result[end] = select(0u, 1u, value);".into(),
            (_, 1) => "result[end] = u32(value);".into(),
            _ => (0..*words)
                .map(|k| format!("result[end + {k}u] = u32(value[{k}]); "))
                .collect::<String>(),
        };
        format!(
            "{library}
            @group(0) @binding(0) var<storage, read> source: array<u32>;
            @group(0) @binding(1) var<storage, read_write> result: array<u32>;
            @compute @workgroup_size(64)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
                if (id.x >= {CASES}u) {{ return; }}
                let start = id.x * {inputs}u;
                let end = id.x * {words}u;
                let value = {name}({arguments});
                {write}
            }}",
            inputs = self.inputs(),
            name = self.name,
            arguments = arguments.join(", "),
        )
    }
}

/// The functions of a source whose arguments and results are words and vectors of words; others are left out.
pub fn signatures(source: &str) -> Vec<Signature> {
    let module = naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(source)));
    let scalar = |kind| match kind {
        ScalarKind::Uint => Some("u32"),
        ScalarKind::Sint => Some("i32"),
        ScalarKind::Bool => Some("bool"),
        _ => None,
    };
    let words = |ty| match module.types[ty].inner {
        TypeInner::Scalar(s) => Some((scalar(s.kind)?.to_owned(), 1)),
        TypeInner::Vector { size, scalar: s } => {
            Some((format!("vec{}<{}>", size as u8, scalar(s.kind)?), size as usize))
        }
        _ => None,
    };
    let signature = |f: &naga::Function| {
        let arguments: Vec<_> = f.arguments.iter().map(|a| words(a.ty)).collect::<Option<_>>()?;
        let result = words(f.result.as_ref()?.ty)?;
        (!arguments.is_empty()).then(|| Signature {
            name: f.name.clone().unwrap(),
            arguments,
            result,
        })
    };
    module.functions.iter().filter_map(|(_, f)| signature(f)).collect()
}

/// Words at which arithmetic tends to go wrong.
const EXTREMES: [u32; 20] = [
    0,
    1,
    2,
    3,
    4,
    0x7FFF,
    0x8000,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x1_0002,
    (1 << 28) - 1,
    1 << 28,
    0x7FFF_FFFE,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0001,
    0xFFFF_FFFE,
    u32::MAX,
];

/// Inputs of `words` words each: every combination of extremes as far as there is room in half of the cases, then random
/// words of all magnitudes, mixed with extremes.
pub fn inputs(words: usize, domain: Domain) -> Vec<u32> {
    let mut all = Vec::with_capacity(words * CASES);
    let combinations = EXTREMES.len().pow(words as u32).min(CASES / 2);
    for case in 0..CASES {
        let input: Vec<u32> = (0..words)
            .map(|k| {
                let [word, control] = threefry2x32([case as u32, k as u32], [1, 2]);
                if case < combinations && combinations < CASES / 2 {
                    EXTREMES[case / EXTREMES.len().pow(k as u32) % EXTREMES.len()]
                } else if control & 1 == 0 || case < combinations {
                    EXTREMES[word as usize % EXTREMES.len()]
                } else {
                    word >> (control >> 27)
                }
            })
            .collect();
        all.extend(input);
        domain(&mut all[words * case..]);
    }
    all
}

/// A GPU, opened for raw dispatches.
pub struct Gpu {
    name: String,
    device: wgpu::Device,
    queue: wgpu::Queue,
}

/// The GPUs at hand, one a backend; `support::gpus` says what is missing.
pub fn gpus() -> Vec<Gpu> {
    let known: Vec<&str> = crate::support::gpus()
        .iter()
        .map(|gpu| tetraswarm::device::Device::info(gpu).backend)
        .collect();
    known
        .into_iter()
        .map(|backend| {
            let adapter = tetraswarm::device::gpu::adapters(Some(backend)).unwrap().swap_remove(0);
            let descriptor = wgpu::DeviceDescriptor {
                required_limits: adapter.limits(),
                ..Default::default()
            };
            let (device, queue) = block_on(adapter.request_device(&descriptor)).unwrap();
            Gpu {
                name: format!("{} ({backend})", adapter.get_info().name),
                device,
                queue,
            }
        })
        .collect()
}

impl Gpu {
    /// The words that a shader makes of `inputs`.
    fn run(&self, shader: &str, constants: &[(&str, f64)], inputs: &[u32], outputs: usize) -> Vec<u32> {
        use wgpu::BufferUsages as Usage;
        let source = wgpu::ShaderSource::Wgsl(shader.into());
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants,
                ..Default::default()
            },
            cache: None,
        });
        let buffer = |words: usize, usage| {
            let size = 4 * words as u64;
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let source = buffer(inputs.len(), Usage::STORAGE | Usage::COPY_DST);
        let result = buffer(outputs, Usage::STORAGE | Usage::COPY_SRC);
        let staging = buffer(outputs, Usage::MAP_READ | Usage::COPY_DST);
        self.queue.write_buffer(&source, 0, bytemuck::cast_slice(inputs));
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: source.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: result.as_entire_binding(),
                },
            ],
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(CASES.div_ceil(64) as u32, 1, 1);
        }
        encoder.copy_buffer_to_buffer(&result, 0, &staging, 0, staging.size());
        self.queue.submit([encoder.finish()]);
        staging.map_async(wgpu::MapMode::Read, .., |mapped| mapped.unwrap());
        self.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        let view = staging.get_mapped_range(..).unwrap();
        bytemuck::pod_collect_to_vec(&view)
    }

    /// The first input, with both results, where the shader's function differs from Rust's.
    pub fn difference(
        &self,
        signature: &Signature,
        library: &str,
        constants: &[(&str, f64)],
        inputs: &[u32],
        function: &Function,
    ) -> Option<String> {
        let words = signature.result.1;
        let found = self.run(&signature.shader(library), constants, inputs, CASES * words);
        assert_eq!((found.len(), inputs.len()), (CASES * words, CASES * signature.inputs()));
        inputs
            .chunks_exact(signature.inputs())
            .zip(found.chunks_exact(words))
            .find_map(|(input, found)| {
                let expected = function(input);
                let here = format!(
                    "{}({input:X?}) is {found:X?} on {}, {expected:X?} in Rust",
                    signature.name, self.name
                );
                (found != expected).then_some(here)
            })
    }
}
