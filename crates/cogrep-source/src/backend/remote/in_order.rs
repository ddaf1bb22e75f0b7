//! A text that is read in ranges: each by a reader of its own, in its order.
//!
//! The bytes of a range come as those of a whole text do, in requests that run ahead of the
//! reader up to the end of what it wants; what is behind is asked for in short pieces, when it is
//! needed. All of it is of one version, or it is a fault.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::RemoteFault;
use super::pieces::{Fetch, Pieces};
use super::thread::Task;
use crate::backend::Object;
use crate::chunk::LONG_CHUNK_BYTES;
use crate::range::LINE_REST;

/// A text for one reader, which mostly goes on where it was.
pub(super) struct InOrder {
    source: Source,
    /// So far the bytes are wanted.
    wanted: u64,
    reading: Mutex<Reading>,
}

/// What is fetched.
#[derive(Clone)]
struct Source {
    fetch: Arc<Fetch>,
    thread: Handle,
    size: u64,
}

/// Where the reader is.
struct Reading {
    /// What was read last: a range is searched for its first line, and then read from there.
    last: VecDeque<Bytes>,
    last_bytes: usize,
    /// Where the next piece begins.
    at: u64,
    /// None before there is a need for more.
    pieces: Option<Pieces>,
}

impl InOrder {
    /// A text of this size of which the first bytes are there.
    pub(super) fn begun(fetch: Arc<Fetch>, thread: Handle, size: u64, first: Bytes) -> Self {
        let mut reading = Reading::at(0);
        reading.take(first);
        Self { source: Source { fetch, thread, size }, wanted: 0, reading: Mutex::new(reading) }
    }
}

impl Object for InOrder {
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        async move {
            let mut reading = self.reading.lock().await;
            if range.start > reading.at || range.start < reading.at - reading.last_bytes as u64 {
                *reading = Reading::at(range.start);
            }
            while range.start == reading.at {
                if reading.at >= self.source.size {
                    return Ok(Bytes::new());
                }
                if reading.pieces.is_none() {
                    let pieces = self.source.pieces(reading.at, self.wanted).await;
                    reading.pieces = Some(pieces.map_err(io::Error::other)?);
                }
                let Some(pieces) = &mut reading.pieces else { continue };
                match pieces.next().await {
                    Some(Ok(piece)) => reading.take(piece),
                    // The next read, if there is one, asks anew.
                    Some(Err(fault)) => {
                        reading.pieces = None;
                        return Err(fault);
                    }
                    None => return Ok(Bytes::new()),
                }
            }
            Ok(reading.given(range))
        }
        .boxed()
    }

    fn in_order(&self, range: Range<u64>) -> Option<Arc<dyn Object>> {
        Some(Arc::new(Self {
            source: self.source.clone(),
            // The rest of the last line comes with the range, mostly.
            wanted: range.end.saturating_add(LINE_REST).min(self.source.size),
            reading: Mutex::new(Reading::at(range.start)),
        }))
    }
}

impl Source {
    /// The bytes from here on. They wait for room on the network, and hold nothing meanwhile.
    async fn pieces(&self, start: u64, wanted: u64) -> Result<Pieces, RemoteFault> {
        let shared = Arc::clone(&self.fetch.shared);
        let slot = Task::spawn(&self.thread, async move { shared.flow.slot().await });
        let given_up = |_| RemoteFault::Connection("the connection was given up".to_owned());
        let slot = slot.await.map_err(given_up)?;
        let (fetch, thread) = (Arc::clone(&self.fetch), self.thread.clone());
        Ok(Pieces::new(fetch, thread, start..wanted.max(start), self.size, slot))
    }
}

impl Reading {
    fn at(at: u64) -> Self {
        Self { last: VecDeque::new(), last_bytes: 0, at, pieces: None }
    }

    /// Takes the next piece, and lets go of what lies further back than a chunk.
    fn take(&mut self, piece: Bytes) {
        self.at += piece.len() as u64;
        self.last_bytes += piece.len();
        self.last.push_back(piece);
        while let Some(first) = self.last.front()
            && self.last_bytes - first.len() >= LONG_CHUNK_BYTES
        {
            self.last_bytes -= first.len();
            self.last.pop_front();
        }
    }

    /// Bytes of the range, which begins in what was read last.
    fn given(&self, range: Range<u64>) -> Bytes {
        let mut start = self.at - self.last_bytes as u64;
        for piece in &self.last {
            let end = start + piece.len() as u64;
            if range.start < end {
                let place = |at: u64| usize::try_from(at - start).unwrap_or(piece.len());
                return piece.slice(place(range.start)..place(range.end.min(end)));
            }
            start = end;
        }
        Bytes::new()
    }
}

#[cfg(test)]
mod tests {
    use cogrep_testing::http::{Object as Served, Server, Trouble};
    use cogrep_testing::share;

