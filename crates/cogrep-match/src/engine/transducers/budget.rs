//! The memory of machines.

/// How much memory is left for the machines of a group.
///
/// Text can be made such that machines need ever more of it. When there is none left,
/// expressions are asked by themselves.
#[derive(Debug)]
pub(super) struct Budget {
    left_bytes: usize,
}

impl Budget {
    /// So much.
    pub(super) fn new(bytes: usize) -> Self {
        Self { left_bytes: bytes }
    }

    /// Takes memory, if there is as much.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.left_bytes.checked_sub(bytes);
        self.left_bytes = left.unwrap_or(self.left_bytes);
        left.is_some()
    }

    /// Gives back what was taken.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.left_bytes += bytes;
    }
}
