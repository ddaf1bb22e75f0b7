//! The part of the Python package that is written in Rust.
//!
//! `cogrep/__init__.py` is what people see; it has the documentation, and makes objects of
//! what is returned here as plain numbers. Start with `counter.rs`. What is done on several
//! cores goes through `workers.rs`, where the calling thread looks for Ctrl-C meanwhile.
//!
//! What this crate refuses to do: keep a thread after a call, but that of the network, which is
//! asked to end, and hold the lock of the interpreter while it counts.

mod arrow;
mod column;
mod counter;
mod distinct;
mod files;
mod labels;
mod names;
mod prepared;
#[cfg(target_os = "linux")]
mod program;
mod range;
mod remote;
mod rows;
mod table;
mod text;
mod workers;

use pyo3::prelude::pymodule;

/// The part of the package `cogrep` that is written in Rust.
#[pymodule(gil_used = false)]
mod _cogrep {
    #[pymodule_export]
    use crate::counter::{Counter, PatternError, parse_list};
    #[pymodule_export]
    use crate::distinct::Distinct;
    #[pymodule_export]
    use crate::files::list_files;
    #[pymodule_export]
    use crate::names::counts_stream;
    #[pymodule_export]
    use crate::range::are_divisible;
    #[pymodule_export]
    use crate::remote::{ChangedError, shown};
    #[pymodule_export]
    use crate::rows::RowCounts;
    #[pymodule_export]
    use crate::table::TextCounts;

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
