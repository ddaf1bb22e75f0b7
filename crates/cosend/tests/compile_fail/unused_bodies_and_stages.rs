//! What is made and not used is warned of.
#![deny(unused_must_use)]
use cosend::{
    Input, OwnedInput, OwnedOutput, Sink, coroutine, count, fanout, generator, map,
    owned_coroutine, owned_generator, recursive, shared,
};

fn words() -> impl Sink<str, Return = usize> {
    count()
}

fn main() {
    generator(async |mut out| out.yield_(1).await);
    map(|word: &str| word.len(), count());
    coroutine(async |mut items: Input<u8>| {
        items.next();
    });
    words();
    fanout([words()]);
    shared(words());
    owned_coroutine(async |_: OwnedInput<u8>| ());
    owned_generator(async |_: OwnedOutput<u8>| ());
    recursive(async |mut out| out.yield_(1).await);
}
