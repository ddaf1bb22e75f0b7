//! Object stores: where an object is, and how a request for it is signed.
//!
//! Credentials and signatures are those of the `object_store` crate; requests are sent and
//! tried again here, as all others are. So each try has a signature of its own, a store that
//! asks for a pause gets it, and a key may be any text.

mod connector;
mod credentials;
pub(super) mod listing;

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode, Url};

use self::credentials::Credentials;
use super::client::Client;
use super::{RemoteFault, RemoteSettings};

/// The stores whose addresses are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    S3,
    Google,
    Azure,
}

/// The account of the emulator of Azure.
const EMULATED: &str = "devstoreaccount1";

/// A bucket, or a container as Azure calls it.
pub(super) struct Store {
    kind: Kind,
    bucket: String,
    settings: StoreSettings,
    /// The region of a bucket of S3, as far as it is known.
    region: Mutex<String>,
    credentials: Option<Credentials>,
}

/// What is said about stores, by the user or by the environment.
#[derive(Clone, Debug)]
struct StoreSettings {
    endpoint: Option<String>,
    requester_pays: bool,
    /// The account of Azure.
    account: String,
}

/// An address of a store, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    pub(super) bucket: &'a str,
    /// The key of an object, a prefix, or a glob.
    pub(super) key: &'a str,
}

impl<'a> Place<'a> {
    /// Takes an address apart, if it is one of a store.
    pub(super) fn parse(address: &'a str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let kind = match scheme {
            "s3" => Kind::S3,
            "gs" => Kind::Google,
            "az" => Kind::Azure,
            _ => return None,
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self { kind, bucket, key })
    }

    /// Whether it may be many objects: a prefix that ends in a slash, all of a bucket, or a
    /// glob.
    pub(super) fn is_many(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/') || self.glob_start().is_some()
    }

    /// Where a glob begins, if there is one.
    pub(super) fn glob_start(&self) -> Option<usize> {
        self.key.find(['*', '?', '[', '{'])
    }
}

