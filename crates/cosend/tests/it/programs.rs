//! What a new user writes first, each as a whole program would have it. What does not
//! compile in such programs is in `tests/compile_fail/first_*`.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::mem;
use std::num::ParseIntError;

use cosend::{
    BoxCoroutine, BoxResumable, BoxSink, Coroutine, FallibleInput, Input, Port, ReadError, Reader,
    Resume, Sink, Step, Stopped, collect, coroutine, count, fallible, fanout, filter, fold,
    for_each, inspect, map, project, resumable, resumable_unstarted, shared,
};

#[test]
fn a_running_average() {
    fn averager() -> impl FnMut(f64) -> Option<f64> {
        let (mut body, _) = resumable(async |mut port: Port<f64, f64>| {
            let (mut count, mut sum, mut average) = (0.0, 0.0, 0.0);
            while let Some(number) = port.yield_(average).await {
                count += 1.0;
                sum += number;
                average = sum / count;
            }
        });
        move |number| body.resume(&number).ok()?.yielded()
    }
    let average = averager();
    assert_eq!([10.0, 20.0, 60.0].map(average), [Some(10.0), Some(15.0), Some(30.0)]);
}

#[test]
fn a_splitter_of_lines_that_is_fed_in_pieces() {
    fn split_lines<S: Sink<str>>(mut child: S) -> impl Sink<[u8], Return = (S::Return, usize)> {
        coroutine(async move |bytes: Input<[u8]>| {
            let mut reader = Reader::new(bytes);
            let mut not_text = 0;
            loop {
                let (line, is_last) = match reader.line().await {
                    Ok(line) => (line, false),
                    Err(_) => (reader.rest(), true),
                };
                match std::str::from_utf8(line) {
                    Ok("") if is_last => {}
                    Ok(line) if child.pass(line).is_ok() => {}
                    Ok(_) => break,
                    Err(_) => not_text += 1,
                }
                if is_last {
                    break;
                }
            }
            (child.close(), not_text)
        })
    }
    let pieces: [&[u8]; 4] = [b"hel", b"lo\nwor", b"\xff\n", b"tail"];
    let split = split_lines(collect::<str, Vec<_>>()).run(pieces);
    assert_eq!(split, (vec!["hello".to_owned(), "tail".to_owned()], 1));
}

#[test]
fn a_decoder_of_http_chunks() {
    #[derive(Debug, PartialEq)]
    enum Broken {
        Ended(ReadError),
        Size(ParseIntError),
    }
    impl From<ReadError> for Broken {
        fn from(error: ReadError) -> Self {
            Self::Ended(error)
        }
    }
    fn dechunk() -> impl Sink<[u8], Return = Result<Vec<u8>, Broken>> {
        coroutine(async |bytes: Input<[u8]>| {
            let mut reader = Reader::new(bytes);
            let mut body = Vec::new();
            loop {
                let size = String::from_utf8_lossy(reader.line().await?).into_owned();
                let size = usize::from_str_radix(size.trim(), 16).map_err(Broken::Size)?;
                body.extend_from_slice(reader.exact(size).await?);
                reader.line().await?;
                if size == 0 {
                    return Ok(body);
                }
            }
        })
    }
    let pieces = ["4\r\nWi", "ki\r\n6\r\npedia", " \r\n0\r", "\n\r\n"];
    assert_eq!(dechunk().run(pieces.map(str::as_bytes)), Ok(b"Wikipedia ".to_vec()));

    let mut wrong = dechunk();
    assert_eq!(wrong.send(b"zz\r\n"), Ok(()), "it saw this");
    assert_eq!(wrong.send(b"1"), Err(Stopped));
    assert!(matches!(wrong.close(), Err(Broken::Size(_))));
    assert_eq!(dechunk().run(["5\r\nabc".as_bytes()]), Err(Broken::Ended(ReadError::Ended)));
}

