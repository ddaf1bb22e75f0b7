//! The literals that an expression matches, where these are all, and few.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};

use super::literal::Literal;

/// Bounds on a set of literals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    /// How many there may be.
    pub(super) count: usize,
    /// How many bytes they may have together.
    pub(super) bytes: usize,
}

/// All literals that the expression matches, the preferred first, as if it had no
/// look-around; `None` if they are more.
pub(super) fn language(hir: &Hir, most: Most) -> Option<Vec<Literal>> {
    let literals = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Literal::default()],
        HirKind::Literal(literal) => vec![Literal::exact(&literal.0)],
        HirKind::Class(class) => of_class(class, most.count)?,
        HirKind::Capture(capture) => language(&capture.sub, most)?,
        HirKind::Repetition(repetition) => of_repetition(repetition, most)?,
        HirKind::Concat(hirs) => {
            let mut all = vec![Literal::default()];
            for hir in hirs {
                all = product(&all, &language(hir, most)?, most)?;
            }
            all
        }
        HirKind::Alternation(hirs) => {
            let mut all = Vec::new();
            for hir in hirs {
                all.extend(language(hir, most)?);
                if all.len() > most.count {
                    return None;
                }
            }
            all
        }
    };
    are_few(&literals, most).then_some(literals)
}

/// Each of the first before each of the second, in the order in which they are preferred.
pub(super) fn product(first: &[Literal], second: &[Literal], most: Most) -> Option<Vec<Literal>> {
    if first.len() * second.len() > most.count {
        return None;
    }
    let bytes = |literals: &[Literal]| literals.iter().map(Literal::len).sum::<usize>();
    if bytes(first) * second.len() + bytes(second) * first.len() > most.bytes {
        return None;
    }
    let pairs = first.iter().flat_map(|one| second.iter().map(|other| one.then(other)));
    Some(pairs.collect())
}

fn are_few(literals: &[Literal], most: Most) -> bool {
    let bytes = literals.iter().map(Literal::len).sum::<usize>();
    literals.len() <= most.count && bytes <= most.bytes
}

fn of_class(class: &Class, most: usize) -> Option<Vec<Literal>> {
    match class {
        Class::Unicode(class) => of_chars(class, most),
        Class::Bytes(class) => {
            let len = class.iter().map(regex_syntax::hir::ClassBytesRange::len).sum::<usize>();
            let bytes = class.iter().flat_map(|range| range.start()..=range.end());
            (len <= most).then(|| bytes.map(|byte| Literal::exact(&[byte])).collect())
        }
    }
}

fn of_chars(class: &ClassUnicode, most: usize) -> Option<Vec<Literal>> {
    // A letter in both cases is one.
    let len = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum::<usize>();
    if len > 2 * most {
        return None;
    }
    let chars: Vec<char> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
    let has = |char: char| chars.binary_search(&char).is_ok();
    let literals = chars.iter().filter_map(|char| {
        let in_both = char.is_ascii_alphabetic()
            && has(char.to_ascii_lowercase())
            && has(char.to_ascii_uppercase());
        match u8::try_from(*char) {
            Ok(letter) if in_both => letter.is_ascii_lowercase().then(|| Literal::letter(letter)),
            _ => Some(Literal::exact(char.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    });
    let literals: Vec<_> = literals.collect();
    (literals.len() <= most).then_some(literals)
}

fn of_repetition(repetition: &Repetition, most: Most) -> Option<Vec<Literal>> {
    let most_times = repetition.max?;
    let one = language(&repetition.sub, most)?;
    if repetition.min == most_times {
        return repeated(&one, repetition.min, most);
    }
    // Only what is optional: other numbers of times are many literals, mostly.
    if (repetition.min, most_times) != (0, 1) {
        return None;
    }
    let none = Literal::default();
    Some(if repetition.greedy {
        one.into_iter().chain([none]).collect()
    } else {
        [none].into_iter().chain(one).collect()
    })
}

/// These literals, repeated this many times.
pub(super) fn repeated(one: &[Literal], times: u32, most: Most) -> Option<Vec<Literal>> {
    let len = one.iter().map(Literal::len).max().unwrap_or(0);
    let times = usize::try_from(times).ok()?;
    if let [literal] = one {
        // Many times, but not one after the other.
        if len.checked_mul(times)? > most.bytes {
            return None;
        }
        let mut all = Literal::default();
        let (mut left, mut power) = (times, literal.clone());
        while left > 0 {
            if left % 2 == 1 {
                all = all.then(&power);
            }
            left /= 2;
            if left > 0 {
                power = power.then(&power);
            }
        }
        return Some(vec![all]);
    }
    let mut all = vec![Literal::default()];
    for _ in 0..times {
        all = product(&all, one, most)?;
    }
    Some(all)
}
