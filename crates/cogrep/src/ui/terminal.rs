//! What standard output is, and whether it may be coloured.

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

/// Where standard output goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether it goes to a terminal.
    pub(crate) is_terminal: bool,
}

impl Terminal {
    pub(crate) fn stdout() -> Self {
        Self { is_terminal: io::stdout().is_terminal() }
    }

    /// Whether to colour: by the flag; else as `NO_COLOR` and `CLICOLOR_FORCE` say; else on
    /// a terminal that is not dumb.
    pub(crate) fn colours(self, colour: Colour) -> bool {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced =
            || is_set("CLICOLOR_FORCE") && env::var_os("CLICOLOR_FORCE") != Some("0".into());
        let is_dumb = || env::var_os("TERM").is_none_or(|term| term == "dumb");
        match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if is_set("NO_COLOR") => false,
            Colour::Auto => forced() || (self.is_terminal && !is_dumb()),
        }
    }

    /// The columns of the terminal, if it is one.
    #[cfg(unix)]
    pub(crate) fn width(self) -> Option<usize> {
        if !self.is_terminal {
            return None;
        }
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "other systems ask the terminal")]
    pub(crate) fn width(self) -> Option<usize> {
        None
    }
}
