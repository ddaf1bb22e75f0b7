//! Counts one after the other, in a line of text.

/// A column for each count, or for as many counts together as have to share one in this width.
/// A count that is not zero is higher than one that is.
///
/// ```
/// use cogrep_report::sparkline;
///
/// assert_eq!(sparkline(&[0, 1, 4, 8], 80), " ▁▄█");
/// assert_eq!(sparkline(&[0, 1, 4, 8, 0], 3), "▁█ ");
/// ```
#[must_use]
pub fn sparkline(counts: &[u64], width: usize) -> String {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let share = counts.len().div_ceil(width.max(1)).max(1);
    let sums = || counts.chunks(share).map(|counts| counts.iter().sum::<u64>());
    let most = u128::from(sums().max().unwrap_or(0).max(1));
    let eighths = |sum: u64| {
        let eighths = (u128::from(sum) * 8 / most).max(u128::from(sum > 0));
        usize::try_from(eighths).unwrap_or(8)
    };
    sums().map(|sum| EIGHTHS[eighths(sum)]).collect()
}
