//! A model server whose answers are scripted, so that a test can say exactly which tokens must arrive.
//!
//! It speaks the protocols of OpenAI (`/v1/...`) and Ollama (`/api/...`). The tokens are numbered ("t0 t1 t2 ..."):
//! a lost, doubled or reordered one is seen at a glance. See [`Script`] for what a model name or a message can ask for.

mod body;
mod embeddings;
mod ollama;
mod openai;
mod reply;
mod rerank;
mod script;
mod server;
mod stats;

pub use embeddings::embed;
pub use rerank::relevance;
pub use script::Script;
pub use server::{Mock, MockBuilder};
pub use stats::{ClosedEarly, ModelStats, Recorded, Stats, unix_ms};
