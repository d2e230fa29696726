//! What every provider promises, tried with each of them, and each fault that a server can have.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::scripted::{Reply, Server};
use super::{
    ChatMessage, ChatRequest, ConnectionSettings, Delta, EmbedOptions, FinishReason, Loopback, Patience,
    ProviderKind, Registry, Role, SharedProvider, Usage,
};
use crate::error::{Error, Kind};

const BOTH: [ProviderKind; 2] = [ProviderKind::OpenAi, ProviderKind::Ollama];

fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(1),
        first_token: Duration::from_millis(400),
        idle: Duration::from_millis(400),
        total: Duration::from_secs(5),
        retries: 2,
    }
}

fn provider(kind: ProviderKind, address: &str) -> SharedProvider {
    let registry = Registry::with(patience(), Loopback::new(0.0));
    let settings = ConnectionSettings {
        base_url: address.to_owned(),
        api_key: Some("sk-test".into()),
        headers: [("x-team".to_owned(), "geese".into())].into(),
    };
    registry.build(kind, &settings).unwrap()
}

fn ask() -> ChatRequest {
    ChatRequest {
        model: "m".into(),
        messages: vec![ChatMessage::text(Role::User, "Hello")],
        ..ChatRequest::default()
    }
}

/// The frames in which each protocol says the same things.
fn stream(kind: ProviderKind) -> Reply {
    Reply::new(200, if kind == ProviderKind::OpenAi { "text/event-stream" } else { "application/x-ndjson" })
}

fn frame(kind: ProviderKind, openai: &Value, ollama: &Value) -> String {
    match kind {
        ProviderKind::OpenAi => format!("data: {openai}\n\n"),
        _ => format!("{ollama}\n"),
    }
}

fn text(kind: ProviderKind, text: &str) -> String {
    frame(
        kind,
        &json!({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
            {"index": 0, "delta": {"content": text}, "logprobs": null, "finish_reason": null}]}),
        &json!({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": text}, "done": false}),
    )
}

fn thought(kind: ProviderKind, text: &str) -> String {
    frame(
        kind,
        &json!({"choices": [{"index": 0, "delta": {"reasoning_content": text}}]}),
        &json!({"message": {"role": "assistant", "content": "", "thinking": text}, "done": false}),
    )
}

fn end(kind: ProviderKind, reason: &str) -> String {
    match kind {
        ProviderKind::OpenAi => format!(
            "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})
        ),
        _ => format!(
            "{}\n",
            json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": reason, "prompt_eval_count": 7, "eval_count": 3})
        ),
    }
}

fn good(kind: ProviderKind) -> Reply {
    stream(kind).send(text(kind, "Hel")).send(text(kind, "lo")).send(end(kind, "stop"))
}

/// The end of every good answer of these tests.
fn whole(mut deltas: Vec<Delta>) -> Vec<Delta> {
    deltas.push(Delta::Usage(Usage { prompt_tokens: 7, completion_tokens: 3, ..Usage::default() }));
    deltas.push(Delta::Finish(FinishReason::Stop));
    deltas
}

fn words(texts: &[&str]) -> Vec<Delta> {
    texts.iter().map(|text| Delta::Text((*text).to_owned())).collect()
}

async fn hear(provider: &SharedProvider, request: ChatRequest) -> Result<(Vec<Delta>, Option<Error>), Error> {
    let mut stream = provider.chat(request).await?;
    let mut deltas = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(delta) => deltas.push(delta),
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing comes after an error");
                return Ok((deltas, Some(error)));
            }
        }
    }
    Ok((deltas, None))
}

async fn refused(provider: &SharedProvider) -> Error {
    hear(provider, ask()).await.expect_err("no answer was begun")
}

#[tokio::test]
async fn an_answer_comes_in_order_and_ends_with_its_finish() {
    for kind in BOTH {
        let reply = stream(kind)
            .send(thought(kind, "Hm. "))
            .send(text(kind, "Hel"))
            .send(text(kind, "lo"))
            .send(end(kind, "stop"));
        let server = Server::start(vec![reply]).await;
        let (deltas, error) = hear(&provider(kind, &server.address), ask()).await.unwrap();
        let mut expected = vec![Delta::Reasoning("Hm. ".into())];
        expected.extend(words(&["Hel", "lo"]));
        assert_eq!((deltas, error.is_none()), (whole(expected), true), "{kind:?}");
    }
    let loopback = Registry::with(patience(), Loopback::new(0.0)).loopback();
    let (deltas, error) = hear(&loopback, ChatRequest { model: "loopback".into(), ..ask() }).await.unwrap();
    assert!(error.is_none());
    assert!(matches!(&deltas[deltas.len() - 2..], [Delta::Usage(_), Delta::Finish(FinishReason::Stop)]));
}

