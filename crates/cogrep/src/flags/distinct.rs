//! Flags that count texts which are not known before.

use clap::builder::PossibleValuesParser;
use clap::{Arg, value_parser};

use super::{bytes, id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Distinct texts";
    vec![
        switch(id::ONLY_MATCHING, HEADING, "Count each distinct match, the most frequent first")
            .short('o'),
        option(
            id::REPLACE,
            "TEMPLATE",
            HEADING,
            "With -o, count what matches become, such as '$1'",
        )
        .long_help(
            "With -o, count what each match becomes: $1, ${1}, $name and\n\
                 ${name} are groups of the expression, $0 all of it, and $$ is $",
        ),
        option(id::EVERY_WORD, "RULE", HEADING, "Count every word; all arguments are inputs")
            .long_help(
                "Count every word, by the rule of -w; all arguments are inputs.\n\
                 --words=unicode takes the rules of Unicode (UAX #29), with a\n\
                 dictionary for Chinese, Japanese, Thai and the like: can't is one\n\
                 word then, and -w need not count the same",
            )
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("plain")
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(["plain", "unicode"]))
            .overrides_with(id::EVERY_WORD),
        option(id::NGRAMS, "N", HEADING, "With --words, count sequences of N words")
            .long_help(
                "With --words, count sequences of N words of a source, joined by one\n\
                 space, whatever is between them, line ends too",
            )
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64).range(1..=100)),
        option(id::MAX_MEMORY, "SIZE", HEADING, "Memory for a table, such as 500M or 4G")
            .long_help(
                "Memory for a table, such as 500M or 4G; half of what there is, unless\n\
                 said. What finds no room waits in a temporary file, in TMPDIR or\n\
                 else /var/tmp, until all is counted",
            )
            .allow_negative_numbers(true)
            .value_parser(bytes),
    ]
}
