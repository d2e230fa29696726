//! What admins have set, held in memory: quotas, groups, prices and caps. A run asks it several times.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{Amounts, Bucket, Money, Scope, amounts};
use crate::context::Context;
use crate::entity::{group, model_terms, quota};
use crate::error::{Error, Result};
use crate::groups;

/// How long another node's change may stay unseen when its message was lost.
const FRESH: Duration = Duration::from_secs(5);
const MAX_USERS: u64 = 20_000;

/// Everything that is set.
#[derive(Debug, Default)]
pub struct Policy {
    quotas: HashMap<(Scope, String), Amounts>,
    groups: HashMap<Uuid, Group>,
    models: HashMap<String, Terms>,
}

#[derive(Debug)]
struct Group {
    name: String,
    weight: u32,
}

/// What holds for a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// For a million tokens; `None` is free.
    pub prompt_price: Option<Money>,
    pub completion_price: Option<Money>,
    /// Runs at a time in all workers together.
    pub max_running: Option<u32>,
}

impl Terms {
    pub(crate) fn of(row: &model_terms::Model) -> Self {
        Self {
            prompt_price: row.prompt_price,
            completion_price: row.completion_price,
            max_running: row.max_running.map(i32::unsigned_abs),
        }
    }

    /// What so many tokens cost, rounded up for each kind.
    pub fn cost(&self, prompt_tokens: u64, completion_tokens: u64) -> Money {
        let cost = |tokens: u64, price: Option<Money>| -> i128 {
            (i128::from(tokens) * i128::from(price.unwrap_or(0)) + 999_999) / 1_000_000
        };
        let sum = cost(prompt_tokens, self.prompt_price) + cost(completion_tokens, self.completion_price);
        Money::try_from(sum).unwrap_or(Money::MAX)
    }
}

/// A bucket that a run is charged to, and what it may use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ceiling {
    pub bucket: Bucket,
    pub subject: String,
    pub amounts: Amounts,
}

impl Policy {
    pub(crate) fn terms(&self, model: &str) -> Terms {
        self.models.get(model).copied().unwrap_or_default()
    }

    /// True when a model has a cap.
    pub(crate) fn caps_models(&self) -> bool {
        self.models.values().any(|terms| terms.max_running.is_some())
    }

    /// Turns in the queue of somebody in these groups: the most that one of them gives.
    pub(crate) fn weight(&self, groups: &[Uuid]) -> u32 {
        groups.iter().filter_map(|id| self.groups.get(id)).map(|group| group.weight).max().unwrap_or(1)
    }

    pub(crate) fn group_name(&self, id: &str) -> Option<String> {
        Some(self.groups.get(&id.parse().ok()?)?.name.clone())
    }

    /// The names of models that have a quota.
    pub(crate) fn limited_models(&self) -> Vec<String> {
        let mut models: Vec<String> = self
            .quotas
            .keys()
            .filter(|(scope, _)| *scope == Scope::Model)
            .map(|(_, subject)| subject.clone())
            .collect();
        models.sort();
        models
    }

    fn set(&self, scope: Scope, subject: &str) -> Amounts {
        self.quotas.get(&(scope, subject.to_owned())).copied().unwrap_or_default()
    }

    /// A user's own quota: the most specific of what was set, measure by measure.
    fn own(&self, user: Uuid, groups: &[Uuid]) -> Amounts {
        let member = groups
            .iter()
            .map(|group| self.set(Scope::Member, &group.to_string()))
            .fold(Amounts::default(), Amounts::most);
        self.set(Scope::User, &user.to_string()).or(member).or(self.set(Scope::Everyone, ""))
    }

    /// True when anybody's files are limited.
    pub(crate) fn limits_storage(&self) -> bool {
        self.quotas.values().any(|amounts| amounts.storage_bytes.is_some())
    }

