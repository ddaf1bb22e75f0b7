//! System calls that give up rather than wait, where the platform has them.
//!
//! On other platforms, and where a sandbox forbids them, they always give up: the caller
//! then asks a thread that may wait.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The type of a file, as far as reading it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// It has its bytes: a read waits for a disk at most.
    Regular,
    /// A pipe, a socket, a terminal or a device: a read may wait for ever.
    Stream,
    /// There is nothing to read.
    Folder,
}

/// A file that was opened, and what the system says of it.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) kind: Type,
    /// In bytes; of a regular file only, and zero where it is not known.
    pub(crate) size: u64,
}

/// Opens a file. It waits for the disk and for nothing else: not for the writer of a named
/// pipe, nor for a line to become free.
pub(crate) fn open(path: &Path) -> io::Result<Opened> {
    platform::open(path).and_then(examine)
}

/// Opens a file if that needs no disk.
///
/// # Errors
///
/// [`io::ErrorKind::WouldBlock`] if it does, or if the system cannot tell.
pub(crate) fn open_cached(path: &Path) -> io::Result<Opened> {
    platform::open_cached(path).and_then(examine)
}

/// Reads a file from this offset on, or from its current position, if that needs no disk.
///
/// # Errors
///
/// [`io::ErrorKind::WouldBlock`] if it does, or if the system cannot tell.
pub(crate) fn read_cached(
    file: &File,
    buffer: &mut [u8],
    offset: Option<u64>,
) -> io::Result<usize> {
    platform::read_cached(file, buffer, offset.unwrap_or(HERE))
}

/// Reads a file from this offset on, or from its current position.
pub(crate) fn read(mut file: &File, buffer: &mut [u8], offset: Option<u64>) -> io::Result<usize> {
    match offset {
        None => file.read(buffer),
        #[cfg(unix)]
        Some(offset) => std::os::unix::fs::FileExt::read_at(file, buffer, offset),
        #[cfg(windows)]
        Some(offset) => std::os::windows::fs::FileExt::seek_read(file, buffer, offset),
    }
}

/// Whether the system takes advice on what will be read.
pub(crate) const TAKES_ADVICE: bool = cfg!(target_os = "linux");

/// Advises the system that the first `bytes` of a file will be read, so that it asks the
/// disk for them, and waits for nothing.
pub(crate) fn will_read(file: &File, bytes: usize) {
    platform::will_read(file, bytes);
}

/// Whether a file was not opened because too many others are open.
pub(crate) fn is_too_many_open(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(
        rustix::io::Errno::from_io_error(error),
        Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE)
    );
    #[cfg(windows)]
    return {
        let _ = error;
        false
    };
}

/// What a pipe is made to hold, so that its writer and its reader wait for each other less
/// often; still so little that it stays in the second-level cache.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 256 << 10;

/// What the system takes for the current position.
const HERE: u64 = u64::MAX;

/// Standard input, as a file of our own and without the buffer of `std`.
pub(crate) fn standard_input() -> io::Result<File> {
    platform::standard_input()
}

/// A file that was opened elsewhere, to be read from its current position.
pub(crate) fn adopt(file: File) -> io::Result<Opened> {
    let mut opened = examine(file)?;
    if opened.kind == Type::Stream {
        platform::widen(&opened.file);
    }
    // It may have been read from before: its size says nothing.
    opened.size = 0;
    Ok(opened)
}

#[cfg(unix)]
fn examine(file: File) -> io::Result<Opened> {
    use rustix::fs::{FileType, fstat};

    let status = fstat(&file)?;
    let kind = match FileType::from_raw_mode(status.st_mode) {
        FileType::RegularFile => Type::Regular,
        FileType::Directory => Type::Folder,
        _ => Type::Stream,
    };
    let size = if kind == Type::Regular { u64::try_from(status.st_size).unwrap_or(0) } else { 0 };
    // Files of /sys say that they have a page, whatever they hold, and take no room.
    let is_made_up = status.st_blocks == 0 && size <= MADE_UP_BYTES;
    Ok(Opened { file, kind, size: if is_made_up { 0 } else { size } })
}

/// A small file without blocks may be one that the system makes up when it is read.
#[cfg(unix)]
const MADE_UP_BYTES: u64 = 64 << 10;

/// The size that an open file has now, if that can be known.
pub(crate) fn size_now(file: &File) -> Option<u64> {
    file.metadata().ok().map(|metadata| metadata.len())
}

/// A process that may have fewer threads than this, or is limited in its address space, may not
/// get those it wants.
const MANY_THREADS: u64 = 1024;

