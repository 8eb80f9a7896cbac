//! Mesa's RADV, which compiles for real AMD GPUs on a machine that has none and tells what came out, through
//! `VK_KHR_pipeline_executable_properties`.

use super::code::{Bound, Code, Target, translate_text};
use ash::{ext, khr, vk};
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::path::PathBuf;
use std::process::Command;

/// The names that `RADV_FORCE_FAMILY` takes; newer drivers know more.
pub const FAMILIES: &[&str] = &[
    "tahiti",
    "bonaire",
    "hawaii",
    "tonga",
    "polaris10",
    "vega10",
    "vega20",
    "arcturus",
    "navi10",
    "navi14",
    "navi21",
    "navi24",
    "rembrandt",
    "gfx1100",
    "gfx1102",
];

/// What the driver says of one compiled shader; nothing where it says nothing.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub statistics: BTreeMap<String, u64>,
    /// Invocations of a wave.
    pub wave: u32,
    pub assembly: Option<String>,
}

impl Compiled {
    /// The first of these statistics that the driver gives.
    pub fn statistic(&self, names: &[&str]) -> Option<u64> {
        names.iter().find_map(|name| self.statistics.get(*name)).copied()
    }

    /// Registers that did not fit and bytes of memory used in their place.
    pub fn spilled(&self) -> Option<u64> {
        let parts = ["Spilled VGPRs", "Spilled SGPRs", "Scratch size"];
        let known: Vec<u64> = parts.iter().filter_map(|part| self.statistic(&[part])).collect();
        (!known.is_empty()).then(|| known.iter().sum())
    }

    /// Waves that a SIMD can hold at a time.
    pub fn waves(&self) -> Option<u64> {
        self.statistic(&["Subgroups per SIMD", "Max Waves"])
    }
}

/// The manifest by which the Vulkan loader finds RADV, if it is installed.
pub fn manifest() -> Option<PathBuf> {
    let folders = std::env::var("XDG_DATA_DIRS").unwrap_or_default();
    let folders = folders
        .split(':')
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    let folders = folders.chain(["/usr/local/share", "/usr/share", "/etc"].map(PathBuf::from));
    let names = [
        "radeon_icd.json".to_owned(),
        format!("radeon_icd.{}.json", std::env::consts::ARCH),
    ];
    folders
        .flat_map(|folder| {
            names
                .iter()
                .map(move |name| folder.join("vulkan/icd.d").join(name))
                .collect::<Vec<_>>()
        })
        .find(|path| path.is_file())
}

/// Makes a command's Vulkan that of RADV for one family; it reads these variables when it is loaded, so a process has one family.
pub fn force(command: &mut Command, family: &str) -> Result<(), String> {
    if ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .all(|name| std::env::var_os(name).is_none())
    {
        let manifest = manifest().ok_or_else(|| missing("no radeon_icd.json is where Vulkan's drivers are listed"))?;
        // Loaders before 1.3.207 know the second name only.
        command
            .env("VK_DRIVER_FILES", &manifest)
            .env("VK_ICD_FILENAMES", &manifest);
    }
    command.env("RADV_FORCE_FAMILY", family);
    Ok(())
}

fn missing(reason: &str) -> String {
    format!(
        "Mesa's Vulkan driver for AMD GPUs (RADV) cannot be loaded: {reason}. Install mesa-vulkan-drivers (Debian, Ubuntu, Fedora) or \
         vulkan-radeon (Arch), and Vulkan's loader (libvulkan1, vulkan-loader, vulkan-icd-loader); or name its manifest in VK_DRIVER_FILES"
    )
}

/// An opened driver. It lives as long as the process does.
pub struct Driver {
    device: ash::Device,
    executables: khr::pipeline_executable_properties::Device,
    target: Target,
    /// What it compiles for, as it calls that.
    pub gpu: String,
    /// Its name and version.
    pub version: String,
    /// Waves that a SIMD holds of a shader that needs nothing.
    pub most_waves: Option<u64>,
    // The functions come from this library.
    _entry: ash::Entry,
    _instance: ash::Instance,
}