    use super::super::tests::{Random, fault, read, remote, settings, text};
    use super::super::{Remote, RemoteSettings};
    use super::*;
    use crate::{
        Blocking, Chunk, Chunks, Cut, Divisible, Division, Fault, Interrupt, OpenOptions, Outcome,
        RemoteName, Role, Source as AnySource, SourceName, Version, block_on,
    };

    const LINES: Division = Division { cut: Cut::Lines, before: 0, after: 0 };

    fn in_ranges() -> RemoteSettings {
        RemoteSettings { in_ranges: true, ..settings() }
    }

    /// A source that can be read in ranges, if it is one.
    fn divide(name: &SourceName, remote: &Arc<Remote>) -> Result<Option<Divisible>, Fault> {
        let backend = Arc::clone(remote) as Arc<dyn crate::backend::Backend>;
        let options = OpenOptions { backend, ..OpenOptions::default() };
        block_on(async { Ok(AnySource::open(name, &options, Blocking(())).await?.divide().await) })
    }

    /// The bytes of a range with those shown around it, and what went wrong.
    fn read_range(
        source: &Divisible,
        (start, end): (u64, Option<u64>),
        division: Division,
    ) -> ([Vec<u8>; 3], Option<Fault>) {
        let mut range = source.range(start, end, division, &Interrupt::new(), Blocking(()));
        let (mut chunk, mut parts) = (Chunk::new(), <[Vec<u8>; 3]>::default());
        while !chunk.is_last() {
            block_on(range.fetch(&mut chunk));
            let part = match chunk.role() {
                Role::Before => 0,
                Role::Text => 1,
                Role::After => 2,
            };
            parts[part].extend_from_slice(chunk.bytes());
        }
        (parts, range.fault())
    }

    /// A text of lines, most of them short.
    fn lines(random: &mut Random) -> Vec<u8> {
        let mut text = if random.happens(20) { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        for _ in 0..random.below(100) {
            let most = [3, 100, 5_000][random.below(3).min(random.below(3))];
            text.extend(std::iter::repeat_n("é".as_bytes(), random.below(most)).flatten());
            text.push(b'\n');
        }
        text.extend_from_slice(&b"no end of line"[..random.below(15)]);
        text
    }

    /// What a try may meet, and another one not.
    fn trouble(random: &mut Random, size: usize) -> Trouble {
        match random.below(20) {
            0 => Trouble::Status([500, 503, 429, 408][random.below(4)], Some("0".to_owned())),
            1 => Trouble::Drop(random.below(size + 1)),
            2 => Trouble::Shorten(random.below(size + 1)),
            3 => Trouble::Whole,
            4 => Trouble::OtherRange,
            _ => Trouble::None,
        }
    }

    /// Any cut into ranges gives what the same ranges of a file do, and together the whole text,
    /// whatever goes wrong on the way.
    #[test]
    fn ranges_are_those_of_a_file() {
        for seed in 0..share(300) {
            let mut random = Random(seed as u64);
            let text = lines(&mut random);
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &text).unwrap();
            let server = Server::start();
            server.put("/a", Served::new(text.clone()));
            let story: Vec<_> = (0..500).map(|_| trouble(&mut random, text.len())).collect();
            server.meet(move |_, nth| story.get(nth).cloned().unwrap_or(Trouble::None));
            let remote = remote(RemoteSettings {
                range_bytes: [1_000, 20_000, 1 << 20][random.below(3)],
                requests: 1 + random.below(5),
                ahead_bytes: random.below(200_000),
                retries: 50,
                ..in_ranges()
            });
            let name = SourceName::remote(&server.url("/a")).unwrap();
            // Where a server gives no range once, all is read.
            let there = (0..50).find_map(|_| divide(&name, &remote).unwrap());
            let here = divide(&file.path().into(), &remote).unwrap();
            // Of nothing there are no ranges.
            assert_eq!(there.is_none(), text.is_empty(), "seed {seed}");
            let (Some(there), Some(here)) = (there, here) else { continue };
            assert_eq!(there.text_bytes(), here.text_bytes());
            let size = usize::try_from(there.text_bytes()).unwrap();
            let mut cuts: Vec<_> = (0..random.below(9)).map(|_| random.below(size + 1)).collect();
            cuts.retain(|cut| *cut > 0 && *cut < size);
            cuts.sort_unstable();
            cuts.dedup();
            let division = match random.below(3) {
                0 => Division { cut: Cut::Characters, before: random.below(9), after: 5 },
                _ => LINES,
            };
            let starts = std::iter::once(0).chain(cuts.iter().copied());
            let ends = cuts.iter().copied().map(Some).chain([None]);
            let mut all = Vec::new();
            for (start, end) in starts.zip(ends) {
                let range = (start as u64, end.map(|end| end as u64));
                let (parts, fault) = read_range(&there, range, division);
                assert!(fault.is_none(), "seed {seed} {range:?}: {fault:?}");
                let (expected, _) = read_range(&here, range, division);
                assert!(parts == expected, "seed {seed} {range:?} {division:?}");
                all.extend_from_slice(&parts[1]);
            }
            assert!(text.ends_with(&all) && all.len() == size, "seed {seed}");
        }
    }

