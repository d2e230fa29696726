//! The configuration: defaults, then a file, then the environment; all problems reported at once.

mod layers;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::error::{Error, FieldError, Kind, Result};

/// Every key with its default and a line of explanation.
pub const DEFAULTS: &str = include_str!("config/default.toml");

/// All settings of a process. [`DEFAULTS`] explains each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub redis: Redis,
    pub auth: Auth,
    pub blobs: Blobs,
    pub files: Files,
    pub web: Web,
    pub imports: Imports,
    pub queue: Queue,
    pub workers: Workers,
    pub generation: Generation,
    pub stream: Stream,
    pub providers: Providers,
    pub limits: Limits,
    pub telemetry: Telemetry,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub allowed_origins: Vec<String>,
    pub trusted_proxies: Vec<String>,
    pub body_limit: usize,
    pub request_timeout_s: u64,
    pub drain_s: u64,
    pub frontend: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub dir: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: SecretString,
    pub url_file: PathBuf,
    pub max_connections: u32,
    pub acquire_timeout_ms: u64,
    pub connect_timeout_ms: u64,
    pub statement_timeout_ms: u64,
    pub migrate: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    pub url: SecretString,
    pub url_file: PathBuf,
    pub prefix: String,
    pub response_timeout_ms: u64,
    pub connect_timeout_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    pub secret: SecretString,
    pub secret_file: PathBuf,
    pub sign_up: SignUp,
    pub token_hours: u32,
    pub session_days: u32,
    pub attempts_per_minute: u32,
}

/// Who may sign up after the first user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    Open,
    Pending,
    Closed,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blobs {
    pub url: String,
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: SecretString,
    pub secret_key_file: PathBuf,
    pub path_style: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imports {
    pub max_bytes: u64,
    pub upload_timeout_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    pub max_bytes: u64,
    pub quota_bytes: u64,
    pub upload_s: u64,
    pub link_s: u64,
    pub links: Links,
    pub lease_ms: u64,
    pub renew_ms: u64,
    pub max_attempts: u32,
    pub chunk_tokens: usize,
    pub max_text_bytes: usize,
    pub extract_memory_mb: u64,
    pub extract_cpu_s: u64,
    pub ocr: Ocr,
    pub ocr_languages: String,
    pub ocr_pages: usize,
    pub ocr_s: u64,
}

/// Whether pictures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ocr {
    /// Where the programs for it are installed.
    Auto,
    Off,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    pub allow_private: Vec<String>,
    pub connect_s: u64,
    pub idle_s: u64,
    pub total_s: u64,
}

