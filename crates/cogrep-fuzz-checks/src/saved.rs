//! Saved results: whatever is read can be written and read again, and added up.

use cogrep_report::{Saved, merge};

/// Reads saved results.
///
/// # Panics
///
/// When what was read is not written so that it is read as the same.
pub fn saved(data: &[u8]) {
    let mut files = Vec::new();
    for (number, bytes) in data.split(|byte| *byte == 0xfe).enumerate() {
        match Saved::read(bytes) {
            Ok(saved) => {
                let written = write(&saved);
                let again = Saved::read(&written[..]).expect("what was written can be read");
                assert_eq!(write(&again), written);
                files.push((number.to_string(), saved));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    if let Err(error) = merge(files) {
        assert!(!error.to_string().is_empty());
    }
}

fn write(saved: &Saved) -> Vec<u8> {
    let mut bytes = Vec::new();
    saved.write(&mut bytes).expect("memory can be written to");
    bytes
}
