"""The model room: frames in, frames out; one folder per model, each exporting SPEC."""
