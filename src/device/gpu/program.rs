//! Shaders put together, compiled, and bound: a pipeline for every step of a plan and for every pass of a measurement.

use super::context::Context;
use super::held::translated;
use super::prints::{self, Batches};
use super::reach;
use super::tiled::Tiled;
use crate::column::{Access, ColumnId, Lineage};
use crate::device::Held;
use crate::error::Error;
use crate::fault::Faults;
use crate::hear;
use crate::plan::Plan;
use crate::shader::{Module, Shader, module};
use crate::step::Step;
use crate::timing::Schedule;
use crate::topology::{ShaderBuffer, Tiles, TopologyShader};
use bytemuck::{Pod, Zeroable};
use std::collections::HashMap;
use std::time::Instant;
use wgpu::{
    BindGroup, BindGroupLayout, BindingResource, BindingType, Buffer, BufferBindingType, BufferUsages, ComputePipeline,
    ShaderStages,
};

/// Invocations of a step's workgroup, as `@workgroup_size` says; tested against the shaders.
pub const STEP_GROUP: u32 = 256;
/// Invocations of a measurement's workgroup, and how many nodes one takes at a time; tested against the shaders.
pub const MEASURE_GROUP: u32 = 64;
/// So many partial tallies are enough to keep a GPU busy.
const FEW_PARTS: u64 = 1024;
/// The most partial tallies: what a dispatch allows in one dimension.
const MOST_PARTS: u64 = 65_535;
/// How often the loops of one invocation of a measurement may turn: software GPUs break loops off after 65 535 turns.
const TURNS: u64 = 32_768;

/// The programs of a measurement, in the order of [`Programs::measures`]: the record of a column, the row; then the tally of each gauge,
/// and then the fingerprints of each batch of columns.
pub(super) mod pass {
    pub const RECORD: usize = 0;
    pub const ROW: usize = 1;
    pub const TALLY: usize = 2;
}

/// The shader of the pass that writes the control block.
const ROW: &str = "gauge/row";

/// What a dispatch knows of time and place; `Clock` in `shaders/lib/clock.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
pub struct Clock {
    pub tick: u32,
    pub row: u32,
    pub first: u32,
    pub end: u32,
    pub may_stop: u32,
    pub walls: u32,
    pub cuts: u32,
    pub strike: u32,
    pub strikes: u32,
    pub column: u32,
    pub words: u32,
    pub unused: u32,
}

/// The shaders that a plan needs: one a step, then the measurement's.
pub(super) fn shaders(plan: &Plan) -> Vec<Shader> {
    let steps = (0..plan.steps.len()).map(|step| step_shader(plan, step));
    let reach = reach::shaders(plan).into_iter().map(|(shader, _)| shader);
    steps.chain(measure_shaders(plan)).chain(reach).collect()
}

/// Whether the link ends on the device have the classes of their divisors: if some step is faster by them and there are any.
fn uses_classes(plan: &Plan) -> bool {
    let asks = plan.steps.iter().any(|step| step.classed_modules().is_some());
    asks && plan.topology.classes().is_some()
}

/// What the shaders of a plan need of its network.
pub(super) fn network(plan: &Plan) -> TopologyShader<'_> {
    let classed = uses_classes(plan).then(|| plan.topology.classed_shader()).flatten();
    classed.unwrap_or_else(|| plan.topology.shader())
}

/// The shader of a step of a plan.
fn step_shader(plan: &Plan, step: usize) -> Shader {
    let step = &plan.steps[step];
    // Whoever asks nobody needs no traffic, and the step that keeps the status must not have it bound twice.
    let faults = if step.hears() { plan.faults.as_ref() } else { None };
    let items = plan.items(step.space());
    let mut modules = preamble(plan, items, step.schedule().unwrap_or(plan.schedule), faults);
    if plan.changes_links(&**step) {
        // The links follow from what it writes.
        let network = network(plan).module.name;
        modules.retain(|module| module.name != network);
    }
    let classed = uses_classes(plan).then(|| step.classed_modules()).flatten();
    modules.extend(classed.unwrap_or_else(|| step.modules()));
    Shader { modules }
}

