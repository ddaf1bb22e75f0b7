//! Pictures: what is drawn is what was counted, where it was counted.

use std::collections::BTreeSet;
use std::fs;

use insta::assert_snapshot;

use crate::common::{Place, answer, expect};

/// The value of an attribute in a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> &'t str {
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

/// The groups of a picture: the pattern of each, and its markup.
fn groups(svg: &str) -> Vec<(&str, &str)> {
    let groups = svg.split("<g").skip(1).map(|group| group.split_once("</g>").unwrap().0);
    groups.map(|group| (attribute(group, "data-pattern"), group)).collect()
}

/// The visible label of a group: the first that is written in it.
fn label(group: &str) -> &str {
    let (_, text) = group.split_once("<text").unwrap();
    let text = text.split('>').find(|text| !text.starts_with('<') && text.contains('<'));
    text.and_then(|text| text.split_once('<')).unwrap().0
}

/// The marks of a group: source, first byte and bytes of each bin.
fn marks(group: &str) -> BTreeSet<(usize, u64, u64)> {
    let mut marks = BTreeSet::new();
    for path in group.split("<path").skip(1) {
        let source = attribute(path, "data-source").parse().unwrap();
        let bytes: u64 = attribute(path, "data-bin-bytes").parse().unwrap();
        for mark in attribute(path, "d").split('M').skip(1) {
            let bin: u64 = mark.split_once(' ').unwrap().0.parse().unwrap();
            assert!(marks.insert((source, bin * bytes, bytes)));
        }
    }
    marks
}

/// Every offset at which the folded needle occurs in the text, where a character
/// begins, found one character after the other.
fn offsets(text: &str, needle: &str) -> Vec<u64> {
    let length = needle.chars().count();
    let fold = |text: &str| -> String {
        // What simple folding makes of the capitals in these texts.
        text.chars()
            .take(length)
            .map(|char| match char {
                '\u{212a}' => 'k',
                '\u{1e9e}' => '\u{df}',
                char => char.to_lowercase().next().unwrap(),
            })
            .collect()
    };
    let needle = fold(needle);
    let starts = text.char_indices().map(|(at, _)| at);
    starts.filter(|at| fold(&text[*at..]) == needle).map(|at| at as u64).collect()
}

/// The bins of these offsets.
fn bins(source: usize, offsets: &[u64], bytes: u64) -> BTreeSet<(usize, u64, u64)> {
    offsets.iter().map(|offset| (source, offset / bytes * bytes, bytes)).collect()
}

/// The cells of all marks are where the patterns are, by a search character by character.
#[track_caller]
fn marks_are_right(group: &str, pattern: &str, texts: &[&str]) {
    let marks = marks(group);
    let mut expected = BTreeSet::new();
    for (source, text) in texts.iter().enumerate() {
        let offsets = offsets(text, pattern);
        let bytes = marks.iter().find(|(at, ..)| *at == source).map(|(_, _, bytes)| *bytes);
        assert_eq!(bytes.is_some(), !offsets.is_empty(), "{pattern} in {source}");
        // Cells can be told apart, and there are enough of them.
        if let Some(bytes) = bytes {
            let cells = (text.len() as u64).div_ceil(bytes);
            assert!(cells <= 320 && (cells >= 100 || text.len() < 400), "{cells} cells");
        }
        expected.extend(bins(source, &offsets, bytes.unwrap_or(1)));
    }
    assert_eq!(marks, expected, "{pattern}");
}

