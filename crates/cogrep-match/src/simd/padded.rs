//! Filters that make a mask of sixty-four places from more bytes than these, up to the end
//! of a text.

/// The places of a mask.
const PLACES: usize = 64;

/// Calls `sift` with masks and the text that they are made from, `64 n + REACH - 64` bytes
/// for `n` masks at least. What the text lacks of the last ones is zeros.
///
/// # Panics
///
/// When there are masks for places that begin behind the text.
pub(super) fn sift<const REACH: usize>(
    text: &[u8],
    masks: &mut [u64],
    sift: impl Fn(&[u8], &mut [u64]),
) {
    let whole = (text.len() + 1).saturating_sub(REACH).div_ceil(PLACES).min(masks.len());
    let (whole_masks, rest) = masks.split_at_mut(whole);
    sift(text, whole_masks);
    for (mask, at) in rest.iter_mut().zip((whole * PLACES..).step_by(PLACES)) {
        let mut padded = [0; REACH];
        let bytes = &text[at..text.len().min(at + REACH)];
        padded[..bytes.len()].copy_from_slice(bytes);
        sift(&padded, std::slice::from_mut(mask));
    }
}