/// The shaders of a measurement, see [`pass`].
fn measure_shaders(plan: &Plan) -> Vec<Shader> {
    let (parts, places) = (parts(plan), plan.places());
    let base = |control: Module, more: Vec<Module>| {
        let mut modules = vec![
            clock_module(plan.nodes(), plan.nodes()),
            control,
            module!("lib/number"),
            module!("lib/tally"),
        ];
        modules.extend(more);
        Shader { modules }
    };
    let mut shaders = vec![
        base(
            module!("lib/control"),
            vec![module!("gauge/record").with("PARTS", parts)],
        ),
        base(
            module!("lib/control-written"),
            vec![
                module!("lib/partials"),
                places.putting_together(parts),
                module!("lib/together"),
                places.holding(&plan.gauges, &plan.stop),
                module!("gauge/row")
                    .with("PARTS", parts)
                    .with("ROW_WORDS", u32::try_from(places.row_words).unwrap_or(u32::MAX))
                    .with("BINS", places.bins),
            ],
        ),
    ];
    for (k, gauge) in plan.measured().iter().enumerate() {
        let mut modules = preamble(plan, plan.nodes(), plan.schedule, plan.faults.as_ref());
        modules.extend([module!("lib/tally"), module!("lib/parts")]);
        modules.push(places.adding(k, &gauge.accumulators(), parts));
        modules.push(module!("lib/together"));
        if !gauge.prepares() {
            modules.push(module!("gauge/prepare-none"));
        }
        modules.extend(gauge.modules());
        modules.push(module!("gauge/tally").with("PARTS", parts));
        shaders.push(Shader { modules });
    }
    let batches = Batches::of(plan).all;
    let prints = batches
        .iter()
        .map(|batch| base(module!("lib/control"), prints::modules(plan, batch, parts)));
    shaders.extend(prints);
    shaders
}

/// The slots of group 2 of each pass of a measurement: whether each is only read.
fn measure_slots(plan: &Plan) -> Vec<Vec<(u32, bool)>> {
    let mut all = vec![
        vec![(0, true), (1, false)],
        vec![(0, false), (1, false), (2, false), (3, false)],
    ];
    all.extend(plan.measured().iter().map(|gauge| {
        let columns = gauge.columns();
        [(0, false), (1, false)]
            .into_iter()
            .chain(columns.iter().map(|&(slot, _)| (slot, true)))
            .collect()
    }));
    all.extend(Batches::of(plan).all.iter().map(|batch| prints::slots(plan, batch)));
    all.extend(reach::slots(plan));
    all
}

/// Whether the k-th shader of a plan takes fingerprints or looks who is where, for which it binds nothing of the network.
pub(super) fn takes_prints(plan: &Plan, k: usize) -> bool {
    k >= plan.steps.len() + pass::TALLY + plan.measured().len()
}

/// Whether the k-th shader of a plan knows of no links: fingerprints do not, nor what is only put together, where links follow from
/// columns, and a step that changes these.
pub(super) fn has_no_links(plan: &Plan, k: usize) -> bool {
    takes_prints(plan, k) || plan.steps.get(k).is_some_and(|step| plan.changes_links(&**step))
}

/// For each shader of a plan the slots of group 2, and whether it reads the nodes' status, group 3.
pub(super) fn bindings(plan: &Plan) -> Vec<(Vec<(u32, bool)>, bool)> {
    let has_faults = plan.faults.is_some();
    let of_step = |step: &dyn Step| {
        let slots = step
            .bindings()
            .iter()
            .map(|b| (b.slot, b.access == Access::Read))
            .collect();
        (slots, has_faults && step.hears())
    };
    let steps = plan.steps.iter().map(|step| of_step(&**step));
    let measures = measure_slots(plan).into_iter().enumerate();
    let tallies = pass::TALLY..pass::TALLY + plan.measured().len();
    steps
        .chain(measures.map(|(k, slots)| (slots, has_faults && tallies.contains(&k))))
        .collect()
}

