//! One sentence a line in Markdown, so that a review shows which sentence changed.
//!
//! [`lay_out`] gives a page its canonical form, and a page is well laid out if that
//! changes nothing. Only paragraphs and list items are touched. Code, tables, headings,
//! HTML and front matter stay as they are, and so does every word.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// Pages that are laid out elsewhere: generated, or of a library with rules of its own.
const LEFT_OUT: [&str; 3] = ["crates/cosend/", "docs/chapter.md", "docs/reference.md"];

/// Words with a full stop that ends no sentence.
const ABBREVIATIONS: [&str; 7] = ["e.g.", "i.e.", "cf.", "vs.", "etc.", "No.", "al."];

/// Compares every page with its canonical form.
///
/// # Errors
///
/// If a page differs; the error names the first line of each that does.
pub(crate) fn check() -> Result {
    let mut complaints = String::new();
    let pages = pages()?;
    for page in &pages {
        let text = fs::read_to_string(page)?;
        let laid_out = lay_out(&text);
        let first = text.lines().zip(laid_out.lines()).position(|(is, should)| is != should);
        if text != laid_out {
            let line = first.map_or_else(|| text.lines().count(), |line| line + 1);
            writeln!(complaints, "{}:{line}: not one sentence a line", page.display())?;
        }
    }
    if complaints.is_empty() {
        return Ok(format!("{} pages have one sentence a line\n", pages.len()));
    }
    Err((complaints + "`cargo xtask prose --fix` lays them out").into())
}

/// Gives every page its canonical form.
pub(crate) fn fix() -> Result {
    let mut said = String::new();
    for page in pages()? {
        let text = fs::read_to_string(&page)?;
        let laid_out = lay_out(&text);
        if text != laid_out {
            fs::write(&page, laid_out)?;
            writeln!(said, "{}", page.display())?;
        }
    }
    Ok(said)
}

/// The Markdown pages of the project by the index of git, from its root, where the task
/// then works.
fn pages() -> Result<Vec<PathBuf>> {
    env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let mut git = Command::new("git");
    let output = git.args(["-c", "safe.directory=*", "ls-files", "-z", "*.md"]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let names = String::from_utf8(output.stdout)?;
    let wanted = names
        .split_terminator('\0')
        .filter(|name| !LEFT_OUT.iter().any(|left_out| name.starts_with(left_out)))
        .map(PathBuf::from)
        .filter(|page| page.exists());
    Ok(wanted.collect())
}

/// The page with one sentence a line.
fn lay_out(page: &str) -> String {
    let mut writer = Writer::default();
    let mut fence: Option<&str> = None;
    let mut lines = page.lines().peekable();
    if lines.peek() == Some(&"---") {
        let mut delimiters = 0;
        while delimiters < 2
            && let Some(line) = lines.next()
        {
            delimiters += usize::from(line == "---");
            writer.raw(line);
        }
    }
    for line in lines {
        let trimmed = line.trim_start();
        if let Some(mark) = fence {
            writer.raw(line);
            if trimmed.starts_with(mark) {
                fence = None;
            }
        } else if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark))
        {
            writer.raw(line);
            fence = Some(mark);
        } else if is_raw(line) {
            writer.raw(line);
        } else {
            writer.prose(line);
        }
    }
    writer.flush();
    writer.out
}

/// Whether a line outside of code is left as it is.
fn is_raw(line: &str) -> bool {
    let trimmed = line.trim_start();
    let is_definition = trimmed.starts_with('[') && trimmed.contains("]: ");
    trimmed.is_empty() || trimmed.starts_with(['#', '|', '<']) || trimmed == "---" || is_definition
}

/// Collects the lines of a paragraph and writes its sentences.
#[derive(Default)]
struct Writer {
    out: String,
    /// What stands before the first sentence: an indent, a list marker, a quote mark.
    first_prefix: String,
    paragraph: String,
}

impl Writer {
    fn raw(&mut self, line: &str) {
        self.flush();
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn prose(&mut self, line: &str) {
        let prefix = &line[..prefix_length(line)];
        let words = line[prefix.len()..].trim();
        let continues =
            prefix.trim().is_empty() || prefix == self.first_prefix && prefix.contains('>');
        if self.paragraph.is_empty() || !continues {
            self.flush();
            prefix.clone_into(&mut self.first_prefix);
            words.clone_into(&mut self.paragraph);
            return;
        }
        // A line break between ideographs is no space.
        let is_tight = self.paragraph.ends_with(is_wide) && words.starts_with(is_wide);
        if !is_tight {
            self.paragraph.push(' ');
        }
        self.paragraph.push_str(words);
    }

    fn flush(&mut self) {
        let paragraph = mem::take(&mut self.paragraph);
        let mut prefix = mem::take(&mut self.first_prefix);
        for sentence in sentences(&paragraph) {
            self.out.push_str(&prefix);
            self.out.push_str(sentence);
            self.out.push('\n');
            if !prefix.contains('>') {
                prefix = " ".repeat(prefix.len());
            }
        }
    }
}

/// The length of what stands before the words of a line: the indent, and the marker of a
/// list item or a quotation.
fn prefix_length(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let marker = if ["- ", "* ", "+ ", "> "].iter().any(|marker| rest.starts_with(marker)) {
        2
    } else if digits > 0 && rest[digits..].starts_with(". ") {
        digits + 2
    } else {
        0
    };
    indent + marker
}

/// The sentences of a paragraph that is one line.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(char) = paragraph[at..].chars().next() {
        at += char.len_utf8();
        if char == '`' {
            at = code_end(paragraph, at);
            continue;
        }
        if char == ']' {
            at = skip_closers(paragraph, at - 1);
            continue;
        }
        let is_wide_stop = matches!(char, '。' | '！' | '？');
        if !is_wide_stop && !matches!(char, '.' | '!' | '?' | '…') {
            continue;
        }
        let end = skip_closers(paragraph, at);
        let rest = paragraph[end..].trim_start();
        let is_end =
            if is_wide_stop { !rest.is_empty() } else { ends_sentence(paragraph, start, at, end) };
        if is_end {
            sentences.push(&paragraph[start..end]);
            start = paragraph.len() - rest.len();
        }
        at = end.max(start);
    }
    if start < paragraph.len() {
        sentences.push(&paragraph[start..]);
    }
    sentences
}

