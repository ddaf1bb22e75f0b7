//! Credentials from where the tools of each store take them, and signatures made with them.

use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::{AmazonS3Builder, AwsAuthorizer, AwsCredentialProvider};
use object_store::azure::{AzureAuthorizer, AzureCredentialProvider, MicrosoftAzureBuilder};
use object_store::client::HttpRequest;
use object_store::gcp::{GcpCredentialProvider, GoogleCloudStorageBuilder};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::Kind;
use super::connector::Connector;
use crate::backend::remote::{RemoteFault, RemoteSettings};

/// The version of the interface of Azure that is spoken.
const AZURE_VERSION: HeaderValue = HeaderValue::from_static("2023-11-03");

/// What requests to a store are signed with.
pub(super) enum Credentials {
    S3(AwsCredentialProvider),
    Google(GcpCredentialProvider),
    Azure(AzureCredentialProvider),
}

impl Credentials {
    /// Finds out where they come from. Nothing is asked for yet.
    pub(super) fn new(
        kind: Kind,
        bucket: &str,
        account: &str,
        settings: &RemoteSettings,
    ) -> Result<Self, RemoteFault> {
        let failed = |error: object_store::Error| RemoteFault::Credentials(said(&error));
        let retry = RetryConfig {
            max_retries: 2,
            retry_timeout: Duration::from_secs(10),
            ..RetryConfig::default()
        };
        // The keys of the library are the names of the variables in lower case.
        let variables =
            settings.environment.iter().map(|(name, value)| (name.to_lowercase(), value));
        Ok(match kind {
            Kind::S3 => {
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(bucket)
                    .with_http_connector(Connector)
                    .with_retry(retry);
                for (name, value) in variables.filter(|(name, _)| name.starts_with("aws_")) {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                Self::S3(builder.build().map_err(failed)?.credentials().clone())
            }
            Kind::Google => {
                let mut builder = GoogleCloudStorageBuilder::new()
                    .with_bucket_name(bucket)
                    .with_http_connector(Connector)
                    .with_retry(retry);
                for (name, value) in variables.filter(|(name, _)| name.starts_with("google_")) {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                Self::Google(builder.build().map_err(failed)?.credentials().clone())
            }
            Kind::Azure => {
                let mut builder = MicrosoftAzureBuilder::new()
                    .with_container_name(bucket)
                    .with_account(account)
                    .with_http_connector(Connector)
                    .with_retry(retry);
                for (name, value) in variables.filter(|(name, _)| name.starts_with("azure_")) {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                Self::Azure(builder.build().map_err(failed)?.credentials().clone())
            }
        })
    }

    /// Signs a request.
    pub(super) async fn sign(
        &self,
        request: &mut HttpRequest,
        region: &str,
        requester_pays: bool,
        account: &str,
    ) -> Result<(), RemoteFault> {
        let failed = |error: object_store::Error| RemoteFault::Credentials(said(&error));
        match self {
            Self::S3(provider) => {
                let credential = provider.get_credential().await.map_err(failed)?;
                AwsAuthorizer::new(&credential, "s3", region)
                    .with_request_payer(requester_pays)
                    .try_authorize(request, None)
                    .map_err(failed)
            }
            Self::Google(provider) => {
                let credential = provider.get_credential().await.map_err(failed)?;
                let bearer = HeaderValue::from_str(&format!("Bearer {}", credential.bearer));
                let mut bearer = bearer.map_err(|_| {
                    RemoteFault::Credentials(
                        "the token has characters that no token has".to_owned(),
                    )
                })?;
                bearer.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, bearer);
                Ok(())
            }
            Self::Azure(provider) => {
                let credential = provider.get_credential().await.map_err(failed)?;
                AzureAuthorizer::new(&credential, account).try_authorize(request).map_err(failed)
            }
        }
    }
}

/// Says which version of its interface Azure is asked by, where no signature says it.
pub(super) fn name_version(request: &mut HttpRequest) {
    request.headers_mut().insert(HeaderName::from_static("x-ms-version"), AZURE_VERSION);
}

/// What the library says, from the innermost cause: what is around it names addresses.
fn said(error: &object_store::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    let said = last.to_string();
    said.lines().next().unwrap_or_default().to_owned()
}
