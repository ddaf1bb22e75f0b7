//! The bodies of a recursive generator may hold anything, so they stay where they are.
use cosend::recursive;

fn main() {
    let mut numbers = recursive(async |mut out| out.yield_(1).await);
    std::thread::spawn(move || numbers.next());
}
