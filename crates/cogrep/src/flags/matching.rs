//! Flags that say what counts as an occurrence.

use clap::Arg;

use super::{bytes, id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "What counts";
    vec![
        switch(id::IGNORE_CASE, HEADING, "Take capital and small letters as equal (Unicode)")
            .short('i')
            .overrides_with_all([id::CASE_SENSITIVE, id::SMART_CASE]),
        switch(id::CASE_SENSITIVE, HEADING, "Tell capital and small letters apart; the default")
            .short('s')
            .overrides_with_all([id::IGNORE_CASE, id::SMART_CASE]),
        switch(id::SMART_CASE, HEADING, "As -i, unless a pattern has a capital letter")
            .short('S')
            .overrides_with_all([id::IGNORE_CASE, id::CASE_SENSITIVE]),
        switch(id::WORD, HEADING, "Count only whole words").short('w'),
        switch(id::LINE, HEADING, "Count the lines that equal the pattern").short('x'),
        switch(id::LINES, HEADING, "Count lines that contain the pattern, not occurrences")
            .short('c')
            .alias("count"),
        switch(id::OVERLAPPING, HEADING, "Count occurrences that overlap each other too"),
        switch(id::REGEX, HEADING, "Patterns are regular expressions, matched line by line")
            .short('E')
            .overrides_with(id::FIXED),
        switch(id::FIXED, HEADING, "Patterns are literal text; the default")
            .short('F')
            .overrides_with(id::REGEX),
        option(id::MAX_LINE, "NUM", HEADING, "The longest line that -E may hold; 16M, unless said")
            .allow_negative_numbers(true)
            .value_parser(bytes),
    ]
}
