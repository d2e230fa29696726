//! Connects, at the first start, the providers that are there already.

use shared::connections::{self, NewConnection};
use shared::page::Slice;
use shared::{Context, Result, providers};

/// Makes connections of what was found when nobody has made any yet. Failing costs nothing: an admin can do it.
pub(crate) async fn connect_what_is_there(ctx: Context) {
    if !ctx.config.providers.detect {
        return;
    }
    if let Err(error) = detect(&ctx).await {
        tracing::warn!(code = error.code, "providers on this machine could not be connected");
    }
}

async fn detect(ctx: &Context) -> Result<()> {
    if !connections::list(ctx, &Slice::new(1, None)).await?.items.is_empty() {
        return Ok(());
    }
    for found in providers::detect(&ctx.providers).await {
        let new = NewConnection {
            kind: found.kind.as_str().to_owned(),
            name: found.name.to_owned(),
            base_url: found.settings.base_url,
            api_key: found.settings.api_key,
            headers: found.settings.headers,
            allow_models: None,
            prefix: String::new(),
            enabled: true,
        };
        let row = connections::create(ctx, new).await?;
        tracing::info!(connection = %row.id, kind = row.kind, "a provider was found and connected");
    }
    Ok(())
}
