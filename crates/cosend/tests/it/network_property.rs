//! Random networks under random sends, throws, closes, drops and panics, against a
//! plain model of the same network.
//!
//! The model passes items down by ordinary calls and keeps its state in enums;
//! what it shares with the real thing is only the description of the network.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cosend::{
    Fallible, FallibleInput, Input, Sink, Stopped, coroutine, fallible, fanout, filter, map, take,
};
use proptest::prelude::*;

/// A network, from its source downwards.
#[derive(Clone, Debug)]
enum Plan {
    /// Keeps what it is sent; a name tells when it is closed.
    Keep(u8),
    /// Adds to each item.
    Add(u32, Box<Plan>),
    /// Passes on what is divisible.
    Divisible(u32, Box<Plan>),
    First(usize, Box<Plan>),
    /// A body that passes on so many items, and panics on one of them.
    Relay {
        limit: usize,
        panics_on: u32,
        child: Box<Plan>,
    },
    Fanout(Vec<Plan>),
    Pair(Box<Plan>, Box<Plan>),
}

#[derive(Clone, Debug)]
enum Action {
    Send(u32),
    /// Even errors are caught.
    Throw(u32),
    Finish,
}

/// The kept items of every leaf, in order.
type Kept = Vec<Vec<u32>>;
/// The names of the leaves that were closed, in order.
type Log = Rc<RefCell<Vec<u8>>>;

fn plans() -> impl Strategy<Value = Plan> {
    let leaf = any::<u8>().prop_map(Plan::Keep);
    leaf.prop_recursive(4, 16, 3, |inner| {
        let child = inner.clone().prop_map(Box::new);
        prop_oneof![
            (0..3_u32, child.clone()).prop_map(|(more, child)| Plan::Add(more, child)),
            (1..4_u32, child.clone()).prop_map(|(by, child)| Plan::Divisible(by, child)),
            (0..4_usize, child.clone()).prop_map(|(limit, child)| Plan::First(limit, child)),
            (0..6_usize, 0..12_u32, child.clone())
                .prop_map(|(limit, panics_on, child)| Plan::Relay { limit, panics_on, child }),
            prop::collection::vec(inner, 0..4).prop_map(Plan::Fanout),
            (child.clone(), child).prop_map(|(left, right)| Plan::Pair(left, right)),
        ]
    })
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        8 => (0..10_u32).prop_map(Action::Send),
        1 => (0..4_u32).prop_map(Action::Throw),
        1 => Just(Action::Finish),
    ];
    prop::collection::vec(action, 0..14)
}

// ---------------------------------------------------------------- the real thing

type Stage = Box<dyn Sink<u32, Return = Kept>>;

/// Makes one list of the lists of several children.
struct Flat<S>(S, fn(ReturnOf<S>) -> Kept)
where
    S: Sink<u32>;

type ReturnOf<S> = <S as Sink<u32>>::Return;

impl<S: Sink<u32>> Sink<u32> for Flat<S> {
    type Return = Kept;

    fn send(&mut self, item: &u32) -> Result<(), Stopped> {
        self.0.send(item)
    }

    fn finish(&mut self) -> Result<Kept, Stopped> {
        self.0.finish().map(self.1)
    }
}

fn build(plan: &Plan, log: &Log) -> Stage {
    match plan {
        Plan::Keep(name) => {
            let (name, log) = (*name, Rc::clone(log));
            Box::new(coroutine(async move |mut items: Input<u32>| {
                let mut kept = Vec::new();
                while let Some(item) = items.next().await {
                    kept.push(*item);
                }
                log.borrow_mut().push(name);
                vec![kept]
            }))
        }
        Plan::Add(more, child) => {
            let more = *more;
            Box::new(map(move |item: &u32| item + more, build(child, log)))
        }
        Plan::Divisible(by, child) => {
            let by = *by;
            Box::new(filter(move |item: &u32| item % by == 0, build(child, log)))
        }
        Plan::First(limit, child) => Box::new(take(*limit, build(child, log))),
        Plan::Relay { limit, panics_on, child } => {
            let (limit, panics_on, mut child) = (*limit, *panics_on, build(child, log));
            Box::new(coroutine(async move |mut items: Input<u32>| {
                for _ in 0..limit {
                    let Some(item) = items.next().await else { break };
                    assert_ne!(*item, panics_on);
                    if child.send(item).is_err() {
                        break;
                    }
                }
                child.finish().unwrap_or_default()
            }))
        }
        Plan::Fanout(plans) => {
            let children = fanout(plans.iter().map(|plan| build(plan, log)));
            Box::new(Flat(children, |results| results.concat()))
        }
        Plan::Pair(left, right) => {
            let pair = (build(left, log), build(right, log));
            Box::new(Flat(pair, |(left, right)| [left, right].concat()))
        }
    }
}

