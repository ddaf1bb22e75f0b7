//! The objects of a bucket, a page at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use globset::{GlobBuilder, GlobMatcher};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::{Kind, Place, Store, encode};
use crate::backend::remote::flow::Tries;
use crate::backend::remote::request::refusal;
use crate::backend::remote::{Network, RemoteFault, Shared};
use crate::name::SourceName;
use crate::outcome::Fault;
use crate::remote_name::{RemoteName, Version};

/// The most bytes of a page. One has a thousand keys, of a kilobyte at most, or five thousand.
const PAGE_BYTES: usize = 64 << 20;

/// What is listed.
struct Listed {
    store: Arc<Store>,
    prefix: String,
    glob: Option<Glob>,
}

/// A glob, and the key that is spelled as it is: a key may have what is special in a glob, and
/// its name, which a result has, leads back to it.
struct Glob {
    matcher: GlobMatcher,
    spelled: String,
}

/// How far a listing is.
struct Progress {
    found: VecDeque<Object>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
    is_over: bool,
}

/// An object of a listing.
#[derive(Debug, PartialEq, Eq)]
struct Object {
    key: String,
    version: Version,
}

/// The objects of a place, in the order of their keys. What cannot be listed is a fault of
/// the place.
pub(in crate::backend::remote) fn list<'a>(
    network: &'a Network,
    store: Arc<Store>,
    address: SourceName,
    place: Place<'_>,
) -> BoxStream<'a, Result<SourceName, (SourceName, Fault)>> {
    let listed = match Listed::new(store, place) {
        Ok(listed) => Arc::new(listed),
        Err(fault) => return stream::iter([Err((address, fault.into()))]).boxed(),
    };
    let scheme_and_bucket = match &address {
        SourceName::Remote(name) => {
            let bytes = name.address().len() - place.key.len();
            name.address()[..bytes].trim_end_matches('/').to_owned()
        }
        _ => String::new(),
    };
    let folder = folder_of(&listed.prefix);
    let prefix = format!("{scheme_and_bucket}/{}", &listed.prefix[..folder]);
    let begun = Progress { found: VecDeque::new(), next: None, is_over: false };
    stream::unfold(begun, move |mut progress| {
        let (listed, prefix, address) = (Arc::clone(&listed), prefix.clone(), address.clone());
        async move {
            loop {
                if let Some(Object { key, version }) = progress.found.pop_front() {
                    let name = RemoteName::listed(&prefix, &key[folder..], version);
                    return Some((Ok(SourceName::Remote(Arc::new(name))), progress));
                }
                if progress.is_over {
                    return None;
                }
                let (shared, next) = (Arc::clone(&network.shared), progress.next.take());
                let page = network.thread.run(page(shared, Arc::clone(&listed), next)).await;
                let page = page.and_then(|page| page.map_err(Fault::from));
                match page {
                    Ok(page) => {
                        progress.is_over = page.next.is_none();
                        progress.next = page.next;
                        progress.found = listed.wanted(page.objects).collect();
                    }
                    Err(fault) => {
                        progress.is_over = true;
                        return Some((Err((address, fault)), progress));
                    }
                }
            }
        }
    })
    .boxed()
}

impl Listed {
    fn new(store: Arc<Store>, place: Place<'_>) -> Result<Self, RemoteFault> {
        let Some(start) = place.glob_start() else {
            return Ok(Self { store, prefix: place.key.to_owned(), glob: None });
        };
        let glob = GlobBuilder::new(place.key)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| RemoteFault::Address(error.kind().to_string()))?;
        let glob = Glob { matcher: glob.compile_matcher(), spelled: place.key.to_owned() };
        // What is escaped is spelled otherwise in the keys.
        let prefix = place.key[..start].split('\\').next().unwrap_or_default();
        Ok(Self { store, prefix: prefix.to_owned(), glob: Some(glob) })
    }

    fn wanted(&self, objects: Vec<Object>) -> impl Iterator<Item = Object> {
        objects.into_iter().filter(|object| {
            // A store that gave more than was asked for would have things counted that nobody
            // named.
            object.key.starts_with(&self.prefix)
                && self.glob.as_ref().is_none_or(|glob| glob.chooses(&object.key))
        })
    }
}

impl Glob {
    fn chooses(&self, key: &str) -> bool {
        self.matcher.is_match(key) || self.spelled == key
    }
}

/// The bytes of a prefix that are those of its folder, with the slash.
fn folder_of(prefix: &str) -> usize {
    prefix.rfind('/').map_or(0, |slash| slash + 1)
}

/// A page of a listing.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    objects: Vec<Object>,
    next: Option<String>,
}

/// Asks for a page until there is one.
async fn page(
    shared: Arc<Shared>,
    listed: Arc<Listed>,
    next: Option<String>,
) -> Result<Page, RemoteFault> {
    let _slot = shared.flow.slot().await;
    let mut tries = Tries::default();
    loop {
        match ask(&shared, &listed, next.as_deref()).await {
            Ok(page) => return Ok(page),
            Err(fault) => tries.again(&shared, fault, 0).await?,
        }
    }
}

