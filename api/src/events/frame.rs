//! The two wire forms of an event.

use bytes::{BufMut as _, Bytes, BytesMut};

use super::Told;

/// One block of `text/event-stream` (HTML Living Standard, 9.2). The data has no line breaks: it is compact JSON.
pub(crate) fn sse(told: &Told) -> Bytes {
    let mut out = BytesMut::with_capacity(told.data.len() + told.name.len() + 40);
    if let Some(id) = told.id {
        out.put_slice(b"id: ");
        out.put_slice(id.to_string().as_bytes());
        out.put_slice(b"\n");
    }
    out.put_slice(b"event: ");
    out.put_slice(told.name.as_bytes());
    out.put_slice(b"\ndata: ");
    out.put_slice(&told.data);
    out.put_slice(b"\n\n");
    out.freeze()
}

/// One text frame. The data is JSON already and goes in as it is.
pub(crate) fn ws(topic: &str, told: &Told) -> String {
    let id = told.id.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
    format!(
        r#"{{"type":"event","topic":"{topic}","id":{id},"event":"{}","data":{}}}"#,
        told.name,
        String::from_utf8_lossy(&told.data)
    )
}

#[cfg(test)]
mod tests {
    use shared::events::EventId;

    use super::*;

    fn told(id: Option<EventId>) -> Told {
        Told { id, name: "delta".into(), data: Bytes::from_static(br#"{"text":"a\nb"}"#) }
    }

    #[test]
    fn an_event_is_one_block() {
        let bytes = sse(&told(Some(EventId { attempt: 1, seq: 3 })));
        assert_eq!(bytes, "id: 1-3\nevent: delta\ndata: {\"text\":\"a\\nb\"}\n\n");
        assert_eq!(sse(&told(None)), "event: delta\ndata: {\"text\":\"a\\nb\"}\n\n");
    }

    #[test]
    fn a_frame_is_json() {
        let frame: serde_json::Value = serde_json::from_str(&ws("user", &told(None))).unwrap();
        assert_eq!(frame["data"]["text"], "a\nb");
        assert!(frame["id"].is_null());
    }
}
