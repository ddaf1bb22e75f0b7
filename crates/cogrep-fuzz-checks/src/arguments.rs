//! Command lines: what they mean does not depend on how their flags are written.

use std::ffi::{OsStr, OsString};
use std::sync::LazyLock;

use clap::Arg;

/// The flags that name files that would be read.
const LISTS: [&str; 5] = ["file", "def-file", "files-from", "files0-from", "ignore-file"];

/// Values that some flags know, beside those that their definition lists.
const VALUES: [&str; 32] = [
    "",
    "0",
    "1",
    "10",
    "007",
    "16K",
    "2G",
    "99999999999999999999",
    "1/3",
    "3/2",
    "a",
    "love",
    "-",
    "file",
    "part=3",
    "time=1h",
    "time=7",
    r"key=(\w+)",
    "key=[",
    "[a-z",
    "[a-z]+",
    r"\b",
    "(?i)a{9}",
    "x.svg",
    "x.json",
    "x.HTML",
    "/dev/null",
    "!*.rs",
    "rust",
    "utf-16",
    "A: b",
    "http://[",
];

/// The flags, as the program defines them.
static FLAGS: LazyLock<Vec<Flag>> = LazyLock::new(|| {
    let definition = cogrep::definition();
    let named = definition.get_arguments().filter(|arg| arg.get_long().is_some());
    named.filter(|arg| !LISTS.contains(&arg.get_id().as_str())).map(Flag::new).collect()
});

/// What is known of a flag.
struct Flag {
    long: String,
    short: Option<char>,
    /// How many values it must have, as words of their own.
    values: usize,
    /// Values that it has and others have not.
    known: Vec<String>,
    /// Whether it may have more values than it must.
    is_open: bool,
}

impl Flag {
    fn new(arg: &Arg) -> Self {
        let range = arg.get_num_args();
        let values = range.map_or(1, |range| range.min_values());
        let values = if arg.get_action().takes_values() { values } else { 0 };
        let known = arg.get_possible_values();
        Self {
            long: arg.get_long().map(str::to_owned).unwrap_or_default(),
            short: arg.get_short(),
            values,
            known: known.iter().map(|value| value.get_name().to_owned()).collect(),
            is_open: range.is_some_and(|range| range.max_values() > range.min_values()),
        }
    }
}

/// What a command line is made of.
enum Item {
    Flag(&'static Flag, Vec<OsString>),
    Word(OsString),
}

impl Item {
    /// Whether something looks like a flag, and is one or not by where it stands.
    fn has_dash(&self) -> bool {
        match self {
            Self::Flag(_, values) => values.iter().any(|value| is_dashed(value)),
            Self::Word(word) => is_dashed(word),
        }
    }
}

/// How the flags of a command line are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Long names, and values as words of their own.
    Long,
    /// Long names, and values behind an equals sign.
    Equals,
    /// Short names, and values as words of their own.
    Short,
    /// Short names without values in one word, and values in the word of their flag.
    Joined,
}

/// Any bytes as a word, as far as the system has such words.
fn word(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    let word: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    #[cfg(not(unix))]
    let word = OsStr::new(str::from_utf8(bytes).unwrap_or("?"));
    OsStr::to_owned(word)
}

/// Takes bytes, one after the other.
struct Choices<'d>(&'d [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(*first))
    }

    /// A word that is written out, up to a byte that is in no UTF-8.
    fn free(&mut self) -> OsString {
        let end = self.0.iter().position(|byte| *byte == 0xfe);
        let (bytes, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        word(bytes)
    }

    fn value(&mut self, flag: Option<&Flag>) -> OsString {
        let known = flag.map_or(&[][..], |flag| &flag.known[..]);
        match self.byte().unwrap_or(0) {
            250.. => self.free(),
            byte if byte < 200 && !known.is_empty() => OsString::from(&known[byte % known.len()]),
            byte => OsString::from(VALUES[byte % VALUES.len()]),
        }
    }

    fn item(&mut self) -> Option<Item> {
        Some(match self.byte()? {
            byte if byte < 2 * FLAGS.len().min(100) => {
                let flag = &FLAGS[byte % FLAGS.len()];
                let values = (0..flag.values).map(|_| self.value(Some(flag)));
                Item::Flag(flag, values.collect())
            }
            _ => Item::Word(self.value(None)),
        })
    }
}