async fn ask(shared: &Shared, listed: &Listed, next: Option<&str>) -> Result<Page, RemoteFault> {
    let Listed { store, prefix, .. } = listed;
    let prefix = encode(prefix, b"");
    let next = next.map(|next| encode(next, b""));
    let query = match store.kind {
        Kind::S3 | Kind::Google => {
            let next = next.map(|next| format!("continuation-token={next}&")).unwrap_or_default();
            format!("{next}encoding-type=url&list-type=2&prefix={prefix}")
        }
        Kind::Azure => {
            let next = next.map(|next| format!("&marker={next}")).unwrap_or_default();
            format!("restype=container&comp=list&prefix={prefix}{next}")
        }
    };
    let mut response = store.get(&shared.client, "", &query, &HeaderMap::new()).await?;
    if response.status() != StatusCode::OK {
        return Err(refusal(response).await);
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(RemoteFault::of_client)? {
        body.extend_from_slice(&piece);
        if body.len() > PAGE_BYTES {
            return Err(RemoteFault::Listing);
        }
    }
    let text = std::str::from_utf8(&body).map_err(|_| RemoteFault::Listing)?;
    match store.kind {
        Kind::S3 | Kind::Google => s3_page(text),
        Kind::Azure => azure_page(text),
    }
    .ok_or(RemoteFault::Listing)
}

/// As S3 writes it, and Google.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct S3Page {
    #[serde(default)]
    contents: Vec<S3Object>,
    encoding_type: Option<String>,
    #[serde(default)]
    is_truncated: bool,
    next_continuation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct S3Object {
    key: String,
    size: u64,
    #[serde(rename = "ETag")]
    etag: Option<Box<str>>,
}

fn s3_page(text: &str) -> Option<Page> {
    let page: S3Page = quick_xml::de::from_str(text).ok()?;
    let is_encoded = page.encoding_type.as_deref() == Some("url");
    let objects = page.contents.into_iter().map(|object| {
        let key = if is_encoded { decode(&object.key, true)? } else { object.key };
        Some(Object { key, version: Version { bytes: object.size, etag: object.etag } })
    });
    let objects = objects.collect::<Option<_>>()?;
    // A page that says that there are more, and not where, is not the last.
    let next = page.next_continuation_token.filter(|_| page.is_truncated);
    (next.is_some() == page.is_truncated).then_some(Page { objects, next })
}

/// As Azure writes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AzurePage {
    blobs: AzureBlobs,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
struct AzureBlobs {
    #[serde(rename = "Blob", default)]
    blobs: Vec<AzureBlob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AzureBlob {
    name: AzureName,
    properties: AzureProperties,
}

#[derive(Deserialize)]
struct AzureName {
    #[serde(rename = "@Encoded", default)]
    is_encoded: bool,
    #[serde(rename = "$text", default)]
    text: String,
}

#[derive(Deserialize)]
struct AzureProperties {
    #[serde(rename = "Content-Length")]
    bytes: u64,
    #[serde(rename = "Etag")]
    etag: Option<String>,
}

fn azure_page(text: &str) -> Option<Page> {
    let page: AzurePage = quick_xml::de::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let objects = page.blobs.blobs.into_iter().map(|blob| {
        let AzureName { is_encoded, text } = blob.name;
        let key = if is_encoded { decode(&text, false)? } else { text };
        // It is written without the quotes that it has everywhere else.
        let etag = blob.properties.etag.map(|etag| {
            let is_quoted = etag.starts_with('"');
            if is_quoted { etag.into() } else { format!("\"{etag}\"").into() }
        });
        Some(Object { key, version: Version { bytes: blob.properties.bytes, etag } })
    });
    let objects = objects.collect::<Option<_>>()?;
    Some(Page { objects, next: page.next_marker.filter(|next| !next.is_empty()) })
}

/// Decodes what is written with percent signs, and with plus signs for spaces.
fn decode(text: &str, has_plus: bool) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' if has_plus => b' ',
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, bytes: u64, etag: &str) -> Object {
        Object { key: key.to_owned(), version: Version { bytes, etag: Some(etag.into()) } }
    }

    #[test]
    fn pages_of_s3_are_read() {
        let text = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3\"><Name>b</Name>\
            <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><Contents>\
            <Key>a+b%2B%0A/</Key><ETag>&quot;1&quot;</ETag><Size>7</Size></Contents><KeyCount>1\
            </KeyCount><Contents><Key>c</Key><ETag>\"2\"</ETag><Size>0</Size></Contents>\
            <NextContinuationToken>x/y=</NextContinuationToken></ListBucketResult>";
        let objects = vec![object("a b+\n/", 7, "\"1\""), object("c", 0, "\"2\"")];
        assert_eq!(s3_page(text), Some(Page { objects, next: Some("x/y=".to_owned()) }));
        let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        assert_eq!(s3_page(empty), Some(Page { objects: Vec::new(), next: None }));
        let cut = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
        assert_eq!(s3_page(cut), None, "where does it go on?");
        assert_eq!(s3_page("<html>"), None);
    }

    #[test]
    fn pages_of_azure_are_read() {
        let text = "\u{feff}<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>a &amp; b\
            </Name><Properties><Etag>0x1</Etag><Content-Length>7</Content-Length></Properties>\
            </Blob><Blob><Name Encoded=\"true\">c%2F+</Name><Properties><Etag>\"2\"</Etag>\
            <Content-Length>0</Content-Length></Properties></Blob></Blobs><NextMarker>m\
            </NextMarker></EnumerationResults>";
        let objects = vec![object("a & b", 7, "\"0x1\""), object("c/+", 0, "\"2\"")];
        assert_eq!(azure_page(text), Some(Page { objects, next: Some("m".to_owned()) }));
        let empty = "<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>";
        assert_eq!(azure_page(empty), Some(Page { objects: Vec::new(), next: None }));
    }
}
