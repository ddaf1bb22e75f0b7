//! One job in parts: as processes of their own, saved, and added up again.

use std::fs;

use insta::assert_snapshot;

use crate::common::{Answer, Place, answer, expect};

/// A tree whose sources are complete but for one that is missing, with the patterns
/// in some of them.
fn tree() -> Place {
    let place = Place::new();
    for number in 0..23_usize {
        let text = "love and hate\n".repeat(number % 5) + &"hope ".repeat(number % 3);
        place.write(format!("in/{}/{number}.txt", number % 4), text.as_bytes());
    }
    place
}

const JOB: [&str; 8] = ["-i", "love", "HATE", "hope", "aa", "--in", "in", "gone.txt"];

/// Runs the job in this many parts, saved as `1`, `2` and so on; gives their names.
fn run_parts(place: &Place, of: u32, flags: &[&str]) -> Vec<String> {
    let parts = (1..=of).map(|number| {
        let part = format!("{number}/{of}");
        let name = number.to_string();
        let answer = place
            .run(["-q", "--part", &part, "--save", &name].iter().chain(flags).chain(&JOB).copied());
        assert!([0, 1, 2].contains(&answer.status), "{answer:?}");
        name
    });
    parts.collect()
}

fn merge(place: &Place, flags: &[&str], files: &[String]) -> Answer {
    let files = files.iter().map(String::as_str);
    place.run(["--merge"].into_iter().chain(flags.iter().copied()).chain(files))
}

#[test]
fn merged_parts_print_what_one_run_prints() {
    let place = tree();
    let saved_with = ["--show", "2", "--by", "part=3"];
    let views: [&[&str]; 12] = [
        &[],
        &["--by", "file"],
        &["--format", "csv"],
        &["--format", "csv", "--by", "file"],
        &["--format", "tsv", "--by", "part=3"],
        &["--format", "json"],
        &["--format", "json", "--by", "file"],
        &["--format", "jsonl", "--show", "2"],
        &["--format", "table", "--by", "file", "--top", "2"],
        &["--format", "json", "--by", "part=3", "--only-found"],
        &["--show", "1", "--sort", "name"],
        &["--show", "2"],
    ];
    for of in [1, 2, 4, 30] {
        let mut files = run_parts(&place, of, &saved_with);
        // In any order.
        files.rotate_left(1);
        for view in views {
            let whole = place.run(view.iter().chain(&JOB));
            let merged = merge(&place, view, &files);
            assert_eq!(merged, whole, "{of} parts, {view:?}");
            assert_eq!(merged.status, 2, "one source is missing");
        }
    }
}

#[test]
fn what_is_printed_beside_saving_is_what_is_printed_without() {
    let place = tree();
    for view in [&[][..], &["--format", "json"], &["--format", "jsonl"], &["--by", "file"]] {
        let saving = ["--save", "saved"];
        assert_eq!(
            place.run(view.iter().chain(&saving).chain(&JOB)),
            place.run(view.iter().chain(&JOB))
        );
    }
}

#[test]
fn names_patterns_and_sources_of_any_bytes_travel() {
    let place = Place::with(&[("patterns", b"warm\tlove\nwarm\thope\nraw\t\xff\xfe\n")]);
    place.write("b", b"love \xff\xfe");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        place.write(std::ffi::OsStr::from_bytes(b"in/\xffname"), b"hope");
    }
    place.write("in/a", b"love");
    let job = ["--def-file", "patterns", "in", "b", "b"];
    for number in ["1", "2"] {
        let part = format!("{number}/2");
        place.run(["-q", "--part", &part, "--save", number].iter().chain(&job));
    }
    for view in [&["--format", "json", "--by", "file"][..], &["--expand", "--format", "csv"], &[]] {
        let merged = merge(&place, view, &["1".into(), "2".into()]);
        assert_eq!(merged, place.run(view.iter().chain(&job)));
        assert_eq!(merged.status, 0);
    }
}

