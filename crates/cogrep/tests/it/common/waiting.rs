//! Waiting for the program by what it does, and not for a time that may be too short.

use std::os::fd::AsFd;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::ioctl_fionread;

/// Far more than anything takes, even on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Waits until `look` gives something.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn are_empty(pipes: &[impl AsFd]) -> bool {
    pipes.iter().all(|pipe| ioctl_fionread(pipe).unwrap() == 0)
}

/// Waits until the program has read what is in these pipes.
pub(crate) fn wait_until_read(pipes: &[impl AsFd]) {
    wait_for("the pipes are read", || are_empty(pipes).then_some(()));
}

/// Waits until the program has read what is in these pipes, has dealt with it, and waits
/// for more.
pub(crate) fn wait_until_idle(child: &Child, pipes: &[impl AsFd]) {
    let mut before = None;
    wait_for("the program waits for more", || {
        let now = if are_empty(pipes) { switches_while_asleep(child.id()) } else { None };
        // No thread has run in between, so none was about to wake another.
        let is_idle = now.is_some() && now == before;
        before = now;
        is_idle.then_some(())
    });
}

/// How often each thread of a process has left its core, if all of them are asleep.
#[cfg(target_os = "linux")]
fn switches_while_asleep(process: u32) -> Option<Vec<String>> {
    let mut switches = Vec::new();
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let status = std::fs::read_to_string(thread.ok()?.path().join("status")).ok()?;
        if !status.lines().any(|line| line.starts_with("State:\tS")) {
            return None;
        }
        switches
            .extend(status.lines().filter(|line| line.contains("_switches:")).map(str::to_owned));
    }
    Some(switches)
}

/// Other systems do not say so without special rights: time has to do.
#[cfg(not(target_os = "linux"))]
fn switches_while_asleep(_process: u32) -> Option<Vec<String>> {
    thread::sleep(Duration::from_millis(100));
    Some(Vec::new())
}

/// Presses Ctrl-C.
pub(crate) fn interrupt(child: &Child) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
}
