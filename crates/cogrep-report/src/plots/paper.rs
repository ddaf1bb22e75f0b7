//! Plots as PNG and PDF, in the colours of paper.
//!
//! An SVG is drawn by whoever shows it, with the fonts there; here it is drawn with those of
//! this machine. What would be drawn without its letters is an error, or said.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use krilla::Document;
use krilla::geom::Size;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree, fontdb};

/// Pixels of a picture for each of the plot, so that it is sharp where it is printed.
const SCALE: f32 = 2.0;

/// A picture of more pixels is drawn in less detail: each takes four bytes.
const MOST_PIXELS: f32 = 64e6;

/// A page of more points, which are nearly 200 inches, is not shown by all readers.
const MOST_POINTS: f32 = 14_399.0;

/// Points a pixel: an inch has 72 of these and 96 of those.
const POINTS: f32 = 0.75;

/// A plot, ready to be drawn.
pub(super) struct Drawing {
    tree: Tree,
    /// The characters that no font has.
    pub(super) lacking: String,
}

impl Drawing {
    /// Reads a plot, with the fonts of this machine.
    pub(super) fn new(svg: &str) -> io::Result<Self> {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Self::with_fonts(svg, fonts)
    }

    fn with_fonts(svg: &str, fonts: fontdb::Database) -> io::Result<Self> {
        if fonts.is_empty() {
            return Err(io::Error::other(
                "there is no font on this machine, so it would have no letters; install one, \
                 such as DejaVu Sans, or write FILE.svg",
            ));
        }
        let lacking = Mutex::new(BTreeSet::new());
        let options = Options {
            fontdb: Arc::new(fonts),
            font_resolver: resolver(&lacking),
            ..Options::default()
        };
        let tree = Tree::from_str(svg, &options).map_err(io::Error::other)?;
        drop(options);
        let lacking = lacking.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { tree, lacking: lacking.into_iter().collect() })
    }

    /// The plot as a PNG.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the pixels of a picture, which are not too many"
    )]
    pub(super) fn png(&self) -> io::Result<Vec<u8>> {
        let size = self.tree.size();
        let scale = SCALE.min((MOST_PIXELS / (size.width() * size.height())).sqrt());
        let [width, height] = [size.width(), size.height()].map(|side| (side * scale) as u32);
        let mut pixels = Pixmap::new(width.max(1), height.max(1))
            .ok_or_else(|| io::Error::other("the plot has no size"))?;
        resvg::render(&self.tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        pixels.encode_png().map_err(io::Error::other)
    }

    /// The plot as a PDF of one page, whose text can be searched.
    pub(super) fn pdf(&self, title: &str) -> io::Result<Vec<u8>> {
        let no_size = || io::Error::other("the plot has no size");
        let [width, height] = [self.tree.size().width(), self.tree.size().height()];
        let scale = POINTS.min(MOST_POINTS / width.max(height));
        let [width, height] = [width * scale, height * scale];
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(title.to_owned()));
        let settings = PageSettings::from_wh(width, height).ok_or_else(no_size)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let size = Size::from_wh(width, height).ok_or_else(no_size)?;
        surface.draw_svg(&self.tree, size, SvgSettings::default()).ok_or_else(no_size)?;
        surface.finish();
        page.finish();
        document.finish().map_err(|error| io::Error::other(format!("{error:?}")))
    }
}

/// Finds fonts, and notes the characters that none has.
fn resolver(lacking: &Mutex<BTreeSet<char>>) -> FontResolver<'_> {
    let by_name = FontResolver::default_font_selector();
    let by_char = FontResolver::default_fallback_selector();
    FontResolver {
        // Few machines have the fonts that are named: any other is better than none, which
        // would leave out the text.
        select_font: Box::new(move |font, fonts| {
            by_name(font, fonts).or_else(|| plainest(fonts, font.weight()))
        }),
        select_fallback: Box::new(move |char, used, fonts| {
            let found = by_char(char, used, fonts);
            if found.is_none() {
                lacking.lock().unwrap_or_else(PoisonError::into_inner).insert(char);
            }
            found
        }),
    }
}

/// The font that is most like those without serifs, of about this weight.
fn plainest(fonts: &fontdb::Database, weight: u16) -> Option<fontdb::ID> {
    let faces = fonts.faces().min_by_key(|face| {
        let is_sans = face.families.iter().any(|(name, _)| name.contains("Sans"));
        let is_upright = face.style == fontdb::Style::Normal;
        let is_wide = face.stretch == fontdb::Stretch::Normal;
        (!is_upright, !is_sans, face.monospaced, !is_wide, face.weight.0.abs_diff(weight))
    });
    faces.map(|face| face.id)
}

#[cfg(test)]
mod tests {
    use cogrep_testing::skip;

    use super::*;
    use crate::plots::{Canvas, Chart, ChartGroup, bars};

    fn plot(label: &str) -> String {
        let groups = vec![ChartGroup { label: String::new(), counts: vec![3] }];
        let chart = Chart {
            title: "Occurrences".into(),
            unit: "occurrences",
            series: vec![label.to_owned()],
            groups,
            most: 0,
        };
        bars(&chart, Canvas::PRINT)
    }

    /// The drawing of a plot with this label, where there is a font.
    fn drawing(label: &str) -> Option<Drawing> {
        match Drawing::new(&plot(label)) {
            Ok(drawing) => Some(drawing),
            Err(error) => {
                assert!(error.to_string().contains("no font"), "{error}");
                skip("there is no font");
                None
            }
        }
    }

    #[test]
    fn without_a_font_there_is_no_picture() {
        let error = Drawing::with_fonts(&plot("love"), fontdb::Database::new()).err().unwrap();
        assert!(error.to_string().contains("install one"), "{error}");
    }

    #[test]
    fn letters_are_drawn() {
        let [Some(plain), Some(other)] = ["love", "lxxe"].map(drawing) else { return };
        let pixels = |drawing: &Drawing| Pixmap::decode_png(&drawing.png().unwrap()).unwrap();
        let [plain, other] = [pixels(&plain), pixels(&other)];
        assert_eq!((plain.width(), plain.height()), (other.width(), other.height()));
        // The pictures differ where their labels do, and nowhere else.
        let differ = plain.pixels().iter().zip(other.pixels()).filter(|(one, two)| one != two);
        assert!((20..2000).contains(&differ.count()));
        assert_eq!(plain.pixel(1, 1).unwrap().demultiply().red(), 255, "paper is white");
    }

    // Other systems have a font for every code point.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_no_font_has_is_named() {
        let Some(drawing) = drawing("love \u{10ffff}") else { return };
        assert_eq!(drawing.lacking, "\u{10ffff}");
        assert_eq!(self::drawing("love").unwrap().lacking, "");
    }

    #[test]
    fn a_pdf_has_its_fonts_and_its_title() {
        let Some(drawing) = drawing("love") else { return };
        let pdf = drawing.pdf("Occurrences").unwrap();
        assert_eq!(pdf, drawing.pdf("Occurrences").unwrap(), "the same each time");
        let has = |what: &[u8]| pdf.windows(what.len()).any(|part| part == what);
        assert!(pdf.starts_with(b"%PDF-") && has(b"/FontDescriptor") && has(b"Occurrences"));
    }

    #[test]
    fn a_picture_has_bounds() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20000\" height=\"40000\"/>";
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        if fonts.is_empty() {
            return skip("there is no font");
        }
        let drawing = Drawing::with_fonts(svg, fonts).unwrap();
        let pdf = drawing.pdf("").unwrap();
        let shown = String::from_utf8_lossy(&pdf);
        assert!(shown.contains("14399"), "{shown}");
    }
}
