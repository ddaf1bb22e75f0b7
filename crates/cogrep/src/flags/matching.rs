//! Flags that say what counts as an occurrence.

use clap::Arg;

use super::{bytes, id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Matching";
    vec![
        switch(id::IGNORE_CASE, HEADING, "Ignore case (Unicode simple case folding)")
            .short('i')
            .overrides_with_all([id::CASE_SENSITIVE, id::SMART_CASE]),
        switch(id::CASE_SENSITIVE, HEADING, "Match case; the default")
            .short('s')
            .overrides_with_all([id::IGNORE_CASE, id::SMART_CASE]),
        switch(id::SMART_CASE, HEADING, "Ignore case unless a pattern has an upper-case letter")
            .short('S')
            .overrides_with_all([id::IGNORE_CASE, id::CASE_SENSITIVE]),
        switch(id::WORD, HEADING, "Count only whole words").short('w'),
        switch(id::LINE, HEADING, "Count lines that equal the pattern").short('x'),
        switch(id::LINES, HEADING, "Count matching lines instead of occurrences")
            .short('c')
            .alias("count"),
        switch(id::OVERLAPPING, HEADING, "Count overlapping occurrences too"),
        switch(id::LOOSE_SPACE, HEADING, "A space matches any white space, line ends too")
            .long_help(
                "A run of white space in a pattern matches any run of white space\n\
                 in the text, line ends too: phrases in wrapped text",
            ),
        switch(id::REGEX, HEADING, "Patterns are regular expressions, matched line by line")
            .short('E')
            .overrides_with(id::FIXED),
        switch(id::FIXED, HEADING, "Patterns are literal text; the default")
            .short('F')
            .overrides_with(id::REGEX),
        option(
            id::MAX_LINE,
            "NUM",
            HEADING,
            "Longest line for -E: bytes, or 16K, 16M, 1G; the default is 16M",
        )
        .allow_negative_numbers(true)
        .value_parser(bytes),
        option(
            id::REGEX_SIZE_LIMIT,
            "NUM",
            HEADING,
            "Memory for all expressions: bytes, or 100M, 1G; the default is 256M",
        )
        .allow_negative_numbers(true)
        .value_parser(bytes),
    ]
}
