//! Links the program statically on Linux with the GNU C library, where that works.
//!
//! On a small file start-up is most of the time, and loading shared libraries is a fifth
//! of it: docs/dev/benchmarks.md has the figures of this and of plainer ways.
//!
//! `-C target-feature=+crt-static` would do, but cannot be given to one program: set for a
//! workspace it reaches the procedural macros too, which then cannot be built. So the
//! linker is asked for a static program, and where the standard library names a shared
//! library it finds a linker script first, which names the archive.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes a static program that loads anywhere, and whose relocations are small:
/// unpacked they are 300 kB, all of which is read before anything runs.
const FLAGS: [&str; 2] = ["-static-pie", "-Wl,-z,pack-relative-relocs"];

/// The shared libraries that the standard library links to, and their archives. The C library
/// needs routines of the compiler, which the standard library of some distributions lacks.
const LIBRARIES: [(&str, &[&str]); 3] =
    [("c", &["c", "gcc", "gcc_eh"]), ("m", &["m"]), ("gcc_s", &["gcc_eh"])];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CC");
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    if !is_native_gnu_linux() || has_own_linking() || !runs_static_programs(&folder)? {
        return Ok(());
    }
    for (library, archives) in LIBRARIES {
        let archives: Vec<String> = archives.iter().map(|name| format!("-l:lib{name}.a")).collect();
        let script = format!("INPUT({})\n", archives.join(" "));
        fs::write(folder.join(format!("lib{library}.so")), script)?;
    }
    println!("cargo::rustc-link-arg-bin=cogrep=-L{}", folder.display());
    for flag in FLAGS {
        println!("cargo::rustc-link-arg-bin=cogrep={flag}");
    }
    Ok(())
}

/// Whether the program is for the machine that builds it, and of the kind above.
fn is_native_gnu_linux() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST").ok() == env::var("TARGET").ok()
}

/// Whether flags were given that decide themselves how things are linked.
fn has_own_linking() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    flags.contains("sanitizer") || flags.contains("crt-static") || flags.contains("link")
}

/// Whether the C compiler links such a program and it starts: the archives may be missing,
/// and the C library starts packed ones since its version 2.36 only.
fn runs_static_programs(folder: &Path) -> io::Result<bool> {
    let (source, program) = (folder.join("probe.c"), folder.join("probe"));
    // A table of addresses, so that there is something to relocate.
    fs::write(
        &source,
        "int main(void);\n\
         static int (*const table[])(void) = {main, main, main};\n\
         int main(void) { int (*const volatile *entry)(void) = table; return entry[1] != main; }\n",
    )?;
    let mut compiler = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(FLAGS).arg("-fPIE").arg(&source).arg("-o").arg(&program);
    let is_built = compiler.output().is_ok_and(|output| output.status.success());
    Ok(is_built && Command::new(&program).status().is_ok_and(|status| status.success()))
}
