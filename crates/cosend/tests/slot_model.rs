//! The states of the lending slot, enumerated: every word of up to six steps of a
//! body and its sender, against a plain model of what the rules say.
//!
//! A step is one letter. The body's are: begin a pause, poll it, drop it, forget
//! it, return, panic. The sender's are: send, close, drop. After a step of the
//! sender the body runs the steps that follow, up to the sender's next one, where
//! it suspends; a step that has no meaning where the body stands is skipped. Items
//! live on the heap for the length of their send alone, and a body that holds one
//! reads it at each of its steps: under an address sanitizer a broken rule is a
//! use after free.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cosend::{Input, Sink, Stopped, coroutine};

const DEPTH: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Begin,
    Poll,
    Drop,
    Forget,
    Return,
    Panic,
    Send,
    Close,
    DropAll,
}

const STEPS: [Step; 9] = [
    Step::Begin,
    Step::Poll,
    Step::Drop,
    Step::Forget,
    Step::Return,
    Step::Panic,
    Step::Send,
    Step::Close,
    Step::DropAll,
];

impl Step {
    fn is_of_the_body(self) -> bool {
        !matches!(self, Self::Send | Self::Close | Self::DropAll)
    }
}

/// What can be seen of a run.
#[derive(Clone, Debug, PartialEq)]
enum Event {
    Took(String),
    SawTheClose,
    Sent(Result<(), Stopped>),
    Closed(Result<usize, Stopped>),
    Dropped,
    Panicked(String),
}

/// The steps that are left, and what has been seen.
#[derive(Default)]
struct Run {
    steps: Vec<Step>,
    at: usize,
    events: Vec<Event>,
}

impl Run {
    fn next_of_the_body(&mut self) -> Option<Step> {
        let step = *self.steps.get(self.at)?;
        step.is_of_the_body().then(|| {
            self.at += 1;
            step
        })
    }
}

const SUSPENDED_ELSEWHERE: &str = "a coroutine paused on something other than its input";
const IGNORED: &str = "a coroutine ignored its closing: it paused again after `None`";
const POLLED_AGAIN: &str = "a pause was polled again after it had ended";
const OF_THE_BODY: &str = "of the body";

// ---------------------------------------------------------------- the real thing

/// The next step of the body; suspends as often as it is the sender's turn.
async fn next_step(run: &RefCell<Run>) -> Step {
    let mut resumed = true;
    poll_fn(|_| {
        if resumed {
            resumed = false;
            if let Some(step) = run.borrow_mut().next_of_the_body() {
                return Poll::Ready(step);
            }
        }
        resumed = true;
        Poll::Pending
    })
    .await
}

/// How a body leaves a pause.
enum Left<'a> {
    After(Option<&'a String>),
    Dropped,
    Forgotten,
}

/// A body that does as the steps say. It returns how many items it took.
async fn body(mut items: Input<'_, String>, run: &RefCell<Run>) -> usize {
    let mut taken = 0;
    loop {
        match next_step(run).await {
            Step::Begin => {}
            Step::Return => return taken,
            Step::Panic => panic!("{OF_THE_BODY}"),
            _ => continue,
        }
        let mut pause = items.next();
        let left = loop {
            match next_step(run).await {
                Step::Poll => {
                    let mut context = Context::from_waker(Waker::noop());
                    if let Poll::Ready(item) = Pin::new(&mut pause).poll(&mut context) {
                        break Left::After(item);
                    }
                }
                Step::Drop => break Left::Dropped,
                Step::Forget => break Left::Forgotten,
                Step::Return => return taken,
                Step::Panic => panic!("{OF_THE_BODY}"),
                _ => {}
            }
        };
        let loan = match left {
            Left::After(item) => item,
            Left::Dropped => continue,
            Left::Forgotten => {
                std::mem::forget(pause);
                continue;
            }
        };
        run.borrow_mut().events.push(match loan {
            Some(item) => {
                taken += 1;
                Event::Took(item.clone())
            }
            None => Event::SawTheClose,
        });
        loop {
            let step = next_step(run).await;
            // The loan is read at each step for as long as it is held.
            let read = loan.map_or(0, |item| item.bytes().map(usize::from).sum::<usize>());
            std::hint::black_box(read);
            match step {
                Step::Poll => {
                    let _ = Pin::new(&mut pause).poll(&mut Context::from_waker(Waker::noop()));
                }
                Step::Drop | Step::Forget => break,
                Step::Return => return taken,
                Step::Panic => panic!("{OF_THE_BODY}"),
                _ => {}
            }
        }
    }
}

fn caught<R>(action: impl FnOnce() -> R) -> Result<R, Event> {
    catch_unwind(AssertUnwindSafe(action)).map_err(|payload| {
        let message = match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast_ref::<&str>().copied().unwrap_or("?").to_owned(),
        };
        Event::Panicked(message)
    })
}

