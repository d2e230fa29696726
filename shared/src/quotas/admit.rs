//! Lets a run in, or says which limit it has met and when that is over.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::estimate::Estimate;
use super::policy::{self, Ceiling};
use super::window::{Reading, Sums, Window};
use super::{Bucket, Measure, Work};
use crate::context::Context;
use crate::credentials::{Identity, Login};
use crate::entity::reservation;
use crate::error::{Error, Kind, Result};
use crate::limits::{Decision, Left, Rule};

const MINUTE: Duration = Duration::from_secs(60);

/// Whose account a run goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payer {
    pub user_id: Uuid,
    /// The key that it was asked for with.
    pub api_key: Option<Uuid>,
}

impl From<&Identity> for Payer {
    fn from(who: &Identity) -> Self {
        let api_key = match who.login {
            Login::ApiKey { id, .. } => Some(id),
            Login::Session { .. } => None,
        };
        Self { user_id: who.user.id, api_key }
    }
}

/// That a run may be accepted, if its reservation succeeds in the transaction that does it.
#[derive(Debug)]
pub struct Ticket {
    windows: Vec<(Uuid, Window)>,
    holds: Sums,
    /// What is left of the limit that is nearest to its end.
    pub left: Option<Left>,
}

impl Ticket {
    /// True when something has to be reserved.
    pub fn reserves(&self) -> bool {
        !self.windows.is_empty()
    }
}

/// Counts the request and looks whether there is room for the run in every bucket.
///
/// # Errors
/// `RateLimited`, with a code that names the bucket and the measure; the error says when to come back.
pub async fn admit(ctx: &Context, payer: Payer, model: &str, work: Work<'_>) -> Result<Ticket> {
    let policy = policy::get(ctx).await?;
    let groups = policy::groups_of(ctx, &policy, payer.user_id).await?;
    let ceilings = policy.ceilings(payer.user_id, &groups, payer.api_key, Some(model));
    let mut ticket = Ticket { windows: Vec::new(), holds: Sums::default(), left: None };
    if ceilings.is_empty() {
        return Ok(ticket);
    }
    let now = ctx.clock.now_ms();
    let windows: Vec<Window> = ceilings.iter().flat_map(|ceiling| Window::of(ceiling, now)).collect();
    if !windows.is_empty() {
        let estimate = Estimate::of(ctx, work).await?;
        let tokens = estimate.prompt_tokens + estimate.completion_tokens;
        ticket.holds = Sums {
            tokens: i64::try_from(tokens).unwrap_or(i64::MAX),
            cost: policy.terms(model).cost(estimate.prompt_tokens, estimate.completion_tokens),
        };
    }
    for window in windows {
        // A model without a price cannot use up a budget.
        if window.tokens.is_none() && ticket.holds.cost == 0 {
            continue;
        }
        // Refused here, a flood beyond a limit writes nothing.
        let taken = window.look(ctx).await?;
        ticket.left = Left::nearest(ticket.left, check(&window, taken, ticket.holds, now)?);
        ticket.windows.push((window.open(ctx).await?, window));
    }
    ticket.left = Left::nearest(ticket.left, count_request(ctx, &ceilings).await?);
    Ok(ticket)
}

