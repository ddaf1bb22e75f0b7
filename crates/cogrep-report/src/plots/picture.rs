//! What a plot is written as.

use std::io::{self, Write};

#[cfg(feature = "pictures")]
use super::paper::Drawing;
use super::{Canvas, markup};

/// What a plot is written as, by the suffix of its file.
///
/// ```
/// use cogrep_report::plots::Picture;
///
/// assert_eq!(Picture::of_suffix("svg"), Some(Picture::Svg));
/// assert_eq!(Picture::of_suffix("HTML"), Some(Picture::Html));
/// assert_eq!(Picture::of_suffix("gif"), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Picture {
    /// Vectors, with the colours of light and dark.
    #[default]
    Svg,
    /// A page with the plot alone, which is drawn anew where it is narrow.
    Html,
    /// Pixels.
    #[cfg(feature = "pictures")]
    Png,
    /// A page of paper, as large as the plot.
    #[cfg(feature = "pictures")]
    Pdf,
}

impl Picture {
    /// The suffixes that there are, each with what it is.
    pub const SUFFIXES: &[(&str, Self)] = &[
        ("svg", Self::Svg),
        ("html", Self::Html),
        ("htm", Self::Html),
        #[cfg(feature = "pictures")]
        ("png", Self::Png),
        #[cfg(feature = "pictures")]
        ("pdf", Self::Pdf),
    ];

    /// The suffixes of pictures that need the feature `pictures`.
    pub const OF_FEATURE: &[&str] = &["png", "pdf"];

    /// What a file with this suffix is.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        let suffixes = Self::SUFFIXES.iter();
        suffixes.copied().find(|(known, _)| known.eq_ignore_ascii_case(suffix)).map(|(_, it)| it)
    }

    /// Whether a file that begins with these bytes is one.
    #[must_use]
    pub fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Svg => bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml"),
            Self::Html => bytes.to_ascii_lowercase().starts_with(b"<!doctype html"),
            #[cfg(feature = "pictures")]
            Self::Png => bytes.starts_with(b"\x89PNG"),
            #[cfg(feature = "pictures")]
            Self::Pdf => bytes.starts_with(b"%PDF-"),
        }
    }

    /// Writes a plot, which is drawn as often as it is needed. Gives the characters that no font
    /// has with which it was drawn, if it was.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to, or there are no fonts to draw with.
    pub fn write(
        self,
        out: &mut impl Write,
        title: &str,
        draw: &dyn Fn(Canvas) -> String,
    ) -> io::Result<String> {
        match self {
            Self::Svg => out.write_all(draw(Canvas::FILE).as_bytes())?,
            Self::Html => html(out, title, draw)?,
            #[cfg(feature = "pictures")]
            Self::Png => {
                let drawing = Drawing::new(&draw(Canvas::PRINT))?;
                out.write_all(&drawing.png()?)?;
                return Ok(drawing.lacking);
            }
            #[cfg(feature = "pictures")]
            Self::Pdf => {
                let drawing = Drawing::new(&draw(Canvas::PRINT))?;
                out.write_all(&drawing.pdf(title)?)?;
                return Ok(drawing.lacking);
            }
        }
        Ok(String::new())
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0 auto;max-width:88rem;padding:1rem;font-family:system-ui,sans-serif}\
h1{font-size:1.25rem}\
svg.cogrep-plot{display:block;width:100%;height:auto}\
.narrow{display:none}\
@media screen and (max-width:40rem){.wide{display:none}.narrow{display:block}}\
@media screen and (prefers-color-scheme:dark){body{background:#14181d;color:#e6edf3}}";

fn html(out: &mut impl Write, title: &str, draw: &dyn Fn(Canvas) -> String) -> io::Result<()> {
    let title = markup(title);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <div class=\"wide\">\n{}</div>\n<div class=\"narrow\">\n{}</div>\n\
         </main>\n</body>\n</html>\n",
        draw(Canvas::PAGE),
        draw(Canvas::PHONE),
    )
}
