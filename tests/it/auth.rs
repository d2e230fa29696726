//! `/api/v1/auth`, sessions, API keys and users.

use reqwest::Method;
use serde_json::{Value, json};
use skein_tests::client::{Client, PASSWORD, SignedIn};
use skein_tests::cluster::Single;

use crate::stand::Stand;

fn account(name: &str) -> Value {
    json!({"email": format!("{name}@example.org"), "name": name, "password": PASSWORD})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_racing_sign_ups_make_one_admin() {
    let skein = Single::start().await;
    let client = skein.client();
    let names: Vec<String> = (0..50).map(|number| format!("racer{number}")).collect();
    let accounts: Vec<Value> = names.iter().map(|name| account(name)).collect();
    let racing = accounts.iter().map(|account| client.post("/api/v1/auth/sign-up", account));
    let answers = futures_util::future::join_all(racing).await;
    let roles: Vec<String> =
        answers.into_iter().map(|answer| answer.expect::<SignedIn>(201).user.role).collect();
    assert_eq!(roles.iter().filter(|role| *role == "admin").count(), 1, "{roles:?}");
    assert_eq!(roles.iter().filter(|role| *role == "user").count(), 49, "{roles:?}");
}

#[tokio::test]
async fn an_address_signs_up_once() {
    let skein = Single::start().await;
    let (client, twice) = (skein.client(), account("one"));
    let racing = (0..5).map(|_| client.post("/api/v1/auth/sign-up", &twice));
    let answers = futures_util::future::join_all(racing).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || (400..500).contains(&answer.status)));
}

#[tokio::test]
async fn who_waits_for_approval_may_only_look_at_themselves() {
    let skein = Single::builder().setting("SKEIN_AUTH__SIGN_UP", "pending").start().await;
    let admin = skein.client().sign_up("admin").await;
    let waiting = skein.client().sign_up("waiting").await;
    let me: Value = waiting.get("/api/v1/me").await.expect(200);
    assert_eq!(me["role"], "pending");
    waiting.get("/api/v1/chats").await.refuses(403, "account_pending");
    waiting.post("/api/v1/chats", &json!({"model": "loopback"})).await.refuses(403, "account_pending");
    let path = format!("/api/v1/admin/users/{}", me["id"].as_str().expect("an id"));
    admin.patch(&path, &json!({"role": "user"})).await.expect::<Value>(200);
    waiting.get("/api/v1/chats").await.expect::<Value>(200);
}

