//! Requests, as they come.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub method: String,
    /// The path, decoded.
    pub path: String,
    /// The query, as it came.
    pub query: String,
    /// The fields of the header, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Request {
    /// Reads the next request of a connection, if there is one.
    pub(super) fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        // A client that takes this for its proxy names the host, too.
        let target = target
            .strip_prefix("http://")
            .map_or(target.as_str(), |rest| rest.find('/').map_or("/", |slash| &rest[slash..]));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Self { method, path: decode(path), query: query.to_owned(), headers })
    }

    /// A field of the header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// A value of the query, decoded.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let fields = self.query.split('&').filter_map(|field| field.split_once('='));
        fields.into_iter().find(|(key, _)| decode(key) == name).map(|(_, value)| decode(value))
    }

    /// The range that is asked for, in an object of this many bytes.
    #[must_use]
    pub fn range(&self, size: usize) -> Option<Range<usize>> {
        let (first, last) = self.header("range").strip_prefix("bytes=")?.split_once('-')?;
        let last = if last.is_empty() { usize::MAX - 1 } else { last.parse().ok()? };
        Some(first.parse().ok()?..size.min(last + 1))
    }
}

/// Decodes what is written with percent signs.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
