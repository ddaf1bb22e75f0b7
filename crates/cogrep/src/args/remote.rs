//! How inputs are read that are elsewhere.

use std::ffi::OsString;

use clap::ArgMatches;

use crate::error::Error;
use crate::flags::id;

/// How inputs are read that are elsewhere.
#[derive(Clone)]
pub(crate) struct RemoteArgs {
    /// Fields of the header of each request, by name and value.
    pub(crate) headers: Vec<(String, String)>,
    /// A file with certificates of authorities that are trusted.
    pub(crate) ca_cert: Option<OsString>,
    /// Whether requests to stores are sent without a signature.
    pub(crate) no_sign_request: bool,
    /// Where stores are.
    pub(crate) endpoint_url: Option<String>,
    /// The region of buckets.
    pub(crate) region: Option<String>,
    /// Whether who asks pays.
    pub(crate) requester_pays: bool,
}

impl RemoteArgs {
    pub(super) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        let headers = matches.get_many::<String>(id::HEADER).unwrap_or_default();
        let headers = headers.map(|header| match header.split_once(':') {
            Some((name, value)) => Ok((name.to_owned(), value.trim().to_owned())),
            // What was given may be a secret.
            None => Err(Error::usage("--header: a header is a name, a colon and a value")
                .hint("--header 'Name: value'")),
        });
        Ok(Self {
            headers: headers.collect::<Result<_, _>>()?,
            ca_cert: matches.get_one(id::CA_CERT).cloned(),
            no_sign_request: matches.contains_id(id::NO_SIGN_REQUEST),
            endpoint_url: matches.get_one(id::ENDPOINT_URL).cloned(),
            region: matches.get_one(id::REGION).cloned(),
            requester_pays: matches.contains_id(id::REQUEST_PAYER),
        })
    }
}

impl RemoteArgs {
    /// Whether nothing was said.
    pub(crate) fn is_default(&self) -> bool {
        let is_unsaid = self.endpoint_url.is_none() && self.region.is_none();
        self.headers.is_empty()
            && self.ca_cert.is_none()
            && is_unsaid
            && !self.no_sign_request
            && !self.requester_pays
    }
}

/// Without the values of headers.
impl std::fmt::Debug for RemoteArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteArgs").field("ca_cert", &self.ca_cert).finish_non_exhaustive()
    }
}
