// Whether the run has stopped, for whoever leaves the state alone then.
@group(0) @binding(1) var<storage, read> control: Control;
