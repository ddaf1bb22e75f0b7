//! What the output goes to, and whether it may be coloured.

use std::env;
use std::io::{self, IsTerminal};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Whether standard output is coloured: by the flag; else as `NO_COLOR` and
    /// `CLICOLOR_FORCE` say; else on a terminal that is not dumb.
    pub(crate) fn of_stdout(self) -> bool {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced =
            || is_set("CLICOLOR_FORCE") && env::var_os("CLICOLOR_FORCE") != Some("0".into());
        let is_dumb = || env::var_os("TERM").is_none_or(|term| term == "dumb");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if is_set("NO_COLOR") => false,
            Self::Auto => forced() || (io::stdout().is_terminal() && !is_dumb()),
        }
    }
}

/// The columns of the terminal that standard output goes to, if it does.
#[cfg(unix)]
pub(crate) fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
pub(crate) fn width() -> Option<usize> {
    None
}
