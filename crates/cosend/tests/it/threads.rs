//! Rule 8: coroutines and generators that go from thread to thread, and bodies whose
//! handles are used on threads that they wait for. What may not go is in
//! `tests/compile_fail`.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::thread;

use cosend::{
    BoxCoroutine, BoxFallible, BoxGenerator, BoxResumable, FallibleInput, Input, Output, Port,
    Sink, Step, Stopped, coroutine, count, fallible, filter, generator, resumable,
};

use crate::support::{foreign_pause, poll_once, send_heap};

fn send<T: Send>(value: T) -> T {
    value
}

fn join() -> impl Sink<str, Return = String> + Send {
    coroutine(async |mut items: Input<str>| {
        let mut all = String::new();
        let longest = &mut String::new();
        while let Some(item) = items.next().await {
            all += item;
            if item.len() > longest.len() {
                item.clone_into(longest);
            }
        }
        all + longest
    })
}

#[test]
fn a_coroutine_goes_on_in_another_thread_with_each_send() {
    let mut body = join();
    for number in [1, 22, 3] {
        body = thread::spawn(move || {
            send_heap(&mut body, &format!("item{number}")).unwrap();
            body
        })
        .join()
        .unwrap();
    }
    assert_eq!(body.close(), "item1item22item3item22");
}

#[test]
fn a_generator_is_asked_in_another_thread_each_time() {
    let mut words = send(generator(async |mut out| {
        for word in ["to", "be"] {
            out.yield_(word.to_owned()).await;
        }
        "the end".to_owned()
    }));
    for expected in [Some("to"), Some("be"), None] {
        let (word, back) = thread::spawn(move || (words.next(), words)).join().unwrap();
        assert_eq!(word.as_deref(), expected);
        words = back;
    }
    let result = thread::spawn(move || words.take_result()).join().unwrap();
    assert_eq!(result.as_deref(), Some("the end"));
}

#[test]
fn a_resumable_and_a_fallible_coroutine_go_too() {
    let (mut echo, _) = resumable(async |mut port: Port<str, String>| {
        let mut say = String::new();
        while let Some(heard) = port.yield_(say).await {
            say = heard.to_uppercase();
        }
    });
    let mut patient = fallible(async |mut items: FallibleInput<str, String>| {
        let mut caught = Vec::new();
        loop {
            match items.next().await {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(caught),
                Err(error) => caught.push(error),
            }
        }
    });
    let (said, patient) = thread::spawn(move || {
        let said = echo.resume("love");
        patient.throw("a stone".to_owned()).unwrap();
        (said, patient)
    })
    .join()
    .unwrap();
    assert_eq!(said, Ok(Step::Yielded("LOVE".to_owned())));
    assert_eq!(patient.close(), Ok(vec!["a stone".to_owned()]));
}

#[test]
fn a_loan_is_read_in_threads_that_the_body_waits_for() {
    let mut length = coroutine(async |mut items: Input<str>| {
        let mut bytes = 0;
        while let Some(item) = items.next().await {
            let (half, rest) = item.split_at(item.len() / 2);
            bytes += thread::scope(|threads| {
                let half = threads.spawn(|| half.len());
                rest.len() + half.join().unwrap()
            });
        }
        bytes
    });
    send_heap(&mut length, "abc").unwrap();
    send_heap(&mut length, "de").unwrap();
    assert_eq!(length.close(), 5);
}

#[test]
fn a_pause_is_polled_and_left_in_threads_that_the_body_waits_for() {
    for forget in [false, true] {
        let mut body = coroutine(async |mut items: Input<str>| {
            let mut taken = 0;
            while items.next().await.is_some() {
                taken += 1;
                thread::scope(|threads| {
                    let items = &mut items;
                    threads.spawn(move || {
                        let mut pause = items.next();
                        assert!(poll_once(Pin::new(&mut pause)).is_pending());
                        if forget {
                            std::mem::forget(pause);
                        }
                    });
                });
            }
            taken
        });
        for item in ["a", "b", "c"] {
            send_heap(&mut body, item).unwrap();
        }
        assert_eq!(body.close(), 3);
    }
}