#[test]
fn lost_doubled_and_foreign_parts_are_errors() {
    let place = tree();
    let files = run_parts(&place, 4, &[]);
    let error = |files: &[&str]| {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let Answer { out, err, status } = merge(&place, &[], &files);
        assert_eq!((out.as_str(), status), ("", 2));
        err
    };
    assert_eq!(error(&["1", "2", "4"]), "cogrep: part 3 of 4 is missing; 1 belongs to it\n");
    assert_eq!(
        error(&["1", "2", "3", "2", "4"]),
        "cogrep: 2: duplicate; 2 is part 2 of 4 already\n"
    );
    fs::copy(place.path().join(&files[2]), place.path().join("copy")).unwrap();
    assert_eq!(error(&["1", "3", "copy"]), "cogrep: copy: duplicate; 3 is part 3 of 4 already\n");
    assert_eq!(error(&["1", "2", "3", "gone"]), "cogrep: gone: no such file\n");
    place.write("text", b"merge");
    assert_eq!(
        error(&["1", "2", "3", "text"]),
        "cogrep: text: not a saved result; cogrep --save FILE makes one\n"
    );

    let other = |name: &str, arguments: &[&str]| {
        place.run(["-q", "--part", "4/4", "--save", name].iter().chain(arguments));
        error(&["1", "2", "3", name])
    };
    assert_eq!(
        other("p", &["-i", "love", "hate", "hope", "aa", "--in", "in", "gone.txt"]),
        "cogrep: p: has other patterns than 1\n"
    );
    assert_eq!(
        other("c", &["love", "HATE", "hope", "aa", "--in", "in", "gone.txt"]),
        "cogrep: c: has other options than 1: ignore-case is false, not true\n"
    );
    assert_eq!(
        other("i", &["-i", "love", "HATE", "hope", "aa", "--in", "in"]),
        "cogrep: i: part 4 of 4 has other inputs than 1, part 1 of 4: 23 sources in all, not \
         24; all parts must have the same sources in the same order\n"
    );
    place.run(["-q", "--part", "3/3", "--save", "t"].iter().chain(&JOB));
    assert_eq!(
        error(&["1", "2", "t"]),
        "cogrep: t: is part 3 of 3, but 1 is part 1 of 4 of the same inputs\n"
    );
    place.run(["-q", "--save", "w"].iter().chain(&JOB));
    assert_eq!(
        error(&["w", "w"]),
        "cogrep: w: duplicate; w has the same inputs; if only their names are the same, save them \
         with --label\n"
    );
}

#[test]
fn damaged_results_are_errors() {
    let place = tree();
    run_parts(&place, 2, &[]);
    let saved = fs::read_to_string(place.path().join("2")).unwrap();
    let error = |text: &str| {
        place.write("2", text.as_bytes());
        merge(&place, &[], &["1".into(), "2".into()])
    };
    assert_snapshot!(error(&saved.replacen(":2,", ":1,", 1)).err, @"cogrep: 2: a saved result of version 1; this cogrep reads versions 2 and 3; count again, and save that");
    let half = error(&saved[..saved.len() / 2]);
    assert!(half.err.starts_with("cogrep: 2: a saved result that is damaged (EOF"), "{half:?}");
    assert_eq!(half.status, 2);
    let order = error(&saved.replacen("\"counts\":[[0,", "\"counts\":[[9,", 1)).err;
    assert!(order.contains("(counts that are not in the order of the patterns at"), "{order}");
    let pairs = saved.split("\"counts\":[[").nth(1).and_then(|rest| rest.split("]]").next());
    let last = format!("[{}]]", pairs.and_then(|pairs| pairs.rsplit("],[").next()).unwrap());
    for (old, new, why) in [
        ("\"count\":", "\"count\":1", "its counts do not add up"),
        ("\"sources\":24", "\"sources\":30", "it lacks sources"),
        (&last, "[9,1]]", "it has counts of no pattern"),
        ("\"of\":2", "\"of\":1", "its part makes no sense"),
        ("\"outcome\":\"complete\"", "\"outcome\":\"fine\"", "its list of sources makes no sense"),
    ] {
        assert!(saved.contains(old), "{old}");
        let expected =
            format!("cogrep: 2: a saved result that is damaged ({why}); save it again\n");
        assert_eq!(error(&saved.replacen(old, new, 1)), expect("", &expected, 2));
    }
}

