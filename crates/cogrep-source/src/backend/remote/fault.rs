//! What goes wrong on the network, and what is worth another try.

use std::error::Error;
use std::time::Duration;

/// What went wrong with a text that is read over the network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteFault {
    /// The address makes no sense.
    #[error("this is no address: {0}")]
    Address(String),
    /// The server refused, or could not answer.
    #[error("the server answers {status}{}{detail}", if detail.is_empty() { "" } else { ": " })]
    Status {
        /// The status of HTTP.
        status: u16,
        /// What the server, or the standard, says about it.
        detail: String,
        /// How long the server asks to be left alone.
        pause: Option<Duration>,
    },
    /// There was no connection.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// A connection broke off, or nothing came over it.
    #[error("{0}")]
    Connection(String),
    /// The server's certificate is not trusted.
    #[error("the server is not trusted: {0}")]
    Certificate(String),
    /// Fewer bytes came than were asked for.
    #[error("the server sends fewer bytes than it was asked for")]
    Short,
    /// More bytes came than were asked for.
    #[error("the server sends more bytes than it was asked for")]
    Long,
    /// Other bytes came than were asked for.
    #[error("the server sends other bytes than it was asked for")]
    OtherRange,
    /// It is not what it was when its first bytes came.
    #[error("it changed while it was read")]
    Changed,
    /// The connection broke off, and the server gives no ranges or does not say whether the
    /// text is still the same.
    #[error("{0}, and the server cannot go on from there")]
    NotResumable(Box<RemoteFault>),
    /// There are no credentials, or they are of no use.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// A listing that cannot be understood.
    #[error("the listing is none that is known here")]
    Listing,
    /// The server refers to another address, and that to another, without an end.
    #[error("the server refers to other addresses without an end")]
    Redirects,
    /// It was tried again until it was given up.
    #[error("{last}; tried {tries} times")]
    GivenUp {
        /// How often it was tried.
        tries: u32,
        /// What went wrong the last time.
        last: Box<RemoteFault>,
    },
}

impl RemoteFault {
    /// Whether another try may have more luck.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Connection(_) | Self::Short | Self::OtherRange => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether the server says that there are too many requests.
    pub(super) fn is_throttling(&self) -> bool {
        matches!(self, Self::Status { status: 429 | 503, .. })
    }

    /// The status of HTTP that it comes from, if it comes from one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::GivenUp { last, .. } | Self::NotResumable(last) => last.status(),
            _ => None,
        }
    }

    /// What the client says, without the address, which may hold secrets.
    pub(super) fn of_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // What is said last is what happened; what is before says only during what.
        let mut last: &dyn Error = &error;
        let mut is_certificate = false;
        while let Some(source) = last.source() {
            last = source;
            is_certificate |= last.is::<rustls::Error>();
        }
        let said = last.to_string();
        let said = said.split(" (os error").next().unwrap_or_default();
        let said = said.trim_end_matches(['.', ' ']);
        let said = first_to_lowercase(said);
        if is_certificate || said.contains("certificate") {
            return Self::Certificate(said);
        }
        if error.is_connect() {
            return Self::Unreachable(said);
        }
        Self::Connection(if error.is_timeout() {
            "the server does not answer in time".to_owned()
        } else {
            format!("the connection broke off: {said}")
        })
    }
}

fn first_to_lowercase(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
