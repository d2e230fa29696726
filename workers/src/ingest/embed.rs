use shared::entity::embedding_index::Model as Index;
use shared::entity::file::State;
use shared::files::{self, Change, Claimed};
use shared::providers::{EmbedOptions, SharedProvider};
use shared::vectors::{self, Bare, Placed};
use shared::{Context, Error, Kind, Result, models, settings};

/// Passages of one call to a provider: most take more, few are quicker for it.
const BATCH: u64 = 64;

/// Gives every passage of a file its vector. `None` when the file belongs to somebody else meanwhile.
pub(crate) async fn embed(ctx: &Context, claimed: &mut Claimed) -> Result<Option<()>> {
    let Some(model) = settings::get(ctx).await?.embedding_model.clone() else {
        // Vectors are not wanted any more: the words are there.
        return ready(ctx, claimed, None).await;
    };
    let store = vectors::store(ctx).await?;
    let entry = models::find(ctx, &model).await.map_err(gone)?;
    let provider = models::provider(ctx, &entry).await?;
    let all = usize::try_from(claimed.row.chunks.unwrap_or_default()).unwrap_or_default().max(1);
    let mut index = vectors::find(ctx, &model).await?;
    let mut done = 0;
    loop {
        let batch = match &index {
            Some(index) => store.missing(ctx, index, claimed.row.id, BATCH).await?,
            None => shared::chunks::first(ctx, claimed.row.id, BATCH).await?,
        };
        if batch.is_empty() {
            break;
        }
        let held = claimed.clone();
        let made = make(&provider, &entry.provider_id, &batch);
        let Some(made) = files::while_held(ctx, &held, made).await? else { return Ok(None) };
        let index = match &mut index {
            Some(index) => index,
            none => none.insert(vectors::index_of(ctx, &model, made[0].vector.len()).await?),
        };
        fits(index, &made)?;
        if !store.put(ctx, claimed, index, &made).await? {
            return Ok(None);
        }
        done += made.len();
        let progress = i32::try_from((done * 100 / all).min(99)).ok();
        // A file that is ready is embedded anew without a word.
        if claimed.row.state == State::Embedding
            && !files::write(ctx, claimed, Change { progress, ..Change::default() }).await?
        {
            return Ok(None);
        }
    }
    let Some(index) = index else { return ready(ctx, claimed, None).await };
    let done = ready(ctx, claimed, Some(index.id)).await?;
    if done.is_some() {
        store.forget_others(ctx, &index, claimed.row.id).await?;
    }
    Ok(done)
}

async fn ready(ctx: &Context, claimed: &mut Claimed, index_id: Option<i32>) -> Result<Option<()>> {
    let change = Change { state: Some(State::Ready), progress: Some(100), index_id, ..Change::default() };
    Ok(files::hand_on(ctx, claimed, change).await?.then_some(()))
}

async fn make(provider: &SharedProvider, model: &str, batch: &[Bare]) -> Result<Vec<Placed>> {
    let input = batch.iter().map(Bare::whole).collect();
    let made = provider.embed(model, input, EmbedOptions::default()).await?;
    if made.vectors.len() != batch.len() || made.vectors.iter().any(Vec::is_empty) {
        return Err(Error::new(Kind::Upstream, "provider_invalid", "The provider did not make all vectors."));
    }
    let placed = batch.iter().zip(made.vectors).map(|(bare, vector)| Placed { chunk_id: bare.id, vector });
    Ok(placed.collect())
}

fn fits(index: &Index, made: &[Placed]) -> Result<()> {
    let dimensions = usize::try_from(index.dimensions).unwrap_or_default();
    if made.iter().all(|one| one.vector.len() == dimensions) {
        return Ok(());
    }
    Err(Error::conflict("embedding_dimensions", "The provider makes vectors of another length than before."))
}

/// A model that is not there now may come back: providers are away, admins change their minds.
fn gone(error: Error) -> Error {
    match error.kind {
        Kind::NotFound => Error::new(
            Kind::Upstream,
            "embedding_model_gone",
            "The model that makes vectors is not offered any more. The file can be found by its words.",
        ),
        _ => error,
    }
}
