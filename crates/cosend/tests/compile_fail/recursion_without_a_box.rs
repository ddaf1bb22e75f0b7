//! A body that delegates to itself has no finite size.
use cosend::Output;

async fn countdown(out: &mut Output<'_, u32>, from: u32) {
    out.yield_(from).await;
    if from > 0 {
        countdown(out, from - 1).await;
    }
}

fn main() {
    let _ = countdown;
}
