//! The examples that do real work, against the real tools; the small ones against
//! what they should print.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The built example of that name.
fn example(name: &str) -> Command {
    let mut folder = env::current_exe().unwrap();
    folder.pop();
    folder.pop();
    let path = folder.join("examples").join(name);
    assert!(path.exists(), "{} is built by `cargo test --examples`", path.display());
    Command::new(path)
}

/// The tool of coreutils, in the C locale.
fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C");
    command
}

/// Runs a command on some input.
fn run(mut command: Command, arguments: &[&str], input: &[u8]) -> Output {
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // Beside the reading, since a pipe holds little; one that reads only the
        // beginning closes it early.
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}

fn text(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// A folder of one test, which is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("cosend-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Texts with all that has gone wrong in such tools.
fn texts() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = [
        "",
        "\n",
        "\n\n\n",
        "a",
        "a\n",
        "a\na\nb\na\n",
        "a\na",
        "one two\tthree\x0bfour\x0cfive\rsix\n",
        "  leading and trailing  \n",
        "same\nsame \nsame\n",
        "a\r\na\r\n",
        "zero\0byte\n\0\n\0\n",
        "caf\u{e9} \u{a0}x\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    texts.push(vec![0xff, 0xfe, b'\n', 0xff, 0xfe, b'\n', 0x80]);
    let mut long = Vec::new();
    let mut state = 1_u32;
    for _ in 0..30_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        long.extend(format!("line {}\n", (state >> 24) % 3).bytes());
    }
    texts.push(long.clone());
    texts.push(long.into_iter().filter(|byte| *byte != b'\n').collect());
    texts
}

#[test]
fn wc_is_that_of_coreutils() {
    let folder = Folder::new("wc");
    let mut paths = Vec::new();
    for (index, content) in texts().iter().enumerate() {
        let path = folder.file(&index.to_string(), content);
        let (ours, theirs) = (run(example("wc"), &[&path], b""), run(tool("wc"), &[&path], b""));
        assert_eq!(text(&ours), text(&theirs), "{content:?}");
        let (ours, theirs) = (run(example("wc"), &[], content), run(tool("wc"), &[], content));
        assert_eq!(text(&ours), text(&theirs), "{content:?} on standard input");
        paths.push(path);
    }
    let mut paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    paths.push("/no/such/file");
    let (ours, theirs) = (run(example("wc"), &paths, b""), run(tool("wc"), &paths, b""));
    assert_eq!(text(&ours), text(&theirs));
    assert_eq!(ours.status.code(), theirs.status.code());
}

#[test]
fn head_is_that_of_coreutils() {
    let folder = Folder::new("head");
    for content in texts() {
        let path = folder.file("text", &content);
        for arguments in [&[][..], &["-n", "0"], &["-n", "1"], &["-n", "3"], &["-n", "20000"]] {
            let with_file: Vec<_> = arguments.iter().copied().chain([path.as_str()]).collect();
            for arguments in [arguments, &with_file] {
                let ours = run(example("head"), arguments, &content);
                let theirs = run(tool("head"), arguments, &content);
                assert_eq!(ours.stdout, theirs.stdout, "{arguments:?} of {content:?}");
            }
        }
    }
}

#[test]
fn head_reads_no_further_than_it_must() {
    // Standard input that never ends: `yes` is killed by the closed pipe.
    let mut yes = Command::new("yes").stdout(Stdio::piped()).spawn().unwrap();
    let endless = yes.stdout.take().unwrap();
    let output = example("head").args(["-n", "2"]).stdin(endless).output().unwrap();
    assert_eq!(text(&output), "y\ny\n");
    yes.wait().unwrap();
}

