//! Flags of grep that would mean something else here, or nothing.

use clap::ArgMatches;

use crate::error::Error;

/// Each with what it is, and the way out.
const FLAGS: [(&str, &str, &str); 2] = [
    ("line-number", "-n: counts have no line numbers", "to see places, use --show N"),
    ("invert-match", "-v: there is no inverted count", "--lines counts the lines that match"),
];

/// Refuses the first of them that is given.
pub(super) fn refuse(matches: &ArgMatches) -> Result<(), Error> {
    match FLAGS.iter().find(|(flag, ..)| matches.contains_id(flag)) {
        Some((_, message, hint)) => Err(Error::usage(*message).hint(*hint)),
        None => Ok(()),
    }
}