fn real(steps: &[Step]) -> Vec<Event> {
    let run = RefCell::new(Run { steps: steps.to_vec(), at: 0, events: Vec::new() });
    let log = |event| run.borrow_mut().events.push(event);
    let made = caught(|| coroutine(async |items: Input<'_, String>| body(items, &run).await));
    match made {
        Err(event) => log(event),
        Ok(mut coroutine) => {
            let mut sent = 0;
            loop {
                let mut at = run.borrow().at;
                let step = steps.get(at).copied().unwrap_or(Step::DropAll);
                at += 1;
                run.borrow_mut().at = at;
                match step {
                    Step::Send => {
                        sent += 1;
                        let item = format!("item {sent}");
                        let result = caught(|| coroutine.send(&item));
                        drop(item);
                        log(result.map_or_else(|event| event, Event::Sent));
                    }
                    Step::Close => {
                        let result = caught(|| coroutine.finish());
                        log(result.map_or_else(|event| event, Event::Closed));
                    }
                    Step::DropAll => {
                        log(caught(|| drop(coroutine))
                            .map_or_else(|event| event, |()| Event::Dropped));
                        break;
                    }
                    _ => {}
                }
            }
        }
    }
    run.take().events
}

// ---------------------------------------------------------------------- the model

/// Where the body stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Between two pauses.
    Between,
    /// In a pause that has not given anything.
    InPause,
    /// In a pause that has given an item, or the close.
    AfterPause,
    /// It has returned this many.
    Returned(usize),
    Over,
}

struct Model {
    run: Run,
    place: Place,
    waiting: bool,
    closing: bool,
    item: Option<String>,
    taken: usize,
}

impl Model {
    fn log(&mut self, event: Event) {
        self.run.events.push(event);
    }

    fn is_suspended(&self) -> bool {
        !matches!(self.place, Place::Returned(_) | Place::Over)
    }

    /// Leaves the pause where the body stands, which drops it.
    fn leave(&mut self) {
        if self.place == Place::InPause {
            self.waiting = false;
        }
    }

    /// Runs the body until it suspends, returns or panics.
    fn resume(&mut self) -> Result<(), Event> {
        while let Some(step) = self.run.next_of_the_body() {
            match (self.place, step) {
                (_, Step::Return) => {
                    self.leave();
                    self.place = Place::Returned(self.taken);
                    return Ok(());
                }
                (_, Step::Panic) => return self.panic(OF_THE_BODY),
                (Place::Between, Step::Begin) => self.place = Place::InPause,
                (Place::InPause, Step::Poll) => self.poll(),
                (Place::InPause, Step::Drop) => {
                    self.leave();
                    self.place = Place::Between;
                }
                (Place::InPause, Step::Forget) | (Place::AfterPause, Step::Drop | Step::Forget) => {
                    self.place = Place::Between;
                }
                (Place::AfterPause, Step::Poll) => return self.panic(POLLED_AGAIN),
                _ => {}
            }
        }
        if self.waiting && self.item.is_none() {
            return Ok(());
        }
        self.panic(if self.closing { IGNORED } else { SUSPENDED_ELSEWHERE })
    }

    fn poll(&mut self) {
        if let Some(item) = self.item.take() {
            self.taken += 1;
            self.log(Event::Took(item));
        } else if self.closing {
            self.log(Event::SawTheClose);
        } else {
            self.waiting = true;
            return;
        }
        self.waiting = false;
        self.place = Place::AfterPause;
    }

    fn panic(&mut self, message: &str) -> Result<(), Event> {
        self.leave();
        self.place = Place::Over;
        Err(Event::Panicked(message.to_owned()))
    }

    fn send(&mut self, item: String) -> Event {
        if !self.is_suspended() {
            return Event::Sent(Err(Stopped));
        }
        self.item = Some(item);
        let resumed = self.resume();
        self.item = None;
        resumed.map_or_else(|event| event, |()| Event::Sent(Ok(())))
    }

    fn close(&mut self) -> Event {
        self.closing = true;
        self.waiting = false;
        if self.is_suspended()
            && let Err(event) = self.resume()
        {
            return event;
        }
        match std::mem::replace(&mut self.place, Place::Over) {
            Place::Returned(taken) => Event::Closed(Ok(taken)),
            _ => Event::Closed(Err(Stopped)),
        }
    }
}

fn model(steps: &[Step]) -> Vec<Event> {
    let mut model = Model {
        run: Run { steps: steps.to_vec(), at: 0, events: Vec::new() },
        place: Place::Between,
        waiting: false,
        closing: false,
        item: None,
        taken: 0,
    };
    if let Err(event) = model.resume() {
        model.log(event);
        return model.run.events;
    }
    let mut sent = 0;
    loop {
        let step = steps.get(model.run.at).copied().unwrap_or(Step::DropAll);
        model.run.at += 1;
        let event = match step {
            Step::Send => {
                sent += 1;
                model.send(format!("item {sent}"))
            }
            Step::Close => model.close(),
            Step::DropAll => {
                let closed = if model.is_suspended() { model.close() } else { Event::Dropped };
                let panicked = matches!(closed, Event::Panicked(_));
                model.log(if panicked { closed } else { Event::Dropped });
                return model.run.events;
            }
            _ => continue,
        };
        model.log(event);
    }
}

/// Calls an action with every word of exactly this length.
fn every_word(length: usize, action: &mut impl FnMut(&[Step])) {
    fn extend(word: &mut Vec<Step>, length: usize, action: &mut impl FnMut(&[Step])) {
        if word.len() == length {
            return action(word);
        }
        for step in STEPS {
            word.push(step);
            extend(word, length, action);
            word.pop();
        }
    }
    extend(&mut Vec::new(), length, action);
}

#[test]
fn every_order_of_six_steps_is_as_the_model_says() {
    // Most words end in a panic that is expected.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut words = 0;
    let mut different = None;
    for length in 0..=DEPTH {
        every_word(length, &mut |word| {
            words += 1;
            if different.is_none() {
                let (real, model) = (real(word), model(word));
                if real != model {
                    different = Some((word.to_vec(), real, model));
                }
            }
        });
    }
    std::panic::set_hook(hook);
    if let Some((word, real, model)) = different {
        panic!("{word:?}\n  is       {real:?}\n  should be {model:?}");
    }
    assert_eq!(words, 597_871, "nine letters, up to six of them");
}