/// What the source gives: the errors it caught, and what its network kept.
type Outcome = Result<(u32, Option<Kept>), u32>;

/// The source of the network, which errors can be thrown into.
fn source(mut child: Stage) -> Fallible<u32, u32, impl Future<Output = Outcome>> {
    fallible(async move |mut items: FallibleInput<u32, u32>| {
        let mut caught = 0;
        loop {
            match items.next().await {
                Ok(Some(item)) => {
                    // A network that has stopped leaves its source running.
                    let _ = child.send(item);
                }
                Ok(None) => return Ok((caught, child.finish().ok())),
                Err(error) if error % 2 == 0 => caught += 1,
                Err(error) => return Err(error),
            }
        }
    })
}

#[derive(Debug, PartialEq)]
enum Event {
    Sent(Result<(), Stopped>),
    Thrown(Result<(), u32>),
    Finished(Result<Outcome, Stopped>),
    Panicked,
}

fn run_real(plan: &Plan, actions: &[Action]) -> (Vec<Event>, Vec<u8>) {
    let log = Log::default();
    let mut network = source(build(plan, &log));
    let mut events = Vec::new();
    for action in actions {
        let event = catch_unwind(AssertUnwindSafe(|| match action {
            Action::Send(item) => Event::Sent(network.send(item)),
            Action::Throw(error) => Event::Thrown(network.throw(*error)),
            Action::Finish => Event::Finished(network.finish()),
        }));
        events.push(event.unwrap_or(Event::Panicked));
    }
    drop(network);
    (events, log.take())
}

// ---------------------------------------------------------------------- the model

/// A body panicked, and the panic is on its way up.
struct Panicked;

enum Body<S> {
    Running(S),
    Returned(Kept),
    Over,
}

enum Model {
    Keep { name: u8, body: Body<Vec<u32>> },
    Add { more: u32, stopped: bool, child: Box<Model> },
    Divisible { by: u32, stopped: bool, child: Box<Model> },
    First { left: usize, child: Box<Model> },
    Relay { left: usize, panics_on: u32, body: Body<Box<Model>> },
    Many(Vec<Model>),
}

impl Model {
    /// Makes the network; a body that passes nothing on returns at once.
    fn new(plan: &Plan, log: &mut Vec<u8>) -> Self {
        let mut boxed = |plan: &Plan| Box::new(Self::new(plan, log));
        match plan {
            Plan::Keep(name) => Self::Keep { name: *name, body: Body::Running(Vec::new()) },
            Plan::Add(more, child) => {
                Self::Add { more: *more, stopped: false, child: boxed(child) }
            }
            Plan::Divisible(by, child) => {
                Self::Divisible { by: *by, stopped: false, child: boxed(child) }
            }
            Plan::First(limit, child) => Self::First { left: *limit, child: boxed(child) },
            Plan::Relay { limit, panics_on, child } => {
                let mut child = boxed(child);
                let body = if *limit == 0 {
                    Body::Returned(child.finish(log).unwrap_or_default())
                } else {
                    Body::Running(child)
                };
                Self::Relay { left: *limit, panics_on: *panics_on, body }
            }
            Plan::Fanout(plans) => {
                Self::Many(plans.iter().map(|plan| Self::new(plan, log)).collect())
            }
            Plan::Pair(left, right) => Self::Many(vec![*boxed(left), *boxed(right)]),
        }
    }

