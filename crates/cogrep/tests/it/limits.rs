//! Where the system refuses: threads, descriptors, memory. Counts, or a message and 2; never
//! a wait for ever, a panic or a wrong count.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cogrep_testing::{share, skip};

use crate::common::Place;

const FILES: usize = 100;

/// A run may take this long: many run at the same time.
const MOST: Duration = Duration::from_mins(1);

/// A folder of small files, and a large one.
fn place() -> Place {
    let place = Place::new();
    for number in 0..FILES {
        place.write(format!("many/{}/{number}", number % 7), b"love\n");
    }
    place.write("large", "love and hate\n".repeat(700_000).as_bytes());
    let distinct: Vec<String> = (0..20_000).map(|number: u32| number.to_string()).collect();
    place.write("distinct", (distinct.join(" ") + " love love").as_bytes());
    place
}

/// What is counted in, and how much love there is in it.
fn jobs() -> Vec<(Vec<String>, usize)> {
    let named = (0..FILES).map(|number| format!("many/{}/{number}", number % 7));
    let with = |arguments: &[&str]| arguments.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    vec![
        (with(&["love", "many"]), FILES),
        (with(&["love"]).into_iter().chain(named).collect(), FILES),
        (with(&["love", "large"]), 700_000),
        (with(&["love", "--by=file", "--format=csv", "many"]), 0),
        (with(&["--top=1", "--words", "distinct"]), 2),
    ]
}

/// A table that finds no room in memory, which needs two more files.
fn spilled() -> (Vec<String>, usize) {
    let arguments = ["--top=1", "--words", "--max-memory=100K", "distinct"];
    (arguments.map(str::to_owned).into(), 2)
}

/// Runs the program under a limit of the shell's, and says how it ended.
struct Limited<'a> {
    place: &'a Place,
    limit: String,
    is_portable: bool,
}

impl Limited<'_> {
    /// Runs it, as another user if one is given. Gives the standard output, the messages and
    /// the status; none if it was ended by a signal, or took too long.
    fn run(&self, arguments: &[String], user: Option<u32>) -> (String, String, Option<i32>) {
        let script = format!("{}; exec \"$0\" \"$@\"", self.limit);
        let copied = self.place.path().join("cogrep");
        let program = if copied.exists() { copied } else { env!("CARGO_BIN_EXE_cogrep").into() };
        let mut command = match user {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={user}"), "--regid=61000".to_owned()]);
                command.args(["--clear-groups", "bash"]);
                command
            }
            None => Command::new("bash"),
        };
        command.args(["-c", &script]).arg(program).args(arguments);
        command.current_dir(self.place.path()).env_remove("RUST_BACKTRACE").stdin(Stdio::null());
        if self.is_portable {
            command.env("COGREP_IO", "portable");
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > MOST {
                child.kill().unwrap();
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        assert!(begun.elapsed() <= MOST, "{} {arguments:?}: it hangs", self.limit);
        let status = output.status.code().filter(|_| output.status.signal().is_none());
        (text(output.stdout), text(output.stderr), status)
    }

    /// Asserts that it counts, or else says why not.
    fn is_honest(&self, arguments: &[String], love: usize, user: Option<u32>) -> bool {
        let (out, err, status) = self.run(arguments, user);
        let context = format!("{} {:?}: {out}{err}{status:?}", self.limit, &arguments[..2]);
        assert!(matches!(status, Some(0 | 2)), "{context}");
        assert!(!err.contains("panicked"), "{context}");
        if status == Some(2) {
            assert!(!err.is_empty(), "{context}");
        } else if love > 0 {
            assert_eq!(out, format!("love {love}\n"), "{context}");
        } else {
            assert_eq!(out.lines().count(), FILES + 1, "{context}");
        }
        status == Some(0)
    }
}

