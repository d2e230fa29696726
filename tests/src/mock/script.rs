use std::time::Duration;

/// What one answer looks like. Asked for by the model's name (`mock?tokens=200&rate=50`) or inside the last user
/// message (`[[tokens=200 rate=50]]`, which goes over the name's). A message of several paragraphs asks for nothing:
/// it quotes a conversation, to have it named or summed up.
///
/// | key | meaning |
/// |---|---|
/// | `tokens` | how many numbered tokens (default 20) |
/// | `rate` | tokens per second; 0 sends all at once (default 0) |
/// | `ttft_ms` | wait before the first token |
/// | `reasoning` | so many reasoning tokens ("r0 r1 ...") before the text |
/// | `tools` | so many tool calls after the text |
/// | `stall_after`, `stall_ms` | after so many tokens, send nothing for so long |
/// | `cut_after` | after so many tokens, drop the connection in the middle of the answer |
/// | `garbage_after` | after so many tokens, send one event that is not JSON |
/// | `status`, `retry_after` | answer with this HTTP status (and `Retry-After` in seconds) instead |
/// | `fail_first` | only the first so many requests fail with `status` (default 500), later ones are fine |
/// | `finish` | the finish reason to report |
/// | `usage` | 0: never report usage |
/// | `pad` | so many dots after each number, for big answers |
/// | `shift` | the nth request (from 0) with the same directives begins to count at n times this: no two answers are alike |
/// | `dimensions` | the length of an embedding, unless the request says otherwise (default 64) |
/// | `tag` | a number by which the statistics name an answer that was closed early |
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub tokens: u32,
    pub rate: f64,
    pub ttft_ms: u64,
    pub reasoning: u32,
    pub tools: u32,
    pub stall_after: Option<u32>,
    pub stall_ms: u64,
    pub cut_after: Option<u32>,
    pub garbage_after: Option<u32>,
    pub status: Option<u16>,
    pub retry_after: Option<u64>,
    pub fail_first: Option<u32>,
    pub finish: Option<String>,
    pub usage: bool,
    pub pad: u32,
    pub shift: u32,
    pub dimensions: usize,
    pub tag: Option<u32>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            tokens: 20,
            rate: 0.0,
            ttft_ms: 0,
            reasoning: 0,
            tools: 0,
            stall_after: None,
            stall_ms: 0,
            cut_after: None,
            garbage_after: None,
            status: None,
            retry_after: None,
            fail_first: None,
            finish: None,
            usage: true,
            pad: 0,
            shift: 0,
            dimensions: 64,
            tag: None,
        }
    }
}

/// The models that the lists name; any other name that [`Script::for_model`] understands is accepted too.
pub(crate) const LISTED: [&str; 7] =
    ["mock", "mock-slow", "mock-reasoning", "mock-tools", "mock-fails", "mock-embed", "mock-rerank"];

impl Script {
    /// The script behind a model's name, or None when there is no such model.
    pub fn for_model(model: &str) -> Option<Self> {
        let (base, query) = model.split_once('?').unwrap_or((model, ""));
        let mut script = Self::default();
        match base.strip_suffix(":latest").unwrap_or(base) {
            "mock" | "mock-embed" | "mock-rerank" => {}
            "mock-slow" => (script.tokens, script.rate) = (200, 50.0),
            "mock-reasoning" => script.reasoning = 20,
            "mock-tools" => (script.tokens, script.tools) = (0, 1),
            "mock-fails" => script.status = Some(500),
            _ => return None,
        }
        script.apply(query.split('&'))?;
        Some(script)
    }

    /// Goes over the script with the directives between `[[` and `]]` in a message. A text without well-formed
    /// directives changes nothing.
    pub fn with_directives(self, text: &str) -> Self {
        let Some(directives) = Self::directives(text) else { return self };
        let mut script = self.clone();
        match script.apply(directives.split_whitespace()) {
            Some(()) => script,
            None => self,
        }
    }

