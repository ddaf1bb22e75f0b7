//! Archives in pieces against the same as a whole, and against other readers where those call
//! them sound.

use std::io::Read;

use cogrep_source::container::{Listed, Next};
use cogrep_source::{
    Blocking, Chunk, Chunks, Container, Content, Outcome, Selection, SourceName, block_on,
};
use tar::EntryType;

use crate::pieces::Source;
use crate::zip::{Plain, plain_zip};

/// More text than this is not looked at: holes and what is packed well are endless.
const MOST_BYTES: usize = 1 << 20;

/// A text, or a member that is a container and has a fault: its name, its bytes, its outcome.
type Member = (Vec<u8>, Vec<u8>, Outcome);

/// The name of a member, its text if it is complete, and its outcome.
type Said<'a> = (&'a [u8], Option<&'a [u8]>, String);

/// What was read of an archive, or of a text as its only member.
struct Unpacked {
    is_archive: bool,
    members: Vec<Member>,
    outcome: Outcome,
}

/// Reads on in a text, and says whether that is all that is looked at.
async fn drain(source: &mut impl Chunks, chunk: &mut Chunk) -> Option<Vec<u8>> {
    let mut text = chunk.bytes().to_vec();
    while !chunk.is_last() {
        source.fetch(chunk).await;
        text.extend_from_slice(chunk.bytes());
        if text.len() > MOST_BYTES {
            return None;
        }
    }
    Some(text)
}

/// Reads the members of a container.
async fn members(mut container: Container<Blocking>, all: &mut Vec<Member>) -> Option<Outcome> {
    let mut chunk = Chunk::new();
    let mut left = MOST_BYTES;
    loop {
        match container.next(&mut chunk, &Selection::default()).await {
            Next::End { outcome, .. } => return Some(outcome),
            Next::Nested { name, outcome, rest } => {
                all.push((name.as_bytes().to_vec(), Vec::new(), outcome));
                container = rest;
            }
            Next::Member(mut member) => {
                let text = drain(&mut member, &mut chunk).await?;
                left = left.checked_sub(text.len())?;
                let name = member.name().as_bytes().to_vec();
                let (outcome, rest) = member.end();
                all.push((name, text, outcome));
                container = rest;
            }
        }
    }
}

/// Reads a source, by its directory if it has one and can be read at any position; nothing if
/// that is too much.
fn unpack(source: Source) -> Option<Unpacked> {
    let name = SourceName::memory("");
    let options = source.unpacked();
    block_on(async {
        let source = cogrep_source::Source::open(&name, &options, Blocking(())).await;
        let mut chunk = Chunk::new();
        let mut all = Vec::new();
        let (is_archive, outcome) = match source.ok()?.begin(&mut chunk).await {
            Content::Text(mut text) => {
                all.push((Vec::new(), drain(&mut text, &mut chunk).await?, text.outcome()));
                (false, text.outcome())
            }
            Content::Container(container) => (true, members(*container, &mut all).await?),
            Content::Directory(directory) => {
                let selection = Selection::default();
                for part in 0..directory.part_count() {
                    let listed = directory.part(part, &selection, &Blocking(())).await;
                    for member in listed.expect("memory can be read") {
                        let Listed::Container(container) = member else { continue };
                        members(container, &mut all).await?;
                    }
                }
                (true, directory.outcome())
            }
        };
        Some(Unpacked { is_archive, members: all, outcome })
    })
}

impl Unpacked {
    /// What does not depend on the pieces: of a text that is damaged, how much is read does.
    fn said(&self) -> Vec<Said<'_>> {
        let members = self.members.iter().map(|(name, text, outcome)| {
            let text = outcome.is_complete().then_some(&text[..]);
            (&name[..], text, format!("{outcome:?}"))
        });
        members.collect()
    }

    /// Holds it against what another reader finds in a sound archive.
    fn holds(&self, expected: &[Plain]) {
        let found = self.members.iter().map(|(name, text, outcome)| {
            let name = name.strip_prefix(b"!").unwrap_or(name);
            (name.to_vec(), text.clone(), outcome.is_complete())
        });
        let found: Vec<_> = found.collect();
        let expected = expected.iter().map(|(name, text)| (name.clone(), text.clone(), true));
        let expected: Vec<_> = expected.collect();
        assert!(self.outcome.is_complete(), "{:?}, but {expected:?}", self.outcome);
        assert_eq!(found, expected, "another reader finds others");
    }
}

