//! What a plot is drawn on.

use super::{MARGIN, cut_to, cut_to_room};

/// What a plot is drawn on: how much room there is, and where the labels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    name: &'static str,
    /// Which of the plots of a document it is.
    number: usize,
    /// The width of the part in which something is drawn, in pixels.
    pub(super) plot: usize,
    /// Whether labels are above what they name, and not before it.
    pub(super) labels_above: bool,
    /// Whether the title is seen: on a page it is in the heading.
    pub(super) has_title: bool,
    /// Whether it has the colours of the dark mode too.
    pub(super) follows_mode: bool,
}

impl Canvas {
    /// A file of its own.
    pub const FILE: Self = Self {
        name: "",
        number: 0,
        plot: 640,
        labels_above: false,
        has_title: true,
        follows_mode: true,
    };

    /// A page of a wide screen, or on paper.
    pub const PAGE: Self = Self { name: "page-", plot: 800, has_title: false, ..Self::FILE };

    /// A page on a telephone.
    pub const PHONE: Self =
        Self { name: "phone-", plot: 300, labels_above: true, has_title: false, ..Self::FILE };

    /// Paper, or a picture of points: it has one set of colours.
    pub const PRINT: Self = Self { follows_mode: false, ..Self::FILE };

    /// The same for one of several plots of a document.
    pub(crate) fn numbered(self, number: usize) -> Self {
        Self { number, ..self }
    }

    /// The name of the title of a plot in a document, in which there may be others.
    pub(super) fn id(self, plot: &str) -> String {
        let number = if self.number > 0 { format!("{}-", self.number) } else { String::new() };
        format!("{plot}-{}{number}title", self.name)
    }

    /// The same without a title that is seen.
    pub(crate) fn untitled(self) -> Self {
        Self { has_title: false, ..self }
    }

    /// Where a plot begins below its title.
    pub(super) fn top(self) -> usize {
        if self.has_title { MARGIN + 32 } else { MARGIN }
    }

    /// The same with less room to draw in.
    pub(super) fn without(self, pixels: usize) -> Self {
        Self { plot: self.plot.saturating_sub(pixels).max(100), ..self }
    }

    /// A label that is above what it names, with room for a number beside it.
    pub(super) fn cut(self, label: &str) -> String {
        cut_to_room(label, cut_to, self.room_above())
    }

    /// The pixels for a label that is above what it names.
    pub(super) fn room_above(self) -> usize {
        self.plot.saturating_sub(70)
    }
}
