//! `--label`: another name for standard input.

use std::borrow::Cow;

use cogrep_core::{Report, SourceDigest, SourceReport};
use cogrep_source::SourceName;

/// The name of standard input in results.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a>(pub(super) Option<&'a str>);

impl Label<'_> {
    /// The name of a source that is standard input, or is in it.
    fn name(self, name: &SourceName) -> Option<SourceName> {
        let label = self.0?;
        match name {
            SourceName::Stdin => Some(SourceName::memory(label)),
            SourceName::Member(member) => {
                Some(self.name(member.container())?.member(member.name()))
            }
            _ => None,
        }
    }

    /// A source under its name.
    pub(super) fn source(self, source: &SourceReport) -> Cow<'_, SourceReport> {
        match self.name(&source.name) {
            Some(name) => Cow::Owned(SourceReport { name, ..source.clone() }),
            None => Cow::Borrowed(source),
        }
    }

    /// Gives all that a report names its name.
    pub(super) fn name_all(self, report: &mut Report) {
        let places = report.patterns.iter_mut().flat_map(|pattern| &mut pattern.places);
        let of_places = places.map(|located| &mut located.source);
        let of_notices = report.notices.iter_mut().map(|(name, _)| name);
        for name in of_places.chain(of_notices) {
            if let Some(label) = self.name(name) {
                *name = label;
            }
        }
    }

    /// A digest that differs from those of the same sources under another label, so that
    /// results of texts of one name can be told apart: the label follows the names.
    pub(super) fn digest(self, digest: SourceDigest) -> SourceDigest {
        let Some(label) = self.0 else { return digest };
        let add = |digest: u64, byte| (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        let number = label.bytes().chain([0]).fold(digest.digest, add);
        SourceDigest { digest: number, ..digest }
    }
}