/// The slots of group 2 of the k-th shader of a plan in which columns are that may be of nodes.
pub(super) fn columns_of(plan: &Plan, k: usize) -> Vec<(u32, ColumnId)> {
    if let Some(step) = plan.steps.get(k) {
        return step.bindings().iter().map(|b| (b.slot, b.column)).collect();
    }
    let Some(pass) = (k - plan.steps.len()).checked_sub(pass::TALLY) else {
        return Vec::new();
    };
    let gauges = plan.measured();
    if let Some(gauge) = gauges.get(pass) {
        return gauge.columns();
    }
    let batch = Batches::of(plan).all.into_iter().nth(pass - gauges.len());
    (1..).zip(batch.into_iter().flatten().map(ColumnId)).collect()
}

/// The shader that copies a column, for measuring what the memory can do.
#[must_use]
pub fn copy_shader(nodes: u32) -> Shader {
    Shader {
        modules: vec![
            clock_module(nodes, nodes),
            module!("lib/control"),
            module!("gauge/copy"),
        ],
    }
}

/// The number of partial tallies, and of workgroups that make them: each looks at every so-manieth stretch of nodes, and
/// at the links of each node.
fn parts(plan: &Plan) -> u32 {
    let longest = (0..plan.columns.len())
        .map(|c| plan.words(ColumnId(c)))
        .max()
        .unwrap_or(0);
    let stretches = longest.div_ceil(u64::from(MEASURE_GROUP)).max(1);
    let needed = (stretches * (1 + u64::from(plan.topology.largest_degree()))).div_ceil(TURNS);
    needed.max(FEW_PARTS).min(stretches).min(MOST_PARTS) as u32
}

/// What the shader begins with of a step that runs over so many items.
pub(super) fn preamble(plan: &Plan, items: u32, schedule: Schedule, faults: Option<&Faults>) -> Vec<Module> {
    let mut modules = vec![
        clock_module(plan.nodes(), items),
        module!("lib/control"),
        module!("lib/number"),
        network(plan).module,
        schedule.module(),
    ];
    modules.extend(hear::modules(faults));
    modules
}

pub(super) fn clock_module(nodes: u32, items: u32) -> Module {
    module!("lib/clock")
        .with("NODES", nodes)
        .with("ROW", grid(items)[0] * STEP_GROUP)
}

/// Workgroups in x and y for one invocation an item: a row holds at most 65 535, which every device allows.
pub(super) fn grid(items: u32) -> [u32; 2] {
    let groups = items.div_ceil(STEP_GROUP).max(1);
    let rows = groups.div_ceil(65_535);
    [groups.div_ceil(rows), rows]
}

/// A compiled shader and how it is bound and dispatched.
#[derive(Debug)]
pub(super) struct Program {
    pub pipeline: ComputePipeline,
    /// The layout of its columns, group 2.
    pub columns: BindGroupLayout,
    /// Whether it reads the nodes' status, group 3.
    pub reads_status: bool,
    pub groups: [u32; 2],
}

/// Everything on the device that the steps of a plan share.
#[derive(Debug)]
pub(super) struct Programs {
    pub steps: Vec<Program>,
    /// Those of steps that are done by tiles, by the step's number; with the tiles.
    pub tiled: HashMap<usize, (Program, Tiles)>,
    /// Those of a measurement, see [`pass`].
    pub measures: Vec<Program>,
    /// Those that look up to where anybody is.
    pub reach: Vec<Program>,
    pub status_layout: BindGroupLayout,
    /// The bins of all gauges.
    pub bins: Buffer,
    /// The parts of the fingerprint: two words a workgroup.
    pub prints: Buffer,
    /// Of clock and control; and where control is written.
    pub engine_layout: BindGroupLayout,
    pub writing_layout: BindGroupLayout,
    pub topology_layout: BindGroupLayout,
    /// Its buffers, but for columns of the swarm, of which it says which stand where.
    pub links: Vec<(u32, Buffer)>,
    pub lineage: Vec<(u32, Lineage)>,
    /// In its place, where a pass reads no links.
    pub no_links: BindGroup,
    /// Which columns' fingerprints are taken together.
    pub batches: Batches,
    pub partials: Buffer,
    pub bytes: u64,
}

