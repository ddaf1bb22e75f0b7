//! Where the text comes in: the only loop that reads and sends.

use cogrep_source::{Chunk, Chunks};
use cosend::{Sink, Stopped};

/// Reads a text to its end and pushes it into a network, chunk by chunk.
///
/// The text may be a whole one or a range, and may wait on its thread or on an event loop.
/// The chunk is only a buffer to read into; handing it in lets it serve one source after the
/// other. The hooks are called between the steps; `()` has none, and costs nothing.
///
/// ```
/// use cogrep_core::network::cat;
/// use cogrep_core::{Chunk, OpenOptions, Text};
/// use cogrep_source::block_on;
/// use cosend::{Input, Sink, coroutine};
///
/// let mut text = Text::from_reader(&b"to be or not"[..], &OpenOptions::default());
/// let mut length = coroutine(async |mut text: Input<Chunk>| {
///     let mut bytes = 0;
///     while let Some(chunk) = text.next().await {
///         bytes += chunk.bytes().len();
///     }
///     bytes
/// });
/// block_on(cat(&mut text, &mut Chunk::new(), &mut length, &mut ()))?;
/// assert_eq!(length.close(), 12);
/// # Ok::<(), cosend::Stopped>(())
/// ```
///
/// # Errors
///
/// [`Stopped`] when the network takes no more; the rest of the text is not read.
pub async fn cat<T, S, H>(
    text: &mut T,
    chunk: &mut Chunk,
    child: &mut S,
    hooks: &mut H,
) -> Result<(), Stopped>
where
    T: Chunks,
    S: Sink<Chunk> + ?Sized,
    H: Hooks<T>,
{
    hooks.before_fetch(text);
    text.fetch(chunk).await;
    cat_fetched(text, chunk, child, hooks).await
}

/// The same for a text whose first chunk was fetched already.
///
/// # Errors
///
/// [`Stopped`] when the network takes no more; the rest of the text is not read.
pub async fn cat_fetched<T, S, H>(
    text: &mut T,
    chunk: &mut Chunk,
    child: &mut S,
    hooks: &mut H,
) -> Result<(), Stopped>
where
    T: Chunks,
    S: Sink<Chunk> + ?Sized,
    H: Hooks<T>,
{
    loop {
        hooks.before_send(chunk);
        child.send(chunk)?;
        if chunk.is_last() {
            return Ok(());
        }
        hooks.after_send(text, chunk).await;
        hooks.before_fetch(text);
        text.fetch(chunk).await;
    }
}

/// What is done between the steps of [`cat`].
#[expect(async_fn_in_trait, reason = "a text is read on one thread")]
pub trait Hooks<T> {
    /// A chunk is about to be fetched.
    fn before_fetch(&mut self, _text: &T) {}

    /// A chunk was fetched, and is about to be sent.
    fn before_send(&mut self, _chunk: &Chunk) {}

    /// A chunk was sent that is not the last. Its buffer may be taken.
    async fn after_send(&mut self, _text: &mut T, _chunk: &mut Chunk) {}
}

impl<T> Hooks<T> for () {}

#[cfg(test)]
mod tests {
    use cogrep_source::{OpenOptions, Text, block_on};

    use super::*;

    /// Takes some chunks, and no more.
    struct Some(usize);

    impl Sink<Chunk> for Some {
        type Return = ();

        fn send(&mut self, _: &Chunk) -> Result<(), Stopped> {
            self.0 = self.0.checked_sub(1).ok_or(Stopped)?;
            Ok(())
        }

        fn finish(&mut self) -> Result<(), Stopped> {
            Ok(())
        }
    }

    #[derive(Default)]
    struct Steps(String);

    impl<T> Hooks<T> for Steps {
        fn before_fetch(&mut self, _: &T) {
            self.0.push('f');
        }

        fn before_send(&mut self, _: &Chunk) {
            self.0.push('s');
        }

        async fn after_send(&mut self, _: &mut T, _: &mut Chunk) {
            self.0.push('.');
        }
    }

    #[test]
    fn the_hooks_are_called_between_the_steps() {
        let steps = |sink: &mut Some| {
            let text = vec![b'a'; 3 * cogrep_source::CHUNK_BYTES - 1];
            let mut text = Text::from_reader(std::io::Cursor::new(text), &OpenOptions::default());
            let (mut chunk, mut steps) = (Chunk::new(), Steps::default());
            let ended = block_on(cat(&mut text, &mut chunk, sink, &mut steps));
            (steps.0, ended.is_ok())
        };
        let (all, ended) = steps(&mut Some(usize::MAX));
        assert!(ended && all.starts_with("fs.fs.f") && all.ends_with("fs"), "{all}");
        assert_eq!(steps(&mut Some(1)), ("fs.fs".to_owned(), false));
    }
}
