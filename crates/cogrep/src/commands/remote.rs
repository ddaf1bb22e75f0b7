//! What opens the inputs: the file system and, where one of them is elsewhere, the network.

use std::sync::Arc;

use cogrep_source::backend::{Backend, Files};
use cogrep_source::{Fault, Input, SourceName};

use super::preprocess::Preprocessor;
use crate::args::{PreArgs, RemoteArgs};
use crate::context::Context;
use crate::error::Error;

/// What opens the inputs of a run.
#[derive(Clone, Debug)]
pub(crate) struct Opener {
    backend: Arc<dyn Backend>,
    #[cfg(feature = "remote")]
    remote: Option<Arc<cogrep_source::backend::Remote>>,
}

impl Opener {
    /// What opens these inputs. Nothing is started for the network before it is needed.
    #[cfg(feature = "remote")]
    pub(super) fn new(
        context: &Context,
        inputs: &[Input],
        args: &RemoteArgs,
    ) -> Result<Self, Error> {
        use cogrep_source::backend::{BadSetting, Remote, RemoteSettings};

        if !inputs.iter().any(is_remote) && args.is_default() {
            return Ok(Self { backend: Arc::new(Files), remote: None });
        }
        let mut settings = RemoteSettings::default();
        settings.headers.clone_from(&args.headers);
        settings.ca_cert = args.ca_cert.clone().map(Into::into);
        settings.no_sign_request = args.no_sign_request;
        settings.endpoint_url.clone_from(&args.endpoint_url);
        settings.region.clone_from(&args.region);
        settings.requester_pays = args.requester_pays;
        settings.environment = crate::context::store_variables();
        if let Some(bytes) = context.range_bytes {
            settings.range_bytes = bytes.get();
        }
        let refused = |error: BadSetting| match error {
            BadSetting::Certificates { .. } => Error::usage(format!("--ca-cert {error}")),
            _ => Error::usage(format!("--header: {error}")),
        };
        let remote = Arc::new(Remote::new(settings, Arc::new(Files)).map_err(refused)?);
        Ok(Self { backend: Arc::<Remote>::clone(&remote), remote: Some(remote) })
    }

    /// What opens these inputs, if they are here.
    #[cfg(not(feature = "remote"))]
    pub(super) fn new(_: &Context, inputs: &[Input], args: &RemoteArgs) -> Result<Self, Error> {
        if inputs.iter().any(is_remote) || !args.is_default() {
            let message = "this program was built without what reads from the network";
            return Err(Error::usage(message).hint("copy the text here, or pipe it in"));
        }
        Ok(Self { backend: Arc::new(Files) })
    }

    /// The same, with a program that is run for files, if there is one.
    #[must_use]
    pub(super) fn after(mut self, context: &Context, pre: Option<&PreArgs>) -> Self {
        if let Some(pre) = pre {
            let interrupt = context.interrupt().clone();
            self.backend = Arc::new(Preprocessor::new(pre.clone(), self.backend, interrupt));
        }
        self
    }

    /// What opens the inputs.
    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// What went over the network, if anything could.
    #[cfg(feature = "remote")]
    pub(crate) fn traffic(&self) -> Option<String> {
        use cogrep_report::separated;

        let traffic = self.remote.as_ref()?.traffic();
        Some(format!(
            "{} requests, {} of them retries, {} bytes received",
            separated(traffic.requests),
            separated(traffic.retries),
            separated(traffic.received_bytes),
        ))
    }

    /// What went over the network: nothing can.
    #[cfg(not(feature = "remote"))]
    pub(crate) fn traffic(&self) -> Option<String> {
        None
    }
}

/// What a user can do about what went wrong on the network, where that is not plain.
#[cfg(feature = "remote")]
pub(super) fn hint(fault: &Fault) -> Option<&'static str> {
    use cogrep_source::backend::RemoteFault;

    let Fault::Io(error) = fault else { return None };
    match error.get_ref()?.downcast_ref::<RemoteFault>()? {
        RemoteFault::Certificate(_) => Some("--ca-cert FILE trusts an authority of your own"),
        RemoteFault::Credentials(_) => Some(
            "credentials are read from the environment, and profiles are not: eval \"$(aws \
             configure export-credentials --format env)\"; --no-sign-request needs none",
        ),
        _ => None,
    }
}

/// What a user can do about what went wrong on the network: nothing can.
#[cfg(not(feature = "remote"))]
pub(super) fn hint(_: &Fault) -> Option<&'static str> {
    None
}

fn is_remote(input: &Input) -> bool {
    matches!(input, Input::Name(SourceName::Remote(_)))
}
