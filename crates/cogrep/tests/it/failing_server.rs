//! Runs beside a server that fails now and then: each total is exact, or what is missing is
//! named.
#![cfg(feature = "remote")]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use cogrep_testing::http::{Object, Request, Server, Trouble};
use cogrep_testing::share;

use crate::common::{Answer, Place, answer};

const OBJECTS: usize = 24;

/// A number that looks random, the same for the same things.
fn random(of: impl Hash, end: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    usize::try_from(hasher.finish() >> 11).expect("64 bits") % end
}

/// A text of up to 60 kB in which "love" is at odd places.
fn text(seed: usize, nth: usize) -> Vec<u8> {
    let size = 1 + random((seed, nth), 60_000);
    let words = (0..).map(|at| ["love ", "lo", "hate", "v e l", " "][random((seed, nth, at), 5)]);
    words.flat_map(str::bytes).take(size).collect()
}

fn count(text: &[u8]) -> usize {
    text.windows(4).filter(|window| window == b"love").count()
}

/// One request in a hundred is refused, and of one the connection is dropped.
fn trouble(seed: usize, request: &Request, nth: usize) -> Trouble {
    let range = request.header("range");
    match random((seed, nth, &request.path, range), 100) {
        0 => Trouble::Status(503, Some("0".to_owned())),
        1 => Trouble::Drop(random((seed, nth), 20_000)),
        _ => Trouble::None,
    }
}

/// The counts of the sources, by address, and the total.
fn counts(answer: &Answer) -> (BTreeMap<&str, usize>, usize) {
    let number = |text: &str| text.parse().expect("a number");
    let lines = answer.out.lines().map(|line| line.rsplit_once("love ").expect("a count"));
    let (total, files): (Vec<_>, Vec<_>) = lines.partition(|(name, _)| name.is_empty());
    let files = files.into_iter().map(|(name, count)| (name.trim_end_matches(':'), number(count)));
    (files.collect(), number(total[0].1))
}

/// The sources that are said not to have been read to their end, and how far they were read.
fn incomplete(answer: &Answer) -> BTreeMap<&str, usize> {
    let lines = answer.err.lines().filter_map(|line| line.strip_prefix("cogrep: "));
    let named = lines.filter(|line| line.contains("://"));
    let read = |line: &str| {
        let (_, bytes) = line.strip_suffix(" bytes were read")?.rsplit_once("; ")?;
        bytes.parse().ok()
    };
    named
        .map(|line| (line.split_once(": ").expect("a message").0, read(line).unwrap_or(0)))
        .collect()
}

#[test]
fn a_server_that_fails_now_and_then_costs_no_total() {
    let place = Place::new();
    let (mut requests, mut troubles, mut incomplete_runs) = (0, 0, 0);
    let runs = share(200);
    for seed in 0..runs {
        let server = Server::start();
        let texts: Vec<(String, Vec<u8>)> =
            (0..OBJECTS).map(|nth| (format!("/b/{nth:02}"), text(seed, nth))).collect();
        for (path, text) in &texts {
            let mut object = Object::new(text.clone());
            // Of some, nothing tells whether a second answer is the same.
            if random((seed, path), 4) == 0 {
                object =
                    Object { has_ranges: false, has_length: false, etag: String::new(), ..object };
            }
            server.put(path, object);
        }
        server.meet(move |request, nth| trouble(seed, request, nth));
        let mut command = place.command();
        command.args(["love", "--by", "file", "--in"]).env("COGREP_RANGE", "10000");
        command.args(texts.iter().map(|(path, _)| server.url(path)));
        let answer = answer(&mut command, b"");

        let (by_file, total) = counts(&answer);
        let incomplete = incomplete(&answer);
        let about = format!("seed {seed}: {answer:?}");
        for (path, text) in &texts {
            let address = server.url(path);
            let read = incomplete.get(address.as_str()).copied();
            // Where no length is said, the end may be lost after all bytes have come.
            assert!(read.is_none_or(|read| read <= text.len()), "{path}, {about}");
            let counted = by_file.get(address.as_str()).copied().unwrap_or(0);
            let expected = count(&text[..read.unwrap_or(text.len())]);
            assert_eq!(counted, expected, "{path}, {about}");
        }
        assert_eq!(total, by_file.values().sum::<usize>(), "{about}");
        assert_eq!(answer.status, if incomplete.is_empty() { 0 } else { 2 }, "{about}");
        let met = server.requests();
        requests += met.len();
        let told = met.iter().enumerate().map(|(nth, request)| trouble(seed, request, nth));
        troubles += told.filter(|trouble| *trouble != Trouble::None).count();
        incomplete_runs += usize::from(!incomplete.is_empty());
    }
    eprintln!(
        "{runs} runs, {incomplete_runs} of them incomplete and said so; \
         {requests} requests, {troubles} of them met trouble"
    );
    assert!(troubles > runs, "{troubles} troubles in {requests} requests");
}