#[test]
fn five_stages_with_a_fan_out_and_a_fan_in() {
    let seen = Cell::new(0);
    let total = shared(fold(0, |sum, number: &usize| sum + number));
    let branch = |factor: usize| {
        filter(
            move |number: &usize| number % factor == 0,
            map(move |number: &usize| number * factor, total.clone()),
        )
    };
    let network = map(
        |word: &str| word.len(),
        inspect(|_: &usize| seen.set(seen.get() + 1), fanout([2, 3].map(branch))),
    );
    let results = network.run(["a", "bb", "ccc", "dddd", "eeeeee"]);
    assert_eq!(results, [None, None], "the last handle has the result");
    assert_eq!(total.close(), Some(2 * (2 + 4 + 6) + 3 * (3 + 6)));
    assert_eq!(seen.get(), 5);
}

#[test]
fn parsers_in_the_fields_of_sessions() {
    struct Session {
        parser: BoxCoroutine<'static, [u8], usize>,
        robot: BoxResumable<'static, str, String, ()>,
    }
    impl Session {
        fn new() -> Self {
            let parser = coroutine(async |mut pieces: Input<[u8]>| {
                let mut bytes = 0;
                while let Some(piece) = pieces.next().await {
                    bytes += piece.len();
                }
                bytes
            });
            let (robot, _) = resumable(async |mut port: Port<str, String>| {
                let mut say = "hello".to_owned();
                while let Some(heard) = port.yield_(say).await {
                    say = format!("you said {heard}");
                }
            });
            Self { parser: parser.boxed(), robot: robot.boxed() }
        }
    }
    let mut sessions = HashMap::from([(1, Session::new())]);
    let session = sessions.get_mut(&1).unwrap();
    session.parser.send(b"abc").unwrap();
    assert_eq!(session.robot.resume("x"), Ok(Step::Yielded("you said x".to_owned())));
    assert_eq!(sessions.remove(&1).unwrap().parser.close(), 3);
}

#[test]
fn a_field_of_a_type_parameter() {
    struct Parser<S> {
        body: S,
        fed: usize,
    }
    impl<S: Sink<[u8], Return = usize>> Parser<S> {
        fn feed(&mut self, piece: &[u8]) {
            self.fed += 1;
            self.body.send(piece).unwrap();
        }
    }
    fn parser() -> Parser<impl Sink<[u8], Return = usize>> {
        Parser { body: fold(0, |bytes, piece: &[u8]| bytes + piece.len()), fed: 0 }
    }
    let mut parser = parser();
    parser.feed(b"ab");
    parser.feed(b"c");
    assert_eq!((parser.fed, parser.body.close()), (2, 3));
}

#[test]
fn a_coroutine_in_a_type_with_the_body_as_its_parameter() {
    struct Parser<B: Future<Output = usize>> {
        body: Coroutine<[u8], B>,
    }
    let mut parser = Parser {
        body: coroutine(async |mut i: Input<[u8]>| i.next().await.map_or(0, <[u8]>::len)),
    };
    parser.body.send(b"ab").unwrap();
    assert_eq!(parser.body.close(), 2);
}

#[test]
fn bodies_of_one_function_and_of_several_in_a_vector() {
    fn combined(
        first: u32,
        function: fn(u32, u32) -> u32,
    ) -> impl Resume<u32, Yield = u32, Return = ()> {
        let body = async move |mut port: Port<u32, u32>| {
            let mut value = first;
            while let Some(number) = port.yield_(value).await {
                value = function(value, *number);
            }
        };
        resumable(body).0
    }
    fn constant() -> impl Resume<u32, Yield = u32, Return = ()> {
        resumable(async |mut port: Port<u32, u32>| while port.yield_(7).await.is_some() {}).0
    }
    let mut same = [combined(1, |a, b| a + b), combined(2, |a, b| a * b)];
    let answers: Vec<_> = same.iter_mut().map(|body| body.resume(&3)).collect();
    assert_eq!(answers, [Ok(Step::Yielded(4)), Ok(Step::Yielded(6))]);

    let mut mixed: Vec<Box<dyn Resume<u32, Yield = u32, Return = ()>>> =
        vec![Box::new(combined(1, |a, b| a + b)), Box::new(constant())];
    let answers: Vec<_> = mixed.iter_mut().map(|body| body.resume(&3)).collect();
    assert_eq!(answers, [Ok(Step::Yielded(4)), Ok(Step::Yielded(7))]);
}

