//! What is written: never half, never in silence, and never at the cost of what was counted.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use cogrep_testing::skip;

use crate::common::{Place, answer};

/// A text, and enough patterns for results of many kilobytes.
fn place() -> Place {
    let lines =
        |most: usize| (1..=most).fold(String::new(), |lines, nth| lines + &format!("{nth}\n"));
    Place::with(&[("text", lines(20_000).as_bytes()), ("patterns", lines(3000).as_bytes())])
}

/// The program run by a shell, as it would be typed there: `$C` is its name.
fn shell(place: &Place, script: &str) -> (String, i32) {
    let mut command = Command::new("bash");
    command.current_dir(place.path()).env("C", env!("CARGO_BIN_EXE_cogrep")).args(["-c", script]);
    let answer = answer(&mut command, b"");
    (answer.err, answer.status)
}

#[test]
#[cfg(target_os = "linux")]
fn standard_output_that_takes_nothing_is_a_failure() {
    let place = place();
    for script in [
        "exec \"$C\" 1 text >&-",
        "exec \"$C\" 1 text 1<text",
        "exec \"$C\" 1 text >/dev/full",
        "exec \"$C\" 1 text --format=json >&-",
        "exec \"$C\" 1 text --format=parquet >/dev/full",
        "exec \"$C\" --type-list >/dev/full",
        "exec \"$C\" --help >/dev/full",
        "exec \"$C\" --generate=man >&-",
        "exec \"$C\" --explain 1 text >&-",
    ] {
        let (err, status) = shell(&place, script);
        assert_eq!(status, 2, "{script}: {err}");
        assert!(err.starts_with("cogrep: standard output: "), "{script}: {err}");
    }
    // Without a result there is nothing to write.
    assert_eq!(shell(&place, "exec \"$C\" -q 1 text >&-"), (String::new(), 0));
    assert_eq!(shell(&place, "exec \"$C\" 1 text >/dev/null"), (String::new(), 0));
}

#[test]
fn a_reader_that_goes_away_costs_no_file_and_no_fault() {
    let place = place();
    let run = |arguments: &[&str]| {
        let mut child = place
            .command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (err, child.wait().unwrap().code())
    };
    let files = ["--save=s", "--report=r.html", "--plot=p.svg", "--timeline=t.json", "--top=9"];
    let counted = ["-f", "patterns", "text"];
    assert_eq!(run(&[&files[..], &counted].concat()), (String::new(), Some(0)));
    for file in ["s", "r.html", "p.svg", "t.json"] {
        assert!(fs::metadata(place.path().join(file)).unwrap().len() > 0, "{file}");
    }
    assert_eq!(run(&counted), (String::new(), Some(0)));
    let (err, status) = run(&["-e", "1", "gone", "text"]);
    assert_eq!(status, Some(2), "{err}");
    assert!(err.contains("gone: no such file"), "{err}");
    let by_file = ["--by=file", "--format=csv", "-e", "1", "gone", "text"];
    assert_eq!(run(&by_file).1, Some(2));
}

#[test]
fn outputs_are_looked_at_before_anything_is_counted() {
    let place = place();
    fs::create_dir(place.path().join("folder")).unwrap();
    let refused = |arguments: &[&str], words: &[&str]| {
        let answer = place.run([arguments, &["1", "gone"]].concat());
        assert_eq!((answer.out.as_str(), answer.status), ("", 2), "{arguments:?}");
        for word in words {
            assert!(answer.err.contains(word), "{arguments:?}: {}", answer.err);
        }
        // What is counted would be said to be gone.
        assert!(!answer.err.contains("gone:"), "{}", answer.err);
    };
    refused(&["--save=nowhere/s"], &["--save nowhere/s: its folder is not there"]);
    refused(&["--plot=text/p.svg"], &["--plot text/p.svg"]);
    refused(&["--save=folder"], &["--save folder: is a directory"]);
    refused(&["--save=x.html", "--report=x.html"], &["--save", "--report", "x.html"]);
    refused(&["--save=x.html", "--report=folder/../x.html"], &["--save", "--report"]);
    refused(&["--timeline=t.svg", "--plot=./t.svg"], &["--timeline", "--plot"]);
    assert!(place.run(["--save=/dev/null", "--plot=/dev/null", "1", "text"]).status == 0);
}

#[test]
#[cfg(unix)]
fn links_and_permissions_of_a_file_that_is_replaced_stay() {
    use std::os::unix::fs::PermissionsExt;

    let place = place();
    let path = |name: &str| place.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    std::os::unix::fs::symlink("folder/saved", path("link")).unwrap();
    for _ in 0..2 {
        assert_eq!(place.run(["-q", "--save=link", "1", "text"]).status, 0);
        assert!(path("link").is_symlink() && path("folder/saved").is_file());
        fs::set_permissions(path("folder/saved"), fs::Permissions::from_mode(0o640)).unwrap();
    }
    assert_eq!(place.run(["-q", "--save=link", "2", "text"]).status, 0);
    let mode = fs::metadata(path("folder/saved")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(path("folder")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing else is left behind");
}

/// What goes wrong while a file is written, by strace: the old file stays whole, the counts
/// are printed, and it is said.
#[test]
#[cfg(target_os = "linux")]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let place = place();
    let traced = |inject: &str| {
        let mut command = Command::new("strace");
        command.current_dir(place.path()).stdin(Stdio::null());
        command.args(["-f", "-o", "/dev/null", "-e", inject]);
        command.arg(env!("CARGO_BIN_EXE_cogrep"));
        command.args(["--top=1", "--save=s", "-f", "patterns", "text"]);
        answer(&mut command, b"")
    };
    if Command::new("strace").arg("-V").output().is_err() {
        return skip("there is no strace");
    }
    let plain = traced("trace=none");
    if plain.status != 0 {
        // A sandbox may forbid it.
        return;
    }
    let good = fs::read(place.path().join("s")).unwrap();
    let is_whole = || fs::read(place.path().join("s")).unwrap() == good;
    for nth in 1..=3 {
        traced(&format!("inject=write,pwrite64:signal=SIGKILL:when={nth}"));
        assert!(is_whole(), "killed at write {nth}");
    }
    for call in ["fsync", "fdatasync", "rename,renameat,renameat2"] {
        traced(&format!("inject={call}:signal=SIGKILL:when=1"));
        assert!(is_whole(), "killed at {call}");
    }
    for (call, error) in [
        ("fsync", "EIO"),
        ("fsync", "ENOSPC"),
        ("fsync", "EDQUOT"),
        ("rename,renameat,renameat2", "EIO"),
        ("rename,renameat,renameat2", "EACCES"),
    ] {
        let answer = traced(&format!("inject={call}:error={error}:when=1"));
        assert!(is_whole(), "{call} {error}");
        assert_eq!(answer.status, 2, "{call} {error}: {}", answer.err);
        assert_eq!(answer.out, plain.out, "{call} {error}");
        assert!(answer.err.contains("s: "), "{call} {error}: {}", answer.err);
        assert!(!answer.err.contains("uncategorized"), "{call} {error}: {}", answer.err);
    }
    for entry in fs::read_dir(place.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // A kill leaves the new file under its other name.
        assert!(matches!(&*name, "s" | "text" | "patterns") || name.starts_with(".cogrep-"));
    }
}
