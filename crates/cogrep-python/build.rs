//! Links the extension as the system wants it: its symbols of Python are found when Python
//! loads it.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
