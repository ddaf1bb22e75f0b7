//! What the fuzz targets assert: each takes any bytes, makes something of them, and holds
//! what this project does with it against something slow and plain.
//!
//! The first bytes of an input choose options, the rest is data. A check panics where the two
//! differ, and returns where the input means nothing.

mod archive;
mod arguments;
mod encoding;
mod expression;
mod ignore;
mod list;
mod matches;
mod pieces;
mod regex;
mod saved;
mod scanner;
mod tables;
mod unpack;
mod words;
mod zip;

pub use self::archive::archive;
pub use self::arguments::arguments;
pub use self::encoding::encoding;
pub use self::ignore::ignore;
pub use self::list::list;
pub use self::matches::matches;
pub use self::regex::regex;
pub use self::saved::saved;
pub use self::scanner::scanner;
pub use self::unpack::unpack;
pub use self::words::words;

/// A check of one input.
pub type Check = fn(&[u8]);

/// Every check, by the name of its target.
pub const ALL: [(&str, Check); 11] = [
    ("archive", archive),
    ("arguments", arguments),
    ("encoding", encoding),
    ("ignore", ignore),
    ("list", list),
    ("matches", matches),
    ("regex", regex),
    ("saved", saved),
    ("scanner", scanner),
    ("unpack", unpack),
    ("words", words),
];
