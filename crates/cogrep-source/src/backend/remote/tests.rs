//! Texts from a server on the loopback, whatever goes wrong on the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cogrep_testing::http::{Object, Server, Trouble};
use cogrep_testing::share;

use super::*;
use crate::backend::Files;
use crate::{Chunk, OpenOptions, Outcome, Text};

/// Settings for servers that are near, and for tests that do not wait.
pub(super) fn settings() -> RemoteSettings {
    RemoteSettings {
        retries: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(2),
        ..RemoteSettings::default()
    }
}

pub(super) fn remote(settings: RemoteSettings) -> Arc<Remote> {
    Arc::new(Remote::new(settings, Arc::new(Files)).unwrap())
}

/// What comes of an address.
pub(super) fn read(remote: &Arc<Remote>, address: &str) -> (Vec<u8>, Outcome) {
    let backend = Arc::clone(remote) as Arc<dyn Backend>;
    let options = OpenOptions { backend, no_decompress: true, ..OpenOptions::default() };
    let name = SourceName::remote(address).unwrap();
    let mut text = match Text::open(&name, &options) {
        Ok(text) => text,
        Err(fault) => return (Vec::new(), Outcome::Failed(fault)),
    };
    let (mut all, mut chunk) = (Vec::new(), Chunk::new());
    while !chunk.is_last() {
        text.read(&mut chunk);
        all.extend_from_slice(chunk.bytes());
    }
    assert_eq!(text.read_bytes(), all.len() as u64);
    (all, text.outcome())
}

/// The fault of an outcome.
pub(super) fn fault(outcome: &Outcome) -> RemoteFault {
    let Some(Fault::Io(error)) = outcome.fault() else { panic!("{outcome:?}") };
    let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<RemoteFault>());
    fault.unwrap_or_else(|| panic!("{error:?}")).clone()
}

pub(super) fn text(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| b"abcdefg"[at % 7] ^ u8::from(at % 1009 == 0)).collect()
}

#[test]
fn a_text_comes_in_ranges_and_each_byte_once() {
    let server = Server::start();
    server.put("/a", Object::new(text(100_000)));
    let remote = remote(RemoteSettings { range_bytes: 30_000, ..settings() });
    let (bytes, outcome) = read(&remote, &server.url("/a"));
    assert!(outcome.is_complete() && bytes == text(100_000), "{outcome:?}");
    let ranges: Vec<_> = server.requests().iter().map(|it| it.header("range").to_owned()).collect();
    let mut sorted = ranges.clone();
    sorted.sort();
    assert_eq!(ranges[0], "bytes=0-29999");
    assert_eq!(
        sorted,
        ["bytes=0-29999", "bytes=30000-59999", "bytes=60000-89999", "bytes=90000-99999"]
    );
    let etag = Object::new(text(100_000)).etag;
    assert!(server.requests()[1..].iter().all(|request| request.header("if-match") == etag));
    let traffic = Traffic { requests: 4, retries: 0, received_bytes: 100_000 };
    assert_eq!(remote.traffic(), traffic);
}

#[test]
fn a_server_without_ranges_or_lengths_gives_all_at_once() {
    let server = Server::start();
    for (has_ranges, has_length) in [(false, true), (false, false), (true, false)] {
        for size in [0, 1, 100_000] {
            server.put("/a", Object { has_ranges, has_length, ..Object::new(text(size)) });
            let remote = remote(RemoteSettings { range_bytes: 30_000, ..settings() });
            let (bytes, outcome) = read(&remote, &server.url("/a"));
            assert!(outcome.is_complete() && bytes == text(size), "{size} {outcome:?}");
        }
    }
}