/// Who answers the short-lived address of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Links {
    Node,
    Store,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    pub lease_ms: u64,
    pub renew_ms: u64,
    pub max_depth: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    pub chat: usize,
    pub ingest: usize,
    pub embed: usize,
    pub maintenance: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generation {
    pub lease_ms: u64,
    pub renew_ms: u64,
    pub max_attempts: u32,
    pub coalesce_ms: u64,
    pub max_messages: u64,
    pub max_chars: usize,
    pub sweep_s: u64,
    pub keep_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    pub keep_alive_s: u64,
    pub slow_reader_s: u64,
    pub log_ttl_s: u64,
    pub max_open: usize,
    pub max_open_per_user: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    pub connect_timeout_ms: u64,
    pub first_token_timeout_ms: u64,
    pub idle_timeout_ms: u64,
    pub total_timeout_ms: u64,
    pub retries: u32,
    pub loopback_pace: f64,
    pub refresh_s: u64,
    pub detect: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub per_address_rps: u32,
    pub per_address_burst: u32,
    pub expected_nodes: u32,
    pub redis_wait_ms: u64,
    pub assumed_answer: u64,
    pub usage_keep_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub log_format: LogFormat,
    pub log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// Reads all layers. The error lists every problem with its key; values of secrets are never in it.
    pub fn load(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut problems = Vec::new();
        let mut table = layers::defaults();
        if let Some(path) = file {
            match std::fs::read_to_string(path) {
                Ok(text) => layers::merge_file(&mut table, &text, &mut problems),
                Err(error) => {
                    problems.push(problem(path.display().to_string(), format!("cannot be read: {error}")));
                }
            }
        }
        layers::merge_env(&mut table, env, &mut problems);
        layers::read_secret_files(&mut table, &mut problems);
        let config = match Self::deserialize(toml::Value::Table(table)) {
            Ok(config) => config,
            Err(error) => {
                if problems.is_empty() {
                    problems.push(problem("configuration", error.message()));
                }
                return Err(invalid(problems));
            }
        };
        config.validate(&mut problems);
        if problems.is_empty() { Ok(config) } else { Err(invalid(problems)) }
    }

    /// The defaults alone.
    pub fn defaults() -> Result<Self> {
        Self::load(None, std::iter::empty())
    }

    fn validate(&self, problems: &mut Vec<FieldError>) {
        let secret = self.auth.secret.expose_secret();
        if !secret.is_empty() && secret.len() < 32 {
            problems.push(problem("auth.secret", "must have 32 characters or more"));
        }
        let database = self.database.url.expose_secret();
        if !database.is_empty()
            && !["sqlite:", "postgres:", "postgresql:", "mysql:", "mariadb:"]
                .iter()
                .any(|s| database.starts_with(s))
        {
            problems.push(problem("database.url", "must begin with sqlite:, postgres: or mysql:"));
        }
        let redis = self.redis.url.expose_secret();
        if !redis.is_empty() && !["redis:", "rediss:", "redis+sentinel:"].iter().any(|s| redis.starts_with(s))
        {
            problems.push(problem("redis.url", "must begin with redis: or redis+sentinel:"));
        }
        if !redis.is_empty() && self.database_kind() == DatabaseKind::Sqlite {
            problems.push(problem(
                "database.url",
                "SQLite belongs to one process, and a Redis is configured: several processes need PostgreSQL or MySQL. \
                 Set SKEIN_DATABASE__URL=postgres://..., or take SKEIN_REDIS__URL away",
            ));
        }
        for (key, url) in [("server.public_url", &self.server.public_url)]
            .into_iter()
            .chain(self.server.allowed_origins.iter().map(|o| ("server.allowed_origins", o)))
        {
            if !url.is_empty() && !url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
            {
                problems.push(problem(key, "must be an http or https address"));
            }
        }
        for proxy in &self.server.trusted_proxies {
            if proxy.parse::<ipnet::IpNet>().is_err() && proxy.parse::<std::net::IpAddr>().is_err() {
                problems
                    .push(problem("server.trusted_proxies", format!("{proxy:?} is no address or network")));
            }
        }
        for name in &self.web.allow_private {
            let network = name.parse::<ipnet::IpNet>().is_ok() || name.parse::<std::net::IpAddr>().is_ok();
            if !network && !crate::web::is_host(name) {
                problems
                    .push(problem("web.allow_private", format!("{name:?} is no host, address or network")));
            }
        }
        if !self.blobs.url.is_empty()
            && !self.blobs.url.starts_with("file://")
            && !self.blobs.url.starts_with("s3://")
        {
            problems.push(problem("blobs.url", "must begin with file:// or s3://"));
        }
        let language = |c: char| c.is_ascii_alphanumeric() || "_+".contains(c);
        if self.files.ocr_languages.is_empty() || !self.files.ocr_languages.chars().all(language) {
            problems.push(problem("files.ocr_languages", "must be languages of tesseract, like eng+deu"));
        }
        for (key, renew, lease) in [
            ("queue.renew_ms", self.queue.renew_ms, self.queue.lease_ms),
            ("generation.renew_ms", self.generation.renew_ms, self.generation.lease_ms),
            ("files.renew_ms", self.files.renew_ms, self.files.lease_ms),
        ] {
            if renew == 0 || renew * 2 > lease {
                problems.push(problem(key, "must be more than 0 and at most half of lease_ms"));
            }
        }
        for (key, value) in [
            ("database.max_connections", u64::from(self.database.max_connections)),
            ("server.body_limit", self.server.body_limit as u64),
            ("generation.max_attempts", u64::from(self.generation.max_attempts)),
            ("files.max_bytes", self.files.max_bytes),
            ("files.upload_s", self.files.upload_s),
            ("files.link_s", self.files.link_s),
            ("files.max_attempts", u64::from(self.files.max_attempts)),
            ("files.chunk_tokens", self.files.chunk_tokens as u64),
            ("files.max_text_bytes", self.files.max_text_bytes as u64),
            ("files.extract_memory_mb", self.files.extract_memory_mb),
            ("files.extract_cpu_s", self.files.extract_cpu_s),
            ("files.ocr_s", self.files.ocr_s),
            ("web.connect_s", self.web.connect_s),
            ("web.idle_s", self.web.idle_s),
            ("web.total_s", self.web.total_s),
            ("generation.sweep_s", self.generation.sweep_s),
            ("stream.keep_alive_s", self.stream.keep_alive_s),
            ("limits.per_address_rps", u64::from(self.limits.per_address_rps)),
            ("limits.per_address_burst", u64::from(self.limits.per_address_burst)),
            ("limits.expected_nodes", u64::from(self.limits.expected_nodes)),
            ("limits.redis_wait_ms", self.limits.redis_wait_ms),
            ("auth.token_hours", u64::from(self.auth.token_hours)),
            ("auth.session_days", u64::from(self.auth.session_days)),
            ("auth.attempts_per_minute", u64::from(self.auth.attempts_per_minute)),
        ] {
            if value == 0 {
                problems.push(problem(key, "must be more than 0"));
            }
        }
    }

    /// The database URL; SQLite in the data folder when none is set.
    pub fn database_url(&self) -> SecretString {
        let url = self.database.url.expose_secret();
        if url.is_empty() {
            format!("sqlite://{}?mode=rwc", self.data.dir.join("skein.db").display()).into()
        } else if let Some(rest) = url.strip_prefix("mariadb:") {
            format!("mysql:{rest}").into()
        } else {
            self.database.url.clone()
        }
    }

    pub fn database_kind(&self) -> DatabaseKind {
        let url = self.database.url.expose_secret();
        if url.is_empty() || url.starts_with("sqlite:") {
            DatabaseKind::Sqlite
        } else if url.starts_with("postgres") {
            DatabaseKind::Postgres
        } else {
            DatabaseKind::Mysql
        }
    }

    /// True when several processes share the work.
    pub fn is_cluster(&self) -> bool {
        !self.redis.url.expose_secret().is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
    Mysql,
}

/// Milliseconds of a setting as a duration.
pub fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

/// Seconds of a setting as a duration.
pub fn s(value: u64) -> Duration {
    Duration::from_secs(value)
}

fn problem(field: impl Into<String>, message: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), message: message.into() }
}

