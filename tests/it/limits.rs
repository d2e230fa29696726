//! Limits and budgets: what a run may use, what it is charged, and who is told.

mod caps;
mod turns;

use std::time::Duration;

use serde_json::{Value, json};
use skein_tests::client::{Answer, Client, Send};
use skein_tests::cluster::Single;

use crate::stand::Stand;

/// A long answer that a test ends itself.
const LONG: &str = "go [[tokens=2000 rate=20]]";

pub(crate) async fn set(admin: &Client, limits: &Value) -> Value {
    admin.post("/api/v1/admin/limits", limits).await.expect(200)
}

pub(crate) async fn id_of(client: &Client) -> String {
    let me: Value = client.get("/api/v1/me").await.expect(200);
    me["id"].as_str().expect("an id").to_owned()
}

/// Sends into a new chat.
async fn ask(client: &Client, content: &str) -> Answer {
    let chat = client.create_chat("mock").await;
    client.try_send(&chat.id, content, &Send::default()).await
}

/// Asks for a whole answer at the door.
pub(crate) async fn complete(client: &Client, content: &str, max_tokens: u32) -> Answer {
    let body = json!({
        "model": "mock",
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": content}],
    });
    client.post("/v1/chat/completions", &body).await
}

pub(crate) fn header(answer: &Answer, name: &str) -> Option<u64> {
    answer.headers.get(name)?.to_str().ok()?.parse().ok()
}

/// One of the caller's limits, as the settings page shows it.
pub(crate) async fn allowance(client: &Client, bucket: &str, measure: &str) -> Value {
    let usage: Value = client.get("/api/v1/me/usage").await.expect(200);
    let limits = usage["limits"].as_array().expect("a list");
    let found = limits.iter().find(|one| one["bucket"] == bucket && one["measure"] == measure);
    found.unwrap_or_else(|| panic!("no {bucket} {measure} in {usage}")).clone()
}

async fn key_of(client: &Client) -> (String, Client) {
    let key: Value = client.post("/api/v1/api-keys", &json!({"name": "program"})).await.expect(201);
    (key["id"].as_str().expect("an id").to_owned(), client.with_token(key["key"].as_str()))
}

async fn group_with(admin: &Client, name: &str, members: &[&Client]) -> String {
    let group: Value = admin.post("/api/v1/admin/groups", &json!({"name": name})).await.expect(201);
    let id = group["id"].as_str().expect("an id").to_owned();
    let mut ids = Vec::new();
    for member in members {
        ids.push(id_of(member).await);
    }
    let group: Value = admin
        .post(&format!("/api/v1/admin/groups/{id}/members"), &json!({"user_ids": ids}))
        .await
        .expect(200);
    assert_eq!(group["members"], members.len());
    id
}

#[tokio::test]
async fn requests_beyond_the_limit_are_refused_and_told_what_is_left() {
    let stand = Stand::start().await;
    let (ann, bob) = (stand.user("ann").await, stand.user("bob").await);
    let free = ask(&ann, "go [[tokens=1]]").await;
    assert!(free.headers.get("ratelimit-limit").is_none(), "nothing is limited until an admin says so");
    set(&stand.admin, &json!({"scope": "everyone", "requests_per_minute": 2})).await;
    for left in [1, 0] {
        let answer = ask(&ann, "go [[tokens=1]]").await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        assert_eq!(
            (header(&answer, "ratelimit-limit"), header(&answer, "ratelimit-remaining")),
            (Some(2), Some(left))
        );
        let policy = answer.headers["ratelimit-policy"].to_str().unwrap_or_default();
        assert_eq!(policy, "2;w=60;name=\"user_requests_per_minute\"");
    }
    let refused = ask(&ann, "go [[tokens=1]]").await;
    refused.refuses(429, "user_requests_per_minute");
    assert!(header(&refused, "retry-after").is_some_and(|wait| (1..=30).contains(&wait)));
    assert!(header(&refused, "ratelimit-reset").is_some_and(|wait| (1..=60).contains(&wait)));
    let at_the_door = complete(&ann, "go [[tokens=1]]", 1).await;
    assert_eq!(
        (at_the_door.status, &at_the_door.body["error"]["code"], &at_the_door.body["error"]["type"]),
        (429, &json!("user_requests_per_minute"), &json!("rate_limit_error"))
    );
    assert!(header(&at_the_door, "retry-after").is_some());
    assert_eq!(allowance(&ann, "user", "requests_per_minute").await["remaining"], 0.0);
    let others = complete(&bob, "go [[tokens=1]]", 1).await;
    assert_eq!((others.status, header(&others, "ratelimit-remaining")), (200, Some(1)), "{}", others.text);
}

