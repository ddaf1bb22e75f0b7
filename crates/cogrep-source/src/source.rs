//! A source that was opened, and what shows when its beginning is read.

use std::sync::Arc;

use crate::chunk::Chunk;
use crate::container::{Container, Directory};
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::Fault;
use crate::range::Divisible;
use crate::text::Text;
use crate::wait::Wait;

/// A source that was opened, and of whose content nothing is known yet.
pub struct Source<'a, W> {
    name: &'a SourceName,
    options: &'a OpenOptions,
    text: Text<W>,
}

/// What a source has to offer.
pub enum Content<W> {
    /// A text, whose first chunk was fetched.
    Text(Text<W>),
    /// Many texts.
    Container(Box<Container<W>>),
    /// Many texts, each of which can be read by itself.
    Directory(Arc<Directory>),
}

impl<'a, W: Wait> Source<'a, W> {
    /// Opens a source by its name, and waits in this way.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or the name is that of a folder.
    pub async fn open(
        name: &'a SourceName,
        options: &'a OpenOptions,
        wait: W,
    ) -> Result<Self, Fault> {
        let text = Text::open_unnamed(name, options, wait).await?;
        Ok(Self { name, options, text })
    }

    /// Whether reading it may wait for ever, and not only for a disk or a network.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.text.is_stream()
    }

    /// The size of the source in bytes, if it is one of which any range can be read.
    #[must_use]
    pub fn divisible_bytes(&self) -> Option<u64> {
        self.text.divisible_bytes()
    }

    /// Reads the beginning, and gives the source to be read in ranges if its bytes are its text:
    /// neither a container nor compressed nor in another encoding.
    pub async fn divide(mut self) -> Option<Divisible> {
        match self.text.begin(&mut Chunk::new(), self.name, self.options).await {
            None => self.text.divisible(),
            Some(_) => None,
        }
    }

    /// Reads the beginning, which says what the source is. The first chunk of a text is in
    /// `chunk` then.
    pub async fn begin(mut self, chunk: &mut Chunk) -> Content<W> {
        match self.text.begin(chunk, self.name, self.options).await {
            None => Content::Text(self.text),
            Some(format) => {
                let (wait, outer) = self.text.into_parts();
                let (name, options) = (self.name, self.options);
                // What is rare takes no room in the state of every source.
                let directory = Directory::of(&outer, &*format, name, options, &wait);
                if let Some(directory) = Box::pin(directory).await {
                    return Content::Directory(Arc::new(directory));
                }
                let (name, options) = (name.clone(), options.clone());
                let container =
                    Container::new((wait, outer), chunk.bytes(), &format, name, options);
                Content::Container(Box::new(container))
            }
        }
    }
}
