//! `average`: reads numbers, and says after each one what the average is so far.

use std::io;

use cosend::{Port, Step, resumable};

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut average, _) = resumable(async |mut port: Port<f64, f64>| {
        let (mut total, mut count, mut average) = (0.0, 0.0, f64::NAN);
        while let Some(number) = port.yield_(average).await {
            total += number;
            count += 1.0;
            average = total / count;
        }
    });
    for line in io::stdin().lines() {
        if let Step::Yielded(average) = average.resume(&line?.trim().parse()?)? {
            println!("{average}");
        }
    }
    Ok(())
}
