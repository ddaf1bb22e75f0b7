//! What stands beside the network of a source: stages that find out where patterns
//! are, if anybody wants to know.

use cogrep_match::{Locator, Place};
use cogrep_source::{Chunk, Fault, SourceName, text_length};
use cosend::{Sink, Stopped};

use crate::counts::Counts;
use crate::dispersion::{Dispersion, Parts};
use crate::job::Job;
use crate::stage;

/// What the stages found.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) places: Vec<Vec<Place>>,
    pub(crate) parts: Vec<Counts>,
    pub(crate) dispersion: Option<Dispersion>,
}

/// The stages for one source, as far as the job asks for them.
pub(crate) fn beside<'j>(
    job: &Job<'j>,
    name: &SourceName,
) -> Result<impl Sink<Chunk, Return = Findings> + use<'j>, Fault> {
    let needles = job.locator.map_or(&[][..], Locator::needles);
    let parts = match job.parts {
        0 => None,
        parts => {
            let text_bytes = text_length(name, &job.open).ok_or(Fault::NoLength)?;
            Some(Parts::new(parts, text_bytes, needles.len()))
        }
    };
    let record = (parts, job.disperse.then(|| Dispersion::new(needles.len())));
    Ok(Beside {
        places: job.show.cloned().map(stage::places),
        located: job.locator.map(|locator| stage::locate(locator.clone(), record)),
        needles,
    })
}

struct Beside<'a, P, L> {
    places: Option<P>,
    located: Option<L>,
    /// The needle of each pattern.
    needles: &'a [usize],
}

impl<P, L> Sink<Chunk> for Beside<'_, P, L>
where
    P: Sink<Chunk, Return = Vec<Vec<Place>>>,
    L: Sink<Chunk, Return = (Option<Parts>, Option<Dispersion>)>,
{
    type Return = Findings;

    /// Without a stage that takes text, whoever stands beside decides when there is
    /// enough.
    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        let places = self.places.as_mut().map_or(Err(Stopped), |stage| stage.send(chunk));
        let located = self.located.as_mut().map_or(Err(Stopped), |stage| stage.send(chunk));
        places.or(located)
    }

    fn finish(&mut self) -> Result<Findings, Stopped> {
        let places = self.places.as_mut().map(Sink::finish).transpose()?;
        let located = self.located.as_mut().map(Sink::finish).transpose()?;
        let (parts, dispersion) = located.unwrap_or_default();
        Ok(Findings {
            places: places.unwrap_or_default(),
            parts: parts.map_or_else(Vec::new, |parts| parts.of_patterns(self.needles)),
            dispersion: dispersion.map(|dispersion| dispersion.of_patterns(self.needles)),
        })
    }
}
