//! `/v1/responses`, without a memory: every request brings its whole conversation.
//!
//! `store` is taken and has no effect, and answers say `"store": false`. What could only be answered from a stored
//! response (`previous_response_id`, `conversation`, `background`, item references) is refused by its name.

mod request;
mod wire;

use shared::entity::generation::Kind;
use shared::quotas::Payer;
use shared::{Context, Error};

use self::request::Asked;
use self::wire::Writer;
use super::call::Call;
use super::reply::Reply;
use super::schema::{Answer, ResponseObject};
use super::{now_s, sse};
use crate::limits::Counted;

/// Answers one request, as a whole or as a stream.
pub(super) async fn create(
    ctx: &Context,
    payer: Payer,
    body: &[u8],
) -> crate::error::Result<Counted<Answer<ResponseObject>>> {
    let Asked { request, stream, echo } = request::read(body)?;
    let model = request.model.clone();
    let reply = if stream { Reply::streamed() } else { Reply::whole() };
    let request = serde_json::to_value(request).map_err(Error::from)?;
    let call = Call::start(ctx, payer, Kind::Completion, &model, request, reply).await?;
    let writer = Writer::new(call.id(), now_s(ctx), model, echo);
    let left = call.left();
    if stream {
        let answer = sse::stream(ctx, call, writer).await?.into();
        return Ok(Counted { answer, left });
    }
    let (reply, end) = call.finish().await?;
    Ok(Counted { answer: Answer::json(&writer.whole(&reply, &end))?, left })
}
