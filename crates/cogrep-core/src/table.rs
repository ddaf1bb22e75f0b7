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
mod memory;
mod order;
mod share;
mod sorted;
mod spill;
mod texts;

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use cogrep_match::WordCounts;
use cogrep_source::Interrupt;

use self::order::Sorting;
use self::spill::Spilled;
use self::texts::{Texts, hash};

pub use self::key::{put_key, take_key};
pub use self::order::{Field, Order};
pub use self::sorted::Sorted;
pub use self::spill::MemoryLimit;
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
/// let mut rows = Vec::new();
/// table.sorted(Order::Count)?.for_each(|entry| {
///     rows.push((entry.text.to_vec(), entry.count));
///     std::io::Result::Ok(())
/// })?;
/// let expected = [("be", 2), ("to", 2), ("not", 1), ("or", 1)];
/// assert_eq!(rows, expected.map(|(text, count)| (text.as_bytes().to_vec(), count)));
/// # std::io::Result::Ok(())
/// ```
pub struct Table {
    keeps_first: bool,
    parts: Vec<Mutex<Texts>>,
    /// Tables of workers that do nothing right now. The last is the first to be used again.
    spare: Mutex<Vec<Local>>,
    limit: Option<MemoryLimit>,
    /// What the parts take.
    used: AtomicUsize,
    /// What found no room in memory, if there is anything.
    spilled: Mutex<Option<Spilled>>,
    /// Why texts could not be kept, if so: then no more are.
    fault: Mutex<Option<io::Error>>,
    has_fault: AtomicBool,
    /// Is asked to stop then.
    stop: OnceLock<Interrupt>,
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
        Self::with_limit(keeps_first, None)
    }

    /// The same in about this much memory: what finds no room there is in a temporary file until
    /// all is sorted.
    #[must_use]
    pub fn with_limit(keeps_first: bool, limit: Option<MemoryLimit>) -> Self {
        let parts = (0..PARTS).map(|_| Mutex::new(Texts::new(keeps_first))).collect();
        Self {
            keeps_first,
            parts,
            spare: Mutex::default(),
            limit,
            used: AtomicUsize::new(0),
            spilled: Mutex::default(),
            fault: Mutex::default(),
            has_fault: AtomicBool::new(false),
            stop: OnceLock::new(),
        }
    }

    /// Has this asked to stop where texts cannot be kept: there is no point in going on.
    pub fn stop_on_fault(&self, interrupt: &Interrupt) {
        // The first one that is named is the one of the job.
        let _ = self.stop.set(interrupt.clone());
    }

    /// Counts in a table that no other thread uses for as long. What is added may be found
    /// only by [`sorted`](Self::sorted).
    pub fn with<R>(&self, count: impl FnOnce(&mut Local) -> R) -> R {
        let spare = lock(&self.spare).pop();
        let mut local = spare.unwrap_or_else(|| self.new_local());
        let result = count(&mut local);
        if local.is_full() {
            self.empty(&mut local);
        }
        lock(&self.spare).push(local);
        result
    }

    fn new_local(&self) -> Local {
        let share = self.limit.as_ref().map_or(usize::MAX, |limit| limit.bytes / 16);
        Local {
            texts: Texts::new(self.keeps_first),
            words: None,
            most_bytes: LOCAL_BYTES.min(share),
        }
    }

    /// Adds what a worker has counted to the parts that all share.
    fn empty(&self, local: &mut Local) {
        if self.has_fault.load(Ordering::Relaxed) {
            local.texts.clear();
            return;
        }
        let mut by_part = vec![Vec::new(); PARTS];
        for entry in local.texts.iter() {
            let hash = hash(entry.text);
            by_part[part_of(hash)].push((hash, entry));
        }
        for (part, entries) in self.parts.iter().zip(by_part) {
            let mut part = lock(part);
            let before = part.cost_bytes();
            for (hash, Entry { text, count, first }) in entries {
                part.add(hash, text, count, first);
            }
            self.used.fetch_add(part.cost_bytes() - before, Ordering::Relaxed);
        }
        local.texts.clear();
        self.make_room();
    }

    /// Writes all parts to a file if they take more than they may.
    fn make_room(&self) {
        let Some(limit) = &self.limit else { return };
        let is_over = || self.used.load(Ordering::Relaxed) > limit.bytes;
        if !is_over() {
            return;
        }
        let mut spilled = lock(&self.spilled);
        // Another worker may have done it meanwhile.
        if is_over()
            && let Err(error) = self.spill(limit, &mut spilled)
        {
            lock(&self.fault).get_or_insert(error);
            self.has_fault.store(true, Ordering::Relaxed);
            if let Some(interrupt) = self.stop.get() {
                interrupt.request();
            }
        }
    }

    /// Writes all parts to a file.
    fn spill(&self, limit: &MemoryLimit, spilled: &mut Option<Spilled>) -> io::Result<()> {
        if spilled.is_none() {
            *spilled = Some(Spilled::new(&limit.folder, PARTS, self.keeps_first)?);
        }
        let Some(spilled) = spilled else { return Ok(()) };
        for (nth, part) in self.parts.iter().enumerate() {
            let mut part = lock(part);
            spilled.append(nth, &part)?;
            self.used.fetch_sub(part.cost_bytes(), Ordering::Relaxed);
            *part = Texts::new(self.keeps_first);
        }
        Ok(())
    }

    /// All that was counted, in this order.
    ///
    /// # Errors
    ///
    /// What went wrong with a temporary file: then not all of it is known.
    pub fn sorted(&self, order: Order) -> io::Result<Sorted> {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.sorted_by(order, Vec::new(), cores)
    }

    /// All that was counted: by groups, if texts begin with fields, in order of the bytes of
    /// these; and in this order in each. It is sorted on this many cores.
    ///
    /// # Errors
    ///
    /// What went wrong with a temporary file: then not all of it is known.
    ///
    /// # Panics
    ///
    /// If a text does not begin with such fields.
    pub fn sorted_by(
        &self,
        order: Order,
        group: Vec<Field>,
        cores: NonZeroUsize,
    ) -> io::Result<Sorted> {
        for mut local in std::mem::take(&mut *lock(&self.spare)) {
            local.settle();
            self.empty(&mut local);
        }
        if let Some(error) = lock(&self.fault).take() {
            return Err(error);
        }
        let sorting = Sorting { order, group };
        let mut spilled = lock(&self.spilled);
        if let Some(limit) = self.limit.as_ref().filter(|_| spilled.is_some()) {
            self.spill(limit, &mut spilled)?;
            if let Some(spilled) = spilled.take() {
                let runs = spilled.sorted(&sorting, limit, cores)?;
                return Ok(Sorted::in_file(runs, sorting));
            }
        }
        let parts = self.parts.iter().map(|part| {
            let mut texts = std::mem::replace(&mut *lock(part), Texts::new(self.keeps_first));
            texts.freeze();
            texts
        });
        let parts = parts.collect();
        self.used.store(0, Ordering::Relaxed);
        Ok(Sorted::in_memory(parts, sorting, cores))
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
    /// It is emptied when its texts take this many bytes.
    most_bytes: usize,
}

impl Local {
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
        let Self { texts, words, .. } = self;
        let words = words.get_or_insert_with(|| Box::new(WordCounts::new(ignores_case)));
        words.count(text, &mut |word, count| {
            texts.add(hash(word), word, count, First::default());
        });
    }

    /// Whether it is to be emptied.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.texts.len() >= LOCAL_TEXTS || self.texts.memory_bytes() >= self.most_bytes
    }

    /// Adds the words that have a table of their own to the texts.
    fn settle(&mut self) {
        let Self { texts, words, .. } = self;
        if let Some(words) = words {
            words.drain(&mut |word, count| {
                texts.add(hash(word), word, count, First::default());
            });
        }
    }
}
