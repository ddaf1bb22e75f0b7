//! One request for bytes of a text, and what its answer says.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, LAST_MODIFIED, RANGE,
    RETRY_AFTER,
};
use reqwest::{Response, StatusCode, Url};

use super::client::Client;
use super::store::Store;
use super::{RemoteFault, Shared};
use crate::remote_name::Version;

/// What is asked for bytes.
pub(super) enum Target {
    /// A page of HTTP.
    Page(Url),
    /// An object of a store.
    Object {
        /// The bucket that it is in.
        store: Arc<Store>,
        key: String,
    },
}

/// What tells whether a text is still the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// Its size in bytes.
    pub(super) size: Option<u64>,
    /// An entity tag that is not the same for two texts.
    etag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
}

/// An answer with bytes of a text.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response,
    /// The range that the bytes are of, as far as it is known where they end.
    pub(super) start: u64,
    pub(super) end: Option<u64>,
    /// Whether it is the range that was asked for, and not all of the text.
    pub(super) is_range: bool,
    /// Whether it has an entity tag itself, and not only what is known already.
    pub(super) is_tagged: bool,
    pub(super) identity: Identity,
}

impl Target {
    /// The page at an address.
    pub(super) fn page(address: &str) -> Result<Self, RemoteFault> {
        let bad = |reason: &str| RemoteFault::Address(reason.to_owned());
        let url = Url::parse(address).map_err(|error| bad(&error.to_string()))?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(Self::Page(url)),
            _ => Err(bad("it names no host")),
        }
    }

    /// The object of this key.
    pub(super) fn object(store: Arc<Store>, key: &str) -> Result<Self, RemoteFault> {
        if key.is_empty() {
            return Err(RemoteFault::Address("it names no object".to_owned()));
        }
        Ok(Self::Object { store, key: key.to_owned() })
    }

    async fn get(&self, client: &Client, headers: &HeaderMap) -> Result<Response, RemoteFault> {
        match self {
            Self::Page(url) => client.get(url, headers).await,
            Self::Object { store, key } => store.get(client, key, "", headers).await,
        }
    }
}

impl Identity {
    /// What a listing says.
    pub(super) fn listed(version: Option<&Version>) -> Self {
        let etag = version.and_then(|version| version.etag.as_deref());
        let etag = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let size = version.map(|version| version.bytes);
        Self { size, etag: etag.filter(is_strong), modified: None }
    }

    /// Whether a later answer can be told to be of the same text.
    pub(super) fn is_certain(&self) -> bool {
        self.etag.is_some() || self.size.is_some()
    }

    /// What a listing would say, if that tells the text from any other.
    pub(super) fn version(&self) -> Option<Version> {
        let etag = self.etag.as_ref()?.to_str().ok()?;
        Some(Version { bytes: self.size?, etag: Some(etag.into()) })
    }

    /// Whether it has an entity tag that is not the same for two texts.
    pub(super) fn has_tag(&self) -> bool {
        self.etag.is_some()
    }

    /// Whether this may be the same text. What one of them does not say is no difference.
    fn agrees_with(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        agree(self.size.as_ref(), other.size.as_ref())
            && agree(self.etag.as_ref(), other.etag.as_ref())
            && agree(self.modified.as_ref(), other.modified.as_ref())
    }

    /// What both say together.
    fn and(self, other: Self) -> Self {
        Self {
            size: self.size.or(other.size),
            etag: self.etag.or(other.etag),
            modified: self.modified.or(other.modified),
        }
    }
}