#[test]
fn head_ends_with_its_last_line_and_waits_for_no_other() {
    let mut head = example("head");
    head.args(["-n", "2"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut head = head.spawn().unwrap();
    let mut open_end = head.stdin.take().unwrap();
    open_end.write_all(b"one\ntwo\n").unwrap();
    // Its standard input stays open: one that asks for a third line waits for ever.
    assert_eq!(text(&head.wait_with_output().unwrap()), "one\ntwo\n");
    drop(open_end);
}

#[test]
fn uniq_is_that_of_coreutils() {
    for content in texts() {
        let ours = run(example("uniq"), &[], &content);
        let theirs = run(tool("uniq"), &["-c"], &content);
        assert_eq!(ours.stdout, theirs.stdout, "{content:?}");
    }
}

/// A process that runs until it is dropped, and what it has printed so far.
struct Running {
    child: Child,
    output: PathBuf,
}

impl Running {
    fn new(mut command: Command, output: &Path) -> Self {
        let file = File::create(output).unwrap();
        let child = command.stdout(file).stderr(Stdio::null()).spawn().unwrap();
        Self { child, output: output.to_owned() }
    }

    /// Waits until it has printed this, or long enough.
    fn printed(&self, expected: &[u8]) -> Vec<u8> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let printed = fs::read(&self.output).unwrap();
            if printed == expected || Instant::now() > end {
                return printed;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn tail_follows_a_growing_file_as_that_of_coreutils() {
    let folder = Folder::new("tail");
    let log = folder.file("log", b"1\n2\n3\n4\n");
    let arguments = ["-n", "2", log.as_str()];
    let mut ours = example("tail");
    ours.args(arguments);
    let ours = Running::new(ours, &folder.0.join("ours"));
    let mut theirs = tool("tail");
    theirs.arg("-f").args(arguments);
    let theirs = Running::new(theirs, &folder.0.join("theirs"));

    let mut expected = b"3\n4\n".to_vec();
    assert_eq!(ours.printed(&expected), expected);
    assert_eq!(theirs.printed(&expected), expected);
    let mut writer = OpenOptions::new().append(true).open(&log).unwrap();
    for added in ["5\n6\n", "no line feed", " yet\n", "\n\n7\n"] {
        writer.write_all(added.as_bytes()).unwrap();
        expected.extend(added.bytes());
        assert_eq!(ours.printed(&expected), expected, "after {added:?}");
        assert_eq!(theirs.printed(&expected), expected, "after {added:?}");
    }
    // Written anew, and shorter: both read it from its beginning.
    fs::write(&log, "new\n").unwrap();
    expected.extend(b"new\n");
    assert_eq!(ours.printed(&expected), expected);
    assert_eq!(theirs.printed(&expected), expected);
}

/// The totals that `schedule` prints, in milliseconds, and how its last line begins.
fn schedule(arguments: &[&str]) -> (Vec<f64>, String) {
    let output = run(example("schedule"), arguments, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = text(&output).lines().collect();
    let totals = ["one by one", "event loop", "threads"].map(|way| {
        let line = lines.iter().find_map(|line| line.strip_prefix(way)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    });
    (totals.to_vec(), (*lines.last().unwrap()).to_owned())
}

#[test]
fn schedule_shows_what_waiting_together_gains() {
    let folder = Folder::new("schedule");
    let picture = folder.0.join("picture.svg");
    // Other programs have the CPU too: one of a few runs must show it.
    let gains = (0..5).any(|_| {
        let (totals, last) = schedule(&["--svg", picture.to_str().unwrap()]);
        // Sixteen waits of 30 ms one by one, and four of them together.
        assert!(totals[0] >= 480.0 && totals[1] >= 120.0 && totals[2] >= 120.0, "{totals:?}");
        assert!(last.starts_with("While one task waits, another computes"), "{last}");
        totals[1] < totals[0] && totals[2] < totals[0]
    });
    assert!(gains);

    let svg = fs::read_to_string(picture).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for title in ["one by one", "event loop", "threads"] {
        assert!(svg.contains(title), "{title}");
    }
    for task in 'A'..='D' {
        assert_eq!(svg.matches(&format!("<title>{task}</title>")).count(), 3 * 4, "{task}");
        assert!(svg.contains(&format!("{task} computes")), "the legend names {task}");
    }
    assert!(svg.contains(">100</text>"), "there is an axis");
}

#[test]
fn schedule_shows_that_computing_gains_nothing() {
    let (_, last) = schedule(&["--work", "cpu"]);
    assert!(last.contains("does not speed up work that only computes"), "{last}");
    if cfg!(target_os = "linux") {
        // How long a CPU was busy is said; on a busy machine the two may differ.
        assert_eq!(last.split(' ').filter(|word| word.parse::<f64>().is_ok()).count(), 2, "{last}");
    }
    assert!(!last.contains("times as fast"), "{last}");
}

#[test]
fn schedule_refuses_what_it_does_not_know() {
    let output = run(example("schedule"), &["--work", "hard"], b"");
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("usage: schedule"));
}

#[test]
fn average() {
    let output = run(example("average"), &[], b"10\n20\n\x20 60\n");
    assert_eq!(text(&output), "10\n15\n30\n");
    assert!(!run(example("average"), &[], b"ten\n").status.success());
}

#[test]
fn splitter() {
    let output = run(example("splitter"), &[], b"");
    assert_eq!(text(&output), "<one>\n<two>\n<three>\n<four>\n4 lines\n");
}

#[test]
fn three() {
    let output = run(example("three"), &[], b"");
    assert_eq!(text(&output), "9 words, [\"to\", \"the\"] with a t, the longest is world\n");
}

#[test]
fn primes() {
    let output = run(example("primes"), &["10"], b"");
    assert_eq!(
        text(&output).split_whitespace().collect::<Vec<_>>().join(" "),
        "2 3 5 7 11 13 17 19 23 29"
    );
    let last = text(&run(example("primes"), &["1000"], b"")).lines().last().unwrap().to_owned();
    assert_eq!(last, "7919");
}

#[test]
fn timer() {
    let output = run(example("timer"), &[], b"");
    assert!(output.status.success());
    assert_eq!(text(&output), "slowly\nbut\nsurely\n");
}
