//! Only `generator` makes a handle to yield to.
fn main() {
    let slot = std::rc::Rc::new(std::cell::Cell::new(None::<u8>));
    let mut out = cosend::Output { slot };
    let _ = out.yield_(1);
}