#[test]
fn results_of_different_inputs_add_up() {
    let place = Place::with(&[("monday", b"love love"), ("tuesday", b"love")]);
    for day in ["monday", "tuesday"] {
        place.run(["-q", "--save", &format!("{day}.json"), "love", day]);
    }
    let files = ["tuesday.json".to_owned(), "monday.json".to_owned()];
    let expected = expect("tuesday:love 1\nmonday:love 2\nlove 3\n", "", 0);
    assert_eq!(merge(&place, &["--by", "file"], &files), expected);
}

#[test]
fn what_was_not_saved_cannot_be_shown() {
    let place = tree();
    let files = run_parts(&place, 2, &["--show", "1"]);
    let plot = ["--plot", "x.svg", "--plot-kind", "dispersion"];
    for (flags, message) in [
        (&["--show", "2"][..], "--show: was not saved; run every part with --show 2"),
        (&["--by", "part=2"], "--by part: was not saved; run every part with --by part=2"),
        (
            &plot,
            "--plot-kind dispersion: was not saved; run every part with --plot FILE.svg \
             --plot-kind dispersion, or --report FILE.html",
        ),
        (&["-i"], "--ignore-case: not with --merge; it is for the runs whose results are merged"),
    ] {
        assert_eq!(merge(&place, flags, &files), expect("", &format!("cogrep: {message}\n"), 2));
    }
    let axis = [&plot[..], &["--plot-axis", "words"]].concat();
    let files = run_parts(&place, 2, &[&plot[..], &["--plot-axis", "lines"]].concat());
    let message =
        "cogrep: --plot-axis words: was not saved; run every part with --plot-axis words\n";
    assert_eq!(merge(&place, &axis, &files), expect("", message, 2));
    let files = run_parts(&place, 2, &axis);
    merge(&place, &axis, &files);
    place.run(
        ["--plot", "y.svg", "--plot-kind", "dispersion", "--plot-axis", "words"].iter().chain(&JOB),
    );
    let picture = |name| fs::read_to_string(place.path().join(name)).unwrap();
    assert_eq!(picture("x.svg"), picture("y.svg"));
    let files = run_parts(&place, 2, &["--report", "page.html"]);
    let merged = merge(&place, &plot, &files);
    let whole = place.run(["--plot", "y.svg", "--plot-kind", "dispersion"].iter().chain(&JOB));
    assert_eq!(merged, whole);
    assert_eq!(picture("x.svg"), picture("y.svg"));
}

