//! Sends requests, and goes where servers refer to.

use std::io;
use std::sync::Arc;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url, redirect};

use super::{Counters, RemoteFault, RemoteSettings};
use crate::outcome::Fault;

/// A server may refer to another address this often in a row.
const REDIRECTS: usize = 10;

/// Sends requests.
pub(super) struct Client {
    http: reqwest::Client,
    /// What the user wants to be sent to the hosts that were named.
    headers: HeaderMap,
    traffic: Arc<Counters>,
}

impl Client {
    pub(super) fn new(settings: &RemoteSettings, traffic: &Arc<Counters>) -> Result<Self, Fault> {
        // It fails where there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bad = |error: super::BadSetting| Fault::from(io::Error::other(error));
        let http = reqwest::Client::builder()
            .user_agent(concat!("cogrep/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            // Retries are counted and paced here.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .tls_certs_merge(settings.certificates().map_err(bad)?)
            .build()
            .map_err(RemoteFault::of_client)?;
        let headers = settings.header_map().map_err(bad)?;
        Ok(Self { http, headers, traffic: Arc::clone(traffic) })
    }

    /// Gets an address, and follows where it refers to. What the user wants to be sent goes
    /// to the host of the address, and not to others, nor over another scheme.
    pub(super) async fn get(
        &self,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<Response, RemoteFault> {
        let mut at = url.clone();
        for _ in 0..=REDIRECTS {
            let is_named = at.origin() == url.origin();
            let own = if is_named { self.headers.clone() } else { HeaderMap::new() };
            let response = self.send(&at, own, headers).await?;
            let Some(next) = referred_to(&response) else { return Ok(response) };
            at = next?;
            if at.origin() == url.origin() {
                // The name and the password of the address hold for the whole host.
                let _ = at.set_username(url.username());
                let _ = at.set_password(url.password());
            }
        }
        Err(RemoteFault::Redirects)
    }

    /// Sends one request.
    pub(super) async fn send(
        &self,
        url: &Url,
        mut own: HeaderMap,
        headers: &HeaderMap,
    ) -> Result<Response, RemoteFault> {
        // Ranges are of the bytes as they are there.
        own.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        for (name, value) in headers {
            own.insert(name, value.clone());
        }
        Counters::add(&self.traffic.requests, 1);
        self.http.get(url.clone()).headers(own).send().await.map_err(RemoteFault::of_client)
    }
}

/// The address that an answer refers to, if it does.
fn referred_to(response: &Response) -> Option<Result<Url, RemoteFault>> {
    let is_reference = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(LOCATION).filter(|_| is_reference)?;
    let next = location.to_str().ok().and_then(|location| response.url().join(location).ok());
    let next = next.filter(|url| matches!(url.scheme(), "http" | "https"));
    Some(next.ok_or_else(|| RemoteFault::Address("the server refers to no address".to_owned())))
}
