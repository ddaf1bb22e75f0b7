//! Addresses as inputs: how the network is asked, and objects of which a version is known.

use std::collections::HashMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use cogrep_source::backend::{Backend, Files, Listing, Remote, RemoteFault, RemoteSettings};
use cogrep_source::{Fault, Input, RemoteName, SourceName, Version, block_on};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

pyo3::create_exception!(
    cogrep,
    ChangedError,
    PyOSError,
    "An object is not in its store any more, or not in the version that was asked for."
);

/// So many objects are looked up at once.
const LOOKUPS: usize = 32;

/// What a listing says of an object: its size in bytes, and its entity tag.
pub(crate) type ObjectVersion = (u64, Option<String>);

/// How stores are asked; an object of Python with these attributes.
#[derive(Debug, FromPyObject)]
pub(crate) struct RemoteOptions {
    endpoint_url: Option<String>,
    region: Option<String>,
    sign_request: bool,
    request_payer: bool,
    headers: Vec<(String, String)>,
    ca_cert: Option<PathBuf>,
    /// The versions of the inputs that are to be read in no other one.
    versions: HashMap<String, ObjectVersion>,
}

/// The input of this name: an address, or a path.
pub(crate) fn input(name: &OsStr) -> Input {
    let remote = name.to_str().and_then(SourceName::remote);
    remote.map_or_else(|| Input::Path(PathBuf::from(name)), Input::Name)
}

impl RemoteOptions {
    /// What opens the inputs; nothing is started for the network before it is needed.
    pub(crate) fn backend(&self) -> PyResult<Arc<dyn Backend>> {
        let mut settings = RemoteSettings::default();
        settings.endpoint_url.clone_from(&self.endpoint_url);
        settings.region.clone_from(&self.region);
        settings.no_sign_request = !self.sign_request;
        settings.requester_pays = self.request_payer;
        settings.headers.clone_from(&self.headers);
        settings.ca_cert.clone_from(&self.ca_cert);
        settings.environment = variables();
        let remote = Remote::new(settings, Arc::new(Files))
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Arc::new(remote))
    }

    /// Whether inputs are to be read in certain versions.
    pub(crate) fn has_versions(&self) -> bool {
        !self.versions.is_empty()
    }

    /// The inputs, those of which a version is known in that one.
    pub(crate) fn in_their_versions(
        &self,
        py: Python<'_>,
        inputs: Vec<Input>,
        backend: &dyn Backend,
    ) -> PyResult<Vec<Input>> {
        if !self.has_versions() {
            return Ok(inputs);
        }
        let found = py.detach(|| {
            let look_up = async |input| match self.expected(&input) {
                Some((address, version)) => {
                    let found = look_up(backend, address).await?;
                    let found = found.filter(|found| version_of(found).as_ref() == Some(version));
                    Ok::<_, Fault>(found.map(Input::Name).ok_or_else(|| address.to_owned()))
                }
                None => Ok(Ok(input)),
            };
            block_on(stream::iter(inputs).map(look_up).buffered(LOOKUPS).try_collect::<Vec<_>>())
        });
        let found = found.map_err(|fault| PyOSError::new_err(fault.to_string()))?;
        found.into_iter().map(|found| found.map_err(ChangedError::new_err)).collect()
    }

    fn expected<'a>(&'a self, input: &Input) -> Option<(&'a str, &'a ObjectVersion)> {
        let Input::Name(SourceName::Remote(name)) = input else { return None };
        let (address, version) = self.versions.get_key_value(name.address())?;
        Some((address, version))
    }
}

/// The address of a source with what a listing says of it, which is asked for where the source
/// was named and not listed; none for what is not in a store, or not there.
pub(crate) fn listed(
    backend: &dyn Backend,
    name: &RemoteName,
) -> Result<Option<(OsString, ObjectVersion)>, Fault> {
    let is_in_store = !name.address().starts_with("http");
    let version = match name.version() {
        Some(version) => Some(plain(version)),
        None if is_in_store => {
            block_on(look_up(backend, name.address()))?.as_ref().and_then(version_of)
        }
        None => None,
    };
    Ok(version.map(|version| (name.address().into(), version)))
}

/// Looks up an object in a listing, as it is now.
///
/// The listing is that of all objects whose keys begin like this, of which it is the first.
async fn look_up(backend: &dyn Backend, address: &str) -> Result<Option<SourceName>, Fault> {
    let Some(all) = SourceName::remote(&format!("{}*", literal(address))) else { return Ok(None) };
    let Listing::Names(mut names) = backend.list(&all) else { return Ok(None) };
    while let Some(found) = names.next().await {
        let found = found.map_err(|(_, fault)| fault)?;
        if let SourceName::Remote(name) = &found
            && name.address() == address
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A glob that matches this text.
fn literal(text: &str) -> String {
    let mut glob = String::new();
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '[' | '{' | '}' | '\\') {
            glob.extend(['[', letter, ']']);
        } else {
            glob.push(letter);
        }
    }
    glob
}

fn version_of(name: &SourceName) -> Option<ObjectVersion> {
    let SourceName::Remote(name) = name else { return None };
    name.version().map(plain)
}

fn plain(version: &Version) -> ObjectVersion {
    (version.bytes, version.etag.as_deref().map(str::to_owned))
}

/// Whether a source changed while it was read.
pub(crate) fn has_changed(fault: &Fault) -> bool {
    let Fault::Io(error) = fault else { return false };
    let fault = error.get_ref().and_then(|error| error.downcast_ref::<RemoteFault>());
    matches!(fault, Some(RemoteFault::Changed))
}

/// The variables of the environment in which stores look for credentials.
fn variables() -> Vec<(String, String)> {
    let is_of_store = |name: &str| {
        ["AWS_", "AZURE_", "GOOGLE_", "STORAGE_EMULATOR_HOST"].iter().any(|it| name.starts_with(it))
    };
    // What is no text cannot be said to a store.
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    variables.filter(|(name, _)| is_of_store(name)).collect()
}