#[test]
fn an_item_is_taken_in_a_thread_that_the_body_waits_for() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut pause = items.next();
        assert!(poll_once(Pin::new(&mut pause)).is_pending());
        foreign_pause().await;
        thread::scope(|threads| {
            let taken = threads.spawn(|| match poll_once(Pin::new(&mut pause)) {
                Poll::Ready(item) => item.map(str::to_owned),
                Poll::Pending => None,
            });
            taken.join().unwrap()
        })
    });
    send_heap(&mut body, "item").unwrap();
    assert_eq!(body.close().as_deref(), Some("item"));
}

#[test]
fn handles_are_dropped_in_threads_that_the_body_waits_for() {
    let body = coroutine(async |items: Input<str>| {
        thread::scope(|threads| threads.spawn(move || drop(items)).join().unwrap());
        "closed"
    });
    assert_eq!(body.close(), "closed");
    let mut series = generator(async |mut out: Output<String>| {
        out.yield_("one".to_owned()).await;
        thread::scope(|threads| threads.spawn(move || drop(out)).join().unwrap());
    });
    assert_eq!(series.by_ref().count(), 1);
}

#[test]
fn a_value_is_yielded_from_a_thread_that_the_body_waits_for() {
    let mut series = generator(async |mut out: Output<String>| {
        for number in 0..3 {
            let mut pause = Box::pin(out.yield_(format!("value {number}")));
            thread::scope(|threads| {
                threads.spawn(|| assert!(poll_once(pause.as_mut()).is_pending()));
            });
            foreign_pause().await;
        }
    });
    assert_eq!(series.by_ref().collect::<Vec<_>>(), ["value 0", "value 1", "value 2"]);
}

#[test]
fn two_threads_lend_the_same_item() {
    let item: Arc<str> = "shared".into();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (item, mut body) = (Arc::clone(&item), join());
            thread::spawn(move || {
                for _ in 0..5 {
                    body.send(&item).unwrap();
                }
                body.close().len()
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 6 * 6));
}

/// A type with all four kinds of bodies in its fields.
struct Session {
    parser: BoxCoroutine<'static, [u8], usize>,
    dialogue: BoxResumable<'static, str, String, ()>,
    upload: BoxFallible<'static, [u8], String, usize>,
    numbers: BoxGenerator<'static, u64>,
}

impl Session {
    fn new() -> Self {
        let (dialogue, _) = resumable(async |mut port: Port<str, String>| {
            let mut say = "hi".to_owned();
            while let Some(heard) = port.yield_(say).await {
                say = format!("{heard}!");
            }
        });
        Self {
            parser: coroutine(async |mut chunks: Input<[u8]>| {
                let mut bytes = 0;
                while let Some(chunk) = chunks.next().await {
                    bytes += chunk.len();
                }
                bytes
            })
            .boxed(),
            dialogue: dialogue.boxed(),
            upload: fallible(async |mut parts: FallibleInput<[u8], String>| {
                let mut bytes = 0;
                while let Some(part) = parts.next().await? {
                    bytes += part.len();
                }
                Ok(bytes)
            })
            .boxed(),
            numbers: generator(async |mut out| out.yield_from(1..).await).boxed(),
        }
    }
}

#[test]
fn boxed_bodies_are_fields_of_a_type_that_goes_to_another_thread() {
    let mut sessions: HashMap<u32, Session> = (0..3).map(|id| (id, Session::new())).collect();
    let first = sessions.get_mut(&0).unwrap();
    first.parser.send(b"abc").unwrap();
    first.upload.send(b"de").unwrap();
    assert_eq!(first.dialogue.resume("x"), Ok(Step::Yielded("x!".to_owned())));
    assert_eq!(first.numbers.next(), Some(1));
    let first = sessions.remove(&0).unwrap();
    let results = thread::spawn(move || {
        let mut first = first;
        (first.parser.close(), first.upload.close(), first.numbers.next())
    });
    assert_eq!(results.join().unwrap(), (3, Ok(2), Some(2)));
}

#[test]
fn a_boxed_coroutine_is_in_a_static_behind_a_lock() {
    static LINES: Mutex<Option<BoxCoroutine<'static, str, usize>>> = Mutex::new(None);
    *LINES.lock().unwrap() = Some(
        coroutine(async |mut lines: Input<str>| {
            let mut count = 0;
            while lines.next().await.is_some() {
                count += 1;
            }
            count
        })
        .boxed(),
    );
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| LINES.lock().unwrap().as_mut().unwrap().send("line").unwrap());
        }
    });
    assert_eq!(LINES.lock().unwrap().take().unwrap().close(), 4);
}

