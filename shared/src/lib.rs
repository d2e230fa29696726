//! What the API nodes and the workers must agree on, by noun.
//!
//! Nothing here names a role: `api` and `workers` depend on this crate and never on each other.

pub mod api_keys;
pub mod bell;
pub mod blobs;
pub mod chats;
pub mod chunks;
pub mod citations;
pub mod clock;
pub mod collections;
pub mod config;
pub mod connections;
pub mod context;
pub mod credentials;
pub mod db;
pub mod dead_letters;
pub mod entity;
pub mod error;
pub mod events;
pub mod exports;
pub mod files;
pub mod folders;
pub mod generations;
pub mod groups;
pub mod health;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod limits;
pub mod model_cards;
pub mod model_terms;
pub mod models;
pub mod page;
pub mod passwords;
pub mod processes;
pub mod prompts;
pub mod providers;
pub mod queue;
pub mod quotas;
pub mod redis;
pub mod seal;
pub mod search;
pub mod secret;
pub mod sessions;
pub mod settings;
pub mod shares;
pub mod shutdown;
pub mod slots;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod usage;
pub mod users;
pub mod vectors;
pub mod web;

pub use clock::Clock;
pub use config::Config;
pub use context::Context;
pub use error::{Error, Kind, Result};
pub use shutdown::Shutdown;
