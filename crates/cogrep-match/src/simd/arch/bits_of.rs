//! The bits of a byte as numbers, for those who write them eight at a time.

/// For each byte the numbers of its bits that are set, one after the other.
pub(super) static BITS_OF: [[u8; 8]; 256] = {
    let mut all = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut len) = (0_u8, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                all[byte][len] = bit;
                len += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    all
};
