//! A yielded value is handed out for good, so it cannot borrow from the body.
use cosend::generator;

fn main() {
    let mut lines = generator(async |mut out| {
        let line = String::from("line");
        out.yield_(line.as_str()).await;
    });
    lines.next();
}
