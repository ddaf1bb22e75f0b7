//! Text that is read over the network.
//!
//! [`Remote`] opens addresses; other names it leaves to another backend. The bytes of each
//! text come in their order, whatever happens on the way: a text is fetched in ranges, the
//! next ones while one is read, and a range whose connection broke off goes on at the byte
//! that was reached. A text that changes meanwhile is a fault, and never a mixture.
//!
//! All of it runs on one thread of its own, which is started by the first address that is
//! opened. Workers wait for pieces and do nothing else, so that counting does not hold up
//! the network, nor the network the counting.
//!
//! [`store`] knows how object stores are asked, and [`store::listing`] what they have.
//! [`object`] opens a text, [`pieces`] fetches its bytes, [`in_order`] those of a range,
//! [`request`] is one request and what its answer says,
//! [`flow`] is how much may be under way and when to try again, [`client`] sends, and
//! [`thread`] is where all of it runs.

mod client;
mod fault;
mod flow;
mod in_order;
mod object;
mod pieces;
mod request;
mod settings;
mod store;
mod thread;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{self, StreamExt};

use self::client::Client;
pub use self::fault::RemoteFault;
use self::flow::Flow;
use self::request::Target;
pub use self::settings::{BadSetting, RemoteSettings};
use self::store::{Kind, Place, Store, listing};
use self::thread::Thread;
use super::{Backend, Facts, Listing, Opened};
use crate::name::SourceName;
use crate::outcome::Fault;
use crate::remote_name::{RemoteName, Version};

/// Opens addresses, and leaves all other names to another backend.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use cogrep_source::backend::{Files, Remote, RemoteSettings};
/// use cogrep_source::{Chunk, OpenOptions, SourceName, Text};
///
/// let remote = Remote::new(RemoteSettings::default(), Arc::new(Files))?;
/// let options = OpenOptions { backend: Arc::new(remote), ..OpenOptions::default() };
/// let name = SourceName::remote("https://example.org/").unwrap();
/// let mut text = Text::open(&name, &options)?;
/// text.read(&mut Chunk::new());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Remote {
    settings: Arc<RemoteSettings>,
    local: Arc<dyn Backend>,
    traffic: Arc<Counters>,
    network: OnceLock<Result<Network, Fault>>,
    /// The buckets that were asked, each with its credentials.
    stores: Mutex<HashMap<(Kind, String), Arc<Store>>>,
}

/// What went over the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// The requests that were sent.
    pub requests: u64,
    /// How many of them were sent because another had failed.
    pub retries: u64,
    /// The bytes of texts that came, those that came twice included.
    pub received_bytes: u64,
}

/// [`Traffic`] that is being counted.
#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    received_bytes: AtomicU64,
}

/// What was started for the first address.
struct Network {
    thread: Thread,
    shared: Arc<Shared>,
}

/// What all texts share.
struct Shared {
    settings: Arc<RemoteSettings>,
    client: Client,
    flow: Flow,
    traffic: Arc<Counters>,
}

impl Remote {
    /// Opens addresses in this way, and leaves all other names to `local`.
    ///
    /// Nothing is started, and nothing is connected to.
    ///
    /// # Errors
    ///
    /// When the settings make no sense, or name a file that cannot be read.
    pub fn new(settings: RemoteSettings, local: Arc<dyn Backend>) -> Result<Self, BadSetting> {
        settings.check()?;
        Ok(Self {
            settings: Arc::new(settings),
            local,
            traffic: Arc::default(),
            network: OnceLock::new(),
            stores: Mutex::default(),
        })
    }

    /// What went over the network so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic {
            requests: of(&self.traffic.requests),
            retries: of(&self.traffic.retries),
            received_bytes: of(&self.traffic.received_bytes),
        }
    }

    /// Starts what is needed, the first time.
    fn network(&self) -> Result<&Network, Fault> {
        let network = self.network.get_or_init(|| {
            let (settings, traffic) = (Arc::clone(&self.settings), Arc::clone(&self.traffic));
            let shared = Shared {
                client: Client::new(&settings, &traffic)?,
                flow: Flow::new(&settings),
                settings,
                traffic,
            };
            Ok(Network { thread: Thread::start()?, shared: Arc::new(shared) })
        });
        network.as_ref().map_err(Fault::clone)
    }

    /// The bucket of a place.
    fn store(&self, place: Place<'_>) -> Result<Arc<Store>, RemoteFault> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.kind, place.bucket.to_owned());
        if let Some(store) = stores.get(&key) {
            return Ok(Arc::clone(store));
        }
        let store = Arc::new(Store::new(place, &self.settings)?);
        stores.insert(key, Arc::clone(&store));
        Ok(store)
    }

    /// What its server says of a text now, if that tells it from any other: its size and a
    /// strong entity tag. It takes a request for its first byte; for objects of a prefix, the
    /// listing says the same.
    ///
    /// # Errors
    ///
    /// When there is no such text, or it cannot be asked for.
    pub async fn version(&self, name: &RemoteName) -> Result<Option<Version>, Fault> {
        let (network, target) = (self.network()?, self.target(name)?);
        let asked = object::version(Arc::clone(&network.shared), target);
        Ok(network.thread.run(asked).await??)
    }

    fn target(&self, name: &RemoteName) -> Result<Target, RemoteFault> {
        match Place::parse(name.address()) {
            Some(place) => Target::object(self.store(place)?, place.key),
            None => Target::page(name.address()),
        }
    }

    async fn open_remote(&self, name: &RemoteName) -> Result<Opened, Fault> {
        let (network, target) = (self.network()?, self.target(name)?);
        let version = name.version().cloned();
        let (shared, thread) = (Arc::clone(&network.shared), network.thread.handle());
        let opened = object::open(shared, thread, target, version);
        network.thread.run(opened).await?
    }
}

impl Backend for Remote {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        match name {
            // Asking would take as long as the first bytes do.
            SourceName::Remote(name) => {
                let place = Place::parse(name.address()).filter(|_| name.version().is_none());
                let facts = if place.is_some_and(|place| place.is_many()) {
                    Facts::folder()
                } else {
                    Facts::file(name.version().map(|version| version.bytes))
                };
                ready(Ok(facts)).boxed()
            }
            _ => self.local.facts(name),
        }
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        match name {
            SourceName::Remote(name) => self.open_remote(name).boxed(),
            _ => self.local.open(name),
        }
    }

    fn path<'a>(&self, name: &'a SourceName) -> Option<&'a Path> {
        self.local.path(name)
    }

    fn list(&self, folder: &SourceName) -> Listing<'_> {
        let SourceName::Remote(name) = folder else { return self.local.list(folder) };
        let Some(place) = Place::parse(name.address()) else { return self.local.list(folder) };
        let fault = match (self.network(), self.store(place)) {
            (Ok(network), Ok(store)) => {
                return Listing::Names(listing::list(network, store, folder.clone(), place));
            }
            (Err(fault), _) => fault,
            (_, Err(fault)) => fault.into(),
        };
        Listing::Names(stream::iter([Err((folder.clone(), fault))]).boxed())
    }
}

impl Counters {
    fn add(counter: &AtomicU64, number: u64) {
        counter.fetch_add(number, Ordering::Relaxed);
    }
}

/// Without settings, which may hold secrets.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("local", &self.local)
            .field("traffic", &self.traffic())
            .finish_non_exhaustive()
    }
}

impl From<RemoteFault> for Fault {
    fn from(fault: RemoteFault) -> Self {
        io::Error::other(fault).into()
    }
}