#[test]
fn marks_stand_where_the_patterns_do() {
    // In `-i` the Kelvin sign has three bytes and its fold one; the capital sharp s
    // three, its fold two.
    let short = "Kiosk \u{212a}iosk stra\u{1e9e}e Stra\u{df}e kiosk".to_owned();
    let long = "\u{212a}iosk, then a street: STRA\u{1e9e}E.\n".repeat(999) + "kiosk";
    let half = "kiosk ".repeat(4000);
    let place = Place::with(&[
        ("short", short.as_bytes()),
        ("long", long.as_bytes()),
        ("half", half.as_bytes()),
    ]);
    let drawn = ["-i", "--plot=out.svg", "--plot-kind=dispersion", "--quiet"];
    let words = ["stra\u{df}e", "kiosk", "nowhere", "<&>", "--in"];
    for texts in [&[("long", &long), ("half", &half)][..], &[("short", &short), ("long", &long)]] {
        let names = texts.iter().map(|(name, _)| *name);
        let arguments = drawn.iter().chain(&words).copied().chain(names);
        assert_eq!(place.run(arguments), expect("", "", 0));
        let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
        let groups = groups(&svg);
        let patterns: Vec<&str> = groups.iter().map(|(pattern, _)| *pattern).collect();
        assert_eq!(patterns, ["stra\u{df}e", "kiosk", "nowhere", "&lt;&amp;&gt;"]);
        let bytes: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
        for (pattern, group) in &groups {
            assert_eq!(label(group), *pattern);
            marks_are_right(group, pattern, &bytes);
        }
        // From top to bottom in the order given.
        let height = |group: &str| attribute(group, "y").parse::<u64>().unwrap();
        assert!(groups.windows(2).all(|pair| height(pair[0].1) < height(pair[1].1)));
        if texts[0].0 == "long" {
            // The ends of the texts, one after the other.
            let ends = svg.split("class=\"end\"").skip(1).map(|end| attribute(end, "data-end"));
            let both = [long.len(), long.len() + half.len()].map(|end| end.to_string());
            assert_eq!(ends.collect::<Vec<_>>(), both);
            assert!(svg.contains("position in the texts, in kB"));
        } else {
            // One name has no room over its text, so each text has a strip with its name.
            assert!(svg.contains("how far into the text") && svg.contains(">100 %<"));
            for (_, group) in &groups {
                assert!(group.contains(">short<") && group.contains(">long<"));
            }
            assert_eq!(marks(groups[1].1).iter().filter(|(source, ..)| *source == 0).count(), 3);
        }
    }
}

/// The darkest cells are those with most hits, and a single hit is as dark as can be where no
/// cell has more.
#[test]
fn frequent_words_are_shades_and_no_block() {
    let text = format!("{}{}{}", "ab ".repeat(3000), "a. ".repeat(3000), ".b ".repeat(3000));
    let place = Place::with(&[("text", (text + "c").as_bytes())]);
    place.run(["a", "b", "c", "--plot=out.svg", "--plot-kind=dispersion", "--in", "text"]);
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    let shades = |group: &str| -> Vec<String> {
        let paths = group.split("<path").skip(1);
        paths.map(|path| attribute(path, "class").to_owned()).collect()
    };
    let groups = groups(&svg);
    assert_eq!(shades(groups[2].1), ["mark d4"]);
    assert!(shades(groups[0].1).contains(&"mark d4".to_owned()));
    let place = Place::with(&[("text", ("e ".repeat(500) + &"e....... ".repeat(900)).as_bytes())]);
    place.run(["e", "text", "--plot=out.svg", "--plot-kind=dispersion"]);
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    let group = self::groups(&svg)[0].1;
    let found = shades(group);
    assert!(found.len() > 1 && found.iter().all(|class| class.starts_with("mark d")), "{found:?}");
}

/// A mark's pixels are those of its cell, by the numbers that a program draws by.
#[test]
fn marks_are_drawn_to_scale() {
    let text = format!("a{}a", ".".repeat(998));
    let place = Place::with(&[("text", text.as_bytes())]);
    place.run(["a", "text", "--plot=out.svg", "--plot-kind=dispersion"]);
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    let band = svg.split("class=\"band\"").nth(1).unwrap();
    let left: f64 = attribute(band, "x").parse().unwrap();
    let width: f64 = attribute(band, "width").parse().unwrap();
    let path = svg.split("<path class=\"mark").nth(1).unwrap();
    let transform = attribute(path, "transform");
    let number = |prefix: &str| -> f64 {
        let (_, rest) = transform.split_once(prefix).unwrap();
        rest.split_once(' ').unwrap().0.parse().unwrap()
    };
    assert_eq!(attribute(path, "d").matches('M').count(), 2);
    assert!(attribute(path, "d").contains("M0 ") && attribute(path, "d").contains("M249 "));
    assert_eq!(attribute(path, "data-bin-bytes"), "4");
    assert!((number("translate(") - left).abs() < 0.01);
    assert!((number("scale(") * 250.0 - width).abs() < 0.01);
}