/// Takes what the run may cost from every bucket, in the transaction that accepts it. It comes back when the run ends,
/// or is deleted.
pub async fn reserve(
    ctx: &Context,
    transaction: &DatabaseTransaction,
    ticket: &Ticket,
    generation_id: Uuid,
) -> Result<()> {
    let now = ctx.clock.now_ms();
    for (id, window) in &ticket.windows {
        let taken = window.lock(transaction, *id, now).await?;
        check(window, taken, ticket.holds, now)?;
        let row = reservation::ActiveModel {
            generation_id: Set(generation_id),
            window_id: Set(*id),
            tokens: Set(ticket.holds.tokens),
            cost: Set(ticket.holds.cost),
        };
        reservation::Entity::insert(row).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Refuses what does not fit. What is larger than a whole quota fits when nothing else is taken.
fn check(window: &Window, taken: Sums, holds: Sums, now_ms: i64) -> Result<Option<Left>> {
    let mut left = None;
    for reading in window.readings(taken) {
        let cost = if reading.measure == Measure::TokensPerDay { holds.tokens } else { holds.cost };
        let is_money = reading.measure != Measure::TokensPerDay;
        if is_money && cost == 0 {
            continue;
        }
        let after = reading.taken.saturating_add(cost.min(reading.limit));
        if reading.taken >= reading.limit || after > reading.limit {
            return Err(refusal(window, reading, now_ms));
        }
        left = Left::nearest(left, Some(told(window, Reading { taken: after, ..reading }, now_ms)));
    }
    Ok(left)
}

async fn count_request(ctx: &Context, ceilings: &[Ceiling]) -> Result<Option<Left>> {
    let keys: Vec<(Rule, String)> = ceilings
        .iter()
        .filter_map(|ceiling| {
            let limit = ceiling.amounts.requests_per_minute?;
            Some((request_rule(ceiling.bucket, limit), ceiling.subject.clone()))
        })
        .collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let decision = ctx.limits.check(&keys, 1).await?;
    // Which of them it is about.
    let said = |ceiling: &Ceiling| {
        let limit = ceiling.amounts.requests_per_minute?;
        let rule = request_rule(ceiling.bucket, limit);
        (rule.name == decision.rule && rule.burst == decision.limit).then_some((ceiling.bucket, limit))
    };
    let (bucket, limit) = ceilings.iter().find_map(said).unwrap_or((Bucket::User, decision.limit));
    let left = requests_left(&decision, limit);
    if decision.allowed {
        return Ok(Some(left));
    }
    let message = format!("There are too many requests of this {} in a minute.", what(bucket));
    let wait = decision.retry_after.unwrap_or(MINUTE);
    Err(Error::new(Kind::RateLimited, decision.rule, message).retry_after(wait).limit(left))
}

/// A twentieth less than the limit may come at once: with what comes back in the meantime a burst that takes some
/// seconds stays within the limit too.
pub(super) fn request_rule(bucket: Bucket, limit: u32) -> Rule {
    Rule::new(code(bucket, Measure::RequestsPerMinute), limit, MINUTE).burst((limit - limit / 20).max(1))
}

pub(super) fn requests_left(decision: &Decision, limit: u32) -> Left {
    Left {
        name: decision.rule,
        limit: u64::from(limit),
        // A full bucket is the whole limit.
        remaining: if decision.remaining == decision.limit {
            limit.into()
        } else {
            decision.remaining.into()
        },
        window_s: MINUTE.as_secs(),
        reset: decision.reset_after,
    }
}

fn refusal(window: &Window, reading: Reading, now_ms: i64) -> Error {
    let left = Left { remaining: 0, ..told(window, reading, now_ms) };
    let (what, over) = (what(window.bucket), left.reset);
    let message = match reading.measure {
        Measure::TokensPerDay => format!("The tokens of this {what} for today are used up."),
        Measure::BudgetPerDay => format!("The budget of this {what} for today is used up."),
        _ => format!("The budget of this {what} for this month is used up."),
    };
    metrics::counter!("skein_limits_refused_total", "rule" => left.name).increment(1);
    Error::new(Kind::RateLimited, left.name, message).retry_after(over).limit(left)
}

fn told(window: &Window, reading: Reading, now_ms: i64) -> Left {
    // Headers hold whole numbers: money goes in millionths.
    let unit = if reading.measure == Measure::TokensPerDay { 1 } else { 1000 };
    let shown = |n: i64| u64::try_from(n / unit).unwrap_or(0);
    Left {
        name: code(window.bucket, reading.measure),
        limit: shown(reading.limit),
        remaining: shown(reading.limit.saturating_sub(reading.taken)),
        window_s: window.period.length_s(),
        reset: Duration::from_millis((window.period.ends_at() - now_ms).unsigned_abs().max(1)),
    }
}

fn what(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::User => "account",
        Bucket::ApiKey => "API key",
        Bucket::Group => "group",
        Bucket::Model => "model",
    }
}

/// Stable: programs and the page know a refusal by it.
pub(super) const fn code(bucket: Bucket, measure: Measure) -> &'static str {
    match (bucket, measure) {
        (Bucket::User, Measure::RequestsPerMinute) => "user_requests_per_minute",
        (Bucket::User, Measure::TokensPerDay) => "user_tokens_per_day",
        (Bucket::User, Measure::BudgetPerDay) => "user_budget_per_day",
        (Bucket::User, Measure::BudgetPerMonth) => "user_budget_per_month",
        (Bucket::ApiKey, Measure::RequestsPerMinute) => "api_key_requests_per_minute",
        (Bucket::ApiKey, Measure::TokensPerDay) => "api_key_tokens_per_day",
        (Bucket::ApiKey, Measure::BudgetPerDay) => "api_key_budget_per_day",
        (Bucket::ApiKey, Measure::BudgetPerMonth) => "api_key_budget_per_month",
        (Bucket::Group, Measure::RequestsPerMinute) => "group_requests_per_minute",
        (Bucket::Group, Measure::TokensPerDay) => "group_tokens_per_day",
        (Bucket::Group, Measure::BudgetPerDay) => "group_budget_per_day",
        (Bucket::Group, Measure::BudgetPerMonth) => "group_budget_per_month",
        (Bucket::Model, Measure::RequestsPerMinute) => "model_requests_per_minute",
        (Bucket::Model, Measure::TokensPerDay) => "model_tokens_per_day",
        (Bucket::Model, Measure::BudgetPerDay) => "model_budget_per_day",
        (Bucket::Model, Measure::BudgetPerMonth) => "model_budget_per_month",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotas::Amounts;

    fn window(amounts: Amounts) -> Window {
        let ceiling = Ceiling { bucket: Bucket::User, subject: "u".into(), amounts };
        Window::of(&ceiling, 0).remove(0)
    }

    fn tokens(limit: i64, taken: i64, cost: i64) -> bool {
        let window = window(Amounts { tokens_per_day: Some(limit), ..Amounts::default() });
        let sums = |tokens| Sums { tokens, cost: 0 };
        check(&window, sums(taken), sums(cost), 0).is_ok()
    }

    #[test]
    fn what_fits_is_let_in_and_what_does_not_is_refused() {
        assert!(tokens(100, 40, 60));
        assert!(!tokens(100, 41, 60));
        assert!(!tokens(100, 100, 0), "nothing is left");
        assert!(!tokens(0, 0, 1), "a quota of nothing lets nobody in");
    }

    #[test]
    fn what_is_larger_than_the_quota_is_let_in_alone() {
        assert!(tokens(100, 0, 5000));
        assert!(!tokens(100, 1, 5000));
    }

    #[test]
    fn a_refusal_says_when_the_day_is_over() {
        let window = window(Amounts { tokens_per_day: Some(1), ..Amounts::default() });
        let taken = Sums { tokens: 1, cost: 0 };
        let error = check(&window, taken, taken, 1000).unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::RateLimited, "user_tokens_per_day"));
        assert_eq!(error.retry_after, Some(Duration::from_secs(86_399)));
    }

    #[test]
    fn a_model_without_a_price_uses_no_budget() {
        let window = window(Amounts { budget_per_month: Some(0), ..Amounts::default() });
        assert!(check(&window, Sums::default(), Sums { tokens: 5, cost: 0 }, 0).is_ok());
        assert!(check(&window, Sums::default(), Sums { tokens: 5, cost: 1 }, 0).is_err());
    }
}
