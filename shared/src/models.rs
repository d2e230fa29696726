//! The catalogue of models: rows that the refresh writes, cached on every node.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::connections::{self, Status, StatusError};
use crate::entity::model_card::{self, Visibility};
use crate::entity::{connection, model};
use crate::error::{Error, Kind, Result};
use crate::providers::{ConnectionSettings, Loopback, SharedProvider};
use crate::{Context, model_cards, settings};

/// How long a node may not know of a change when the bell was lost.
const CACHE: Duration = Duration::from_secs(5);
/// How long an admin who saves a connection waits for its models.
const REFRESH_LIMIT: Duration = Duration::from_secs(10);
/// More than any provider offers; a bound on what one answer can put into the database.
const MAX_MODELS: usize = 2000;
/// The channel on which nodes tell each other to read the catalogue again.
pub const CHANGED: &str = "models";

/// All models that can be asked for.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// In the order shown to users.
    pub entries: Vec<Entry>,
    /// Models that admins have hidden: nobody can ask for them.
    pub hidden: Vec<Entry>,
    by_name: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
pub struct Entry {
    /// The name by which users and programs ask for it.
    pub id: String,
    pub name: String,
    pub provider_id: String,
    /// `None` for the built-in loopback.
    pub connection: Option<Arc<connection::Model>>,
    /// What admins have set.
    pub card: Option<Arc<model_card::Model>>,
}

/// The nodes' cached copy.
pub type Cache = moka::future::Cache<(), Arc<Catalogue>>;

pub fn cache() -> Cache {
    moka::future::Cache::builder().time_to_live(CACHE).max_capacity(1).build()
}

/// The catalogue as this node knows it, at most [`CACHE`] old.
pub async fn catalogue(ctx: &Context) -> Result<Arc<Catalogue>> {
    ctx.models.try_get_with((), load(ctx)).await.map_err(|error: Arc<Error>| error.again().source(error))
}

/// A model by the name that users ask for.
pub async fn find(ctx: &Context, name: &str) -> Result<Entry> {
    let known = |catalogue: &Catalogue| catalogue.by_name.get(name).map(|i| catalogue.entries[*i].clone());
    if let Some(entry) = known(&*catalogue(ctx).await?) {
        return Ok(entry);
    }
    Err(Error::new(Kind::NotFound, "model_not_found", format!("There is no model named {name:?}.")))
}

/// A model of the catalogue, also a hidden one.
pub async fn known(ctx: &Context, name: &str) -> Result<Entry> {
    let hidden = catalogue(ctx).await?.hidden.iter().find(|entry| entry.id == name).cloned();
    match hidden {
        Some(entry) => Ok(entry),
        None => find(ctx, name).await,
    }
}

/// The model that a new chat gets: the admin's choice, else the first real one, else loopback.
pub async fn default(ctx: &Context) -> Result<Option<String>> {
    let catalogue = catalogue(ctx).await?;
    let chosen =
        settings::get(ctx).await?.default_model.clone().filter(|name| catalogue.by_name.contains_key(name));
    Ok(chosen.or_else(|| catalogue.entries.first().map(|entry| entry.id.clone())))
}

/// The client for a model's provider. Clients are kept, so that their connections are.
pub async fn provider(ctx: &Context, entry: &Entry) -> Result<SharedProvider> {
    match &entry.connection {
        None => Ok(ctx.providers.loopback()),
        Some(row) => client(ctx, row),
    }
}

fn client(ctx: &Context, row: &connection::Model) -> Result<SharedProvider> {
    ctx.providers.get(row.id, row.updated_at, row.kind.parse()?, || {
        Ok(ConnectionSettings {
            base_url: row.base_url.clone(),
            api_key: connections::api_key(ctx, row)?,
            headers: connections::headers(ctx, row)?,
        })
    })
}

/// Asks a provider for its models and writes them down. A provider that fails keeps the models it had.
pub async fn refresh(ctx: &Context, row: &connection::Model) -> Result<Status> {
    let now = ctx.clock.now_ms();
    let status = if row.enabled {
        match look(ctx, row).await {
            Ok(ids) => {
                store(ctx, row, &ids).await?;
                Status { ok: true, checked_at: now, models: ids.len(), error: None }
            }
            Err(error) => {
                tracing::warn!(connection = %row.id, code = error.code, "a provider's model list cannot be read");
                Status { ok: false, checked_at: now, models: 0, error: Some(said(&error)) }
            }
        }
    } else {
        Status { ok: true, checked_at: now, models: 0, error: None }
    };
    let change = connection::ActiveModel {
        id: Unchanged(row.id),
        status: Set(Some(serde_json::to_value(&status)?)),
        ..Default::default()
    };
    match change.update(&ctx.db).await {
        // Deleted in the meantime: nothing left to note.
        Err(sea_orm::DbErr::RecordNotUpdated) => {}
        other => drop(other?),
    }
    changed(ctx).await;
    Ok(status)
}

