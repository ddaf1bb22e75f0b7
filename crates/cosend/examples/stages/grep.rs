//! Where the search is done.

use cosend::{Input, Sink, coroutine};
use memchr::memmem;

use super::lowercase;

/// Sends on how often the pattern occurs in each line, without overlaps, and gives
/// what its child gives.
///
/// If case is to be ignored, the lines must come in lower case: the pattern alone
/// is lowered here.
pub(crate) fn grep<S: Sink<usize>>(
    pattern: &str,
    ignore_case: bool,
    mut child: S,
) -> impl Sink<[u8], Return = S::Return> {
    let pattern =
        if ignore_case { lowercase(pattern.as_bytes()) } else { pattern.as_bytes().to_vec() };
    coroutine(async move |mut lines: Input<[u8]>| {
        let pattern = memmem::Finder::new(&pattern);
        while let Some(line) = lines.next().await {
            if child.send(&pattern.find_iter(line).count()).is_err() {
                break;
            }
        }
        child.close()
    })
}
