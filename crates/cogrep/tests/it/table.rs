//! Tables for people.

#[cfg(target_os = "linux")]
use crate::common::answer;
use crate::common::{Place, expect};

#[test]
fn a_table_of_totals_has_bars() {
    let place = Place::with(&[("a.txt", "love hate \u{7231}\n".repeat(1200).as_bytes())]);
    place.write("b.txt", "love ".repeat(1200).as_bytes());
    let bar = |eighths: usize| {
        let rest = ["", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}"][eighths % 8];
        "\u{2588}".repeat(eighths / 8) + rest
    };
    let expected = format!(
        "pattern  count\nlove     2,400  {}\n\u{7231}       1,200  {}\nnever        0\n",
        bar(320),
        bar(160)
    );
    let words = ["love", "\u{7231}", "never", "--format=table", "--in", "a.txt", "b.txt"];
    assert_eq!(place.run(words), expect(&expected, "", 0));
}

#[test]
fn a_table_by_file_is_a_matrix() {
    let place = Place::with(&[("a.txt", b"love hate love"), ("b.txt", b"love"), ("c.txt", b"")]);
    let run = |more: &[&str]| {
        let words = ["love", "hate", "never", "--format=table", "--by=file"];
        let files = ["--in", "a.txt", "b.txt", "c.txt"];
        place.run(words.iter().chain(more).chain(&files)).out
    };
    assert_eq!(
        run(&[]),
        "source  love  hate  never  total\n\
         a.txt      2     1      0      3\n\
         b.txt      1     0      0      1\n\
         c.txt      0     0      0      0\n\
         total      3     1      0      4\n"
    );
    assert_eq!(
        run(&["--only-found"]),
        "source  love  hate  total\n\
         a.txt      2     1      3\n\
         b.txt      1     0      1\n\
         total      3     1      4\n"
    );
}

#[test]
fn labels_are_inert_and_cut() {
    let place = Place::with(&[("a.txt", b"x")]);
    let long = "abcdefghij".repeat(5);
    let answer = place.run(["\x1b[31m", &long, "--format=table", "--in", "a.txt"]).out;
    let cut = format!("{}\u{2026}", &long[..39]);
    assert_eq!(
        answer,
        format!("{:<40}  count\n{:<40}      0\n{cut}      0\n", "pattern", "\\x1b[31m")
    );
}

/// What a shell on a terminal of this width prints.
#[cfg(target_os = "linux")]
fn on_terminal(place: &Place, columns: usize, words: &str) -> Option<String> {
    let mut command = std::process::Command::new("script");
    let program = env!("CARGO_BIN_EXE_cogrep");
    let run = format!("stty cols {columns}; exec {program} {words}");
    command.current_dir(place.path()).env("TERM", "xterm").env_remove("NO_COLOR");
    command.args(["--quiet", "--return", "--command", &run, "/dev/null"]);
    command.stdin(std::process::Stdio::null());
    if std::process::Command::new("script").arg("--version").output().is_err() {
        cogrep_testing::skip("there is no script, which makes a terminal");
        return None;
    }
    Some(answer(&mut command, b"").out.replace("\r\n", "\n"))
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_is_used_as_it_is() {
    let patterns: Vec<String> = (0..12).map(|nth| format!("pattern-{nth:02}")).collect();
    let text = patterns.join(" ");
    let place = Place::with(&[("a.txt", text.as_bytes()), ("b.txt", b"pattern-00 pattern-11")]);
    let words = format!("{text} --format table --in a.txt b.txt");
    let Some(wide) = on_terminal(&place, 150, &words) else { return };
    // The heads are bold, and the longest bar ends where the terminal does.
    assert!(wide.starts_with("\x1b[1mpattern     count\x1b[0m\n"), "{wide:?}");
    assert_eq!(wide.lines().nth(1).unwrap().chars().count(), 150, "{wide}");

    let by_file = words + " --by file";
    let narrow = on_terminal(&place, 60, &by_file).unwrap();
    let lines: Vec<&str> = narrow.lines().collect();
    // Twelve patterns have no room beside each other, so they are the rows.
    assert_eq!(lines[0], "\x1b[1mpattern     a.txt  b.txt  total\x1b[0m", "{narrow}");
    assert_eq!(lines[1], "pattern-00      1      1      2");
    assert_eq!(lines[13], "total          12      2     14");
    let wide = on_terminal(&place, 200, &by_file).unwrap();
    assert!(wide.starts_with("\x1b[1msource  pattern-00  pattern-01"), "{wide}");
}

#[test]
fn markdown_is_a_table_in_which_nothing_is_markup() {
    let place = Place::with(&[("a_b.txt", "love <b> a|b\n".repeat(1200).as_bytes()), ("c", b"")]);
    let run = |words: &[&str]| place.run([&["--format=markdown"], words].concat()).out;
    assert_eq!(
        run(&["love", "<b>", "a|b", "--in", "a_b.txt"]),
        "| pattern | count |\n\
         | ------- | -----: |\n\
         | love | 1,200 |\n\
         | &lt;b&gt; | 1,200 |\n\
         | a\\|b | 1,200 |\n"
    );
    assert_eq!(
        run(&["love", "<b>", "--by=file", "--in", "a_b.txt", "c"]),
        "| source | love | &lt;b&gt; | total |\n\
         | ------ | ----: | ---------: | -----: |\n\
         | a\\_b.txt | 1,200 | 1,200 | 2,400 |\n\
         | c | 0 | 0 | 0 |\n\
         | total | 1,200 | 1,200 | 2,400 |\n"
    );
    let long: Vec<String> = (0..9).map(|nth| format!("a-long-pattern-{nth}")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let turned = run(&[&long[..], &["--by=file", "--in", "a_b.txt", "c"]].concat());
    assert!(turned.starts_with("| pattern | a\\_b.txt | c | total |\n"), "{turned}");
    assert_eq!(
        run(&["-o", "-E", "l[a-z]+", "a_b.txt"]),
        "| text | count |\n| ---- | -----: |\n| love | 1,200 |\n"
    );
}
