//! Listings, as S3 has them.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use super::{Request, Shared, lock};

/// A page of the objects of a bucket, as version 2 of the listing has it.
pub(super) fn page(shared: &Shared, request: &Request) -> String {
    let bucket = format!("{}/", request.path.trim_end_matches('/'));
    let prefix = request.value("prefix").unwrap_or_default();
    let after = request.value("continuation-token").unwrap_or_default();
    let is_encoded = request.value("encoding-type").as_deref() == Some("url");
    let objects = lock(&shared.objects);
    let keys = objects.iter().filter_map(|(path, object)| {
        let key = path.strip_prefix(&bucket)?;
        (key.starts_with(&prefix) && key > after.as_str()).then_some((key, object))
    });
    let most = shared.page.load(Ordering::Relaxed);
    let found: Vec<_> = keys.take(most + 1).collect();
    let is_cut = found.len() > most;
    let mut page = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">",
    );
    // Writing to a string does not fail.
    let _ = write!(page, "<Prefix>{}</Prefix><IsTruncated>{is_cut}</IsTruncated>", escape(&prefix));
    if is_encoded {
        page.push_str("<EncodingType>url</EncodingType>");
    }
    for (key, object) in found.iter().take(most) {
        let key = if is_encoded { encode(key) } else { escape(key) };
        let _ = write!(
            page,
            "<Contents><Key>{key}</Key><ETag>{}</ETag><Size>{}</Size></Contents>",
            escape(&object.etag),
            object.bytes.len()
        );
    }
    if let Some((last, _)) = found.get(most.wrapping_sub(1)).filter(|_| is_cut) {
        let token = escape(last);
        let _ = write!(page, "<NextContinuationToken>{token}</NextContinuationToken>");
    }
    page.push_str("</ListBucketResult>");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