#[tokio::test]
async fn the_most_specific_limit_of_a_user_counts() {
    let stand = Stand::start().await;
    let (ann, bob, eve) = (stand.user("ann").await, stand.user("bob").await, stand.user("eve").await);
    let group = group_with(&stand.admin, "staff", &[&ann, &bob]).await;
    let limit = async |client: &Client| allowance(client, "user", "tokens_per_day").await["limit"].clone();
    set(&stand.admin, &json!({"scope": "everyone", "tokens_per_day": 10})).await;
    set(&stand.admin, &json!({"scope": "member", "subject": group, "tokens_per_day": 20})).await;
    set(&stand.admin, &json!({"scope": "user", "subject": id_of(&ann).await, "tokens_per_day": 5})).await;
    assert_eq!((limit(&ann).await, limit(&bob).await), (json!(5.0), json!(20.0)));
    assert_eq!(limit(&eve).await, 10.0);
    let page: Value = stand.admin.get("/api/v1/admin/limits").await.expect(200);
    let names: Vec<&str> =
        page["items"].as_array().expect("a list").iter().filter_map(|l| l["name"].as_str()).collect();
    assert_eq!(names, ["", "staff", "ann@example.org"]);
    let own = page["items"][2]["id"].as_str().expect("an id");
    assert_eq!(stand.admin.delete(&format!("/api/v1/admin/limits/{own}")).await.status, 204);
    assert_eq!(limit(&ann).await, 20.0);
    let path = format!("/api/v1/admin/groups/{group}/members/{}", id_of(&ann).await);
    assert_eq!(stand.admin.delete(&path).await.status, 204);
    assert_eq!(limit(&ann).await, 10.0, "who has left the group has what everyone has");
}

#[tokio::test]
async fn tokens_are_reserved_before_the_call_and_charged_once_after_it() {
    let stand = Stand::with(Single::builder().setting("SKEIN_LIMITS__ASSUMED_ANSWER", "1000")).await;
    let ann = stand.user("ann").await;
    let subject = id_of(&ann).await;
    set(&stand.admin, &json!({"scope": "user", "subject": subject, "tokens_per_day": 1500})).await;
    let chat = ann.create_chat("mock").await;
    let turn = ann.send(&chat.id, LONG).await;
    let mut reader = ann.reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t3 ")).await;
    // The answer under way holds a thousand: another of that size has no room.
    let refused = ask(&ann, LONG).await;
    refused.refuses(429, "user_tokens_per_day");
    let wait = header(&refused, "retry-after").expect("a time to come back");
    assert!(wait <= 86_400, "{wait}");
    let held = allowance(&ann, "user", "tokens_per_day").await["used"].as_f64().unwrap_or_default();
    assert!(held >= 1000.0, "{held}");
    // Stopped, it is charged for what it said.
    ann.cancel(&turn.generation.id).await;
    reader.to_end().await;
    let after = allowance(&ann, "user", "tokens_per_day").await["used"].as_f64().unwrap_or_default();
    assert!(after > 0.0 && after < 1000.0, "{after}");
    // What ends by itself is charged what its provider counted.
    let answer = complete(&ann, "go [[tokens=30]]", 1000).await;
    let counted = answer.body["usage"]["total_tokens"].as_f64().expect("the provider's count");
    assert_eq!(allowance(&ann, "user", "tokens_per_day").await["used"], after + counted, "{}", answer.text);
    let usage: Value = ann.get("/api/v1/me/usage").await.expect(200);
    assert_eq!(usage["today"]["requests"], 2, "{usage}");
}

