//! Settings that admins change while the system runs, and marks that all nodes must agree on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::SignUp;
use crate::context::Context;
use crate::entity::setting;
use crate::error::{Error, Kind, Result};
use crate::{bell, db, models, vectors};

const SIGN_UP: &str = "sign_up";
const LOOPBACK_ENABLED: &str = "loopback_enabled";
const DEFAULT_MODEL: &str = "default_model";
const MAX_RUNNING_PER_USER: &str = "max_running_per_user";
const CURRENCY: &str = "currency";
const PUBLIC_SHARES: &str = "public_shares";
const EMBEDDING_MODEL: &str = "embedding_model";
const RERANK_MODEL: &str = "rerank_model";
const FIRST_USER: &str = "first_user";
const SECRET_FINGERPRINT: &str = "secret_fingerprint";

/// How long another node's change may stay unseen when its message was lost.
const FRESH: Duration = Duration::from_secs(5);

/// What admins can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who may sign up after the first user.
    pub sign_up: SignUp,
    /// Whether the built-in model that needs no provider is offered.
    pub loopback_enabled: bool,
    /// The model that a new chat takes when the user chose none.
    pub default_model: Option<String>,
    /// Runs of one user at a time; no bound when absent.
    pub max_running_per_user: Option<u32>,
    /// What prices and budgets are in: three letters of ISO 4217.
    pub currency: String,
    /// Whether the link to a shared chat opens for people who are not signed in.
    pub public_shares: bool,
    /// The model that makes vectors of files; without one, searches go by words alone.
    pub embedding_model: Option<String>,
    /// The model that puts the passages of a search into their last order.
    pub rerank_model: Option<String>,
}

/// The fields to change; `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub sign_up: Option<SignUp>,
    pub loopback_enabled: Option<bool>,
    /// `Some(None)` takes the choice away.
    pub default_model: Option<Option<String>>,
    /// `Some(None)` takes the cap away.
    pub max_running_per_user: Option<Option<u32>>,
    pub currency: Option<String>,
    pub public_shares: Option<bool>,
    /// `Some(None)` takes the choice away.
    pub embedding_model: Option<Option<String>>,
    /// `Some(None)` takes the choice away.
    pub rerank_model: Option<Option<String>>,
}

/// The settings as last read by this process.
#[derive(Debug, Default)]
pub struct Cache {
    held: Mutex<Option<(Instant, Arc<Settings>)>>,
    /// Counts changes, so that a read that began before one is not kept.
    changes: AtomicU64,
}

impl Cache {
    fn fresh(&self) -> Option<Arc<Settings>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(read, _)| read.elapsed() < FRESH).map(|(_, settings)| Arc::clone(settings))
    }

    fn keep(&self, settings: &Arc<Settings>, changes_before: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if self.changes.load(Ordering::Acquire) == changes_before {
            *held = Some((Instant::now(), Arc::clone(settings)));
        }
    }

    /// The next reader asks the database.
    pub fn forget(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        *held = None;
    }
}

/// What is in force where no admin has chosen anything.
pub fn defaults(ctx: &Context) -> Settings {
    Settings {
        sign_up: ctx.config.auth.sign_up,
        loopback_enabled: true,
        default_model: None,
        max_running_per_user: None,
        currency: "USD".to_owned(),
        public_shares: false,
        embedding_model: None,
        rerank_model: None,
    }
}

/// The settings in force: rows win over the configuration. At most 5 s old.
pub async fn get(ctx: &Context) -> Result<Arc<Settings>> {
    if let Some(settings) = ctx.settings.fresh() {
        return Ok(settings);
    }
    let changes = ctx.settings.changes.load(Ordering::Acquire);
    let else_ = defaults(ctx);
    let settings = Arc::new(Settings {
        sign_up: read(&ctx.db, SIGN_UP).await?.unwrap_or(else_.sign_up),
        loopback_enabled: read(&ctx.db, LOOPBACK_ENABLED).await?.unwrap_or(else_.loopback_enabled),
        default_model: read(&ctx.db, DEFAULT_MODEL).await?,
        max_running_per_user: read(&ctx.db, MAX_RUNNING_PER_USER).await?,
        currency: read(&ctx.db, CURRENCY).await?.unwrap_or(else_.currency),
        public_shares: read(&ctx.db, PUBLIC_SHARES).await?.unwrap_or(else_.public_shares),
        embedding_model: read(&ctx.db, EMBEDDING_MODEL).await?,
        rerank_model: read(&ctx.db, RERANK_MODEL).await?,
    });
    ctx.settings.keep(&settings, changes);
    Ok(settings)
}

