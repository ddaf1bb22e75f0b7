//! How addresses are read.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Certificate;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// How addresses are read.
#[derive(Clone)]
#[non_exhaustive]
pub struct RemoteSettings {
    /// Fields of the header of each request over HTTP, by name and value. They may be
    /// credentials, so they are not sent to another host that a server refers to.
    pub headers: Vec<(String, String)>,
    /// A file with certificates of authorities that are trusted besides those of the system.
    pub ca_cert: Option<PathBuf>,
    /// Requests to stores are not signed: what they are for is public.
    pub no_sign_request: bool,
    /// Where stores are, if not where their names say.
    pub endpoint_url: Option<String>,
    /// The region of buckets of S3, if the environment does not say it.
    pub region: Option<String>,
    /// Who asks pays, and not the owner of the bucket.
    pub requester_pays: bool,
    /// The variables of the environment in which credentials are looked for.
    pub environment: Vec<(String, String)>,
    /// Texts are opened to be read in ranges, each by a reader of its own: see
    /// [`Divisible`](crate::Divisible). It is so for texts with a size and a strong entity tag
    /// on servers that give ranges; others are read from beginning to end, as all are otherwise.
    pub in_ranges: bool,
    /// The longest range that is asked for at once, in bytes.
    pub range_bytes: u64,
    /// The most requests that are under way at once.
    pub requests: usize,
    /// The most bytes that are fetched before they are needed.
    pub ahead_bytes: usize,
    /// How often in a row a request is tried again.
    pub retries: u32,
    /// How long to wait before the first retry; twice as long before each further one.
    pub first_pause: Duration,
    /// How long to wait at most, if the server says nothing else.
    pub longest_pause: Duration,
    /// How long a server that says how long may ask to be left alone.
    pub longest_request_pause: Duration,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for the next bytes.
    pub read_timeout: Duration,
}

impl Default for RemoteSettings {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            ca_cert: None,
            no_sign_request: false,
            endpoint_url: None,
            region: None,
            requester_pays: false,
            environment: Vec::new(),
            in_ranges: false,
            range_bytes: 4 << 20,
            requests: 64,
            ahead_bytes: 160 << 20,
            retries: 8,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(15),
            longest_request_pause: Duration::from_mins(2),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_mins(1),
        }
    }
}

/// Settings that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadSetting {
    /// A field of a header that cannot be sent.
    #[error("a header is a name, a colon and a value, in plain characters")]
    Header,
    /// A file with certificates.
    #[error("{}: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl RemoteSettings {
    pub(super) fn check(&self) -> Result<(), BadSetting> {
        self.header_map()?;
        self.certificates()?;
        Ok(())
    }

    /// The value of a variable of the environment, if it has one.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let found = self.environment.iter().find(|(variable, _)| variable == name);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }

    /// The fields of the header of each request.
    pub(super) fn header_map(&self) -> Result<HeaderMap, BadSetting> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.trim().as_bytes());
            let value = HeaderValue::from_str(value.trim());
            let (Ok(name), Ok(mut value)) = (name, value) else { return Err(BadSetting::Header) };
            value.set_sensitive(true);
            map.append(name, value);
        }
        Ok(map)
    }

    /// The certificates of the file that was named.
    pub(super) fn certificates(&self) -> Result<Vec<Certificate>, BadSetting> {
        let Some(path) = &self.ca_cert else { return Ok(Vec::new()) };
        let bad = |reason: &str| BadSetting::Certificates {
            path: path.clone(),
            reason: reason.to_owned(),
        };
        let bytes = fs::read(path).map_err(|error| bad(&crate::Fault::from(error).to_string()))?;
        match Certificate::from_pem_bundle(&bytes) {
            Ok(certificates) if !certificates.is_empty() => Ok(certificates),
            _ => Err(bad("it holds no certificate in PEM form")),
        }
    }
}

/// Without the values of headers.
impl fmt::Debug for RemoteSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("RemoteSettings")
            .field("headers", &names)
            .field("ca_cert", &self.ca_cert)
            .finish_non_exhaustive()
    }
}
