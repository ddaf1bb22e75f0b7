//! What fields of saved results have in common.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The bytes of a field that may have another with `_base64`.
pub(super) fn exact(text: String, base64: Option<String>) -> Option<Vec<u8>> {
    match base64 {
        Some(base64) => BASE64_STANDARD.decode(base64).ok(),
        None => Some(text.into_bytes()),
    }
}

/// Whether a field can be left out.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}
