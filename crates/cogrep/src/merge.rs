//! `cogrep merge`: saved results, added up and printed as one run would have done.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter};
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use cogrep_report::{Collection, Merged, Printer, Rows, Saved, merge as add_up, separated};
use cogrep_source::Fault;

use crate::arguments::show;
use crate::error::{Error, Status, shown};
use crate::files::is_saved;
use crate::flags::id;
use crate::output::{Output, PlotKind};
use crate::picture;
use crate::run::{complain_about, conclude};

/// The word for it.
const WORD: &str = "merge";

/// The flags that say how a result is shown; all others were for the runs.
const FLAGS: [&str; 16] = [
    id::WORDS,
    id::BY,
    id::SORT,
    id::TOP,
    id::ONLY_FOUND,
    id::MIN_COUNT,
    id::EXPAND,
    id::FORMAT,
    id::SHOW,
    id::BARE,
    id::QUIET,
    id::NULL,
    id::COLOR,
    id::PLOT,
    id::PLOT_KIND,
    id::REPORT,
];

/// What is to be merged, and how it is shown.
#[derive(Debug)]
pub(crate) struct Merge {
    files: Vec<OsString>,
    /// How many places of each pattern to show.
    show: usize,
    output: Output,
}

/// Whether the words of a command line ask for it, rather than for the pattern: where
/// it is the first word, and any word behind it is the name of a saved result.
pub(crate) fn is_meant(words: &[OsString]) -> bool {
    match words {
        [_, first, others @ ..] if first == WORD => {
            others.iter().any(|word| is_saved(Path::new(word)))
        }
        _ => false,
    }
}

impl Merge {
    /// Understands a command line, read as if the first word were not there.
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        let is_given = |flag: &str| {
            matches.value_source(flag).is_some_and(|source| source == ValueSource::CommandLine)
        };
        let flags = matches.ids().map(clap::Id::as_str);
        if let Some(flag) = flags.into_iter().find(|flag| is_given(flag) && !FLAGS.contains(flag)) {
            return Err(Error::Usage(format!(
                "--{flag}: not for merge; it is for the runs whose results are merged"
            )));
        }
        let output = Output::new(matches)?;
        let files = matches.get_many::<OsString>(id::WORDS).unwrap_or_default().cloned();
        Ok(Self { files: files.collect(), show: show(matches, output.layout.format)?, output })
    }

    /// Merges and prints.
    pub(crate) fn run(&self) -> Result<Status, Error> {
        let saved = self.files.iter().map(|file| Ok((shown(file), read(file)?)));
        let saved = saved.collect::<Result<Vec<_>, Error>>()?;
        let files = saved.len();
        let mut merged = add_up(saved)?;
        self.require(&merged)?;
        for pattern in &mut merged.report.patterns {
            pattern.places.truncate(self.show);
        }
        self.print(&merged, files)
    }

    /// Holds that what is to be shown was saved.
    fn require(&self, merged: &Merged) -> Result<(), Error> {
        let Output { parts, report, plot_kind, .. } = &self.output;
        let lack = |flag: &str, which: &str| {
            Err(Error::Usage(format!("{flag}: was not saved; run every part with {which}")))
        };
        if self.show > merged.show {
            return lack("--show", &format!("--show {}", self.show));
        }
        let mut read = merged.sources.iter().filter(|source| !source.has_failed());
        if *parts > 0 && read.any(|source| source.parts.len() != *parts) {
            return lack("--by part", &format!("--by part={parts}"));
        }
        let disperses = report.is_some() || *plot_kind == PlotKind::Dispersion;
        let mut read = merged.sources.iter().filter(|source| !source.has_failed());
        if disperses && read.any(|source| source.dispersion.is_none()) {
            let flag = if report.is_some() { "--report" } else { "--plot-kind dispersion" };
            return lack(flag, "--plot FILE.svg --plot-kind dispersion, or --report FILE.html");
        }
        Ok(())
    }

    fn print(&self, merged: &Merged, files: usize) -> Result<Status, Error> {
        let Self { output, .. } = self;
        let Merged { report, names, sources, .. } = merged;
        let given = report.patterns.iter().map(|pattern| pattern.pattern.clone());
        let rows = Rows::new(given.zip(names.iter().cloned()), output.expanded);
        let collection = Collection { sources: sources.clone() };
        let mut printer = Printer::new(BufWriter::new(io::stdout()), output.layout, &rows);
        for source in sources {
            let told = merged.source_report(source);
            complain_about(&told);
            if !output.quiet {
                printer.source(&told)?;
            }
        }
        if !output.quiet {
            printer.finish(report, &collection)?;
        }
        if output.has_pictures() {
            let facts = [
                ("text", format!("{} bytes", separated(report.text_bytes))),
                ("sources", separated(report.source_count)),
                ("patterns", separated(report.patterns.len() as u64)),
                ("merged", format!("{files} saved results")),
            ];
            picture::write(output, &rows, report, &collection, &facts)?;
        }
        Ok(conclude(report))
    }
}

fn read(file: &OsStr) -> Result<Saved, Error> {
    let path = Path::new(file);
    let trouble = |fault: Fault| Error::Saved { name: shown(file), reason: fault.to_string() };
    let bytes = std::fs::read(path).map_err(|error| trouble(error.into()))?;
    Saved::read(&bytes)
        .map_err(|error| Error::Saved { name: shown(file), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_a_pattern_unless_a_saved_result_follows() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.into_os_string()
        };
        let saved = write("saved", "{\"cogrep_result\":1}");
        let text = write("text", "{\"cogrep\": 1}");
        let is_meant = |words: &[&OsStr]| {
            let words = [&[OsStr::new("cogrep")], words].concat();
            is_meant(&words.iter().map(OsString::from).collect::<Vec<_>>())
        };
        let merge = OsStr::new(WORD);
        assert!(is_meant(&[merge, &saved]));
        assert!(is_meant(&[merge, OsStr::new("gone"), OsStr::new("--bare"), &saved]));
        assert!(!is_meant(&[merge, &text]));
        assert!(!is_meant(&[merge, OsStr::new("gone"), folder.path().as_os_str()]));
        assert!(!is_meant(&[OsStr::new("-i"), merge, &saved]));
        assert!(!is_meant(&[OsStr::new("love"), &saved]));
        assert!(!is_meant(&[merge]));
    }
}