/// Whether the system may refuse threads: a limit of the user, of the address space, or of the
/// group of processes that this one is in.
pub(crate) fn is_short_of_threads() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, getrlimit};

        let is_few = |limit: u64| limit < MANY_THREADS;
        let of_user = getrlimit(Resource::Nproc).current;
        let of_group = || {
            let group = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
            let own = group.lines().find_map(|line| line.strip_prefix("0::/"));
            let own = own.map(|own| format!("/sys/fs/cgroup/{own}/pids.max"));
            let paths = own.into_iter().chain(["/sys/fs/cgroup/pids.max".to_owned()]);
            let mut limits = paths.filter_map(|path| std::fs::read_to_string(path).ok());
            limits.any(|limit| limit.trim().parse().is_ok_and(is_few))
        };
        of_user.is_some_and(is_few) || getrlimit(Resource::As).current.is_some() || of_group()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = MANY_THREADS;
        false
    }
}

/// How many files this process may have open, if there is a limit.
#[must_use]
pub fn descriptor_limit() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    return None;
}

#[cfg(not(unix))]
fn examine(file: File) -> io::Result<Opened> {
    let metadata = file.metadata()?;
    let kind = match metadata.file_type() {
        kind if kind.is_file() => Type::Regular,
        kind if kind.is_dir() => Type::Folder,
        _ => Type::Stream,
    };
    Ok(Opened { file, kind, size: if kind == Type::Regular { metadata.len() } else { 0 } })
}

#[cfg(unix)]
mod unix {
    use std::os::fd::AsFd;

    use rustix::fs::{Mode, OFlags};

    use super::{File, Path, io};

    /// A pipe without a writer, or a serial line without a carrier, opens at once;
    /// a terminal does not become ours.
    pub(super) const FLAGS: OFlags =
        OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

    pub(super) fn open(path: &Path) -> io::Result<File> {
        Ok(File::from(rustix::fs::open(path, FLAGS, Mode::empty())?))
    }

    pub(super) fn standard_input() -> io::Result<File> {
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::io::IoSliceMut;
    use std::num::NonZeroU64;

    use rustix::fs::{Advice, CWD, Mode, ResolveFlags, fadvise, openat2};
    use rustix::io::{Errno, ReadWriteFlags, preadv2};
    use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};

    pub(super) use super::unix::{open, standard_input};
    use super::{File, Path, io};

    pub(super) fn open_cached(path: &Path) -> io::Result<File> {
        match openat2(CWD, path, super::unix::FLAGS, Mode::empty(), ResolveFlags::CACHED) {
            Ok(file) => Ok(File::from(file)),
            // An old kernel does not know the call or the flag, a sandbox forbids it.
            // Where too many are open, a thread that may wait can wait until some are closed.
            Err(Errno::NOSYS | Errno::INVAL | Errno::PERM | Errno::MFILE | Errno::NFILE) => {
                Err(Errno::AGAIN.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Lets a pipe hold more, if it is one and that is allowed.
    pub(super) fn widen(pipe: &File) {
        if fcntl_getpipe_size(pipe).is_ok_and(|size| size < super::PIPE_BYTES) {
            let _ = fcntl_setpipe_size(pipe, super::PIPE_BYTES);
        }
    }

    pub(super) fn will_read(file: &File, bytes: usize) {
        let bytes = NonZeroU64::new(bytes as u64);
        // Advice: where it is not taken, the read just waits.
        let _ = fadvise(file, 0, bytes, Advice::WillNeed);
    }

    pub(super) fn read_cached(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match preadv2(file, &mut [IoSliceMut::new(buffer)], offset, ReadWriteFlags::NOWAIT) {
            Ok(read) => Ok(read),
            // The file system, or an old kernel, cannot tell.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Err(Errno::AGAIN.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod platform {
    pub(super) use super::unix::{open, standard_input};
    use super::{File, Path, io};

    pub(super) fn open_cached(_: &Path) -> io::Result<File> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(super) fn read_cached(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(super) fn widen(_: &File) {}

    pub(super) fn will_read(_: &File, _: usize) {}
}

#[cfg(windows)]
mod platform {
    use std::os::windows::io::AsHandle;

    use super::{File, Path, io};

    pub(super) fn open(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn standard_input() -> io::Result<File> {
        Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
    }

    pub(super) fn open_cached(_: &Path) -> io::Result<File> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(super) fn read_cached(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(super) fn widen(_: &File) {}

    pub(super) fn will_read(_: &File, _: usize) {}
}
