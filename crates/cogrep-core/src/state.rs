//! Counts that can be continued: what was counted in a text up to a position, and what it
//! takes to go on from there.
//!
//! A text that only grows, as a log does, need not be counted again from its start. The
//! tally of all before a position is kept with its carry, which says what the text after it
//! must know; see [`Tally`]. A digest of the text before the position tells whether it is
//! still the same text. What comes after the position is counted anew: it is the last range
//! of the text, and what is at its end may depend on what is appended.
//!
//! What this module refuses to do: notice a change further back in the text than its digest
//! reaches.

use std::collections::HashMap;

use cogrep_match::Tally;
use cogrep_source::SourceName;

/// What was counted in a text before a position.
///
/// It holds for the patterns and options that it was counted with, and for no others:
/// needles have numbers in it. Keep those with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TextState {
    /// Where the next range begins.
    pub position: u64,
    /// The bytes of text that were counted in: a few more than are before the position, where
    /// it is within a line or a character that is not cut.
    pub text_bytes: u64,
    /// A digest of the text close before the position, by which the text is recognised: 64-bit
    /// FNV-1a of its last [`DIGEST_BYTES`] bytes, or of all if they are fewer.
    pub digest: u64,
    /// What was counted before the position, and what depends on the text after it.
    pub tally: Tally,
}

/// This many bytes before its position are what a [`TextState`] recognises a text by.
pub const DIGEST_BYTES: u64 = 4 << 10;

/// What was counted in several texts, by their names.
///
/// ```
/// use cogrep_core::{Job, TextStates};
/// use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
/// use cogrep_source::Input;
/// use std::io::Write;
/// use std::sync::Arc;
///
/// let patterns = Patterns::new(["error"], Matching::default())?;
/// let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto)?);
/// let mut log = tempfile::NamedTempFile::new()?;
/// log.write_all("one more error\n".repeat(1 << 20).as_bytes())?;
/// let inputs = [Input::Path(log.path().into())];
///
/// let mut states = TextStates::default();
/// let job = Job { keeps_states: true, ..Job::new(&plan, &inputs) };
/// job.run(|source| states.extend(source.state.clone().map(|state| (source.name.clone(), state))));
///
/// log.write_all(b"the last error\n")?;
/// let job = Job { states: Some(&states), ..Job::new(&plan, &inputs) };
/// let report = job.run(|_| {});
/// assert_eq!(report.patterns[0].count, (1 << 20) + 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TextStates {
    by_name: HashMap<SourceName, TextState>,
}

impl TextStates {
    /// The state of the text of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &SourceName) -> Option<&TextState> {
        self.by_name.get(name)
    }

    /// How many texts have one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether no text has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

impl Extend<(SourceName, TextState)> for TextStates {
    fn extend<I: IntoIterator<Item = (SourceName, TextState)>>(&mut self, states: I) {
        self.by_name.extend(states);
    }
}

impl FromIterator<(SourceName, TextState)> for TextStates {
    fn from_iter<I: IntoIterator<Item = (SourceName, TextState)>>(states: I) -> Self {
        Self { by_name: states.into_iter().collect() }
    }
}

/// 64-bit FNV-1a: not meant to resist an attack, only to notice another text.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}