fn storage_entry(binding: u32, read_only: bool) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer {
            ty: BufferBindingType::Storage { read_only },
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}

fn uniform_entry(binding: u32, dynamic: bool) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer {
            ty: BufferBindingType::Uniform,
            has_dynamic_offset: dynamic,
            min_binding_size: None,
        },
        count: None,
    }
}

fn layout(context: &Context, entries: &[wgpu::BindGroupLayoutEntry]) -> BindGroupLayout {
    context
        .device
        .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries })
}

/// A bind group of whole buffers, in binding order.
pub(super) fn bind(context: &Context, layout: &BindGroupLayout, buffers: &[(u32, &Buffer)]) -> BindGroup {
    let entries: Vec<_> = buffers
        .iter()
        .map(|&(binding, buffer)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        })
        .collect();
    context.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout,
        entries: &entries,
    })
}

/// The group of clock and control; the clock's offset is given at each dispatch.
pub(super) fn bind_engine(context: &Context, layout: &BindGroupLayout, clocks: &Buffer, control: &Buffer) -> BindGroup {
    let clock = wgpu::BufferBinding {
        buffer: clocks,
        offset: 0,
        size: std::num::NonZeroU64::new(size_of::<Clock>() as u64),
    };
    context.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("engine"),
        layout,
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: BindingResource::Buffer(clock),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: control.as_entire_binding(),
            },
        ],
    })
}

/// The group of clock and control, which only the last pass of a measurement writes: so that steps need not wait for each other there.
fn engine_layout(context: &Context, reads: bool) -> BindGroupLayout {
    layout(context, &[uniform_entry(0, true), storage_entry(1, reads)])
}

/// What is checked while the shaders run.
#[must_use]
pub fn checks() -> wgpu::ShaderRuntimeChecks {
    let mut checks = wgpu::ShaderRuntimeChecks::checked();
    // Guards in the innermost loop that the shaders do not need: each is a counter or a comparison for every link.
    checks.force_loop_bounding = false;
    checks.int_div_checks = false;
    checks
}

fn compile(
    context: &Context,
    shader: &Shader,
    layouts: &[&BindGroupLayout],
    columns: BindGroupLayout,
    status: Option<&BindGroupLayout>,
    groups: [u32; 2],
) -> Result<Program, Error> {
    let scope = context.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let descriptor = wgpu::ShaderModuleDescriptor {
        label: Some(shader.name()),
        source: wgpu::ShaderSource::Wgsl(shader.source().into()),
    };
    let checks = checks();
    // SAFETY: bounds checks stay on. Every loop of our shaders counts up to a bound that does not change in it, so none is
    // infinite; every divisor is at least 2 or a side of a lattice, and no dividend is i32::MIN, so no division traps. The
    // shaders are part of the program; nothing of a scenario becomes code.
    let module = unsafe { context.device.create_shader_module_trusted(descriptor, checks) };
    let constants: Vec<(&str, f64)> = shader
        .constants()
        .map(|(name, value)| (name, f64::from(value)))
        .collect();
    let mut all: Vec<Option<&BindGroupLayout>> = layouts.iter().map(|l| Some(*l)).collect();
    all.push(Some(&columns));
    all.extend(status.map(Some));
    let pipeline_layout = context.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(shader.name()),
        bind_group_layouts: &all,
        immediate_size: 0,
    });
    let pipeline = context
        .device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(shader.name()),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                // Every shader writes its workgroup memory before it reads it.
                zero_initialize_workgroup_memory: false,
            },
            cache: context.cache.as_ref().map(|cache| &cache.pipelines),
        });
    match pollster::block_on(scope.pop()) {
        Some(error) => {
            let error = shader.located(&error.to_string());
            Err(context.failed(format!("the shader {} was refused: {error}", shader.name())))
        }
        None => Ok(Program {
            pipeline,
            columns,
            reads_status: status.is_some(),
            groups,
        }),
    }
}

