//! How the matches of an expression are come by: what is looked for before it is asked.

use std::fmt;

use regex_syntax::hir::Hir;

use super::language::{Most, language};
use super::literal::Literal;
use super::required::{self, Run};

/// What is looked for instead of an expression, or before it.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    /// The expression is an alternation of these literals, the preferred first, and no two
    /// places of them overlap: each counts.
    Counted(Vec<Literal>),
    /// The same, but places may overlap: of those the leftmost counts, and of two that begin
    /// together the preferred.
    Chosen(Vec<Literal>),
    /// One of these is in each match.
    Literals(Vec<Literal>),
    /// This is in each match.
    Run(Box<Run>),
}

/// Bounds on an alternation of literals.
const MOST: Most = Most { count: 5000, bytes: 1 << 20 };

/// The most literals of which it is found out whether they can overlap.
const MOST_COMPARED: usize = 300;

/// Literals that occur at more than one place of this many are not found one by one.
const RARE: f64 = 1.0 / 50.0;

impl Filter {
    /// What suits the expression for lines, if anything does. Where `places` are counted, and
    /// not lines, literals need no expression.
    pub(super) fn of(hir: &Hir, places: bool) -> Option<Self> {
        if places && let Some(filter) = Self::instead_of(hir) {
            return Some(filter);
        }
        required::literals(hir)
            .map(Self::Literals)
            .or_else(|| required::run(hir).map(|run| Self::Run(Box::new(run))))
    }

    /// The literals that are as good as the expression.
    fn instead_of(hir: &Hir) -> Option<Self> {
        if !hir.properties().look_set().is_empty() {
            return None;
        }
        let all = language(hir, MOST)?;
        // A carriage return at the end of a line is none of its bytes.
        if all.iter().any(|literal| literal.len() == 0 || literal.has(b'\r')) {
            return None;
        }
        // One that begins as a preferred one does is never come to.
        let mut literals = Vec::<Literal>::with_capacity(all.len());
        if all.len() <= MOST_COMPARED {
            for literal in all {
                if !literals.iter().any(|preferred| preferred.covers_start_of(&literal)) {
                    literals.push(literal);
                }
            }
        } else {
            literals = all;
        }
        // Letters of which some have a case and some have any are looked at when found.
        let is_plain = |literal: &Literal| !(literal.has_case() && literal.has_any_case());
        let is_alone = literals.len() == 1;
        let apart = |(nth, one): (usize, &Literal)| {
            let mut others = literals[nth..].iter();
            !others.any(|other| one.may_overlap(other) || other.may_overlap(one))
        };
        let each_counts = literals.iter().all(is_plain)
            && (is_alone
                || literals.len() <= MOST_COMPARED && literals.iter().enumerate().all(apart));
        if each_counts {
            return Some(Self::Counted(literals));
        }
        (required::frequency_of(&literals) < RARE).then_some(Self::Chosen(literals))
    }

    /// Whether it takes about as long as reading the text with the expression.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Self::Run(run) if run.is_frequent())
    }

    /// The literals to look for, and whether they are all there is to it.
    pub(crate) fn literals(&self) -> &[Literal] {
        match self {
            Self::Counted(literals) | Self::Chosen(literals) | Self::Literals(literals) => literals,
            Self::Run(_) => &[],
        }
    }
}

/// The most literals that are named.
const MOST_NAMED: usize = 4;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counted(literals) => write!(f, "literals that count: {}", Names(literals)),
            Self::Chosen(literals) => {
                write!(f, "literals, of which the leftmost counts: {}", Names(literals))
            }
            Self::Literals(literals) => write!(f, "where there is {}", Names(literals)),
            Self::Run(run) => {
                let kinds = run.has.iter().filter(|is_in| **is_in).count();
                write!(f, "where {} bytes follow each other of {kinds} that are in it", run.len)
            }
        }
    }
}

/// The names of some literals.
struct Names<'l>(&'l [Literal]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, literal) in self.0.iter().take(MOST_NAMED).enumerate() {
            let case = if literal.has_any_case() { " in any case" } else { "" };
            let or = if nth == 0 { "" } else { " or " };
            write!(f, "{or}{:?}{case}", String::from_utf8_lossy(&literal.needle(false)))?;
        }
        match self.0.len().saturating_sub(MOST_NAMED) {
            0 => Ok(()),
            more => write!(f, " or one of {more} others"),
        }
    }
}