/// The first line has nearly all of the text, and two of its words are far apart in lines.
#[test]
fn places_are_drawn_in_what_the_axis_is_in() {
    let text = format!("{}\nlove\nend\nlove\n", "x ".repeat(500));
    let place = Place::with(&[("text", text.as_bytes())]);
    let drawn = |axis: &str, files: &[&str]| {
        let arguments = ["love", "--plot=out.svg", "--plot-kind=dispersion", "--plot-axis", axis];
        place.run(arguments.iter().chain(&["--in"]).chain(files));
        fs::read_to_string(place.path().join("out.svg")).unwrap()
    };
    let marked = |svg: &str, unit: &str| -> (u64, Vec<String>) {
        let path = svg.split("<path class=\"mark").nth(1).unwrap();
        let cells = attribute(path, "d").split('M').skip(1);
        let cells = cells.map(|cell| cell.split_once(' ').unwrap().0.to_owned()).collect();
        (attribute(path, &format!("data-bin-{unit}")).parse().unwrap(), cells)
    };
    let svg = drawn("lines", &["text"]);
    assert_eq!(marked(&svg, "lines"), (1, vec!["1".to_owned(), "3".to_owned()]));
    assert!(svg.contains("position in the text, in lines") && svg.contains("data-end=\"4\""));
    let svg = drawn("words", &["text"]);
    assert_eq!(marked(&svg, "words"), (2, vec!["250".to_owned(), "251".to_owned()]));
    assert!(svg.contains("position in the text, in words") && svg.contains("data-end=\"503\""));
    let svg = drawn("percent", &["text"]);
    assert!(svg.contains("in percent<") && svg.contains(">75 %<"));
    assert_eq!(marked(&svg, "bytes"), marked(&drawn("bytes", &["text"]), "bytes"));

    // Strips, since the longer name has no room, have one scale, but in percent.
    let long_name = "a-text-with-a-name-that-is-long";
    place.write(long_name, text.as_bytes());
    place.write("lines", "love\n".repeat(400).as_bytes());
    let bands = |svg: &str| -> Vec<f64> {
        let bands = svg.split("class=\"band\"").skip(1);
        bands.map(|band| attribute(band, "width").parse().unwrap()).collect()
    };
    let svg = drawn("lines", &[long_name, "lines"]);
    let widths = bands(&svg);
    assert!((widths[0] * 100.0 - widths[1]).abs() < 0.1, "{widths:?}");
    assert!(svg.contains("position in the text, in lines"));
    let widths = bands(&drawn("percent", &[long_name, "lines"]));
    assert_eq!(widths.len(), 2);
    assert!((widths[0] - widths[1]).abs() < 0.1, "{widths:?}");
}

