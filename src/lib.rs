//! tetraswarm: a compute engine for swarms of agents, with the same bits on every device.
pub mod topology;
