use serde::Deserialize;
use serde_json::Value;

/// A message as the API tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub id: String,
    pub chat_id: String,
    pub parent_id: Option<String>,
    pub role: String,
    pub content: String,
    #[serde(default)]
    pub reasoning: Option<String>,
    #[serde(default)]
    pub tool_calls: Value,
    pub model: Option<String>,
    pub finish_reason: Option<String>,
    pub generation: Option<MessageGeneration>,
    #[serde(default)]
    pub siblings: Vec<String>,
}

/// What a message says of the run that made it.
#[derive(Clone, Debug, Deserialize)]
pub struct MessageGeneration {
    pub id: String,
    pub state: String,
    pub attempt: u64,
    pub error: Option<Failure>,
    pub usage: Option<Usage>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Generation {
    pub id: String,
    pub chat_id: Option<String>,
    pub message_id: Option<String>,
    pub state: String,
    pub attempt: u64,
    pub error: Option<Failure>,
    pub usage: Option<Usage>,
    pub finish_reason: Option<String>,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
}

impl Generation {
    pub fn has_ended(&self) -> bool {
        matches!(self.state.as_str(), "completed" | "failed" | "cancelled")
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Failure {
    pub code: String,
    pub message: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Chat {
    pub id: String,
    pub title: Option<String>,
    pub model: Option<String>,
    pub current_message_id: Option<String>,
}

/// The answer to a request for another answer, or for more of one: nothing was asked anew.
#[derive(Clone, Debug, Deserialize)]
pub struct Again {
    pub assistant_message: Message,
    pub generation: Generation,
    pub events_url: String,
}

/// The answer to an accepted message.
#[derive(Clone, Debug, Deserialize)]
pub struct Turn {
    pub user_message: Message,
    pub assistant_message: Message,
    pub generation: Generation,
    pub events_url: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SignedIn {
    pub token: String,
    pub user: User,
}

#[derive(Clone, Debug, Deserialize)]
pub struct User {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: String,
}
