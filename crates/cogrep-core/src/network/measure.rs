//! Where hits become what a measure makes of them.

use cosend::{Input, Sink, Stopped, coroutine};

use crate::measure::{Finding, Findings, Piece};
use crate::network::counted::Counted;
use crate::network::scan::Batch;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};
use cogrep_match::Tally;

/// Goes on with a finding in each batch that it is sent; closing it gives what was found.
pub(super) fn measure(mut finding: Finding) -> impl Stage<Batch, Return = Finding> + Send {
    let shape = Shape::new(finding.name(), []);
    let body = coroutine(async move |mut batches: Input<Batch>| {
        let mut is_done = Vec::new();
        while let Some(batch) = batches.next().await {
            let Batch { chunk, hits, settled, .. } = batch;
            finding.piece(&Piece {
                text: chunk.bytes(),
                offset: chunk.offset(),
                role: chunk.role(),
                is_last: chunk.is_last(),
                hits,
                settled: *settled,
            });
            for needle in hits.iter().map(|hit| hit.needle) {
                if finding.is_done(needle) {
                    is_done.resize(is_done.len().max(needle + 1), false);
                    if !std::mem::replace(&mut is_done[needle], true) {
                        batch.interest.end(needle);
                    }
                }
            }
        }
        finding
    });
    named(shape, body)
}

/// Counts hits, and measures them.
pub(super) struct CountAndMeasure<C, M> {
    pub(super) count: C,
    /// Under a fanout.
    pub(super) measures: M,
}

impl<C, M> Sink<Batch> for CountAndMeasure<C, M>
where
    C: Stage<Batch, Return = Tally>,
    M: Stage<Batch, Return = Vec<Finding>>,
{
    type Return = Counted;

    fn send(&mut self, batch: &Batch) -> Result<(), Stopped> {
        self.count.send(batch)?;
        // A measure that has enough does not end the count.
        let _ = self.measures.send(batch);
        Ok(())
    }

    fn finish(&mut self) -> Result<Counted, Stopped> {
        let tally = self.count.finish()?;
        let findings = Findings::new(self.measures.finish()?);
        Ok(Counted { findings, ..Counted::from(tally) })
    }
}

impl<C, M> Stage<Batch> for CountAndMeasure<C, M>
where
    C: Stage<Batch, Return = Tally>,
    M: Stage<Batch, Return = Vec<Finding>>,
{
    fn shape(&self) -> Shape {
        self.measures.shape().with_first(self.count.shape())
    }
}