/// The provider's ids that may be used, in its own order.
pub async fn look(ctx: &Context, row: &connection::Model) -> Result<Vec<String>> {
    let provider = client(ctx, row)?;
    let found = tokio::time::timeout(REFRESH_LIMIT, provider.models()).await.map_err(|_| {
        Error::new(Kind::Upstream, "provider_timeout", "The provider did not answer in time.")
    })??;
    let allowed = connections::allowed(row).map(|list| list.into_iter().collect::<HashSet<_>>());
    let mut seen = HashSet::new();
    Ok(found
        .into_iter()
        .map(|info| info.id)
        .filter(|id| !id.is_empty() && id.len() <= 255)
        .filter(|id| allowed.as_ref().is_none_or(|a| a.contains(id)))
        .filter(|id| seen.insert(id.clone()))
        .take(MAX_MODELS)
        .collect())
}

/// What of an error an admin is shown.
pub fn said(error: &Error) -> StatusError {
    StatusError { code: error.code.to_owned(), message: error.message.to_string() }
}

/// Tells all nodes to read the catalogue again.
pub async fn changed(ctx: &Context) {
    ctx.models.invalidate(&()).await;
    ctx.bus.publish(CHANGED, Vec::new()).await;
}

async fn store(ctx: &Context, row: &connection::Model, ids: &[String]) -> Result<()> {
    let transaction = crate::db::begin(&ctx.db).await?;
    model::Entity::delete_many().filter(model::Column::ConnectionId.eq(row.id)).exec(&transaction).await?;
    let now = ctx.clock.now_ms();
    for part in ids.chunks(200) {
        let rows = part.iter().map(|id| model::ActiveModel {
            connection_id: Set(row.id),
            provider_id: Set(id.clone()),
            name: Set(format!("{}{id}", row.prefix)),
            created_at: Set(now),
        });
        model::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn load(ctx: &Context) -> Result<Arc<Catalogue>> {
    let rows = connection::Entity::find()
        .filter(connection::Column::Enabled.eq(true))
        .order_by_asc(connection::Column::Id)
        .limit(1000)
        .all(&ctx.db)
        .await?;
    let models = model::Entity::find().order_by_asc(model::Column::Name).all(&ctx.db).await?;
    let mut by_connection: HashMap<Uuid, Vec<model::Model>> = HashMap::new();
    for model in models {
        by_connection.entry(model.connection_id).or_default().push(model);
    }
    let mut catalogue = Catalogue::default();
    for row in rows {
        let row = Arc::new(row);
        for model in by_connection.remove(&row.id).unwrap_or_default() {
            catalogue.add(Entry {
                name: model.name.clone(),
                id: model.name,
                provider_id: model.provider_id,
                connection: Some(row.clone()),
                card: None,
            });
        }
    }
    if settings::get(ctx).await?.loopback_enabled {
        catalogue.add(Entry {
            id: Loopback::MODEL.into(),
            name: Loopback::NAME.into(),
            provider_id: Loopback::MODEL.into(),
            connection: None,
            card: None,
        });
    }
    catalogue.put_cards(model_cards::all(ctx).await?);
    Ok(Arc::new(catalogue))
}

impl Catalogue {
    /// Two connections may offer one name; the older one serves it.
    fn add(&mut self, entry: Entry) {
        if let std::collections::hash_map::Entry::Vacant(place) = self.by_name.entry(entry.id.clone()) {
            place.insert(self.entries.len());
            self.entries.push(entry);
        }
    }

    /// Shows models as the admins have set it.
    fn put_cards(&mut self, mut cards: HashMap<String, model_card::Model>) {
        for entry in &mut self.entries {
            if let Some(set) = cards.remove(&entry.id) {
                entry.name = set.display_name.clone().unwrap_or_else(|| std::mem::take(&mut entry.name));
                entry.card = Some(Arc::new(set));
            }
        }
        let hidden =
            |entry: &Entry| entry.card.as_ref().is_some_and(|set| set.visibility == Visibility::Hidden);
        let (hidden, shown) = std::mem::take(&mut self.entries).into_iter().partition(hidden);
        (self.hidden, self.entries) = (hidden, shown);
        self.by_name = self.entries.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect();
    }
}