#[tokio::test]
async fn a_run_that_fails_or_never_begins_costs_nothing() {
    let stand = Stand::with(Single::builder().setting("SKEIN_LIMITS__ASSUMED_ANSWER", "1000")).await;
    let ann = stand.user("ann").await;
    set(&stand.admin, &json!({"scope": "everyone", "tokens_per_day": 5000})).await;
    stand
        .admin
        .patch("/api/v1/admin/settings", &json!({"max_running_per_user": 1}))
        .await
        .expect::<Value>(200);
    let failed = complete(&ann, "go [[status=400]]", 1000).await;
    assert!(failed.status >= 400, "{}", failed.text);
    assert_eq!(allowance(&ann, "user", "tokens_per_day").await["used"], 0.0);
    let chat = ann.create_chat("mock").await;
    let running = ann.send(&chat.id, LONG).await;
    stand.mock.wait_for(Duration::from_secs(20), |stats| stats.open == 1).await;
    let other = ann.create_chat("mock").await;
    let waiting = ann.send(&other.id, LONG).await;
    assert_eq!(ann.cancel(&waiting.generation.id).await.state, "cancelled");
    let held = allowance(&ann, "user", "tokens_per_day").await["used"].as_f64().unwrap_or_default();
    assert!((1000.0..2000.0).contains(&held), "only the running one holds its estimate: {held}");
    // Who deletes the chat under a run pays what it took, or what was reserved if nobody will say.
    assert_eq!(ann.delete(&format!("/api/v1/chats/{}", chat.id)).await.status, 204);
    stand.mock.wait_for(Duration::from_secs(20), |stats| stats.open == 0).await;
    let charged = allowance(&ann, "user", "tokens_per_day").await["used"].as_f64().unwrap_or_default();
    assert!(charged > 0.0 && charged <= held, "{charged} of {held}");
    let gone = ann.get(&format!("/api/v1/generations/{}", running.generation.id)).await;
    assert_eq!(gone.status, 404, "{}", gone.text);
}

#[tokio::test]
async fn a_budget_in_money_is_kept() {
    let stand = Stand::start().await;
    let ann = stand.user("ann").await;
    let terms = json!({"prompt_price": 0, "completion_price": 1_000_000});
    let terms: Value = stand.admin.patch("/api/v1/admin/model-terms/mock", &terms).await.expect(200);
    assert_eq!(terms["completion_price"], 1_000_000.0);
    set(&stand.admin, &json!({"scope": "everyone", "budget_per_month": 25.0})).await;
    let first = complete(&ann, "go [[tokens=15]]", 15).await;
    assert_eq!(
        (first.status, header(&first, "ratelimit-remaining")),
        (200, Some(10_000_000)),
        "{}",
        first.text
    );
    let month = allowance(&ann, "user", "budget_per_month").await;
    assert_eq!((month["used"].as_f64(), month["remaining"].as_f64()), (Some(15.0), Some(10.0)));
    let refused = complete(&ann, "go [[tokens=11]]", 11).await;
    assert_eq!(refused.body["error"]["code"], "user_budget_per_month", "{}", refused.text);
    assert_eq!(complete(&ann, "go [[tokens=20]]", 10).await.status, 200);
    assert_eq!(allowance(&ann, "user", "budget_per_month").await["remaining"], 0.0);
    assert_eq!(complete(&ann, "go [[tokens=1]]", 1).await.status, 429);
    let free = json!({"prompt_price": null, "completion_price": null});
    stand.admin.patch("/api/v1/admin/model-terms/mock", &free).await.expect::<Value>(200);
    assert_eq!(complete(&ann, "go [[tokens=1]]", 1).await.status, 200, "what is free uses no budget");
    stand.admin.patch("/api/v1/admin/model-terms/nonsense", &free).await.refuses(404, "not_found");
}

#[tokio::test]
async fn keys_groups_and_models_have_limits_of_their_own() {
    let stand = Stand::start().await;
    let (ann, bob, eve) = (stand.user("ann").await, stand.user("bob").await, stand.user("eve").await);
    let (key, program) = key_of(&ann).await;
    set(&stand.admin, &json!({"scope": "api_key", "subject": key, "requests_per_minute": 1})).await;
    assert_eq!(complete(&program, "go [[tokens=1]]", 1).await.status, 200);
    let refused = complete(&program, "go [[tokens=1]]", 1).await;
    assert_eq!(refused.body["error"]["code"], "api_key_requests_per_minute", "{}", refused.text);
    assert_eq!(complete(&ann, "go [[tokens=1]]", 1).await.status, 200, "without the key she goes on");

    let group = group_with(&stand.admin, "team", &[&ann, &bob]).await;
    set(&stand.admin, &json!({"scope": "group", "subject": group, "tokens_per_day": 300})).await;
    assert_eq!(complete(&bob, "go [[tokens=100]]", 100).await.status, 200);
    let used = allowance(&ann, "group", "tokens_per_day").await;
    assert_eq!(used["name"], "team");
    assert!(used["used"].as_f64().is_some_and(|used| used > 100.0), "what one uses, all have used: {used}");
    let refused = complete(&ann, "go [[tokens=200]]", 200).await;
    assert_eq!(refused.body["error"]["code"], "group_tokens_per_day", "{}", refused.text);
    assert_eq!(complete(&eve, "go [[tokens=200]]", 200).await.status, 200);

    set(&stand.admin, &json!({"scope": "model", "subject": "mock", "tokens_per_day": 1})).await;
    let refused = complete(&eve, "go [[tokens=1]]", 1).await;
    assert_eq!(
        refused.body["error"]["code"], "model_tokens_per_day",
        "what was used before counts: {}",
        refused.text
    );
    let embedded = eve.post("/v1/embeddings", &json!({"model": "mock-embed", "input": "a"})).await;
    assert_eq!(embedded.status, 200, "{}", embedded.text);
}