    /// Bytes that a user may keep, and those that each limited group of the user may keep in all, in the order of ids.
    pub(crate) fn storage(&self, user: Uuid, groups: &[Uuid]) -> (Option<u64>, Vec<(Uuid, u64)>) {
        let bytes = |amounts: Amounts| amounts.storage_bytes.map(i64::unsigned_abs);
        let mut shared: Vec<(Uuid, u64)> = groups
            .iter()
            .filter_map(|id| Some((*id, bytes(self.set(Scope::Group, &id.to_string()))?)))
            .collect();
        shared.sort_unstable();
        (bytes(self.own(user, groups)), shared)
    }

    /// Every bucket that has a quota and that a run is charged to, in the order in which their rows are locked.
    pub(crate) fn ceilings(
        &self,
        user: Uuid,
        groups: &[Uuid],
        api_key: Option<Uuid>,
        model: Option<&str>,
    ) -> Vec<Ceiling> {
        if self.quotas.is_empty() {
            return Vec::new();
        }
        let of = |scope, subject: String| self.set(scope, &subject);
        let own = self.own(user, groups);
        let key = api_key.map(|id| (Bucket::ApiKey, id.to_string(), of(Scope::ApiKey, id.to_string())));
        let shared =
            groups.iter().map(|id| (Bucket::Group, id.to_string(), of(Scope::Group, id.to_string())));
        let model = model.map(|name| (Bucket::Model, name.to_owned(), of(Scope::Model, name.to_owned())));
        let mut all: Vec<Ceiling> = key
            .into_iter()
            .chain(shared)
            .chain(model)
            .chain([(Bucket::User, user.to_string(), own)])
            // Files are no runs.
            .map(|(bucket, subject, amounts)| (bucket, subject, Amounts { storage_bytes: None, ..amounts }))
            .filter(|(_, _, amounts)| !amounts.is_empty())
            .map(|(bucket, subject, amounts)| Ceiling { bucket, subject, amounts })
            .collect();
        all.sort_by(|a, b| (a.bucket, &a.subject).cmp(&(b.bucket, &b.subject)));
        all
    }
}

/// What this process holds of it.
#[derive(Debug)]
pub struct Cache {
    policy: moka::future::Cache<(), Arc<Policy>>,
    groups: moka::future::Cache<Uuid, Arc<[Uuid]>>,
    /// Counts changes, so that a read that began before one is not kept.
    changes: AtomicU64,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            policy: moka::future::Cache::builder().time_to_live(FRESH).max_capacity(1).build(),
            groups: moka::future::Cache::builder().time_to_live(FRESH).max_capacity(MAX_USERS).build(),
            changes: AtomicU64::new(0),
        }
    }
}

impl Cache {
    /// The next reader asks the database.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.policy.invalidate_all();
        self.groups.invalidate_all();
    }
}

/// What is set, at most [`FRESH`] old.
pub(crate) async fn get(ctx: &Context) -> Result<Arc<Policy>> {
    let cache = &ctx.quotas;
    let changes = cache.changes.load(Ordering::Acquire);
    let policy = cache.policy.try_get_with((), load(ctx)).await.map_err(|error: Arc<Error>| error.again())?;
    if cache.changes.load(Ordering::Acquire) != changes {
        cache.policy.invalidate_all();
    }
    Ok(policy)
}

/// The groups of a user, at most [`FRESH`] old. Nobody is asked while there are none at all.
pub(crate) async fn groups_of(ctx: &Context, policy: &Policy, user: Uuid) -> Result<Arc<[Uuid]>> {
    if policy.groups.is_empty() {
        return Ok(Arc::new([]));
    }
    let cache = &ctx.quotas;
    let changes = cache.changes.load(Ordering::Acquire);
    let load = async { Ok(groups::of_user(&ctx.db, user).await?.into()) };
    let groups = cache.groups.try_get_with(user, load).await.map_err(|error: Arc<Error>| error.again())?;
    if cache.changes.load(Ordering::Acquire) != changes {
        cache.groups.invalidate_all();
    }
    Ok(groups)
}