#[tokio::test]
async fn sign_up_can_be_closed() {
    let skein = Single::builder().setting("SKEIN_AUTH__SIGN_UP", "closed").start().await;
    skein.client().sign_up("admin").await;
    assert_eq!(skein.client().post("/api/v1/auth/sign-up", &account("late")).await.status, 403);
    let info: Value = skein.client().get("/api/v1/info").await.expect(200);
    assert_eq!((info["has_users"].as_bool(), info["sign_up"].as_str()), (Some(true), Some("closed")));
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_and_guessing_is_slowed() {
    let skein = Single::builder().setting("SKEIN_AUTH__ATTEMPTS_PER_MINUTE", "5").start().await;
    let client = skein.client();
    client.sign_up("admin").await;
    let wrong = |name: &str| json!({"email": format!("{name}@example.org"), "password": "not it at all"});
    let (known, unknown) = (
        client.post("/api/v1/auth/sign-in", &wrong("admin")).await,
        client.post("/api/v1/auth/sign-in", &wrong("nobody")).await,
    );
    assert_eq!(known.body["detail"], unknown.body["detail"]);
    known.refuses(401, "invalid_credentials");
    unknown.refuses(401, "invalid_credentials");
    for _ in 0..20 {
        let answer = client.post("/api/v1/auth/sign-in", &wrong("admin")).await;
        if answer.status == 429 {
            assert!(answer.headers.contains_key("retry-after"));
            return answer.refuses(429, "too_many_attempts");
        }
        answer.refuses(401, "invalid_credentials");
    }
    panic!("22 wrong passwords within a minute");
}

#[tokio::test]
async fn a_signed_out_token_is_worth_nothing() {
    let stand = Stand::start().await;
    let (one, other) = (stand.user("user").await, stand.skein.client().sign_in("user").await);
    assert_eq!(one.post("/api/v1/auth/sign-out", &json!({})).await.status, 204);
    assert_eq!(one.get("/api/v1/me").await.status, 401);
    assert_eq!(one.post("/api/v1/auth/refresh", &json!({})).await.status, 401);
    assert_eq!(other.get("/api/v1/me").await.status, 200, "other sessions go on");
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let stand = Stand::start().await;
    let (one, other) = (stand.user("user").await, stand.skein.client().sign_in("user").await);
    let body = json!({"current": PASSWORD, "new": "a wholly different phrase"});
    assert_eq!(
        one.post("/api/v1/me/password", &json!({"current": "x", "new": "a wholly different phrase"}))
            .await
            .status
            / 100,
        4
    );
    assert_eq!(other.get("/api/v1/me").await.status, 200);
    assert_eq!(one.post("/api/v1/me/password", &body).await.status, 204);
    assert_eq!((one.get("/api/v1/me").await.status, other.get("/api/v1/me").await.status), (200, 401));
    let old = json!({"email": "user@example.org", "password": PASSWORD});
    stand.skein.client().post("/api/v1/auth/sign-in", &old).await.refuses(401, "invalid_credentials");
}

#[tokio::test]
async fn sessions_are_listed_and_can_be_ended_one_by_one() {
    let stand = Stand::start().await;
    let (one, other) = (stand.user("user").await, stand.skein.client().sign_in("user").await);
    let sessions: Value = one.get("/api/v1/sessions").await.expect(200);
    let items = sessions["items"].as_array().expect("items");
    assert_eq!((items.len(), items.iter().filter(|item| item["current"] == true).count()), (2, 1));
    let theirs =
        items.iter().find(|item| item["current"] == false).expect("the other")["id"].as_str().expect("an id");
    assert_eq!(one.delete(&format!("/api/v1/sessions/{theirs}")).await.status, 204);
    assert_eq!((one.get("/api/v1/me").await.status, other.get("/api/v1/me").await.status), (200, 401));
}

#[tokio::test]
async fn a_refreshed_token_goes_on() {
    let stand = Stand::start().await;
    let user = stand.user("user").await;
    let fresh: SignedIn = user.post("/api/v1/auth/refresh", &json!({})).await.expect(200);
    let sessions: Value = user.with_token(Some(&fresh.token)).get("/api/v1/sessions").await.expect(200);
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1), "it is the same session");
}

#[tokio::test]
async fn an_api_key_is_shown_once_and_does_what_its_scopes_say() {
    let stand = Stand::start().await;
    let user = stand.user("user").await;
    let body = json!({"name": "inference only", "scopes": ["inference"]});
    let made: Value = user.post("/api/v1/api-keys", &body).await.expect(201);
    let key = made["key"].as_str().expect("a key");
    assert!(key.starts_with("sk-"), "{key}");
    let listed: Value = user.get("/api/v1/api-keys").await.expect(200);
    assert!(!listed.to_string().contains(key));
    let by_key = user.with_token(Some(key));
    assert_eq!(by_key.get("/v1/models").await.status, 200);
    assert_eq!(by_key.get("/api/v1/chats").await.status, 403);
    assert_eq!(by_key.get("/api/v1/admin/users").await.status, 403);
    let path = format!("/api/v1/api-keys/{}", made["id"].as_str().expect("an id"));
    assert_eq!(user.delete(&path).await.status, 204);
    assert_eq!(by_key.get("/v1/models").await.status, 401);
}

#[tokio::test]
async fn a_key_makes_no_admin_of_a_user() {
    let stand = Stand::start().await;
    let user = stand.user("user").await;
    let made = user.post("/api/v1/api-keys", &json!({"name": "all", "scopes": ["admin", "chats"]})).await;
    if made.status == 201 {
        let by_key = user.with_token(made.body["key"].as_str());
        assert_eq!(by_key.get("/api/v1/admin/users").await.status, 403);
    } else {
        assert!((400..500).contains(&made.status), "{}", made.text);
    }
}

