// Whether the run has stopped, for the last pass of a measurement, which says so.
@group(0) @binding(1) var<storage, read_write> control: Control;
