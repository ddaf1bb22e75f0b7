//! What flags of grep, ripgrep, wc and uniq are here: those that this program does not have.
//!
//! A flag that is spelt alike may mean something else, so none of these is answered with the
//! nearest spelling.

/// What to do instead of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// There is something that does the same, or nearly.
    Use(&'static str),
    /// It is not needed, for this reason.
    NotNeeded(&'static str),
    /// There is nothing like it, for this reason.
    Nothing(&'static str),
}

use Instead::{NotNeeded, Nothing, Use};

const PLACES: Instead = Use("--show N, which shows places in their lines");
const NO_LINES: Instead =
    Nothing("counts are printed and no lines, so there is nothing to lay out");
const UNICODE: Instead = NotNeeded("text is UTF-8 and Unicode, as a regular expression here is");
const ALL_TEXT: Instead = NotNeeded("every file is counted in, whatever is in it");
const NO_CONFIG: Instead = NotNeeded("there is no configuration file");
const LISTS: Instead = Use("-f FILE, patterns one a line");
const OUT: Instead = Use("> FILE, since results go to standard output");

/// Each flag of the others, long and short, and what to do instead.
const FLAGS: &[(&[&str], Instead)] = &[
    // What people ask for first.
    (&["--csv"], Use("--format csv")),
    (&["--tsv"], Use("--format tsv")),
    (&["--json"], Use("--format json")),
    (&["--jsonl"], Use("--format jsonl")),
    (&["--parquet"], Use("--format parquet")),
    (&["--table"], Use("--format table")),
    (&["--by-file", "--per-file", "-H", "--with-filename"], Use("--by file")),
    (&["--wordlist", "--patterns"], LISTS),
    (&["--dispersion"], Use("--plot FILE.svg --plot-kind dispersion")),
    (&["--bars"], Use("--plot FILE.svg")),
    (&["--html"], Use("--report FILE.html")),
    (&["--out", "--output"], OUT),
    (&["--count-lines"], Use("--lines")),
    (&["--dereference-recursive"], Use("-R, which follows links; folders are walked anyway")),
    (&["--dereference"], Use("-R, which follows links")),
    // grep: matching.
    (&["-G", "--basic-regexp"], Use("-E, with +, ?, |, ( and { as they are")),
    (&["--perl-regexp"], Use("-E, without references back and looks around")),
    (&["-y"], Use("-i")),
    (&["--no-ignore-case"], Use("-s, or nothing: case matters unless -i is given")),
    (&["-z", "--null-data"], Nothing("lines end with a line feed")),
    (&["-P"], Use("-E, without references back and looks around")),
    // grep: output.
    (&["--files-without-matches"], Use("-L")),
    (&["-m", "--max-count"], Nothing("everything is counted; --show N shows the first N places")),
    (&["-b", "--byte-offset"], Use("--show N with --format json, which has offsets")),
    (&["-A", "--after-context", "-B", "--before-context", "-C", "--context"], PLACES),
    (&["--no-filename"], NotNeeded("files are named only with --by file")),
    (&["--initial-tab"], NO_LINES),
    (
        &["--line-buffered"],
        NotNeeded("results are printed when they are complete; --live shows them before"),
    ),
    (&["--colour"], Use("--color")),
    (&["--group-separator", "--no-group-separator"], NO_LINES),
    (&["--no-messages"], Use("2> /dev/null")),
    // grep: files.
    (&["--text", "--binary"], ALL_TEXT),
    (&["--binary-files", "-I", "-U", "--unix-byte-offsets"], ALL_TEXT),
    (&["--include"], Use("--glob GLOB")),
    (&["--exclude", "--exclude-dir"], Use("--glob '!GLOB'")),
    (&["--exclude-from"], Use("--ignore-file FILE, with rules as in .gitignore")),
    (
        &["-D", "--devices", "--directories"],
        NotNeeded("folders are walked, and devices in them left out"),
    ),
    (&["--recursive"], NotNeeded("folders are walked")),
    // ripgrep: matching.
    (
        &["--multiline", "--multiline-dotall"],
        Nothing("a regular expression matches within a line; a literal may hold line feeds"),
    ),
    (&["--crlf"], NotNeeded("a line may end with CR LF")),
    (
        &[
            "--pcre2",
            "--auto-hybrid-regex",
            "--pcre2-unicode",
            "--no-pcre2-unicode",
            "--pcre2-version",
        ],
        Use("-E, without references back and looks around"),
    ),
    (&["--unicode", "--no-unicode"], UNICODE),
    (&["--dfa-size-limit", "--regex-size-limit"], NotNeeded("the limits suit the patterns")),
    (&["--stop-on-nonmatch"], Nothing("everything is counted")),
    (
        &["--invert-match"],
        Nothing("there is no inverted count; --lines counts the lines that match"),
    ),
    (&["--max-columns", "--max-columns-preview"], NO_LINES),
    (&["--count-matches"], NotNeeded("occurrences are counted anyway; --lines counts lines")),
    (&["--include-zero"], NotNeeded("zeros are printed, unless --only-found is given")),
    (&["--passthru", "--passthrough"], NO_LINES),
    (
        &[
            "--trim",
            "--vimgrep",
            "--heading",
            "--no-heading",
            "--column",
            "--no-column",
            "--pretty",
        ],
        NO_LINES,
    ),
    (&["--no-line-number", "--context-separator", "--no-context-separator"], NO_LINES),
    (&["--field-context-separator", "--field-match-separator", "--path-separator"], NO_LINES),
    (&["--hyperlink-format", "--hostname-bin", "--colors"], NO_LINES),
    (&["--block-buffered"], NotNeeded("results are printed when they are complete")),
    (&["--sort-files", "--sortr"], Use("--sort")),
    // ripgrep: files.
    (&["--ignore-file-case-insensitive"], Use("--iglob '!GLOB'")),
    (
        &[
            "--ignore",
            "--ignore-vcs",
            "--ignore-dot",
            "--ignore-global",
            "--ignore-parent",
            "--ignore-exclude",
            "--ignore-files",
            "--ignore-messages",
        ],
        NotNeeded("ignore files are looked at, unless --no-ignore is given"),
    ),
    (
        &[
            "--no-ignore-dot",
            "--no-ignore-global",
            "--no-ignore-parent",
            "--no-ignore-exclude",
            "--no-ignore-files",
        ],
        Use("--no-ignore, which passes over all of them"),
    ),
    (&["--no-ignore-messages"], Use("2> /dev/null")),
    (&["--no-hidden"], NotNeeded("hidden files are left out, unless --hidden is given")),
    (&["--no-follow"], NotNeeded("links are not followed, unless -R is given")),
    (
        &["--no-require-git", "--require-git"],
        NotNeeded(".gitignore is looked at within a repository; elsewhere name the file .ignore"),
    ),
    (&["--maxdepth"], Use("--max-depth")),
    (&["--type-clear"], Use("--type-add with another name")),
    (
        &["--search-zip", "--no-search-zip"],
        NotNeeded("compressed files are unpacked, unless --no-decompress is given"),
    ),
    (&["--mmap", "--no-mmap"], NotNeeded("how files are read is chosen")),
    (&["--no-encoding"], Use("--encoding none")),
    (&["--config-path", "--no-config"], NO_CONFIG),
    (&["--debug", "--trace"], Use("--explain, --stats or --timeline FILE.svg")),
    (&["--no-stats"], NotNeeded("statistics are printed only with --stats")),
    // wc.
    (
        &["--bytes", "--chars"],
        Nothing("text is not measured; --stats says how many bytes there were"),
    ),
    (&["--max-line-length"], Nothing("lines are not measured")),
    (&["--total"], NotNeeded("the totals are what is printed")),
    // uniq and sort.
    (&["--count"], NotNeeded("it counts anyway; -c counts lines")),
    (&["--repeated", "--all-repeated"], Use("--min-count 2")),
    (&["--unique", "--group"], Nothing("patterns are counted, and not whatever there is")),
    (
        &["--skip-fields", "--skip-chars", "--check-chars"],
        Nothing("lines are not compared with each other"),
    ),
    (&["--reverse", "--numeric-sort", "-n", "-r"], Use("--sort count, largest first")),
    (&["--zero-terminated"], Use("-0 for what is printed")),
    // Others that count or search.
    (&["--ackmate", "--depth"], Use("--max-depth")),
    (&["--extension", "--ext"], Use("--glob '*.EXTENSION'")),
    (&["--jobs", "--parallel"], Use("--threads NUM")),
    (&["--insensitive"], Use("-i")),
    (&["--regex", "--re"], Use("-E")),
    (&["--word", "--whole-word"], Use("-w")),
    (&["--silent"], Use("--quiet")),
    (&["--verbose", "-v"], Use("--stats")),
    (&["--input"], Use("--in INPUT")),
    (&["--pattern"], Use("-e PATTERN")),
];

/// What to do instead of a flag of another program, if it is known.
pub(super) fn instead_of(flag: &str) -> Option<Instead> {
    let flag = flag.split('=').next().unwrap_or(flag);
    FLAGS.iter().find(|(flags, _)| flags.contains(&flag)).map(|(_, instead)| *instead)
}

impl std::fmt::Display for Instead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Use(flag) => write!(f, "use {flag}"),
            NotNeeded(reason) => write!(f, "it is not needed: {reason}"),
            Nothing(reason) => write!(f, "there is nothing like it: {reason}"),
        }
    }
}