    fn send(&mut self, item: u32, log: &mut Vec<u8>) -> Result<Result<(), Stopped>, Panicked> {
        let more = if let Self::Add { more, .. } = self { *more } else { 0 };
        match self {
            Self::Keep { body: Body::Running(kept), .. } => {
                kept.push(item);
                Ok(Ok(()))
            }
            Self::Keep { .. }
            | Self::First { left: 0, .. }
            | Self::Add { stopped: true, .. }
            | Self::Divisible { stopped: true, .. } => Ok(Err(Stopped)),
            Self::Divisible { by, .. } if item % *by != 0 => Ok(Ok(())),
            Self::Add { stopped, child, .. } | Self::Divisible { stopped, child, .. } => {
                let sent = child.send(item + more, log)?;
                *stopped = sent.is_err();
                Ok(sent)
            }
            Self::First { left, child } => {
                *left -= 1;
                let sent = child.send(item, log)?;
                if sent.is_err() {
                    *left = 0;
                }
                Ok(sent)
            }
            Self::Relay { left, panics_on, body } => {
                let Body::Running(child) = body else { return Ok(Err(Stopped)) };
                // A body that panics drops its child while it unwinds, which closes nothing.
                if item == *panics_on {
                    *body = Body::Over;
                    return Err(Panicked);
                }
                let Ok(sent) = child.send(item, log) else {
                    *body = Body::Over;
                    return Err(Panicked);
                };
                *left -= 1;
                if sent.is_err() || *left == 0 {
                    *body = Body::Returned(child.finish(log).unwrap_or_default());
                }
                Ok(Ok(()))
            }
            Self::Many(children) => {
                let mut taken = false;
                for child in children {
                    taken |= child.send(item, log)?.is_ok();
                }
                Ok(if taken { Ok(()) } else { Err(Stopped) })
            }
        }
    }

    fn finish(&mut self, log: &mut Vec<u8>) -> Result<Kept, Stopped> {
        match self {
            Self::Keep { name, body } => match std::mem::replace(body, Body::Over) {
                Body::Running(kept) => {
                    log.push(*name);
                    Ok(vec![kept])
                }
                Body::Returned(kept) => Ok(kept),
                Body::Over => Err(Stopped),
            },
            Self::Add { stopped, child, .. } | Self::Divisible { stopped, child, .. } => {
                *stopped = true;
                child.finish(log)
            }
            Self::First { left, child } => {
                *left = 0;
                child.finish(log)
            }
            Self::Relay { body, .. } => match std::mem::replace(body, Body::Over) {
                Body::Running(mut child) => Ok(child.finish(log).unwrap_or_default()),
                Body::Returned(kept) => Ok(kept),
                Body::Over => Err(Stopped),
            },
            Self::Many(children) => {
                let results: Vec<_> = children.iter_mut().map(|child| child.finish(log)).collect();
                results.into_iter().collect::<Result<Vec<_>, _>>().map(|kept| kept.concat())
            }
        }
    }
}

fn run_model(plan: &Plan, actions: &[Action]) -> (Vec<Event>, Vec<u8>) {
    let mut log = Vec::new();
    // `None` when the source is over.
    let mut network = Some(Model::new(plan, &mut log));
    let mut caught = 0;
    let mut events = Vec::new();
    for action in actions {
        let event = match (action, &mut network) {
            (Action::Send(_), None) => Event::Sent(Err(Stopped)),
            (Action::Throw(error), None) => Event::Thrown(Err(*error)),
            (Action::Finish, None) => Event::Finished(Err(Stopped)),
            (Action::Send(item), Some(child)) => {
                if child.send(*item, &mut log).is_ok() {
                    Event::Sent(Ok(()))
                } else {
                    network = None;
                    Event::Panicked
                }
            }
            (Action::Throw(error), Some(child)) => {
                if error % 2 == 0 {
                    caught += 1;
                    Event::Thrown(Ok(()))
                } else {
                    // The source returns, and drops its child, which closes it.
                    let _ = child.finish(&mut log);
                    network = None;
                    Event::Thrown(Err(*error))
                }
            }
            (Action::Finish, Some(child)) => {
                let result = child.finish(&mut log).ok();
                network = None;
                Event::Finished(Ok(Ok((caught, result))))
            }
        };
        events.push(event);
    }
    if let Some(mut child) = network {
        let _ = child.finish(&mut log);
    }
    (events, log)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn a_network_does_as_its_model(plan in plans(), actions in actions()) {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let real = run_real(&plan, &actions);
        std::panic::set_hook(hook);
        prop_assert_eq!(real, run_model(&plan, &actions));
    }
}
