//! Prices and caps of models, for admins.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use shared::Context;
use shared::model_terms::{self, Change, ModelTerms};

use crate::auth::Admin;
use crate::error::Result;
use crate::json::{Json, given};
use crate::money::{from_money, to_money};
use crate::page::{Page, slice};
use crate::routes::Tag;

pub(crate) struct AdminModelTerms;

/// What holds for a model.
#[derive(Object)]
#[oai(rename = "ModelTerms")]
struct TermsView {
    /// The name by which it is asked for.
    model: String,
    /// Whether it can be asked for at present.
    offered: bool,
    /// For a million tokens, in the currency of the settings; null: free.
    prompt_price: Option<f64>,
    completion_price: Option<f64>,
    /// Runs at a time in all workers together; null: no bound.
    max_running: Option<u32>,
}

impl From<ModelTerms> for TermsView {
    fn from(one: ModelTerms) -> Self {
        Self {
            model: one.model,
            offered: one.offered,
            prompt_price: one.terms.prompt_price.map(from_money),
            completion_price: one.terms.completion_price.map(from_money),
            max_running: one.terms.max_running,
        }
    }
}

/// What to change of a model; what is absent stays, null takes a value away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct TermsChange {
    /// For a million tokens, in the currency of the settings, with up to nine decimals.
    prompt_price: MaybeUndefined<f64>,
    completion_price: MaybeUndefined<f64>,
    /// 1 to 100,000.
    max_running: MaybeUndefined<u32>,
}

#[OpenApi(prefix_path = "/api/v1/admin/model-terms", tag = "Tag::Admin")]
impl AdminModelTerms {
    /// List models with their prices and caps
    ///
    /// Those that are offered, and those that have a price or a cap; by name.
    #[oai(path = "/", method = "get", operation_id = "listModelTerms")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<TermsView>>> {
        Ok(Json(Page::of(model_terms::list(&ctx, &slice(limit.0, after.0)).await?, TermsView::from)))
    }

    /// Change prices and cap of a model
    ///
    /// A price counts for runs that end from now on, a cap for all that have not begun.
    #[oai(path = "/:name", method = "patch", operation_id = "updateModelTerms")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        /// The name of the model; slashes in it are percent-encoded.
        name: Path<String>,
        change: Json<TermsChange>,
    ) -> Result<Json<TermsView>> {
        let TermsChange { prompt_price, completion_price, max_running } = change.0;
        let change = Change {
            prompt_price: price("prompt_price", prompt_price)?,
            completion_price: price("completion_price", completion_price)?,
            max_running: given(max_running),
        };
        let terms = model_terms::update(&ctx, &name, change).await?;
        tracing::info!(admin = %who.user.id, model = terms.model, "terms of a model changed");
        Ok(Json(terms.into()))
    }
}

fn price(field: &'static str, value: MaybeUndefined<f64>) -> shared::Result<Option<Option<i64>>> {
    given(value).map(|price| price.map(|n| to_money(field, n)).transpose()).transpose()
}