/// Asks for a range of a text that is known by this, or for all of it.
pub(super) async fn ask(
    shared: &Shared,
    target: &Target,
    range: Option<Range<u64>>,
    known: &Identity,
) -> Result<Answer, RemoteFault> {
    let mut headers = HeaderMap::new();
    if let Some(etag) = &known.etag {
        headers.insert(IF_MATCH, etag.clone());
    }
    if let Some(range) = &range {
        set(&mut headers, RANGE, &range_value(range));
    }
    let response = target.get(&shared.client, &headers).await?;
    let field = |name: HeaderName| response.headers().get(name).cloned();
    let identity = Identity {
        size: None,
        etag: field(ETAG).filter(is_strong),
        modified: field(LAST_MODIFIED),
    };
    let length = response.content_length();
    let of = field(CONTENT_RANGE).and_then(|value| ContentRange::parse(value.to_str().ok()?));
    let (start, end, size, is_range) = match (response.status(), range, of) {
        (StatusCode::OK, ..) => (0, length, length, false),
        (StatusCode::PARTIAL_CONTENT, Some(asked), Some(of)) => {
            let Some(got) = of.range else { return Err(RemoteFault::OtherRange) };
            if of.size.is_some() && known.size.is_some() && of.size != known.size {
                return Err(RemoteFault::Changed);
            }
            let end = of.size.map_or(got.end, |size| asked.end.min(size));
            if got.start != asked.start
                || got.end != end
                || length.is_some_and(|length| length != end - got.start)
            {
                return Err(RemoteFault::OtherRange);
            }
            (got.start, Some(end), of.size, true)
        }
        (StatusCode::PARTIAL_CONTENT, ..) => return Err(RemoteFault::OtherRange),
        // Of nothing there is no range.
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(Range { start: 0, .. }), Some(of))
            if of.size == Some(0) && known.size.is_none_or(|size| size == 0) =>
        {
            (0, Some(0), Some(0), true)
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, ..) if known.size.is_some() => {
            return Err(RemoteFault::Changed);
        }
        (StatusCode::PRECONDITION_FAILED, ..) if known.etag.is_some() => {
            return Err(RemoteFault::Changed);
        }
        _ => return Err(refusal(response).await),
    };
    let identity = Identity { size, ..identity };
    if !known.agrees_with(&identity) {
        return Err(RemoteFault::Changed);
    }
    let is_tagged = identity.etag.is_some();
    let identity = known.clone().and(identity);
    Ok(Answer { response, start, end, is_range, is_tagged, identity })
}

/// The most of an answer that is looked through for a reason.
const REASON_BYTES: usize = 4 << 10;

/// What a server says that gives no bytes of the text.
pub(super) async fn refusal(mut response: Response) -> RemoteFault {
    let status = response.status();
    let pause = response.headers().get(RETRY_AFTER).and_then(pause);
    let mut body = Vec::new();
    while body.len() < REASON_BYTES
        && let Ok(Some(piece)) = response.chunk().await
    {
        body.extend_from_slice(&piece);
    }
    let standard = status.canonical_reason().unwrap_or_default().to_lowercase();
    let detail = code(&String::from_utf8_lossy(&body)).unwrap_or(standard);
    RemoteFault::Status { status: status.as_u16(), detail, pause }
}

/// The word that stores have for what is wrong.
fn code(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

/// How long to wait, in seconds or until a date.
fn pause(value: &HeaderValue) -> Option<Duration> {
    let value = value.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(SystemTime::now()).unwrap_or_default())
}

/// What the field `Content-Range` says.
#[derive(Debug, PartialEq, Eq)]
struct ContentRange {
    /// Which bytes came, if any.
    range: Option<Range<u64>>,
    /// How many there are.
    size: Option<u64>,
}

impl ContentRange {
    fn parse(value: &str) -> Option<Self> {
        let value = value.trim().strip_prefix("bytes")?.trim_start();
        let (range, size) = value.split_once('/')?;
        let size = match size.trim() {
            "*" => None,
            size => Some(size.parse().ok()?),
        };
        if range.trim() == "*" {
            return Some(Self { range: None, size });
        }
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let is_range = first <= last && last < u64::MAX && size.is_none_or(|size| last < size);
        is_range.then(|| Self { range: Some(first..last + 1), size })
    }
}

fn range_value(range: &Range<u64>) -> String {
    if range.end == u64::MAX {
        format!("bytes={}-", range.start)
    } else {
        format!("bytes={}-{}", range.start, range.end - 1)
    }
}

fn is_strong(etag: &HeaderValue) -> bool {
    etag.as_bytes().starts_with(b"\"")
}

/// Sets a field to what can be a value of one.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let of = |range, size| Some(ContentRange { range, size });
        for (value, parsed) in [
            ("bytes 0-9/10", of(Some(0..10), Some(10))),
            ("bytes 5-5/*", of(Some(5..6), None)),
            ("bytes */0", of(None, Some(0))),
            ("bytes 0-10/10", None),
            ("bytes 9-0/10", None),
            ("bytes 0-18446744073709551615/*", None),
            ("lines 0-9/10", None),
            ("bytes 0-9", None),
        ] {
            assert_eq!(ContentRange::parse(value), parsed, "{value}");
        }
        assert_eq!(range_value(&(0..8)), "bytes=0-7");
        assert_eq!(range_value(&(8..u64::MAX)), "bytes=8-");
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let pause = |value| pause(&HeaderValue::from_static(value));
        assert_eq!(pause("7"), Some(Duration::from_secs(7)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(pause("soon"), None);
    }

    #[test]
    fn the_reason_of_a_store_is_its_code() {
        let body = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Key>x</Key></Error>";
        assert_eq!(code(body).as_deref(), Some("AccessDenied"));
        assert_eq!(code("<Code>a b</Code>"), None);
    }
}