#[tokio::test]
async fn the_request_carries_key_headers_and_what_we_do_not_know() {
    for kind in BOTH {
        let server = Server::start(vec![good(kind)]).await;
        let mut request = ask();
        request.temperature = Some(0.3);
        request.extra.insert("min_p".into(), json!(0.05));
        hear(&provider(kind, &server.address), request).await.unwrap();
        let seen = &server.seen()[0];
        assert!(seen.head.contains("authorization: bearer sk-test\r\n"), "{}", seen.head);
        assert!(seen.head.contains("x-team: geese\r\n"));
        let (path, parameters) = match kind {
            ProviderKind::OpenAi => ("/v1/chat/completions", &seen.body),
            _ => ("/api/chat", &seen.body["options"]),
        };
        assert_eq!(seen.path, path);
        assert_eq!((&parameters["temperature"], &parameters["min_p"]), (&json!(0.3), &json!(0.05)));
        assert_eq!((&seen.body["model"], &seen.body["stream"]), (&json!("m"), &json!(true)));
    }
}

#[tokio::test]
async fn a_letter_split_between_chunks_stays_a_letter() {
    for kind in BOTH {
        let bytes = text(kind, "Grüße 🪿!").into_bytes();
        let mut reply = stream(kind);
        for byte in bytes {
            reply = reply.send(vec![byte]);
        }
        let server = Server::start(vec![reply.send(end(kind, "stop"))]).await;
        let (deltas, _) = hear(&provider(kind, &server.address), ask()).await.unwrap();
        assert_eq!(deltas, whole(words(&["Grüße 🪿!"])), "{kind:?}");
    }
}

#[tokio::test]
async fn tool_calls_come_with_ids_and_whole_arguments() {
    for kind in BOTH {
        let reply = match kind {
            ProviderKind::OpenAi => {
                let call = |call: Value| {
                    format!("data: {}\n\n", json!({"choices": [{"delta": {"tool_calls": [call]}}]}))
                };
                stream(kind)
                    .send(call(json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}})))
                    .send(call(json!({"index": 0, "function": {"arguments": "{\"x\""}})))
                    .send(call(json!({"index": 0, "function": {"arguments": ":1}"}})))
                    .send(call(json!({"index": 1, "id": "b", "function": {"name": "g", "arguments": "{}"}})))
            }
            _ => {
                let call = |name: &str, arguments: Value| {
                    let calls = json!([{"function": {"name": name, "arguments": arguments}}]);
                    format!(
                        "{}\n",
                        json!({"message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": false})
                    )
                };
                stream(kind).send(call("f", json!({"x": 1}))).send(call("g", json!({})))
            }
        };
        let server = Server::start(vec![reply.send(end(kind, "stop"))]).await;
        let (deltas, _) = hear(&provider(kind, &server.address), ask()).await.unwrap();
        let mut calls = vec![(String::new(), String::new(), String::new()); 2];
        for delta in &deltas {
            if let Delta::ToolCall(call) = delta {
                let (id, name, arguments) = &mut calls[call.index as usize];
                id.push_str(call.id.as_deref().unwrap_or_default());
                name.push_str(call.name.as_deref().unwrap_or_default());
                arguments.push_str(&call.arguments);
            }
        }
        assert!(!calls[0].0.is_empty() && calls[0].0 != calls[1].0);
        assert_eq!((calls[0].1.as_str(), calls[0].2.as_str()), ("f", "{\"x\":1}"), "{kind:?}");
        assert_eq!((calls[1].1.as_str(), calls[1].2.as_str()), ("g", "{}"));
        assert_eq!(deltas.last(), Some(&Delta::Finish(FinishReason::ToolCalls)));
    }
}

#[tokio::test]
async fn faults_that_pass_are_waited_out_before_the_first_delta() {
    for kind in BOTH {
        let passing = [
            Reply::new(429, "application/json").header("retry-after", "0").send("{}"),
            Reply::new(503, "text/plain").send("busy"),
            stream(kind).cut(),
            frame_error(kind, &json!({"message": "overloaded", "type": "overloaded_error"})),
        ];
        for fault in passing {
            let server = Server::start(vec![fault, good(kind)]).await;
            let (deltas, error) = hear(&provider(kind, &server.address), ask()).await.unwrap();
            assert_eq!((deltas, error.is_none()), (whole(words(&["Hel", "lo"])), true), "{kind:?}");
            assert_eq!(server.seen().len(), 2);
        }
    }
}

