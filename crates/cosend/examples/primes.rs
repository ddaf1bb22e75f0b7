//! `primes N`: the first N primes, by a generator that never ends.

use cosend::generator;

fn primes() -> impl Iterator<Item = u64> {
    generator(async |mut out| {
        let mut found: Vec<u64> = Vec::new();
        for candidate in 2.. {
            let mut divisors = found.iter().take_while(|&prime| prime * prime <= candidate);
            if divisors.all(|prime| candidate % prime != 0) {
                found.push(candidate);
                out.yield_(candidate).await;
            }
        }
    })
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let limit = std::env::args().nth(1).ok_or("usage: primes N")?.parse()?;
    for prime in primes().take(limit) {
        println!("{prime}");
    }
    Ok(())
}
