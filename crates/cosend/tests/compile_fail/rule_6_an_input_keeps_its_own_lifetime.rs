//! Rule 6: invariance of the handle in its own lifetime.
use cosend::Input;

fn shorten<'long: 'short, 'short>(items: Input<'long, str>) -> Input<'short, str> {
    items
}

fn main() {
    let _ = shorten;
}
