//! How a job runs, decided once.

use std::num::{NonZeroU64, NonZeroUsize};
use std::thread;

use cogrep_match::{Cut, Hits, Scanner, Totals};
use cogrep_source::Input;
use cogrep_source::backend::Kind;

use crate::job::Job;
use crate::measure::AnyMeasure;
use crate::run::ranges::Ranges;

/// At most this many inputs, of at most this many bytes in all, are read faster by one
/// thread than it takes to start several.
const FEW_INPUTS: usize = 64;
const FEW_BYTES: u64 = 4 << 20;

/// How a job runs.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// How many workers count at once; none where the sources are read here, one after the
    /// other.
    pub(crate) workers: Option<NonZeroUsize>,
    /// The ranges in which large sources are counted by all workers, unless each source is
    /// counted by one: because there is only one, or because stages of a caller's own see the
    /// text in its order.
    pub(crate) ranges: Option<Ranges>,
    /// Whether the sources may be found in any order: where most of them are not reported,
    /// and nothing depends on the order.
    pub(crate) walks_in_parallel: bool,
    /// Whether there is only one source, so that another core would be free to decode what
    /// this one counts in.
    is_alone: bool,
    /// How many workers were asked for.
    asked: Option<NonZeroUsize>,
    /// How many files each worker may have open.
    pub(crate) files: usize,
}

impl Schedule {
    /// The schedule of a job, by what its backend knows of the inputs.
    pub(crate) fn of(job: &Job<'_>) -> Self {
        let is_reported =
            job.by_source || job.remember || job.keeps_states || !job.measures.is_empty();
        let is_single = match job.inputs {
            [input] => !input.is_folder(&*job.open.backend),
            _ => false,
        };
        let mut schedule = Self {
            workers: None,
            ranges: None,
            walks_in_parallel: !is_reported && job.shard.is_none() && job.timeline.is_none(),
            // A timeline has no row for the other core.
            is_alone: is_single && !job.serial && job.timeline.is_none(),
            asked: job.workers,
            files: usize::MAX,
        };
        let limit = cogrep_source::descriptor_limit();
        if !job.serial
            && !is_small(job)
            && let Some((workers, files)) = share(limit, schedule.cores())
        {
            schedule.files = files;
            schedule.walks_in_parallel &= files >= WALK_FILES;
            let ranges = ranges(job, workers);
            if !is_single || ranges.is_some() {
                schedule.workers = Some(workers);
                schedule.ranges = ranges;
            }
        }
        schedule
    }

    /// Whether a source that is worth it is decoded ahead on another core.
    pub(crate) fn may_read_ahead(&self) -> bool {
        self.is_alone && self.cores().get() > 1
    }

    /// How many workers may count at once. It is asked for as late as possible, since the
    /// system takes as long to answer as counting in a small file does.
    fn cores(&self) -> NonZeroUsize {
        let cores = self.asked.or_else(|| thread::available_parallelism().ok());
        cores.unwrap_or(NonZeroUsize::MIN)
    }
}

/// Descriptors that no source has: of the standard streams, of what is written, of what wakes
/// the program up, and of folders that are walked through.
const OTHER_FILES: u64 = 24;

/// What the event loop of a worker has open.
const LOOP_FILES: u64 = 4;

/// A worker that may have fewer files open is of no use.
const LEAST_FILES: u64 = 4;

/// With fewer files a worker, folders are not walked through by many threads.
const WALK_FILES: usize = 32;

/// How many workers there can be where this many files may be open, at most as many as are
/// wanted, and how many files each of them may have open; none where one thread has to do.
fn share(limit: Option<u64>, wanted: NonZeroUsize) -> Option<(NonZeroUsize, usize)> {
    let Some(limit) = limit else { return Some((wanted, usize::MAX)) };
    let free = limit.saturating_sub(OTHER_FILES);
    let most = usize::try_from(free / (LOOP_FILES + LEAST_FILES)).unwrap_or(usize::MAX);
    let workers = NonZeroUsize::new(most.min(wanted.get()))?;
    let files = free / workers.get() as u64 - LOOP_FILES;
    Some((workers, usize::try_from(files).unwrap_or(usize::MAX)))
}

/// Whether starting threads would take longer than they save, whatever the number of cores.
fn is_small(job: &Job<'_>) -> bool {
    let backend = &*job.open.backend;
    match job.inputs {
        [Input::Stdin] => true,
        // What is not there is reported when it is opened.
        [input] => input.facts(backend).map_or(true, |facts| match facts.kind {
            Kind::Folder => false,
            _ => facts.size.is_none_or(|size| size <= new_ranges(job, 1).undivided_bytes),
        }),
        inputs => {
            let mut bytes = 0;
            inputs.len() <= FEW_INPUTS
                && inputs.iter().all(|input| {
                    bytes += input.size(backend).unwrap_or(u64::MAX).min(FEW_BYTES + 1);
                    bytes <= FEW_BYTES
                })
        }
    }
}

