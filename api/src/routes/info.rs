//! What a page needs to know before anybody is signed in.

use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi};
use shared::{Context, config, settings};

use crate::error::Result;
use crate::json::Json;
use crate::routes::Tag;

pub(crate) struct Info;

/// Facts about this installation.
#[derive(Object)]
#[oai(rename = "Info", example)]
pub(crate) struct InfoView {
    /// Version of the server.
    version: String,
    /// False until the first user, who becomes admin, has signed up.
    has_users: bool,
    /// Who may sign up.
    sign_up: SignUpRule,
    /// Whether the link to a shared chat opens for people who are not signed in.
    public_shares: bool,
}

impl poem_openapi::types::Example for InfoView {
    fn example() -> Self {
        Self { version: "0.1.0".into(), has_users: true, sign_up: SignUpRule::Pending, public_shares: false }
    }
}

/// Who may sign up after the first user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "SignUpRule", rename_all = "snake_case")]
pub(crate) enum SignUpRule {
    /// Everybody.
    Open,
    /// Everybody, and an admin approves.
    Pending,
    /// Nobody.
    Closed,
}

impl From<config::SignUp> for SignUpRule {
    fn from(rule: config::SignUp) -> Self {
        match rule {
            config::SignUp::Open => Self::Open,
            config::SignUp::Pending => Self::Pending,
            config::SignUp::Closed => Self::Closed,
        }
    }
}

impl From<SignUpRule> for config::SignUp {
    fn from(rule: SignUpRule) -> Self {
        match rule {
            SignUpRule::Open => Self::Open,
            SignUpRule::Pending => Self::Pending,
            SignUpRule::Closed => Self::Closed,
        }
    }
}

#[OpenApi(prefix_path = "/api/v1/info", tag = "Tag::Operations")]
impl Info {
    /// Get facts about this installation
    #[oai(path = "/", method = "get", operation_id = "getInfo")]
    async fn get(&self, ctx: Data<&Context>) -> Result<Json<InfoView>> {
        let settings = settings::get(&ctx).await?;
        Ok(Json(InfoView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            has_users: settings::has_users(&ctx).await?,
            sign_up: settings.sign_up.into(),
            public_shares: settings.public_shares,
        }))
    }
}
