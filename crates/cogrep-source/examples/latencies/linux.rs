//! The measurements, each of one thing at a time.

use std::env;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Instant;

use rustix::fs::{Advice, fadvise};

const PAGE_BYTES: usize = 4096;

/// Words of eight bytes: far more than any cache holds.
const WORDS: usize = 32 << 20;

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let name = env::args_os().nth(1).ok_or("usage: latencies FILE")?;
    print("a word in memory", &memory());
    print("a page of a file in memory", &pages(&File::open(&name)?, true)?);
    print("a page of a file on the disk", &pages(&File::open(&name)?, false)?);
    print("a byte from another thread, by pipe, and back", &pipe()?);
    print("a byte over the loopback network, and back", &loopback()?);
    Ok(())
}

/// The median and the slowest hundredth, of times in nanoseconds.
fn print(what: &str, nanoseconds: &[f64]) {
    let mut sorted = nanoseconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let [median, slow] = [sorted.len() / 2, sorted.len() * 99 / 100].map(|at| sorted[at] / 1000.0);
    println!("{what:<46} {median:>10.3} µs, 99 %: {slow:>10.3} µs");
}

/// Times `step` this many times, each as often as it takes to be measured.
fn time<E>(times: u32, often: u32, mut step: impl FnMut() -> Result<(), E>) -> Result<Vec<f64>, E> {
    (0..times)
        .map(|_| {
            let start = Instant::now();
            (0..often).try_for_each(|_| step())?;
            Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(often))
        })
        .collect()
}

/// Numbers that are hard to foresee.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Goes through memory in one cycle, each place saying which is the next.
fn memory() -> Vec<f64> {
    let mut state = 1;
    let mut next: Vec<usize> = (0..WORDS).collect();
    for at in (1..WORDS).rev() {
        // Sattolo's shuffle, which gives a single cycle.
        let other = usize::try_from(random(&mut state)).unwrap_or(usize::MAX) % at;
        next.swap(at, other);
    }
    let mut at = 0;
    let step = || {
        at = next[at];
        Ok::<(), ()>(())
    };
    let taken = time(1000, 1000, step).unwrap_or_default();
    black_box(at);
    taken
}

/// Reads pages at random places.
fn pages(file: &File, cached: bool) -> Result<Vec<f64>, Box<dyn Error>> {
    // Else the system reads ahead, and a disk may be asked for what is there.
    fadvise(file, 0, None, Advice::Random)?;
    let pages = file.metadata()?.len() / PAGE_BYTES as u64;
    let mut page = [0; PAGE_BYTES];
    let mut state = 1;
    if !cached {
        fadvise(file, 0, None, Advice::DontNeed)?;
    }
    let (times, often) = if cached { (200, 1000) } else { (2000, 1) };
    let mut read = |at: u64| file.read_exact_at(&mut page, at * PAGE_BYTES as u64);
    if cached {
        (0..1000.min(pages)).try_for_each(&mut read)?;
    }
    let among = if cached { pages.min(1000) } else { pages };
    Ok(time(times, often, || read(random(&mut state) % among))?)
}

/// Sends a byte to and fro between two threads.
fn to_and_fro<W, R>(mut here: (W, R), mut there: (W, R)) -> Result<Vec<f64>, Box<dyn Error>>
where
    W: Write + Send,
    R: Read + Send,
{
    const TIMES: u32 = 5000;
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut byte = [0];
            for _ in 0..TIMES {
                if there.1.read_exact(&mut byte).and_then(|()| there.0.write_all(&byte)).is_err() {
                    return;
                }
            }
        });
        let mut byte = [0];
        Ok(time(TIMES, 1, || {
            here.0.write_all(&byte)?;
            here.1.read_exact(&mut byte)
        })?)
    })
}

fn pipe() -> Result<Vec<f64>, Box<dyn Error>> {
    let (reader, writer) = std::io::pipe()?;
    let (other_reader, other_writer) = std::io::pipe()?;
    to_and_fro((writer, other_reader), (other_writer, reader))
}

fn loopback() -> Result<Vec<f64>, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let here = TcpStream::connect(listener.local_addr()?)?;
    let (there, _) = listener.accept()?;
    here.set_nodelay(true)?;
    there.set_nodelay(true)?;
    to_and_fro((here.try_clone()?, here), (there.try_clone()?, there))
}
