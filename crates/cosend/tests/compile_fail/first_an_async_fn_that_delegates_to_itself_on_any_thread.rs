//! Of an `async fn` that delegates to itself the compiler cannot tell whether it is `Send`.
use cosend::{SendBranch, recursive_send};

async fn countdown(from: u32, mut out: SendBranch<'_, u32>) {
    out.yield_(from).await;
    if from > 0 {
        out.delegate(|out| countdown(from - 1, out)).await;
    }
}

fn main() {
    let _ = recursive_send(|out| countdown(3, out));
}
