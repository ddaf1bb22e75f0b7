//! `timer`: a coroutine that awaits a timer between its items, on tokio.

use std::time::{Duration, Instant};

use cosend::{OwnedInput, owned_coroutine};

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let mut slowly = owned_coroutine(|mut words: OwnedInput<&str>| async move {
            let start = Instant::now();
            while let Some(word) = words.next().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
                println!("{word}");
            }
            start.elapsed()
        });
        for word in ["slowly", "but", "surely"] {
            slowly.send(word).await?;
        }
        assert!(slowly.close().await >= Duration::from_millis(60));
        Ok(())
    })
}