/// Reads an archive.
///
/// # Panics
///
/// When its members depend on how its bytes come, or another reader finds others in it.
pub fn archive(data: &[u8]) {
    let Some((choices, packed)) = data.split_first_chunk::<4>() else { return };
    let stream = |choices: &[u8]| unpack(Source::Stream(packed.to_vec(), choices.to_vec()));
    let object = |most| unpack(Source::Object(packed.to_vec().into(), most));
    let most = usize::from(choices[0]) + 1;
    let (by_stream, by_position) = (stream(&[]), object(usize::MAX));
    for (whole, pieces) in [(&by_stream, stream(choices)), (&by_position, object(most))] {
        let (Some(whole), Some(pieces)) = (whole, pieces) else { continue };
        assert_eq!(pieces.said(), whole.said(), "members depend on the pieces");
        let outcomes = [&pieces.outcome, &whole.outcome].map(|outcome| format!("{outcome:?}"));
        assert_eq!(outcomes[0], outcomes[1], "the outcome depends on the pieces");
    }
    if let Some(whole) = by_stream.as_ref().filter(|whole| whole.outcome.is_complete())
        && packed.starts_with(LOCAL)
        && let at = usize::from(u16::from_le_bytes([choices[1], choices[2]])) % packed.len()
        && let edge = EDGES[usize::from(choices[3]) % EDGES.len()]
        && let after_pad = [&pad(edge - at % (edge / 2))[..], packed].concat()
        && let Some(all) = unpack(Source::Stream(after_pad, Vec::new()))
    {
        assert_eq!(all.said()[1..], whole.said(), "members depend on where the input is cut, {at}");
    }
    let readers: [(_, Option<Vec<Plain>>); 2] =
        [(by_stream, plain_tar(packed)), (by_position, plain_zip(packed))];
    for (found, plain) in readers {
        let (Some(found), Some(plain)) = (found, plain) else { continue };
        let Some(expected) = plain.into_iter().map(as_text).collect::<Option<Vec<_>>>() else {
            continue;
        };
        // Nothing at all, or zeros, are a tar without files for some, and a text here.
        if found.is_archive || !expected.is_empty() {
            found.holds(&expected);
        }
    }
}

/// The beginning of each member of a zip.
const LOCAL: &[u8] = b"PK\x03\x04";

/// Archives are read so many bytes at a time, at their beginning and later.
const EDGES: [usize; 4] = [32 << 10, 64 << 10, 128 << 10, 256 << 10];

/// A member of a zip that takes so many bytes in it.
fn pad(bytes: usize) -> Vec<u8> {
    const HEAD: usize = 31;
    let text = vec![b'-'; bytes - HEAD];
    let mut sum = flate2::Crc::new();
    sum.update(&text);
    let size = u32::try_from(text.len()).expect("it is short").to_le_bytes();
    let sum = sum.sum().to_le_bytes();
    [LOCAL, &[10, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sum, &size, &size, &[1, 0, 0, 0], b"p", &text]
        .concat()
}

/// A file as text; nothing if it is an archive itself, or damaged.
fn as_text((name, bytes): Plain) -> Option<Plain> {
    let mut read = unpack(Source::Stream(bytes, Vec::new()))?;
    let (_, text, outcome) = read.members.pop().filter(|_| !read.is_archive)?;
    outcome.is_complete().then_some((name, text))
}

/// The files in a tar, if it is sound for those who wrote `tar`, and has nothing that they
/// understand in another way.
fn plain_tar(packed: &[u8]) -> Option<Vec<Plain>> {
    // That one takes an archive for whole that ends in the middle of a block.
    if !packed.len().is_multiple_of(512) || !packed.ends_with(&[0; 1024]) {
        return None;
    }
    let mut archive = tar::Archive::new(packed);
    archive.set_ignore_zeros(true);
    let mut files = Vec::new();
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        let records = entry.pax_extensions().ok()?;
        for record in records.into_iter().flatten() {
            // Files with holes have a name and a size of their own there.
            if record.ok()?.key_bytes().starts_with(b"GNU.") {
                return None;
            }
        }
        let type_ = entry.header().entry_type();
        match type_ {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {}
            // Whether bytes follow is a matter of opinion.
            EntryType::Link if entry.size() > 0 => return None,
            EntryType::Link | EntryType::Symlink | EntryType::Directory => continue,
            _ => return None,
        }
        let name = entry.path_bytes().into_owned();
        // A name ends there for us.
        if name.contains(&0) {
            return None;
        }
        if name.ends_with(b"/") && type_ == EntryType::Regular {
            continue;
        }
        let mut bytes = Vec::new();
        let most = MOST_BYTES as u64 + 1;
        (&mut entry).take(most).read_to_end(&mut bytes).ok()?;
        let is_whole = bytes.len() as u64 == entry.size() && bytes.len() <= MOST_BYTES;
        is_whole.then(|| files.push((name, bytes)))?;
    }
    Some(files)
}
