//! A walk that gets fewer threads than it was given, which only the system can do to it.

use std::env;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use cogrep_testing::skip;

use crate::backend::Files;
use crate::input::Input;
use crate::select::Selection;

/// A folder to walk through, for the test when it is run by itself.
const FOLDER: &str = "COGREP_TEST_WALK";

/// A walk takes no longer, unless it hangs.
const MOST: Duration = Duration::from_mins(1);

const THREADS: usize = 8;

/// Prints how many files it found, and how many are different.
fn walk(folder: &str) {
    let found = Mutex::new(Vec::new());
    let put = |some| {
        found.lock().unwrap().extend(some);
        true
    };
    let input = Input::Path(folder.into());
    Selection::default().walk_parallel(&input, &Files, THREADS, &put);
    let mut found: Vec<_> = found.into_inner().unwrap().into_iter().map(Result::unwrap).collect();
    let count = found.len();
    found.sort();
    found.dedup();
    println!("found {count} files, {} of them once", found.len());
}

#[test]
fn a_walk_without_one_of_its_threads_finds_the_same() {
    if let Ok(folder) = env::var(FOLDER) {
        return walk(&folder);
    }
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    if !traced.is_ok_and(|output| output.status.success()) {
        skip("strace is not there, or may trace nothing");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    for folder in 0..10 {
        let folder = place.path().join(folder.to_string());
        std::fs::create_dir(&folder).unwrap();
        for file in 0..10 {
            std::fs::write(folder.join(file.to_string()), "love").unwrap();
        }
    }
    let mut refused = 0;
    // The last ones refuse none; each thread has a count of its own.
    for number in 1..=THREADS + 2 {
        for from_on in ["", "+"] {
            let inject = format!("inject=clone,clone3:error=EAGAIN:when={number}{from_on}");
            let mut command = Command::new("strace");
            command.args(["-f", "-o", "/dev/null", "-e", "trace=clone,clone3", "-e", &inject]);
            command.arg(env::current_exe().unwrap());
            let name = "select::walk::tests::a_walk_without_one_of_its_threads_finds_the_same";
            command.args(["--exact", name, "--nocapture", "--test-threads=1"]);
            command.env(FOLDER, place.path()).stdin(Stdio::null());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let begun = Instant::now();
            while child.try_wait().unwrap().is_none() {
                if begun.elapsed() > MOST {
                    child.kill().unwrap();
                    panic!("refused {number}{from_on}: it hangs");
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            let output = child.wait_with_output().unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            let is_found = out.contains("found 100 files, 100 of them once");
            assert!(is_found && output.status.success(), "{number}{from_on}: {out}{err}");
            refused += usize::from(err.contains("failed to spawn thread"));
        }
    }
    assert!((THREADS..2 * THREADS + 3).contains(&refused), "{refused} walks lacked a thread");
}
