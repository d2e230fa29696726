use serde_json::{Value, json};

use super::script::Script;
use crate::reply::padded;
use crate::schema::example;

/// A chat request, read leniently from either protocol.
pub(crate) struct Ask {
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) script: Script,
    /// Names the script for counting: the model and the directives of the message.
    pub(crate) key: String,
    pub(crate) reply: Reply,
}

/// What the answer consists of. Piece `i` is made when it is due, so that an answer of any length costs no memory.
pub(crate) struct Reply {
    prefix: String,
    reasoning: u32,
    text: Text,
    tools: Vec<Tool>,
    pub(crate) finish: String,
    pub(crate) prompt_tokens: u32,
}

enum Text {
    /// Each number is followed by so many dots.
    Numbered {
        first: u32,
        count: u32,
        pad: u32,
    },
    Words(Vec<String>),
}

struct Tool {
    name: String,
    arguments: Value,
}

/// The smallest thing that is sent on its own.
pub(crate) enum Piece<'a> {
    Reasoning(u32),
    Prefix(&'a str),
    Token {
        number: u32,
        pad: u32,
    },
    Word(&'a str),
    ToolName {
        index: u32,
        name: &'a str,
    },
    ToolArguments {
        index: u32,
        part: String,
    },
    /// The whole call once more, for a protocol that does not send calls in parts.
    ToolWhole {
        name: &'a str,
        arguments: &'a Value,
    },
}

/// Pieces of one tool call: its name, two halves of its arguments, and the whole.
const TOOL_PIECES: u32 = 4;

impl Ask {
    /// Reads a chat request; the error is what to tell the client, None where the model is unknown.
    pub(crate) fn read(body: &Value, stream_by_default: bool) -> Result<Self, Option<String>> {
        let model = body["model"].as_str().ok_or_else(|| Some("model is missing".to_owned()))?;
        let messages = body["messages"].as_array().ok_or_else(|| Some("messages is missing".to_owned()))?;
        let last_user = messages.iter().rev().find(|message| message["role"] == "user");
        let text = last_user.map(|message| text_of(&message["content"])).unwrap_or_default();
        let script = Script::for_model(model).ok_or(None)?.with_directives(&text);
        let key = format!("{model} {}", Script::directives(&text).unwrap_or_default());
        let reply = Reply::new(body, messages, &script);
        Ok(Self {
            model: model.to_owned(),
            stream: body["stream"].as_bool().unwrap_or(stream_by_default),
            include_usage: script.usage && body["stream_options"]["include_usage"] == true,
            script,
            key,
            reply,
        })
    }
}

impl Reply {
    fn new(body: &Value, messages: &[Value], script: &Script) -> Self {
        let last = messages.last().unwrap_or(&Value::Null);
        let images: usize = messages.iter().map(images_in).sum();
        let schema = match &body["format"] {
            Value::Null => &body["response_format"]["json_schema"]["schema"],
            format => format,
        };
        let limit = [&body["max_tokens"], &body["max_completion_tokens"], &body["options"]["num_predict"]]
            .into_iter()
            .find_map(Value::as_u64)
            .and_then(|limit| u32::try_from(limit).ok());
        let mut finish = "stop";
        let text = if schema.is_object() {
            Text::Words(words(&example(schema, &Value::Null).to_string()))
        } else if body["response_format"]["type"] == "json_object" || *schema == "json" {
            Text::Words(words(r#"{"ok": true}"#))
        } else {
            let first = going_on(messages).map_or(0, |text| next_token(&text));
            let count = limit.map_or(script.tokens, |limit| script.tokens.min(limit));
            if count < script.tokens {
                finish = "length";
            }
            Text::Numbered { first, count, pad: script.pad }
        };
        // After a tool's result the model answers in words, or the conversation would never end.
        let tools = if last["role"] == "tool" { Vec::new() } else { tools(&body["tools"], script.tools) };
        if !tools.is_empty() {
            finish = "tool_calls";
        }
        Self {
            prefix: if images > 0 { format!("images={images} ") } else { String::new() },
            reasoning: script.reasoning,
            text,
            tools,
            finish: script.finish.clone().unwrap_or_else(|| finish.to_owned()),
            prompt_tokens: messages
                .iter()
                .map(|message| {
                    u32::try_from(text_of(&message["content"]).split_whitespace().count()).unwrap_or(0)
                })
                .sum(),
        }
    }

    /// Counts from here on instead of from where it would.
    pub(crate) fn begin_at(&mut self, number: u32) {
        if let Text::Numbered { first, .. } = &mut self.text {
            *first = number;
        }
    }

    fn prefix_pieces(&self) -> u32 {
        u32::from(!self.prefix.is_empty())
    }

    fn text_pieces(&self) -> u32 {
        match &self.text {
            Text::Numbered { count, .. } => *count,
            Text::Words(words) => u32::try_from(words.len()).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn completion_tokens(&self) -> u32 {
        self.reasoning + self.text_pieces()
    }

    pub(crate) fn pieces(&self) -> u32 {
        let tools = u32::try_from(self.tools.len()).unwrap_or(0);
        self.reasoning + self.prefix_pieces() + self.text_pieces() + tools * TOOL_PIECES
    }

    pub(crate) fn piece(&self, mut index: u32) -> Option<Piece<'_>> {
        if index < self.reasoning {
            return Some(Piece::Reasoning(index));
        }
        index -= self.reasoning;
        if index < self.prefix_pieces() {
            return Some(Piece::Prefix(&self.prefix));
        }
        index -= self.prefix_pieces();
        if index < self.text_pieces() {
            return Some(match &self.text {
                Text::Numbered { first, pad, .. } => Piece::Token { number: first + index, pad: *pad },
                Text::Words(words) => Piece::Word(&words[index as usize]),
            });
        }
        index -= self.text_pieces();
        let (index, part) = (index / TOOL_PIECES, index % TOOL_PIECES);
        let tool = self.tools.get(index as usize)?;
        let arguments = || {
            let text = tool.arguments.to_string();
            let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
            (text[..middle].to_owned(), text[middle..].to_owned())
        };
        Some(match part {
            0 => Piece::ToolName { index, name: &tool.name },
            1 => Piece::ToolArguments { index, part: arguments().0 },
            2 => Piece::ToolArguments { index, part: arguments().1 },
            _ => Piece::ToolWhole { name: &tool.name, arguments: &tool.arguments },
        })
    }

    /// The whole text, for an answer in one piece.
    pub(crate) fn whole_text(&self) -> String {
        let mut text = self.prefix.clone();
        match &self.text {
            Text::Numbered { first, count, pad } => text.push_str(&padded(*first, *count, *pad)),
            Text::Words(words) => text.push_str(&words.concat()),
        }
        text
    }

    pub(crate) fn whole_reasoning(&self) -> Option<String> {
        (self.reasoning > 0).then(|| (0..self.reasoning).map(|number| format!("r{number} ")).collect())
    }

    /// Name and arguments of each tool call.
    pub(crate) fn tool_calls(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.tools.iter().map(|tool| (tool.name.as_str(), &tool.arguments))
    }
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn images_in(message: &Value) -> usize {
    let parts = message["content"].as_array().map_or(0, |parts| {
        parts.iter().filter(|part| part["type"] == "image_url" || part["type"] == "input_image").count()
    });
    parts + message["images"].as_array().map_or(0, Vec::len)
}

/// The answer that is to be gone on with: the conversation ends with it, or with a wish to continue it.
fn going_on(messages: &[Value]) -> Option<String> {
    let (last, before) = messages.split_last()?;
    let answer = match last["role"].as_str()? {
        "assistant" => last,
        "user" if text_of(&last["content"]).starts_with("Continue") => before.last()?,
        _ => return None,
    };
    (answer["role"] == "assistant").then(|| text_of(&answer["content"]))
}

/// The number after the last token in a text.
fn next_token(text: &str) -> u32 {
    text.split_whitespace()
        .rev()
        .find_map(|word| word.strip_prefix('t')?.parse::<u32>().ok())
        .map_or(0, |last| last + 1)
}

fn tools(offered: &Value, count: u32) -> Vec<Tool> {
    let fallback = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let offered = offered.as_array().map(Vec::as_slice).unwrap_or_default();
    (0..count)
        .map(|index| {
            let function = offered.get(index as usize % offered.len().max(1)).map(|tool| &tool["function"]);
            let name = function.and_then(|function| function["name"].as_str()).unwrap_or("get_weather");
            let schema = function.map(|function| &function["parameters"]).filter(|schema| schema.is_object());
            Tool { name: name.to_owned(), arguments: example(schema.unwrap_or(&fallback), &Value::Null) }
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(8).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(body: &Value) -> Ask {
        Ask::read(body, false).unwrap_or_else(|error| panic!("{error:?}"))
    }

    #[test]
    fn the_numbers_go_on_when_an_answer_is_to_be_continued() {
        let messages = json!([{"role": "user", "content": "go [[tokens=2]]"}, {"role": "assistant", "content": "t0 t1 "}]);
        assert_eq!(ask(&json!({"model": "mock", "messages": messages})).reply.whole_text(), "t2 t3 ");
        let answer = json!({"role": "assistant", "content": "t0 t1 t2 "});
        let wish = json!({"role": "user", "content": "Continue your last message. [[tokens=1]]"});
        assert_eq!(ask(&json!({"model": "mock", "messages": [answer, wish]})).reply.whole_text(), "t3 ");
    }

    #[test]
    fn images_are_counted_in_both_protocols() {
        let parts =
            json!([{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:"}}]);
        let openai =
            ask(&json!({"model": "mock?tokens=1", "messages": [{"role": "user", "content": parts}]}));
        assert_eq!(openai.reply.whole_text(), "images=1 t0 ");
        let message = json!({"role": "user", "content": "see", "images": ["", ""]});
        assert_eq!(
            ask(&json!({"model": "mock?tokens=1", "messages": [message]})).reply.whole_text(),
            "images=2 t0 "
        );
    }

    #[test]
    fn a_limit_shortens_the_answer_and_says_so() {
        let message = json!({"role": "user", "content": "go"});
        let short = ask(&json!({"model": "mock", "messages": [message], "max_tokens": 3}));
        assert_eq!((short.reply.whole_text().as_str(), short.reply.finish.as_str()), ("t0 t1 t2 ", "length"));
    }

    #[test]
    fn structured_output_fits_its_schema() {
        let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer"},
            "kind": {"enum": ["a", "b"]}, "list": {"type": "array", "items": {"type": "boolean"}}}});
        let body = json!({"model": "mock", "messages": [], "response_format": {"type": "json_schema", "json_schema": {"schema": schema}}});
        assert_eq!(serde_json::from_str::<Value>(&ask(&body).reply.whole_text()).unwrap()["n"], 1);
    }

    #[test]
    fn a_tool_result_is_answered_in_words() {
        let user = json!({"role": "user", "content": "weather?"});
        let call = json!({"model": "mock?tools=1", "messages": [user]});
        assert_eq!(ask(&call).reply.finish, "tool_calls");
        let result = json!({"role": "tool", "content": "sunny"});
        let after = json!({"model": "mock?tools=1", "messages": [user, result]});
        assert_eq!(ask(&after).reply.finish, "stop");
    }
}