impl Programs {
    /// Compiles all shaders of a plan, each on a thread of its own, and uploads the topology.
    pub fn new(context: &Context, plan: &Plan, held: Option<&Held>) -> Result<Self, Error> {
        let topology = network(plan);
        let mut entries = Vec::new();
        let mut buffers = Vec::new();
        let mut bytes = 0;
        let mut lineage = Vec::new();
        for (binding, source) in (0..).zip(&topology.buffers) {
            let size = 4 * source.words().len() as u64;
            let (buffer, entry) = match source {
                ShaderBuffer::Uniform(_) => (
                    context.buffer("topology", size, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?,
                    uniform_entry(binding, false),
                ),
                ShaderBuffer::Storage(_) => (context.storage("links", size)?, storage_entry(binding, true)),
                ShaderBuffer::Lineage(which) => {
                    entries.push(storage_entry(binding, true));
                    lineage.push((binding, *which));
                    continue;
                }
            };
            context.upload(&buffer, source.words())?;
            entries.push(entry);
            buffers.push((binding, buffer));
            bytes += size;
        }
        let topology_layout = layout(context, &entries);
        let places = plan.places();
        let part_words = places.all_part_words().max(1) as u64;
        let partials = context.storage("partial tallies", 4 * u64::from(parts(plan)) * part_words)?;
        let prints = context.storage("partial fingerprints", 8 * u64::from(parts(plan)))?;
        let bins = context.storage("classes", 4 * u64::from(places.bins.max(1)))?;
        let status_layout = layout(context, &[storage_entry(0, true)]);

        let all = shaders(plan);
        let of_reach: Vec<[u32; 2]> = reach::shaders(plan).into_iter().map(|(_, groups)| groups).collect();
        let first_of_reach = all.len() - of_reach.len();
        let jobs = all
            .into_iter()
            .zip(bindings(plan))
            .enumerate()
            .map(|(k, (shader, (slots, reads_status)))| {
                let entries: Vec<_> = slots
                    .into_iter()
                    .map(|(slot, reads)| storage_entry(slot, reads))
                    .collect();
                let groups = match k.checked_sub(plan.steps.len()) {
                    None => grid(plan.items(plan.steps[k].space())),
                    Some(_) if k >= first_of_reach => of_reach[k - first_of_reach],
                    Some(pass::ROW) => [1, 1],
                    Some(pass) => {
                        let gauge = pass.checked_sub(pass::TALLY).filter(|_| !takes_prints(plan, k));
                        let laps = gauge.map_or(1, |gauge| places.laps(gauge));
                        [parts(plan), laps]
                    }
                };
                let links = usize::from(has_no_links(plan, k));
                (shader, layout(context, &entries), reads_status, groups, links)
            });
        let mut jobs: Vec<_> = jobs.collect();
        let first_tiled = jobs.len();
        let tiled: Vec<_> = (0..plan.steps.len())
            .filter_map(|step| Some((step, Tiled::of(plan, step)?)))
            .collect();
        for (step, tiled) in &tiled {
            // It binds what the step's first form does.
            let (_, columns, reads_status, _, links) = &jobs[*step];
            let groups = tiled.groups(plan);
            jobs.push((tiled.shader.clone(), columns.clone(), *reads_status, groups, *links));
        }
        if let Some(held) = held {
            let steps = (0..first_tiled).chain(tiled.iter().map(|(step, _)| *step));
            for (job, k) in jobs.iter_mut().zip(steps) {
                job.0 = translated(job.0.clone(), plan, k, held);
            }
        }
        let writing_layout = engine_layout(context, false);
        let engine_layout = engine_layout(context, true);
        let empty = layout(context, &[]);
        let no_links = bind(context, &empty, &[]);
        let (engines, links) = ([&engine_layout, &writing_layout], [&topology_layout, &empty]);
        let status = &status_layout;
        let compile =
            |(shader, columns, reads_status, groups, of): &(Shader, BindGroupLayout, bool, [u32; 2], usize)| {
                let status = reads_status.then_some(status);
                let layouts = [engines[usize::from(shader.name() == ROW)], links[*of]];
                compile(context, shader, &layouts, columns.clone(), status, *groups)
            };
        let compiled: Result<Vec<Program>, Error> = match context.info.backend {
            // One thread at a time may use it, and who waits for long gives up.
            "gl" => jobs.iter().map(compile).collect(),
            _ => std::thread::scope(|scope| {
                let threads: Vec<_> = jobs
                    .iter()
                    .map(|job| {
                        let thread = std::thread::Builder::new().spawn_scoped(scope, move || compile(job));
                        // Where no more threads can be started, this one does the work.
                        thread.map_err(|_| compile(job))
                    })
                    .collect();
                let compiled = threads.into_iter().map(|thread| match thread {
                    Ok(thread) => thread
                        .join()
                        .unwrap_or_else(|_| Err(context.failed("the shader compiler panicked"))),
                    Err(compiled) => compiled,
                });
                compiled.collect()
            }),
        };
        let mut steps = compiled?;
        if let Some(cache) = &context.cache {
            cache.keep();
        }
        let by_tiles = steps.split_off(first_tiled).into_iter();
        let of_tiles = tiled.into_iter().map(|(step, tiled)| (step, tiled.tiles));
        let tiled = of_tiles.zip(by_tiles);
        let tiled = tiled.map(|((step, tiles), program)| (step, (program, tiles)));
        let reach = steps.split_off(first_of_reach);
        let measures = steps.split_off(plan.steps.len());
        bytes += partials.size() + bins.size() + prints.size();
        Ok(Self {
            steps,
            tiled: tiled.collect(),
            measures,
            reach,
            status_layout,
            bins,
            engine_layout,
            writing_layout,
            topology_layout,
            links: buffers,
            lineage,
            no_links,
            batches: Batches::of(plan),
            partials,
            prints,
            bytes,
        })
    }
}

/// Seconds of a copy by a shader like a step's, `repetitions` times; each is the mean of many in one submission.
pub(super) fn copy_seconds(context: &Context, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
    let nodes = words as u32;
    let shader = copy_shader(nodes);
    let engine = engine_layout(context, true);
    let empty = layout(context, &[]);
    let columns = layout(context, &[storage_entry(0, true), storage_entry(1, false)]);
    let program = compile(context, &shader, &[&engine, &empty], columns, None, grid(nodes))?;
    let [source, target] = [
        context.storage("source", 4 * words as u64)?,
        context.storage("target", 4 * words as u64)?,
    ];
    let control = context.storage("control", 16)?;
    let clocks = context.buffer("clock", 256, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?;
    context.queue.write_buffer(
        &clocks,
        0,
        bytemuck::bytes_of(&Clock {
            end: nodes,
            ..Clock::default()
        }),
    );
    let groups = [
        bind_engine(context, &engine, &clocks, &control),
        bind(context, &empty, &[]),
    ];
    let buffers = bind(context, &program.columns, &[(0, &source), (1, &target)]);
    let run = |times: u32| -> Result<f64, Error> {
        let mut encoder = context.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&program.pipeline);
            pass.set_bind_group(0, &groups[0], &[0]);
            pass.set_bind_group(1, &groups[1], &[]);
            pass.set_bind_group(2, &buffers, &[]);
            for _ in 0..times {
                pass.dispatch_workgroups(program.groups[0], program.groups[1], 1);
            }
        }
        let start = Instant::now();
        let index = context.submit(encoder.finish());
        context.wait(index)?;
        Ok(start.elapsed().as_secs_f64())
    };
    // As many a submission as take about 50 ms, so that its fixed cost does not show.
    run(1)?;
    let times = (0.05 / run(1)?.max(1e-6)).clamp(1.0, 1000.0) as u32;
    (0..repetitions).map(|_| Ok(run(times)? / f64::from(times))).collect()
}
