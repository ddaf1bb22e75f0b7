//! What a stage of a network is: a coroutine that holds its child and pushes into it, or ends
//! in a result.
//!
//! A stage of your own is any [`Sink`] of [`Chunk`]s; [`named`] gives it the name
//! that it goes by in a drawing of the network.

use cogrep_source::Chunk;
use cosend::{Sink, Stopped};

use crate::network::shape::Shape;

/// A sink that can say what it and its children are.
pub trait Stage<T: ?Sized = Chunk>: Sink<T> {
    /// The shape of the network from here on.
    fn shape(&self) -> Shape;
}

impl<T: ?Sized, S: Stage<T> + ?Sized> Stage<T> for Box<S> {
    fn shape(&self) -> Shape {
        (**self).shape()
    }
}

impl<T: ?Sized, S: Stage<T>> Stage<T> for cosend::Fanout<S, S::Return> {
    fn shape(&self) -> Shape {
        Shape::new("fanout", self.children().iter().map(Stage::shape))
    }
}

/// A sink with its name and the shape of what it feeds; made by [`named`].
#[derive(Debug)]
pub struct Named<S> {
    sink: S,
    shape: Shape,
}

/// Makes a stage of a sink.
///
/// ```
/// use cogrep_core::network::{Shape, Stage, named};
/// use cogrep_source::Chunk;
/// use cosend::{Input, Sink, coroutine};
///
/// let length = coroutine(async |mut text: Input<Chunk>| {
///     let mut bytes = 0;
///     while let Some(chunk) = text.next().await {
///         bytes += chunk.bytes().len();
///     }
///     bytes
/// });
/// let mut stage = named(Shape::new("length", []), length);
/// assert_eq!(stage.shape().to_string(), "length");
///
/// let mut chunk = Chunk::new();
/// chunk.refill(b"to be", 0, true);
/// stage.send(&chunk)?;
/// assert_eq!(stage.close(), 5);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn named<S>(shape: Shape, sink: S) -> Named<S> {
    Named { sink, shape }
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Named<S> {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.sink.send(item)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.sink.finish()
    }

    fn is_stopped(&self) -> bool {
        self.sink.is_stopped()
    }
}

impl<T: ?Sized, S: Sink<T>> Stage<T> for Named<S> {
    fn shape(&self) -> Shape {
        self.shape.clone()
    }
}
