//! What every match of an expression has in it: one of some literals, or a run of some
//! bytes.
//!
//! Unlike the extractor of `regex-syntax`, this looks in the middle of expressions too, as
//! ripgrep does, keeps letters of any case together, and values a set by how rare it is.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use regex_syntax::utf8::Utf8Sequences;

use super::language::{Most, language, product, repeated};
use super::literal::Literal;

/// Bounds on the literals of an expression, one of which is in each match.
const MOST: Most = Most { count: 64, bytes: 4 << 10 };

/// More bytes of a literal are not looked for.
const MOST_BYTES: usize = 24;

/// Literals of an expression that occur at more than one place of this many are no help.
const RARE: f64 = 1.0 / 200.0;

/// What a literal more costs, as a part of the places of the text.
const LITERAL_COST: f64 = 1e-6;

/// One of these literals is in each match; `None` if nothing of the kind is known that is
/// rare.
pub(super) fn literals(hir: &Hir) -> Option<Vec<Literal>> {
    let found = required(hir)?;
    (found.frequency < RARE).then_some(found.literals)
}

/// Literals, and how frequent they are by a guess.
#[derive(Clone, Debug)]
struct Required {
    literals: Vec<Literal>,
    frequency: f64,
}

impl Required {
    fn new(literals: &[Literal]) -> Option<Self> {
        if literals.is_empty() || literals.iter().any(|literal| literal.len() == 0) {
            return None;
        }
        let mut literals: Vec<_> =
            literals.iter().map(|literal| literal.tail(MOST_BYTES)).collect();
        literals.sort_unstable();
        literals.dedup();
        let frequency = literals.iter().map(|literal| frequency(literal) + LITERAL_COST).sum();
        Some(Self { literals, frequency })
    }
}