fn invalid(problems: Vec<FieldError>) -> Error {
    let list: Vec<String> = problems.iter().map(|p| format!("  {}: {}", p.field, p.message)).collect();
    let mut error = Error::new(
        Kind::Invalid,
        "invalid_configuration",
        format!("The configuration is wrong:\n{}", list.join("\n")),
    );
    error.fields = problems;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)]) -> Result<Config> {
        Config::load(None, env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_defaults_are_a_whole_configuration() {
        let config = Config::defaults().unwrap();
        assert_eq!(config.database_kind(), DatabaseKind::Sqlite);
        assert!(!config.is_cluster());
    }

    #[test]
    fn the_environment_wins_and_keeps_the_type_of_each_key() {
        let config = load(&[
            ("SKEIN_SERVER__LISTEN", "0.0.0.0:1"),
            ("SKEIN_AUTH__SECRET", "01234567890123456789012345678901"),
            ("SKEIN_SERVER__ALLOWED_ORIGINS", "https://a.example, https://b.example"),
            ("SKEIN_WORKERS__CHAT", "7"),
        ])
        .unwrap();
        assert_eq!(config.server.listen.port(), 1);
        assert_eq!(config.auth.secret.expose_secret().len(), 32);
        assert_eq!(config.server.allowed_origins.len(), 2);
        assert_eq!(config.workers.chat, 7);
    }

    #[test]
    fn all_problems_are_told_at_once_and_no_secret_is() {
        let error = load(&[
            ("SKEIN_AUTH__SECRET", "hunter2"),
            ("SKEIN_SERVER__LISTNE", "x"),
            ("SKEIN_WORKERS__CHAT", "many"),
            ("SKEIN_REDIS__URL", "redis://localhost"),
        ])
        .unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|f| f.field.as_str()).collect();
        for field in ["auth.secret", "server.listne", "workers.chat", "database.url"] {
            assert!(fields.contains(&field), "{field} is missing in {fields:?}");
        }
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn a_secret_can_come_from_a_file() {
        let path = std::env::temp_dir().join(format!("skein-secret-{}", uuid::Uuid::now_v7()));
        std::fs::write(&path, "01234567890123456789012345678901\n").unwrap();
        let config = load(&[("SKEIN_AUTH__SECRET_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.auth.secret.expose_secret(), "01234567890123456789012345678901");
        std::fs::remove_file(path).unwrap();
    }
}
