//! One text: how it is opened.
//!
//! The first request is for a first range, or for all that there is where the server has no
//! ranges. It says what the text is; how the rest comes, [`Pieces`] and [`InOrder`] know.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::runtime::Handle;

use super::flow::Tries;
use super::in_order::InOrder;
use super::pieces::{FIRST_BYTES, Fetch, Pieces};
use super::request::{Answer, Identity, Target, ask};
use super::{RemoteFault, Shared};
use crate::backend::Opened;
use crate::outcome::Fault;
use crate::remote_name::Version;

/// Opens a text; gives its bytes in their order.
pub(super) async fn open(
    shared: Arc<Shared>,
    thread: Handle,
    target: Target,
    version: Option<Version>,
) -> Result<Opened, Fault> {
    let known = Identity::listed(version.as_ref());
    if known.size == Some(0) {
        return Ok(Opened::Memory(Bytes::new()));
    }
    let slot = shared.flow.slot().await;
    let settings = &shared.settings;
    let first = if settings.in_ranges { FIRST_BYTES } else { settings.range_bytes.max(1) };
    let answer = begin(&shared, &target, &known, first).await?;
    let size = answer.identity.size;
    if size == Some(0) {
        return Ok(Opened::Memory(Bytes::new()));
    }
    // Readers of different ranges have to mean the same text.
    let is_tagged = answer.is_tagged && (version.is_none() || known.has_tag());
    let is_ranged = shared.settings.in_ranges && answer.is_range && is_tagged;
    let end = size.unwrap_or(u64::MAX);
    let first = if answer.is_range { 0..answer.end.unwrap_or(end) } else { 0..end };
    let identity = answer.identity.clone();
    let fetch = Arc::new(Fetch { shared, target, identity, is_whole: !answer.is_range });
    let pieces = |end, slot| {
        let rest = first.end..end;
        let mut pieces = Pieces::new(Arc::clone(&fetch), thread.clone(), rest, end, slot);
        pieces.start(first.clone(), Some(answer), None);
        pieces
    };
    let Some(size) = size.filter(|_| is_ranged) else {
        let mut pieces = pieces(end, slot);
        pieces.start_more();
        return Ok(Opened::Stream { pieces: pieces.boxed(), size });
    };
    // What has come is kept, and the room on the network is free for those who read on.
    let mut first_bytes = Vec::new();
    let mut pieces = pieces(first.end, slot);
    while let Some(piece) = pieces.next().await {
        first_bytes.extend_from_slice(&piece?);
    }
    let object = InOrder::begun(fetch, thread, size, first_bytes.into());
    Ok(Opened::Object { object: Arc::new(object), size })
}

/// What a server says of a text, if that tells it from any other.
pub(super) async fn version(
    shared: Arc<Shared>,
    target: Target,
) -> Result<Option<Version>, RemoteFault> {
    let _slot = shared.flow.slot().await;
    let answer = begin(&shared, &target, &Identity::default(), 1).await?;
    Ok(answer.identity.version())
}

/// Asks for the beginning of a text until there is an answer.
async fn begin(
    shared: &Shared,
    target: &Target,
    known: &Identity,
    end: u64,
) -> Result<Answer, RemoteFault> {
    let mut range = Some(0..known.size.map_or(end, |size| size.min(end)));
    let mut tries = Tries::default();
    loop {
        match ask(shared, target, range.clone(), known).await {
            // Without a size there is no telling where the ranges end.
            Ok(answer) if answer.is_range && answer.identity.size.is_none() => range = None,
            Ok(answer) => return Ok(answer),
            Err(fault) => tries.again(shared, fault, 0).await?,
        }
    }
}
