//! Numbers for people.

/// The number with its thousands separated by commas.
///
/// ```
/// assert_eq!(cogrep_report::separated(1_234_567), "1,234,567");
/// ```
#[must_use]
pub fn separated(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
