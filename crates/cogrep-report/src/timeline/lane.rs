//! A strip of time, drawn in columns of a pixel each.
//!
//! However many spans there are, a strip takes no more than its pixels: in each column the
//! activities are stacked, each as high as its share of that column's time.

use std::fmt::Write;

use cogrep_core::trace::Activity;

/// What was done in each column of a strip.
pub(super) struct Lane {
    columns: Vec<[f64; 6]>,
    /// The nanoseconds of a column.
    width: f64,
}

impl Lane {
    /// A strip of some columns for some time.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    pub(super) fn new(columns: usize, nanoseconds: u64) -> Self {
        let width = (nanoseconds as f64 / columns as f64).max(1e-9);
        Self { columns: vec![[0.0; 6]; columns], width }
    }

    /// Adds what was done from a time on; each activity is spread evenly over it.
    pub(super) fn add(&mut self, start: u64, took: &[u64; 6]) {
        let length: u64 = took.iter().sum();
        for (kind, took) in took.iter().enumerate().filter(|(_, took)| **took > 0) {
            self.add_amount(start, start + length, *took, kind);
        }
    }

    /// Adds an amount of time, evenly spread over a stretch.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a plot"
    )]
    pub(super) fn add_amount(&mut self, start: u64, end: u64, amount: u64, slot: usize) {
        let (start, end) = (start as f64, end as f64);
        if end <= start {
            return;
        }
        let density = amount as f64 / (end - start);
        let first = (start / self.width) as usize;
        for (nth, column) in self.columns.iter_mut().enumerate().skip(first) {
            let (left, right) = (nth as f64 * self.width, (nth + 1) as f64 * self.width);
            if left >= end {
                break;
            }
            column[slot] += (end.min(right) - start.max(left)).max(0.0) * density;
        }
    }

    /// The most of one slot in a column, in times the column.
    pub(super) fn most(&self, slots: &[usize]) -> f64 {
        let sums = self.columns.iter().map(|column| slots.iter().map(|slot| column[*slot]).sum());
        sums.fold(0.0_f64, f64::max) / self.width
    }

    /// Draws the strip, with a path for each activity that has a class.
    ///
    /// `unit` is how high the whole of a column's time is, in pixels.
    pub(super) fn draw(
        &self,
        svg: &mut String,
        (left, bottom): (usize, f64),
        unit: f64,
        classes: &[(usize, &str)],
    ) {
        let mut below = vec![0.0; self.columns.len()];
        for (slot, class) in classes {
            let boxes: Vec<(f64, f64)> = self
                .columns
                .iter()
                .zip(&mut below)
                .map(|(column, below)| {
                    let height = column[*slot] / self.width * unit;
                    let top = bottom - *below - height;
                    *below += height;
                    (tenths(top), tenths(height))
                })
                .collect();
            let path = path(left, &boxes);
            if !path.is_empty() {
                // Writing to a string does not fail.
                let _ = writeln!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
            }
        }
    }
}

/// The classes of what a core does.
pub(super) const BUSY: [(usize, &str); 5] = [
    (Activity::Count as usize, "count"),
    (Activity::Decode as usize, "decode"),
    (Activity::Read as usize, "read"),
    (Activity::Walk as usize, "walk"),
    (Activity::Loop as usize, "loop"),
];

fn tenths(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

/// Boxes next to each other, equal neighbours as one.
fn path(left: usize, boxes: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut nth = 0;
    for run in boxes.chunk_by(|one, other| one == other) {
        let (top, height) = run[0];
        let (x, width) = (left + nth, run.len());
        if height > 0.0 {
            let _ = write!(path, "M{x} {top}h{width}v{height}h-{width}z");
        }
        nth += run.len();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_out_what_they_are_given() {
        let mut lane = Lane::new(4, 400);
        let mut took = [0; 6];
        took[Activity::Count as usize] = 150;
        took[Activity::Read as usize] = 50;
        lane.add(50, &took);
        let count: Vec<f64> = lane.columns.iter().map(|c| c[Activity::Count as usize]).collect();
        assert_eq!(count, [37.5, 75.0, 37.5, 0.0]);
        let sum: f64 = lane.columns.iter().flatten().sum();
        assert!((sum - 200.0).abs() < 1e-9);
    }

    #[test]
    fn equal_columns_are_one_box() {
        let mut lane = Lane::new(4, 400);
        let mut took = [0; 6];
        took[Activity::Count as usize] = 300;
        lane.add(100, &took);
        let mut svg = String::new();
        lane.draw(&mut svg, (10, 30.0), 20.0, &BUSY);
        assert_eq!(svg, "<path class=\"count\" d=\"M11 10h3v20h-3z\"/>\n");
    }
}