#[test]
fn what_is_refused_is_said() {
    let server = Server::start();
    let remote = || self::remote(settings());
    let (_, outcome) = read(&remote(), &server.url("/none?token=secret"));
    assert_eq!(outcome.as_str(), "failed");
    assert_eq!(fault(&outcome).to_string(), "the server answers 404: NoSuchKey");

    server.put("/a", Object::new("love"));
    server.meet(|_, _| Trouble::Status(503, Some("0".to_owned())));
    let (_, outcome) = read(&remote(), &server.url("/a"));
    assert_eq!(fault(&outcome).to_string(), "the server answers 503: Trouble; tried 4 times");
    server.meet(|_, _| Trouble::Status(429, Some("3600".to_owned())));
    let (_, outcome) = read(&remote(), &server.url("/a"));
    assert_eq!(fault(&outcome).to_string(), "the server answers 429: Trouble; tried 1 times");

    let gone = server.url("/a");
    drop(server);
    let (_, outcome) = read(&remote(), &gone);
    let said = fault(&outcome).to_string();
    assert!(said.starts_with("no connection: connection refused; tried 4 times"), "{said}");
    let (_, outcome) = read(&remote(), "http://");
    assert_eq!(fault(&outcome).to_string(), "this is no address: empty host");
}

#[test]
fn a_server_is_left_alone_as_long_as_it_asks() {
    let server = Server::start();
    server.put("/a", Object::new("love"));
    server.meet(|_, nth| match nth {
        0 => Trouble::Status(503, Some("1".to_owned())),
        _ => Trouble::None,
    });
    let begun = Instant::now();
    let (bytes, outcome) = read(&remote(settings()), &server.url("/a"));
    assert!(outcome.is_complete() && bytes == b"love");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_text_that_changes_is_no_mixture() {
    let server = Server::start();
    server.put("/a", Object::new(text(100_000)));
    server.meet(|_, nth| if nth == 2 { Trouble::Change } else { Trouble::None });
    let settings = RemoteSettings { range_bytes: 30_000, requests: 1, ..settings() };
    let (bytes, outcome) = read(&remote(settings), &server.url("/a"));
    assert_eq!((outcome.as_str(), fault(&outcome)), ("partial", RemoteFault::Changed));
    assert_eq!(bytes, &text(100_000)[..60_000]);
}

#[test]
fn credentials_go_to_no_other_host() {
    let (server, other) = (Server::start(), Server::start());
    let moved = |place: String| Object { moved_to: Some(place), ..Object::new("") };
    server.put("/here", moved("/there".to_owned()));
    server.put("/there", moved(other.url("/elsewhere")));
    other.put("/elsewhere", Object::new("love"));
    let headers = vec![("X-Key".to_owned(), "secret".to_owned())];
    let remote = remote(RemoteSettings { headers, ..settings() });
    let address = server.url("/here").replace("http://", "http://me:word@");
    let (bytes, outcome) = read(&remote, &address);
    assert!(outcome.is_complete() && bytes == b"love", "{outcome:?}");
    let here: Vec<_> = server.requests();
    assert_eq!(here.len(), 2);
    for request in here {
        assert_eq!(request.header("x-key"), "secret");
        assert_eq!(request.header("authorization"), "Basic bWU6d29yZA==");
    }
    let there = &other.requests()[0];
    assert_eq!((there.header("x-key"), there.header("authorization")), ("", ""));
    server.put("/here", moved(server.url("/here")));
    assert_eq!(fault(&read(&remote, &address).1), RemoteFault::Redirects);
}

#[test]
fn a_header_that_cannot_be_sent_is_refused() {
    let headers = vec![("Name\n".to_owned(), "a\nb".to_owned())];
    let settings = RemoteSettings { headers, ..settings() };
    assert_eq!(Remote::new(settings, Arc::new(Files)).unwrap_err(), BadSetting::Header);
    let ca_cert = Some("/nowhere".into());
    let settings = RemoteSettings { ca_cert, ..self::settings() };
    let error = Remote::new(settings, Arc::new(Files)).unwrap_err();
    assert_eq!(error.to_string(), "/nowhere: no such file");
}

/// Numbers that look random, the same for the same seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        // SplitMix64, by Steele, Lea and Flood.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 11).unwrap() % end
    }

    /// Whether something happens that happens so often in a hundred times.
    pub(super) fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What can go wrong with an object of this kind, without being beyond telling.
