//! Times one counter on text in memory, one pass at a time, when it is told to.
//!
//! `throughput COUNTER TEXT LIST [-i] [-w]` makes the counter ready for the patterns of the
//! list, prints how many seconds that took, and then, for each line on standard input,
//! makes one pass over the text and prints its seconds. At the end of the input it
//! prints the total of each pattern. Whoever drives several such programs can let them
//! take turns, so that all see the same noise. `hyperscan.c` keeps the same protocol.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::thread;
use std::time::Instant;

use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner};

mod peers;

/// As much is handed to a counter at once as the program reads at once, but in the middle of
/// long files.
const PIECE_BYTES: usize = 128 * 1024;

/// What makes a pass and knows the totals of the last one.
trait Pass {
    fn pass(&mut self);
    fn totals(&self) -> Vec<u64>;
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (names, flags): (Vec<_>, Vec<_>) =
        arguments.iter().map(String::as_str).partition(|word| !word.starts_with('-'));
    let [counter, text, list] = names[..] else {
        return Err("usage: throughput COUNTER TEXT LIST [-i] [-w]".into());
    };
    let ignore_case = flags.contains(&"-i");
    if let Some(threads) = match counter {
        "read" => Some(1),
        "read-2" => Some(2),
        _ => None,
    } {
        return drive(&mut PlainRead { path: text, threads, read_bytes: 0 }, 0.0);
    }
    let list = std::fs::read(list)?;
    let patterns: Vec<&[u8]> = cogrep_match::parse_list(&list).collect();
    let text = std::fs::read(text)?;
    let begun = Instant::now();
    if let Some(mut peer) = peers::peer(counter, &text, &patterns, ignore_case)? {
        return drive(&mut *peer, begun.elapsed().as_secs_f64());
    }
    let whole_words = flags.contains(&"-w");
    let matching = Matching { ignore_case, whole_words, ..Matching::default() };
    let patterns = Patterns::new(patterns, matching)?;
    let choice: EngineChoice = counter.trim_start_matches("cogrep-").parse()?;
    let plan = Plan::new(&patterns, choice)?;
    let built = begun.elapsed().as_secs_f64();
    let patterns = patterns.len();
    let scanner = Scanner::new(plan);
    drive(&mut Ours { text: &text, patterns, scanner, totals: Vec::new() }, built)
}

/// Makes passes as long as lines come in.
fn drive(pass: &mut dyn Pass, built_seconds: f64) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{built_seconds}")?;
    for line in io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        pass.pass();
        writeln!(out, "{}", begun.elapsed().as_secs_f64())?;
    }
    for total in pass.totals() {
        writeln!(out, "{total}")?;
    }
    Ok(())
}

/// Our own engines, fed as the program feeds them.
struct Ours<'a> {
    text: &'a [u8],
    patterns: usize,
    scanner: Scanner,
    totals: Vec<u64>,
}

impl Pass for Ours<'_> {
    fn pass(&mut self) {
        for piece in self.text.chunks(PIECE_BYTES) {
            // Literals have no line that is too long.
            let _ = self.scanner.feed(piece);
        }
        self.scanner.end_text();
        self.totals = self.scanner.take_counts().to_vec(self.patterns);
    }

    fn totals(&self) -> Vec<u64> {
        self.totals.clone()
    }
}

/// Reads the file from the page cache and does nothing with it.
struct PlainRead<'a> {
    path: &'a str,
    threads: u64,
    read_bytes: u64,
}

impl Pass for PlainRead<'_> {
    fn pass(&mut self) {
        let parts = (0..self.threads).map(|part| (self.path.to_owned(), part, self.threads));
        let readers: Vec<_> = parts
            .map(|(path, part, parts)| thread::spawn(move || read_part(&path, part, parts)))
            .collect();
        let read = readers.into_iter().map(|reader| reader.join().unwrap_or(Ok(0)).unwrap_or(0));
        self.read_bytes = read.sum();
    }

    /// The bytes that were read: they must be those of the file.
    fn totals(&self) -> Vec<u64> {
        vec![self.read_bytes]
    }
}

fn read_part(path: &str, part: u64, parts: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let (start, end) = (length * part / parts, length * (part + 1) / parts);
    file.seek(SeekFrom::Start(start))?;
    let mut part = file.take(end - start);
    let mut buffer = vec![0; PIECE_BYTES];
    let mut total = 0;
    loop {
        let read = part.read(&mut buffer)?;
        black_box(&buffer);
        if read == 0 {
            return Ok(total);
        }
        total += read as u64;
    }
}