#[test]
fn a_boxed_coroutine_is_where_it_was_in_every_state() {
    let mut suspended = coroutine(async |mut items: Input<u8>| items.next().await.copied());
    suspended.send(&1).unwrap();
    let mut returned = suspended.boxed();
    assert!(returned.is_stopped());
    assert_eq!(returned.finish(), Ok(Some(1)));
    assert_eq!(returned.finish(), Err(Stopped));

    let unread = coroutine(async |_: Input<u8>| 7).boxed();
    assert_eq!(unread.close(), 7);
    let mut over = coroutine(async |_: Input<u8>| 7);
    over.finish().unwrap();
    assert_eq!(over.boxed().finish(), Err(Stopped));
}

#[test]
fn a_boxed_coroutine_closes_when_it_is_dropped() {
    let (sender, receiver) = mpsc::channel();
    let body = coroutine(async |mut items: Input<u8>| {
        while items.next().await.is_some() {}
        sender.send("closed").unwrap();
    });
    drop(body.boxed());
    assert_eq!(receiver.try_recv(), Ok("closed"));
}

/// The usual server: a parser that is fed inside a task that any thread may run.
#[test]
fn all_kinds_live_in_a_task_on_many_threads() {
    fn lines<S: Sink<str>>(mut child: S) -> impl Sink<[u8], Return = S::Return> {
        coroutine(async move |mut chunks: Input<[u8]>| {
            let mut rest = Vec::new();
            while let Some(chunk) = chunks.next().await {
                rest.extend_from_slice(chunk);
                while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    if child.send(std::str::from_utf8(&line[..end]).unwrap()).is_err() {
                        return child.close();
                    }
                }
            }
            child.close()
        })
    }
    async fn first(lines: &mut Input<'_, str>) -> Option<String> {
        Some(lines.next().await?.to_owned())
    }
    async fn serve(mut chunks: tokio::sync::mpsc::Receiver<Vec<u8>>) -> (usize, Option<String>) {
        let firsts = coroutine(async |mut lines: Input<str>| first(&mut lines).await);
        let mut parser = lines((filter(|line: &str| line.contains('x'), count()), firsts));
        let (mut total, _) = resumable(async |mut port: Port<[u8], usize>| {
            let mut bytes = 0;
            while let Some(chunk) = port.yield_(bytes).await {
                bytes += chunk.len();
            }
        });
        let mut checked = fallible(async |mut chunks: FallibleInput<[u8], String>| {
            while chunks.next().await?.is_some() {}
            Ok(())
        });
        let mut ticks = generator(async |mut out| out.yield_from(1_usize..).await);
        let mut bytes = 0;
        while let Some(chunk) = chunks.recv().await {
            bytes += chunk.len();
            parser.send(&chunk).unwrap();
            assert_eq!(total.resume(&chunk), Ok(Step::Yielded(bytes)));
            checked.send(&chunk).unwrap();
            ticks.next();
            tokio::task::yield_now().await;
        }
        assert_eq!(ticks.next(), Some(101));
        checked.close().unwrap();
        parser.close()
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let answers: Vec<_> = (0..4)
        .map(|_| {
            let (sender, receiver) = tokio::sync::mpsc::channel(1);
            let fed = runtime.spawn(async move {
                for chunk in ["ax\nbb", "\ncxx\n"].iter().cycle().take(100) {
                    sender.send(chunk.as_bytes().to_vec()).await.unwrap();
                }
            });
            (fed, runtime.spawn(serve(receiver)))
        })
        .collect();
    for (fed, answer) in answers {
        runtime.block_on(fed).unwrap();
        assert_eq!(runtime.block_on(answer).unwrap(), (100, Some("ax".to_owned())));
    }
}

#[test]
fn futures_that_drive_a_coroutine_are_send() {
    let drive = send(async {
        let mut body = join();
        for item in ["a", "b"] {
            tokio::task::yield_now().await;
            body.send(item).unwrap();
        }
        body.close()
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(drive), "aba");
}