#[test]
fn errors_that_are_thrown_in_and_what_is_cleaned_up() {
    #[derive(Debug, PartialEq)]
    enum Failure {
        Io(String),
        Abort,
    }
    struct Guard<'a>(&'a str, &'a Cell<Vec<String>>);
    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            let mut log = self.1.take();
            log.push(format!("cleanup {}", self.0));
            self.1.set(log);
        }
    }
    let log = Cell::default();
    let mut transfer = fallible(async |mut items: FallibleInput<str, Failure>| {
        let _connection = Guard("connection", &log);
        let mut done = 0;
        loop {
            let _transaction = Guard("transaction", &log);
            match items.next().await {
                Ok(Some(_)) => done += 1,
                Ok(None) => return Ok(done),
                Err(Failure::Io(_)) => {}
                Err(error) => return Err(error),
            }
        }
    });
    transfer.send("a").unwrap();
    assert_eq!(transfer.throw(Failure::Io("x".to_owned())), Ok(()));
    assert_eq!(transfer.throw(Failure::Abort), Err(Failure::Abort));
    assert_eq!(transfer.send("a"), Err(Stopped));
    assert_eq!(transfer.finish(), Err(Stopped), "the throw gave the result");
    drop(transfer);
    assert_eq!(
        log.take(),
        ["cleanup transaction", "cleanup transaction", "cleanup transaction", "cleanup connection"]
    );
}

#[test]
fn follow_grep_broadcast_and_printer() {
    fn grep<S: Sink<str>>(word: &str, child: S) -> impl Sink<str, Return = S::Return> {
        filter(move |line: &str| line.contains(word), child)
    }
    let mut printed = Vec::new();
    let printer = shared(for_each(|line: &str| printed.push(line.to_owned())));
    let targets = ["python", "ply", "swig"].map(|word| grep(word, printer.clone()));
    drop(printer);
    fanout(targets).run(["python x", "nothing", "swig ply"]);
    assert_eq!(printed, ["python x", "swig ply", "swig ply"]);
}

#[test]
fn a_scheduler_whose_tasks_ask_and_spawn() {
    enum Call {
        Pause,
        Id,
        Spawn(Task),
    }
    type Answer = Option<u32>;
    type Task = cosend::LocalBoxUnstartedResumable<'static, Answer, Call, ()>;
    type Running = cosend::LocalBoxResumable<'static, Answer, Call, ()>;

    fn child() -> Task {
        resumable_unstarted(async |mut calls: Port<Answer, Call>| {
            for _ in 0..2 {
                calls.yield_(Call::Pause).await;
            }
        })
        .boxed_local()
    }
    let parent: Task = resumable_unstarted(async |mut calls: Port<Answer, Call>| {
        let own = calls.yield_(Call::Id).await.copied().flatten();
        assert_eq!(own, Some(0));
        for expected in 1..=2 {
            let spawned = calls.yield_(Call::Spawn(child())).await.copied().flatten();
            assert_eq!(spawned, Some(expected));
        }
    })
    .boxed_local();

    let mut queue: VecDeque<(u32, Running, Step<Call, ()>)> = VecDeque::new();
    let (running, step) = parent.start();
    queue.push_back((0, running, step));
    let (mut next, mut done) = (1, Vec::new());
    while let Some((id, mut task, step)) = queue.pop_front() {
        let answer = match step {
            Step::Returned(()) => {
                done.push(id);
                continue;
            }
            Step::Yielded(Call::Pause) => None,
            Step::Yielded(Call::Id) => Some(id),
            Step::Yielded(Call::Spawn(spawned)) => {
                let (running, step) = spawned.start();
                queue.push_back((next, running, step));
                next += 1;
                Some(next - 1)
            }
        };
        let step = task.resume(&answer).unwrap();
        queue.push_back((id, task, step));
    }
    assert_eq!(done, [0, 1, 2]);
}

