//! How long one waits for one piece of data, by where it comes from: why a source
//! that waits gives its core to another.
//!
//! usage: latencies FILE, a regular file on the disk that is meant, of 256 MB or more

#![allow(clippy::print_stdout, reason = "that is what it is for")]

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    linux::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    Err("only Linux can be made to forget a file that it has in memory".into())
}