fn trouble(random: &mut Random, object: &Object) -> Trouble {
    let size = object.bytes.len();
    match random.below(8) {
        0 => Trouble::Status([500, 502, 503, 429, 408][random.below(5)], None),
        1 => Trouble::Status(503, Some("0".to_owned())),
        2 => Trouble::Drop(random.below(size + 1)),
        3 if object.has_ranges => Trouble::Shorten(random.below(size + 1)),
        4 if object.has_ranges => Trouble::Lengthen,
        5 if object.has_ranges => Trouble::Whole,
        6 if object.has_ranges => Trouble::OtherRange,
        // A weak tag tells nothing of the bytes.
        7 if !object.etag.starts_with('W') => Trouble::Change,
        _ => Trouble::None,
    }
}

/// An object of some kind.
fn object(random: &mut Random) -> Object {
    let mut object = Object::new(text(random.below(200_000)));
    object.has_ranges = random.happens(80);
    object.has_length = random.happens(70);
    match random.below(4) {
        0 => object.etag.clear(),
        1 => object.etag = format!("W/{}", object.etag),
        _ => {}
    }
    object
}

/// The texts that an object has been, if it changed this often.
fn states(object: &Object, changes: usize) -> Vec<Vec<u8>> {
    let mut states = vec![object.bytes.to_vec()];
    for _ in 0..changes {
        let mut next: Vec<u8> =
            states[states.len() - 1].iter().map(|it| it.wrapping_add(1)).collect();
        next.extend(object.etag.is_empty().then_some(b'+'));
        states.push(next);
    }
    states
}

/// Whatever goes wrong, what comes is the beginning of a text that was there, and is called
/// all of it only if it is.
#[test]
fn nothing_is_wrong_and_nothing_is_silent() {
    let (mut complete, mut incomplete) = (0, 0);
    for seed in 0..share(400) {
        let mut random = Random(seed as u64);
        let object = object(&mut random);
        let percent = [2, 10, 30][random.below(3)];
        let story: Vec<Trouble> = (0..300)
            .map(|_| {
                let happens = random.happens(percent);
                if happens { trouble(&mut random, &object) } else { Trouble::None }
            })
            .collect();
        let server = Server::start();
        server.put("/a", object.clone());
        let told = story.clone();
        server.meet(move |_, nth| told.get(nth).cloned().unwrap_or(Trouble::None));
        let remote = remote(RemoteSettings {
            range_bytes: 1_000 + random.below(100_000) as u64,
            requests: 1 + random.below(5),
            ahead_bytes: random.below(200_000),
            ..settings()
        });
        let (bytes, outcome) = read(&remote, &server.url("/a"));
        let met = &story[..server.requests().len().min(story.len())];
        let (read, size) = (bytes.len(), object.bytes.len());
        let about = format!("seed {seed}: {read} of {size} bytes, {outcome:?}, {met:?}");
        let changes = met.iter().filter(|trouble| **trouble == Trouble::Change).count();
        let states = states(&object, changes);
        match &outcome {
            Outcome::Complete => assert!(states.contains(&bytes), "{about}"),
            _ => assert!(states.iter().any(|state| state.starts_with(&bytes)), "{about}"),
        }
        assert_eq!(outcome.as_str() == "failed", !outcome.is_complete() && read == 0, "{about}");
        assert!(remote.traffic().received_bytes >= read as u64, "{about}");
        complete += usize::from(outcome.is_complete());
        incomplete += usize::from(!outcome.is_complete());
    }
    assert!(complete > 0 && incomplete > 0, "{complete} complete, {incomplete} not");
}