impl Driver {
    /// Opens the driver that [`force`] has chosen for this process.
    pub fn open() -> Result<Self, String> {
        let family = std::env::var("RADV_FORCE_FAMILY").unwrap_or_default();
        // SAFETY: the library is the system's Vulkan loader, whose initialisation has no preconditions.
        let entry = unsafe { ash::Entry::load() }.map_err(|e| missing(&e.to_string()))?;
        let application = vk::ApplicationInfo::default().api_version(vk::API_VERSION_1_3);
        let info = vk::InstanceCreateInfo::default().application_info(&application);
        // SAFETY: `info` is valid, and the library stays loaded with the value returned.
        let instance = unsafe { entry.create_instance(&info, None) }.map_err(|e| missing(&e.to_string()))?;
        // SAFETY: the instance is alive.
        let found = unsafe { instance.enumerate_physical_devices() }.unwrap_or_default();
        let Some(&physical) = found.first() else {
            return Err(format!(
                "RADV does not compile for '{family}'; among the families are {}",
                FAMILIES.join(", ")
            ));
        };
        let mut named = vk::PhysicalDeviceDriverProperties::default();
        let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut named);
        // SAFETY: the device is this instance's, and so below.
        unsafe { instance.get_physical_device_properties2(physical, &mut properties) };
        let properties = properties.properties;
        if named.driver_id != vk::DriverId::MESA_RADV {
            return Err(missing(&format!("the driver found is {}", text(&named.driver_name))));
        }
        // SAFETY: as above.
        let offered = unsafe { instance.enumerate_device_extension_properties(physical) }.unwrap_or_default();
        let offers = |name: &CStr| offered.iter().any(|e| e.extension_name_as_c_str() == Ok(name));
        if !offers(khr::pipeline_executable_properties::NAME) {
            return Err(
                "this RADV cannot tell what it compiles (VK_KHR_pipeline_executable_properties): take Mesa 20 or later"
                    .into(),
            );
        }
        let mut extensions = vec![khr::pipeline_executable_properties::NAME.as_ptr()];
        // As wgpu does where it can.
        let keeps_bounds = offers(ext::robustness2::NAME);
        if keeps_bounds {
            extensions.push(ext::robustness2::NAME.as_ptr());
        }
        let queues = [vk::DeviceQueueCreateInfo::default()
            .queue_family_index(0)
            .queue_priorities(&[1.0])];
        let mut tells =
            vk::PhysicalDevicePipelineExecutablePropertiesFeaturesKHR::default().pipeline_executable_info(true);
        let mut robust = vk::PhysicalDeviceRobustness2FeaturesEXT::default().robust_buffer_access2(keeps_bounds);
        let features = vk::PhysicalDeviceFeatures::default().robust_buffer_access(true);
        let mut info = vk::DeviceCreateInfo::default()
            .queue_create_infos(&queues)
            .enabled_extension_names(&extensions)
            .enabled_features(&features)
            .push_next(&mut tells);
        if keeps_bounds {
            info = info.push_next(&mut robust);
        }
        // SAFETY: all extensions are offered, and every pointer outlives the call.
        let device = unsafe { instance.create_device(physical, &info, None) }.map_err(|e| missing(&e.to_string()))?;
        let mut driver = Self {
            executables: khr::pipeline_executable_properties::Device::new(&instance, &device),
            device,
            target: Target {
                spirv: match properties.api_version {
                    vk::API_VERSION_1_3.. => (1, 6),
                    vk::API_VERSION_1_2.. => (1, 5),
                    _ => (1, 3),
                },
                keeps_bounds,
            },
            gpu: text(&properties.device_name),
            version: format!("{} {}", text(&named.driver_name), text(&named.driver_info)),
            most_waves: None,
            _entry: entry,
            _instance: instance,
        };
        let nothing = "@compute @workgroup_size(256) fn main() {}";
        let nothing = translate_text(nothing, &Default::default(), driver.target)?;
        driver.most_waves = driver.compile(&nothing)?.waves();
        Ok(driver)
    }

    /// What code must be like for this driver.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Compiles a shader; an error is the driver's.
    pub fn compile(&self, code: &Code) -> Result<Compiled, String> {
        let failed = |what: &str, e: vk::Result| format!("the driver refused {what}: {e}");
        let layout = self.layout(code).map_err(|e| failed("the bindings", e))?;
        let info = vk::ShaderModuleCreateInfo::default().code(&code.words);
        // SAFETY: naga wrote the SPIR-V from a module that it has validated.
        let module = unsafe { self.device.create_shader_module(&info, None) }.map_err(|e| failed("the code", e))?;
        let stage = vk::PipelineShaderStageCreateInfo::default()
            .stage(vk::ShaderStageFlags::COMPUTE)
            .module(module)
            .name(c"main");
        let flags = vk::PipelineCreateFlags::CAPTURE_STATISTICS_KHR
            | vk::PipelineCreateFlags::CAPTURE_INTERNAL_REPRESENTATIONS_KHR;
        let info = [vk::ComputePipelineCreateInfo::default()
            .stage(stage)
            .layout(layout)
            .flags(flags)];
        // SAFETY: stage and layout are this device's and fit each other: both come from the same module.
        let made = unsafe {
            self.device
                .create_compute_pipelines(vk::PipelineCache::null(), &info, None)
        };
        let pipeline = made.map_err(|(_, e)| failed("the shader", e))?[0];
        let compiled = self.read(pipeline).map_err(|e| failed("to tell what it compiled", e));
        // SAFETY: none of them is in use, and none is used again.
        unsafe {
            self.device.destroy_pipeline(pipeline, None);
            self.device.destroy_shader_module(module, None);
            self.device.destroy_pipeline_layout(layout, None);
        }
        compiled
    }

    fn layout(&self, code: &Code) -> Result<vk::PipelineLayout, vk::Result> {
        let groups = code.bindings.iter().map(|&(group, ..)| group + 1).max().unwrap_or(0);
        let sets = (0..groups).map(|group| {
            let slots = code.bindings.iter().filter(|&&(of, ..)| of == group);
            let slots: Vec<_> = slots
                .map(|&(_, slot, bound)| {
                    vk::DescriptorSetLayoutBinding::default()
                        .binding(slot)
                        .descriptor_count(1)
                        .stage_flags(vk::ShaderStageFlags::COMPUTE)
                        .descriptor_type(match bound {
                            Bound::Uniform => vk::DescriptorType::UNIFORM_BUFFER,
                            Bound::Moving => vk::DescriptorType::UNIFORM_BUFFER_DYNAMIC,
                            Bound::Storage => vk::DescriptorType::STORAGE_BUFFER,
                        })
                })
                .collect();
            let info = vk::DescriptorSetLayoutCreateInfo::default().bindings(&slots);
            // SAFETY: the slots of a group differ.
            unsafe { self.device.create_descriptor_set_layout(&info, None) }
        });
        let sets = sets.collect::<Result<Vec<_>, _>>()?;
        let info = vk::PipelineLayoutCreateInfo::default().set_layouts(&sets);
        // SAFETY: the layouts are this device's.
        unsafe { self.device.create_pipeline_layout(&info, None) }
    }

    fn read(&self, pipeline: vk::Pipeline) -> Result<Compiled, vk::Result> {
        let info = vk::PipelineInfoKHR::default().pipeline(pipeline);
        // SAFETY: the pipeline is alive and was made to be asked, and so below.
        let parts = unsafe { self.executables.get_pipeline_executable_properties(&info) }?;
        let info = vk::PipelineExecutableInfoKHR::default()
            .pipeline(pipeline)
            .executable_index(0);
        // SAFETY: as above; a compute pipeline has one executable.
        let told = unsafe { self.executables.get_pipeline_executable_statistics(&info) }?;
        let whole = told
            .iter()
            .filter(|s| s.format == vk::PipelineExecutableStatisticFormatKHR::UINT64);
        Ok(Compiled {
            // SAFETY: the format says which field of the union is set.
            statistics: whole.map(|s| (text(&s.name), unsafe { s.value.u64 })).collect(),
            wave: parts[0].subgroup_size,
            assembly: self.assembly(&info)?,
        })
    }

    fn assembly(&self, info: &vk::PipelineExecutableInfoKHR<'_>) -> Result<Option<String>, vk::Result> {
        let ask = self
            .executables
            .fp()
            .get_pipeline_executable_internal_representations_khr;
        let ask = |count: &mut u32, into: *mut _| {
            // SAFETY: `into` is null, or has room for `count` representations whose own pointers are null or have room.
            unsafe { ask(self.device.handle(), info, count, into) }.result()
        };
        let mut count = 0;
        ask(&mut count, std::ptr::null_mut())?;
        let mut texts = vec![vk::PipelineExecutableInternalRepresentationKHR::default(); count as usize];
        ask(&mut count, texts.as_mut_ptr())?;
        let mut bytes: Vec<Vec<u8>> = texts.iter().map(|text| vec![0; text.data_size]).collect();
        for (text, bytes) in texts.iter_mut().zip(&mut bytes) {
            text.p_data = bytes.as_mut_ptr().cast();
        }
        ask(&mut count, texts.as_mut_ptr())?;
        let found = texts.iter().zip(bytes).find(|(t, _)| text(&t.name) == "Assembly");
        Ok(found.map(|(_, bytes)| String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()))
    }
}

/// The text of a field of fixed length.
fn text(field: &[std::ffi::c_char]) -> String {
    let bytes: Vec<u8> = field
        .iter()
        .take_while(|&&c| c != 0)
        .map(|&c| c.cast_unsigned())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
