//! Templates, and what they become with the groups of a match.

use std::ops::Range;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::interpolate;
use regex_automata::util::primitives::PatternID;
use regex_automata::{Anchored, Input};

use crate::engine::wrapped;
use crate::pattern::{self, PatternError, Syntax};
use crate::plan::Plan;
use crate::text::fold::fold_all;

/// A template such as `$1` or `${user}@${host}`, for the matches of a plan.
///
/// A group is named by its number or its name; `$0` is the whole match, and `$$` a dollar sign.
/// A group that took no part in the match is empty, and so is one that is not there. Where case
/// is ignored, groups are folded.
///
/// ```
/// use cogrep_match::{EngineChoice, Expansion, Matching, Patterns, Plan, Syntax};
///
/// let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
/// let patterns = Patterns::new([r"(?<user>\w+)@(\w+)"], matching)?;
/// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
/// let expansion = Expansion::new(&plan, b"$2: $user")?;
/// let (mut cache, mut text) = (expansion.cache(), Vec::new());
/// expansion.append(&mut cache, 0, b"from ann@home to", 5..13, &mut text);
/// assert_eq!(text, b"home: ann");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expansion {
    template: Vec<u8>,
    /// The expression of each needle; none, if it is a literal.
    regexes: Vec<Option<Regex>>,
    folds: bool,
}

/// What an [`Expansion`] needs to work with.
#[derive(Clone, Debug)]
pub struct ExpansionCache(Vec<Option<Captures>>);

/// An expression is compiled once more for its groups, and may be this large then.
const MOST_BYTES: usize = 256 << 20;

impl Expansion {
    /// A template for the matches of this plan.
    ///
    /// # Errors
    ///
    /// When an expression takes too much memory with its groups.
    pub fn new(plan: &Plan, template: &[u8]) -> Result<Self, PatternError> {
        let matching = plan.matching();
        let mut regexes = vec![None; plan.needle_count()];
        if matching.syntax == Syntax::Regex {
            for (index, bytes) in plan.patterns().iter().enumerate() {
                let regex = &mut regexes[plan.needles()[index]];
                if regex.is_none() {
                    let hir = pattern::parse(index, bytes, matching.ignore_case)?;
                    let config = Regex::config()
                        .utf8_empty(false)
                        .nfa_size_limit(Some(MOST_BYTES))
                        .onepass_size_limit(Some(1 << 20));
                    let hir = wrapped(hir, matching);
                    let compiled = Regex::builder().configure(config).build_from_hir(&hir);
                    // How much it needs is not known: more than there may be.
                    *regex = Some(compiled.map_err(|_| PatternError::TooLarge {
                        index,
                        pattern: String::from_utf8_lossy(bytes).into_owned(),
                        need_bytes: MOST_BYTES as u64 + 1,
                        limit_bytes: MOST_BYTES as u64,
                    })?);
                }
            }
        }
        Ok(Self { template: template.to_vec(), regexes, folds: matching.ignore_case })
    }

    /// The groups in the template that no pattern has.
    #[must_use]
    pub fn unknown_groups(&self) -> Vec<String> {
        let regexes = || self.regexes.iter().flatten();
        let mut unknown = Vec::new();
        let known = regexes().map(Regex::captures_len).max().unwrap_or(1);
        let mut numbers = Vec::new();
        interpolate::bytes(
            &self.template,
            |group, _| numbers.push(group),
            |name| {
                let has = |regex: &Regex| index_of(regex, name).is_some();
                if !regexes().any(has) {
                    unknown.push(name.to_owned());
                }
                None
            },
            &mut Vec::new(),
        );
        unknown.extend(numbers.into_iter().filter(|group| *group >= known).map(|n| n.to_string()));
        unknown
    }

    /// Whether it has to see the line of a match.
    #[must_use]
    pub fn has_groups(&self) -> bool {
        self.regexes.iter().any(Option::is_some)
    }

    /// What [`append`](Self::append) needs; it may be used for many lines.
    #[must_use]
    pub fn cache(&self) -> ExpansionCache {
        let captures = |regex: &Option<Regex>| regex.as_ref().map(Regex::create_captures);
        ExpansionCache(self.regexes.iter().map(captures).collect())
    }

    /// Appends what the template becomes for a match of a needle in a line, which is without
    /// its ending. The match of a literal can be the whole of that.
    pub fn append(
        &self,
        cache: &mut ExpansionCache,
        needle: usize,
        line: &[u8],
        matched: Range<usize>,
        text: &mut Vec<u8>,
    ) {
        let mut captures = cache.0[needle].as_mut();
        if let (Some(regex), Some(captures)) = (&self.regexes[needle], &mut captures) {
            // The match is the one that is preferred of those that begin here.
            let input = Input::new(line).range(matched.start..).anchored(Anchored::Yes);
            regex.search_captures(&input, captures);
            debug_assert_eq!(
                captures.get_match().map(|found| found.range()),
                Some(matched.clone())
            );
        }
        let group = |group: usize| match &captures {
            Some(captures) if group > 0 => captures.get_group(group).map(|span| span.range()),
            _ => Some(matched.clone()).filter(|_| group == 0),
        };
        let append = |number: usize, text: &mut Vec<u8>| {
            let bytes = group(number).map_or(&[][..], |range| &line[range]);
            if self.folds {
                text.extend(fold_all(bytes));
            } else {
                text.extend_from_slice(bytes);
            }
        };
        let index = |name: &str| self.regexes[needle].as_ref().and_then(|it| index_of(it, name));
        interpolate::bytes(&self.template, append, index, text);
    }
}

fn index_of(regex: &Regex, name: &str) -> Option<usize> {
    regex.group_info().to_index(PatternID::ZERO, name)
}