#[test]
fn a_dialogue_of_smtp_with_a_protocol_inside() {
    let (mut server, greeting) = resumable(async |mut port: Port<str, String>| {
        let mut mails = Vec::new();
        let mut reply = "220 hi".to_owned();
        while let Some(line) = port.yield_(reply).await {
            reply = match line.split_once(' ').unwrap_or((line, "")) {
                ("HELO", _) => "250 ok".to_owned(),
                ("DATA", _) => {
                    let (mut body, mut say) = (String::new(), "354 go".to_owned());
                    loop {
                        match port.yield_(mem::take(&mut say)).await {
                            Some(".") => break,
                            Some(line) => body = body + line + "\n",
                            None => return mails,
                        }
                    }
                    mails.push(body);
                    "250 queued".to_owned()
                }
                ("QUIT", _) => return mails,
                (command, _) => format!("500 {command}?"),
            };
        }
        mails
    });
    assert_eq!(greeting.yielded().as_deref(), Some("220 hi"));
    let said = ["HELO x", "DATA", "a", "b", ".", "FOO"]
        .map(|line| server.resume(line).unwrap().yielded().unwrap());
    assert_eq!(said, ["250 ok", "354 go", "", "", "250 queued", "500 FOO?"]);
    assert_eq!(server.resume("QUIT"), Ok(Step::Returned(vec!["a\nb\n".to_owned()])));
    assert_eq!(server.resume("X"), Err(Stopped));
}

#[test]
fn an_iterator_that_is_driven_into_a_sink() {
    assert_eq!(count::<u32>().run(0..3), 3);
    let mut all = count::<u32>();
    all.send_all([1, 2]).unwrap();
    let last = vec![3];
    all.send_all(&last).unwrap();
    assert_eq!(all.close(), 3);
}

#[test]
fn the_type_of_the_items_may_come_from_the_first_send() {
    let mut seen = Vec::new();
    let mut body = coroutine(async |mut items| {
        while let Some(item) = items.next().await {
            seen.push(str::to_owned(item));
        }
    });
    body.send("a").unwrap();
    body.close();
    assert_eq!(seen, ["a"]);
}

#[test]
fn a_trait_in_scope_by_its_path_alone() {
    use cosend::Sink as _;

    let mut body = cosend::coroutine(async |mut i: cosend::Input<str>| i.next().await.is_some());
    body.send("a").unwrap();
    assert!(body.close());
}

#[test]
fn an_accumulator_whose_steps_are_matched() {
    let (mut total, first) = resumable(async |mut port: Port<i64, i64>| {
        let mut total = 0;
        while let Some(number) = port.yield_(total).await {
            total += number;
        }
        total
    });
    assert_eq!(first, Step::Yielded(0));
    let totals: Option<Vec<_>> =
        [1, 2, 3].iter().map(|number| total.resume(number).ok()?.yielded()).collect();
    assert_eq!(totals.unwrap(), [1, 3, 6]);
    assert_eq!(total.close(), 6);
}

#[test]
fn an_item_that_the_body_keeps_travels_in_a_cell() {
    let mut keep = coroutine(async |mut items: Input<Cell<Option<Vec<u8>>>>| {
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.extend(item.take());
        }
        all
    });
    keep.send(&Cell::new(Some(vec![1]))).unwrap();
    keep.send(&Cell::new(Some(vec![2]))).unwrap();
    assert_eq!(keep.close(), [[1], [2]]);
}

#[test]
fn stages_of_different_results_in_one_vector() {
    let stages: Vec<BoxSink<'_, str, String>> = vec![
        Box::new(count::<str>().map_result(|lines| lines.to_string())),
        Box::new(collect::<str, String>()),
    ];
    assert_eq!(fanout(stages).run(["a", "b"]), ["2", "ab"]);
}

#[test]
fn a_stage_that_is_there_or_not() {
    let printed = Cell::new(0);
    let run = |is_verbose: bool| {
        let log = is_verbose.then(|| for_each(|_: &str| printed.set(printed.get() + 1)));
        (log, count()).run(["x", "y"])
    };
    assert_eq!((run(true), printed.get()), ((Some(()), 2), 2));
    assert_eq!((run(false), printed.get()), ((None, 2), 2));
}

#[test]
fn a_part_of_an_item_goes_on_without_a_copy() {
    let trimmed = project(|line: &str| line.trim(), collect::<str, Vec<_>>());
    assert_eq!(trimmed.run([" a", "b "]), ["a", "b"]);
}