/// The rarest of both.
fn rarest(one: Option<Required>, other: Option<Required>) -> Option<Required> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.frequency < one.frequency { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn required(hir: &Hir) -> Option<Required> {
    if let Some(all) = language(hir, MOST) {
        return Required::new(&all);
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => None,
        // It is too long to be looked for as a whole.
        HirKind::Literal(literal) => Required::new(&[Literal::exact(&literal.0)]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min == 0 => None,
        HirKind::Repetition(repetition) => {
            let (head, _) = ends(repetition);
            rarest(required(&repetition.sub), head.as_deref().and_then(Required::new))
        }
        HirKind::Concat(hirs) => of_concat(hirs),
        HirKind::Alternation(hirs) => {
            let mut all = Vec::new();
            for hir in hirs {
                all.extend(required(hir)?.literals);
            }
            (all.len() <= MOST.count).then(|| Required::new(&all)).flatten()
        }
    }
}

fn of_concat(hirs: &[Hir]) -> Option<Required> {
    let empty = || vec![Literal::default()];
    let (mut best, mut run) = (None, empty());
    let mut offer = |run: &[Literal]| {
        let offered = Required::new(run);
        best = rarest(best.take(), offered);
    };
    for hir in hirs {
        if let Some(next) = language(hir, MOST) {
            // Fewer may be better than longer.
            if next.len() > 1 {
                offer(&run);
            }
            run = product(&run, &next, MOST).unwrap_or_else(|| {
                offer(&run);
                next
            });
            continue;
        }
        let (head, tail) = match hir.kind() {
            HirKind::Repetition(repetition) if repetition.min > 0 => ends(repetition),
            _ => (None, None),
        };
        offer(&run);
        if let Some(longer) = head.and_then(|head| product(&run, &head, MOST)) {
            offer(&longer);
        }
        if let Some(within) = required(hir) {
            offer(&within.literals);
        }
        run = tail.unwrap_or_else(empty);
    }
    offer(&run);
    best
}

/// What a repetition begins with, and ends with, where that is known.
fn ends(repetition: &Repetition) -> (Option<Vec<Literal>>, Option<Vec<Literal>>) {
    let Some(one) = language(&repetition.sub, MOST) else { return (None, None) };
    let mut times = repetition.min;
    // As often as suits.
    let head = loop {
        match repeated(&one, times, MOST) {
            Some(head) => break Some(head),
            None if times > 1 => times /= 2,
            None => break None,
        }
    };
    (head, Some(one))
}

/// How often one of these literals stands at a place of some text, by a guess.
pub(super) fn frequency_of(literals: &[Literal]) -> f64 {
    literals.iter().map(frequency).sum()
}

/// How often one of the literals that matches begin with stands at a place of some text, by a
/// guess; `None` if they are too many.
pub(super) fn prefix_frequency(hir: &Hir) -> Option<f64> {
    let prefixes = Extractor::new().extract(hir);
    let frequency_of = |prefix: &[u8]| frequency(&Literal::exact(prefix));
    let prefixes = prefixes.literals()?;
    Some(prefixes.iter().map(|prefix| frequency_of(prefix.as_bytes())).sum())
}

/// How often a literal stands at a place of some text, by a guess.
fn frequency(literal: &Literal) -> f64 {
    literal
        .units()
        .map(|(byte, any_case)| {
            let other = if any_case { byte_frequency(byte.to_ascii_uppercase()) } else { 0.0 };
            byte_frequency(byte) + other
        })
        // Letters of words depend on each other.
        .map(|frequency| frequency.powf(0.75))
        .product()
}

/// How frequent a byte is, by a guess between prose, source and logs.
pub(super) fn byte_frequency(byte: u8) -> f64 {
    let per_mille = match byte {
        b' ' => 170.0,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 55.0,
        b'h' | b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'g' => 22.0,
        b'a'..=b'z' => 8.0,
        b'0'..=b'9' | 0x80..=0xBF => 10.0,
        b'.' | b',' | b'_' | b'-' | b'"' | b'(' | b')' | b'/' | b':' | b'=' => 12.0,
        b'A'..=b'Z' => 3.0,
        // The first bytes of Cyrillic, and of Chinese.
        0xD0 | 0xD1 | 0xE4..=0xE9 => 80.0,
        _ => 2.0,
    };
    per_mille / 1000.0
}

/// In each match, this many bytes of these follow each other.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Which bytes.
    pub(crate) has: [bool; 256],
    /// How many.
    pub(crate) len: usize,
}

/// Shorter runs are everywhere, but for those of rare bytes.
const SHORTEST_RUN: usize = 4;

/// Bytes of ASCII are rare if all of them together are fewer than one byte of this many.
const RARE_BYTES: f64 = 1.0 / 40.0;

/// Of runs this long, few bytes of the text are looked at.
const LONG_RUN: usize = 16;

/// Bytes of ASCII are frequent if all of them together are more than one byte of this many.
const FREQUENT_BYTES: f64 = 1.0 / 5.0;

/// A run that is in each match, if there is one that is rare.
pub(super) fn run(hir: &Hir) -> Option<Run> {
    match hir.kind() {
        HirKind::Capture(capture) => run(&capture.sub),
        HirKind::Class(class) => {
            let len = hir.properties().minimum_len()?;
            Some(Run { has: bytes_of(class), len }).filter(Run::is_rare)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let times = usize::try_from(repetition.min).ok()?;
            let of_class = match repetition.sub.kind() {
                HirKind::Class(class) => Some(bytes_of(class)),
                _ => None,
            };
            let whole = of_class.map(|has| {
                let len = repetition.sub.properties().minimum_len().unwrap_or(1);
                Run { has, len: len.saturating_mul(times) }
            });
            let whole = whole.filter(Run::is_rare);
            rarest_run(whole, run(&repetition.sub))
        }
        HirKind::Concat(hirs) => hirs.iter().map(run).fold(None, rarest_run),
        HirKind::Alternation(hirs) => {
            // A run of one branch or another is a run of the bytes of both.
            let runs = hirs.iter().map(run).collect::<Option<Vec<_>>>()?;
            runs.into_iter().reduce(|mut one, other| {
                one.len = one.len.min(other.len);
                one.has.iter_mut().zip(other.has).for_each(|(has, other)| *has |= other);
                one
            })
        }
        _ => None,
    }
}

impl Run {
    /// Whether much of a text has to be looked at to find it: it is short, and its bytes are
    /// everywhere.
    pub(super) fn is_frequent(&self) -> bool {
        self.len < LONG_RUN && self.ascii_frequency() > FREQUENT_BYTES
    }

    /// How frequent its bytes of ASCII are together, by a guess.
    fn ascii_frequency(&self) -> f64 {
        let ascii = (0..0x80).filter(|byte| self.has[usize::from(*byte)]);
        ascii.map(byte_frequency).sum()
    }

    /// Whether it may be rare. Other bytes than those of ASCII are rare or everywhere, which
    /// the text will show.
    fn is_rare(&self) -> bool {
        self.len >= SHORTEST_RUN || self.ascii_frequency() < RARE_BYTES
    }
}

/// The run that is rarer, by a guess.
fn rarest_run(one: Option<Run>, other: Option<Run>) -> Option<Run> {
    let rarity = |run: &Run| {
        let bytes = (0..=u8::MAX).filter(|byte| run.has[usize::from(*byte)]);
        let frequency: f64 = bytes.map(byte_frequency).sum();
        frequency.min(0.99).ln() * f64::from(u32::try_from(run.len).unwrap_or(u32::MAX))
    };
    match (one, other) {
        (Some(one), Some(other)) => Some(if rarity(&other) < rarity(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The bytes that its characters are made of.
pub(super) fn bytes_of(class: &Class) -> [bool; 256] {
    let mut has = [false; 256];
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                has[usize::from(range.start())..=usize::from(range.end())].fill(true);
            }
        }
        Class::Unicode(class) => {
            for range in class.iter() {
                for sequence in Utf8Sequences::new(range.start(), range.end()) {
                    for bytes in sequence.as_slice() {
                        has[usize::from(bytes.start)..=usize::from(bytes.end)].fill(true);
                    }
                }
            }
        }
    }
    has
}
