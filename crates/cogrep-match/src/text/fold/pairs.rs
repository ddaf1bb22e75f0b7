//! What becomes of characters of two bytes, by their bytes.

use std::sync::OnceLock;

use super::{fold_char, table};
use crate::simd::pairs::{OF_THREE, OF_TWO, Pairs};

/// The table of all pairs; made when text is first met that is not ASCII.
pub(super) fn pairs() -> &'static Pairs {
    static PAIRS: OnceLock<Pairs> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let mut pairs = Pairs { first: [[0; 64]; 64], second: [[0; 64]; 64], changes: [0; 64] };
        for first in OF_TWO..=u8::MAX {
            let row = usize::from(first) % 64;
            for second in 0x80..=0xBF {
                let column = usize::from(second) % 64;
                let (to_first, to_second) = becomes(first, second).unwrap_or_default();
                pairs.first[row][column] = to_first;
                pairs.second[row][column] = to_second;
                if (to_first, to_second) != (first, second) {
                    pairs.changes[row] = 0xFF;
                }
            }
        }
        pairs
    })
}

/// What becomes of the two bytes with which characters begin, if that can be said.
fn becomes(first: u8, second: u8) -> Option<(u8, u8)> {
    let stays = |stays: bool| stays.then_some((first, second));
    let code = |bits: u32| (u32::from(first) & bits) << 6 | u32::from(second) & 0x3F;
    let page_stays = |page: u32| table::INDEX.get(page as usize).is_none_or(|page| *page == 0);
    match first {
        0xC2..OF_THREE => {
            let to = char::from_u32(code(0x1F)).map(fold_char)?;
            let mut bytes = [0; 2];
            (to.len_utf8() == 2).then(|| to.encode_utf8(&mut bytes));
            (bytes[0] != 0).then_some((bytes[0], bytes[1]))
        }
        // A page of the table has the characters that differ in their last byte only.
        OF_THREE..0xF0 => stays(Pairs::has_few_capitals(first, second) || page_stays(code(0x0F))),
        0xF0..0xF5 => {
            let pages = code(0x07) << 6;
            stays((pages..pages + 64).all(page_stays))
        }
        _ => stays(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pair_becomes_is_what_its_characters_do() {
        for char in '\u{80}'..=char::MAX {
            let mut bytes = [0; 4];
            let bytes = char.encode_utf8(&mut bytes).as_bytes();
            let to = fold_char(char);
            let Some(pair) = pairs().of(bytes[0]) else {
                assert_eq!(to, char);
                continue;
            };
            let (first, second) = (pair.first(bytes[1]), pair.second(bytes[1]));
            let few = Pairs::has_few_capitals(bytes[0], bytes[1]);
            if bytes.len() == 2 && to.len_utf8() == 2 {
                assert_eq!(to.to_string().as_bytes(), [first, second], "{char:?}");
            } else if bytes.len() == 2 {
                assert_eq!(first, 0, "{char:?}");
            } else if few {
                assert_eq!(to != char, Pairs::is_capital_of_few(bytes[2]), "{char:?}");
            } else {
                assert!(first == 0 || to == char, "{char:?}");
            }
        }
    }

    #[test]
    fn most_of_what_is_written_stays() {
        let stays = |text: &str| {
            text.chars().all(|char| {
                let bytes = char.to_string().into_bytes();
                pairs().of(bytes[0]).is_none_or(|pair| pair.first(bytes[1]) != 0)
            })
        };
        assert!(stays("“”‘’–—…€ 相救，。：！？「」 한국어 ひらカタ ไทย हिन्दी 😀 עברית العربية"));
        assert!(!stays("\u{2126}") && stays("\u{3A9}"), "the sign of ohms is another character");
    }
}
