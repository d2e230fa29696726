//! Settings that admins change while the system runs.

use poem::web::Data;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use shared::Context;
use shared::settings::{self, Change, Settings};

use crate::auth::Admin;
use crate::error::Result;
use crate::json::{Json, given};
use crate::routes::Tag;
use crate::routes::info::SignUpRule;

pub(crate) struct AdminSettings;

/// The settings in force.
#[derive(Object)]
#[oai(rename = "Settings")]
struct SettingsView {
    /// Whether the built-in model that needs no provider is offered.
    loopback_enabled: bool,
    /// The model of new chats where the user chose none; null: the first of the list.
    default_model: Option<String>,
    /// The model that makes vectors of files; null: searches go by words alone.
    embedding_model: Option<String>,
    /// The model of a rerank endpoint that puts the passages of a search into their last order; null: none does.
    rerank_model: Option<String>,
    /// Who may sign up.
    sign_up: SignUpRule,
    /// Runs of one user at a time, in chats and through the doors; null: no bound.
    max_running_per_user: Option<u32>,
    /// What prices and budgets are in: three letters of ISO 4217.
    currency: String,
    /// Whether the link to a shared chat opens for people who are not signed in.
    public_shares: bool,
    /// What is in force where no admin has chosen anything.
    defaults: SettingsDefaults,
}

/// What is in force where no admin has chosen anything; settings that are not here are null then.
#[derive(Object)]
struct SettingsDefaults {
    /// Whether the built-in model that needs no provider is offered.
    loopback_enabled: bool,
    /// Who may sign up.
    sign_up: SignUpRule,
    /// What prices and budgets are in.
    currency: String,
    /// Whether the link to a shared chat opens for people who are not signed in.
    public_shares: bool,
}

impl SettingsView {
    fn of(ctx: &Context, settings: &Settings) -> Self {
        let defaults = settings::defaults(ctx);
        Self {
            defaults: SettingsDefaults {
                loopback_enabled: defaults.loopback_enabled,
                sign_up: defaults.sign_up.into(),
                currency: defaults.currency,
                public_shares: defaults.public_shares,
            },
            loopback_enabled: settings.loopback_enabled,
            default_model: settings.default_model.clone(),
            embedding_model: settings.embedding_model.clone(),
            rerank_model: settings.rerank_model.clone(),
            sign_up: settings.sign_up.into(),
            max_running_per_user: settings.max_running_per_user,
            currency: settings.currency.clone(),
            public_shares: settings.public_shares,
        }
    }
}

/// The settings to change; what is absent stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SettingsChange {
    /// Whether the built-in model that needs no provider is offered.
    loopback_enabled: Option<bool>,
    /// Null takes the choice away.
    #[oai(validator(max_length = 320))]
    default_model: MaybeUndefined<String>,
    /// Null takes the choice away.
    #[oai(validator(max_length = 320))]
    embedding_model: MaybeUndefined<String>,
    /// Null takes the choice away.
    #[oai(validator(max_length = 320))]
    rerank_model: MaybeUndefined<String>,
    /// Who may sign up.
    sign_up: Option<SignUpRule>,
    /// At least 1; null takes the bound away.
    max_running_per_user: MaybeUndefined<u32>,
    /// Three capital letters. A name only: nothing is converted.
    currency: Option<String>,
    /// Whether the link to a shared chat opens for people who are not signed in.
    public_shares: Option<bool>,
}

#[OpenApi(prefix_path = "/api/v1/admin/settings", tag = "Tag::Admin")]
impl AdminSettings {
    /// Get the settings
    #[oai(path = "/", method = "get", operation_id = "getSettings")]
    async fn get(&self, ctx: Data<&Context>, _who: Admin) -> Result<Json<SettingsView>> {
        Ok(Json(SettingsView::of(&ctx, settings::get(&ctx).await?.as_ref())))
    }

    /// Change settings
    ///
    /// In force on all nodes at once.
    #[oai(path = "/", method = "patch", operation_id = "updateSettings")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        change: Json<SettingsChange>,
    ) -> Result<Json<SettingsView>> {
        let SettingsChange {
            loopback_enabled,
            default_model,
            embedding_model,
            rerank_model,
            sign_up,
            max_running_per_user,
            currency,
            public_shares,
        } = change.0;
        let change = Change {
            sign_up: sign_up.map(Into::into),
            loopback_enabled,
            default_model: given(default_model),
            embedding_model: given(embedding_model),
            rerank_model: given(rerank_model),
            max_running_per_user: given(max_running_per_user),
            currency,
            public_shares,
        };
        let settings = settings::change(&ctx, change).await?;
        tracing::info!(admin = %who.user.id, "settings changed");
        Ok(Json(SettingsView::of(&ctx, &settings)))
    }
}
