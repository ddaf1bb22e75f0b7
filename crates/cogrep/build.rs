//! Links the program statically on Linux with the GNU C library: start-up is most
//! of the time on small inputs, and loading shared libraries is a third of it.
//!
//! The usual `-C target-feature=+crt-static` cannot be given to one program: set
//! for a workspace it also reaches the procedural macros, which then cannot be
//! built. So the linker is asked for a static executable, and finds, before the
//! shared libraries that the standard library names, scripts that name the
//! archives. Where an archive is missing the program is linked as usual.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that the standard library links to, and where their code is.
const LIBRARIES: [(&str, &str); 7] = [
    ("c", "libc.a"),
    ("m", "libm.a"),
    ("dl", "libdl.a"),
    ("rt", "librt.a"),
    ("util", "libutil.a"),
    ("pthread", "libpthread.a"),
    ("gcc_s", "libgcc_eh.a"),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CC");
    if !is_native_gnu_linux() || has_own_linking() {
        return Ok(());
    }
    let Some(archives) = archives() else { return Ok(()) };
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    for ((name, _), archive) in LIBRARIES.iter().zip(archives) {
        let script = format!("INPUT(\"{}\")\n", archive.display());
        fs::write(folder.join(format!("lib{name}.so")), script)?;
    }
    println!("cargo::rustc-link-arg-bin=cogrep=-L{}", folder.display());
    println!("cargo::rustc-link-arg-bin=cogrep=-static-pie");
    if unpacks_relocations(&folder)? {
        println!("cargo::rustc-link-arg-bin=cogrep=-Wl,-z,pack-relative-relocs");
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

/// Whether the C library can start a static program whose relocations are packed, as it
/// can since 2.36. Unpacked they are 300 kB, all of which is read before anything runs.
fn unpacks_relocations(folder: &Path) -> io::Result<bool> {
    let file = folder.join("version.c");
    fs::write(&file, "#include <features.h>\n__GLIBC__ __GLIBC_MINOR__\n")?;
    let output = compiler().args(["-E", "-P"]).arg(file).output()?;
    let version = String::from_utf8_lossy(&output.stdout);
    let mut numbers = version.split_whitespace().map_while(|number| number.parse::<u32>().ok());
    Ok((numbers.next(), numbers.next()) >= (Some(2), Some(36)))
}

fn compiler() -> Command {
    Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()))
}

/// The paths of the archives, if the C compiler knows them all.
fn archives() -> Option<Vec<PathBuf>> {
    let find = |archive: &str| {
        let argument = format!("-print-file-name={archive}");
        let output = compiler().arg(argument).output().ok()?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        // A name that is not found comes back as it was.
        (Path::new(archive) != path && path.is_file()).then_some(path)
    };
    LIBRARIES.iter().map(|(_, archive)| find(archive)).collect()
}
