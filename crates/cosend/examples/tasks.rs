//! Tasks that wait for the clock, under tokio's event loop.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::io;
use std::time::Duration;

use futures_util::future::join;
use tokio::runtime::Builder;
use tokio::time::sleep;

async fn task(name: &str, pauses: [u64; 2]) {
    for pause in pauses {
        sleep(Duration::from_millis(pause)).await;
        println!("{name} waited {pause} ms");
    }
}

async fn all() {
    join(task("A", [20, 120]), task("B", [60, 20])).await;
}

fn main() -> io::Result<()> {
    Builder::new_current_thread().enable_time().build()?.block_on(all());
    Ok(())
}