#[test]
fn an_axis_of_nothing_is_refused() {
    let place = Place::with(&[("text", b"love")]);
    assert_snapshot!(place.run(["love", "text", "--plot=out.svg", "--plot-axis=lines"]), @"
    ----- standard error
    cogrep: --plot-axis lines: no places are drawn; add --plot-kind dispersion, or --report FILE.html
    ----- status 2
    ");
    assert_snapshot!(place.run(["-o", "love", "text", "--report=out.html", "--plot-axis=lines"]), @"
    ----- standard error
    cogrep: -o: such a table has no --plot-axis
    ----- status 2
    ");
}

#[cfg(not(feature = "pictures"))]
#[test]
fn pixels_and_paper_need_a_feature() {
    let place = Place::with(&[("text", b"love")]);
    assert_snapshot!(place.run(["love", "text", "--plot=out.PNG"]), @"
    ----- standard error
    cogrep: --plot out.PNG: its name must end in .svg, .html or .htm; PNG and PDF take a program that was built for them: cargo install cogrep --features pictures
    ----- status 2
    ");
}

/// What is in the pictures is tested where they are made.
#[cfg(feature = "pictures")]
#[test]
fn pixels_and_paper_are_written_and_replaced_by_their_like() {
    let place = Place::with(&[("text", b"love")]);
    for (file, begin) in [("out.png", &b"\x89PNG"[..]), ("out.pdf", b"%PDF-")] {
        let run = || place.run(["love", "text", "--plot", file]);
        let first = run();
        let Ok(written) = fs::read(place.path().join(file)) else {
            assert!(first.to_string().contains("there is no font"), "{first}");
            return cogrep_testing::skip("there is no font");
        };
        assert!(written.starts_with(begin));
        assert_eq!(run(), expect("love 1\n", "", 0));
        place.write(file, b"some text");
        assert!(run().to_string().contains("is something else"));
    }
}

/// Many texts: each has a strip with its name, and the picture stays as wide as it is.
#[test]
fn forty_texts_are_all_named() {
    let names: Vec<String> = (0..40).map(|nth| format!("letters/{nth:02}.txt")).collect();
    let place = Place::new();
    for (nth, name) in names.iter().enumerate() {
        place.write(name, format!("{}love", "the ".repeat(100 + nth)).as_bytes());
    }
    let drawn = ["love", "the", "--plot=out.svg", "--plot-kind=dispersion", "--in"];
    place.run(drawn.into_iter().chain(names.iter().map(String::as_str)));
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    for (_, group) in groups(&svg) {
        for name in &names {
            assert!(group.contains(&format!("</title>{name}</text>")), "{name}");
        }
        let sources: BTreeSet<usize> =
            marks(group).into_iter().map(|(source, ..)| source).collect();
        assert_eq!(sources.len(), 40);
    }
    let width: u64 = attribute(&svg, "width").parse().unwrap();
    assert!(width < 1200);
}

#[test]
fn bars_are_as_long_as_their_counts() {
    let place = Place::with(&[("a.txt", b"love love love hate love")]);
    let words = ["hate", "love", "hope", "--plot=out.svg", "--in", "a.txt"];
    assert_eq!(place.run(words), expect("hate 1\nlove 4\nhope 0\n", "", 0));
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    let bars: Vec<(&str, &str, &str, f64)> = groups(&svg)
        .into_iter()
        .map(|(pattern, group)| {
            let bar = group.split("<rect").nth(1).unwrap();
            let width = attribute(bar, "width").parse().unwrap();
            (pattern, label(group), attribute(group, "data-count"), width)
        })
        .collect();
    assert_eq!(
        bars,
        [("hate", "hate", "1", 160.0), ("love", "love", "4", 640.0), ("hope", "hope", "0", 0.0)]
    );
    assert!(
        svg.contains(">Occurrences of each pattern</text>") && svg.contains(">occurrences</text>")
    );
    place.run(["--lines", "love", "--plot=out.svg", "a.txt"]);
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    assert!(svg.contains(">Lines of each pattern</text>") && svg.contains(">lines</text>"));
}

/// The bars of a broken-down plot: group, pattern, count.
fn grouped(svg: &str) -> Vec<(&str, &str, u64)> {
    let bars = groups(svg).into_iter().map(|(pattern, bar)| {
        (attribute(bar, "data-group"), pattern, attribute(bar, "data-count").parse().unwrap())
    });
    bars.collect()
}

#[test]
fn bars_are_broken_down_as_the_counts_are() {
    let place = Place::with(&[
        ("a.txt", b"love hate love hate hate hope"),
        ("b.txt", b"love"),
        ("log", b"2024-05-01T10:00:00 web love\n2024-05-01T12:30:00 db love hate\n"),
    ]);
    let draw = |arguments: &[&str]| {
        let answer = place.run(["--plot=out.svg"].iter().chain(arguments));
        assert_eq!((answer.err.as_str(), answer.status), ("", 0), "{arguments:?}");
        fs::read_to_string(place.path().join("out.svg")).unwrap()
    };
    let svg = draw(&["love", "hate", "--by=file", "--in", "a.txt", "b.txt"]);
    assert_eq!(
        grouped(&svg),
        [("a.txt", "love", 2), ("a.txt", "hate", 3), ("b.txt", "love", 1), ("b.txt", "hate", 0)]
    );
    assert!(svg.contains(">Occurrences by file</text>"));
    // Each file is named once, and each pattern once, in the legend.
    assert_eq!((svg.matches(">a.txt</text>").count(), svg.matches(">love</text>").count()), (1, 1));

    let svg = draw(&["love", "--by=part=2", "a.txt"]);
    let parts = ["0\u{2013}50 %", "50\u{2013}100 %"];
    assert_eq!(grouped(&svg), [(parts[0], "love", 2), (parts[1], "love", 0)]);
    assert!(svg.contains(">Occurrences of love by part of the text</text>"));

    let svg = draw(&["love", "hate", "--by=time=1h", "--in", "log"]);
    let hours = ["2024-05-01T10", "2024-05-01T11", "2024-05-01T12"];
    let counts: Vec<u64> = grouped(&svg).iter().map(|(.., count)| *count).collect();
    assert_eq!(counts, [1, 0, 0, 0, 1, 1]);
    for (nth, (group, ..)) in grouped(&svg).iter().enumerate() {
        assert!(group.starts_with(hours[nth / 2]), "{group}");
    }
    let svg = draw(&["love", "hate", "--by=key=web|db", "--in", "log"]);
    assert_eq!(
        grouped(&svg),
        [("db", "love", 1), ("db", "hate", 1), ("web", "love", 1), ("web", "hate", 0)]
    );
    let svg = draw(&["--words", "a.txt", "-q"]);
    let words = [("hate", "words", 3), ("love", "words", 2), ("hope", "words", 1)];
    assert_eq!(grouped(&svg), words);
    assert!(svg.contains(">How often each word occurs</text>"));

    // With more patterns than can be told apart by colour, each bar has its name.
    let many = ["love", "hate", "hope", "a", "b", "c", "d"];
    let svg = draw(&[&many[..], &["--by=file", "--in", "a.txt", "b.txt"]].concat());
    assert_eq!(svg.matches(">hope</text>").count(), 2);
    assert_snapshot!(place.run(["love", "--plot=out.svg", "--plot-kind=dispersion", "--by=key=a", "log"]), @"
    ----- standard error
    cogrep: --by: such a table is drawn as bars or series; leave out --plot-kind
    ----- status 2
    ");
}

#[test]
fn a_page_holds_everything() {
    let place = Place::with(&[("a.txt", b"love hate <b>"), ("b.txt", b"love")]);
    let words = ["love", "<b>", "--report=out.html", "--in", "a.txt", "b.txt", "gone"];
    let write = || {
        let mut command = place.command();
        command.env("SOURCE_DATE_EPOCH", "1795968000").args(words);
        assert_eq!(answer(&mut command, b"").status, 2);
        fs::read_to_string(place.path().join("out.html")).unwrap()
    };
    let page = write();
    for part in [
        "<th scope=\"row\">love</th><td>2</td><td>1</td><td>1</td>",
        "<th scope=\"row\">&lt;b&gt;</th><td>1</td><td>1</td><td>0</td>",
        "<td class=\"text\">failed: no such file</td>",
        "Incomplete: only 17 bytes of text were read.",
        "aria-labelledby=\"dispersion-page-2-title\"",
        "<dt>engine</dt>",
        "cogrep love &#39;&lt;b&gt;&#39; --report=out.html --in a.txt b.txt gone",
        concat!("cogrep ", env!("CARGO_PKG_VERSION"), ", 2026-11-29 16:00 UTC"),
        "<dt>ignore-case</dt><dd>false</dd>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<b>a") && !page.contains("<b></"));
    // Nothing is loaded from anywhere; the one address is the name of a format.
    let addresses = page.matches("http").count() - page.matches("http-equiv").count();
    assert_eq!(addresses, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
}

/// However many sources and patterns there are, the page has the count of each pattern in each.
#[test]
fn a_page_has_the_counts_of_every_source() {
    let names: Vec<String> = (0..40).map(|nth| format!("{nth:02}.txt")).collect();
    let patterns: Vec<String> = (0..14).map(|nth| format!("w{nth}w")).collect();
    let place = Place::new();
    let count = |source: usize, pattern: usize| (source * 7 + pattern * 3) % 5;
    for (source, name) in names.iter().enumerate() {
        let words = patterns.iter().enumerate();
        let text: String = words.map(|(nth, word)| word.repeat(count(source, nth))).collect();
        place.write(name, text.as_bytes());
    }
    let page = |sources: usize, patterns: &[String]| {
        let flags = ["-q", "--report=out.html"].map(str::to_owned);
        let words = flags.iter().chain(patterns).cloned().chain(["--in".to_owned()]);
        place.run(words.chain(names[..sources].iter().cloned()));
        fs::read_to_string(place.path().join("out.html")).unwrap()
    };
    // The row of a table that begins with this name: its other cells.
    let row = |page: &str, name: &str| -> Vec<String> {
        let (_, row) = page.split_once(&format!("<th scope=\"row\">{name}</th>")).unwrap();
        let cells = row.split_once("</tr>").unwrap().0.split("</td>");
        let text = |cell: &str| cell.split_once('>').map(|(_, text)| text.to_owned());
        cells.filter_map(text).collect()
    };
    let few = page(12, &patterns[..3]);
    for (nth, pattern) in patterns[..3].iter().enumerate() {
        let counts: Vec<String> = (0..12).map(|source| count(source, nth).to_string()).collect();
        assert_eq!(row(&few, pattern)[1..], counts);
    }
    let many = page(40, &patterns[..3]);
    for (source, name) in names.iter().enumerate() {
        let counts: Vec<String> = (0..3).map(|nth| count(source, nth).to_string()).collect();
        assert_eq!(row(&many, name)[2..], counts, "{name}");
    }
    let all = page(40, &patterns);
    for (source, name) in names.iter().enumerate() {
        let found = (0..14).filter(|nth| count(source, *nth) > 0);
        let list = found.fold(String::new(), |list, nth| {
            list + &format!("<span>{} <b>{}</b></span> ", patterns[nth], count(source, nth))
        });
        assert!(all.contains(&format!("<td class=\"list\">{list}</td>")), "{name}");
    }
}

#[test]
fn a_file_is_replaced_only_by_one_of_its_kind() {
    let place = Place::with(&[
        ("book.txt", b"love"),
        ("b.svg", b"love"),
        ("b.json", b"{}"),
        ("b.html", b"love"),
    ]);
    for (flag, name) in [
        ("--plot", "b.svg"),
        ("--report", "b.html"),
        ("--save", "book.txt"),
        ("--save", "b.json"),
        ("--timeline", "b.svg"),
        ("--timeline", "b.json"),
    ] {
        let before = fs::read(place.path().join(name)).unwrap();
        let message = format!(
            "cogrep: {flag} {name}: is there already, and is something else; name another file\n"
        );
        assert_eq!(place.run(["love", "--in", "book.txt", flag, name]), expect("", &message, 2));
        assert_eq!(fs::read(place.path().join(name)).unwrap(), before);
    }
    place.write("empty.svg", b"");
    for (flag, name) in [
        ("--plot", "new.svg"),
        ("--plot", "empty.svg"),
        ("--report", "new.html"),
        ("--save", "new"),
        ("--timeline", "time.svg"),
        ("--timeline", "time.json"),
    ] {
        for _ in 0..2 {
            let answer = place.run(["love", "--in", "book.txt", flag, name]);
            assert_eq!(answer, expect("love 1\n", "", 0), "{flag} {name}");
        }
    }
}

#[test]
fn a_plot_of_too_many_patterns_shows_the_largest() {
    let place = Place::with(&[("a.txt", b"1")]);
    let list: String = (0..1001).fold(String::new(), |list, number| list + &format!("{number}\n"));
    place.write("list", list.as_bytes());
    assert_snapshot!(place.run(["-f", "list", "a.txt", "--plot=out.svg", "-q"]).err, @"cogrep: warning: --plot: 1001 patterns do not fit into a plot; the 1000 largest are drawn, or choose with --top");
    let plot = fs::read_to_string(place.path().join("out.svg")).unwrap();
    assert!(plot.starts_with("<svg"));
    assert_eq!(
        place.run(["-f", "list", "a.txt", "--plot=out.svg", "-q", "--top=3"]),
        expect("", "", 0)
    );
    assert_snapshot!(place.run(["1", "a.txt", "--plot=no/out.svg"]), @"
    ----- standard error
    cogrep: --plot no/out.svg: its folder is not there; make it first
    ----- status 2
    ");
    assert_snapshot!(place.run(["1", "a.txt", "--plot-kind=bars"]), @"
    ----- standard error
    cogrep: --plot-kind: where to? add --plot FILE.svg
    ----- status 2
    ");
}
