//! Lists of patterns against a loop over their lines.

use cogrep_match::parse_list;
use cogrep_source::suspect;

/// Takes a list apart.
///
/// # Panics
///
/// When it has other patterns than lines that are not blank.
pub fn list(data: &[u8]) {
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let found: Vec<&[u8]> = parse_list(text).collect();
    let mut lines = text.split(|byte| *byte == b'\n');
    for pattern in found {
        assert!(!pattern.is_empty() && !pattern.contains(&b'\n'));
        let is_pattern = |line: &&[u8]| {
            *line == pattern || line.strip_suffix(b"\r").is_some_and(|line| line == pattern)
        };
        assert!(lines.any(|line| is_pattern(&line)), "it is no line, or comes too early");
    }
    // Whatever it looks like, looking does not fail.
    let _ = suspect(data);
}
