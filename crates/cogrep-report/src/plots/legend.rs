//! The names of the series of a plot, in rows above it.

use std::fmt::Write;

use super::{cut, markup, pixels};

/// The height of a row of names.
pub(super) const LABEL: usize = 20;

/// The pixels of a mark, with its space.
const MARK: usize = 18;

/// The names of series, each with a mark that is drawn before it.
pub(super) struct Legend {
    /// Where each name is, from the left and from the top.
    places: Vec<(usize, usize)>,
    bottom: usize,
}

impl Legend {
    /// Puts the names into rows from `left` to `right`, the first at `top`.
    pub(super) fn new(names: &[String], (left, right): (usize, usize), top: usize) -> Self {
        let (mut x, mut y) = (left, top);
        let mut places = Vec::new();
        for name in names {
            let room = MARK + pixels(&cut(name)) + 16;
            if x > left && x + room > right {
                (x, y) = (left, y + LABEL);
            }
            places.push((x, y));
            x += room;
        }
        Self { places, bottom: y + LABEL }
    }

    /// Where it ends.
    pub(super) fn bottom(&self) -> usize {
        self.bottom
    }

    /// Writes all names, and before each of them what `mark` gives for its number and place.
    pub(super) fn write(
        &self,
        svg: &mut String,
        names: &[String],
        mark: impl Fn(usize, usize, usize) -> String,
    ) {
        for (nth, ((x, y), name)) in self.places.iter().zip(names).enumerate() {
            // Writing to a string does not fail.
            let _ = writeln!(
                svg,
                "{}<text x=\"{}\" y=\"{}\">{}</text>",
                mark(nth, *x, *y),
                x + MARK,
                y + 14,
                markup(&cut(name)),
            );
        }
    }
}
