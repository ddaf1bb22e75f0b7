//! Rule 6: the handle is not `Send`.
use cosend::Input;

fn send<T: Send>() {}

fn main() {
    send::<Input<'static, str>>();
}
