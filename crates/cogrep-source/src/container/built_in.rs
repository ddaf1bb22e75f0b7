//! The formats that this crate was built with.

use std::sync::{Arc, LazyLock};

use super::format::{ContainerFormat, Formats};
#[cfg(feature = "tar")]
use super::tar::Tar;
#[cfg(not(all(feature = "tar", feature = "zip")))]
use super::unopened::Unopened;
#[cfg(feature = "zip")]
use super::zip::Zip;

impl Formats {
    /// Those that this crate was built with; those that it knows and was built without are
    /// faults, and no texts.
    #[must_use]
    pub fn built_in() -> Self {
        static ALL: LazyLock<Formats> = LazyLock::new(|| {
            let formats: [Arc<dyn ContainerFormat>; _] = [
                #[cfg(feature = "tar")]
                Arc::new(Tar),
                #[cfg(not(feature = "tar"))]
                Arc::new(Unopened::TAR),
                #[cfg(feature = "zip")]
                Arc::new(Zip),
                #[cfg(not(feature = "zip"))]
                Arc::new(Unopened::ZIP),
            ];
            formats.into_iter().collect()
        });
        ALL.clone()
    }
}
