//! What a new user writes first with threads, tasks and real input.

use std::io;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use cosend::{
    Input, OwnedCoroutine, OwnedInput, OwnedOutput, Sink, coroutine, generator, owned_coroutine,
    owned_generator,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use crate::support::{owned, panic_message, panic_place};

fn on_many_threads<F: Future>(test: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test)
}

#[test]
fn a_server_whose_task_feeds_a_parser() {
    fn count_lines() -> impl Sink<[u8], Return = usize> + Send {
        coroutine(async |mut pieces: Input<[u8]>| {
            let mut lines = 0;
            while let Some(piece) = pieces.next().await {
                for byte in piece {
                    lines += usize::from(*byte == b'\n');
                }
            }
            lines
        })
    }
    async fn serve(mut socket: DuplexStream) -> io::Result<usize> {
        let mut parser = count_lines();
        let mut buffer = [0; 64];
        loop {
            let length = socket.read(&mut buffer).await?;
            if length == 0 || parser.send(&buffer[..length]).is_err() {
                return Ok(parser.close());
            }
        }
    }
    on_many_threads(async {
        let (mut here, there) = duplex(16);
        let lines = tokio::spawn(serve(there));
        here.write_all("one line\n".repeat(40).as_bytes()).await.unwrap();
        drop(here);
        assert_eq!(lines.await.unwrap().unwrap(), 40);
    });
}

#[test]
fn a_generator_that_many_threads_draw_from() {
    let numbers = generator(async |mut out| {
        for number in 0..1000_u64 {
            out.yield_(number).await;
        }
    });
    let numbers = Mutex::new(numbers);
    let next = || numbers.lock().unwrap().next();
    let squares = || std::iter::from_fn(next).map(|number| number * number).sum::<u64>();
    let sum: u64 = thread::scope(|threads| {
        let workers = [threads.spawn(squares), threads.spawn(squares)];
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(sum, 332_833_500);
}

#[test]
fn a_coroutine_made_here_and_used_there() {
    let mut sum = coroutine(async |mut numbers: Input<u32>| {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += number;
        }
        sum
    });
    sum.send(&1).unwrap();
    let there = thread::spawn(move || {
        sum.send(&2).unwrap();
        sum.close()
    });
    assert_eq!(there.join().unwrap(), 3);
}

#[test]
fn a_writer_in_an_asynchronous_body() {
    fn writer(
        mut socket: DuplexStream,
    ) -> OwnedCoroutine<Vec<u8>, impl Future<Output = io::Result<usize>> + Send> {
        owned_coroutine(async move |mut items: OwnedInput<Vec<u8>>| {
            let mut written = 0;
            while let Some(bytes) = items.next().await {
                socket.write_all(&bytes).await?;
                written += bytes.len();
            }
            socket.shutdown().await?;
            Ok(written)
        })
    }
    on_many_threads(async {
        let (here, mut there) = duplex(16);
        let reading = tokio::spawn(async move {
            let mut all = Vec::new();
            there.read_to_end(&mut all).await.map(|_| all.len())
        });
        let mut writer = writer(here);
        for number in 0..10 {
            writer.send(vec![number; 10]).await.unwrap();
        }
        assert_eq!(writer.close().await.unwrap(), 100);
        assert_eq!(reading.await.unwrap().unwrap(), 100);
    });
}

#[test]
fn owned_bodies_are_written_as_the_others_are() {
    owned::run(async {
        let mut sum = owned_coroutine(async |mut items: OwnedInput<u8>| {
            let mut sum = 0;
            while let Some(item) = items.next().await {
                sum += u32::from(item);
            }
            sum
        });
        sum.send(1).await.unwrap();
        assert_eq!(sum.close().await, 1);
        let mut pair = owned_generator(async |mut out: OwnedOutput<u8>| {
            out.yield_(1).await;
            out.yield_(2).await;
        });
        assert_eq!(
            (pair.next().await, pair.next().await, pair.next().await),
            (Some(1), Some(2), None)
        );
    });
}

#[test]
fn a_timer_in_a_plain_coroutine_panics_with_the_cure() {
    let with_a_timer = || {
        owned::run(async {
            let mut slow = coroutine(async |mut items: Input<u8>| {
                while items.next().await.is_some() {
                    sleep(Duration::from_millis(1)).await;
                }
            });
            slow.send(&1).unwrap();
        });
    };
    let message = panic_message(with_a_timer);
    assert!(message.contains("is an `owned_coroutine`"), "{message}");
    assert!(message.contains(file!()), "{message}");
    assert!(panic_place(with_a_timer).contains(file!()));
}

#[test]
fn two_stages_one_after_the_other_and_overlapped() {
    const WORK: Duration = Duration::from_millis(20);

    fn slow() -> OwnedCoroutine<u32, impl Future<Output = u32> + Send> {
        owned_coroutine(async |mut items: OwnedInput<u32>| {
            let mut sum = 0;
            while let Some(item) = items.next().await {
                sleep(WORK).await;
                sum += item;
            }
            sum
        })
    }
    // The clock of the runtime stands still while a task runs, so these are exact.
    owned::run(async {
        let begun = Instant::now();
        let mut child = slow();
        for item in 0..5 {
            sleep(WORK).await;
            child.send(item).await.unwrap();
        }
        assert_eq!(child.close().await, 10);
        assert_eq!(begun.elapsed(), 10 * WORK);

        let begun = Instant::now();
        let (mut child, driver) = slow().buffered(1);
        let sum = tokio::spawn(driver);
        for item in 0..5 {
            sleep(WORK).await;
            child.send(item).await.unwrap();
        }
        drop(child);
        assert_eq!(sum.await.unwrap(), 10);
        assert!(begun.elapsed() <= 6 * WORK + Duration::from_millis(6), "{:?}", begun.elapsed());
    });
}