    #[test]
    fn only_what_is_wanted_is_fetched() {
        let server = Server::start();
        let text = b"0123456789abcde\n".repeat(1 << 16);
        server.put("/a", Served::new(text.clone()));
        let remote = remote(RemoteSettings { range_bytes: 100_000, ..in_ranges() });
        let name = SourceName::remote(&server.url("/a")).unwrap();
        let source = divide(&name, &remote).unwrap().unwrap();
        assert_eq!(server.requests()[0].header("range"), "bytes=0-65535");
        let (parts, fault) = read_range(&source, (200_005, Some(500_009)), LINES);
        assert!(fault.is_none() && parts[1] == text[200_016..500_016]);
        let mut ranges: Vec<_> =
            server.requests()[1..].iter().map(|it| it.header("range").to_owned()).collect();
        ranges.sort();
        let most = 500_009 + LINE_REST - 1;
        let expected = [
            "bytes=200004-300003".to_owned(),
            "bytes=300004-400003".to_owned(),
            "bytes=400004-500003".to_owned(),
            format!("bytes=500004-{most}"),
        ];
        assert_eq!(ranges, expected);
        let etag = Served::new(text).etag;
        assert!(server.requests()[1..].iter().all(|request| request.header("if-match") == etag));
    }

    #[test]
    fn a_line_may_end_far_behind_its_range() {
        let server = Server::start();
        let line = b"a".repeat(3 << 20);
        server.put("/a", Served::new([&line[..], b"\nb\n", &line].concat()));
        let remote = remote(RemoteSettings { range_bytes: 200_000, requests: 1, ..in_ranges() });
        let name = SourceName::remote(&server.url("/a")).unwrap();
        let source = divide(&name, &remote).unwrap().unwrap();
        let lens: Vec<_> = [(0, Some(10)), (10, Some(4 << 20)), (4 << 20, None)]
            .map(|range| read_range(&source, range, LINES).0[1].len())
            .into();
        assert_eq!(lens, [line.len() + 1, 2 + line.len(), 0]);
    }

    #[test]
    fn what_changes_is_a_fault_of_its_range() {
        let server = Server::start();
        server.put("/a", Served::new(text(300_000)));
        let remote = remote(in_ranges());
        let address = server.url("/a");
        let name = RemoteName::parse(&address).unwrap();
        let version = block_on(remote.version(&name)).unwrap().unwrap();
        assert_eq!(version.bytes, 300_000);
        let pinned = SourceName::Remote(Arc::new(name.in_version(version)));
        let source = divide(&pinned, &remote).unwrap().unwrap();
        assert!(read_range(&source, (0, Some(1000)), LINES).1.is_none());
        server.put("/a", Served::new(vec![b'x'; 300_000]));
        let (parts, fault) = read_range(&source, (100_000, Some(200_000)), LINES);
        assert!(parts[1].is_empty());
        let changed = |fault| self::fault(&Outcome::Failed(fault)) == RemoteFault::Changed;
        assert!(changed(fault.unwrap()));
        // It is not opened in another version than the one that is asked for.
        assert!(changed(divide(&pinned, &remote).unwrap_err()));
        let unpinned = SourceName::remote(&address).unwrap();
        assert!(divide(&unpinned, &remote).unwrap().is_some());
    }

    #[test]
    fn what_is_not_told_from_another_text_is_read_whole() {
        let server = Server::start();
        let bytes = text(300_000);
        let whole = Served::new(bytes.clone());
        let listed = Some(Version { bytes: 300_000, etag: None });
        for (served, version) in [
            (Served { has_ranges: false, ..whole.clone() }, None),
            (Served { etag: String::new(), ..whole.clone() }, None),
            (Served { etag: format!("W/{}", whole.etag), ..whole.clone() }, None),
            (whole, listed),
        ] {
            server.put("/a", served);
            let remote = remote(RemoteSettings { range_bytes: 50_000, ..in_ranges() });
            let name = RemoteName::parse(&server.url("/a")).unwrap();
            let name = version.map_or_else(|| name.clone(), |it| name.clone().in_version(it));
            let name = SourceName::Remote(Arc::new(name));
            assert!(divide(&name, &remote).unwrap().is_none());
            let (read, outcome) = read(&remote, &server.url("/a"));
            assert!(outcome.is_complete() && read == bytes);
        }
    }

    #[test]
    fn a_text_that_is_opened_for_its_ranges_is_whole_too() {
        let server = Server::start();
        for size in [0, 1, 1 << 16, 300_000] {
            server.put("/a", Served::new(text(size)));
            let remote = remote(RemoteSettings { range_bytes: 50_000, ..in_ranges() });
            let (bytes, outcome) = read(&remote, &server.url("/a"));
            assert!(outcome.is_complete() && bytes == text(size), "{size}");
        }
        // What is packed has no ranges.
        server.put("/a", Served::new(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..]));
        let name = SourceName::remote(&server.url("/a")).unwrap();
        assert!(divide(&name, &remote(in_ranges())).unwrap().is_none());
    }
}