/// Writes what is given and answers all settings as they are then.
pub async fn change(ctx: &Context, change: Change) -> Result<Arc<Settings>> {
    if change.max_running_per_user.flatten() == Some(0) {
        return Err(Error::field("max_running_per_user", "must be at least 1"));
    }
    if change.currency.as_ref().is_some_and(|c| c.len() != 3 || !c.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err(Error::field("currency", "must be three capital letters such as EUR"));
    }
    if let Some(Some(model)) = &change.embedding_model {
        models::find(ctx, model).await?;
        vectors::store(ctx).await?;
    }
    if let Some(Some(model)) = &change.rerank_model {
        models::known(ctx, model).await?;
    }
    let now = ctx.clock.now_ms();
    let transaction = db::begin(&ctx.db).await?;
    if let Some(sign_up) = change.sign_up {
        write(&transaction, SIGN_UP, json!(sign_up), now).await?;
    }
    if let Some(enabled) = change.loopback_enabled {
        write(&transaction, LOOPBACK_ENABLED, json!(enabled), now).await?;
    }
    if let Some(public) = change.public_shares {
        write(&transaction, PUBLIC_SHARES, json!(public), now).await?;
    }
    if let Some(currency) = change.currency {
        write(&transaction, CURRENCY, json!(currency), now).await?;
    }
    for (name, value) in [
        (DEFAULT_MODEL, change.default_model.map(|value| value.map(|model| json!(model)))),
        (EMBEDDING_MODEL, change.embedding_model.map(|value| value.map(|model| json!(model)))),
        (RERANK_MODEL, change.rerank_model.map(|value| value.map(|model| json!(model)))),
        (MAX_RUNNING_PER_USER, change.max_running_per_user.map(|value| value.map(|most| json!(most)))),
    ] {
        match value {
            Some(Some(value)) => write(&transaction, name, value, now).await?,
            Some(None) => {
                setting::Entity::delete_by_id(name).exec(&transaction).await?;
            }
            None => {}
        }
    }
    transaction.commit().await?;
    bell::settings_changed(ctx).await;
    get(ctx).await
}

/// Says whether nobody was the first user before. Of many at once exactly one hears yes, once its transaction commits.
pub(crate) async fn claim_first_user(db: &impl ConnectionTrait, user: Uuid, now_ms: i64) -> Result<bool> {
    Ok(agree(db, FIRST_USER, json!(user), now_ms).await? == json!(user))
}

/// Says whether somebody has an account.
pub async fn has_users(ctx: &Context) -> Result<bool> {
    Ok(read::<Value>(&ctx.db, FIRST_USER).await?.is_some())
}

/// Refuses a node whose signing secret is another than that of the first node on this database: it would refuse the
/// others' tokens and could not read the providers' keys.
pub async fn agree_on_secret(ctx: &Context) -> Result<()> {
    let own = json!(ctx.secret.fingerprint());
    if agree(&ctx.db, SECRET_FINGERPRINT, own.clone(), ctx.clock.now_ms()).await? == own {
        return Ok(());
    }
    Err(Error::new(
        Kind::Invalid,
        "secret_differs",
        "The signing secret of this node differs from the one that this database was first used with. Set \
         SKEIN_AUTH__SECRET (or SKEIN_AUTH__SECRET_FILE) to the same value on all nodes, or put the key file back into \
         the data folder. If that secret is lost, delete the row `secret_fingerprint` of the table `settings`: then \
         everybody signs in again, and the keys of model providers have to be entered again.",
    ))
}

/// Writes the value unless there is one, and answers the one that holds.
async fn agree(db: &impl ConnectionTrait, name: &str, value: Value, now_ms: i64) -> Result<Value> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value), updated_at: Set(now_ms) };
    setting::Entity::insert(row)
        .on_conflict_do_nothing_on([setting::Column::Name])
        .exec_without_returning(db)
        .await?;
    // Read back: how many rows an ignored insert touched is told differently by each database.
    read(db, name).await?.ok_or_else(|| Error::internal("A setting vanished while it was written."))
}

async fn read<T: DeserializeOwned>(db: &impl ConnectionTrait, name: &str) -> Result<Option<T>> {
    let row = setting::Entity::find_by_id(name).one(db).await?;
    Ok(row.map(|row| serde_json::from_value(row.value)).transpose()?)
}

async fn write(db: &impl ConnectionTrait, name: &str, value: Value, now_ms: i64) -> Result<()> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value), updated_at: Set(now_ms) };
    setting::Entity::insert(row)
        .on_conflict(
            OnConflict::column(setting::Column::Name)
                .update_columns([setting::Column::Value, setting::Column::UpdatedAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
