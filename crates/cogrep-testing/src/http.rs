//! A server for tests: objects that are kept in memory, over HTTP on the loopback, with
//! whatever goes wrong on networks.
//!
//! It knows `GET` and `HEAD`, ranges, `If-Match`, and the listing of S3. What a request
//! meets is decided by a test: see [`Trouble`].

mod answer;
mod listing;
mod request;

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::answer::answer;
pub use self::request::Request;

/// An object that the server has.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Its entity tag, with quotes; none, if empty.
    pub etag: String,
    /// Whether ranges of it are given.
    pub has_ranges: bool,
    /// Whether its length is said beforehand.
    pub has_length: bool,
    /// Where the server refers to instead.
    pub moved_to: Option<String>,
}

impl Object {
    /// An object of these bytes, whose entity tag is made of them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let digest = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
            (digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self {
            etag: format!("\"{digest:016x}\""),
            bytes: bytes.into(),
            has_ranges: true,
            has_length: true,
            moved_to: None,
        }
    }
}

/// What a request meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// The server answers with this status, and says how long to wait.
    Status(u16, Option<String>),
    /// The connection is closed after this many bytes of the text.
    Drop(usize),
    /// The answer ends after this many bytes, and says that this is all.
    Shorten(usize),
    /// The answer goes on after its end.
    Lengthen,
    /// All of the object is given for a range.
    Whole,
    /// Another range is given, and said so.
    OtherRange,
    /// The object changes before it is given.
    Change,
}

type Decide = dyn Fn(&Request, usize) -> Trouble + Send + Sync;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    objects: Mutex<BTreeMap<String, Object>>,
    requests: Mutex<Vec<Request>>,
    decide: Mutex<Arc<Decide>>,
    /// Before each answer.
    delay: Mutex<Duration>,
    /// How many requests are answered right now, and how many were at most.
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    /// How many keys a page of a listing has.
    page: AtomicUsize,
    is_over: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("objects", &lock(&self.objects).len())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Starts a server that has nothing.
    ///
    /// # Panics
    ///
    /// If the system gives no port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("a port");
        let shared = Arc::new(Shared {
            objects: Mutex::default(),
            requests: Mutex::default(),
            decide: Mutex::new(Arc::new(|_, _| Trouble::None)),
            delay: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            page: AtomicUsize::new(1000),
            is_over: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if for_thread.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&for_thread)) else { continue };
                thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    /// Has this object at this path, which begins with a slash, from now on.
    pub fn put(&self, path: &str, object: Object) {
        lock(&self.shared.objects).insert(path.to_owned(), object);
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Decides what each request meets, by the request and by how many came before.
    pub fn meet(&self, decide: impl Fn(&Request, usize) -> Trouble + Send + Sync + 'static) {
        *lock(&self.shared.decide) = Arc::new(decide);
    }

    /// Waits this long before each answer.
    pub fn delay(&self, delay: Duration) {
        *lock(&self.shared.delay) = delay;
    }

    /// Gives this many keys in each page of a listing.
    pub fn page(&self, keys: usize) {
        self.shared.page.store(keys, Ordering::Relaxed);
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// How many requests were under way at once, at most.
    #[must_use]
    pub fn most_under_way(&self) -> usize {
        self.shared.most_under_way.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Answers the requests of a connection.
    fn serve(&self, stream: &TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut reader = BufReader::new(stream);
        while let Some(request) = Request::read(&mut reader) {
            let nth = {
                let mut requests = lock(&self.requests);
                requests.push(request.clone());
                requests.len() - 1
            };
            let under_way = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
            self.most_under_way.fetch_max(under_way, Ordering::Relaxed);
            let delay = *lock(&self.delay);
            thread::sleep(delay);
            let decide = Arc::clone(&lock(&self.decide));
            let is_kept = answer(self, &request, decide(&request, nth), stream).unwrap_or(false);
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            if !is_kept {
                break;
            }
        }
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
