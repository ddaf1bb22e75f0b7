//! How dense hits are: cells of a text that can be told apart, each the darker the more hits
//! it has.

use std::collections::BTreeMap;
use std::fmt::Write;

use cogrep_core::SourceReport;
use cogrep_core::measure::Dispersion;

use super::along::{Along, Ruler};

/// Cells are at least as wide as this, in pixels, so that they can be told apart.
const CELL: f64 = 2.0;

/// How many shades there are.
const SHADES: u64 = 4;

/// How often something occurs in each cell of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells {
    /// How much of the text a cell is.
    size: u64,
    /// What that is in.
    unit: &'static str,
    /// Those in which it occurs: the number of the cell, and how often.
    pub(super) counts: BTreeMap<u64, u64>,
    /// The length of the text.
    length: u64,
}

impl Cells {
    /// The cells of a text that is drawn at this scale, in pixels a byte, or a line or a word.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a plot"
    )]
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    pub(super) fn new(
        source: &SourceReport,
        patterns: &[usize],
        (ruler, along): (&Ruler, Along),
        scale: f64,
    ) -> Option<Self> {
        let dispersion = source.findings.get::<Dispersion>()?;
        let bin = dispersion.bin_bytes();
        let length = ruler.length.max(1);
        // A cell has whole bins or lines, and no more than the text has.
        let least = if along.division().is_some() { 1 } else { bin };
        let most = length.div_ceil(least) as f64;
        let size = least * (CELL / (least as f64 * scale)).ceil().clamp(1.0, most) as u64;
        let mut counts = BTreeMap::new();
        for (at, count) in patterns.iter().flat_map(|id| dispersion.bins(*id)) {
            let at = ruler.middle(u64::from(at) * bin, bin).min(length - 1);
            *counts.entry(at / size).or_insert(0) += count;
        }
        Some(Self { size, unit: along.unit(), counts, length })
    }

    /// The most hits of a cell.
    pub(super) fn most(&self) -> u64 {
        self.counts.values().copied().max().unwrap_or(0)
    }

    /// All hits.
    pub(super) fn sum(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Writes a path for each shade, in the units of cells; the darkest are the cells with as
    /// many hits as `most`.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    pub(super) fn write(&self, svg: &mut String, at: Place, most: u64) {
        let scale = self.size as f64 * at.scale;
        // A mark is visible, however small its text is.
        let least = 1.25 / scale;
        for shade in 1..=SHADES {
            let shade_of = |count: u64| shade_of(count, most);
            let mut cells =
                self.counts.iter().filter(|(_, count)| shade_of(**count) == shade).peekable();
            if cells.peek().is_none() {
                continue;
            }
            // Writing to a string does not fail.
            let _ = write!(
                svg,
                "<path class=\"mark d{shade}\" data-source=\"{}\" data-bin-{}=\"{}\" \
                 transform=\"translate({:.3} {}) scale({scale:.9} 1)\" d=\"",
                at.source, self.unit, self.size, at.left, at.top,
            );
            for (cell, _) in cells {
                // The last cell may be cut by the end of the text.
                let rest = self.length.saturating_sub(cell * self.size) as f64 / self.size as f64;
                let width = rest.min(1.0).max(least);
                let height = at.height;
                let _ = write!(svg, "M{cell} 0h{width:.3}v{height}h-{width:.3}z");
            }
            svg.push_str("\"/>\n");
        }
    }
}

/// The shade of a cell: by the square root, so that single hits are seen beside many.
fn shade_of(count: u64, most: u64) -> u64 {
    let wanted = u128::from(count) * u128::from(SHADES * SHADES);
    let has = |shade: u64| u128::from(shade * shade) * u128::from(most.max(1)) >= wanted;
    (1..SHADES).find(|shade| has(*shade)).unwrap_or(SHADES)
}

/// Where cells are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The index of the source.
    pub(super) source: usize,
    /// Where the text begins.
    pub(super) left: f64,
    pub(super) top: usize,
    pub(super) height: usize,
    /// Pixels a byte, or a line or a word.
    pub(super) scale: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_grow_with_the_hits() {
        assert_eq!([1, 2].map(|count| shade_of(count, 2)), [3, 4]);
        assert_eq!([1, 4, 9, 16].map(|count| shade_of(count, 16)), [1, 2, 3, 4]);
        assert_eq!((shade_of(1, 1), shade_of(1, u64::MAX)), (SHADES, 1));
        let shades: Vec<u64> = (1..=100).map(|count| shade_of(count, 100)).collect();
        assert!(shades.is_sorted() && shades.last() == Some(&SHADES));
    }
}
