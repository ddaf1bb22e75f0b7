//! A pause is an `.await`, which only an async body has.
use cosend::Input;

fn first(items: &mut Input<'_, u8>) -> Option<u8> {
    items.next().await.copied()
}

fn main() {
    let _ = first;
}
