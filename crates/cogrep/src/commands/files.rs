//! Files that are written besides the result on standard output.
//!
//! They are written at the end, and replaced as a whole: until a new file is complete and on
//! the disk, the old one stays. What can go wrong is looked for before anything is counted:
//! a folder that is not there, or a slip on the command line that would lose a file, as
//! `--plot book.txt` is easily typed.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use cogrep_report::plots::Picture;
use cogrep_report::{Saved, escape};
use cogrep_source::Fault;

use crate::error::Error;
use crate::ui::stdout::Stdout;

/// As many bytes of a file tell what it is.
const BEGINNING_BYTES: u64 = 32;

const _: () = assert!(Saved::BEGINNING_BYTES as u64 <= BEGINNING_BYTES);

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Plot(Picture),
    Page,
    SavedResult,
    Trace,
}

impl Content {
    /// Whether a file that begins with these bytes holds this.
    fn matches(self, bytes: &[u8]) -> bool {
        match self {
            Self::Plot(picture) => picture.begins(bytes),
            Self::Page => bytes.to_ascii_lowercase().starts_with(b"<!doctype html"),
            Self::SavedResult => Saved::is_begun_by(bytes),
            Self::Trace => bytes.starts_with(b"{\"displayTimeUnit\""),
        }
    }
}

/// A file that is to be written, and the flag that names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned<'a> {
    pub(super) flag: &'static str,
    pub(super) path: &'a OsStr,
    pub(super) content: Content,
}

impl Planned<'_> {
    fn error(&self, message: &str) -> Error {
        Error::usage(format!("--{} {}: {message}", self.flag, escape(self.path.as_encoded_bytes())))
    }

    /// Refuses to write over a file that holds something else. What can be only written to, or
    /// only read, is no such file.
    fn refuse_loss(&self) -> Result<(), Error> {
        match beginning(Path::new(self.path)) {
            Some(bytes) if !bytes.is_empty() && !self.content.matches(&bytes) => {
                Err(self.error("is there already, and is something else").hint("name another file"))
            }
            _ => Ok(()),
        }
    }

    /// Finds out what can be known before it is written. Gives the file that is replaced, if
    /// one is.
    fn check(&self) -> Result<Option<PathBuf>, Error> {
        if self.path == "-" {
            return Ok(None);
        }
        self.refuse_loss()?;
        let target = Target::of(Path::new(self.path));
        match fs::metadata(&target.path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(self.error("is a directory").hint("name a file"));
            }
            Ok(metadata) if !metadata.is_file() => return Ok(None),
            Ok(_) if !may_write(&target.path) => return Err(self.error("permission denied")),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.error(&Fault::from(error).to_string()));
            }
            _ => {}
        }
        let folder = target.folder();
        match fs::metadata(folder) {
            Ok(metadata) if !metadata.is_dir() => Err(self.error("its folder is a file")),
            Ok(_) if !may_write(folder) => {
                Err(self.error("its folder cannot be written to: permission denied"))
            }
            Ok(_) => Ok(Some(target.path)),
            Err(_) => Err(self.error("its folder is not there").hint("make it first")),
        }
    }
}

/// Refuses what cannot be written, what would be lost, and two that are one file.
pub(super) fn check(planned: &[Planned<'_>]) -> Result<(), Error> {
    let mut seen: Vec<(PathBuf, &str)> = Vec::new();
    for file in planned {
        let Some(path) = file.check()? else { continue };
        if let Some((_, other)) = seen.iter().find(|(seen, _)| *seen == path) {
            let both =
                if *other == file.flag { "twice".to_owned() } else { format!("by --{other} too") };
            return Err(file.error(&format!("is named {both}")).hint("name another file"));
        }
        seen.push((path, file.flag));
    }
    Ok(())
}

/// How a file begins, if it is one. A pipe is not read, since what is read of it is gone.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = if path.is_file() { File::open(path).ok()? } else { return None };
    file.take(BEGINNING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    use rustix::fs::{Access, access};

    access(path, Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir() || !metadata.permissions().readonly())
}

/// A file that is written: where links lead, so that they stay.
struct Target {
    path: PathBuf,
}

impl Target {
    fn of(path: &Path) -> Self {
        // A link to what is not there leads to what is made.
        let linked = fs::read_link(path).ok().map(|to| match path.parent() {
            Some(folder) => folder.join(to),
            None => to,
        });
        let path = linked.as_deref().unwrap_or(path);
        if let Ok(path) = path.canonicalize() {
            return Self { path };
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        match (folder, path.file_name()) {
            (Ok(folder), Some(name)) => Self { path: folder.join(name) },
            _ => Self { path: path.to_owned() },
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Whether it is a pipe or a device, which is written to and not replaced.
    fn is_special(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|metadata| !metadata.is_file())
    }

    /// Makes a file next to it that has another name.
    fn temporary(&self) -> io::Result<(PathBuf, File)> {
        let process = std::process::id();
        for number in 0.. {
            let path = self.folder().join(format!(".cogrep-{process}-{number}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {}
                opened => return Ok((path, opened?)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Writes a new file, and puts it in the place of the old one.
    fn replace(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let (path, file) = self.temporary()?;
        let replaced = self
            .fill(file, write)
            .and_then(|()| fs::rename(&path, &self.path))
            .and_then(|()| sync_folder(self.folder()));
        if replaced.is_err() {
            // It is gone where it was renamed.
            let _ = fs::remove_file(path);
        }
        replaced
    }

    fn fill(
        &self,
        file: File,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        let file = file.into_inner()?;
        if let Ok(old) = fs::metadata(&self.path) {
            file.set_permissions(old.permissions())?;
        }
        match file.sync_all() {
            // Not every file system has something to be sure of.
            Err(error) if is_unsupported(&error) => {}
            synced => synced?,
        }
        close(file)
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

/// Makes sure that a name is on the disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may not be read can still be written to.
        Err(error) if is_unsupported(&error) || error.kind() == io::ErrorKind::PermissionDenied => {
            Ok(())
        }
        synced => synced,
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Closes a file, and says what a file system across a network says only then.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library drops this error")]
fn close(file: File) -> io::Result<()> {
    use std::os::fd::IntoRawFd;

    // SAFETY: The file gave up its descriptor, which is closed here and nowhere else.
    match unsafe { rustix::io::try_close(file.into_raw_fd()) } {
        // It is closed all the same.
        Ok(()) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
fn close(_: File) -> io::Result<()> {
    Ok(())
}

/// Writes a file; `-` is standard output.
pub(super) fn write_file(
    path: &OsStr,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let target = Target::of(Path::new(path));
    let written = if path == "-" {
        let mut out = BufWriter::new(Stdout);
        write(&mut out).and_then(|()| out.flush())
    } else if target.is_special() {
        OpenOptions::new().write(true).open(&target.path).and_then(|file| {
            let mut file = BufWriter::new(file);
            write(&mut file).and_then(|()| file.flush())
        })
    } else {
        target.replace(write)
    };
    written.map_err(|error| Error::output(&escape(path.as_encoded_bytes()), &error))
}