    /// The text between the first `[[` and the `]]` after it.
    pub(crate) fn directives(text: &str) -> Option<&str> {
        if text.contains("\n\n") {
            return None;
        }
        let rest = &text[text.find("[[")? + 2..];
        Some(&rest[..rest.find("]]")?])
    }

    fn apply<'a>(&mut self, pairs: impl Iterator<Item = &'a str>) -> Option<()> {
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=')?;
            match key {
                "tokens" => self.tokens = value.parse().ok()?,
                "rate" => self.rate = value.parse().ok().filter(|rate: &f64| *rate >= 0.0)?,
                "ttft_ms" => self.ttft_ms = value.parse().ok()?,
                "reasoning" => self.reasoning = value.parse().ok()?,
                "tools" => self.tools = value.parse().ok()?,
                "stall_after" => self.stall_after = Some(value.parse().ok()?),
                "stall_ms" => self.stall_ms = value.parse().ok()?,
                "cut_after" => self.cut_after = Some(value.parse().ok()?),
                "garbage_after" => self.garbage_after = Some(value.parse().ok()?),
                "status" => self.status = Some(value.parse().ok().filter(|s| (400..600).contains(s))?),
                "retry_after" => self.retry_after = Some(value.parse().ok()?),
                "fail_first" => self.fail_first = Some(value.parse().ok()?),
                "finish" => self.finish = Some(value.to_owned()),
                "pad" => self.pad = value.parse().ok()?,
                "shift" => self.shift = value.parse().ok()?,
                "dimensions" => self.dimensions = value.parse().ok().filter(|n| (1..=4096).contains(n))?,
                "tag" => self.tag = Some(value.parse().ok()?),
                "usage" => self.usage = value != "0",
                _ => return None,
            }
        }
        Some(())
    }

    /// The status to refuse with, when this is the `nth` request (from 0) for the same script.
    pub(crate) fn refusal(&self, nth: u32) -> Option<u16> {
        match self.fail_first {
            Some(first) if nth >= first => None,
            Some(_) => Some(self.status.unwrap_or(500)),
            None => self.status,
        }
    }

    /// When the piece with this index is due, counted from the request.
    pub(crate) fn due(&self, index: u32) -> Duration {
        let mut due = Duration::from_millis(self.ttft_ms);
        if self.rate > 0.0 {
            due += Duration::from_secs_f64(f64::from(index) / self.rate);
        }
        if self.stall_after.is_some_and(|after| index >= after) {
            due += Duration::from_millis(self.stall_ms);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_name_carries_the_script() {
        let script = Script::for_model("mock?tokens=200&rate=50&stall_after=10&stall_ms=500").unwrap();
        assert_eq!((script.tokens, script.rate), (200, 50.0));
        assert_eq!(script.due(9), Duration::from_millis(180));
        assert_eq!(script.due(10), Duration::from_millis(700));
        assert_eq!(Script::for_model("mock:latest"), Some(Script::default()));
    }

    #[test]
    fn a_name_that_does_not_parse_is_no_model() {
        for name in ["gpt-4", "mock?tokens", "mock?tokens=-1", "mock?colour=red", "mock?status=200"] {
            assert_eq!(Script::for_model(name), None, "{name}");
        }
    }

    #[test]
    fn directives_in_a_message_go_over_the_name() {
        let script =
            Script::for_model("mock-slow").unwrap().with_directives("Hello [[tokens=3 tools=2]] you");
        assert_eq!((script.tokens, script.rate, script.tools), (3, 50.0, 2));
        for text in ["[[", "]] [[", "[[link]]", "[[tokens=x]]", "user: go [[tokens=3]]\n\nassistant: t0"] {
            assert_eq!(Script::default().with_directives(text), Script::default(), "{text}");
        }
    }

    #[test]
    fn only_the_first_requests_fail_when_asked_so() {
        let flaky = Script::for_model("mock?status=429&fail_first=2").unwrap();
        assert_eq!([0, 1, 2, 3].map(|nth| flaky.refusal(nth)), [Some(429), Some(429), None, None]);
        assert_eq!(Script::for_model("mock?status=503").unwrap().refusal(99), Some(503));
    }
}
