//! Random numbers that are the same for the same seed, and a seed that is printed.

use std::process::Command;

/// The generator `SplitMix64`: Steele, Lea and Flood, *Fast splittable pseudorandom
/// number generators* (2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Begins with `COGREP_SEED`; without it, with the commit that is tested; and says
    /// with which.
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("COGREP_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.or_else(commit).unwrap_or(1);
        println!("COGREP_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below this one, which must not be 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(crate) fn pick<'s, T: ?Sized>(&mut self, from: &[&'s T]) -> &'s T {
        from[self.below(from.len())]
    }

    /// A stretch of these bytes, not empty, of up to this many of them.
    pub(crate) fn stretch<'t>(&mut self, text: &'t [u8], most: usize) -> &'t [u8] {
        let start = self.below(text.len());
        let len = 1 + self.below(most.min(text.len() - start));
        &text[start..start + len]
    }
}

/// The first 64 bits of the commit's hash, where there is one.
fn commit() -> Option<u64> {
    let output = Command::new("git").args(["rev-parse", "HEAD"]).output().ok()?;
    u64::from_str_radix(str::from_utf8(output.stdout.get(..16)?).ok()?, 16).ok()
}
