//! Rule 5: a handle does not fit into anything that outlives the body.
use cosend::{Input, coroutine};

fn main() {
    let mut stolen = None;
    let body = coroutine(async |items: Input<str>| {
        stolen = Some(items);
    });
    drop(body);
    drop(stolen);
}
