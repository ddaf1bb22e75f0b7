//! Records on a member, as POSIX writes them: `LENGTH KEY=VALUE` and a line feed, where the
//! value may hold any byte.

use super::header::{Bad, decimal};
use super::sparse::Pieces;

/// What records say of a member, as far as it matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// The name of a file with holes; the other one is made up.
    pub(super) sparse_name: Option<Vec<u8>>,
    /// The size of a file with holes.
    pub(super) real_size: Option<u64>,
    /// Where a file with holes has bytes.
    pub(super) pieces: Pieces,
    /// Whether it says so before its bytes.
    pub(super) has_map: bool,
    /// Whether it is a file with holes, in one of the older ways.
    pub(super) is_sparse: bool,
    /// Where the next piece begins.
    offset: Option<u64>,
}

impl Records {
    /// Adds the records that these bytes are; later ones win.
    pub(super) fn add(&mut self, mut bytes: &[u8]) -> Result<(), Bad> {
        // Some programs fill up with NULs.
        while bytes.first().is_some_and(|byte| *byte != 0) {
            let space = bytes.iter().take(20).position(|byte| *byte == b' ').ok_or(Bad)?;
            let length = usize::try_from(decimal(&bytes[..space])?).map_err(|_| Bad)?;
            let record = bytes.get(space + 1..length).ok_or(Bad)?;
            let [record @ .., b'\n'] = record else { return Err(Bad) };
            let equals = record.iter().position(|byte| *byte == b'=').ok_or(Bad)?;
            self.record(&record[..equals], &record[equals + 1..])?;
            bytes = &bytes[length..];
        }
        Ok(())
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), Bad> {
        // One without a value takes back what was said for all members.
        let name = || Some(value.to_vec()).filter(|name| !name.is_empty());
        let size = || if value.is_empty() { Ok(None) } else { decimal(value).map(Some) };
        match key {
            b"path" => self.name = name(),
            b"size" => self.size = size()?,
            b"GNU.sparse.name" => self.sparse_name = name(),
            b"GNU.sparse.realsize" => self.real_size = size()?,
            b"GNU.sparse.size" => {
                self.real_size = size()?;
                self.is_sparse = true;
            }
            b"GNU.sparse.major" => self.has_map = value == b"1",
            b"GNU.sparse.offset" => self.offset = size()?,
            b"GNU.sparse.numbytes" => {
                let offset = self.offset.take().ok_or(Bad)?;
                self.pieces.push(offset, decimal(value)?)?;
            }
            b"GNU.sparse.map" => {
                self.pieces = Pieces::default();
                let mut numbers = value.split(|byte| *byte == b',').map(decimal);
                while let Some(offset) = numbers.next() {
                    self.pieces.push(offset?, numbers.next().ok_or(Bad)??)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_any_byte_and_the_later_one_wins() {
        let mut records = Records::default();
        records.add(b"12 path=x y\n15 path=a\nb=\0c\n10 size=7\n10 mtime=\n\0\0").unwrap();
        assert_eq!((records.name.as_deref(), records.size), (Some(&b"a\nb=\0c"[..]), Some(7)));
        records.add(b"7 path=\n").unwrap_err();
        records.add(b"8 path=\n").unwrap();
        assert_eq!(records.name, None);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for bad in [
            &b"12 path=x"[..],
            b"x path=y\n",
            b" path=y\n",
            b"3 a\n",
            b"0 a=b\n",
            b"99999999999999999999 a=b\n",
            b"18446744073709551615 a=b\n",
            b"9 size=x\n",
            b"24 GNU.sparse.numbytes=1\n",
            b"22 GNU.sparse.map=1,2,3\n",
        ] {
            assert!(Records::default().add(bad).is_err(), "{}", bad.escape_ascii());
        }
    }
}
