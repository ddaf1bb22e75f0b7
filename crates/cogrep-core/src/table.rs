//! Tables of texts and their counts that all workers fill at once.
//!
//! A worker adds to a small table of its own, which stays in the cache of its core. When that
//! is full, it is emptied into parts that all share, by the hash of each text, so that
//! no text is in two parts, and workers seldom wait for each other.
//! Where few texts are distinct, nearly all the work is done in the small tables; where many
//! are, each text is held once, however many workers there are.
//!
//! What this module refuses to do: know what the texts are.

mod key;
mod sorted;
mod texts;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use cogrep_match::WordCounts;

use self::texts::{Texts, hash};

pub use self::key::{put_key, take_key};
pub use self::sorted::{Field, Order, Sorted};
pub use self::texts::{Entry, First};

/// How many parts there are: a part is small, and two workers are seldom at the same one.
const PARTS: usize = 128;

/// The table of a worker is emptied when it has this many texts, or takes this many bytes.
const LOCAL_TEXTS: usize = 1 << 15;
const LOCAL_BYTES: usize = 3 << 20;

/// Texts and how often each was counted, over all sources of a job.
///
/// ```
/// use cogrep_core::table::{Order, Table};
///
/// let table = Table::new();
/// table.with(|counts| {
///     for text in ["to", "be", "or", "not", "to", "be"] {
///         counts.add(text.as_bytes(), 1);
///     }
/// });
/// let sorted = table.sorted(Order::Count);
/// let rows: Vec<_> = sorted.iter().map(|entry| (entry.text, entry.count)).collect();
/// assert_eq!(rows, [(&b"be"[..], 2), (b"to", 2), (b"not", 1), (b"or", 1)]);
/// ```
pub struct Table {
    keeps_first: bool,
    parts: Vec<Mutex<Texts>>,
    /// Tables of workers that do nothing right now. The last is the first to be used again.
    spare: Mutex<Vec<Local>>,
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    /// Nothing is counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_first(false)
    }

    /// The same, and of each text it is kept where it was seen first, if that is wanted.
    #[must_use]
    pub fn with_first(keeps_first: bool) -> Self {
        let parts = (0..PARTS).map(|_| Mutex::new(Texts::new(keeps_first))).collect();
        Self { keeps_first, parts, spare: Mutex::default() }
    }

    /// Counts in a table that no other thread uses for as long. What is added may be found
    /// only by [`sorted`](Self::sorted).
    pub fn with<R>(&self, count: impl FnOnce(&mut Local) -> R) -> R {
        let spare = lock(&self.spare).pop();
        let mut local = spare.unwrap_or_else(|| Local::new(self.keeps_first));
        let result = count(&mut local);
        if local.is_full() {
            self.empty(&mut local);
        }
        lock(&self.spare).push(local);
        result
    }

    /// Adds what a worker has counted to the parts that all share.
    fn empty(&self, local: &mut Local) {
        let mut by_part = vec![Vec::new(); PARTS];
        for entry in local.texts.iter() {
            let hash = hash(entry.text);
            by_part[part_of(hash)].push((hash, entry));
        }
        for (part, entries) in self.parts.iter().zip(by_part) {
            let mut part = lock(part);
            for (hash, Entry { text, count, first }) in entries {
                part.add(hash, text, count, first);
            }
        }
        local.texts.clear();
    }

    /// All that was counted, in this order.
    #[must_use]
    pub fn sorted(&self, order: Order) -> Sorted {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.sorted_by(order, Vec::new(), cores)
    }

    /// All that was counted: by groups, if texts begin with fields, in order of the bytes of
    /// these; and in this order in each. It is sorted on this many cores.
    ///
    /// # Panics
    ///
    /// If a text does not begin with such fields.
    #[must_use]
    pub fn sorted_by(&self, order: Order, group: Vec<Field>, cores: NonZeroUsize) -> Sorted {
        for mut local in std::mem::take(&mut *lock(&self.spare)) {
            local.settle();
            self.empty(&mut local);
        }
        let parts = self.parts.iter().map(|part| {
            let mut texts = std::mem::replace(&mut *lock(part), Texts::new(self.keeps_first));
            texts.freeze();
            texts
        });
        Sorted::new(parts.collect(), order, group, cores)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("keeps_first", &self.keeps_first).finish_non_exhaustive()
    }
}

fn part_of(hash: u64) -> usize {
    // Other bits than those that say where in a part a text is.
    #[allow(clippy::cast_possible_truncation, reason = "these bits are meant")]
    let bits = (hash >> 40) as usize;
    bits % PARTS
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one worker has counted of late.
#[derive(Debug)]
pub struct Local {
    texts: Texts,
    /// Words of which the short ones have a table of their own.
    words: Option<Box<WordCounts>>,
}

impl Local {
    fn new(keeps_first: bool) -> Self {
        Self { texts: Texts::new(keeps_first), words: None }
    }

    /// Adds to the count of a text.
    #[inline]
    pub fn add(&mut self, text: &[u8], count: u64) {
        self.add_at(text, count, First::default());
    }

    /// Adds to the count of a text that was seen here.
    #[inline]
    pub fn add_at(&mut self, text: &[u8], count: u64, first: First) {
        self.texts.add(hash(text), text, count, first);
    }

    /// Adds each word of a text, in which case is ignored or not, as in the texts before.
    pub fn add_words(&mut self, text: &[u8], ignores_case: bool) {
        let Self { texts, words } = self;
        let words = words.get_or_insert_with(|| Box::new(WordCounts::new(ignores_case)));
        words.count(text, &mut |word, count| {
            texts.add(hash(word), word, count, First::default());
        });
    }

    /// Whether it is to be emptied.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.texts.len() >= LOCAL_TEXTS || self.texts.memory_bytes() >= LOCAL_BYTES
    }

    /// Adds the words that have a table of their own to the texts.
    fn settle(&mut self) {
        let Self { texts, words } = self;
        if let Some(words) = words {
            words.drain(&mut |word, count| {
                texts.add(hash(word), word, count, First::default());
            });
        }
    }
}