#[test]
fn few_descriptors_give_the_counts() {
    let place = place();
    for number in (6..=64).step_by(if share(10) == 10 { 1 } else { 5 }) {
        for is_portable in [false, true] {
            let limit = format!("ulimit -n {number}");
            let limited = Limited { place: &place, limit, is_portable };
            for (arguments, love) in jobs() {
                assert!(limited.is_honest(&arguments, love, None), "-n {number} {arguments:?}");
            }
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn few_threads_give_the_counts_or_a_message() {
    let is_root = rustix::process::geteuid().is_root();
    if is_root && Command::new("setpriv").arg("--version").output().is_err() {
        skip("root has no such limit, and becomes another user only with setpriv");
        return;
    }
    let place = place();
    let mut permissions = std::fs::metadata(place.path()).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(place.path(), permissions).unwrap();
    // Another user may not get to where it is.
    let program = place.path().join("cogrep");
    std::fs::copy(env!("CARGO_BIN_EXE_cogrep"), &program).unwrap();
    for tasks in [1, 2, 3, 4, 5, 6, 7, 9, 12, 16, 24] {
        for is_portable in [false, true] {
            let limit = format!("ulimit -u {tasks}");
            let limited = Limited { place: &place, limit, is_portable };
            for (arguments, love) in jobs().into_iter().chain([spilled()]) {
                // A user of its own, so that tests at the same time do not share the limit.
                let user = is_root.then_some(61_100 + tasks * 2 + u32::from(is_portable));
                assert!(limited.is_honest(&arguments, love, user), "-u {tasks}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    traced.is_ok_and(|output| output.status.success())
}

/// Of those that walk, too, for which there were enough a moment before.
#[test]
#[cfg(target_os = "linux")]
fn without_one_of_the_threads_the_counts_are_there_in_silence() {
    if !can_trace() {
        return skip("strace is not there, or may trace nothing");
    }
    let place = place();
    let arguments = ["love", "many"].map(str::to_owned);
    // Each thread has a count of its own: that which walks starts the most, and tries before.
    for number in 1..=24 {
        let inject = format!("inject=clone,clone3:error=EAGAIN:when={number}");
        let traced = "exec strace -f -o /dev/null -e trace=clone,clone3";
        let limit = format!("{traced} -e {inject} \"$0\" \"$@\"");
        let (out, err, status) =
            Limited { place: &place, limit, is_portable: false }.run(&arguments, None);
        let expected = (format!("love {FILES}\n"), String::new(), Some(0));
        assert_eq!((out, err, status), expected, "{inject}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn little_memory_gives_the_counts_or_a_message() {
    let place = place();
    let mut counted = 0;
    for kib in (0..56).step_by(if share(10) == 10 { 1 } else { 7 }).map(|step| 4000 + step * 6000) {
        let limit = format!("ulimit -v {kib}");
        let limited = Limited { place: &place, limit, is_portable: false };
        for (arguments, love) in jobs().into_iter().chain([spilled()]) {
            // A program that cannot even be started is ended by the system, as 127 or by a
            // signal, before it does anything.
            let (out, err, status) = limited.run(&arguments[..1], None);
            let is_started = matches!(status, Some(0..=2)) || err.contains("cogrep");
            if is_started || !out.is_empty() {
                counted += usize::from(limited.is_honest(&arguments, love, None));
            }
        }
    }
    assert!(counted > 0);
}

/// The standard library gives each thread memory for its signals, and cannot do without.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_thread_that_starts_without_memory_is_a_message() {
    const MESSAGE: &str = "cogrep: there is not enough memory for a thread";

    if !can_trace() {
        return skip("strace is not there, or may trace nothing");
    }
    let place = place();
    let arguments = ["love", "many"].map(str::to_owned);
    let mut said = 0;
    // Each thread has a count of its own. With the threshold, the first thread asks for other
    // memory before it starts a thread, and can do without it.
    for number in 2..=6 {
        let inject = format!("inject=mmap:error=ENOMEM:when={number}");
        let traced = format!("exec strace -f -o /dev/null -e trace=mmap -e {inject} \"$0\" \"$@\"");
        let limit = format!("export MALLOC_MMAP_THRESHOLD_=4096; {traced}");
        let limited = Limited { place: &place, limit, is_portable: false };
        let (out, err, status) = limited.run(&arguments, None);
        let is_counted = (&*out, &*err, status) == ("love 100\n", "", Some(0));
        let is_said = (&*out, status) == ("", Some(2)) && err.starts_with(MESSAGE);
        assert!(is_counted || is_said, "{inject}: {out}{err}{status:?}");
        said += usize::from(is_said);
    }
    assert!(said > 0);
}