fn ranges(job: &Job<'_>, workers: NonZeroUsize) -> Option<Ranges> {
    // Counts are continued from where a range begins, even if one worker counts in all.
    let is_divided = workers.get() > 1 || job.has_states();
    // Between lines, an occurrence that is across their ends could be in two ranges.
    let is_across = |pattern: &[u8]| pattern.contains(&b'\n');
    let is_whole = needs_lines(job) && job.plan.patterns().iter().any(is_across);
    let is_divided = is_divided && job.extension.is_none() && !is_whole;
    is_divided.then(|| new_ranges(job, workers.get()))
}

/// Whether a measure needs whole lines.
fn needs_lines(job: &Job<'_>) -> bool {
    job.measures.iter().any(AnyMeasure::needs_lines)
}

fn new_ranges(job: &Job<'_>, workers: usize) -> Ranges {
    let mut needs = if job.measures.is_empty() {
        Scanner::<Totals>::range_needs(job.plan)
    } else {
        Scanner::<Hits>::range_needs(job.plan)
    };
    for surroundings in job.measures.iter().map(AnyMeasure::surroundings) {
        needs.before = needs.before.max(surroundings.before);
        needs.after = needs.after.max(surroundings.after);
    }
    if needs_lines(job) {
        needs.cut = Cut::Lines;
    }
    let bytes = job.range_bytes.map(NonZeroU64::get);
    Ranges::new(needs, job.plan.needle_count(), workers, bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
    use cogrep_source::OpenOptions;
    use cogrep_source::backend::MemoryBackend;

    use super::*;

    /// The schedule for texts of these sizes, on two cores.
    fn schedule(sizes: &[usize], change: impl FnOnce(&mut Job<'_>)) -> Schedule {
        let patterns = Patterns::new(["love"], Matching::default()).unwrap();
        let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
        let name = |nth: usize| cogrep_source::SourceName::memory(nth.to_string());
        let texts = sizes.iter().enumerate().map(|(nth, size)| (name(nth), vec![b'a'; *size]));
        let backend = Arc::new(texts.collect::<MemoryBackend>());
        let inputs: Vec<Input> = (0..sizes.len()).map(|nth| Input::Name(name(nth))).collect();
        let mut job = Job {
            open: OpenOptions { backend, ..OpenOptions::default() },
            workers: NonZeroUsize::new(2),
            ..Job::new(&plan, &inputs)
        };
        change(&mut job);
        Schedule::of(&job)
    }

    #[test]
    fn small_jobs_run_here_and_large_ones_on_workers() {
        let mib = 1 << 20;
        assert_eq!(schedule(&[3 * mib], |_| {}).workers, None);
        assert_eq!(schedule(&[mib, mib], |_| {}).workers, None);
        assert_eq!(schedule(&[1; 65], |_| {}).workers, NonZeroUsize::new(2));
        let large = schedule(&[5 * mib], |_| {});
        assert!(large.workers.is_some() && large.ranges.is_some() && large.may_read_ahead());
        assert_eq!(schedule(&[5 * mib], |job| job.serial = true).workers, None);
        let one = schedule(&[5 * mib], |job| job.workers = NonZeroUsize::new(1));
        assert!(one.workers.is_none() && !one.may_read_ahead());
    }

    #[test]
    fn a_count_that_is_kept_is_divided_on_one_core_too() {
        let kept = schedule(&[5 << 20], |job| {
            job.workers = NonZeroUsize::new(1);
            job.keeps_states = true;
        });
        assert!(kept.ranges.is_some() && kept.workers == NonZeroUsize::new(1));
    }

    #[test]
    fn workers_share_the_files_that_may_be_open() {
        let two = NonZeroUsize::new(2).unwrap();
        for limit in 0..OTHER_FILES + LOOP_FILES + LEAST_FILES {
            assert_eq!(share(Some(limit), two), None);
        }
        assert_eq!(share(Some(32), two), Some((NonZeroUsize::MIN, 4)));
        assert_eq!(share(Some(64), two), Some((two, 16)));
        assert_eq!(share(Some(1024), two), Some((two, 496)));
        assert_eq!(share(None, two), Some((two, usize::MAX)));
    }

    #[test]
    fn sources_that_are_reported_are_found_in_their_order() {
        assert!(schedule(&[1; 65], |_| {}).walks_in_parallel);
        assert!(!schedule(&[1; 65], |job| job.by_source = true).walks_in_parallel);
    }
}