#[test]
fn merge_is_a_pattern_wherever_it_stands() {
    let place = Place::with(&[("text", b"merge and merge")]);
    place.run(["-q", "--save", "saved", "and", "text"]);
    assert_eq!(place.run(["merge", "text"]), expect("merge 2\n", "", 0));
    assert_eq!(place.run(["merge", "text", "saved"]), expect("merge 2\n", "", 0));
    assert_eq!(place.pipe(b"merge", ["merge"]), expect("merge 1\n", "", 0));
    assert_snapshot!(place.run(["merge", "saved"]), @"
    merge 0
    ----- standard error
    cogrep: hint: to add up saved results: cogrep --merge saved
    ----- status 1
    ");
    assert_eq!(place.run(["-e", "merge", "saved"]), expect("merge 0\n", "", 1));
}

#[test]
fn the_flag_may_stand_anywhere() {
    let place = Place::with(&[("text", b"love and love")]);
    place.run(["-q", "--save", "1", "love", "text"]);
    place.write("other", b"love");
    place.run(["-q", "--save", "2", "love", "other"]);
    for words in [&["--merge", "1", "2"][..], &["1", "--merge", "2"], &["1", "2", "--merge"]] {
        assert_eq!(place.run(words), expect("love 3\n", "", 0));
    }
    assert_snapshot!(place.run(["--merge"]), @"
    ----- standard error
    cogrep: --merge: no saved result given; cogrep --merge SAVED...
    ----- status 2
    ");
    assert_snapshot!(place.run(["--merge", "--in", "1"]), @"
    ----- standard error
    cogrep: --in: not with --merge; it is for the runs whose results are merged
    ----- status 2
    ");
}

#[test]
fn a_part_must_be_one_and_needs_inputs_that_can_be_read_again() {
    let place = Place::with(&[("text", b"love")]);
    for part in ["0/2", "3/2", "2", "a"] {
        let message =
            format!("cogrep: --part {part}: it is I/N, the I-th of N parts, with I from 1 to N\n");
        assert_eq!(place.run(["--part", part, "love", "text"]), expect("", &message, 2));
    }
    let message = "cogrep: --part: standard input comes only once and cannot be in parts; \
                   name files or folders\n";
    assert_eq!(place.pipe(b"love", ["--part", "1/2", "love"]), expect("", message, 2));
    assert_eq!(place.run(["--part", "1/2", "love", "text"]), expect("love 1\n", "", 0));
    assert_eq!(place.run(["--part", "2/2", "love", "text"]), expect("love 0\n", "", 1));
}

#[test]
fn a_result_that_cannot_be_saved_is_an_error() {
    let place = Place::with(&[("text", b"love")]);
    let answer = place.run(["--save", "no/where", "love", "text"]);
    assert_snapshot!(answer, @"
    ----- standard error
    cogrep: --save no/where: its folder is not there; make it first
    ----- status 2
    ");
}

/// Texts of one name, as standard input has and logs of two machines: with labels their results
/// add up, and what is shown of each can be told apart.
#[test]
fn texts_of_one_name_are_told_apart_by_labels() {
    let place = Place::with(&[("web/app.log", b"ERROR"), ("db/app.log", b"ERROR ok ERROR")]);
    let save = |text: &[u8], arguments: &[&str]| {
        let answer = place.pipe(text, [&["ERROR"], arguments].concat());
        assert_eq!((answer.err.as_str(), answer.status), ("", 0));
        answer.out
    };
    save(b"ERROR", &["--save=a", "-"]);
    save(b"ERROR ERROR", &["--save=b", "-"]);
    assert!(merge(&place, &[], &["a".into(), "b".into()]).err.contains("save them with --label"));
    assert_eq!(
        save(b"ERROR", &["--label=web", "--save=a", "--by=file", "-"]),
        "web:ERROR 1\nERROR 1\n"
    );
    save(b"ERROR ERROR", &["--label", "db", "--save=b", "--show=1", "-"]);
    assert_snapshot!(merge(&place, &["--by=file"], &["a".into(), "b".into()]), @"
    web:ERROR 1
    db:ERROR 2
    ERROR 3
    ");
    for (machine, saved) in [("web", "c"), ("db", "d")] {
        let mut command = place.command();
        command.current_dir(place.path().join(machine));
        let saved = format!("../{saved}");
        command.args(["ERROR", "app.log", "--label", machine, "--show=2", "--save", &saved]);
        assert_eq!(answer(&mut command, b"").status, 0);
    }
    assert_snapshot!(merge(&place, &["--by=file", "--show=2"], &["c".into(), "d".into()]), @"
    app.log (c):ERROR 1
    app.log (d):ERROR 2
    ERROR 3
      app.log (c):1:1: ERROR
      app.log (d):1:1: ERROR ok ERROR
    ");
    // A member of what is piped in is in what has the label.
    let mut show = place.pipe(b"ERROR", ["ERROR", "--label=web", "--show=1"]);
    assert_eq!(std::mem::take(&mut show.out), "ERROR 1\n  web:1:1: ERROR\n");
}

/// A job that gives a table, in parts, prints what it prints as a whole.
#[test]
fn merged_tables_are_those_of_one_run() {
    type Flags = &'static [&'static str];

    let place = Place::new();
    for number in 0..11_usize {
        let stamp = format!("2026-11-29 {:02}:10:00 user={}", number % 5, number % 3);
        let text = format!("{stamp} to be\nor é not\n").repeat(number % 4) + "be \0 be";
        place.write(format!("in/{}/{number}.txt", number % 3), text.as_bytes());
    }
    place.write("in/raw", b"be=\xff\xfe be=\xff\xff be");
    let inputs = ["--in", "in", "gone.txt"];
    let jobs: [(Flags, &[Flags]); 8] = [
        (&["-oE", r"\w+"], &[&[], &["--top=2"], &["--sort=name", "--format=json"]]),
        (&["-oE", r"(?-u)=\S+", "o", "--sort=input"], &[&["--sort=input"], &["--format=csv"]]),
        (&["-o", "be", "or", "--by=file"], &[&["--by=file"], &["--by=file", "--top=1"], &[]]),
        (&["-o", "or", "be", "é", "--sort=input"], &[&["--sort=input"]]),
        (&["--words", "-i"], &[&["--min-count=2"], &["-q", "--min-count=1000"]]),
        (&["--words", "--ngrams=2", "--sort=input"], &[&["--sort=input"], &["--format=tsv"]]),
        (&["be", "or", "--by=time=1h"], &[&[], &["--top=1"], &["--sort=count"]]),
        (
            &["-oE", "(b)(e)", "--replace=$2$1", "--by=file,key=user=(.)"],
            &[&["--by=file"], &["--by=file", "--sort=name"], &[]],
        ),
    ];
    for (job, views) in jobs {
        for of in [1, 3, 20] {
            let mut files: Vec<String> = Vec::new();
            for number in 1..=of {
                let (part, name) = (format!("{number}/{of}"), number.to_string());
                let part = ["-q", "--part", &part, "--save", &name];
                place.run(job.iter().chain(&part).chain(&inputs));
                files.push(name);
            }
            files.rotate_left(1);
            for view in views {
                // What was counted by file can be shown without, and so on.
                let plain = |flag: &&&str| !(flag.starts_with("--sort") || **flag == "--by=file");
                let is_by_key = job.iter().any(|flag| flag.contains("key="));
                let mut whole: Vec<&str> = job.iter().filter(plain).copied().collect();
                if is_by_key {
                    whole.retain(|flag| !flag.starts_with("--by"));
                    let is_by_file = view.contains(&"--by=file");
                    whole.push(if is_by_file {
                        "--by=file,key=user=(.)"
                    } else {
                        "--by=key=user=(.)"
                    });
                }
                let view_of_whole = view.iter().filter(|flag| !is_by_key || **flag != "--by=file");
                let expected = place.run(whole.iter().chain(view_of_whole).chain(&inputs));
                assert_eq!(merge(&place, view, &files), expected, "{job:?} {of} {view:?}");
                assert_eq!(expected.status, 2, "one source is missing");
            }
        }
    }
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let place = Place::with(&[("a", b"to be"), ("b", b"be 2026-11-29 10:00:00")]);
    let save = |name: &str, arguments: &[&str]| {
        let saved = place.run(["-q", "--save", name].iter().chain(arguments));
        assert_eq!(saved, expect("", "", 0));
    };
    save("words", &["--words", "a"]);
    save("matches", &["-oE", r"\w+", "b"]);
    save("plain", &["be", "a"]);
    let error = |arguments: &[&str]| {
        let answer = place.run(["--merge"].iter().chain(arguments));
        assert_eq!((answer.out.as_str(), answer.status), ("", 2), "{arguments:?}");
        answer.err
    };
    assert_snapshot!(error(&["words", "matches"]), @"cogrep: matches: has other options than words: table is matches, not words");
    assert_snapshot!(error(&["words", "plain"]), @"cogrep: plain: has other patterns than words");
    assert_snapshot!(error(&["words", "--by=file"]), @"cogrep: --by file: was not saved, of these tables; run every part with --by file");
    assert_snapshot!(error(&["words", "--by=part=2"]), @"cogrep: --by part: tables of distinct texts have no parts");
    assert_snapshot!(error(&["words", "--sort=input"]), @"cogrep: --sort input: was not saved, of these tables; run every part with --sort input");
    assert_snapshot!(error(&["words", "-l"]), @"cogrep: -l, -L: which file has what was not saved, of these tables");
    assert_snapshot!(error(&["words", "--report=x.html"]), @"cogrep: tables of distinct texts have no page and no places, once saved");
    let whole = fs::read_to_string(place.path().join("words")).unwrap();
    for (change, to) in [
        ("\"count\":1}\n", "\"count\":2}\n"),
        ("{\"row\":0,\"text\":\"be\",\"count\":1}\n", ""),
        ("\"row\":0,\"text\":\"be\"", "\"row\":7,\"text\":\"be\""),
        ("\"text\":\"be\"", "\"text\":7"),
        ("\"cogrep_result\":3", "\"cogrep_result\":2"),
        ("\"cogrep_result\":3", "\"cogrep_result\":4"),
    ] {
        assert!(whole.contains(change), "{whole}");
        fs::write(place.path().join("changed"), whole.replacen(change, to, 1)).unwrap();
        assert!(error(&["changed"]).contains(": "), "{change}");
    }
}
