//! Sifting up to the end of a text: filters make the mask of sixty-four places from more
//! bytes than these, which a text lacks at its end.

use super::vector::BLOCK_BYTES;

/// Calls `sift` with masks and the text that they are made from: at least
/// `64 n + REACH - 64` bytes for `n` masks. Bytes that the text lacks are zeros.
///
/// # Panics
///
/// If there are masks for blocks that begin after the end of the text.
pub(super) fn sift<const REACH: usize>(
    text: &[u8],
    masks: &mut [u64],
    sift: impl Fn(&[u8], &mut [u64]),
) {
    let whole = (text.len() + 1).saturating_sub(REACH).div_ceil(BLOCK_BYTES).min(masks.len());
    let (whole_masks, rest) = masks.split_at_mut(whole);
    sift(text, whole_masks);
    for (mask, at) in rest.iter_mut().zip((whole * BLOCK_BYTES..).step_by(BLOCK_BYTES)) {
        let mut padded = [0; REACH];
        let bytes = &text[at..text.len().min(at + REACH)];
        padded[..bytes.len()].copy_from_slice(bytes);
        sift(&padded, std::slice::from_mut(mask));
    }
}
