//! Where the next place of a needle may start.

/// Where the next place of a needle that counts may start: an offset over all texts, so
/// that nothing is to be set back when a text ends.
///
/// It is one number, since it is compared for each place that is judged: an offset, or
/// something that no offset is as large as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resume(u64);

/// What a [`Resume`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// This offset.
    Offset(u64),
    /// It depends on the text before the range. The speculation of this number knows more;
    /// without one there was no place yet.
    Open(Option<usize>),
    /// After the end of the line, which is not known yet.
    LineEnd,
}

/// No offset is as large. What is added is the number of a speculation, counted from 1.
const OPEN: u64 = 1 << 63;

const LINE_END: u64 = u64::MAX;

impl Resume {
    /// From this offset on.
    pub(crate) const fn at(offset: u64) -> Self {
        Self(offset)
    }

    /// After the end of the line, which is not known yet.
    pub(crate) const LINE_END: Self = Self(LINE_END);

    /// It depends on the text before the range, and there was no place yet.
    pub(crate) const OPEN: Self = Self(OPEN);

    /// It depends on the text before the range; the speculation of this index knows more.
    pub(crate) fn speculation(index: usize) -> Self {
        Self(OPEN + 1 + index as u64)
    }

    /// Whether a place that starts at this offset comes too early, or may come too early.
    #[inline]
    pub(crate) fn is_after(self, start: u64) -> bool {
        start < self.0
    }

    /// Whether this is not an offset.
    #[inline]
    pub(crate) fn is_unknown(self) -> bool {
        self.0 >= OPEN
    }

    /// The offset, if it is one.
    pub(crate) fn offset(self) -> Option<u64> {
        (self.0 < OPEN).then_some(self.0)
    }

    /// What it says.
    pub(crate) fn from(self) -> From {
        match self.0 {
            LINE_END => From::LineEnd,
            OPEN => From::Open(None),
            number if number > OPEN => From::Open(usize::try_from(number - OPEN - 1).ok()),
            offset => From::Offset(offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_says_all_that_can_be() {
        assert_eq!(Resume::at(7).from(), From::Offset(7));
        assert_eq!(Resume::OPEN.from(), From::Open(None));
        assert_eq!(Resume::speculation(0).from(), From::Open(Some(0)));
        assert_eq!(Resume::speculation(9).from(), From::Open(Some(9)));
        assert_eq!(Resume::LINE_END.from(), From::LineEnd);
        assert!(Resume::at(7).is_after(6) && !Resume::at(7).is_after(7));
        assert!(Resume::OPEN.is_after(u64::MAX >> 1) && Resume::LINE_END.is_after(1 << 62));
        assert_eq!((Resume::at(7).offset(), Resume::speculation(2).offset()), (Some(7), None));
    }
}
