//! Addresses as inputs: how the network is asked, and objects of which a version is known.

use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
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
pub(crate) const LOOKUPS: usize = 32;

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

impl RemoteOptions {
    /// The input of this name: an address, or a path.
    pub(crate) fn input(&self, name: &OsStr) -> Input {
        self.address(name).map_or_else(|| Input::Path(PathBuf::from(name)), Input::Name)
    }

    /// The source of this address, if it is one: in its version, if that is known.
    pub(crate) fn address(&self, name: &OsStr) -> Option<SourceName> {
        let name = RemoteName::parse(name.to_str()?)?;
        let version = self.versions.get(name.address());
        let name = match version {
            Some((bytes, etag)) => {
                let etag = etag.as_deref().map(Box::from);
                name.in_version(Version { bytes: *bytes, etag })
            }
            None => name,
        };
        Some(SourceName::Remote(Arc::new(name)))
    }

    /// What opens the inputs; nothing is started for the network before it is needed.
    pub(crate) fn backend(&self) -> PyResult<Arc<dyn Backend>> {
        Ok(self.remote(false)?)
    }

    /// The same, to read ranges of them.
    pub(crate) fn backend_in_ranges(&self) -> PyResult<Arc<dyn Backend>> {
        Ok(self.remote(true)?)
    }

    /// What reads addresses.
    pub(crate) fn remote(&self, in_ranges: bool) -> PyResult<Arc<Remote>> {
        let mut settings = RemoteSettings::default();
        settings.in_ranges = in_ranges;
        settings.endpoint_url.clone_from(&self.endpoint_url);
        settings.region.clone_from(&self.region);
        settings.no_sign_request = !self.sign_request;
        settings.requester_pays = self.request_payer;
        settings.headers.clone_from(&self.headers);
        settings.ca_cert.clone_from(&self.ca_cert);
        settings.environment = variables();
        let remote = Remote::new(settings, Arc::new(Files));
        remote.map(Arc::new).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Whether inputs are to be read in certain versions.
    pub(crate) fn has_versions(&self) -> bool {
        !self.versions.is_empty()
    }
}

/// Looks up the inputs whose versions are known, and that could not be asked for in them
/// only. One that is not there any more, or is another, is named in an error.
pub(crate) fn look_up_untagged(
    py: Python<'_>,
    inputs: &[Input],
    backend: &dyn Backend,
) -> PyResult<()> {
    let names: Vec<_> = inputs.iter().filter_map(untagged).collect();
    let looked_up = async |name: &RemoteName| {
        let found = look_up(backend, name.address()).await?;
        let is_same = found.as_ref().and_then(version_of) == name.version().map(plain);
        Ok::<_, Fault>((!is_same).then(|| name.address().to_owned()))
    };
    let found = py.detach(|| {
        let names = stream::iter(names).map(looked_up).buffered(LOOKUPS);
        block_on(names.try_collect::<Vec<_>>())
    });
    let found = found.map_err(|fault| PyOSError::new_err(fault.to_string()))?;
    found.into_iter().flatten().next().map_or(Ok(()), |it| Err(ChangedError::new_err(it)))
}

/// An input in a version that has no entity tag, with which a store would refuse another.
fn untagged(input: &Input) -> Option<&RemoteName> {
    let Input::Name(SourceName::Remote(name)) = input else { return None };
    let is_tagged = |version: &Version| {
        version.bytes == 0 || version.etag.as_ref().is_some_and(|etag| etag.starts_with('"'))
    };
    name.version().is_some_and(|version| !is_tagged(version)).then_some(name)
}

/// What its store or its server says of a text; none for what is not there, or is not told from
/// other texts.
pub(crate) async fn version(
    remote: &Remote,
    name: &RemoteName,
) -> Result<Option<ObjectVersion>, Fault> {
    if let Some(version) = name.version() {
        return Ok(Some(plain(version)));
    }
    if name.address().starts_with("http") {
        return Ok(remote.version(name).await?.as_ref().map(plain));
    }
    Ok(look_up(remote, name.address()).await?.as_ref().and_then(version_of))
}

/// What is shown of an address: no secrets. What is none is shown as it is.
#[pyfunction]
pub(crate) fn shown(name: &str) -> String {
    RemoteName::parse(name).map_or_else(|| name.to_owned(), |name| name.shown().to_owned())
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

/// Whether a source is not in the version any more in which it was to be read, or changed while
/// it was read.
pub(crate) fn has_changed(name: &SourceName, fault: &Fault) -> bool {
    let Fault::Io(error) = fault else { return false };
    let fault = error.get_ref().and_then(|error| error.downcast_ref::<RemoteFault>());
    let has_version = matches!(name, SourceName::Remote(name) if name.version().is_some());
    match fault {
        Some(RemoteFault::Changed) => true,
        Some(fault) => has_version && fault.status() == Some(404),
        None => false,
    }
}

/// The address of a source, or of the container that it is in.
pub(crate) fn address(name: &SourceName) -> String {
    match name {
        SourceName::Member(member) => address(member.container()),
        SourceName::Remote(name) => name.address().to_owned(),
        name => name.to_string(),
    }
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
