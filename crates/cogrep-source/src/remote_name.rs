//! Addresses: names of texts that are elsewhere.

use std::fmt;

/// The schemes of addresses that are read over the network.
const SCHEMES: [&str; 5] = ["http://", "https://", "s3://", "gs://", "az://"];

/// The address of a text that is read over the network, or of many.
///
/// Addresses hold secrets: passwords, and the signatures of links. So there are two texts:
/// the address, for the backend alone, and what is shown of it.
///
/// ```
/// use cogrep_source::RemoteName;
///
/// let name = RemoteName::parse("https://me:secret@example.org/a.txt?page=2&sig=abc").unwrap();
/// assert_eq!(name.shown(), "https://me@example.org/a.txt?page=...&sig=...");
/// assert!(RemoteName::parse("letters/may.txt").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemoteName {
    shown: Box<str>,
    address: Box<str>,
    version: Option<Version>,
    /// How many bytes of the address are those of the prefix that was listed.
    prefix_bytes: usize,
}

/// What a listing says of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// Its size in bytes.
    pub bytes: u64,
    /// What changes with its content, if the store has such a thing.
    pub etag: Option<Box<str>>,
}

impl RemoteName {
    /// The name of an address, if the text is one.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let scheme = SCHEMES.iter().find(|scheme| {
            let start = address.as_bytes().get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        })?;
        let rest = &address[scheme.len()..];
        let shown = if scheme.starts_with("http") { shown(rest) } else { rest.to_owned() };
        Some(Self {
            shown: format!("{scheme}{shown}").into(),
            address: format!("{scheme}{rest}").into(),
            version: None,
            prefix_bytes: 0,
        })
    }

    /// The name of an object whose address begins with the prefix that was listed.
    #[cfg(feature = "remote")]
    pub(crate) fn listed(prefix: &str, rest: &str, version: Version) -> Self {
        let address = format!("{prefix}{rest}");
        Self {
            shown: address.as_str().into(),
            address: address.into(),
            version: Some(version),
            prefix_bytes: prefix.len(),
        }
    }

    /// The name of the text in this version, which is read in no other: a text that has changed
    /// since is a fault.
    ///
    /// ```
    /// use cogrep_source::{RemoteName, Version};
    ///
    /// let name = RemoteName::parse("s3://logs/may.log").unwrap();
    /// let version = Version { bytes: 7, etag: Some("\"1f\"".into()) };
    /// assert_eq!(name.in_version(version.clone()).version(), Some(&version));
    /// ```
    #[must_use]
    pub fn in_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// What is shown of the address, in results and in messages: neither a password nor the
    /// values of its query.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The address, with all its secrets.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The version that is read, if it is known: as the listing said that it was found in, or
    /// as [`in_version`](Self::in_version) says.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// The name without the prefix that was listed.
    pub(crate) fn below_prefix(&self) -> &str {
        &self.address[self.prefix_bytes..]
    }
}

/// What is shown of an address of HTTP, without its scheme.
fn shown(rest: &str) -> String {
    let rest = rest.split('#').next().unwrap_or_default();
    let (before, query) =
        rest.split_once('?').map_or((rest, None), |(it, query)| (it, Some(query)));
    let (host, path) = before.split_at(before.find('/').unwrap_or(before.len()));
    let host = match host.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => host.to_owned(),
    };
    let hidden = |field: &str| match field.split_once('=') {
        Some((name, _)) => format!("{name}=..."),
        // A field without a name may be a secret itself.
        None => "...".to_owned(),
    };
    let query = query.map(|query| query.split('&').map(hidden).collect::<Vec<_>>().join("&"));
    query.map_or_else(|| format!("{host}{path}"), |query| format!("{host}{path}?{query}"))
}

/// Without what is not shown.
impl fmt::Debug for RemoteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteName")
            .field("shown", &self.shown)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for (address, shown) in [
            ("https://example.org", "https://example.org"),
            ("HTTP://example.org/a?", "http://example.org/a?..."),
            ("https://example.org/a?token#part", "https://example.org/a?..."),
            ("https://u:p@w@example.org/a@b", "https://u@example.org/a@b"),
            ("https://example.org/a?x=1&x=2=3", "https://example.org/a?x=...&x=..."),
            ("s3://bucket/a?b=c#d", "s3://bucket/a?b=c#d"),
        ] {
            let name = RemoteName::parse(address).unwrap();
            assert_eq!(name.shown(), shown);
            let debug = format!("{name:?}");
            assert!(!debug.contains("token") && !debug.contains("p@w"), "{debug}");
        }
        for other in ["", "http:/a", "file:///a", "https", "é://"] {
            assert!(RemoteName::parse(other).is_none(), "{other}");
        }
    }
}