fn frame_error(kind: ProviderKind, error: &Value) -> Reply {
    let error = json!({ "error": error });
    stream(kind).send(frame(kind, &error, &error))
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_caller() {
    for kind in BOTH {
        let reply = Reply::new(429, "application/json").header("retry-after", "600").send("{}");
        let server = Server::start(vec![reply]).await;
        let error = refused(&provider(kind, &server.address)).await;
        assert_eq!((error.code, error.kind), ("provider_rate_limited", Kind::RateLimited));
        assert_eq!(error.retry_after, Some(Duration::from_secs(600)));
    }
}

#[tokio::test]
async fn tries_are_bounded() {
    for kind in BOTH {
        let bad = || Reply::new(500, "application/json").send(r#"{"error":{"message":"boom"}}"#);
        let server = Server::start(vec![bad(), bad(), bad()]).await;
        let error = refused(&provider(kind, &server.address)).await;
        assert_eq!((error.code, error.kind), ("provider_error", Kind::Upstream));
        assert!(error.message.contains("boom"));
        assert_eq!(server.seen().len(), 3);
    }
}

#[tokio::test]
async fn what_stays_wrong_is_tried_once() {
    let cases = [
        (400, r#"{"error":{"message":"no such parameter"}}"#, "provider_refused"),
        (400, r#"{"error":{"message":"m","code":"context_length_exceeded"}}"#, "context_length_exceeded"),
        (401, r#"{"error":{"message":"bad key sk-test"}}"#, "provider_auth"),
        (404, r#"{"error":"model \"m\" not found"}"#, "model_not_found"),
    ];
    for kind in BOTH {
        for (status, body, code) in cases {
            let server = Server::start(vec![Reply::new(status, "application/json").send(body)]).await;
            let error = refused(&provider(kind, &server.address)).await;
            assert_eq!((error.code, server.seen().len()), (code, 1), "{kind:?} {status}");
            assert!(!error.message.contains("sk-test"));
        }
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_said_as_such() {
    for kind in BOTH {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let error = refused(&provider(kind, &format!("http://127.0.0.1:{port}"))).await;
        assert_eq!((error.code, error.kind), ("provider_unreachable", Kind::Upstream), "{error:?}");
        assert!(!format!("{error:?}").contains(&port.to_string()), "the address is not in the log");
    }
}

#[tokio::test]
async fn silence_before_the_first_delta_is_a_timeout_and_the_connection_is_closed() {
    for kind in BOTH {
        let mut server = Server::start(vec![stream(kind).send("\n").stall()]).await;
        assert_eq!(refused(&provider(kind, &server.address)).await.code, "provider_timeout");
        server.left().await;
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_goes_wrong_in_mid_stream_is_a_typed_error_after_the_text() {
    for kind in BOTH {
        let begun = || stream(kind).send(text(kind, "Hel"));
        let error = json!({"message": "the runner has died", "code": 500});
        let error = json!({ "error": error });
        let error = frame(kind, &error, &error);
        let garbage = if kind == ProviderKind::OpenAi { "data: {oops\n\n" } else { "{oops\n" };
        let endless = if kind == ProviderKind::OpenAi { "data: " } else { " " };
        let cases = [
            (begun().stall(), "provider_timeout"),
            (begun().cut(), "provider_stream_cut"),
            // The body ends in order, but the answer does not.
            (begun(), "provider_stream_cut"),
            (begun().send(garbage), "provider_bad_response"),
            (begun().send(error), "provider_error"),
            (begun().send(endless).send(vec![b'x'; 5 << 20]).stall(), "provider_bad_response"),
        ];
        for (reply, code) in cases {
            let server = Server::start(vec![reply]).await;
            let (deltas, error) = hear(&provider(kind, &server.address), ask()).await.unwrap();
            assert_eq!((deltas, error.map(|e| e.code)), (words(&["Hel"]), Some(code)), "{kind:?}");
            assert_eq!(server.seen().len(), 1, "nothing is tried again once text was shown");
        }
    }
}

#[tokio::test]
async fn dropping_the_answer_closes_the_connection() {
    for kind in BOTH {
        let mut server = Server::start(vec![stream(kind).send(text(kind, "Hel")).stall()]).await;
        let provider = provider(kind, &server.address);
        let mut stream = provider.chat(ask()).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap(), Delta::Text("Hel".into()));
        drop(stream);
        server.left().await;
    }
}

#[tokio::test]
async fn one_connection_serves_one_answer_after_the_other() {
    for kind in BOTH {
        let server = Server::start(vec![good(kind), good(kind), good(kind)]).await;
        let provider = provider(kind, &server.address);
        for _ in 0..3 {
            hear(&provider, ask()).await.unwrap();
        }
        assert_eq!(server.connections(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn the_models_are_those_that_the_server_lists() {
    for kind in BOTH {
        let list = match kind {
            ProviderKind::OpenAi => json!({"object": "list", "data": [
                {"id": "a", "object": "model", "created": 5, "owned_by": "x", "max_model_len": 4096}, {"id": "b"}]}),
            _ => json!({"models": [
                {"name": "a", "model": "a", "modified_at": "2026-01-01T00:00:00Z", "size": 5, "digest": "d", "details": {}},
                {"name": "b", "modified_at": "2026-01-01T00:00:00Z", "size": 5}]}),
        };
        let busy = Reply::new(503, "text/plain").send("busy");
        let server =
            Server::start(vec![busy, Reply::new(200, "application/json").send(list.to_string())]).await;
        let models = provider(kind, &server.address).models().await.unwrap();
        assert_eq!(models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["a", "b"], "{kind:?}");
        if kind == ProviderKind::OpenAi {
            assert_eq!((models[0].context_length, models[0].created), (Some(4096), Some(5)));
        }
        let seen = &server.seen()[1];
        assert_eq!(seen.path, if kind == ProviderKind::OpenAi { "/v1/models" } else { "/api/tags" });
        assert!(
            seen.head.contains("authorization: bearer sk-test\r\n")
                && seen.head.contains("x-team: geese\r\n")
        );
    }
}

#[tokio::test]
async fn an_address_where_something_else_answers_is_named_as_such() {
    for kind in BOTH {
        for reply in [
            Reply::new(200, "text/html").send("<html>welcome</html>"),
            Reply::new(404, "text/html").send("<html>not here</html>"),
        ] {
            let server = Server::start(vec![reply]).await;
            let error = provider(kind, &server.address).models().await.err().unwrap();
            assert_eq!(error.code, "provider_bad_response", "{kind:?}");
        }
        let server = Server::start(vec![Reply::new(200, "text/html").send("<html>welcome</html>")]).await;
        assert_eq!(refused(&provider(kind, &server.address)).await.code, "provider_bad_response");
    }
}

#[tokio::test]
async fn vectors_come_in_the_order_of_their_texts() {
    for kind in BOTH {
        let answer = match kind {
            ProviderKind::OpenAi => json!({"object": "list", "data": [
                {"object": "embedding", "index": 1, "embedding": [0.5, 1]},
                {"object": "embedding", "index": 0, "embedding": [-0.25, 0]}],
                "model": "m", "usage": {"prompt_tokens": 4, "total_tokens": 4}}),
            _ => json!({"model": "m", "embeddings": [[-0.25, 0], [0.5, 1]], "prompt_eval_count": 4}),
        };
        let reply = || Reply::new(200, "application/json").send(answer.to_string());
        let server = Server::start(vec![reply(), reply()]).await;
        let provider = provider(kind, &server.address);
        let options = EmbedOptions { dimensions: Some(2), ..EmbedOptions::default() };
        let made = provider.embed("m", vec!["one".into(), "two".into()], options).await.unwrap();
        assert_eq!(made.vectors, [[-0.25, 0.0], [0.5, 1.0]], "{kind:?}");
        assert_eq!(made.usage.prompt_tokens, 4);
        let body = &server.seen()[0].body;
        assert_eq!((&body["input"], &body["dimensions"]), (&json!(["one", "two"]), &json!(2)));
        let error = provider.embed("m", vec!["one".into()], EmbedOptions::default()).await.err().unwrap();
        assert_eq!(error.code, "provider_bad_response", "one text cannot have two vectors");
    }
}

#[tokio::test]
async fn a_call_that_is_not_a_stream_has_an_end() {
    for kind in BOTH {
        let mut server = Server::start(vec![Reply::new(200, "application/json").send("{").stall()]).await;
        let registry =
            Registry::with(Patience { total: Duration::from_millis(200), ..patience() }, Loopback::default());
        let settings =
            ConnectionSettings { base_url: server.address.clone(), ..ConnectionSettings::default() };
        let error = registry.build(kind, &settings).unwrap().models().await.err().unwrap();
        assert_eq!(error.code, "provider_timeout", "{kind:?}");
        server.left().await;
    }
}

#[tokio::test]
async fn servers_that_bend_openais_protocol_are_understood() {
    let kind = ProviderKind::OpenAi;
    let finish = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":7.0,"completion_tokens":3}}"#;
    let one = text(kind, "Hel").trim_end().to_owned();
    let two = text(kind, "lo").trim_end().to_owned();
    let cases = [
        (
            "CRLF, comments, event names",
            format!(
                ": hello\r\n\r\nevent: message\r\n{one}\r\n\r\n: still here\r\n\r\n{two}\r\n\r\ndata:{finish}\r\n\r\ndata:{usage}\r\n\r\ndata: [DONE]\r\n\r\n"
            ),
        ),
        ("no [DONE]", format!("{one}\n\n{two}\n\ndata: {finish}\n\ndata: {usage}\n\n")),
        ("no line end at the end", format!("{one}\n\n{two}\n\ndata: {finish}\n\ndata: {usage}")),
        ("single line breaks", format!("{one}\n{two}\ndata: {finish}\ndata: {usage}\n\ndata: [DONE]\n\n")),
        ("no finish reason", format!("{one}\n\n{two}\n\ndata: {usage}\n\ndata: [DONE]\n\n")),
        (
            "usage and null fields everywhere",
            format!(
                "{}\n\n{two}\n\ndata: {finish}\n\ndata: {usage}\n\ndata: [DONE]\n\n",
                r#"data: {"choices":[{"delta":{"role":"assistant","content":"Hel","tool_calls":null,"reasoning_content":null,"refusal":null},"finish_reason":""}],"usage":null,"error":null}"#
            ),
        ),
        (
            "content in parts",
            format!(
                "{}\n\n{two}\n\ndata: {finish}\n\ndata: {usage}\n\ndata: [DONE]\n\n",
                r#"data: {"choices":[{"delta":{"content":[{"type":"text","text":"Hel"}]}}]}"#
            ),
        ),
    ];
    for (name, body) in cases {
        let server = Server::start(vec![stream(kind).send(body)]).await;
        let (deltas, error) = hear(&provider(kind, &server.address), ask()).await.unwrap();
        assert!(error.is_none(), "{name}: {error:?}");
        assert_eq!(deltas, whole(words(&["Hel", "lo"])), "{name}");
    }
    let whole_answer = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3}});
    let reply =
        Reply::new(200, "application/json").send(serde_json::to_string_pretty(&whole_answer).unwrap());
    let server = Server::start(vec![reply]).await;
    let (deltas, _) = hear(&provider(kind, &server.address), ask()).await.unwrap();
    assert_eq!(deltas, whole(words(&["Hello"])));
}

#[tokio::test]
async fn a_server_that_goes_quiet_after_the_finish_has_still_answered() {
    let kind = ProviderKind::OpenAi;
    let finish = json!({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "length"}]});
    let server = Server::start(vec![stream(kind).send(format!("data: {finish}\n\n")).stall()]).await;
    let (deltas, error) = hear(&provider(kind, &server.address), ask()).await.unwrap();
    assert!(error.is_none());
    assert_eq!(deltas, [Delta::Text("Hi".into()), Delta::Finish(FinishReason::Length)]);
}

#[tokio::test]
async fn a_server_that_knows_no_stream_options_is_asked_without_from_then_on() {
    let kind = ProviderKind::OpenAi;
    let refusal =
        Reply::new(400, "application/json").send(r#"{"error":{"message":"unknown field stream_options"}}"#);
    let server = Server::start(vec![refusal, good(kind), good(kind)]).await;
    let provider = provider(kind, &server.address);
    hear(&provider, ask()).await.unwrap();
    hear(&provider, ask()).await.unwrap();
    let asked: Vec<bool> =
        server.seen().iter().map(|seen| seen.body.get("stream_options").is_some()).collect();
    assert_eq!(asked, [true, false, false]);
}

#[tokio::test]
async fn a_model_that_cannot_think_answers_without() {
    let kind = ProviderKind::Ollama;
    let refusal = Reply::new(400, "application/json").send(r#"{"error":"\"m\" does not support thinking"}"#);
    let server = Server::start(vec![refusal, good(kind)]).await;
    let request = ChatRequest { reasoning_effort: Some("high".into()), ..ask() };
    hear(&provider(kind, &server.address), request).await.unwrap();
    let thinks: Vec<Value> = server.seen().iter().map(|seen| seen.body["think"].clone()).collect();
    assert_eq!(thinks, [json!("high"), Value::Null]);
}
