//! Bytes of any length at the beginning of a text, such that texts are ordered as these are.

/// Ends a key; after a zero byte of the key there is [`ESCAPED`].
const END: u8 = 0;
const ESCAPED: u8 = 0xFF;

/// Appends a key to a text that is being made.
pub fn put_key(key: &[u8], text: &mut Vec<u8>) {
    for byte in key {
        text.push(*byte);
        if *byte == 0 {
            text.push(ESCAPED);
        }
    }
    text.extend([0, END]);
}

/// The key with which a text begins, and what follows it.
///
/// # Panics
///
/// If it begins with none.
#[must_use]
pub fn take_key(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let (field, rest) = text.split_at(length(text));
    let mut key = Vec::with_capacity(field.len());
    let mut bytes = field[..field.len() - 2].iter();
    while let Some(byte) = bytes.next() {
        key.push(*byte);
        if *byte == 0 {
            bytes.next();
        }
    }
    (key, rest)
}

/// The bytes of the key with which a text begins.
pub(super) fn length(text: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair == [0, END];
    text.windows(2).position(ends).expect("a text that begins with a key") + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_as_they_were_put_and_keep_their_order() {
        let keys = [&b""[..], b"\0", b"\0\0", b"\0\xFF", b"\x01", b"a", b"a\0", b"a\0b", b"ab"];
        let put = keys.map(|key| {
            let mut text = Vec::new();
            put_key(key, &mut text);
            text.extend(b"\0rest");
            text
        });
        assert!(put.is_sorted());
        for (key, text) in keys.iter().zip(&put) {
            assert_eq!(take_key(text), (key.to_vec(), &b"\0rest"[..]));
        }
    }
}