impl Store {
    pub(super) fn new(place: Place<'_>, settings: &RemoteSettings) -> Result<Self, RemoteFault> {
        if place.bucket.is_empty() {
            return Err(RemoteFault::Address("it names no bucket".to_owned()));
        }
        let kind = place.kind;
        let variable = |names: &[&str]| names.iter().find_map(|name| settings.variable(name));
        let is_emulated = variable(&["AZURE_STORAGE_USE_EMULATOR"]).is_some_and(|it| it == "true");
        let endpoint = settings.endpoint_url.clone().or_else(|| match kind {
            Kind::S3 => variable(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]),
            Kind::Google => variable(&["STORAGE_EMULATOR_HOST"]),
            Kind::Azure => variable(&["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"])
                .or_else(|| is_emulated.then(|| format!("http://127.0.0.1:10000/{EMULATED}"))),
        });
        let region = settings.region.clone();
        let region = region.or_else(|| variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]));
        let account = variable(&["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"])
            .or_else(|| is_emulated.then(|| EMULATED.to_owned()));
        if kind == Kind::Azure && account.is_none() {
            let message = "AZURE_STORAGE_ACCOUNT_NAME does not say in which account it is";
            return Err(RemoteFault::Credentials(message.to_owned()));
        }
        let is_on = |names: &[&str]| {
            variable(names)
                .is_some_and(|value| matches!(&*value, "1" | "true" | "TRUE" | "requester"))
        };
        let is_unsigned = settings.no_sign_request
            || is_on(match kind {
                Kind::S3 => &["AWS_SKIP_SIGNATURE"],
                Kind::Google => &["GOOGLE_SKIP_SIGNATURE"],
                Kind::Azure => &["AZURE_SKIP_SIGNATURE"],
            });
        let account = account.unwrap_or_default();
        let credentials =
            (!is_unsigned).then(|| Credentials::new(kind, place.bucket, &account, settings));
        Ok(Self {
            kind,
            bucket: place.bucket.to_owned(),
            settings: StoreSettings {
                endpoint: endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned()),
                requester_pays: settings.requester_pays || is_on(&["AWS_REQUEST_PAYER"]),
                account,
            },
            region: Mutex::new(region.unwrap_or_else(|| "us-east-1".to_owned())),
            credentials: credentials.transpose()?,
        })
    }

    fn region(&self) -> String {
        self.region.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The address of the bucket.
    fn base(&self) -> String {
        let Self { bucket, settings, .. } = self;
        if let Some(endpoint) = &settings.endpoint {
            let scheme = if endpoint.contains("://") { "" } else { "http://" };
            return format!("{scheme}{endpoint}/{bucket}");
        }
        match self.kind {
            // A certificate holds for one label.
            Kind::S3 if bucket.contains('.') => {
                format!("https://s3.{}.amazonaws.com/{bucket}", self.region())
            }
            Kind::S3 => format!("https://{bucket}.s3.{}.amazonaws.com", self.region()),
            Kind::Google => format!("https://storage.googleapis.com/{bucket}"),
            Kind::Azure => format!("https://{}.blob.core.windows.net/{bucket}", settings.account),
        }
    }

    /// Asks for an object, or with an empty key for what the query says of the bucket.
    pub(super) async fn get(
        &self,
        client: &Client,
        key: &str,
        query: &str,
        headers: &HeaderMap,
    ) -> Result<Response, RemoteFault> {
        let mut has_moved = false;
        loop {
            let url = self.url(key, query)?;
            let request = self.signed(&url, headers).await?;
            let headers = request.headers().clone();
            let uri = request.uri().to_string();
            let url = Url::parse(&uri).map_err(|error| RemoteFault::Address(error.to_string()))?;
            let response = client.send(&url, HeaderMap::new(), &headers).await?;
            if has_moved || !self.has_moved(&response) {
                return Ok(response);
            }
            has_moved = true;
        }
    }

    fn url(&self, key: &str, query: &str) -> Result<Url, RemoteFault> {
        let path = if key.is_empty() { String::new() } else { format!("/{}", encode(key, b"/")) };
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let url = Url::parse(&format!("{}{path}{query}", self.base()));
        let url = url.map_err(|error| RemoteFault::Address(error.to_string()))?;
        // An address has no way to say `.` or `..` for the name of a folder.
        if url.path().ends_with(&path) {
            Ok(url)
        } else {
            Err(RemoteFault::Address("its key has . or .. for the name of a folder".to_owned()))
        }
    }

    async fn signed(&self, url: &Url, headers: &HeaderMap) -> Result<HttpRequest, RemoteFault> {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        let uri = url.as_str().parse();
        *request.uri_mut() = uri.map_err(|_| RemoteFault::Address("it is too long".to_owned()))?;
        request.headers_mut().clone_from(headers);
        if self.kind == Kind::Google {
            // What is kept compressed is given as it is kept: unpacked on the way, it has neither
            // a length nor ranges.
            request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        match &self.credentials {
            Some(credentials) => {
                let pays = self.settings.requester_pays;
                let account = &self.settings.account;
                credentials.sign(&mut request, &self.region(), pays, account).await?;
            }
            None if self.kind == Kind::Azure => credentials::name_version(&mut request),
            None => {}
        }
        Ok(request)
    }

    /// Whether the answer says that the bucket is in another region, which is asked from then
    /// on.
    fn has_moved(&self, response: &Response) -> bool {
        let is_hint = matches!(
            response.status(),
            StatusCode::MOVED_PERMANENTLY
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::BAD_REQUEST
                | StatusCode::FORBIDDEN
        );
        let named = response.headers().get("x-amz-bucket-region");
        let named = named.and_then(|region| region.to_str().ok()).filter(|_| is_hint);
        let Some(named) = named.filter(|_| self.kind == Kind::S3) else { return false };
        let mut region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other = *region != named;
        named.clone_into(&mut region);
        is_other
    }
}

/// Encodes a text as a part of an address.
fn encode(text: &str, plain: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || plain.contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod faults;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_object_a_prefix_or_a_glob() {
        for (address, bucket, key, is_many) in [
            ("s3://bucket", "bucket", "", true),
            ("s3://bucket/", "bucket", "", true),
            ("s3://bucket/a/b.txt", "bucket", "a/b.txt", false),
            ("gs://bucket/a/", "bucket", "a/", true),
            ("az://bucket/a/*.log", "bucket", "a/*.log", true),
            ("s3://bucket//a", "bucket", "/a", false),
        ] {
            let place = Place::parse(address).unwrap();
            assert_eq!((place.bucket, place.key, place.is_many()), (bucket, key, is_many));
        }
        assert_eq!(Place::parse("https://a/b"), None);
    }

    #[test]
    fn keys_are_encoded_or_refused() {
        let settings = RemoteSettings { no_sign_request: true, ..RemoteSettings::default() };
        let place = Place::parse("s3://my.bucket/x").unwrap();
        let store = Store::new(place, &settings).unwrap();
        let url = |key| store.url(key, "").map(String::from);
        let base = "https://s3.us-east-1.amazonaws.com/my.bucket";
        assert_eq!(url("a b/ä?+#").unwrap(), format!("{base}/a%20b/%C3%A4%3F%2B%23"));
        assert_eq!(url("/a//b/").unwrap(), format!("{base}//a//b/"));
        for refused in ["a/../b", ".", "a/./b"] {
            assert!(url(refused).is_err(), "{refused}");
        }
    }
}