async fn load(ctx: &Context) -> Result<Arc<Policy>> {
    let quotas = quota::Entity::find().all(&ctx.db).await?;
    let groups = group::Entity::find().all(&ctx.db).await?;
    let models = model_terms::Entity::find().all(&ctx.db).await?;
    Ok(Arc::new(Policy {
        quotas: quotas
            .into_iter()
            .map(|row| {
                let amounts = amounts(&row);
                ((row.scope, row.subject), amounts)
            })
            .collect(),
        groups: groups
            .into_iter()
            .map(|row| (row.id, Group { name: row.name, weight: row.weight.unsigned_abs().max(1) }))
            .collect(),
        models: models
            .into_iter()
            .map(|row| {
                let terms = Terms::of(&row);
                (row.model, terms)
            })
            .collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: Uuid = Uuid::from_u128(1);
    const GROUP: Uuid = Uuid::from_u128(2);
    const OTHER: Uuid = Uuid::from_u128(3);
    const KEY: Uuid = Uuid::from_u128(4);

    fn rate(n: u32) -> Amounts {
        Amounts { requests_per_minute: Some(n), ..Amounts::default() }
    }

    fn tokens(n: i64) -> Amounts {
        Amounts { tokens_per_day: Some(n), ..Amounts::default() }
    }

    fn policy(quotas: &[(Scope, &str, Amounts)]) -> Policy {
        let quotas = quotas.iter().map(|(scope, subject, a)| ((*scope, (*subject).to_owned()), *a)).collect();
        Policy { quotas, ..Policy::default() }
    }

    fn own(policy: &Policy) -> Option<Amounts> {
        let all = policy.ceilings(USER, &[GROUP, OTHER], Some(KEY), Some("m"));
        all.into_iter().find(|c| c.bucket == Bucket::User).map(|c| c.amounts)
    }

    #[test]
    fn the_most_specific_quota_of_a_user_counts_measure_by_measure() {
        let (user, group, other) = (USER.to_string(), GROUP.to_string(), OTHER.to_string());
        assert_eq!(own(&policy(&[])), None);
        let mut set = vec![(Scope::Everyone, "", Amounts { tokens_per_day: Some(9), ..rate(1) })];
        assert_eq!(own(&policy(&set)), Some(Amounts { tokens_per_day: Some(9), ..rate(1) }));
        set.push((Scope::Member, &group, rate(5)));
        set.push((Scope::Member, &other, rate(7)));
        assert_eq!(own(&policy(&set)), Some(Amounts { tokens_per_day: Some(9), ..rate(7) }));
        set.push((Scope::User, &user, rate(2)));
        assert_eq!(own(&policy(&set)), Some(Amounts { tokens_per_day: Some(9), ..rate(2) }));
    }

    #[test]
    fn every_bucket_that_a_run_is_charged_to_counts() {
        let (key, group) = (KEY.to_string(), GROUP.to_string());
        let policy = policy(&[
            (Scope::Everyone, "", tokens(1)),
            (Scope::ApiKey, &key, tokens(2)),
            (Scope::Group, &group, tokens(3)),
            (Scope::Model, "m", tokens(4)),
            (Scope::Model, "other", tokens(5)),
        ]);
        let all = policy.ceilings(USER, &[GROUP, OTHER], Some(KEY), Some("m"));
        let found: Vec<_> = all.iter().map(|c| (c.bucket, c.amounts.tokens_per_day.unwrap())).collect();
        assert_eq!(found, [(Bucket::ApiKey, 2), (Bucket::Group, 3), (Bucket::Model, 4), (Bucket::User, 1)]);
    }

    #[test]
    fn a_token_of_a_cheap_model_has_its_price() {
        // 0.15 for a million prompt tokens and 0.60 for a million of the completion.
        let terms = Terms {
            prompt_price: Some(150_000_000),
            completion_price: Some(600_000_000),
            ..Terms::default()
        };
        assert_eq!(terms.cost(1, 0), 150);
        assert_eq!(terms.cost(1_000_000, 1_000_000), 750_000_000);
        assert_eq!(Terms::default().cost(5, 5), 0);
        let tiny = Terms { prompt_price: Some(1), ..Terms::default() };
        assert_eq!(tiny.cost(1, 0), 1, "nothing that has a price is free");
    }
}
