//! The states of the lending slot, enumerated: every word of up to five steps of a
//! body and its sender, against a plain model of what the rules say; of up to six with
//! `COGREP_THOROUGH=1`.
//!
//! A step is one letter. The body's are: begin a pause that sees the closing, or one that
//! does not, poll it, drop it, forget it, return, panic. The sender's are: send, close, drop. After a step of the
//! sender the body runs the steps that follow, up to the sender's next one, where
//! it suspends; a step that has no meaning where the body stands is skipped. Items
//! live on the heap for the length of their send alone, and a body that holds one
//! reads it at each of its steps: under an address sanitizer a broken rule is a
//! use after free.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cosend::{Input, Item, Next, Sink, Stopped, coroutine};

use crate::support::{self, FOREIGN, IGNORED, thorough};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Begin,
    BeginItem,
    Poll,
    Drop,
    Forget,
    Return,
    Panic,
    Send,
    Close,
    DropAll,
}

const STEPS: [Step; 10] = [
    Step::Begin,
    Step::BeginItem,
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

/// A pause of either kind.
enum Pause<'a, 'id> {
    Next(Next<'a, 'id, String>),
    Item(Item<'a, 'id, String>),
}

impl<'a> Pause<'a, '_> {
    fn poll(&mut self) -> Poll<Option<&'a String>> {
        let mut context = Context::from_waker(Waker::noop());
        match self {
            Self::Next(next) => Pin::new(next).poll(&mut context),
            Self::Item(item) => Pin::new(item).poll(&mut context).map(Some),
        }
    }
}

/// A body that does as the steps say. It returns how many items it took.
async fn body(mut items: Input<'_, String>, run: &RefCell<Run>) -> usize {
    let mut taken = 0;
    loop {
        let mut pause = match next_step(run).await {
            Step::Begin => Pause::Next(items.next()),
            Step::BeginItem => Pause::Item(items.item()),
            Step::Return => return taken,
            Step::Panic => panic!("{OF_THE_BODY}"),
            _ => continue,
        };
        let left = loop {
            match next_step(run).await {
                Step::Poll => {
                    if let Poll::Ready(item) = pause.poll() {
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
                    let _ = pause.poll();
                }
                Step::Drop | Step::Forget => break,
                Step::Return => return taken,
                Step::Panic => panic!("{OF_THE_BODY}"),
                _ => {}
            }
        }
    }
}

/// The panics that the model knows, by the words that say which one it is.
fn caught<R>(action: impl FnOnce() -> R) -> Result<R, Event> {
    support::caught(action).map_err(|message| {
        let known = [FOREIGN, IGNORED, POLLED_AGAIN, OF_THE_BODY];
        let known = known.iter().find(|words| message.contains(**words));
        Event::Panicked(known.map_or(message.clone(), |words| (*words).to_owned()))
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
    /// In one that does not see the closing.
    InItem,
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
    /// It was closed, and waits for an item.
    leaving: bool,
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
        match self.place {
            Place::InPause => self.waiting = false,
            Place::InItem => (self.waiting, self.leaving) = (false, false),
            _ => {}
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
                (Place::Between, Step::BeginItem) => self.place = Place::InItem,
                (Place::InItem, Step::Poll) if self.closing => {
                    (self.waiting, self.leaving) = (false, true);
                }
                (Place::InPause | Place::InItem, Step::Poll) => self.poll(),
                (Place::InPause | Place::InItem, Step::Drop) => {
                    self.leave();
                    self.place = Place::Between;
                }
                (Place::InPause | Place::InItem, Step::Forget)
                | (Place::AfterPause, Step::Drop | Step::Forget) => {
                    self.place = Place::Between;
                }
                (Place::AfterPause, Step::Poll) => return self.panic(POLLED_AGAIN),
                _ => {}
            }
        }
        if self.waiting && self.item.is_none() {
            return Ok(());
        }
        if self.leaving {
            self.place = Place::Over;
            return Ok(());
        }
        self.panic(if self.closing { IGNORED } else { FOREIGN })
    }

    fn poll(&mut self) {
        if let Some(item) = self.item.take() {
            self.taken += 1;
            self.log(Event::Took(item));
        } else if self.closing {
            self.leaving = false;
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
        (self.waiting, self.leaving) = (false, false);
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
        leaving: false,
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
fn every_order_of_steps_is_as_the_model_says() {
    let depth = if thorough() { 6 } else { 5 };
    let mut words = 0;
    let mut different = None;
    for length in 0..=depth {
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
    if let Some((word, real, model)) = different {
        panic!("{word:?}\n  is       {real:?}\n  should be {model:?}");
    }
    let expected = if thorough() { 1_111_111 } else { 111_111 };
    assert_eq!(words, expected, "ten letters, up to five or six of them");
}
