//! What a run took, for `--stats` and for the facts of a report page.

use std::time::{Duration, Instant};

use cogrep_core::Report;
use cogrep_match::{Cost, Costs, Plan};
use cogrep_report::{escape, separated};
use cogrep_source::Rule;

use crate::args::CountArgs;
use crate::commands::Opener;

/// A run that is being timed.
pub(crate) struct Stopwatch {
    begun: Instant,
    /// How long the engines took to make, and how much memory the program had before
    /// and after that.
    building: Duration,
    memory: [Option<u64>; 2],
    is_wanted: bool,
}

impl Stopwatch {
    /// Starts; `is_wanted` says whether the facts will be asked for.
    pub(crate) fn start(is_wanted: bool) -> Self {
        let memory = if is_wanted { memory("VmRSS:") } else { None };
        Self { begun: Instant::now(), building: Duration::ZERO, memory: [memory, None], is_wanted }
    }

    /// Notes that the engines have been made.
    pub(crate) fn engines_are_made(&mut self) {
        self.building = self.begun.elapsed();
        if self.is_wanted {
            self.memory[1] = memory("VmRSS:");
        }
    }

    /// What the run took: the name and the value of each fact.
    pub(crate) fn facts(
        &self,
        report: &Report,
        engine: &str,
        plan: &Plan,
        args: &CountArgs,
        opener: &Opener,
    ) -> Vec<(&'static str, String)> {
        let taken = self.begun.elapsed();
        let counting = taken.saturating_sub(self.building);
        let mut facts = vec![
            ("time", seconds(taken)),
            ("build", self.build()),
            ("text", format!("{} bytes", separated(report.text_bytes))),
            ("rate", format!("{} MB/s", rate(report.text_bytes, counting))),
            ("sources", sources(report)),
            ("patterns", separated(report.patterns.len() as u64)),
            ("engine", engine.to_owned()),
            ("cores", report.cores.to_string()),
        ];
        let peak = memory("VmHWM:");
        facts.extend(expressions(plan, report.text_bytes));
        // Someone who interrupts a run does not want to wait for another walk.
        facts.extend((!report.interrupted).then(|| ("left out", left_out(args, opener, report))));
        facts.extend(opener.traffic().map(|traffic| ("network", traffic)));
        facts.extend(peak.map(|peak| ("memory", format!("{} at the peak", kilobytes(peak)))));
        facts
    }

    /// What making the engines took.
    fn build(&self) -> String {
        let time = seconds(self.building);
        match self.memory {
            [Some(before), Some(after)] => {
                format!("{time}, {} for the engines", kilobytes(after.saturating_sub(before)))
            }
            _ => time,
        }
    }
}

fn sources(report: &Report) -> String {
    let complete = report.source_count - report.fault_count();
    format!(
        "{}: {} complete, {} partial, {} failed",
        separated(report.source_count),
        separated(complete),
        separated(report.partial_count),
        separated(report.failed_count),
    )
}

/// So many expressions are named, at the most.
const MOST_NAMED: usize = 5;

/// So much of an expression is shown, in characters; those of rule sets are longer than a
/// line.
const MOST_SHOWN: usize = 60;

/// What regular expressions took, and which of them the most.
fn expressions(plan: &Plan, text_bytes: u64) -> Vec<(&'static str, String)> {
    let Some(Costs { needles, literals }) = plan.costs() else { return Vec::new() };
    let asking: Duration = needles.iter().map(|cost| cost.time).sum();
    let all = literals + asking;
    if all.is_zero() {
        return Vec::new();
    }
    let mut asked: Vec<_> =
        needles.iter().enumerate().filter(|(_, cost)| !cost.time.is_zero()).collect();
    asked.sort_by_key(|(needle, cost)| (std::cmp::Reverse(cost.time), *needle));
    let count = [asked.len(), needles.len()].map(|count| separated(count as u64));
    let sum = format!(
        "{} on all cores: {} for {} of {}, {} for their literals",
        seconds(all),
        seconds(asking),
        count[0],
        count[1],
        seconds(literals)
    );
    let slowest = asked.into_iter().take(MOST_NAMED).filter_map(|(needle, cost)| {
        let index = plan.needles().iter().position(|other| *other == needle)?;
        let pattern = plan.patterns().iter().nth(index)?;
        Some(("slowest", expression(*cost, text_bytes, index, pattern)))
    });
    [("regexes", sum)].into_iter().chain(slowest).collect()
}

/// What one expression took, by its place among the patterns.
fn expression(cost: Cost, text_bytes: u64, index: usize, pattern: &[u8]) -> String {
    let pattern = escape(pattern);
    let mut shown: String = pattern.chars().take(MOST_SHOWN).collect();
    if shown.len() < pattern.len() {
        shown.push('…');
    }
    let together = if cost.joint_bytes > cost.asked_bytes / 2 { " with others" } else { "" };
    format!(
        "{} in {} of the text{together}: pattern {}, {shown}",
        seconds(cost.time),
        share(cost.asked_bytes, text_bytes),
        index + 1
    )
}

/// A part of a whole, in percent.
fn share(part: u64, whole: u64) -> String {
    let per_mille = u128::from(part) * 1000 / u128::from(whole.max(1));
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

/// How many files and folders each rule left out of the folders that were walked, and of the
/// members of archives. It walks the folders again, so that runs without these facts do not
/// count what they leave out.
fn left_out(args: &CountArgs, opener: &Opener, report: &Report) -> String {
    let mut counts = args.selection.left_out(&args.inputs, &**opener.backend());
    for (rule, count) in &report.members_left_out {
        *counts.entry(*rule).or_insert(0) += count;
    }
    let all = separated(counts.values().sum());
    let by_rule =
        counts.iter().map(|(rule, count)| format!("{} {}", separated(*count), how(*rule)));
    let by_rule: Vec<String> = by_rule.collect();
    if by_rule.is_empty() { all } else { format!("{all}: {}", by_rule.join(", ")) }
}

fn how(rule: Rule) -> &'static str {
    match rule {
        Rule::Hidden => "hidden",
        Rule::IgnoreFile => "by ignore files",
        Rule::Glob => "by --glob",
        Rule::Type => "by --type",
        Rule::Size => "by --max-filesize",
        Rule::Depth => "by --max-depth",
        Rule::FileSystem => "by --one-file-system",
        Rule::Link => "links",
        Rule::Special => "pipes or devices",
        Rule::Marker => "markers of folders",
        _ => "by another rule",
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

/// Millions of bytes a second.
fn rate(bytes: u64, taken: Duration) -> String {
    let nanoseconds = taken.as_nanos().max(1);
    let millions = u128::from(bytes) * 1000 / nanoseconds;
    separated(u64::try_from(millions).unwrap_or(u64::MAX))
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", separated(bytes / 1000))
}

/// A field of the memory statistics of this process, in bytes, on systems that have them.
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
