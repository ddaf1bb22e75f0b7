//! Rule 6: invariance of the handle in its item.
use cosend::Input;

fn lengthen<'id, 'short>(items: Input<'id, &'short str>) -> Input<'id, &'static str> {
    items
}

fn shorten<'id, 'short>(items: Input<'id, &'static str>) -> Input<'id, &'short str> {
    items
}

fn main() {
    let _ = (lengthen, shorten);
}