/// Where the code ends that a backtick before `at` begins.
fn code_end(paragraph: &str, at: usize) -> usize {
    let more = paragraph[at..].bytes().take_while(|byte| *byte == b'`').count();
    let mark = "`".repeat(more + 1);
    let begin = at + more;
    paragraph[begin..].find(&mark).map_or(begin, |length| begin + length + mark.len())
}

/// Where the brackets, quotation marks, emphasis and link end that close at `at`.
fn skip_closers(paragraph: &str, mut at: usize) -> usize {
    while let Some(char) = paragraph[at..].chars().next() {
        let is_link_end = paragraph[at..].starts_with("](");
        if is_link_end {
            at += paragraph[at..].find(')').map_or(2, |length| length + 1);
        } else if matches!(
            char,
            ')' | ']' | '"' | '\'' | '”' | '’' | '*' | '_' | '）' | '」' | '》'
        ) {
            at += char.len_utf8();
        } else {
            break;
        }
    }
    at
}

/// Whether a stop before `stop`, whose closing marks reach to `end`, ends a sentence that
/// begins at `start`.
fn ends_sentence(paragraph: &str, start: usize, stop: usize, end: usize) -> bool {
    let rest = &paragraph[end..];
    let next = rest.trim_start();
    let begins_sentence = next.starts_with(|char: char| {
        char.is_uppercase() || char.is_numeric() || is_wide(char) || "[`*_\"“'(<".contains(char)
    });
    let word = paragraph[start..stop].rsplit([' ', '(']).next().unwrap_or_default();
    let is_initial = word.len() == 2 && word.starts_with(|char: char| char.is_uppercase());
    rest.starts_with(' ')
        && begins_sentence
        && !is_initial
        && !ABBREVIATIONS.contains(&word)
        // It would become the marker of a list item.
        && prefix_length(next) == 0
        && !next.starts_with('#')
}

/// Whether the character is an ideograph or its punctuation, which no space follows.
fn is_wide(char: char) -> bool {
    matches!(char, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_laid_out(page: &str, expected: &str) {
        assert_eq!(lay_out(page), expected);
        assert_eq!(lay_out(expected), expected, "the canonical form has changed");
    }

    #[test]
    fn sentences_of_a_paragraph_get_a_line_each() {
        assert_laid_out(
            "One. Two goes\nover a line! (Three.) `four` is 4.5 of\nthem, e.g. Five? \"Six.\" 7 ends.\n",
            "One.\nTwo goes over a line!\n(Three.)\n`four` is 4.5 of them, e.g. Five?\n\"Six.\"\n7 ends.\n",
        );
    }

    #[test]
    fn a_stop_in_code_in_a_link_or_after_an_initial_ends_nothing() {
        let page = "See `a. B` and ``c. ` D`` by J. Mill in [one.md](a. B).\n[Two.](b)\nThree.\n";
        assert_laid_out(page, page);
    }

    #[test]
    fn sentences_of_a_list_item_are_indented_below_its_words() {
        assert_laid_out(
            "- One. Two.\n  Three\n- Four.\n10. Five. Six.\n\n    Seven. Eight.\n",
            "- One.\n  Two.\n  Three\n- Four.\n10. Five.\n    Six.\n\n    Seven.\n    Eight.\n",
        );
    }

    #[test]
    fn a_quotation_keeps_its_marks() {
        assert_laid_out("> One. Two\n> three.\n", "> One.\n> Two three.\n");
    }

    #[test]
    fn code_tables_headings_and_front_matter_stay() {
        let page = "---\nname: A. B\n---\n# A. B\n\n| A. B | C |\n```sh\na. B\n```\n<!-- A. B -->\n[a]: b. C\n";
        assert_laid_out(page, page);
    }

    #[test]
    fn chinese_sentences_are_joined_without_spaces() {
        assert_laid_out("一句。二句\n在此！用 `a` 吧？\n", "一句。\n二句在此！\n用 `a` 吧？\n");
    }

    #[test]
    fn no_sentence_becomes_the_marker_of_a_list() {
        let page = "In 1. 2. 3. it counts.\n";
        assert_laid_out(page, page);
    }
}
