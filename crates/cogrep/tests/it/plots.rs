//! Pictures: what is drawn is what was counted, where it was counted.

use std::collections::BTreeSet;
use std::fs;

use insta::assert_snapshot;

use crate::common::{Place, expect};

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

/// The visible label of a group, which must be next to its marks.
fn label(group: &str) -> &str {
    let (_, text) = group.split_once("text-anchor=\"end\">").unwrap();
    text.split_once('<').unwrap().0
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

#[test]
fn marks_stand_where_the_patterns_do() {
    // In `-i` the Kelvin sign has three bytes and its fold one; the capital sharp s
    // three, its fold two.
    let short = "Kiosk \u{212a}iosk stra\u{1e9e}e Stra\u{df}e kiosk".to_owned();
    let long = "\u{212a}iosk, then a street: STRA\u{1e9e}E.\n".repeat(999) + "kiosk";
    let place = Place::with(&[("short", short.as_bytes()), ("long", long.as_bytes())]);
    let drawn = ["-i", "--plot=out.svg", "--plot-kind=dispersion", "--quiet"];
    let words = ["stra\u{df}e", "kiosk", "nowhere", "<&>", "--in", "short", "long"];
    assert_eq!(place.run(drawn.iter().chain(&words)), expect("", "", 0));
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();

    let groups = groups(&svg);
    let patterns: Vec<&str> = groups.iter().map(|(pattern, _)| *pattern).collect();
    assert_eq!(patterns, ["stra\u{df}e", "kiosk", "nowhere", "&lt;&amp;&gt;"]);
    for (pattern, group) in &groups {
        assert_eq!(label(group), *pattern);
        let long_bin = 1 << 5;
        assert!((1000..=2000).contains(&(long.len() as u64 / long_bin)));
        let mut expected = bins(0, &offsets(&short, pattern), 1);
        expected.extend(bins(1, &offsets(&long, pattern), long_bin));
        assert_eq!(marks(group), expected, "{pattern}");
    }
    assert_eq!(marks(groups[1].1).iter().filter(|(source, ..)| *source == 0).count(), 3);
    // From top to bottom in the order given.
    let height = |group: &str| attribute(group, "y").parse::<u64>().unwrap();
    assert!(groups.windows(2).all(|pair| height(pair[0].1) < height(pair[1].1)));
    // The ends of the texts, one after the other.
    let ends: Vec<&str> =
        svg.split("class=\"end\"").skip(1).map(|end| attribute(end, "data-end")).collect();
    assert_eq!(ends, [short.len().to_string(), (short.len() + long.len()).to_string()]);
}

/// A mark's pixels are those of its bin, by the numbers that a program draws by.
#[test]
fn marks_are_drawn_to_scale() {
    let text = format!("a{}a", ".".repeat(998));
    let place = Place::with(&[("text", text.as_bytes())]);
    place.run(["a", "text", "--plot=out.svg", "--plot-kind=dispersion"]);
    let svg = fs::read_to_string(place.path().join("out.svg")).unwrap();
    let band = svg.split("class=\"band\"").nth(1).unwrap();
    let left: f64 = attribute(band, "x").parse().unwrap();
    let width: f64 = attribute(band, "width").parse().unwrap();
    let path = svg.split("<path class=\"mark\"").nth(1).unwrap();
    let transform = attribute(path, "transform");
    let number = |prefix: &str| -> f64 {
        let (_, rest) = transform.split_once(prefix).unwrap();
        rest.split_once(' ').unwrap().0.parse().unwrap()
    };
    assert_eq!(attribute(path, "d").matches('M').count(), 2);
    assert!(attribute(path, "d").contains("M0 ") && attribute(path, "d").contains("M999 "));
    assert!((number("translate(") - left).abs() < 0.01);
    assert!((number("scale(") * 1000.0 - width).abs() < 0.01);
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
}

#[test]
fn a_page_holds_everything() {
    let place = Place::with(&[("a.txt", b"love hate <b>"), ("b.txt", b"love")]);
    let words = ["love", "<b>", "--report=out.html", "--in", "a.txt", "b.txt", "gone"];
    assert_eq!(place.run(words).status, 2);
    let page = fs::read_to_string(place.path().join("out.html")).unwrap();
    for part in [
        "<th scope=\"row\">love</th><td>2</td><td>1</td><td>1</td>",
        "<th scope=\"row\">&lt;b&gt;</th><td>1</td><td>1</td><td>0</td>",
        "<td class=\"text\">failed: no such file</td>",
        "Incomplete: only 17 bytes of text were read.",
        "aria-labelledby=\"dispersion-title\"",
        "<dt>engine</dt>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<b>"));
    // Nothing is loaded from anywhere; the one address is the name of a format.
    let addresses = page.matches("http").count() - page.matches("http-equiv").count();
    assert_eq!(addresses, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
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
