//! Flags that count texts which are not known before.

use clap::Arg;

use super::{id, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Distinct texts";
    vec![
        switch(id::ONLY_MATCHING, HEADING, "Count each distinct match, the most frequent first")
            .short('o'),
        switch(id::EVERY_WORD, HEADING, "Count every word; all arguments are inputs"),
    ]
}