#[tokio::test]
async fn admins_see_who_used_what() {
    let stand = Stand::start().await;
    let (ann, bob) = (stand.user("ann").await, stand.user("bob").await);
    let (key, program) = key_of(&ann).await;
    group_with(&stand.admin, "team", &[&ann]).await;
    stand
        .admin
        .patch("/api/v1/admin/model-terms/mock", &json!({"completion_price": 2.0}))
        .await
        .expect::<Value>(200);
    assert_eq!(complete(&program, "go [[tokens=50]]", 50).await.status, 200);
    assert_eq!(complete(&bob, "go [[tokens=10]]", 10).await.status, 200);
    let report = async |query: &str| -> Vec<Value> {
        let page: Value = stand.admin.get(&format!("/api/v1/admin/usage?{query}")).await.expect(200);
        page["items"].as_array().expect("a list").clone()
    };
    let users = report("by=user").await;
    let names: Vec<&str> = users.iter().filter_map(|line| line["name"].as_str()).collect();
    assert_eq!(names, ["ann@example.org", "bob@example.org"], "who cost most comes first");
    assert_eq!(
        (&users[0]["totals"]["completion_tokens"], &users[0]["totals"]["cost"]),
        (&json!(50), &json!(0.0001))
    );
    let keys = report("by=api_key").await;
    assert_eq!((&keys[0]["key"], &keys[0]["name"]), (&json!(key), &json!("program")));
    assert_eq!(keys[1]["key"], "", "the rest came without a key");
    let groups = report("by=group").await;
    assert_eq!(
        (groups.len(), &groups[0]["name"], &groups[0]["totals"]["requests"]),
        (1, &json!("team"), &json!(1))
    );
    assert_eq!(report("by=model").await[0]["totals"]["requests"], 2);
    let days = report("by=day").await;
    assert_eq!(days.len(), 1);
    let day = days[0]["key"].as_str().expect("a day");
    assert_eq!(report(&format!("from={day}&to={day}&user={}", id_of(&bob).await)).await.len(), 1);
    assert_eq!(report("from=2999-01-01").await.len(), 0);
    let page: Value = stand.admin.get("/api/v1/admin/usage?limit=1").await.expect(200);
    let next = page["next"].as_str().expect("a second page");
    let page: Value = stand.admin.get(&format!("/api/v1/admin/usage?limit=1&after={next}")).await.expect(200);
    assert_eq!((&page["items"][0]["name"], &page["next"]), (&json!("bob@example.org"), &Value::Null));
    stand.admin.get("/api/v1/admin/usage?from=yesterday").await.refuses(400, "invalid_request");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_field() {
    let stand = Stand::start().await;
    let wrong = [
        (json!({"scope": "everyone"}), ""),
        (json!({"scope": "everyone", "requests_per_minute": 0}), "requests_per_minute"),
        (json!({"scope": "everyone", "tokens_per_day": -1}), "tokens_per_day"),
        (json!({"scope": "everyone", "budget_per_day": -0.5}), "budget_per_day"),
        (json!({"scope": "user", "subject": "nobody", "tokens_per_day": 1}), "subject"),
        (
            json!({"scope": "group", "subject": "01890000-0000-7000-8000-000000000000", "tokens_per_day": 1}),
            "subject",
        ),
    ];
    for (body, field) in wrong {
        let answer = stand.admin.post("/api/v1/admin/limits", &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert_eq!(answer.body["errors"][0]["field"].as_str().unwrap_or_default(), field, "{}", answer.text);
    }
    let groups = "/api/v1/admin/groups";
    stand.admin.post(groups, &json!({"name": "a", "weight": 0})).await.refuses(400, "invalid_request");
    assert_eq!(stand.admin.post(groups, &json!({"name": "a", "weight": 3})).await.status, 201);
    stand.admin.post(groups, &json!({"name": " a "})).await.refuses(409, "name_taken");
    let bad = json!({"currency": "euro"});
    stand.admin.patch("/api/v1/admin/settings", &bad).await.refuses(400, "invalid_request");
}
