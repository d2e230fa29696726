//! What a user may still use, and when it comes back.

use super::admit::{request_rule, requests_left};
use super::policy;
use super::window::Window;
use super::{Bucket, Measure, Payer};
use crate::context::Context;
use crate::error::Result;
use crate::usage;

/// One limit that counts for somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    pub bucket: Bucket,
    /// The name of the group, the key or the model; nothing for the user.
    pub name: Option<String>,
    pub measure: Measure,
    /// Requests, tokens, or money.
    pub limit: i64,
    pub used: i64,
    /// When it is all there again, in Unix milliseconds.
    pub resets_at: i64,
}

/// Every limit that counts for somebody, those of all models that have one included.
pub async fn allowances(ctx: &Context, payer: Payer) -> Result<Vec<Allowance>> {
    let policy = policy::get(ctx).await?;
    let groups = policy::groups_of(ctx, &policy, payer.user_id).await?;
    let mut ceilings = policy.ceilings(payer.user_id, &groups, payer.api_key, None);
    for model in policy.limited_models() {
        let of_model = policy.ceilings(payer.user_id, &[], None, Some(&model));
        ceilings.extend(of_model.into_iter().filter(|ceiling| ceiling.bucket == Bucket::Model));
    }
    let keys: Vec<_> = payer.api_key.into_iter().collect();
    let key = usage::names(ctx, &[], &[], &keys).await?.into_values().next();
    let now = ctx.clock.now_ms();
    let mut all = Vec::new();
    for ceiling in &ceilings {
        let name = match ceiling.bucket {
            Bucket::User => None,
            Bucket::ApiKey => key.clone(),
            Bucket::Group => policy.group_name(&ceiling.subject),
            Bucket::Model => Some(ceiling.subject.clone()),
        };
        let one = |measure, limit, used, resets_at| Allowance {
            bucket: ceiling.bucket,
            name: name.clone(),
            measure,
            limit,
            used,
            resets_at,
        };
        if let Some(limit) = ceiling.amounts.requests_per_minute {
            let key = (request_rule(ceiling.bucket, limit), ceiling.subject.clone());
            let left = requests_left(&ctx.limits.check(&[key], 0).await?, limit);
            let reset = i64::try_from(left.reset.as_millis()).unwrap_or(i64::MAX);
            let used = limit.saturating_sub(u32::try_from(left.remaining).unwrap_or(limit));
            all.push(one(Measure::RequestsPerMinute, limit.into(), used.into(), now.saturating_add(reset)));
        }
        for window in Window::of(ceiling, now) {
            let taken = window.look(ctx).await?;
            for reading in window.readings(taken) {
                all.push(one(reading.measure, reading.limit, reading.taken, window.period.ends_at()));
            }
        }
    }
    Ok(all)
}
