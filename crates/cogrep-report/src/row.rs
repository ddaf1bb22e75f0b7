//! What has a line of its own in a result: a pattern, or several under one name.

use std::collections::HashMap;

use cogrep_core::Counts;

/// A line of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is printed: the name, or the pattern where there is none.
    pub label: Vec<u8>,
    /// The name, if one was given.
    pub name: Option<Vec<u8>>,
    /// The patterns whose counts add up to its count, by their index in the list as given; at
    /// least one.
    pub patterns: Vec<usize>,
}

/// The lines of a result, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    rows: Vec<Row>,
    patterns: Vec<Vec<u8>>,
    expanded: bool,
}

impl Rows {
    /// Patterns, each with its name if it has one. Those under one name make one row, in place
    /// of the first of them; expanded, each makes a row of its own.
    ///
    /// ```
    /// use cogrep_report::Rows;
    ///
    /// let given = [("love", Some("warm")), ("hate", None), ("hope", Some("warm"))]
    ///     .map(|(pattern, name)| (pattern.into(), name.map(|name: &str| name.into())));
    /// let rows = Rows::new(given.clone(), false);
    /// assert_eq!(rows.len(), 2);
    /// assert_eq!(rows.counts(&[3, 1, 2]), [5, 1]);
    /// assert_eq!(Rows::new(given, true).counts(&[3, 1, 2]), [3, 1, 2]);
    /// ```
    pub fn new(
        given: impl IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)>,
        expanded: bool,
    ) -> Self {
        let mut rows = Self { expanded, ..Self::default() };
        let mut named = HashMap::<Vec<u8>, usize>::new();
        for (pattern, name) in given {
            let id = rows.patterns.len();
            if let (Some(name), false) = (&name, expanded) {
                let next = rows.rows.len();
                let row = *named.entry(name.clone()).or_insert(next);
                if row < next {
                    rows.rows[row].patterns.push(id);
                    rows.patterns.push(pattern);
                    continue;
                }
            }
            let label = name.as_ref().filter(|_| !expanded).unwrap_or(&pattern).clone();
            rows.rows.push(Row { label, name, patterns: vec![id] });
            rows.patterns.push(pattern);
        }
        rows
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row with this index.
    #[must_use]
    pub fn get(&self, row: usize) -> &Row {
        &self.rows[row]
    }

    /// The pattern with this index in the list as given.
    #[must_use]
    pub fn pattern(&self, id: usize) -> &[u8] {
        &self.patterns[id]
    }

    /// How many patterns there are.
    #[must_use]
    pub fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    /// Whether patterns under one name have rows of their own, so that a name needs a column
    /// of its own.
    #[must_use]
    pub fn is_expanded(&self) -> bool {
        self.expanded
    }

    /// The count of each row, given that of each pattern.
    #[must_use]
    pub fn counts(&self, by_pattern: &[u64]) -> Vec<u64> {
        let sum = |row: &Row| row.patterns.iter().map(|id| by_pattern[*id]).sum();
        self.rows.iter().map(sum).collect()
    }

    /// The count of each row, given those of a source.
    #[must_use]
    pub fn counts_in(&self, source: &Counts) -> Vec<u64> {
        self.counts(&source.to_vec(self.pattern_count()))
    }

    /// All of them, in the order given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Row> {
        self.rows.iter()
    }
}
