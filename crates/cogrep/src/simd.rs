//! The vector instructions that are used: those that `COGREP_SIMD` names, else the best.
//!
//! Counts do not depend on them. The variable is for tests and measurements.

use std::ffi::OsStr;

use cogrep_match::SimdLevel;

use crate::error::Error;

/// Sets the default level of the process from the value of the variable.
pub(crate) fn choose(name: Option<&OsStr>) -> Result<(), Error> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(()) };
    let level = name.to_string_lossy().parse::<SimdLevel>();
    level.and_then(SimdLevel::set_default).map_err(|error| {
        // The error begins with the name.
        Error::Usage(format!("COGREP_SIMD={error}"))
    })
}
