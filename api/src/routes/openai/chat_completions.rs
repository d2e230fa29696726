//! `/v1/chat/completions`.

mod wire;

use serde_json::Value;
use shared::entity::generation::Kind;
use shared::providers::ChatRequest;
use shared::quotas::Payer;
use shared::{Context, Error, Result};

use self::wire::Writer;
use super::call::Call;
use super::reply::Reply;
use super::schema::{Answer, ChatCompletion};
use super::{now_s, sse};
use crate::limits::Counted;

/// Answers one request, as a whole or as a stream.
pub(super) async fn create(
    ctx: &Context,
    payer: Payer,
    body: &[u8],
) -> crate::error::Result<Counted<Answer<ChatCompletion>>> {
    let Asked { request, stream, include_usage } = read(body)?;
    let model = request.model.clone();
    let reply = if stream { Reply::streamed() } else { Reply::whole() };
    let request = serde_json::to_value(request).map_err(Error::from)?;
    let call = Call::start(ctx, payer, Kind::Completion, &model, request, reply).await?;
    let writer = Writer::new(call.id(), now_s(ctx), &model, include_usage);
    let left = call.left();
    if stream {
        let answer = sse::stream(ctx, call, writer).await?.into();
        return Ok(Counted { answer, left });
    }
    let (reply, end) = call.finish().await?;
    Ok(Counted { answer: Answer::json(&writer.whole(&reply, &end))?, left })
}

/// What a body asks for. The rest of it is the request as the run keeps it.
#[derive(Debug)]
struct Asked {
    request: ChatRequest,
    stream: bool,
    include_usage: bool,
}

fn read(body: &[u8]) -> Result<Asked> {
    let mut request: ChatRequest = super::read_json(body)?;
    if request.model.is_empty() {
        return Err(Error::field("model", "must name a model"));
    }
    if request.messages.is_empty() {
        return Err(Error::field("messages", "must hold at least one message"));
    }
    let mut take = |name: &str| request.extra.remove(name).filter(|value| !value.is_null());
    let stream = match take("stream") {
        None => false,
        Some(Value::Bool(stream)) => stream,
        Some(_) => return Err(Error::field("stream", "must be true or false")),
    };
    let options = take("stream_options");
    if options.is_some() && !stream {
        return Err(Error::field("stream_options", "is only allowed with \"stream\": true"));
    }
    if take("n").is_some_and(|n| n != 1) {
        return Err(Error::field("n", "must be 1: ask again for another answer"));
    }
    for (old, new) in [("functions", "tools"), ("function_call", "tool_choice")] {
        if take(old).is_some() {
            return Err(Error::field(old, format!("is out of date: use \"{new}\"")));
        }
    }
    let include_usage = options.is_some_and(|options| options["include_usage"] == true);
    Ok(Asked { request, stream, include_usage })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_taken_out_and_the_rest_is_passed_on() {
        let asked = read(
            br#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"n":1,
                "stream_options":{"include_usage":true},"min_p":0.1,"user":"u"}"#,
        )
        .unwrap();
        assert!(asked.stream && asked.include_usage);
        assert_eq!(serde_json::json!(asked.request.extra), serde_json::json!({"min_p": 0.1, "user": "u"}));
    }

    #[test]
    fn what_cannot_be_kept_is_refused_by_its_name() {
        let cases = [
            (r#"{"model":"m","messages":[]}"#, "messages"),
            (r#"{"model":"","messages":[{"role":"user","content":"hi"}]}"#, "model"),
            (r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"n":2}"#, "n"),
            (r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":"yes"}"#, "stream"),
            (r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"functions":[]}"#, "functions"),
            (
                r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream_options":{}}"#,
                "stream_options",
            ),
        ];
        for (body, field) in cases {
            assert_eq!(read(body.as_bytes()).unwrap_err().fields[0].field, field, "{body}");
        }
        for body in ["", "[]", "{}", r#"{"model":"m"}"#, r#"{"model":"m","messages":[{"role":"owl"}]}"#] {
            assert_eq!(read(body.as_bytes()).unwrap_err().code, "invalid_request", "{body}");
        }
    }
}