/// The words of a command line.
fn written(items: &[Item], style: Style) -> Vec<OsString> {
    let mut words = vec![OsString::from("cogrep")];
    // Whether flags can be added to the last word.
    let mut is_open = false;
    for item in items {
        let (flag, values) = match item {
            Item::Word(word) => {
                words.push(word.clone());
                is_open = false;
                continue;
            }
            Item::Flag(flag, values) => (flag, values),
        };
        let short = flag.short.filter(|_| matches!(style, Style::Short | Style::Joined));
        let mut name = match short {
            Some(short) if is_open && style == Style::Joined => {
                let mut before = words.pop().unwrap_or_default();
                before.push(short.to_string());
                before
            }
            Some(short) => OsString::from(format!("-{short}")),
            None => OsString::from(format!("--{}", flag.long)),
        };
        is_open = short.is_some() && values.is_empty();
        match &values[..] {
            // Where there could be more values, one that is joined is the only one.
            [value] if !flag.is_open && joins(style, short, value) => {
                name.push(if short.is_some() { "" } else { "=" });
                name.push(value);
                words.push(name);
            }
            _ => {
                words.push(name);
                words.extend(values.iter().cloned());
            }
        }
    }
    words
}

/// Whether a value is in the word of its flag.
fn joins(style: Style, short: Option<char>, value: &OsStr) -> bool {
    match style {
        Style::Equals => true,
        // An equals sign between the two is not part of the value.
        Style::Joined => {
            short.is_some() && !value.is_empty() && !value.as_encoded_bytes().starts_with(b"=")
        }
        Style::Long | Style::Short => false,
    }
}

/// Whether a word could be a flag.
fn is_dashed(word: &OsStr) -> bool {
    word.len() > 1 && word.as_encoded_bytes().starts_with(b"-")
}

/// Whether a command line names a list: that might be read for ever.
fn has_list(words: &[OsString]) -> bool {
    let matches = cogrep::definition().try_get_matches_from(words);
    matches.is_ok_and(|matches| LISTS.iter().any(|list| matches.contains_id(list)))
}

/// What a command line means, or why it is refused.
fn read(words: &[OsString]) -> Result<String, (u8, String)> {
    let meaning = cogrep::read(words);
    if let Err((status, message)) = &meaning {
        assert_eq!(*status, 2, "{words:?}");
        let reason = message.strip_prefix("cogrep: ").unwrap_or_default();
        assert!(!reason.is_empty(), "{words:?}");
        assert!(!message.chars().any(char::is_control), "{words:?}: {message:?}");
    }
    meaning
}

/// Reads a command line.
///
/// # Panics
///
/// When it is refused without a reason or with another exit status, or its meaning depends on how
/// its flags are written.
pub fn arguments(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    let mut choices = Choices(rest);
    let items: Vec<Item> = if form % 4 == 3 {
        let words = std::iter::from_fn(|| (!choices.0.is_empty()).then(|| choices.free()));
        words.take(20).map(Item::Word).collect()
    } else {
        std::iter::from_fn(|| choices.item()).take(12).collect()
    };
    let words = written(&items, Style::Long);
    if has_list(&words) {
        return;
    }
    let meaning = read(&words);
    assert_eq!(read(&words), meaning, "{words:?}");
    if items.iter().any(Item::has_dash) {
        return;
    }
    in_all_styles(&items);
    // Where one of them is wrong, nothing is said of the others.
    if meaning.is_err() {
        for item in items {
            in_all_styles(&[item, Item::Word(OsString::from("love"))]);
        }
    }
}

/// Holds what a command line means, in each style, against what it means with long names.
fn in_all_styles(items: &[Item]) {
    let meaning = read(&written(items, Style::Long));
    for style in [Style::Equals, Style::Short, Style::Joined] {
        let words = written(items, style);
        match (read(&words), &meaning) {
            // A message quotes what was typed.
            (Err(_), Err(_)) => {}
            (other, meaning) => assert_eq!(other, *meaning, "{words:?}"),
        }
    }
}