/// Sends a request with the cookie of a signed-in user and these further headers.
async fn with_cookie(
    client: &Client,
    cookie: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> u16 {
    let mut request = client.with_token(None).request(method.clone(), path).header("cookie", cookie);
    if method != Method::GET {
        request = request.json(&json!({"model": "loopback"}));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send_request(request).await.status
}

#[tokio::test]
async fn another_sites_page_cannot_use_the_cookie() {
    let skein = Single::start().await;
    let answer = skein.client().post("/api/v1/auth/sign-up", &account("admin")).await;
    let set = answer.headers["set-cookie"].to_str().expect("ASCII").to_owned();
    for attribute in ["HttpOnly", "SameSite=", "Path=/"] {
        assert!(set.to_lowercase().contains(&attribute.to_lowercase()), "{set}");
    }
    let cookie = set.split(';').next().expect("a cookie").to_owned();
    let (client, own) = (skein.client(), skein.url());
    let post = |headers: Vec<(&'static str, String)>| {
        let (client, cookie) = (client.clone(), cookie.clone());
        async move {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            with_cookie(&client, &cookie, Method::POST, "/api/v1/chats", &headers).await
        }
    };
    assert_eq!(with_cookie(&client, &cookie, Method::GET, "/api/v1/chats", &[]).await, 200);
    assert_eq!(post(vec![("sec-fetch-site", "same-origin".into()), ("origin", own.clone())]).await, 201);
    assert_eq!(post(vec![("origin", own)]).await, 201, "a browser without Sec-Fetch-Site");
    assert_eq!(post(vec![("sec-fetch-site", "cross-site".into())]).await, 403);
    assert_eq!(post(vec![("sec-fetch-site", "same-site".into())]).await, 403);
    assert_eq!(post(vec![("origin", "https://evil.example".into())]).await, 403);
    assert_eq!(post(vec![("origin", "null".into())]).await, 403);
    assert_eq!(post(vec![]).await, 201, "what says nothing is no browser");
}

#[tokio::test]
async fn an_admin_cannot_lock_everybody_out() {
    let stand = Stand::start().await;
    let me: Value = stand.admin.get("/api/v1/me").await.expect(200);
    let path = format!("/api/v1/admin/users/{}", me["id"].as_str().expect("an id"));
    let answer = stand.admin.patch(&path, &json!({"role": "user"})).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    assert_eq!(stand.admin.get("/api/v1/admin/users").await.status, 200);
}

#[tokio::test]
async fn an_admin_finds_people_by_words_and_by_role() {
    let stand = Stand::start().await;
    for name in ["heron", "wild_goose", "wildxgoose"] {
        stand.user(name).await;
    }
    let found = async |query: &str| -> Vec<String> {
        let page: Value = stand.admin.get(&format!("/api/v1/admin/users?{query}")).await.expect(200);
        let items = page["items"].as_array().expect("items");
        items.iter().map(|user| user["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(found("query=HERON").await, ["heron"]);
    assert_eq!(found("query=d_g").await, ["wild_goose"], "an underline is a letter");
    assert_eq!(found("query=goose+wildx").await, ["wildxgoose"], "every word has to be there");
    assert_eq!(found("query=%25").await, [""; 0]);
    assert_eq!(found("role=admin").await, ["admin"]);
    assert_eq!(found("role=user&query=goose").await.len(), 2);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let skein = Single::start().await;
    let answer = skein.client().get("/api/v1/me").await;
    let id = answer.headers["x-request-id"].to_str().expect("ASCII").to_owned();
    assert_eq!((answer.body["request_id"].as_str(), answer.status), (Some(id.as_str()), 401));
    let kind = answer.headers["content-type"].to_str().expect("ASCII");
    assert!(kind.starts_with("application/problem+json"), "{kind}");
}
