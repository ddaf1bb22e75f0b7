//! The program `cogrep`, as a function of the extension: see `launcher/launcher.c`.
#![expect(unsafe_code, reason = "C code calls this, by its name")]

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::panic;

/// The version, which ends with NUL: by it the launcher knows the extension that it came with.
#[unsafe(no_mangle)]
extern "C" fn cogrep_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// What the standard library gives as the status of a program that panics.
const PANICKED: u8 = 101;

/// Does what a command line asks for, and returns the exit status.
///
/// # Safety
///
/// It is handed the arguments of `main`: `arguments` has `count` strings that end with NUL and
/// stay for the whole call.
#[unsafe(no_mangle)]
unsafe extern "C" fn cogrep_main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    let arguments = (0..count).map(|place| -> OsString {
        // SAFETY: The caller has that many strings, which end and stay.
        let argument = unsafe { CStr::from_ptr(*arguments.add(place)) };
        OsStr::from_bytes(argument.to_bytes()).to_owned()
    });
    let arguments: Vec<OsString> = arguments.collect();
    panic::catch_unwind(|| cogrep::run(arguments)).unwrap_or(PANICKED).into()
}
